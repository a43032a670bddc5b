import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, pairFrom } from "./agreement.ts";
import { seed } from "./choices.ts";
import { type Faults, faultless } from "./evaluate.ts";
import { patience } from "./runs.ts";

/** What the ordinary run of the agreement tries. */
const numRuns = 20_000;

/** The number of pairs until engine and faulty oracle first differ. */
function foundAfter(faults: Faults): number {
  let tried = 0;
  const outcome = fc.check(
    fc.property(seed, seed, (forProgram, forFacts) => {
      tried += 1;
      return differences(pairFrom(forProgram, forFacts), faults).length === 0;
    }),
    { numRuns },
  );
  return outcome.failed ? tried : Number.POSITIVE_INFINITY;
}

describe("the comparison of engine and oracle would catch", () => {
  const planted: readonly (readonly [string, keyof Faults])[] = [
    ["a transient cause that `otherwise` swallows", "swallowTransient"],
    ["a closed list that should be open", "closeLists"],
    ["a waiver on a half-known match", "waiveHalfKnown"],
  ];
  it.each(planted)("%s", (_, fault) => expect(foundAfter({ ...faultless, [fault]: true })).toBeLessThanOrEqual(numRuns), patience);
});
