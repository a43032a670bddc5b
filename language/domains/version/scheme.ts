import { remembering } from "./forms.ts";

/** How two versions of one scheme stand. */
export type Order = -1 | 0 | 1;

/** One ecosystem's versions. Comparison is a total preorder over the texts that parse. */
export interface Scheme {
  /** Undefined when one of them is not a version of the scheme. */
  readonly compare: (a: string, b: string) => Order | undefined;
  readonly parses: (text: string) => boolean;
  /** Of what parses, whether the ecosystem's own tools take it too. */
  readonly owns: (text: string) => boolean;
}

/** No ecosystem has longer versions; longer texts are not parsed, so that no comparison is slow. */
const longest = 512;

/**
 * A scheme from its reader (undefined: not a version), its order over what was read, and the shape that its own tools
 * ask for where the reader is wider. What comes again is not read again.
 */
export function schemeOf<T extends object>(read: (text: string) => T | undefined, compare: (a: T, b: T) => Order, own?: RegExp): Scheme {
  return walkedScheme(remembering(read), compare, own);
}

/** A scheme whose reader only looks where the parts of a version stand: it takes no longer than finding what was read before. */
export function walkedScheme<T extends object | string>(
  read: (text: string) => T | undefined,
  compare: (a: T, b: T) => Order,
  own?: RegExp,
): Scheme {
  const formOf = (text: string): T | undefined => (text.length > longest ? undefined : read(text));
  const parses = (text: string): boolean => formOf(text) !== undefined;
  return {
    compare(a, b) {
      const left = formOf(a);
      const right = formOf(b);
      return left === undefined || right === undefined ? undefined : compare(left, right);
    },
    parses,
    owns: own === undefined ? parses : (text) => own.test(text) && parses(text),
  };
}

/** A natural number of any size: number while it is safe, bigint beyond. Canonical, so `===` and `<` compare values. */
export type Natural = number | bigint;

/** The number that decimal digits stand for, those of the text or those between two places in it; no digits are zero. */
export function natural(digits: string, start = 0, end: number = digits.length): Natural {
  if (end - start > 15) return large(digits.slice(start, end));
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + (digits.charCodeAt(i) - 48);
  return value;
}

function large(digits: string): Natural {
  const value = BigInt(digits);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Numbers by value; texts by code unit, which for ASCII is ASCII order. */
export function order<T extends Natural | string>(a: T, b: T): Order {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Numbers from left to right, those that are not there read as zero. */
export function orderPadded(a: readonly Natural[], b: readonly Natural[]): Order {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const found = order(a[i] ?? 0, b[i] ?? 0);
    if (found !== 0) return found;
  }
  return 0;
}

/** Items from left to right; of two lists of which one begins the other, the longer is greater. */
export function orderLists<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => Order): Order {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const found = compare(a[i] as T, b[i] as T);
    if (found !== 0) return found;
  }
  return order(a.length, b.length);
}
