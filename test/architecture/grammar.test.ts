/** The EBNF of the language reference has one derivation for each sentence, and the parser accepts what it says. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { collectDecisions } from "../../compiler/bundle/lookahead.ts";
import { decisions } from "../../language/syntax/decisions.ts";
import { checkedParser } from "../../language/syntax/grammar-file.ts";
import { parse, parseWithTokens, type Token } from "../../language/syntax/parse.ts";
import { checkedLexer } from "../../language/syntax/tokens.ts";
import { derivations, type Grammar, productionsUsed, readGrammar, sentences } from "./ebnf.ts";

const reference = readFileSync(new URL("../../language/README.md", import.meta.url), "utf8");
const grammar = readGrammar(reference);
const fixture = (name: string): string => readFileSync(new URL(`../../language/syntax/fixtures/${name}`, import.meta.url), "utf8");

/** A small generator with a seed (mulberry32), so that a failure can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const kinds: Readonly<Record<string, string>> = {
  Identifier: "IDENT",
  String: "STRING",
  Raw: "RAW",
  Int: "INT",
  Decimal: "DECIMAL",
  Date: "DATE",
  Duration: "DURATION",
  Advisory: "ADVISORY",
  Purl: "PURL",
};

function terminal(token: Token): string {
  return kinds[token.kind] ?? token.text;
}

const examples: Readonly<Record<string, readonly string[]>> = {
  IDENT: ["a", "b", "image", "none", "no", "days", "pkg", "`for`", "sha256", "x1"],
  STRING: ['"s"', '"{a.b} {{c}}"', '"a\\"b"', '""'],
  RAW: ["'r'", "'\\d+'"],
  INT: ["0", "7", "80"],
  DECIMAL: ["0.10", "7.5"],
  DATE: ["2027-01-31", "2027-01-31T12:00Z"],
  DURATION: ["7 days", "1 hour"],
  ADVISORY: ["CVE-2024-21538", "GHSA-abcd-1234-wxyz"],
  PURL: ["pkg:npm/x", "pkg:npm/%40a/b@1.0.0"],
};

/** A text with the terminals of `sentence`, blanks and line breaks between. */
function written(sentence: readonly string[], random: () => number): string {
  const pick = (texts: readonly string[]): string => texts[Math.floor(random() * texts.length)] ?? "";
  return sentence
    .map((t, i) => {
      const text = pick(examples[t] ?? [t]);
      // `7 days` is a duration on one line only.
      const gap = sentence[i - 1] === "INT" || random() < 0.2 ? "\n" : " ";
      return gap + text;
    })
    .join("");
}

function accepts(text: string): boolean {
  return parse({ path: "sentence.scp", text }).diagnostics.every((d) => d.level !== "error");
}

it("defines every production that the reference uses", () => {
  expect(grammar.productions.size).toBeGreaterThan(60);
  const used = productionsUsed(grammar);
  expect(new Set([...used, "File"])).toEqual(new Set(grammar.productions.keys()));
  expect(derivations(grammar, "File", ["let", "IDENT", "=", "INT"])).toBe(1);
  expect(derivations(grammar, "File", ["let", "IDENT", "INT"])).toBe(0);
});

it.each(["tour.scp", "more.scp"])("gives %s exactly one derivation, and the parser accepts it", (name) => {
  const { tokens, diagnostics } = parseWithTokens({ path: name, text: fixture(name) });
  expect(diagnostics).toEqual([]);
  expect(derivations(grammar, "File", tokens.map(terminal))).toBe(1);
});

it("gives every random sentence one derivation, and the parser accepts it", () => {
  const random = seeded(1);
  const draw = sentences(grammar, random);
  let terminals = 0;
  for (let i = 0; i < 6000; i++) {
    const sentence = draw("File", Math.floor(random() * 160));
    terminals += sentence.length;
    const text = written(sentence, random);
    expect({ sentence, count: derivations(grammar, "File", sentence) }).toEqual({ sentence, count: 1 });
    const { diagnostics } = parse({ path: "sentence.scp", text });
    expect({ text, errors: diagnostics.filter((d) => d.level === "error") }).toEqual({ text, errors: [] });
  }
  expect(terminals / 6000).toBeGreaterThan(60);
}, 120_000);

it("agrees with the parser about sentences with a mistake in them", () => {
  const random = seeded(2);
  const draw = sentences(grammar, random);
  const wrong = (): string => grammar.terminals[Math.floor(random() * grammar.terminals.length)] ?? "IDENT";
  let rejected = 0;
  for (let i = 0; i < 6000; i++) {
    const sentence = draw("File", 5 + Math.floor(random() * 60));
    const at = Math.floor(random() * sentence.length);
    const kind = Math.floor(random() * 4);
    if (kind === 0) sentence.splice(at, 1);
    else if (kind === 1) sentence.splice(at, 0, wrong());
    else if (kind === 2) sentence.splice(at, 1, wrong());
    else sentence.splice(at, 2, ...sentence.slice(at, at + 2).reverse());
    const text = written(sentence, random);
    const expected = derivations(grammar, "File", sentence);
    expect({ text, accepted: accepts(text) }).toEqual({ text, accepted: expected > 0 });
    if (expected === 0) rejected++;
  }
  expect(rejected).toBeGreaterThan(3000);
}, 120_000);

/** The reference with one line changed. */
function changed(from: string, to: string): Grammar {
  expect(reference).toContain(from);
  return readGrammar(reference.replace(from, to));
}

it.each([
  ["quantifiers become operands", "Primary     = Literal", "Primary     = Quantified | Literal"],
  ["`otherwise` may follow any sum", "Sum         = Unary {", 'Sum         = Unary [ "otherwise" Sum ] {'],
  [
    "`forbid x in xs where` returns",
    '[ Name ":" ] Expr [ "else" Outcome ]',
    '[ Name ":" ] ( Expr | Name "in" Sum [ "where" Or ] ) [ "else" Outcome ]',
  ],
])(
  "would notice an ambiguity: %s",
  (_, from, to) => {
    const ambiguous = changed(from, to);
    const random = seeded(3);
    const draw = sentences(ambiguous, random);
    let found = false;
    for (let i = 0; i < 5000 && !found; i++) found = derivations(ambiguous, "File", draw("File", 60)) > 1;
    expect(found).toBe(true);
  },
  120_000,
);

it("passes chevrotain's own analysis of lexer and parser with two tokens of lookahead", () => {
  expect(() => checkedLexer()).not.toThrow();
  expect(() => checkedParser()).not.toThrow();
});

it("decides by what chevrotain finds in the grammar as it is now (`npm run gen` writes it down)", () => {
  expect(decisions.trim().split("\n")).toEqual(collectDecisions());
});
