/** Version ranges: unions of intervals in the order of an ecosystem (semantics, section 4). */
import { cacheOf } from "./cache.ts";
import { checked, type Parsed, parsed, problem } from "./parsed.ts";
import { readComparators } from "./range/comparators.ts";
import { type Bound, type Compare, type Interval, isEmpty, union } from "./range/interval.ts";
import { readConstraints, splitVers, syntaxProblem } from "./range/vers.ts";
import { compareVersions, isOrdered, isVersion, sharedEcosystem, type Version } from "./version.ts";

export type { Interval } from "./range/interval.ts";

export interface Range {
  /** As of `Version`; "" for a literal, which is read in the ecosystem of the version it is asked about. */
  readonly ecosystem: string;
  /** Disjoint and in rising order; none while `ecosystem` is "". */
  readonly intervals: readonly Interval[];
  /** As it was written. */
  readonly text: string;
}

const longest = 65_536;
const ranges = new Map<string, (text: string) => Parsed<Range>>();

/**
 * Reads a range of the ecosystem: comparators as its package manager writes them (`range/comparators.ts`), or a VERS
 * string, which brings its own ecosystem. Bounds must be versions of the ecosystem, and some version must lie between
 * them. Without an ecosystem the text is only looked over; it is read when it meets a version.
 */
export function parseRange(text: string, ecosystem = ""): Parsed<Range> {
  let of = ranges.get(ecosystem);
  if (of === undefined) {
    of = cacheOf(2048, (key) => checked(read(key, ecosystem), (other) => read(other, ecosystem))).of;
    if (ecosystem === "" || isOrdered(ecosystem)) ranges.set(ecosystem, of);
  }
  return of(text);
}

function read(text: string, ecosystem: string): Parsed<Range> {
  if (text.length > longest) return problem(`a version range has at most ${longest} characters`);
  if (text.startsWith("vers:")) return readVers(text, ecosystem);
  if (ecosystem === "") return overlooked(text);
  if (!isOrdered(ecosystem)) return unordered(ecosystem);
  const compare = comparing(ecosystem);
  const intervals = readComparators(text, ecosystem, compare);
  return intervals.ok ? parsed({ ecosystem, intervals: union(intervals.value, compare), text }) : intervals;
}

function readVers(text: string, ecosystem: string): Parsed<Range> {
  const vers = splitVers(text);
  if (vers === undefined) return problem(`\`${text}\` is not a VERS string: \`vers:\`, a type, \`/\` and constraints`);
  if (vers.type !== vers.type.toLowerCase())
    return problem(
      `the type of a VERS string is in lower case, not \`${vers.type}\``,
      `vers:${vers.type.toLowerCase()}/${vers.constraints}`,
    );
  if (ecosystem !== "" && ecosystem !== vers.ecosystem) return problem(`\`${text}\` is a range of ${vers.ecosystem}, not of ${ecosystem}`);
  if (!isOrdered(vers.ecosystem)) return unordered(vers.ecosystem);
  const compare = comparing(vers.ecosystem);
  const intervals = readConstraints(vers.constraints, vers.ecosystem, compare);
  if (!intervals.ok) return intervals;
  const united = union(intervals.value, compare);
  return united.length === 0 ? problem(`no version can be in \`${text}\``) : parsed({ ecosystem: vers.ecosystem, intervals: united, text });
}

/** What can be said without an order: a range is not empty and begins as one can. */
function overlooked(text: string): Parsed<Range> {
  if (text.trim() === "") return problem("a version range cannot be empty; `*` is every version");
  if (/=>|=<|&&/.test(text))
    return problem(`\`${text}\` is not a version range`, text.replaceAll("=>", ">=").replaceAll("=<", "<=").replaceAll("&&", " "));
  if (!/[\dA-Za-z*]/.test(text)) return problem(`\`${text}\` is not a version range`);
  return parsed({ ecosystem: "", intervals: [], text });
}

function unordered(ecosystem: string): Parsed<never> {
  return problem(`versions of ${ecosystem} have no order that is known here, so there are no ranges of them`);
}

