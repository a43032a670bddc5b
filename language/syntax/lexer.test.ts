/** The lexer against chevrotain's own, made from the same token types. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { tokenize } from "./lexer.ts";
import { checkedLexer, lexed } from "./tokens.ts";

const reference = checkedLexer();

interface Read {
  readonly tokens: readonly string[];
  readonly comments: readonly string[];
  readonly strange: readonly string[];
}

const shown = (token: { readonly tokenType: { readonly name: string }; readonly startOffset: number; readonly image: string }): string =>
  `${token.startOffset} ${token.tokenType.name} ${token.image}`;

function ours(text: string): Read {
  const { tokens, comments, strange } = tokenize(text);
  return { tokens: tokens.map(shown), comments: comments.map(shown), strange: strange.map(({ start, end }) => `${start} ${end}`) };
}

function theirs(text: string): Read {
  const { tokens, groups, errors } = reference.tokenize(text);
  return {
    tokens: tokens.map(shown),
    comments: (groups["comments"] ?? []).map(shown),
    strange: errors.map(({ offset, length }) => `${offset} ${offset + length}`),
  };
}

it.each(["tour.scp", "more.scp"])("reads %s as chevrotain does", (name) => {
  const text = readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
  expect(ours(text)).toEqual(theirs(text));
  expect(tokenize(text).tokens.length).toBeGreaterThan(400);
});

it("has the type's own index in each token", () => {
  for (const token of tokenize("policy p for image { require a: 1 <= 2 } // c").tokens)
    expect(token.tokenTypeIdx).toBe(token.tokenType.tokenTypeIdx);
});

/** Pieces that begin or end tokens, or look like the beginning of one. */
const pieces = [
  ..."\"'`/*#=!<>&|;%+-.,:?()[]{}_\\ \t\n\r",
  ...["//", "/*", "*/", "===", "=>", "->", "..", "pkg:", "pkg:npm/a@<1", "pkg:npm/%40a/b@1.0", "CVE-2024-1234", "GHSA-abcd-1234-wxyz"],
  ...[
    "2027-01-31",
    "T12:00Z",
    "7 days",
    "7  day",
    "1.2.3.4/8",
    "1.5",
    "12",
    "::1/64",
    "fe80::/10",
    "sha256:",
    "0123456789abcdef0123456789abcdef",
  ],
  ...[
    "https://x.example/a",
    "spiffe://a",
    "oci://",
    "file",
    "policy",
    "require",
    "name",
    "é",
    "Ω",
    "中",
    "“",
    "\u0000",
    "\u00a0",
    "\ud800",
    "😀",
  ],
];

it("reads any text as chevrotain does", () => {
  const text = fc.array(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ unit: "grapheme" }) }),
    {
      maxLength: 24,
    },
  );
  fc.assert(
    fc.property(text, (parts) => {
      const written = parts.join("");
      expect(ours(written)).toEqual(theirs(written));
    }),
    { numRuns: 5000 },
  );
});

it("gives every pattern the characters that it can begin with", () => {
  for (const type of lexed.filter((one) => one.name !== "WhiteSpace")) expect(type.START_CHARS_HINT ?? []).not.toEqual([]);
  for (const { PATTERN } of lexed) if (PATTERN instanceof RegExp) expect(PATTERN.flags).toBe("");
});
