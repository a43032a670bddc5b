/** Reading fields, map entries, list elements and predicates (semantics, sections 2 and 4). */
import { type DataRecord, type DataValue, Known, Lack, OpenList } from "../../../language/core/data.ts";
import type { Element, Entry, Expr, FieldRead, HasKey, PredicateRead } from "../../../language/core/ir.ts";
import type { Field, Type } from "../../../language/semantics/types.ts";
import type { Env } from "../env.ts";
import { type EntryReader, mergeReadings } from "../merge.ts";
import { Moving } from "../moving.ts";
import { type Reader, readerOf, showRaw } from "../read.ts";
import { causeBit, MALFORMED, MISSING, opennessWant, plain, type Site, Unknown, union, want, withoutOpenness } from "../unknown.ts";
import { Collection, MapValue, MergedRecord, NoRecord, opened, PartialRecord, ReadEntry, type RecordValue, Unsettled } from "../virtual.ts";
import { publishedOf, saysAge } from "./age.ts";
import { wantsOf } from "./attestations.ts";
import type { Compiled, Context, Fn } from "./context.ts";
import { memoised } from "./memo.ts";
import { resolvedByVex } from "./vex.ts";

/** Turns what a field holds into its run-time form; the caller has dealt with absence. */
type Convert = (raw: DataValue, record: DataRecord, site: Site) => unknown;

function lackOf(lack: Lack, site: Site, record: DataRecord): Unknown {
  return lack instanceof Unsettled ? lack.unknown : want(causeBit(lack.cause), site, record, lack.detail);
}

function scalarConvert(read: Reader): Convert {
  return (raw, record, site) => {
    if (raw instanceof Known) return raw.value;
    if (raw instanceof Lack) return lackOf(raw, site, record);
    const value = read(raw, record);
    if (value === undefined) return want(MALFORMED, site, record, `${showRaw(raw)} cannot be read`);
    return value instanceof Lack ? lackOf(value, site, record) : value;
  };
}

const recordConvert: Convert = (raw, record, site) => {
  if (raw instanceof Known) return raw.value;
  if (raw instanceof Lack) return new NoRecord(lackOf(raw, site, record));
  if (raw !== null && typeof raw === "object" && !Array.isArray(raw) && !(raw instanceof OpenList)) return raw;
  return new NoRecord(want(MALFORMED, site, record, `${showRaw(raw)} is not a record`));
};

const mapConvert: Convert = (raw, record, site) => {
  if (raw instanceof Known) return new MapValue(raw.value as unknown as DataRecord, undefined);
  if (raw instanceof Lack) return new MapValue(undefined, lackOf(raw, site, record));
  if (raw !== null && typeof raw === "object" && !Array.isArray(raw) && !(raw instanceof OpenList))
    return new MapValue(raw as DataRecord, undefined);
  return new MapValue(undefined, want(MALFORMED, site, record, `${showRaw(raw)} is not a map`));
};

function everyPlainRecord(items: readonly DataValue[]): boolean {
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (typeof item !== "object" || item === null || Object.getPrototypeOf(item) !== Object.prototype) return false;
  }
  return true;
}

function everyString(items: readonly DataValue[]): boolean {
  for (let index = 0; index < items.length; index += 1) if (typeof items[index] !== "string") return false;
  return true;
}

function never(): boolean {
  return false;
}

/** Elements read as required fields do: null is malformed. The array itself is kept where every element is as it should be. */
function elementsConvert(element: Type): (items: readonly DataValue[], record: DataRecord, site: Site) => readonly unknown[] {
  const convert = convertOf(element, false);
  const asTheyAre =
    element.kind === "record" ? everyPlainRecord : element.kind === "scalar" && element.name === "String" ? everyString : never;
  const absent = (site: Site, record: DataRecord): unknown => {
    const unknown = want(MALFORMED, site, record, "an element is null");
    return element.kind === "record"
      ? new NoRecord(unknown)
      : element.kind === "list" || element.kind === "set"
        ? new Collection([], unknown)
        : unknown;
  };
  return (items, record, site) => {
    if (asTheyAre(items)) return items;
    return items.map((item) => (item === null || item === undefined ? absent(site, record) : convert(item, record, site)));
  };
}

