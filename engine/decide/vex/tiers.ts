/** Whose word ranks before whose. */
import type { Trust } from "../../../language/core/ir.ts";

/**
 * Who ranks before whom: the members of `any of [a, b]` as they are written, then what satisfies it and none of them (as
 * tests may say). Every other declaration is one tier.
 */
export function tiersOfTrust(trusts: readonly Trust[], trust: string): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (key: string): void => {
    if (seen.has(key)) return;
    seen.add(key);
    const body = trusts.find((one) => one.key === key)?.body;
    if (body?.kind === "quorum" && body.threshold === 1) for (const member of body.members) visit(member);
    found.add(key);
  };
  visit(trust);
  return [...found];
}
