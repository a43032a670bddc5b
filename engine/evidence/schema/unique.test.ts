import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { duplicateItems } from "./unique.ts";

it("finds equal objects whatever the order of their keys, and tells which two", () => {
  expect(duplicateItems([{ a: 1, b: [1, { c: 2 }] }, { x: 1 }, { b: [1, { c: 2 }], a: 1 }])).toEqual([0, 2]);
  expect(duplicateItems(["a", 1, "1", true, "true", null, [], {}, [[]], "a"])).toEqual([0, 9]);
});

it("finds no two equal items where all differ", () => {
  expect(duplicateItems(["1", 1, true, "true", null, "null", [], {}, [1], ["1"], { a: 1 }, { a: "1" }, { a: [1] }])).toBeUndefined();
  expect(duplicateItems([])).toBeUndefined();
});

it("takes one pass over very many items, also where they look alike", () => {
  const items = Array.from({ length: 100_000 }, (_, i) => ({ type: "library", name: "x", nested: { version: `${i}` } }));
  expect(duplicateItems(items)).toBeUndefined();
  expect(duplicateItems([...items, items[5]])).toEqual([5, 100_000]);
});

it("agrees with comparing each with each", () => {
  const value = fc.oneof(
    fc.constantFrom("a", "b", 0, 1, -0, true, null),
    fc.dictionary(fc.constantFrom("a", "b"), fc.jsonValue({ maxDepth: 1 })),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 8 }), (items) => {
      const plain: unknown[] = JSON.parse(JSON.stringify(items));
      const naive = plain.some((a, i) => plain.some((b, j) => i < j && isDeepStrictEqual(a, b)));
      expect(duplicateItems(plain) !== undefined).toBe(naive);
    }),
    { numRuns: 1000 },
  );
});
