import fc from "fast-check";
import { expect, it } from "vitest";
import { decimalFromNumber, parseDecimal, showDecimal } from "./decimal.ts";
import { addIntegers, type Integer, integerOf, negateInteger, parseInteger, showInteger, subtractIntegers } from "./integer.ts";

const edge = 2n ** 63n;

it("refuses integers that do not fit into 64 bits, and what is no integer", () => {
  for (const text of ["9223372036854775808", "-9223372036854775809", "", "1.0", "1e3", "0x10", " 1", "+1", "٣"]) {
    expect(parseInteger(text).ok, text).toBe(false);
  }
});

it("keeps one form for each integer: a number while it is safe, a bigint beyond", () => {
  expect(parseInteger("9007199254740991")).toEqual({ ok: true, value: 9007199254740991 });
  expect(parseInteger("9007199254740992")).toEqual({ ok: true, value: 9007199254740992n });
  expect(parseInteger("-9223372036854775808")).toEqual({ ok: true, value: -edge });
  expect(parseInteger("-0")).toEqual({ ok: true, value: 0 });
  expect(negateInteger(0)).toBe(0);
  expect(Object.is(negateInteger(0), 0)).toBe(true);
});

it("overflows to nothing, never to a wrong number", () => {
  expect(addIntegers(edge - 1n, 1)).toBeUndefined();
  expect(subtractIntegers(-edge, 1)).toBeUndefined();
  expect(negateInteger(-edge)).toBeUndefined();
  expect(addIntegers(9007199254740991, 1)).toBe(9007199254740992n);
  expect(subtractIntegers(9007199254740992n, 1)).toBe(9007199254740991);
});

const integer = fc
  .oneof(fc.bigInt({ min: -edge, max: edge - 1n }), fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }))
  .map((n) => integerOf(n) as Integer);

it("adds and subtracts as exact arithmetic does", () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      expect(addIntegers(a, b)).toBe(integerOf(BigInt(a) + BigInt(b)));
      expect(subtractIntegers(a, b)).toBe(integerOf(BigInt(a) - BigInt(b)));
      expect(parseInteger(showInteger(a))).toEqual({ ok: true, value: a });
    }),
    { numRuns: 1000 },
  );
});

it("refuses decimals that nine places cannot hold, and exponents", () => {
  for (const text of ["0.1234567891", "1e-3", ".5", "5.", "1,5", "9223372036.854775808", "NaN", "--1"]) {
    expect(parseDecimal(text).ok, text).toBe(false);
  }
  expect(parseDecimal("0.1234567891")).toMatchObject({ suggestion: "0.123456789" });
});

it("reads decimals from text, never through a float", () => {
  const cases: readonly (readonly [string, Integer])[] = [
    ["0.1", 100_000_000],
    ["-7", -7_000_000_000],
    ["9.8", 9_800_000_000],
    ["0.100000000000", 100_000_000],
    ["-0.0", 0],
    ["9223372036.854775807", edge - 1n],
    ["123456789.123456789", integerOf(123456789123456789n) as Integer],
  ];
  for (const [text, value] of cases) expect(parseDecimal(text), text).toEqual({ ok: true, value });
});

it("takes a JSON number for the decimal it was written as, or not at all", () => {
  expect(decimalFromNumber(0.1)).toBe(100_000_000);
  expect(decimalFromNumber(7)).toBe(7_000_000_000);
  expect(decimalFromNumber(5e-7)).toBe(500);
  expect(decimalFromNumber(-0)).toBe(0);
  expect(decimalFromNumber(0.00043)).toBe(430_000);
  for (const n of [0.1 + 0.2, 1e-10, 1e10, 1e300, Number.NaN, Number.POSITIVE_INFINITY, JSON.parse("123456789.123456789")]) {
    expect(decimalFromNumber(n), String(n)).toBeUndefined();
  }
});

it("prints decimals so that they are read again", () => {
  fc.assert(
    fc.property(integer, (value) => {
      expect(parseDecimal(showDecimal(value))).toEqual({ ok: true, value });
    }),
    { numRuns: 1000 },
  );
  expect(showDecimal(100_000_000)).toBe("0.1");
  expect(showDecimal(-7_000_000_000)).toBe("-7.0");
});

it("reads a JSON number as the decimal that its shortest text says", () => {
  const written = fc.tuple(
    fc.integer({ min: -2_000_000, max: 2_000_000 }),
    fc.integer({ min: 0, max: 999_999_999 }),
    fc.integer({ min: 1, max: 9 }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        written.map(([whole, fraction, digits]) => Number(`${whole}.${String(fraction).padStart(9, "0").slice(0, digits)}`)),
        fc.double({ min: -1_000_000, max: 1_000_000 }),
        fc.double({ min: -1e-6, max: 1e-6 }),
      ),
      (n) => {
        const text = n.toString();
        fc.pre(!text.includes("e"));
        const exact = parseDecimal(text);
        const held = text.replace(/[-.]/g, "").replace(/^0+/, "").length <= 15;
        expect(decimalFromNumber(n)).toBe(exact.ok && held ? exact.value : undefined);
      },
    ),
    { numRuns: 1000 },
  );
});
