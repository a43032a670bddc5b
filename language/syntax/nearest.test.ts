import { expect, it } from "vitest";
import { nearest } from "./nearest.ts";

it("suggests nothing far away", () => {
  expect(nearest("x", ["policy", "let"])).toBeUndefined();
  expect(nearest("abcdef", ["policy"])).toBeUndefined();
  expect(nearest("", ["let"])).toBeUndefined();
});

it.each([
  ["polcy", "policy"],
  ["requrie", "require"],
  ["Require", "require"],
  ["forbdi", "forbid"],
])("suggests for %s the word %s", (word, meant) => {
  expect(nearest(word, ["policy", "require", "forbid", "let"])).toBe(meant);
});

it("does not suggest the word itself", () => {
  expect(nearest("let", ["let"])).toBeUndefined();
});
