import fc from "fast-check";
import { expect, it } from "vitest";
import { dottedParts, endOfDigits, endOfLetters, isDigits, isLetter, numbersIn, orderDigits, orderRuns } from "./digits.ts";
import { natural, order } from "./scheme.ts";

/** Version-like texts, and what only looks like digits and letters. */
const pieces = [
  "0",
  "00",
  "1",
  "9",
  "10",
  "007",
  "9007199254740991",
  "9007199254740992",
  "99999999999999999999",
  ".",
  "..",
  "-",
  "~",
  "a",
  "Z",
  "rc",
];
const odd = [
  "",
  "٣",
  "１",
  "ſ",
  "K",
  "é",
  "@",
  "[",
  "`",
  "{",
  "/",
  ":",
  "\0",
  "😀",
  "0".repeat(5000),
  `${"9".repeat(5000)}`,
  "1.".repeat(10_000),
];
const text = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.constantFrom(...odd) }))
  .map((parts) => parts.join(""));
const digits = fc.oneof(fc.stringMatching(/^\d{0,40}$/), fc.constantFrom("", "0".repeat(5000), "9".repeat(5000), `${"0".repeat(5000)}1`));

it("reads digits as the number that they stand for, in one form whatever their length", () => {
  fc.assert(
    fc.property(digits, text, (number, other) => {
      const value = BigInt(number);
      const expected = value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
      expect(natural(number)).toBe(expected);
      expect(natural(other + number + other, other.length, other.length + number.length)).toBe(expected);
    }),
  );
});

it("finds numbers, parts, digits and letters as regular expressions and `split` do", () => {
  fc.assert(
    fc.property(text, (all) => {
      expect(numbersIn(all)).toEqual((all.match(/\d+/g) ?? []).map((number) => natural(number)));
      expect(dottedParts(all)).toEqual(all.split("."));
      expect(isDigits(all)).toBe(/^\d+$/.test(all));
      expect(endOfDigits(all, 0, all.length)).toBe(/^\d*/.exec(all)?.[0].length);
      expect(endOfLetters(all, 0, all.length)).toBe(/^[A-Za-z]*/.exec(all)?.[0].length);
    }),
  );
  for (let code = 0; code < 0x1_0000; code++)
    if (isLetter(code) !== /[A-Za-z]/.test(String.fromCharCode(code))) expect.unreachable(`${code}`);
});

it("orders digits by value and runs as texts, without cutting them out", () => {
  fc.assert(
    fc.property(digits, digits, text, text, (a, b, before, after) => {
      const at = before.length;
      expect(orderDigits(before + a, at, at + a.length, b + after, 0, b.length)).toBe(order(BigInt(a), BigInt(b)));
      expect(orderRuns(before + a, at, at + a.length, b + after, 0, b.length)).toBe(order(a, b));
    }),
  );
});
