/** What each dialect of the identity target hands on: its files, and for every declared part what became of it. */
import type { Trust } from "../../../language/core/ir.ts";

export const dialects = ["cosign", "fulcio", "token", "kyverno", "policy-controller", "vault"] as const;
export type Dialect = (typeof dialects)[number];

/** For people. */
export const titles: Readonly<Record<Dialect, string>> = {
  cosign: "cosign flags",
  fulcio: "Fulcio certificate extensions",
  token: "OIDC token claims",
  kyverno: "Kyverno ImageValidatingPolicy",
  "policy-controller": "policy-controller ClusterImagePolicy",
  vault: "Vault and OpenBao JWT role",
};

export interface OutputFile {
  /** Relative to the folder of the declaration. */
  readonly path: string;
  readonly text: string;
}

/** A part that the dialect says in another way. `wider` accepts more than the declaration, `stricter` less. */
export interface Approximation {
  readonly part: string;
  readonly effect: "stricter" | "wider";
  readonly detail: string;
}

export interface Loss {
  readonly part: string;
  readonly detail: string;
}

export interface DialectReport {
  readonly dialect: Dialect;
  readonly files: readonly OutputFile[];
  /** Parts of the declaration that hold there exactly as they are written. */
  readonly enforced: readonly string[];
  readonly approximated: readonly Approximation[];
  /** Parts that the dialect has no words for. Where there are no files, it has none for the declaration at all. */
  readonly lost: readonly Loss[];
  /** What the declaration does not say and the files do, which people may want otherwise. */
  readonly notes: readonly string[];
}

/** Everything that a dialect may look at. */
export interface Source {
  readonly trust: Trust;
  /** Every declaration of the program, for members of quorums. */
  readonly trusts: ReadonlyMap<string, Trust>;
  /** Public keys in PEM by declaration; the shell reads them. */
  readonly pems: ReadonlyMap<string, string>;
}

export type Emit = (source: Source) => DialectReport;

/** Collects what becomes of the parts. */
export class Ledger {
  readonly enforced: string[] = [];
  readonly approximated: Approximation[] = [];
  readonly lost: Loss[] = [];
  readonly notes: string[] = [];

  holds(...parts: readonly string[]): void {
    this.enforced.push(...parts);
  }

  stricter(part: string, detail: string): void {
    this.approximated.push({ part, effect: "stricter", detail });
  }

  wider(part: string, detail: string): void {
    this.approximated.push({ part, effect: "wider", detail });
  }

  loses(part: string, detail: string): void {
    this.lost.push({ part, detail });
  }

  note(text: string): void {
    this.notes.push(text);
  }

  report(dialect: Dialect, files: readonly OutputFile[]): DialectReport {
    return { dialect, files, enforced: this.enforced, approximated: this.approximated, lost: this.lost, notes: this.notes };
  }
}

/** JSON as it is written to files. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** A name that Kubernetes takes (RFC 1123): `acme.release_bot` is `acme-release-bot`. */
export function kubernetesName(key: string): string {
  const name = key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name.slice(0, 63).replace(/-+$/, "");
}
