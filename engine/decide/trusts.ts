/** Which trust declarations a signer satisfies, given one that it does (semantics, sections 7 and 12: Q ⊑ P). */
import type { Program, Test } from "../../language/core/ir.ts";

/**
 * The declarations that believe what `signer` signed: itself, every `any of` that has it as a member, and the members
 * of an `all of` that it is. `replaced` is `with release = other`: who is believed under a name is another's.
 */
export function trustsThatAccept(program: Program, signer: string, replaced: Test["trusts"]): readonly string[] {
  const meant = new Map(replaced.map(({ key, value }) => [key, value]));
  const accepted = new Set<string>([signer]);
  const quorums = program.trusts.flatMap((trust) => (trust.body.kind === "quorum" ? [{ key: trust.key, body: trust.body }] : []));
  for (let before = -1; before !== accepted.size; ) {
    before = accepted.size;
    for (const { key, body } of quorums) {
      if (body.threshold === 1 && body.members.some((member) => accepted.has(member))) accepted.add(key);
      if (body.threshold === body.members.length && accepted.has(key)) for (const member of body.members) accepted.add(member);
    }
  }
  const names = program.trusts.map((trust) => trust.key);
  return [...new Set([...names, signer])].filter((name) => accepted.has(meant.get(name) ?? name));
}