function collectionConvert(element: Type, closed: boolean): Convert {
  const elements = elementsConvert(element);
  return (raw, record, site) => {
    if (Array.isArray(raw)) return new Collection(elements(raw, record, site), undefined);
    if (raw instanceof OpenList) {
      let open: Unknown | undefined =
        raw.undeclared && !closed ? opennessWant(site, record, "the document does not say that the list is complete") : undefined;
      for (const lack of raw.lacks) {
        const unknown = lackOf(lack, site, record);
        open = open === undefined ? unknown : union(open, unknown);
      }
      return new Collection(elements(raw.items, record, site), open);
    }
    if (raw instanceof Lack) return new Collection([], lackOf(raw, site, record));
    if (raw instanceof Known)
      return raw.value instanceof Collection ? raw.value : new Collection(raw.value as readonly unknown[], undefined);
    return new Collection([], want(MALFORMED, site, record, `${showRaw(raw)} is not a list`));
  };
}

function convertOf(type: Type, closed: boolean): Convert {
  switch (type.kind) {
    case "scalar":
    case "enum":
      return scalarConvert(readerOf(type) ?? (() => undefined));
    case "record":
    case "verified":
      return recordConvert;
    case "list":
    case "set":
      return collectionConvert(type.element, closed);
    case "map":
      return mapConvert;
    case "error":
      return scalarConvert(() => undefined);
  }
}

/** Wraps an unknown in the shape that a value of the type has. */
export function unknownOf(type: Type, unknown: Unknown): unknown {
  switch (type.kind) {
    case "record":
    case "verified":
      return new NoRecord(unknown);
    case "list":
    case "set":
      return new Collection([], unknown);
    case "map":
      return new MapValue(undefined, unknown);
    default:
      return plain(unknown);
  }
}

/** The default of a field of the type as reads give it. */
export function defaultOf(type: Type, value: unknown): unknown {
  if (type.kind === "list" || type.kind === "set") return new Collection(value as readonly unknown[], undefined);
  if (type.kind === "map") return new MapValue(value as DataRecord, undefined);
  return value;
}

/** A value read beside a failed look-up: no leaf of it is known, and lists are open (semantics, section 8). */
function partial(value: unknown, type: Type, unknown: Unknown): unknown {
  if (value instanceof Collection) {
    const members = type.kind === "list" || type.kind === "set" ? type.element : type;
    return new Collection(
      value.items.map((item) => partial(item, members, unknown)),
      opened(value, unknown).open,
    );
  }
  if (value instanceof NoRecord) return new NoRecord(union(value.$unknown, unknown));
  if (value instanceof MapValue) return new MapValue(undefined, value.open === undefined ? unknown : union(value.open, unknown));
  if (type.kind === "record" || type.kind === "verified") return new PartialRecord(value as DataRecord, unknown);
  return value instanceof Unknown ? union(value, unknown) : unknown;
}

/** Entries of a map as what its values are. */
function entryReader(type: Type, site: Site): EntryReader {
  const convert = convertOf(type, false);
  return (entry, map) => (entry instanceof ReadEntry ? entry.value : convert(entry, map.entries as DataRecord, site));
}

/** A field whose name is also a property of what may stand in the place of a record. */
function ownField(record: RecordValue, name: string): DataValue {
  const isData = Object.getPrototypeOf(record) === Object.prototype || Object.getPrototypeOf(record) === null;
  return isData && Object.hasOwn(record, name) ? (record as DataRecord)[name] : undefined;
}

/** A function that reads one field from a record of any kind. */
export function fieldReader(field: Field, site: Site, closed: boolean): (record: RecordValue) => unknown {
  const { name, type, mode } = field;
  const convert = convertOf(type, closed);
  const plainString = type.kind === "scalar" && type.name === "String";
  const plainBool = type.kind === "scalar" && type.name === "Bool";
  const plainRecord = type.kind === "record";
  const readEntry = entryReader(type.kind === "map" ? type.value : type, site);
  const fallback = mode.kind === "default" ? defaultOf(type, mode.value) : undefined;
  const absent = (record: DataRecord): unknown => {
    if (mode.kind === "default") return fallback;
    const unknown =
      mode.kind === "optional"
        ? want(MISSING, site, record, "not stated")
        : want(MALFORMED, site, record, "a field that must be there is absent");
    return unknownOf(type, unknown);
  };
  const special = (record: RecordValue): unknown => {
    if (record instanceof NoRecord) {
      const unknown = closed ? (withoutOpenness(record.$unknown) ?? record.$unknown) : record.$unknown;
      return unknownOf(type, unknown);
    }
    if (record instanceof PartialRecord) return partial(read(record.$record), type, record.$unknown);
    if (record instanceof MergedRecord) return mergeReadings(type, record.$records.map(read), site, readEntry);
    const whole = recordConvert(record as DataValue, {}, site) as RecordValue;
    return whole === record ? absent(record) : read(whole);
  };
  const strange = isStrange(name);
  const read = (record: RecordValue): unknown => {
    const raw = strange ? ownField(record, name) : (record as DataRecord)[name];
    if (raw === undefined || raw === null) return special(record);
    if (plainString && typeof raw === "string") return raw;
    if (plainBool && typeof raw === "boolean") return raw;
    if (plainRecord && Object.getPrototypeOf(raw) === Object.prototype) return raw;
    return convert(raw, record as DataRecord, site);
  };
  return read;
}

