/**
 * Accepting a verification summary: SLSA's seven steps, in their order (SLSA 1.2, "Verification Summary Attestation",
 * "How to verify"). A summary replaces all that its verifier looked at, so that each step refuses on its own.
 */

import { parseTime } from "../../language/domains/time.ts";
import { admitStatement } from "../evidence/attestation.ts";
import { readJson } from "../evidence/json/read.ts";
import { isStatement } from "../evidence/statement.ts";
import { bound, type Digest, known } from "./digest.ts";
import { mismatch } from "./summaries.ts";
import type { Signer, Verification, VerifiedTime } from "./verification.ts";

/** The steps by name; the last is the optional one ("additional fields required to determine whether the VSA meets your goal"). */
export const vsaSteps = ["signature", "subject", "predicate-type", "verifier", "resource", "result", "levels", "more"] as const;
export type VsaStep = (typeof vsaSteps)[number];

/** A verifier that is believed: "Consumers MUST accept only specific (signer, verifier) pairs". */
export interface TrustedVerifier {
  /** Its `verifier.id`, compared as text. */
  readonly id: string;
  /** Whether a signer signs for it: an identity of a trust declaration, a key. */
  signs(signer: Signer, times: readonly VerifiedTime[]): boolean;
}

/** What a consumer expects of a summary. */
export interface VsaExpectation {
  readonly verifiers: readonly TrustedVerifier[];
  /** Digests of the artifact in question. */
  readonly artifact: readonly Digest[];
  readonly resourceUri: string;
  /** All of these, at least one; a level of a SLSA track holds those below it. */
  readonly levels: readonly [string, ...string[]];
  /** Only a summary for this policy: its URI, and its digest as `sha256:<hex>`. */
  readonly policy?: { readonly uri?: string; readonly digest?: string };
  /** Only a verification since then, microseconds; one that does not say when it was is refused. */
  readonly verifiedSince?: number;
  /** The least level of every dependency; a summary that says nothing of dependencies is refused. */
  readonly dependencies?: string;
}

export type VsaAcceptance =
  | { readonly kind: "accepted"; readonly verifier: string; readonly levels: readonly string[]; readonly signer: Signer }
  | { readonly kind: "refused"; readonly step: VsaStep; readonly detail: string }
  /** It could not be told whether anybody signed it. */
  | { readonly kind: "unsettled"; readonly detail: string };

export const summaryType = "https://slsa.dev/verification_summary/v1";

/**
 * Whether a summary is to be accepted for an artifact. `verification` is that of its envelope against the artifact: a
 * summary that nobody signed, or somebody else, is nothing whatever it says.
 */
export async function acceptVsa(verification: Verification, expected: VsaExpectation): Promise<VsaAcceptance> {
  // 1. The signature, by roots that were configured beforehand.
  if (verification.kind === "unsettled") return { kind: "unsettled", detail: verification.detail };
  if (verification.kind === "refused") {
    const { reason, detail } = verification;
    return refuse(reason === "subject-mismatch" ? "subject" : "signature", `${reason}: ${detail}`);
  }
  const { signer, content, times } = verification;
  const signing = expected.verifiers.filter((verifier) => verifier.signs(signer, times));
  if (signing.length === 0) return refuse("signature", "who signed it is no verifier that is believed");
  if (content.kind !== "statement") return refuse("signature", "what was signed is no statement");

  // 2. The subject is the artifact.
  const about = bound(content.subjects, known(expected.artifact));
  if (about.kind !== "bound") return refuse("subject", about.detail);

  // 3. The type, and with it the shape.
  if (content.predicateType !== summaryType)
    return refuse("predicate-type", `the predicate is of type \`${content.predicateType}\`, not \`${summaryType}\``);
  const read = await readSummary(content.payload, content.digest);
  if ("problem" in read) return refuse("predicate-type", read.problem);
  const { summary } = read;

  // 4. The verifier is who signed.
  const verifier = signing.find(({ id }) => id === summary.verifier);
  if (verifier === undefined)
    return refuse(
      "verifier",
      `the verifier is said to be \`${summary.verifier}\`, and who signed is \`${signing.map(({ id }) => id).join("`, `")}\``,
    );
  const other = mismatch(verifier.id, signer);
  if (other !== undefined) return refuse("verifier", other);

  // 5. The resource is the one that was asked for.
  if (summary.resource !== expected.resourceUri)
    return refuse("resource", `it is about \`${summary.resource}\`, not about \`${expected.resourceUri}\``);

  // 6. It passed. The field's name in the specification's examples (`slsaResult`) was a mistake, mended in 1.2.
  if (summary.result !== "passed") return refuse("result", "the verification did not pass");
  if (summary.levels.includes("FAILED")) return refuse("result", "it says that it passed, and lists `FAILED` among its levels");

  // 7. The levels that are expected.
  const wrong = levelProblem(summary.levels, expected.levels);
  if (wrong !== undefined) return refuse("levels", wrong);

  const more = additional(summary, expected);
  if (more !== undefined) return refuse("more", more);
  return { kind: "accepted", verifier: verifier.id, levels: summary.levels, signer };
}

