/** Reading fields of evidence by their modes (semantics, section 2). */
import type { DataRecord, DataValue } from "../../language/core/data.ts";
import { Known, Lack, OpenList } from "../../language/core/data.ts";
import type { Value } from "../../language/core/value.ts";
import type { License } from "../../language/domains/license.ts";
import type { Field, Type } from "../../language/semantics/types.ts";
import type { Meaning, RecordMeaning, Wants } from "./logic.ts";
import { known, noWants, union, unknown, want } from "./logic.ts";
import { readScalar } from "./scalars.ts";

export interface Reading {
  /** A planted bug: a list that is not declared complete reads as the whole list. */
  readonly closeLists: boolean;
}

/** What a fact of this type is when all we know is why we do not have it. */
export function lacking(type: Type, set: Wants): Meaning {
  switch (type.kind) {
    case "record":
    case "verified":
      return lackingRecord(set);
    case "list":
    case "set":
      return { kind: "collection", members: [], wants: set };
    case "map":
      return { kind: "map", entries: new Map(), wants: set };
    default:
      return unknown(set);
  }
}

export function lackingRecord(set: Wants): RecordMeaning {
  return { kind: "record", lack: set, field: (field) => lacking(field.type, set) };
}

/** A value in run-time form: literals, defaults, inputs, what tests give. */
export function fromValue(type: Type, value: Value, reading: Reading): Meaning {
  switch (type.kind) {
    case "list":
    case "set":
      return { kind: "collection", members: (value as readonly Value[]).map((v) => fromValue(type.element, v, reading)), wants: noWants };
    case "map":
      return {
        kind: "map",
        entries: new Map(Object.entries(value as DataRecord).map(([k, v]) => [k, fromData(type.value, v, k, reading)])),
        wants: noWants,
      };
    case "record":
    case "verified":
      return recordFrom(value as DataRecord, reading);
    default:
      return known(value);
  }
}

export function recordFrom(data: DataRecord, reading: Reading): RecordMeaning {
  return { kind: "record", data, field: (field, fact) => readField(data, field, fact, reading) };
}

/** A predicate `by` somebody reads as a field that only a verified mark fills. */
export interface MarkedField extends Field {
  readonly by?: string;
}

/** Only `Known` marks count, which verification makes: who vouches, or yes or no. Anything else is not there. */
function markedBy(raw: DataValue, trust: string): DataValue {
  if (raw instanceof Lack) return raw;
  if (!(raw instanceof Known)) return undefined;
  return Array.isArray(raw.value)
    ? raw.value.includes(trust) || undefined
    : raw.value === true || raw.value === false
      ? raw.value
      : undefined;
}

function readField(data: DataRecord, field: MarkedField, fact: string, reading: Reading): Meaning {
  const stated = Object.hasOwn(data, field.name) ? data[field.name] : undefined;
  const raw = field.by === undefined ? stated : markedBy(stated, field.by);
  if (raw !== undefined && raw !== null) return fromData(field.type, raw, fact, reading, data);
  switch (field.mode.kind) {
    case "required":
      return lacking(field.type, want("malformed", fact));
    case "optional":
      return lacking(field.type, want("missing", fact));
    case "default":
      return fromValue(field.type, field.mode.value as Value, reading);
  }
}

/** A present value; `siblings` is the record it stands in. A null here is an element that is not there. */
function fromData(type: Type, raw: DataValue, fact: string, reading: Reading, siblings?: DataRecord): Meaning {
  if (raw instanceof Lack) return lacking(type, want(raw.cause, fact));
  if (raw instanceof Known) return fromValue(type, raw.value, reading);
  const malformed = lacking(type, want("malformed", fact));
  if (raw === undefined || raw === null) return malformed;
  switch (type.kind) {
    case "list":
    case "set":
      return listFrom(type.element, raw, fact, reading) ?? malformed;
    case "map":
      return isRecord(raw) ? mapFrom(type.value, raw, fact, reading) : malformed;
    case "record":
      return isRecord(raw) ? recordFrom(raw, reading) : malformed;
    case "verified":
      return isRecord(raw) ? recordFrom(raw, reading) : malformed;
    default: {
      // A licence that is stated as nothing is not stated.
      if (raw === "" && type.kind === "scalar" && type.name === "License") return lacking(type, want("missing", fact));
      const value = readScalar(type, raw, siblings);
      if (value === undefined) return malformed;
      return isUnstatedLicense(type, value) ? lacking(type, want("missing", fact)) : known(value);
    }
  }
}

/** NOASSERTION says that nobody looked, so it is missing (semantics, section 4). */
function isUnstatedLicense(type: Type, value: Value): boolean {
  return type.kind === "scalar" && type.name === "License" && (value as License).unstated;
}

function isRecord(raw: DataValue): raw is DataRecord {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw) && !(raw instanceof OpenList);
}

function listFrom(element: Type, raw: DataValue, fact: string, reading: Reading): Meaning | undefined {
  const members = (items: readonly DataValue[]) => items.map((item) => fromData(element, item, `${fact}[]`, reading));
  if (Array.isArray(raw)) return { kind: "collection", members: members(raw), wants: noWants };
  if (!(raw instanceof OpenList)) return undefined;
  const openness = raw.undeclared && !reading.closeLists ? want("missing", fact, true) : noWants;
  return {
    kind: "collection",
    members: members(raw.items),
    wants: union(openness, ...raw.lacks.map((lack) => want(lack.cause, fact))),
  };
}

function mapFrom(value: Type, raw: DataRecord, fact: string, reading: Reading): Meaning {
  const entries = Object.entries(raw).filter(([, v]) => v !== undefined && v !== null);
  return {
    kind: "map",
    entries: new Map(entries.map(([k, v]) => [k, fromData(value, v, `${fact}["${k}"]`, reading)])),
    wants: noWants,
  };
}
