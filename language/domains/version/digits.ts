/**
 * Runs of ASCII digits and letters where they stand in a text, found by walking: splitting a text and matching it again
 * and again take longer than all else where it is read once.
 */
import { type Natural, natural, type Order, order } from "./scheme.ts";

const zero = 48;
const nine = 57;

export function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

export function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

/** Whether the text is digits and nothing else. */
export function isDigits(text: string): boolean {
  return text !== "" && endOfDigits(text, 0, text.length) === text.length;
}

/** The numbers that stand in a text, whatever stands between them. */
export function numbersIn(text: string): readonly Natural[] {
  const found: Natural[] = [];
  for (let start = 0; start < text.length; ) {
    const end = endOfDigits(text, start, text.length);
    if (end > start) found.push(natural(text, start, end));
    start = end + 1;
  }
  return found;
}

/** The parts of a text between its dots. */
export function dottedParts(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let dot = text.indexOf("."); dot >= 0; dot = text.indexOf(".", start)) {
    parts.push(text.slice(start, dot));
    start = dot + 1;
  }
  parts.push(text.slice(start));
  return parts;
}

/** Where the digits that begin at `at` end. */
export function endOfDigits(text: string, at: number, end: number): number {
  let i = at;
  while (i < end && isDigit(text.charCodeAt(i))) i++;
  return i;
}

/** Where the letters that begin at `at` end. */
export function endOfLetters(text: string, at: number, end: number): number {
  let i = at;
  while (i < end && isLetter(text.charCodeAt(i))) i++;
  return i;
}

/** Two runs of digits by value; an empty one is zero. */
export function orderDigits(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): Order {
  let [i, j] = [aStart, bStart];
  while (i < aEnd && a.charCodeAt(i) === zero) i++;
  while (j < bEnd && b.charCodeAt(j) === zero) j++;
  return order(aEnd - i, bEnd - j) || orderRuns(a, i, aEnd, b, j, bEnd);
}

/** Two runs of characters by code unit; of two of which one begins the other, the longer is greater. */
export function orderRuns(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): Order {
  for (let i = aStart, j = bStart; i < aEnd && j < bEnd; i++, j++) {
    const found = order(a.charCodeAt(i), b.charCodeAt(j));
    if (found !== 0) return found;
  }
  return order(aEnd - aStart, bEnd - bStart);
}
