/** A registry, a release policy and its signer, and the gate between them. */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waybill } from "../cli/waybill.ts";
import { type Cosign, cosignIn, generateKey, type KeyPair, type Signing } from "./cosign.ts";
import { releaseRun } from "./issuer.ts";
import { type Registry, type RegistryKind, startRegistry } from "./registry.ts";
import type { Scope } from "./scope.ts";
import { type Sigstore, startSigstore } from "./stack.ts";

export type Way = Signing["kind"];

/** The policy of `policies/`, with signers of this suite. */
export interface Site {
  readonly cosign: Cosign;
  readonly registry: Registry;
  readonly signing: Signing;
  /** Somebody of the same kind whom the policy does not believe. */
  readonly stranger: Signing;
  /** The words that name the policy and the root: for other verbs. */
  readonly believing: readonly string[];
  gate(reference: string, words?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Verdict>;
}

export interface Verdict {
  readonly code: number;
  readonly effect: string;
  readonly reason: string;
  /** The labels of the clauses that do not pass. */
  readonly open: readonly string[];
  /** Why those that are not decided are not. */
  readonly causes: readonly string[];
  /** The report in JSON. */
  readonly out: string;
  /** All that is said, for people and machines. */
  readonly text: string;
}

interface Clause {
  readonly clause: string;
  readonly outcome: string;
  readonly causes: readonly string[];
}

interface Report {
  readonly effect: string;
  readonly reason: string;
  readonly decisions: readonly { readonly clauses: readonly Clause[] }[];
}

export async function site(scope: Scope, kind: RegistryKind, way: Way): Promise<Site> {
  const cosign = await cosignIn(scope);
  const registry = await startRegistry(scope, kind);
  const policies = await scope.folder();
  const source = fileURLToPath(new URL("policies/", import.meta.url));
  await copyFile(join(source, "release.scp"), join(policies, "release.scp"));
  const signers = await readFile(join(source, way, "signers.scp"), "utf8");
  const believe = async (signing: Signing, stranger: Signing): Promise<readonly string[]> => {
    if (signing.kind === "key") {
      await writeFile(join(policies, "signers.scp"), signers);
      await copyFile(signing.key.publicKey, join(policies, "release.pub"));
      // The policy knows the stranger's key, and for something else: its signatures hold, and say nothing of a release.
      if (stranger.kind === "key") await copyFile(stranger.key.publicKey, join(policies, "security.pub"));
      return [];
    }
    const { issuer, trustedRoot } = signing.sigstore;
    await writeFile(join(policies, "signers.scp"), signers.replace("https://issuer.example/workflows", issuer.workflows));
    return ["--trusted-root", trustedRoot];
  };
  const [signing, stranger] = way === "key" ? await keys(cosign) : workflows(await startSigstore(scope, cosign));
  const believing = ["--policy", policies, ...(await believe(signing, stranger))];
  const gate: Site["gate"] = async (reference, words = [], env = {}) => {
    const { code, out, err } = await waybill(["gate", reference, ...believing, "--format", "json", ...words], { env });
    const report: Partial<Report> = out.startsWith("{") ? JSON.parse(out) : {};
    const clauses = report.decisions?.flatMap((decision) => decision.clauses) ?? [];
    const open = clauses.filter(({ outcome }) => outcome !== "passed");
    return {
      code,
      effect: report.effect ?? "",
      reason: report.reason ?? "",
      open: open.map(({ clause }) => clause),
      causes: [...new Set(open.flatMap(({ causes }) => causes))],
      out,
      text: `${out}${err}`,
    };
  };
  return { cosign, registry, signing, stranger, believing, gate };
}

async function keys(cosign: Cosign): Promise<readonly [Signing, Signing]> {
  const pairs: readonly [KeyPair, KeyPair] = [await generateKey(cosign, "release"), await generateKey(cosign, "stranger")];
  return [
    { kind: "key", key: pairs[0] },
    { kind: "key", key: pairs[1] },
  ];
}

/** The stranger took over the name of the repository: only its number differs. */
function workflows(sigstore: Sigstore): readonly [Signing, Signing] {
  const token = (id: string): string => sigstore.issuer.workflow({ ...releaseRun, id });
  return [
    { kind: "keyless", sigstore, token: token(releaseRun.id) },
    { kind: "keyless", sigstore, token: token("99999999") },
  ];
}
