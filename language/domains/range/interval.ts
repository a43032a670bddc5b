/** Intervals of an order of versions, and unions of them. */
import type { Order } from "../version/scheme.ts";

export interface Bound {
  readonly version: string;
  readonly inclusive: boolean;
}

/** Both ends absent: every version. */
export interface Interval {
  readonly low?: Bound;
  readonly high?: Bound;
}

/** Compares two texts that are both versions of the ecosystem. */
export type Compare = (a: string, b: string) => Order;

/** Exactly one version. */
export function pointOf(version: string): Interval {
  return { low: { version, inclusive: true }, high: { version, inclusive: true } };
}

/** Every version but one. */
export function allBut(version: string): readonly Interval[] {
  return [{ high: { version, inclusive: false } }, { low: { version, inclusive: false } }];
}

/** Whether no version can lie in the interval: its bounds are reversed, or meet without both being included. */
export function isEmpty({ low, high }: Interval, compare: Compare): boolean {
  if (low === undefined || high === undefined) return false;
  const found = compare(low.version, high.version);
  return found > 0 || (found === 0 && !(low.inclusive && high.inclusive));
}

/** The versions that lie in both unions. */
export function intersection(a: readonly Interval[], b: readonly Interval[], compare: Compare): readonly Interval[] {
  const both = a.flatMap((left) =>
    b.map((right) => intervalOf(higherLow(left.low, right.low, compare), lowerHigh(left.high, right.high, compare))),
  );
  return both.filter((interval) => !isEmpty(interval, compare));
}

/** The same versions as disjoint intervals in rising order, none of them empty, no two of which could be one. */
export function union(intervals: readonly Interval[], compare: Compare): readonly Interval[] {
  const sorted = intervals.filter((interval) => !isEmpty(interval, compare)).sort((a, b) => orderLows(a.low, b.low, compare));
  const result: Interval[] = [];
  for (const next of sorted) {
    const last = result.at(-1);
    if (last !== undefined && touches(last, next, compare)) {
      result[result.length - 1] = intervalOf(last.low, higherHigh(last.high, next.high, compare));
    } else result.push(next);
  }
  return result;
}

/** An interval from its ends, of which either may be absent. */
export function intervalOf(low: Bound | undefined, high: Bound | undefined): Interval {
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

function orderLows(a: Bound | undefined, b: Bound | undefined, compare: Compare): Order {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const found = compare(a.version, b.version);
  if (found !== 0 || a.inclusive === b.inclusive) return found;
  return a.inclusive ? -1 : 1;
}

function orderHighs(a: Bound | undefined, b: Bound | undefined, compare: Compare): Order {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  const found = compare(a.version, b.version);
  if (found !== 0 || a.inclusive === b.inclusive) return found;
  return a.inclusive ? 1 : -1;
}

function higherLow(a: Bound | undefined, b: Bound | undefined, compare: Compare): Bound | undefined {
  return orderLows(a, b, compare) >= 0 ? a : b;
}

function lowerHigh(a: Bound | undefined, b: Bound | undefined, compare: Compare): Bound | undefined {
  return orderHighs(a, b, compare) <= 0 ? a : b;
}

function higherHigh(a: Bound | undefined, b: Bound | undefined, compare: Compare): Bound | undefined {
  return orderHighs(a, b, compare) >= 0 ? a : b;
}

/** Whether no version lies between the end of one interval and the beginning of the next. */
function touches({ high }: Interval, { low }: Interval, compare: Compare): boolean {
  if (high === undefined || low === undefined) return true;
  const found = compare(high.version, low.version);
  return found > 0 || (found === 0 && (high.inclusive || low.inclusive));
}
