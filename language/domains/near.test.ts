import { expect, it } from "vitest";
import { cacheOf } from "./cache.ts";
import { distance, nearest } from "./near.ts";

it("says nothing when nothing is near", () => {
  expect(nearest("kubernetes", ["image", "package", "workload"])).toBeUndefined();
  expect(nearest("", ["a"])).toBeUndefined();
  expect(nearest("image", ["image"])).toBeUndefined();
});

it("finds the word that was meant", () => {
  expect(nearest("imgae", ["package", "image", "workload"])).toBe("image");
  expect(nearest("Image", ["package", "image"])).toBe("image");
  expect(nearest("requre", ["forbid", "require"])).toBe("require");
  expect(nearest("id", ["ids", "is"])).toBe("ids");
});

it("counts insertions, deletions, substitutions and swaps", () => {
  expect(distance("kitten", "sitting", 10)).toBe(3);
  expect(distance("ab", "ba", 10)).toBe(1);
  expect(distance("abc", "abc", 10)).toBe(0);
  expect(distance("abcdef", "uvwxyz", 3)).toBe(3);
});

it("compares very long words in no time", () => {
  expect(nearest("a".repeat(100_000), ["b".repeat(100_000)])).toBeUndefined();
});

it("makes each value once while it is kept, and keeps a bounded number", () => {
  const made: string[] = [];
  const cache = cacheOf(2, (text) => {
    made.push(text);
    return text === "none" ? undefined : text.length;
  });
  expect([cache.of("a"), cache.of("a"), cache.of("none"), cache.of("none")]).toEqual([1, 1, undefined, undefined]);
  expect(made).toEqual(["a", "none"]);
  for (const text of ["b", "c", "d", "e", "a"]) cache.of(text);
  expect(made).toEqual(["a", "none", "b", "c", "d", "e", "a"]);
});
