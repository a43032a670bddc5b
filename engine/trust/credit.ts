/**
 * Which signatures over one payload count for which trust declaration, and since when it is believed (semantics, sections 7
 * and 8). Signatures of strangers count for nothing: not for a level, not for a time.
 */
import type { Program, Trust } from "../../language/core/ir.ts";
import { type KeyFingerprints, type StatementSignature, trustsOf } from "./quorum.ts";

/** What one declaration rests on. */
export interface Credit<S extends StatementSignature> {
  /** Qualified name of the declaration. */
  readonly trust: string;
  /** The signatures that were accepted for it; of a quorum, those of its members. */
  readonly signatures: readonly S[];
  /**
   * Microseconds. The earliest verified time of a signature: whoever has an old one can have it stamped again, and nobody can
   * have it stamped in the past. Of a quorum, when the last member that it needs had signed. Absent: it is not known.
   */
  readonly time?: number;
}

/** The declarations that believe a payload with these signatures. */
export function creditsOf<S extends StatementSignature>(
  program: Program,
  signatures: readonly S[],
  keys: KeyFingerprints,
): readonly Credit<S>[] {
  const accepted = new Map(signatures.map((signature) => [signature, new Set(trustsOf(program, [signature], keys))]));
  const held = new Set(trustsOf(program, signatures, keys));
  const declarations = new Map(program.trusts.map((trust) => [trust.key, trust]));
  const known = new Map<string, Credit<S>>();
  const creditOf = (trust: Trust): Credit<S> => {
    const before = known.get(trust.key);
    if (before !== undefined) return before;
    // A quorum that rests on itself does not compile; this ends one all the same.
    known.set(trust.key, { trust: trust.key, signatures: [] });
    const { body } = trust;
    const credit =
      body.kind === "quorum"
        ? jointCredit(
            trust.key,
            body.threshold,
            body.members
              .flatMap((member) => declarations.get(member) ?? [])
              .filter((member) => held.has(member.key))
              .map(creditOf),
          )
        : ownCredit(
            trust.key,
            signatures.filter((signature) => accepted.get(signature)?.has(trust.key) === true),
          );
    known.set(trust.key, credit);
    return credit;
  };
  return program.trusts.filter((trust) => held.has(trust.key)).map(creditOf);
}

function ownCredit<S extends StatementSignature>(trust: string, signatures: readonly S[]): Credit<S> {
  const times = signatures.flatMap(({ times: [earliest] }) => (earliest === undefined ? [] : [earliest.time]));
  return { trust, signatures, ...(times.length === 0 ? {} : { time: Math.min(...times) }) };
}

function jointCredit<S extends StatementSignature>(trust: string, threshold: number, members: readonly Credit<S>[]): Credit<S> {
  const signatures = [...new Set(members.flatMap((member) => member.signatures))];
  const times = members.flatMap((member) => (member.time === undefined ? [] : [member.time])).sort((a, b) => a - b);
  const complete = times[threshold - 1];
  return { trust, signatures, ...(complete === undefined ? {} : { time: complete }) };
}
