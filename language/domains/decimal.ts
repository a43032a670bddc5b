import { type Integer, integerOf } from "./integer.ts";
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

/** Decimals are integers times 10^-9 (semantics, section 4): a Decimal is that integer, and adds and compares like one. */
const places = 9;
const scale = 10n ** 9n;
const shape = /^(-?)(\d{1,4000})(?:\.(\d{1,4000}))?$/;

/** Reads `0.10`, `-7`, `9.8`: exact, no exponent, at most nine digits after the point (trailing zeros are free). */
export function parseDecimal(text: string): Parsed<Integer> {
  return checked(read(text), read);
}

function read(text: string): Parsed<Integer> {
  const match = shape.exec(text);
  if (match === null) return problem(`\`${text}\` is not a decimal number`);
  const [, sign = "", whole = "", fraction = ""] = match;
  const significant = fraction.replace(/0+$/, "");
  if (significant.length > places) {
    return problem(`\`${text}\` has more than ${places} digits after the point`, `${sign}${whole}.${fraction.slice(0, places)}`);
  }
  const padded = significant.padEnd(places, "0");
  if (whole.length <= 6) {
    const magnitude = Number(whole) * 1e9 + Number(padded);
    return parsed(sign === "-" ? 0 - magnitude : magnitude);
  }
  const magnitude = BigInt(whole) * scale + BigInt(padded);
  const value = integerOf(sign === "-" ? -magnitude : magnitude);
  return value === undefined ? problem(`\`${text}\` is beyond the range of Decimal`) : parsed(value);
}

/**
 * The decimal that a JSON number was written as. Undefined where that cannot be known or held: more than fifteen
 * significant digits (two texts may have become one double), more than nine decimals, out of range, NaN, infinities.
 */
export function decimalFromNumber(n: number): Integer | undefined {
  if (Number.isInteger(n) && Math.abs(n) <= 9_000_000) return n * 1e9 + 0;
  // Both are whole numbers that a double holds, so the quotient is the double next to this decimal; and of the decimals of
  // up to fifteen digits only one has that double next to it.
  if (Math.abs(n) < 900_000) {
    const scaled = Math.round(n * 1e9);
    if (scaled / 1e9 === n) return scaled;
  }
  if (!Number.isFinite(n)) return undefined;
  const text = n.toString();
  if (significantDigits(text) > 15) return undefined;
  const result = parseDecimal(plain(text));
  return result.ok ? result.value : undefined;
}

function significantDigits(text: string): number {
  return text.replace(/e.*$/, "").replace(/[-.]/g, "").replace(/^0+/, "").length;
}

/** Writes out an exponent: `5e-7` is `0.0000005`. */
function plain(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, "0");
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** As a literal of the language, with at least one digit after the point: `0.1`, `-7.0`. */
export function showDecimal(value: Integer): string {
  const negative = value < 0;
  const magnitude = BigInt(value) * (negative ? -1n : 1n);
  const fraction = (magnitude % scale).toString().padStart(places, "0").replace(/0+$/, "");
  return `${negative ? "-" : ""}${magnitude / scale}.${fraction === "" ? "0" : fraction}`;
}
