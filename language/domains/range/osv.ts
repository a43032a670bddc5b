/** Ranges of OSV records: events on a line of versions (OSV schema, `affected[].ranges[]` and "Evaluation"). */
import { type Parsed, problem } from "../parsed.ts";
import { type Range, rangeOf } from "../range.ts";
import { compareVersions, isVersion, versionOf } from "../version.ts";
import { type Compare, type Interval, isEmpty } from "./interval.ts";

/** One event: exactly one of its keys. `introduced: "0"` is before every version, `limit: "*"` after every one. */
export type OsvEvent =
  | { readonly kind: "introduced"; readonly version: string }
  | { readonly kind: "fixed"; readonly version: string }
  | { readonly kind: "last_affected"; readonly version: string }
  | { readonly kind: "limit"; readonly version: string };

/**
 * The affected versions of one range of type SEMVER or ECOSYSTEM. Events may come in any order. Problems: a version that
 * is none of the ecosystem (then nothing is known), and events by which no version is affected.
 */
export function rangeOfEvents(ecosystem: string, events: readonly OsvEvent[]): Parsed<Range> {
  const wrong = events.find(({ kind, version }) => !isMark(kind, version) && !isVersion(ecosystem, version));
  if (wrong !== undefined) return problem(`\`${wrong.version}\` is not a version of ${ecosystem}`);
  const compare: Compare = (a, b) => compareVersions(versionOf(ecosystem, a), versionOf(ecosystem, b)) ?? 0;
  const stretches = stretchesOf(sorted(events, compare)).filter((stretch) => !isEmpty(stretch, compare));
  const limit = highestLimit(events, compare);
  return rangeOf(ecosystem, limit === undefined ? stretches : stretches.flatMap((stretch) => below(stretch, limit, compare)));
}

function isMark(kind: OsvEvent["kind"], version: string): boolean {
  return (kind === "introduced" && version === "0") || (kind === "limit" && version === "*");
}

/** By version; of equal ones as written, but what is last affected after what is introduced there: it is that one version. */
function sorted(events: readonly OsvEvent[], compare: Compare): readonly OsvEvent[] {
  const order = (a: OsvEvent, b: OsvEvent): number => {
    const [firstA, firstB] = [isMark(a.kind, a.version), isMark(b.kind, b.version)];
    if (firstA || firstB) return Number(firstB) - Number(firstA);
    return compare(a.version, b.version) || Number(a.kind === "last_affected") - Number(b.kind === "last_affected");
  };
  return events.filter(({ kind }) => kind !== "limit").sort(order);
}

function stretchesOf(events: readonly OsvEvent[]): readonly Interval[] {
  const found: Interval[] = [];
  let open: { readonly low?: Interval["low"] } | undefined;
  for (const { kind, version } of events) {
    if (kind === "introduced") open ??= version === "0" ? {} : { low: { version, inclusive: true } };
    else if (open !== undefined) {
      found.push({ ...(open.low && { low: open.low }), high: { version, inclusive: kind === "last_affected" } });
      open = undefined;
    }
  }
  if (open !== undefined) found.push({ ...(open.low && { low: open.low }) });
  return found;
}

/** A version counts if it is below any limit; undefined: all do. */
function highestLimit(events: readonly OsvEvent[], compare: Compare): string | undefined {
  const limits = events.flatMap(({ kind, version }) => (kind === "limit" ? [version] : []));
  if (limits.includes("*")) return undefined;
  return limits.reduce<string | undefined>((high, next) => (high === undefined || compare(next, high) > 0 ? next : high), undefined);
}

/** The part of a stretch that is below the limit, if any. */
function below(stretch: Interval, limit: string, compare: Compare): readonly Interval[] {
  if (stretch.low !== undefined && compare(stretch.low.version, limit) >= 0) return [];
  if (stretch.high !== undefined && compare(stretch.high.version, limit) < 0) return [stretch];
  return [{ ...stretch, high: { version: limit, inclusive: false } }];
}