export function compileField(context: Context, expr: FieldRead): Compiled {
  const base = context.compile(expr.record);
  const record = base.fn;
  const site = context.site(expr);
  const read = fieldReader(expr.field, site, base.closed);
  const points = expr.field.points;
  const closed = base.closed;
  if (points !== undefined) {
    const away = unknownOf(
      expr.type,
      want(MISSING, site, undefined, `it does not exist at this enforcement point, only at ${points.join(", ")}`),
    );
    return { fn: (env) => (points.includes(env.point) ? read(record(env) as RecordValue) : away), closed };
  }
  const published = publishedOf(expr);
  if (published !== undefined) return { fn: ageReader(published, record, read, site), closed };
  const fn = fastField(expr, record, read);
  const isList = expr.type.kind === "list" || expr.type.kind === "set";
  // A list that depends on no bound name is read once a decision, however many members of another list ask for it.
  return { fn: isList && isPath(expr) ? memoised(context, fn, `${context.place(expr)} ${closed}`) : fn, closed };
}

/** Fields of the subject or of a `let`: their text says what they are. */
function isPath(expr: FieldRead): boolean {
  let at: Expr = expr;
  while (at.kind === "field") at = at.record;
  return at.kind === "subject" || at.kind === "let";
}

/** The JSON type that a field of the type has when there is nothing to convert. */
const asWritten: Readonly<Record<string, string>> = { String: "string", Bool: "boolean", Path: "string", Bytes: "string" };

/**
 * Most reads are of a bound name's or the subject's field that holds a string, a Boolean or a record: these are
 * answered here, without a call; everything else is `read`'s.
 */
function fastField(expr: FieldRead, record: Fn, read: (record: RecordValue) => unknown): Fn {
  const { name, type } = expr.field;
  const json = type.kind === "scalar" ? asWritten[type.name] : undefined;
  if (json === undefined || name in Object.prototype || name in emptyArray || reservedNames.has(name))
    return (env) => read(record(env) as RecordValue);
  if (expr.record.kind === "local") {
    const { slot } = expr.record;
    return (env) => {
      const from = env.slots[slot] as DataRecord;
      const raw = from[name];
      return typeof raw === json ? raw : read(from);
    };
  }
  return (env) => {
    const from = record(env) as DataRecord;
    const raw = from[name];
    return typeof raw === json ? raw : read(from);
  };
}

const emptyArray: readonly never[] = [];
/** Properties of what may stand in the place of a record. */
const reservedNames: ReadonlySet<string> = new Set(["cause", "detail", "value", "items", "undeclared", "lacks"]);

/** A name that something which is no record may have too. */
export function isStrange(name: string): boolean {
  return name in emptyArray || reservedNames.has(name);
}

function ageReader(published: FieldRead, record: Fn, read: (record: RecordValue) => unknown, site: Site): Fn {
  const from = { fact: site.fact.replace(/age$/, "published"), at: site.at, field: "published" };
  const readPublished = fieldReader(published.field, from, false);
  return (env: Env) => {
    const value = record(env) as RecordValue;
    if (saysAge(value)) return read(value);
    const time = readPublished(value);
    if (time instanceof Unknown) return time;
    if (env.now === undefined) {
      env.clockMissing = true;
      return want(MISSING, site, undefined, "there is no clock");
    }
    return new Moving(env.now - (time as number), 1);
  };
}

