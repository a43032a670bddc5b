/**
 * A decision as in-toto statements that others can build on: a SLSA verification summary (VSA v1) and a simple
 * verification result (SVR v0.2). They are signed elsewhere; a statement that nobody signed says nothing.
 */
import { parseDigest } from "../../language/domains/digest.ts";
import type { ClauseResult, Decision } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";

/** What a decision does not know of itself. Digests are `<algorithm>:<hex>`. */
export interface AttestationContext {
  readonly verifier: {
    /** A URI that names who decides and signs: a workflow, a service. Consumers compare it with who signed. */
    readonly id: string;
    /** Components and their versions: `{ waybill: "0.1.0" }`. */
    readonly version: Readonly<Record<string, string>>;
  };
  readonly policy: { readonly uri: string; readonly digest: string };
  /** Everything that the decision rested on, complete ("If non-empty, this field MUST contain information on all the attestations"). */
  readonly inputs: readonly { readonly uri?: string; readonly digest: string }[];
  /** What a consumer fetches: `pkg:oci/…`, `git+https://…`, a reference. */
  readonly resourceUri: string;
  /** Microseconds; by default the time of the decision. */
  readonly time?: number;
  /** Levels that the policy made sure of, 0 to 3 and 0 to 4; a track that is left out is said to be not evaluated. */
  readonly levels?: { readonly build?: number; readonly source?: number };
  /** Properties of one's own. SLSA keeps names that begin with `SLSA_` for itself. */
  readonly properties?: readonly string[];
}

export interface InTotoStatement {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicateType: string;
  readonly predicate: Readonly<Record<string, unknown>>;
}

/** `none`: there is nothing to attest, or it may not be said; `because` is for people. */
export type Attestation =
  | { readonly kind: "statement"; readonly statement: InTotoStatement }
  | { readonly kind: "none"; readonly because: string };

/** What a verdict of ours says when it lets an artifact pass. */
export const passedProperty = "WAYBILL_PASSED";

/**
 * A verification summary of a decision: `PASSED` where the artifact may pass, with or without warnings, `FAILED` where it
 * is denied or held back. A fault has none, nor has a decision of which any clause waits for a look-up that failed: it was
 * not found out whether the policy holds, and `FAILED` would say that it does not.
 */
export function verificationSummary(decision: Decision, context: AttestationContext): Attestation {
  const common = prepare(decision, context);
  if ("because" in common) return common;
  const { passed, subject, policy, inputs, time } = common;
  const { build, source } = context.levels ?? {};
  const levels = passed
    ? [level("BUILD", build), ...(source === undefined ? [] : [level("SOURCE", source)]), passedProperty, ...(context.properties ?? [])]
    : ["FAILED"];
  return statement(subject, "https://slsa.dev/verification_summary/v1", {
    verifier: { id: context.verifier.id, version: context.verifier.version },
    ...(time === undefined ? {} : { timeVerified: rfc3339(time) }),
    resourceUri: context.resourceUri,
    policy: { uri: context.policy.uri, digest: policy },
    ...(inputs.length === 0 ? {} : { inputAttestations: inputs }),
    verificationResult: passed ? "PASSED" : "FAILED",
    verifiedLevels: levels,
    slsaVersion: "1.2",
  });
}

/**
 * A simple verification result: the properties that hold. Of a decision that lets the artifact pass that is
 * `WAYBILL_PASSED`; of any one each labelled clause that passed, `WAYBILL_` and its name (`WAYBILL_acme.release.signed`). A
 * clause that was waived did not pass, and one that had nothing to say is not listed.
 */
