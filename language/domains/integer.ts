import { type Parsed, parsed, problem } from "./parsed.ts";

/** A signed 64-bit integer: number while it is safe, bigint beyond. Canonical, so `===` and `<` compare values. */
export type Integer = number | bigint;

const greatest = 2n ** 63n - 1n;
const least = -(2n ** 63n);
const digits = /^-?\d{1,4000}$/;

/** The canonical form of an exact integer; undefined when it needs more than 64 bits (semantics, section 4: overflow). */
export function integerOf(value: bigint): Integer | undefined {
  if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  return value > greatest || value < least ? undefined : value;
}

/** Reads an optional minus sign and decimal digits. */
export function parseInteger(text: string): Parsed<Integer> {
  if (!digits.test(text)) return problem(`\`${text}\` is not an integer`);
  if (text.length <= 15) return parsed(Number(text) + 0);
  const value = integerOf(BigInt(text));
  return value === undefined ? problem(`\`${text}\` does not fit into 64 bits`) : parsed(value);
}

/** The exact sum; undefined on overflow. */
export function addIntegers(a: Integer, b: Integer): Integer | undefined {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return integerOf(BigInt(a) + BigInt(b));
}

/** The exact difference; undefined on overflow. */
export function subtractIntegers(a: Integer, b: Integer): Integer | undefined {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return integerOf(BigInt(a) - BigInt(b));
}

/** The exact negation; undefined on overflow (of the least integer only). Never negative zero. */
export function negateInteger(a: Integer): Integer | undefined {
  return typeof a === "number" ? 0 - a : integerOf(-a);
}

/** As a literal of the language. */
export function showInteger(value: Integer): string {
  return value.toString();
}
