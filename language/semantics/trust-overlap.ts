/** Quorums in which one signer certainly is two members: they ask for fewer people than they seem to. */
import type { Trust } from "../core/ir.ts";
import type { Value } from "../core/value.ts";
import { parseGlob } from "../domains/pattern.ts";

export interface Overlap {
  readonly quorum: Trust;
  /** Members by qualified name; who is `first` is also `second`. */
  readonly first: string;
  readonly second: string;
}

/**
 * Pairs of members of a quorum of two or more where each signer of the one is accepted by the other. Only what is certain
 * is listed: two identities that might be the same one (a key's file and its fingerprint) are not.
 */
export function overlaps(trusts: readonly Trust[]): readonly Overlap[] {
  const byKey = new Map(trusts.map((trust) => [trust.key, trust]));
  return trusts.flatMap((quorum) => {
    if (quorum.body.kind !== "quorum" || quorum.body.threshold < 2) return [];
    const sets = quorum.body.members.map((member) => ({ member, alone: signersAlone(member, byKey) }));
    return sets.flatMap((one, index) =>
      sets.slice(index + 1).flatMap((other): readonly Overlap[] => {
        if (accepted(one.alone, other.alone)) return [{ quorum, first: one.member, second: other.member }];
        return accepted(other.alone, one.alone) ? [{ quorum, first: other.member, second: one.member }] : [];
      }),
    );
  });
}

/** Identities that make a declaration hold by one signature: itself, or the members of an `any of`. */
function signersAlone(name: string, byKey: ReadonlyMap<string, Trust>): readonly Trust[] {
  const found: Trust[] = [];
  const seen = new Set([name]);
  for (const key of seen) {
    const trust = byKey.get(key);
    if (trust === undefined) continue;
    if (trust.body.kind !== "quorum") found.push(trust);
    else if (trust.body.threshold === 1) for (const member of trust.body.members) seen.add(member);
  }
  return found;
}

function accepted(narrow: readonly Trust[], wide: readonly Trust[]): boolean {
  return narrow.some((one) => wide.some((other) => one.key === other.key || isWithin(one, other)));
}

/** Whether every signature that `narrow` accepts is accepted by `wide`, as far as their words tell. */
function isWithin(narrow: Trust, wide: Trust): boolean {
  if (narrow.body.kind === "quorum" || wide.body.kind === "quorum" || narrow.body.kind !== wide.body.kind) return false;
  const { fields: given } = narrow.body;
  return Object.entries(wide.body.fields).every(([name, wanted]) => {
    const found = given[name];
    if (found === undefined) return false;
    if (name === "not_before") return Number(found) >= Number(wanted);
    if (name === "not_after") return Number(found) <= Number(wanted);
    return covers(wanted, found);
  });
}

/** Equal, a glob that matches the text, or a repository or ref whose parts all are. */
function covers(wanted: Value, found: Value): boolean {
  if (typeof wanted === "string" && typeof found === "string") {
    if (wanted === found) return true;
    const glob = wanted.includes("*") && !found.includes("*") ? parseGlob(wanted) : undefined;
    return glob?.ok === true && glob.value.test(found);
  }
  if (wanted !== null && typeof wanted === "object" && found !== null && typeof found === "object")
    return Object.entries(wanted).every(([name, part]) => {
      const other = (found as Readonly<Record<string, Value>>)[name];
      return other !== undefined && covers(part as Value, other);
    });
  return wanted === found;
}
