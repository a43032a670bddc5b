/**
 * Unknown values (semantics, section 1): a non-empty set of wants, held as a rope so that the union of many is O(1)
 * each and text is made only when somebody reads it. Table results and counts that are not settled also carry what
 * is still possible (semantics, sections 5 and 6).
 */
import type { Cause, DataRecord } from "../../language/core/data.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";

export const MISSING = 1;
export const TRANSIENT = 2;
export const CONFLICT = 4;
export const MALFORMED = 8;

const bitOf: Readonly<Record<Cause, number>> = { missing: MISSING, transient: TRANSIENT, conflict: CONFLICT, malformed: MALFORMED };

export function causeBit(cause: Cause): number {
  return bitOf[cause];
}

const causeSets: readonly (readonly Cause[])[] = Array.from({ length: 16 }, (_, bits) =>
  (["missing", "transient", "conflict", "malformed"] as const).filter((cause) => (bits & bitOf[cause]) !== 0),
);

/** The causes of a bit set, always the same array for the same set. */
export function causesOf(bits: number): readonly Cause[] {
  return causeSets[bits] ?? [];
}

/** Where in a program a fact is read, known when the program is compiled. */
export interface Site {
  /** The fact as the policy names it: `c.license`, `attestation waybill.sbom.Bom claimed`. */
  readonly fact: string;
  readonly at: Location;
  /** The last field of the path, where there is one. */
  readonly field?: string;
}

/** A single want, or the union of two. `possible` and `interval` are set on single results only and lost by union. */
export class Unknown {
  readonly causes: number;
  readonly left: Unknown | undefined;
  readonly right: Unknown | undefined;
  readonly site: Site | undefined;
  /** The record that the fact was read from. */
  readonly record: DataRecord | undefined;
  readonly detail: string;
  /** Nothing is missing but the word that a list is the whole list. */
  readonly openness: boolean;
  /** Outcomes of a table that are still possible, as indices; never fewer than two. */
  readonly possible: readonly number[] | undefined;
  /** Bounds of a count; `high` may be Infinity. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;

  constructor(
    causes: number,
    left: Unknown | undefined,
    right: Unknown | undefined,
    site: Site | undefined,
    record: DataRecord | undefined,
    detail: string,
    openness: boolean,
    possible: readonly number[] | undefined,
    interval: { readonly low: number; readonly high: number } | undefined,
  ) {
    this.causes = causes;
    this.left = left;
    this.right = right;
    this.site = site;
    this.record = record;
    this.detail = detail;
    this.openness = openness;
    this.possible = possible;
    this.interval = interval;
  }
}

/** One want. */
export function want(bits: number, site: Site, record: DataRecord | undefined, detail: string): Unknown {
  return new Unknown(bits, undefined, undefined, site, record, detail, false, undefined, undefined);
}

/** The want of a list that is there and not declared complete. */
export function opennessWant(site: Site, record: DataRecord | undefined, detail: string): Unknown {
  return new Unknown(MISSING, undefined, undefined, site, record, detail, true, undefined, undefined);
}

export function union(a: Unknown, b: Unknown): Unknown {
  if (a === b) return plain(a);
  return new Unknown(a.causes | b.causes, a, b, undefined, undefined, "", false, undefined, undefined);
}

/** Without `possible` and `interval`: what a strict operation on the value gives. */
export function plain(a: Unknown): Unknown {
  if (a.possible === undefined && a.interval === undefined) return a;
  return new Unknown(a.causes, a.left, a.right, a.site, a.record, a.detail, a.openness, undefined, undefined);
}

/** The result of a table of which several outcomes are still possible. */
export function possibleOutcomes(wants: Unknown, possible: readonly number[]): Unknown {
  return new Unknown(wants.causes, wants, undefined, undefined, undefined, "", false, possible, undefined);
}

/** A count that lies between two bounds. */
export function countBetween(wants: Unknown, low: number, high: number): Unknown {
  return new Unknown(wants.causes, wants, undefined, undefined, undefined, "", false, undefined, { low, high });
}

/** Calls `visit` for every single want, in an order that is a function of the evaluation. Iterative: ropes are deep. */
export function eachWant(unknown: Unknown, visit: (single: Unknown) => void): void {
  const stack: Unknown[] = [unknown];
  const seen = new Set<Unknown>();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.left === undefined) {
      visit(node);
      continue;
    }
    if (node.right !== undefined) stack.push(node.right);
    stack.push(node.left);
  }
}

/** The wants that are not openness, or undefined where none is left: what `closed(…)` leaves (semantics, section 5). */
export function withoutOpenness(unknown: Unknown): Unknown | undefined {
  let rest: Unknown | undefined;
  eachWant(unknown, (single) => {
    if (!single.openness) rest = rest === undefined ? single : union(rest, single);
  });
  return rest;
}

/** `true`, `false`, or unknown. */
export type Truth = boolean | Unknown;

/** Strong Kleene negation (semantics, section 3). */
export function not(a: Truth): Truth {
  return a === true ? false : a === false ? true : plain(a);
}

/** Strong Kleene conjunction; a decisive operand discards the other's wants. */
export function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  if (a === true) return b;
  return b === true ? a : union(a, b);
}

/** Strong Kleene disjunction. */
export function or(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true;
  if (a === false) return b;
  return b === false ? a : union(a, b);
}
