/**
 * The levels that a verification summary passes on (SLSA 1.2, "Verification Summary Attestation"): what its verifier
 * found, where the verifier is who signed.
 */
import { type DataRecord, Lack } from "../../language/core/data.ts";
import { githubIssuer, parseWorkflow, signingWorkflow } from "./builders.ts";
import type { Signer } from "./verification.ts";

/**
 * Verifiers that sign keyless, by their id: the workflow that signs for each and, where it is given, the only ref it
 * runs from (slsa-framework/source-tool, `pkg/attest`). Source VSAs of GitHub repositories come from these.
 */
export const keylessVerifiers: Readonly<Record<string, { readonly workflow: string; readonly ref?: string }>> = {
  "https://github.com/slsa-framework/actions": {
    workflow: "https://github.com/slsa-framework/actions/.github/workflows/compute_slsa_source.yml",
  },
  "https://github.com/slsa-framework/source-actions": {
    workflow: "https://github.com/slsa-framework/source-actions/.github/workflows/compute_slsa_source.yml",
    ref: "refs/heads/main",
  },
  "https://github.com/slsa-framework/slsa-source-poc": {
    workflow: "https://github.com/slsa-framework/slsa-source-poc/.github/workflows/compute_slsa_source.yml",
    ref: "refs/heads/main",
  },
};

/**
 * Why `signer` does not sign for the verifier (SLSA's step 4: "Verify that the `verifier` matches the public key (or
 * equivalent)"); undefined: nothing speaks against it, which for keys and SPIFFE ids is the policy's to say by naming them.
 */
export function mismatch(verifier: string, signer: Signer): string | undefined {
  const known = Object.hasOwn(keylessVerifiers, verifier) ? keylessVerifiers[verifier] : undefined;
  if (signer.kind !== "certificate")
    return known === undefined ? undefined : `\`${verifier}\` signs with a workflow's certificate, not with a key of its own`;
  const workflow = signingWorkflow(signer);
  const signed = workflow === undefined ? signer.identities.join(", ") : `${workflow.workflow}@${workflow.ref}`;
  const github = signer.issuer === githubIssuer || signer.issuer?.startsWith(`${githubIssuer}/`) === true;
  const other = `the verifier is said to be \`${verifier}\`, and \`${signed}\` signed`;
  if (known !== undefined) {
    const same = github && workflow?.workflow === known.workflow && (known.ref === undefined || workflow.ref === known.ref);
    return same ? undefined : other;
  }
  // An id on the host of the workflow is that of the workflow or of its repository; any other id says nothing about it.
  if (workflow !== undefined && sameHost(verifier, workflow.repository)) {
    const named = parseWorkflow(verifier);
    const same = named === undefined ? verifier === workflow.repository || verifier === workflow.workflow : verifier === signed;
    return same ? undefined : other;
  }
  return undefined;
}

function sameHost(a: string, b: string): boolean {
  const host = (uri: string): string | undefined => /^https:\/\/([^/]+)/.exec(uri)?.[1]?.toLowerCase();
  return host(a) !== undefined && host(a) === host(b);
}

/** The levels of each track that a passed summary states, the greatest of each where it states several. */
export function statedLevels(levels: readonly string[]): { readonly build?: string; readonly source?: string } {
  const greatest = (track: string, most: number): number | undefined => {
    const found = levels.flatMap((level) => {
      const number = new RegExp(`^SLSA_${track}_LEVEL_(\\d)$`).exec(level)?.[1];
      return number !== undefined && Number(number) <= most ? [Number(number)] : [];
    });
    return found.length === 0 ? undefined : Math.max(...found);
  };
  const build = greatest("BUILD", 3);
  const source = greatest("SOURCE", 4);
  return { ...(build === undefined ? {} : { build: `L${build}` }), ...(source === undefined ? {} : { source: `S${source}` }) };
}

/** The data of a `waybill.slsa.VerificationSummary` with the levels that its signer may pass on. */
export function summaryLevels(data: DataRecord, signer: Signer): DataRecord {
  const { verifier, result, levels } = data;
  const none = (cause: "missing" | "conflict", detail: string): DataRecord => {
    const lack = new Lack(cause, detail);
    return { ...data, build: lack, source: lack };
  };
  if (typeof verifier !== "string") return none("missing", "the summary names no verifier");
  const other = mismatch(verifier, signer);
  if (other !== undefined) return none("conflict", other);
  if (result !== "passed") return none("missing", "the verification did not pass");
  const stated = statedLevels(Array.isArray(levels) ? levels.filter((level) => typeof level === "string") : []);
  const unstated = (track: string): Lack => new Lack("missing", `the summary states no level of the ${track} track`);
  return { ...data, build: stated.build ?? unstated("build"), source: stated.source ?? unstated("source") };
}
