/**
 * Choices drawn from a seed: fast-check makes the seeds, the generators read them. A failing case is named by its seeds
 * and narrowed by what it means (`narrow.ts`), which says more than a shrunk stream of numbers.
 */
import fc from "fast-check";

export interface Choices {
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
  /** True in about `percent` of a hundred draws. */
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** By relative weights. */
  weighted<T>(list: readonly (readonly [number, T])[]): T;
  times<T>(least: number, most: number, make: (i: number) => T): readonly T[];
}

/** A stream of 32-bit numbers (mulberry32): small, fast, and the same everywhere. */
function stream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

export function choicesFrom(seed: number): Choices {
  const next = stream(seed);
  const below = (n: number) => (n <= 1 ? 0 : next() % n);
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new Error("nothing to choose from");
    return list[below(list.length)] as T;
  };
  return {
    below,
    pick,
    chance: (percent) => below(100) < percent,
    weighted: (list) => {
      let left = below(list.reduce((sum, [weight]) => sum + weight, 0));
      for (const [weight, item] of list) {
        if (left < weight) return item;
        left -= weight;
      }
      return pick(list)[1];
    },
    times: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, (_, i) => make(i)),
  };
}

/** One of 2³² streams. Not shrunk: a smaller seed is another case. */
export const seed: fc.Arbitrary<number> = fc.noShrink(fc.noBias(fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff })));
