import fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, it } from "vitest";
import { anchored, globAsRegex, parseGlob, parseRegex } from "./pattern.ts";

function matches(glob: string, value: string): boolean {
  const result = parseGlob(glob);
  if (!result.ok) throw new Error(result.problem);
  return result.value.test(value);
}

it("refuses empty globs and runs of stars", () => {
  expect(parseGlob("").ok).toBe(false);
  expect(parseGlob("a***b")).toMatchObject({ ok: false, suggestion: "a**b" });
});

it("stops `*` at a slash and lets `**` cross it; everything else is itself", () => {
  expect(matches("v*", "v1.2")).toBe(true);
  expect(matches("v*", "v1/2")).toBe(false);
  expect(matches("v*", "xv1")).toBe(false);
  expect(matches("ghcr.io/acme/**", "ghcr.io/acme/a/b")).toBe(true);
  expect(matches("ghcr.io/*/api", "ghcr.io/acme/api")).toBe(true);
  expect(matches("ghcr.io/*/api", "ghcr.io/a/b/api")).toBe(false);
  expect(matches("ghcr.io/*/api", "ghcrXio/a/api")).toBe(false);
  expect(matches("a?c", "abc")).toBe(false);
  expect(matches("a?c", "a?c")).toBe(true);
  expect(matches("[ab]", "a")).toBe(false);
  expect(matches("[ab]", "[ab]")).toBe(true);
  expect(matches("*-*", "a-b")).toBe(true);
  expect(matches("ab*ba", "aba")).toBe(false);
  expect(matches("**", "a/\nb")).toBe(true);
  expect(matches("a**", "a\n/b")).toBe(true);
});

it("tests globs as the regular expression that targets get", () => {
  const part = fc.constantFrom("a", "b", "/", "*", "**", ".", "?", "[", "\n");
  const glob = fc.array(part, { minLength: 1, maxLength: 7 }).map((parts) => parts.join("").replace(/\*{3,}/g, "**"));
  const value = fc.array(fc.constantFrom("a", "b", "/", ".", "?", "[", "\n"), { maxLength: 8 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(glob, value, (pattern, text) => {
      expect(matches(pattern, text)).toBe(RE2JS.compile(anchored(globAsRegex(pattern))).test(text));
    }),
    { numRuns: 1000 },
  );
});

it("refuses what cannot be matched in linear time, by its name", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["(?=a)b", "look-around"],
    ["(?<!a)b", "look-around"],
    ["(a)\\1", "back-reference"],
    ["(?<n>a)\\k<n>", "back-reference"],
    ["(?>a)", "atomic group"],
    ["(?m)^a$", "multi-line"],
    ["(?im:^a$)", "multi-line"],
    ["a(", "not an RE2 regular expression"],
    ["a**", "not an RE2 regular expression"],
    ["a)|(b", "not an RE2 regular expression"],
    ["", "empty"],
  ];
  for (const [text, reason] of cases) {
    const result = parseRegex(text);
    expect(result.ok ? "read" : result.problem, text).toContain(reason);
  }
});

it("does not take escaped or bracketed text for a look-around", () => {
  for (const text of ["\\(\\?=a", "[(?=]", "\\Q(?=\\E", "\\\\d", "[^]1]"]) expect(parseRegex(text).ok, text).toBe(true);
});

it("matches regular expressions against the whole value", () => {
  const test = (regex: string, value: string) => {
    const result = parseRegex(regex);
    return result.ok && result.value.test(value);
  };
  expect(test("^[a-z]+/shop$", "acme/shop")).toBe(true);
  expect(test("[a-z]+", "acme1")).toBe(false);
  expect(test("a|b", "ab")).toBe(false);
  expect(test("a", "a\n")).toBe(false);
  expect(test("^a$", "x\na\ny")).toBe(false);
  expect(test("(?i)ACME", "acme")).toBe(true);
});

it("stays linear on patterns that make backtracking engines hang", () => {
  const evil = parseRegex("(a+)+b");
  expect(evil.ok && evil.value.test("a".repeat(20_000))).toBe(false);
  expect(matches("*a*a*a*a*a*a*a*b", "a".repeat(20_000))).toBe(false);
});