export function simpleVerificationResult(decision: Decision, context: AttestationContext): Attestation {
  const common = prepare(decision, context);
  if ("because" in common) return common;
  const { passed, subject, policy, time } = common;
  if (time === undefined) return none("the decision has no time, and a verification result must");
  const { build, source } = context.levels ?? {};
  const slsa = [...(build === undefined ? [] : [level("BUILD", build)]), ...(source === undefined ? [] : [level("SOURCE", source)])];
  const own = passed ? [passedProperty, ...slsa, ...(context.properties ?? [])] : [];
  return statement(subject, "https://in-toto.io/attestation/svr/v0.2", {
    verifier: { id: context.verifier.id, policies: [{ uri: context.policy.uri, digest: policy }] },
    timeCreated: rfc3339(time),
    properties: [...own, ...decision.clauses.flatMap(clauseProperty)],
  });
}

function none(because: string): { readonly kind: "none"; readonly because: string } {
  return { kind: "none", because };
}

type DigestSet = Readonly<Record<string, string>>;

interface Common {
  readonly passed: boolean;
  readonly subject: InTotoStatement["subject"];
  readonly policy: DigestSet;
  readonly inputs: readonly { readonly uri?: string; readonly digest: DigestSet }[];
  readonly time: number | undefined;
}

function prepare(decision: Decision, context: AttestationContext): Common | { readonly kind: "none"; readonly because: string } {
  const { subject, effect, reason } = decision;
  // A clause may let pass what nobody could look at (`on transient allow`); whoever rests on the verdict did not agree to that.
  const unlooked = decision.clauses.some(({ outcome, causes }) => outcome === "undecided" && causes.includes("transient"));
  if (reason === "fault" || unlooked) return none("a look-up failed, so that it was not found out whether the policy holds");
  if (subject.digest === undefined) return none(`\`${subject.name}\` was named without a digest, so that nothing can be said of it`);
  const reserved = context.properties?.find((property) => property.startsWith("SLSA_") || property === "FAILED" || property === "");
  if (reserved !== undefined) return none(`\`${reserved}\` may not be a property of one's own: SLSA keeps such names for itself`);
  const { build = 0, source = 0 } = context.levels ?? {};
  if (!isLevel(build, 3)) return none(`there is no SLSA build level ${build}`);
  if (!isLevel(source, 4)) return none(`there is no SLSA source level ${source}`);
  const own = digestSet(subject.digest);
  const policy = digestSet(context.policy.digest);
  if (own === undefined || policy === undefined)
    return none(`\`${own === undefined ? subject.digest : context.policy.digest}\` is no digest`);
  const inputs: { readonly uri?: string; readonly digest: DigestSet }[] = [];
  for (const { uri, digest } of context.inputs) {
    const set = digestSet(digest);
    if (set === undefined) return none(`\`${digest}\` is no digest`);
    inputs.push({ ...(uri === undefined ? {} : { uri }), digest: set });
  }
  return {
    passed: effect === "allow" || effect === "warn",
    subject: [{ name: subject.name, digest: own }],
    policy,
    inputs,
    time: context.time ?? decision.time,
  };
}

function isLevel(number: number, greatest: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= greatest;
}

/** in-toto writes the algorithm of git's commits in camel case. */
function digestSet(text: string): DigestSet | undefined {
  const digest = parseDigest(text);
  if (!digest.ok) return undefined;
  const colon = digest.value.indexOf(":");
  const algorithm = digest.value.slice(0, colon);
  return { [algorithm === "gitcommit" ? "gitCommit" : algorithm.replaceAll("-", "_")]: digest.value.slice(colon + 1) };
}

function level(track: "BUILD" | "SOURCE", number: number | undefined): string {
  return `SLSA_${track}_LEVEL_${number === undefined ? "UNEVALUATED" : number}`;
}

function clauseProperty(clause: ClauseResult): readonly string[] {
  const held = clause.outcome === "passed" && clause.applies !== false && clause.label !== null;
  return held ? [`WAYBILL_${clause.policy}.${clause.label}`] : [];
}

function statement(subject: InTotoStatement["subject"], predicateType: string, predicate: InTotoStatement["predicate"]): Attestation {
  return { kind: "statement", statement: { _type: "https://in-toto.io/Statement/v1", subject, predicateType, predicate } };
}
