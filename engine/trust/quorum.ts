/**
 * Which trust declarations believe a statement, given all signatures over it (semantics, section 7). A quorum counts
 * *distinct members* over one statement, which is to say one payload: the caller hands over signatures of one payload
 * only.
 *
 * What is counted are members, not signatures: two signatures of one member count once, and one signature that two
 * members accept counts for both. The checker warns where one signer could be two members of a quorum (WB1121), because
 * such a quorum asks for less than it seems to.
 */
import type { Program, Trust } from "../../language/core/ir.ts";
import { accepts, type KeyFingerprints } from "./identity.ts";
import type { Acceptance, Signer, VerifiedTime } from "./verification.ts";

export type { KeyFingerprints } from "./identity.ts";

/** One signature that was verified. */
export interface StatementSignature {
  readonly signer: Signer;
  /** Verified times of this signature. */
  readonly times: readonly VerifiedTime[];
}

/** What one declaration says to the signatures of a statement. */
export interface TrustJudgement {
  /** Qualified name of the declaration. */
  readonly trust: string;
  readonly acceptance: Acceptance;
}

/** Qualified names of the declarations that believe a statement with these signatures, in the order of the program. */
export function trustsOf(program: Program, signatures: readonly StatementSignature[], keys: KeyFingerprints): readonly string[] {
  return judgeTrusts(program, signatures, keys).flatMap(({ trust, acceptance }) => (acceptance.kind === "accepted" ? [trust] : []));
}

/**
 * Every declaration of the program, and why it does not believe the statement where it does not: for one identity the
 * signature that came nearest, for a quorum how many members are missing. It is unknown where a member that is unknown
 * would make up the number.
 */
export function judgeTrusts(program: Program, signatures: readonly StatementSignature[], keys: KeyFingerprints): readonly TrustJudgement[] {
  const accepted = new Set<string>();
  const unknown = new Map<string, string>();
  const identities = new Map<string, Acceptance>();
  for (const trust of program.trusts) {
    if (trust.body.kind === "quorum") continue;
    const acceptance = acceptsAny(trust, signatures, keys);
    identities.set(trust.key, acceptance);
    if (acceptance.kind === "accepted") accepted.add(trust.key);
    if (acceptance.kind === "unknown") unknown.set(trust.key, acceptance.detail);
  }
  const held = closeQuorums(program.trusts, accepted);
  const possible = closeQuorums(program.trusts, new Set([...accepted, ...unknown.keys()]));
  return program.trusts.map((trust) => ({
    trust: trust.key,
    acceptance: identities.get(trust.key) ?? quorumAcceptance(trust, held, possible),
  }));
}

/** The best that any signature comes to: accepted, else unknown, else the first of the right form, else the first. */
function acceptsAny(trust: Trust, signatures: readonly StatementSignature[], keys: KeyFingerprints): Acceptance {
  const outcomes = signatures.map(({ signer, times }) => accepts(trust, signer, times, keys));
  return (
    outcomes.find((one) => one.kind === "accepted") ??
    outcomes.find((one) => one.kind === "unknown") ??
    outcomes.find((one) => one.kind === "rejected" && one.field !== "form") ??
    outcomes[0] ?? { kind: "rejected", field: trust.body.kind, expected: "a signature", found: "none" }
  );
}

function quorumAcceptance(trust: Trust, held: ReadonlySet<string>, possible: ReadonlySet<string>): Acceptance {
  if (held.has(trust.key)) return { kind: "accepted" };
  const { threshold, members } = trust.body.kind === "quorum" ? trust.body : { threshold: 1, members: [] };
  const signed = members.filter((member) => held.has(member));
  if (possible.has(trust.key)) {
    const open = members.filter((member) => !held.has(member) && possible.has(member));
    return { kind: "unknown", detail: `${signed.length} of ${threshold} members signed; of ${open.join(", ")} it cannot be told` };
  }
  return { kind: "rejected", field: "quorum", expected: `${threshold} of ${members.join(", ")}`, found: signed.join(", ") || "none" };
}

/**
 * `accepted` and every quorum that enough of its members reach, quorums of quorums included. Each quorum is looked at
 * again only when one of its members was added, so the work is linear in the members that are declared.
 */
export function closeQuorums(trusts: readonly Trust[], accepted: ReadonlySet<string>): ReadonlySet<string> {
  const holding = new Set(accepted);
  const missing = new Map<string, number>();
  const memberOf = new Map<string, string[]>();
  for (const { key, body } of trusts) {
    if (body.kind !== "quorum" || body.threshold < 1) continue;
    missing.set(key, body.threshold);
    for (const member of new Set(body.members)) {
      const above = memberOf.get(member);
      if (above === undefined) memberOf.set(member, [key]);
      else above.push(key);
    }
  }
  const queue = [...accepted];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const quorum of memberOf.get(name) ?? []) {
      const left = (missing.get(quorum) ?? 0) - 1;
      missing.set(quorum, left);
      if (left === 0 && !holding.has(quorum)) {
        holding.add(quorum);
        queue.push(quorum);
      }
    }
  }
  return holding;
}
