import fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, it } from "vitest";
import { anchored } from "./pattern.ts";
import { automatonTest } from "./regex-automaton.ts";

function accepted(pattern: string): RE2JS | undefined {
  try {
    RE2JS.compile(pattern);
    return RE2JS.compile(anchored(pattern));
  } catch {
    return undefined;
  }
}

const raw = String.raw;
const atoms = fc.constantFrom(
  ...raw`a b k K s S _ 0 - / é ſ K 𝒳 😀 . ^ $ \A \z ] } , : #`.split(" "),
  ...raw`\d \D \w \W \s \S \n \t \v \a \f \. \- \_ \/ \x41 \x{1F600} \x{41} \b \pL \Qa.\E`.split(" "),
  ...raw`[a-c] [^a] []a] [^]a] [-a] [a-] [\w-] [\d.] [^\n] [^\W_] [k] [^k] [a-z0-9_] [é-ü] [^\x00-\x7f]`.split(" "),
  ...raw`[--/] [[a] [a[:digit:]] [K-S] [\]\\] [😀-😂] [^😀] [\D] [a-a] [+--]`.split(" "),
  " ",
);
const quantifiers = fc.constantFrom("", "", "", ..."* + ? *? +? ?? {2} {0} {1,} {0,2} {2,3}? { {,2}".split(" "));
const pattern = fc.letrec<{ expression: string; item: string }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: fc.tuple(atoms, quantifiers).map((parts) => parts.join("")) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom("(", "(?:", "(?i:", "(?s:", "(?-i:", "(?is-U:", "(?P<n>", "(?<n>"),
          tie("expression"),
          fc.constant(")"),
          quantifiers,
        )
        .map((parts) => parts.join("")),
    },
    { weight: 1, arbitrary: fc.constantFrom("(?i)", "(?s)", "(?-s)", "(?i-s)", "(?U)") },
  ),
  expression: fc
    .array(
      fc.array(tie("item"), { maxLength: 4 }).map((items) => items.join("")),
      { minLength: 1, maxLength: 3 },
    )
    .map((all) => all.join("|")),
})).expression;
const character = fc.constantFrom(
  ...raw`a b c k K s S ſ K A _ 0 9 - / . ] \ ^ $ : , } { + # é 𝒳 😀 😁`.split(" "),
  ...[" ", "\n", "\t", "\r", "\v", "\f", "\u0007", "\u0000", "\u007f", "\u0080", "\u2028", "\ud83d", "\ude00", "\uffff"],
);
const value = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(""));

it("says of a value what RE2 says, for every expression that it reads", () => {
  let read = 0;
  let matched = 0;
  const flagged = fc.tuple(fc.constantFrom("", "", "(?i)"), pattern).map((parts) => parts.join(""));
  fc.assert(
    fc.property(flagged, fc.array(value, { minLength: 4, maxLength: 12 }), (text, values) => {
      const re2 = accepted(text);
      fc.pre(re2 !== undefined && text !== "");
      const test = automatonTest(text);
      if (test === undefined) return;
      read += 1;
      // Twice: the second time by states that are there.
      for (const each of [...values, "", ...values]) {
        const expected = re2?.test(each);
        expect([text, each, test(each)]).toEqual([text, each, expected]);
        if (expected) matched += 1;
      }
    }),
    { numRuns: Number(process.env["WAYBILL_RUNS"] ?? 1000) },
  );
  expect(read).toBeGreaterThan(200);
  expect(matched).toBeGreaterThan(200);
});

it("lets case matter or not as groups say", () => {
  const test = automatonTest("(?i)a(?-i:b)(?:c)(?-i)d|e");
  expect(["AbCd", "abcd", "e"].map((each) => test?.(each))).toEqual([true, true, true]);
  expect(["ſ", "S", "K", "k"].map((each) => automatonTest("(?i)ſ|K")?.(each))).toEqual([true, true, true, true]);
  expect(["aBcd", "abcD", "E"].map((each) => test?.(each))).toEqual([false, false, false]);
});

it("reads what people write", () => {
  for (const [text, yes, no] of [
    ["(?i).*(password|secret|token|api_?key).*", "MY_ApiKey_2", "KEYRING"],
    [
      "registry\\.acme\\.example/[a-z0-9/_-]+(:v?\\d+(\\.\\d+){1,2}|@sha256:[0-9a-f]{64})",
      "registry.acme.example/shop/web:1.27",
      "registry.acme.example/shop:latest",
    ],
    ["AKIA[0-9A-Z]{16}", "AKIA0123456789ABCDEF", "AKIA0123456789ABCDE"],
    ["^[^:]+$", "x", "a:b"],
    ["[😀-😂]x😀", "😁x😀", "😃x😀"],
    [".*_(PASSWORD|TOKEN)", "DB_PASSWORD", "DB_PASSWORDS"],
  ] as const) {
    expect([text, automatonTest(text)?.(yes), automatonTest(text)?.(no)]).toEqual([text, true, false]);
  }
});

it("leaves to RE2 what it does not read, and what needs too many states", () => {
  for (const text of ["\\bx", "\\pL", "[[:alpha:]]", "\\Qx\\E", "(?i)é", "x{1000}{"])
    expect([text, automatonTest(text)]).toEqual([text, undefined]);
  expect(automatonTest(`(${"x".repeat(500)}){4}`)).toBeUndefined();
  // The automaton of "the 12th from the end" remembers the last twelve: 4,096 states.
  const far = automatonTest("(a|b)*a(a|b){11}");
  let state = 1;
  const next = (): string => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return "ab"[state >>> 31] ?? "";
  };
  const letters = Array.from({ length: 8000 }, next).join("");
  expect(far?.("abbbbbbbbbbb")).toBe(true);
  expect(far?.(letters)).toBeUndefined();
});

it("takes an evil expression on a long value in its stride, which would not end by trying", () => {
  const test = automatonTest("(a+)+b|(a|a)*c|.*a.*a.*a.*a.*d");
  expect(test?.("a".repeat(200_000))).toBe(false);
  expect(test?.(`${"a".repeat(200_000)}c`)).toBe(true);
});