/** A range from its intervals, as feeds give them; none is the problem of an empty range. */
export function rangeOf(ecosystem: string, intervals: readonly Interval[]): Parsed<Range> {
  if (!isOrdered(ecosystem)) return unordered(ecosystem);
  const compare = comparing(ecosystem);
  for (const interval of intervals) {
    const wrong = [interval.low, interval.high].find((bound) => bound !== undefined && !isVersion(ecosystem, bound.version));
    if (wrong !== undefined) return problem(`\`${wrong.version}\` is not a version of ${ecosystem}`);
    if (isEmpty(interval, compare)) return problem(`no version can be in \`${showInterval(interval)}\``);
  }
  if (intervals.length === 0) return problem("a version range cannot be empty");
  const united = union(intervals, compare);
  return parsed({ ecosystem, intervals: united, text: united.map(showInterval).join(" || ") });
}

/**
 * A VERS string, and nothing else. `ordered` is false where it is well-formed as far as can be told, but of a type whose
 * versions have no order here: what lies in it is unknown.
 */
export function parseVers(text: string): Parsed<{ readonly ordered: true; readonly range: Range } | { readonly ordered: false }> {
  if (text.length > longest) return problem(`a version range has at most ${longest} characters`);
  const vers = splitVers(text);
  if (vers === undefined || vers.ecosystem === "invalid" || vers.type !== vers.type.toLowerCase() || isOrdered(vers.ecosystem)) {
    const read = readVers(text, "");
    return read.ok ? parsed({ ordered: true, range: read.value }) : read;
  }
  const wrong = syntaxProblem(vers.constraints);
  return wrong === undefined ? parsed({ ordered: false }) : problem(wrong);
}

/** The range in its ecosystem: itself, or what its text means in that of a version. */
export function rangeIn(range: Range, ecosystem: string): Range | undefined {
  if (range.ecosystem !== "") return sharedEcosystem(range.ecosystem, ecosystem) === undefined ? undefined : range;
  const resolved = ecosystem === "" ? undefined : parseRange(range.text, ecosystem);
  return resolved?.ok ? resolved.value : undefined;
}

/** Undefined: the version is not one of the range's ecosystem, or the range cannot be read in the version's. */
export function inRange(version: Version, range: Range): boolean | undefined {
  const resolved = rangeIn(range, version.ecosystem);
  if (resolved === undefined || !isVersion(resolved.ecosystem, version.text)) return undefined;
  const compare = comparing(resolved.ecosystem);
  return resolved.intervals.some((interval) => holds(version.text, interval, compare));
}

function holds(version: string, { low, high }: Interval, compare: Compare): boolean {
  if (low !== undefined) {
    const found = compare(version, low.version);
    if (found < 0 || (found === 0 && !low.inclusive)) return false;
  }
  if (high === undefined) return true;
  const found = compare(version, high.version);
  return found < 0 || (found === 0 && high.inclusive);
}

const comparisons = new Map<string, Compare>();

/** The order of an ecosystem over texts that are known to be its versions. */
function comparing(ecosystem: string): Compare {
  let compare = comparisons.get(ecosystem);
  if (compare === undefined) {
    compare = (a, b) => compareVersions({ ecosystem, text: a }, { ecosystem, text: b }) ?? 0;
    if (isOrdered(ecosystem)) comparisons.set(ecosystem, compare);
  }
  return compare;
}

/** Whether they are of one ecosystem and have the same versions; unread ones are equal by text. */
export function equalRange(a: Range, b: Range): boolean {
  if (a.ecosystem !== b.ecosystem) return false;
  if (a.text === b.text) return true;
  if (a.ecosystem === "" || a.intervals.length !== b.intervals.length) return false;
  const compare = comparing(a.ecosystem);
  return a.intervals.every((interval, i) => {
    const other = b.intervals[i] ?? {};
    return equalBound(interval.low, other.low, compare) && equalBound(interval.high, other.high, compare);
  });
}

function equalBound(a: Bound | undefined, b: Bound | undefined, compare: Compare): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.inclusive === b.inclusive && compare(a.version, b.version) === 0;
}

/** As it was written. */
export function showRange(range: Range): string {
  return range.text;
}

function showInterval({ low, high }: Interval): string {
  if (low === undefined && high === undefined) return "*";
  if (low?.inclusive && high?.inclusive && low.version === high.version) return `=${low.version}`;
  const parts: string[] = [];
  if (low !== undefined) parts.push(`${low.inclusive ? ">=" : ">"}${low.version}`);
  if (high !== undefined) parts.push(`${high.inclusive ? "<=" : "<"}${high.version}`);
  return parts.join(" ");
}