export function compileEntry(context: Context, expr: Entry): Compiled {
  const map = context.compile(expr.map).fn;
  const key = context.compile(expr.key).fn;
  const site = context.site(expr);
  const read = entryReader(expr.type, site);
  const fn: Fn = (env) => {
    const value = map(env) as MapValue;
    const name = key(env);
    if (name instanceof Unknown) return unknownOf(expr.type, value.open === undefined ? plain(name) : union(name, value.open));
    const raw = value.entries !== undefined && Object.hasOwn(value.entries, name as string) ? value.entries[name as string] : undefined;
    if (raw !== undefined && raw !== null) return read(raw, value);
    return unknownOf(expr.type, value.open ?? want(MISSING, site, value.entries as DataRecord | undefined, "no such entry"));
  };
  return { fn, closed: false };
}

export function compileHasKey(context: Context, expr: HasKey): Compiled {
  const map = context.compile(expr.map).fn;
  const key = context.compile(expr.key).fn;
  const fn: Fn = (env) => {
    const value = map(env) as MapValue;
    const name = key(env);
    if (name instanceof Unknown) return value.open === undefined ? plain(name) : union(name, value.open);
    const raw = value.entries !== undefined && Object.hasOwn(value.entries, name as string) ? value.entries[name as string] : undefined;
    if (raw !== undefined && raw !== null) return true;
    return value.open ?? false;
  };
  return { fn, closed: false };
}

export function compileElement(context: Context, expr: Element): Compiled {
  const list = context.compile(expr.list);
  const index = context.compile(expr.index).fn;
  const site = context.site(expr);
  const fn: Fn = (env) => {
    const value = list.fn(env) as Collection;
    const position = index(env);
    if (position instanceof Unknown) return unknownOf(expr.type, value.open === undefined ? position : union(position, value.open));
    const item = typeof position === "number" && position >= 0 ? value.items[position] : undefined;
    if (item !== undefined) return item;
    return unknownOf(expr.type, value.open ?? want(MISSING, site, undefined, `the list has ${value.items.length} elements`));
  };
  return { fn, closed: list.closed };
}

const boolean: Type = { kind: "scalar", name: "Bool" };

export function compilePredicate(context: Context, expr: PredicateRead): Compiled {
  const record = context.compile(expr.record).fn;
  const site = context.site(expr);
  const { name, closed } = expr.predicate;
  const resolved = expr.recordType.name === "waybill.vuln.Finding" && name === "resolved" ? resolvedByVex(context, expr, site) : undefined;
  const trust = expr.by?.kind === "trust" ? expr.by.trust : undefined;
  const looked = `${expr.recordType.name}.${name}`;
  const absent = (value: DataRecord): unknown => (closed ? false : want(MISSING, site, value, "not stated"));
  /** Nobody whom the policy believes is known to have said it: perhaps because nobody could look. */
  const unsaid = (env: Env, value: DataRecord): unknown => wantsOf(env.failed?.get(looked), trust, site) ?? absent(value);
  const readPredicate = (env: Env, value: RecordValue): unknown => {
    if (value instanceof NoRecord) return plain(value.$unknown);
    if (value instanceof PartialRecord) return partial(readPredicate(env, value.$record), boolean, value.$unknown);
    if (value instanceof MergedRecord) {
      const readings = value.$records.map((each) => readPredicate(env, each));
      return mergeReadings(boolean, readings, site, entryReader(boolean, site));
    }
    const raw = Object.hasOwn(value, name) ? value[name] : undefined;
    if (raw instanceof Lack) return lackOf(raw, site, value);
    if (trust !== undefined || expr.by !== undefined) {
      // Only a `Known` counts, which tests and `engine/trust` make: a mark in a document is a forged mark.
      if (raw instanceof Known && typeof raw.value === "boolean") return raw.value;
      if (raw instanceof Known && Array.isArray(raw.value) && trust !== undefined)
        return raw.value.includes(trust) ? true : unsaid(env, value);
      return resolved === undefined ? unsaid(env, value) : resolved(env, value);
    }
    if (raw === undefined || raw === null) return absent(value);
    if (raw instanceof Known) return raw.value;
    return typeof raw === "boolean" ? raw : want(MALFORMED, site, value, `${showRaw(raw)} is neither true nor false`);
  };
  return { fn: (env) => readPredicate(env, record(env) as RecordValue), closed: false };
}
