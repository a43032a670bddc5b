/** Which trust declarations a signer satisfies, given one that it does (semantics, sections 7 and 12: Q ⊑ P). */
import type { Program, Test } from "../../language/core/ir.ts";
import { closeQuorums } from "../trust/quorum.ts";

/**
 * The declarations that believe what `signer` signed: itself, the members of an `all of` that it is, and every quorum
 * that has enough of these as members. `replaced` is `with release = other`: who is believed under a name is another's.
 */
export function trustsThatAccept(program: Program, signer: string, replaced: Test["trusts"]): readonly string[] {
  const meant = new Map(replaced.map(({ key, value }) => [key, value]));
  const accepted = closeQuorums(program.trusts, signers(program, signer));
  const names = program.trusts.map((trust) => trust.key);
  return [...new Set([...names, signer])].filter((name) => accepted.has(meant.get(name) ?? name));
}

/** Who has certainly signed where `signer` has: all members of an `all of`, and of those that these are. */
function signers(program: Program, signer: string): ReadonlySet<string> {
  const bodies = new Map(program.trusts.map(({ key, body }) => [key, body]));
  const signed = new Set([signer]);
  for (const name of signed) {
    const body = bodies.get(name);
    if (body?.kind === "quorum" && body.threshold === body.members.length) for (const member of body.members) signed.add(member);
  }
  return signed;
}
