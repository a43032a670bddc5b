/** What the ranges of an OSV record say about fixes (OSV schema, `affected[].ranges[]` and "Evaluation"). */
import { rangeOf } from "../../../language/domains/range.ts";
import { compareVersions, isVersion } from "../../../language/domains/version.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";

/** One affected stretch: from `low` (absent: the first version), up to a fixed version or to the last affected one. */
export interface Stretch {
  readonly low: string | undefined;
  readonly fixed: string | undefined;
  readonly last: string | undefined;
}

/**
 * The stretches of versions that the record's entries about this package say are affected; commits are no versions. `type` is
 * that of the package's purl.
 */
export function stretches(vulnerability: Json, ecosystem: string | undefined, name: string | undefined, type: string): readonly Stretch[] {
  const entries = objects(vulnerability["affected"]).filter((entry) => {
    const about = object(entry["package"]) ?? {};
    return text(about["name"]) === name && sameEcosystem(text(about["ecosystem"]), ecosystem);
  });
  const ranges = entries.flatMap((entry) => objects(entry["ranges"])).filter((range) => range["type"] !== "GIT");
  return [...ranges.flatMap((range) => stretchesOf(objects(range["events"]))), ...entries.flatMap((entry) => listedIn(entry, type))];
}

/** Versions that are listed are affected, whatever the ranges say; one that has no order is in no range of fixed ones either. */
export function listedIn(entry: Json, type: string): readonly Stretch[] {
  const versions = texts(entry["versions"]).filter((version) => isVersion(type, version));
  return versions.map((version) => ({ low: version, fixed: undefined, last: version }));
}

/** Events come in order: each `introduced` opens a stretch, `fixed` and `last_affected` close it. */
function stretchesOf(events: readonly Json[]): readonly Stretch[] {
  const found: Stretch[] = [];
  let low: string | undefined;
  let open = false;
  for (const event of events) {
    const introduced = text(event["introduced"]);
    if (introduced !== undefined) {
      if (open) continue;
      low = introduced === "0" ? undefined : introduced;
      open = true;
      continue;
    }
    const fixed = text(event["fixed"]);
    const last = text(event["last_affected"]);
    if (fixed === undefined && last === undefined) continue;
    found.push({ low, fixed, last });
    open = false;
  }
  if (open) found.push({ low, fixed: undefined, last: undefined });
  return found;
}

/** Each version in which some stretch is fixed, and that is not listed as affected. */
export function fixedVersions(affected: readonly Stretch[]): readonly string[] {
  const listed = new Set(affected.flatMap(({ low, last }) => (low !== undefined && low === last ? [low] : [])));
  return [...new Set(affected.flatMap(({ fixed }) => fixed ?? []))].filter((fixed) => !listed.has(fixed));
}

/**
 * The versions that are fixed, as a range: from each fix on, up to where the next affected stretch begins. A fix that
 * another stretch covers fixes nothing. Undefined where none is, or where versions of the type have no order.
 */
export function fixedRange(affected: readonly Stretch[], type: string): string | undefined {
  const order = (a: string, b: string): number | undefined => compareVersions({ ecosystem: type, text: a }, { ecosystem: type, text: b });
  const intervals = [];
  for (const fix of fixedVersions(affected)) {
    const relations = affected.map(({ low, fixed, last }) => ({
      low,
      begun: low === undefined ? 1 : order(fix, low),
      end: fixed !== undefined ? order(fix, fixed) : last !== undefined ? order(fix, last) : -1,
      inclusive: fixed === undefined,
    }));
    if (relations.some(({ begun, end }) => begun === undefined || end === undefined)) return undefined;
    const covered = relations.some(({ begun = 0, end = 0, inclusive }) => begun >= 0 && (inclusive ? end <= 0 : end < 0));
    if (covered) continue;
    let next: string | undefined;
    for (const { low, begun } of relations)
      if (low !== undefined && begun === -1 && (next === undefined || order(low, next) === -1)) next = low;
    intervals.push({
      low: { version: fix, inclusive: true },
      ...(next === undefined ? {} : { high: { version: next, inclusive: false } }),
    });
  }
  const range = rangeOf(type, intervals);
  return range.ok ? range.value.text : undefined;
}

/** `Debian` and `Debian:12` are one ecosystem; two releases of it are not. */
function sameEcosystem(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return a === b;
  const [left, right] = [a.split(":"), b.split(":")];
  return left[0] === right[0] && (left.length === 1 || right.length === 1);
}
