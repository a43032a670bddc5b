/** Tokens: shapes, what is not a token, and characters that may not stand in a source. */
import { expect, it } from "vitest";
import { parseWithTokens } from "./parse.ts";
import { fixed, said } from "./testing.ts";
import { contextualWords, reservedWords } from "./words.ts";

/** Kinds of the tokens of `text`, whatever the parser thinks of them. */
function kinds(text: string): string[] {
  return parseWithTokens({ path: "a.scp", text }).tokens.map((t) => `${t.kind.replace(/^word_/, "")}`);
}

it.each([
  ["=>", ">="],
  ["===", "=="],
  ["!==", "!="],
  ["&&", "and"],
  ["||", "or"],
])("rejects `%s` with a fix", (written, instead) => {
  const text = `let x = a ${written} b`;
  expect(said(text)).toEqual([`1:11 WB0115 \`${written}\` is written \`${instead}\``]);
  expect(fixed(text)).toBe(`let x = a ${instead} b`);
});

it("keeps words apart where it replaces a symbol by a word", () => {
  expect(fixed("let x = a&&!b||c")).toBe("let x = a and not b or c");
});

it("rejects `!`, `;`, `#` and block comments with a fix", () => {
  expect(fixed("let x = !a;")).toBe("let x = not a");
  expect(fixed("# why\nlet x = 1")).toBe("// why\nlet x = 1");
  expect(fixed("let x = 1 /* a\n b */")).toBe("let x = 1 // a\n// b ");
  expect(said("let x = 1;\nlet y = 2;").map((s) => s.slice(0, 11))).toEqual(["1:10 WB0115", "2:10 WB0115"]);
});

it("says that there is no multiplication, once for each operator", () => {
  expect(said("let x = a * b / c % d")).toEqual([
    "1:11 WB0116 there is no operator `*`",
    "1:15 WB0116 there is no operator `/`",
    "1:19 WB0116 there is no operator `%`",
  ]);
});

it("reads `=>` before an effect as `else`", () => {
  expect(fixed('runtime r for w {\n  exec forbid "x" => kill\n}')).toBe('runtime r for w {\n  exec forbid "x" else kill\n}');
});

it.each([
  ['"a', "1:9 WB0113 this string is not closed on its line"],
  ["'a", "1:9 WB0113 this string is not closed on its line"],
  ['"a\\', "1:9 WB0113 this string is not closed on its line"],
  ['"\\q"', "1:10 WB0114 `\\q` is not an escape"],
  ['"\\u{110000}"', "1:10 WB0114 `\\u{110000}` is not an escape"],
  ['"\\u{D800}"', "1:10 WB0114 `\\u{D800}` is not an escape"],
  ['"\\u41"', "1:10 WB0114 `\\u` is not an escape"],
  ["`a b`", "1:9 WB0119 `a b` is not a name in backticks"],
  ["`a", "1:9 WB0119 `a is not a name in backticks"],
  ["größe", "1:9 WB0110 `ö` (U+00F6) cannot stand outside strings and comments"],
  ["a $ b", "1:11 WB0110 `$` cannot stand outside strings and comments"],
])("reports %s once", (value, message) => {
  expect(said(`let x = ${value}\nlet y = 1`)[0]).toBe(message);
});

it("rejects bidirectional control characters everywhere", () => {
  expect(said('let x = "a\u202eb" // \u2066c\nlet y = 1')).toEqual([
    "1:11 WB0111 U+202E changes the order in which text is shown",
    "1:18 WB0111 U+2066 changes the order in which text is shown",
  ]);
});

it("rejects text that is not Unicode", () => {
  expect(said('let x = "\ud800"')).toEqual(["1:10 WB0112 U+D800 is half of a character: the text is not valid Unicode"]);
  expect(said('// \udfff\nlet x = "\ufffd"').length).toBe(2);
  expect(said('let x = "😀ö"')).toEqual([]);
});

it("accepts a byte-order mark, CRLF and lone CR", () => {
  expect(said("\ufefflet x = 1\r\nlet y = 2\r// c\rlet z = 3")).toEqual([]);
  expect(kinds("\ufefflet x = 1 // a\r\nlet y = 2")).toHaveLength(8);
  expect(said("let x = \ufeff1")).toHaveLength(1);
});

it("knows keywords only as whole words", () => {
  for (const word of [...reservedWords, ...contextualWords]) {
    expect(kinds(word)).toEqual([word]);
    expect(kinds(`${word}x ${word}_ ${word}0 x${word}`)).toEqual(["Identifier", "Identifier", "Identifier", "Identifier"]);
  }
});

it.each([
  ["CVE-2024-21538", ["Advisory"]],
  ["GHSA-abcd-1234-wxyz", ["Advisory"]],
  ["CVE-2024-123", ["Identifier", "Minus", "Int", "Minus", "Int"]],
  ["2027-01-31", ["Date"]],
  ["2027-01-31T12:00Z", ["Date"]],
  ["2027 - 01 - 31", ["Int", "Minus", "Int", "Minus", "Int"]],
  ["30 days", ["Duration"]],
  ["1 week", ["Duration"]],
  ["30\ndays", ["Int", "Identifier"]],
  ["3 daysx", ["Int", "Identifier"]],
  ["0.10", ["Decimal"]],
  ["1..5", ["Int", "DotDot", "Int"]],
  ["pkg:npm/%40a/b@1.0.0?x=y#z", ["Purl"]],
  ["pkg:npm/x, 1", ["Purl", "Comma", "Int"]],
  ["'\\d\"'", ["Raw"]],
  ['"a // b" // c', ["String"]],
  ["`for`", ["Identifier"]],
  ["_", ["Underscore"]],
  ["_a", ["Identifier"]],
  ["a<=b->c", ["Identifier", "LessEquals", "Identifier", "Arrow", "Identifier"]],
])("reads %s", (text, expected) => {
  expect(kinds(text)).toEqual(expected);
});

it.each([
  ["spiffe://acme.example/ns/web", "a SPIFFE id"],
  ["https://example.org/a?b=c", "a URL"],
  ["10.0.0.0/8", "an IP address"],
  ["127.0.0.1", "an IP address"],
  ["fe80::/10", "an IP address"],
  ["1.2.3", "a version"],
  ["sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "a digest"],
])("asks to quote %s", (literal, what) => {
  const text = `let x = f(${literal}, 1)`;
  expect(said(text)).toEqual([`1:11 WB0117 ${what} is written as a string`]);
  expect(fixed(text)).toBe(`let x = f("${literal}", 1)`);
});

it("splits a version range off a package URL", () => {
  const text = "let x = c in pkg:npm/x@<7.0.5";
  expect(said(text)).toEqual(["1:14 WB0118 a version range cannot be part of `pkg:npm/x`"]);
  expect(fixed(text)).toBe('let x = c in pkg:npm/x versions "<7.0.5"');
});
