/** The fields of a trust declaration as the checker lowered them (`language/semantics/trust.ts`), with their types. */
import type { Trust } from "../../language/core/ir.ts";

/** `github("acme/shop", id: 48213077)` */
export interface DeclaredRepository {
  readonly host: "github" | "gitlab";
  /** `owner/name`; GitLab has groups within groups. */
  readonly name: string;
  /** The host's number of the repository. */
  readonly id?: number;
}

/** `tag("v*")`: a glob over what follows `refs/tags/` or `refs/heads/`. */
export interface DeclaredRef {
  readonly kind: "tag" | "branch";
  readonly pattern: string;
}

/** Microseconds since the epoch. `until` is the first instant that is outside. */
export interface Window {
  readonly from?: number;
  readonly until?: number;
}

export interface Keyless {
  readonly kind: "keyless";
  readonly issuer: string;
  readonly repository?: DeclaredRepository;
  /** Path of the workflow's file in its repository. */
  readonly workflow?: string;
  readonly ref?: DeclaredRef;
  readonly runner?: "hosted" | "self_hosted";
  readonly environment?: string;
  readonly trigger?: string;
  /** A subject alternative name, exact or an anchored glob. */
  readonly identity?: string;
  readonly window: Window;
}

/** One of the three is there. */
export interface Key {
  readonly kind: "key";
  readonly file?: string;
  readonly pem?: string;
  readonly fingerprint?: string;
  readonly window: Window;
}

export interface Spiffe {
  readonly kind: "spiffe";
  /** An id, or a pattern over the paths of one trust domain. */
  readonly id: string;
  readonly window: Window;
}

export interface Quorum {
  readonly kind: "quorum";
  readonly threshold: number;
  readonly members: readonly string[];
}

export type Declared = Keyless | Key | Spiffe | Quorum;

/** The declaration's parts; what a checked program does not have is left out. */
export function declared(trust: Trust): Declared {
  const { body } = trust;
  if (body.kind === "quorum") return { kind: "quorum", threshold: body.threshold, members: body.members };
  const text = (name: string): string | undefined => {
    const value = body.fields[name];
    return typeof value === "string" ? value : undefined;
  };
  const time = (name: string): number | undefined => {
    const value = body.fields[name];
    return typeof value === "number" ? value : undefined;
  };
  const window: Window = given({ from: time("not_before"), until: time("not_after") });
  switch (body.kind) {
    case "keyless":
      return {
        kind: "keyless",
        issuer: text("issuer") ?? "",
        window,
        ...given({
          repository: repositoryOf(body.fields["repository"]),
          workflow: text("workflow"),
          ref: refOf(body.fields["ref"]),
          runner: runnerOf(text("runner")),
          environment: text("environment"),
          trigger: text("trigger"),
          identity: text("identity"),
        }),
      };
    case "key":
      return { kind: "key", window, ...given({ file: text("file"), pem: text("pem"), fingerprint: text("fingerprint") }) };
    case "spiffe":
      return { kind: "spiffe", id: text("id") ?? "", window };
  }
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the parts that are undefined. */
function given<T extends object>(parts: T): Given<T> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Given<T>;
}

function repositoryOf(value: unknown): DeclaredRepository | undefined {
  if (value === null || typeof value !== "object" || !("host" in value) || !("name" in value)) return undefined;
  const { host, name } = value;
  if ((host !== "github" && host !== "gitlab") || typeof name !== "string") return undefined;
  const id = "id" in value && typeof value.id === "number" ? value.id : undefined;
  return { host, name, ...(id === undefined ? {} : { id }) };
}

function refOf(value: unknown): DeclaredRef | undefined {
  if (value === null || typeof value !== "object" || !("kind" in value) || !("pattern" in value)) return undefined;
  const { kind, pattern } = value;
  return (kind === "tag" || kind === "branch") && typeof pattern === "string" ? { kind, pattern } : undefined;
}

function runnerOf(value: string | undefined): "hosted" | "self_hosted" | undefined {
  return value === "hosted" || value === "self_hosted" ? value : undefined;
}
