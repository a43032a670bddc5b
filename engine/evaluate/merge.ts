/**
 * What several documents of one type say together (semantics, section 8): scalars agree or conflict, lists are
 * united, records are merged path by path. What one document does not say is a want, never the other's word.
 */
import type { DataRecord } from "../../language/core/data.ts";
import type { Type } from "../../language/semantics/types.ts";
import { equalityOf } from "./compile/compare.ts";
import { uniteRecords } from "./unite.ts";
import { CONFLICT, type Site, Unknown, union, want } from "./unknown.ts";
import { Collection, MapValue, MergedRecord, NoRecord, type RecordValue } from "./virtual.ts";

/** Merges the readings of one field, one from each document. All have the shape of the type. */
export function mergeReadings(type: Type, readings: readonly unknown[], site: Site): unknown {
  switch (type.kind) {
    case "list":
    case "set":
      return mergeCollections(type.element, readings as readonly Collection[]);
    case "record":
    case "verified":
      return mergeRecords(readings as readonly RecordValue[]);
    case "map":
      return mergeMaps(readings as readonly MapValue[], type.value, site);
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
  if (known.some((reading) => equal(first, reading) !== true)) {
    const conflict = want(CONFLICT, site, undefined, "documents disagree");
    return wants === undefined ? conflict : union(conflict, wants);
  }
  return wants ?? first;
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

function mergeMaps(readings: readonly MapValue[], type: Type, site: Site): MapValue {
  const open = joined(readings.flatMap((reading) => (reading.open === undefined ? [] : [reading.open])));
  const entries: Record<string, DataRecord[string]> = Object.create(null) as Record<string, DataRecord[string]>;
  const equal = equalityOf(type, site);
  let conflict: Unknown | undefined;
  for (const reading of readings) {
    for (const [key, entry] of Object.entries(reading.entries ?? {})) {
      const before = entries[key];
      if (before === undefined || equal(before, entry) === true) entries[key] = entry;
      else conflict = want(CONFLICT, site, undefined, `documents disagree on \`${key}\``);
    }
  }
  if (conflict !== undefined) return new MapValue(undefined, open === undefined ? conflict : union(open, conflict));
  return new MapValue(entries, open);
}