function refuse(step: VsaStep, detail: string): VsaAcceptance {
  return { kind: "refused", step, detail };
}

interface Summary {
  readonly verifier: string;
  readonly resource: string;
  readonly result: string;
  readonly levels: readonly string[];
  readonly policyUri: string | undefined;
  readonly policyDigest: string | undefined;
  readonly verifiedOn: string | undefined;
  readonly dependencies: Readonly<Record<string, unknown>> | undefined;
}

/** The signed bytes, read again by the rules of the door: what the caller says is in them does not count. */
async function readSummary(payload: Uint8Array, digest: string): Promise<{ readonly summary: Summary } | { readonly problem: string }> {
  const name = "the summary";
  const { value, diagnostics } = readJson(payload, name);
  const json: unknown = value?.json;
  if (!isStatement(json)) return { problem: diagnostics[0]?.message ?? "it is no in-toto statement" };
  const admitted = await admitStatement(json, { name, digest, base: "" });
  const [evidence] = admitted.value;
  if (evidence?.type !== "waybill.slsa.VerificationSummary")
    return { problem: admitted.diagnostics[0]?.message ?? "it is no verification summary" };
  const { verifier, resource, result, levels, policy, verified_on: verifiedOn, dependency_levels: dependencies } = evidence.data;
  const asked = policy !== null && typeof policy === "object" ? (policy as Readonly<Record<string, unknown>>) : {};
  return {
    summary: {
      verifier: textOf(verifier) ?? "",
      resource: textOf(resource) ?? "",
      result: textOf(result) ?? "",
      levels: Array.isArray(levels) ? levels.filter((level) => typeof level === "string") : [],
      policyUri: textOf(asked["uri"]),
      policyDigest: textOf(asked["digest"]),
      verifiedOn: textOf(verifiedOn),
      dependencies:
        dependencies !== null && typeof dependencies === "object" ? (dependencies as Readonly<Record<string, unknown>>) : undefined,
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

const trackLevel = /^(SLSA_[A-Z]+)_LEVEL_(\d)$/;

/** Whether a stated level holds an expected one: the same text, or a higher number of the same track. */
function holds(stated: string, expected: string): boolean {
  if (stated === expected) return true;
  const [, track, least] = trackLevel.exec(expected) ?? [];
  const [, own, number] = trackLevel.exec(stated) ?? [];
  return track !== undefined && track === own && Number(number) >= Number(least);
}

/** Why levels are not what is expected. "Users MUST NOT include more than one level per SLSA track" (`verifiedLevels`). */
function levelProblem(stated: readonly string[], expected: readonly string[]): string | undefined {
  const tracks = new Set<string>();
  for (const level of stated) {
    const track = trackLevel.exec(level)?.[1];
    if (track === undefined) continue;
    if (tracks.has(track)) return `it states more than one level of the track \`${track}\``;
    tracks.add(track);
  }
  if (expected.length === 0) return "no level is expected, and a summary without one says nothing";
  const lacking = expected.find((level) => !stated.some((one) => holds(one, level)));
  if (lacking === undefined) return undefined;
  return `\`${lacking}\` is not among its levels: ${stated.length === 0 ? "there are none" : stated.map((level) => `\`${level}\``).join(", ")}`;
}

function additional(summary: Summary, expected: VsaExpectation): string | undefined {
  const { policy, verifiedSince, dependencies } = expected;
  if (policy?.uri !== undefined && summary.policyUri !== policy.uri)
    return `it is for the policy \`${summary.policyUri ?? ""}\`, not for \`${policy.uri}\``;
  if (policy?.digest !== undefined && summary.policyDigest !== policy.digest)
    return `it is for a policy of digest \`${summary.policyDigest ?? "none"}\`, not \`${policy.digest}\``;
  if (verifiedSince !== undefined) {
    const time = summary.verifiedOn === undefined ? undefined : parseTime(summary.verifiedOn);
    if (time === undefined || !time.ok) return "it does not say when the verification was";
    if (time.value < verifiedSince) return `the verification was at \`${summary.verifiedOn}\`, which is too long ago`;
  }
  return dependencies === undefined ? undefined : dependencyProblem(summary.dependencies, dependencies);
}

/** An empty map says that there are no dependencies, an absent one says nothing (`dependencyLevels`). */
function dependencyProblem(levels: Summary["dependencies"], least: string): string | undefined {
  if (levels === undefined) return "it says nothing of the levels of dependencies";
  const below = Object.entries(levels).find(([level, count]) => count !== 0 && !holds(level, least));
  return below === undefined ? undefined : `${String(below[1])} of its dependencies have \`${below[0]}\`, not \`${least}\``;
}
