/**
 * Records and collections at run time that are more than plain data: evidence that is absent, evidence beside which
 * a look-up failed, and lists that may not be whole (semantics, sections 1, 2 and 8).
 */
import { type DataRecord, type DataValue, Lack } from "../../language/core/data.ts";
import { causesOf, plain, type Unknown, union } from "./unknown.ts";

/** A record none of whose fields is known: `absent` or `failed` evidence. Reading any field gives `unknown`. */
export class NoRecord {
  /** Not an identifier of the language, so that no field of a type can be mistaken for it. */
  readonly $unknown: Unknown;
  constructor(unknown: Unknown) {
    this.$unknown = unknown;
  }
}

/** A record beside which a look-up failed: an unseen statement might disagree, so no leaf of it is known. */
export class PartialRecord {
  readonly $record: RecordValue;
  readonly $unknown: Unknown;
  constructor(record: RecordValue, unknown: Unknown) {
    this.$record = record;
    this.$unknown = unknown;
  }
}

/** What several documents say together; each field is the merger of their readings. */
export class MergedRecord {
  readonly $records: readonly RecordValue[];
  constructor(records: readonly RecordValue[]) {
    this.$records = records;
  }
}

export type RecordValue = DataRecord | NoRecord | PartialRecord | MergedRecord;

/** ⟨items ; open⟩: the members we know of; `open` absent means that is all. Items are run-time values or `Unknown`. */
export class Collection {
  readonly items: readonly unknown[];
  readonly open: Unknown | undefined;
  constructor(items: readonly unknown[], open: Unknown | undefined) {
    this.items = items;
    this.open = open;
  }
}

/** The same collection with one more reason to be open. */
export function opened(collection: Collection, unknown: Unknown): Collection {
  return new Collection(collection.items, collection.open === undefined ? unknown : union(collection.open, unknown));
}

/** A field of a record literal whose value is not known: all its wants, not one cause. */
export class Unsettled extends Lack {
  readonly unknown: Unknown;
  constructor(unknown: Unknown) {
    super(causesOf(unknown.causes)[0] ?? "missing", "");
    this.unknown = plain(unknown);
  }
}

/** An entry in its run-time form already, known or not: what several documents say of it together. */
export class ReadEntry {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

export type MapEntry = DataValue | ReadEntry;

/** A map of which some entries may not be known. */
export class MapValue {
  readonly entries: Readonly<Record<string, MapEntry>> | undefined;
  readonly open: Unknown | undefined;
  constructor(entries: Readonly<Record<string, MapEntry>> | undefined, open: Unknown | undefined) {
    this.entries = entries;
    this.open = open;
  }
}

/** Whether a record is anything but plain data. */
export function isVirtual(record: RecordValue): record is NoRecord | PartialRecord | MergedRecord {
  return record instanceof NoRecord || record instanceof PartialRecord || record instanceof MergedRecord;
}
