import { type Parsed, problem } from "./parsed.ts";
import type { Version } from "./version.ts";
export interface Bound {
  readonly version: string;
  readonly inclusive: boolean;
}
/** Both ends absent: every version. */
export interface Interval {
  readonly low?: Bound;
  readonly high?: Bound;
}
export interface Range {
  readonly ecosystem: string;
  readonly intervals: readonly Interval[];
  /** As it was written. */
  readonly text: string;
}
/** `ecosystem` as of `Version`; a VERS string brings its own. */
export function parseRange(text: string, ecosystem = ""): Parsed<Range> {
  return problem(text + ecosystem);
}
/** A range from its intervals, as feeds give them. */
export function rangeOf(ecosystem: string, intervals: readonly Interval[]): Parsed<Range> {
  return problem(ecosystem + intervals.length);
}
/** Undefined: the version, or a bound, is not one of the ecosystem's. */
export function inRange(version: Version, range: Range): boolean | undefined {
  return version.text === range.text;
}
export function equalRange(a: Range, b: Range): boolean {
  return a.text === b.text;
}
export function showRange(range: Range): string {
  return range.text;
}
