/** Sources that would cost time or stack are refused with a diagnostic. */
import { expect, it } from "vitest";
import { formatSource } from "./format.ts";
import { parse } from "./parse.ts";
import { said } from "./testing.ts";

const codes = (text: string): string[] => parse({ path: "a.scp", text }).diagnostics.map((d) => d.code);

it("refuses ten megabytes", () => {
  const { value, diagnostics } = parse({ path: "a.scp", text: "let x = 1\n".repeat(1_000_000) });
  expect(value.declarations).toEqual([]);
  expect(diagnostics.map((d) => d.message)).toEqual(["this source has 10000000 characters, more than the 4194304 that are read"]);
});

it.each([
  ["parentheses", `let x = ${"(".repeat(10_000)}1${")".repeat(10_000)}`],
  ["lists", `let x = ${"[".repeat(10_000)}`],
  ["records", `let x = ${"{a: ".repeat(10_000)}`],
  ["calls", `let x = ${"f(".repeat(10_000)}`],
  ["quantifiers", `let x = ${"every x in xs: ".repeat(10_000)}1`],
  ["blocks", `policy p for image {${"when a {".repeat(10_000)}`],
])("refuses ten thousand nested %s", (_, text) => {
  expect(codes(text)).toEqual(["WB0104"]);
});

it.each([
  ["not", `let x = ${"not ".repeat(10_000)}a`],
  ["and", `let x = a${" and a".repeat(10_000)}`],
  ["or", `let x = a${" or a".repeat(10_000)}`],
  ["+", `let x = a${" + a".repeat(10_000)}`],
  [".", `let x = a${".a".repeat(10_000)}`],
  ["()", `let x = a${"()".repeat(10_000)}`],
  ["[]", `let x = a${"[0]".repeat(10_000)}`],
  ["comparison", `let x = a${" < a".repeat(10_000)}`],
  ["no x in", `let x = ${"no x in ".repeat(10_000)}a`],
  ["otherwise", `let x = a${" otherwise a".repeat(10_000)}`],
  ["List<", `let x: ${"List<".repeat(10_000)}`],
])("reports ten thousand times `%s` and goes on", (_, text) => {
  const { value, diagnostics } = parse({ path: "a.scp", text: `${text}\nlet y = 1` });
  expect(diagnostics.length).toBeGreaterThan(0);
  expect(diagnostics.length).toBeLessThan(102);
  expect(value.declarations.at(-1)).toMatchObject({ kind: "let", name: { text: "y" } });
});

it("reads what stays below the limits", () => {
  expect(codes(`let x = ${"(".repeat(190)}1${")".repeat(190)}`)).toEqual([]);
  expect(codes(`let x = a${" and a".repeat(300)}`)).toEqual([]);
  expect(codes(`let x = [${"1, ".repeat(20_000)}1]`)).toEqual([]);
  expect(formatSource({ path: "a.scp", text: `let x = ${"(".repeat(190)}1${")".repeat(190)}` }).value).toContain("1");
});

it("stops reporting after a hundred errors, and says so", () => {
  const messages = said("let = 1\n".repeat(1000));
  expect(messages).toHaveLength(101);
  expect(messages.at(-1)).toContain("WB0108 more than 100 errors in this source");
});

/** So long that no quadratic path through it ends: 10¹² steps and more. */
const long = 2_000_000;

it.each([
  ["letters and colons", "", "a:", ""],
  ["stray braces", "", "}", ""],
  ["mistakes", "", "let =\n", ""],
  ["strange characters", "", "$ ", ""],
  ["an open block comment", "/*", "* ", ""],
  ["a long string", 'let x = "', "\\n", '"'],
  ["package URLs", "", "pkg:", ""],
  ["guards without blocks", "policy p for i { ", "when a ", ""],
])(
  "ends for two million characters of %s, which it would not if it needed more than linear time",
  (_, before, unit, after) => {
    const { diagnostics } = parse({ path: "a.scp", text: before + unit.repeat(Math.floor(long / unit.length)) + after });
    expect(diagnostics.length).toBeLessThan(102);
  },
  120_000,
);

it("formats long lists in linear time", () => {
  const text = `let x = [${"1, ".repeat(200_000)}1]`;
  expect(
    formatSource({ path: "a.scp", text })
      .value?.split("\n")
      .every((line) => line.length <= 100),
  ).toBe(true);
}, 120_000);
