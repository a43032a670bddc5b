/**
 * What several documents of one type say together (semantics, section 8): scalars agree or conflict, lists are
 * united, records are merged path by path. What one document does not say is a want, never the other's word.
 */
import type { DataRecord } from "../../language/core/data.ts";
import type { Version } from "../../language/domains/version.ts";
import type { Type } from "../../language/semantics/types.ts";
import { equalityOf } from "./compile/compare.ts";
import { uniteRecords } from "./unite.ts";
import { CONFLICT, type Site, Unknown, union, want } from "./unknown.ts";
import { Collection, type MapEntry, MapValue, MergedRecord, NoRecord, ReadEntry, type RecordValue } from "./virtual.ts";

/** Turns an entry of a map into its run-time form. */
export type EntryReader = (entry: MapEntry, map: MapValue) => unknown;

/** Merges the readings of one field, one from each document. All have the shape of the type. */
export function mergeReadings(type: Type, readings: readonly unknown[], site: Site, readEntry: EntryReader): unknown {
  switch (type.kind) {
    case "list":
    case "set":
      return mergeCollections(type.element, readings as readonly Collection[]);
    case "record":
    case "verified":
      return mergeRecords(readings as readonly RecordValue[]);
    case "map":
      return mergeMaps(readings as readonly MapValue[], type.value, site, readEntry);
    default:
      return mergeScalars(type, readings, site);
  }
}

function joined(unknowns: readonly Unknown[]): Unknown | undefined {
  return unknowns.reduce<Unknown | undefined>((all, unknown) => (all === undefined ? unknown : union(all, unknown)), undefined);
}

function mergeScalars(type: Type, readings: readonly unknown[], site: Site): unknown {
  const equal = equalityOf(type, site);
  const wants = joined(readings.filter((reading): reading is Unknown => reading instanceof Unknown));
  const known = readings.filter((reading) => !(reading instanceof Unknown));
  const first = known[0];
  if (known.some((reading) => equal(first, reading) !== true && !isSameText(type, first, reading))) {
    const conflict = want(CONFLICT, site, undefined, "documents disagree");
    return wants === undefined ? conflict : union(conflict, wants);
  }
  return wants ?? first;
}

/** Two documents that give the same version agree, also where its ecosystem cannot order it. */
function isSameText(type: Type, a: unknown, b: unknown): boolean {
  if (type.kind !== "scalar" || type.name !== "Version") return false;
  const [x, y] = [a as Version, b as Version];
  return x.ecosystem === y.ecosystem && x.text === y.text;
}

function mergeCollections(element: Type, readings: readonly Collection[]): Collection {
  const open = joined(readings.flatMap((reading) => (reading.open === undefined ? [] : [reading.open])));
  const united =
    element.kind === "record"
      ? uniteRecords(
          element,
          readings.map((reading) => reading.items as readonly DataRecord[]),
        )
      : undefined;
  return new Collection(united ?? readings.flatMap((reading) => reading.items), open);
}

/** A document in which the record is absent contributes its want to every path. */
export function mergeRecords(readings: readonly RecordValue[]): RecordValue {
  const only = readings[0];
  if (readings.length === 1 && only !== undefined) return only;
  if (readings.every((reading) => reading instanceof NoRecord))
    return new NoRecord(joined(readings.map((reading) => reading.$unknown)) as Unknown);
  return new MergedRecord(readings);
}

/** Each entry is a path of its own: it agrees, conflicts, or is what the one document that has it says. */
function mergeMaps(readings: readonly MapValue[], type: Type, site: Site, readEntry: EntryReader): MapValue {
  const open = joined(readings.flatMap((reading) => (reading.open === undefined ? [] : [reading.open])));
  const entries: Record<string, MapEntry> = Object.create(null) as Record<string, MapEntry>;
  const keys = new Set(readings.flatMap((reading) => Object.keys(reading.entries ?? {})));
  for (const key of keys) {
    const values = readings.flatMap((reading) => {
      const entry = reading.entries?.[key];
      return entry === undefined || entry === null ? [] : [readEntry(entry, reading)];
    });
    if (values.length > 0) entries[key] = new ReadEntry(mergeReadings(type, values, site, readEntry));
  }
  return new MapValue(entries, open);
}
