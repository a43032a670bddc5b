/**
 * Choices drawn from bytes: fast-check makes (and shrinks) the bytes, the generators read them. Once they are used up
 * every choice is the first one, so each generator puts its simplest alternative first and always ends.
 */
import fc from "fast-check";

export interface Choices {
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
  /** True in about `percent` of a hundred draws; false when the bytes are used up. */
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** By relative weights; the first alternative when the bytes are used up. */
  weighted<T>(list: readonly (readonly [number, T])[]): T;
  times<T>(least: number, most: number, make: (i: number) => T): readonly T[];
}

export function choicesFrom(bytes: Uint8Array): Choices {
  let at = 0;
  const byte = () => bytes[at++] ?? 0;
  const below = (n: number) => (n <= 1 ? 0 : (n > 256 ? byte() * 256 + byte() : byte()) % n);
  const pick = <T>(list: readonly T[]): T => {
    const item = list[below(list.length)];
    if (list.length === 0) throw new Error("nothing to choose from");
    return item as T;
  };
  return {
    below,
    chance: (percent) => 255 - byte() < percent * 2.56,
    pick,
    weighted: (list) => {
      const total = list.reduce((sum, [w]) => sum + w, 0);
      let left = below(total);
      for (const [weight, item] of list) {
        if (left < weight) return item;
        left -= weight;
      }
      return pick(list)[1];
    },
    times: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, (_, i) => make(i)),
  };
}

/** Bytes without a bias towards few and small ones, which would make most programs trivial. */
export function entropy(length: number): fc.Arbitrary<Uint8Array> {
  return fc.noBias(fc.uint8Array({ minLength: length, maxLength: length, size: "max" }));
}
