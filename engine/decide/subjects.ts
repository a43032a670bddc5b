/** Subjects that are their own document (cli.md, "Subjects"): data a policy may read, and nothing that was forged. */
import { type DataRecord, type DataValue, Known, Lack, OpenList, origin } from "../../language/core/data.ts";
import type { RecordType, Type } from "../../language/semantics/types.ts";
import type { Subject } from "../evaluate/evaluate.ts";

/**
 * A subject that is its own document (package, finding, workflow, report). Only fields of the type are taken, so that a
 * document cannot carry marks (`is pinned by …`) that only tests and `engine/trust` may make.
 */
export function documentSubject(kind: string, type: RecordType, document: DataRecord): Subject {
  const data = fieldsOf(type, document, 0);
  const name = ["purl", "name", "id", "path", "title"].map((field) => textOf(data[field])).find((text) => text !== undefined) ?? kind;
  return { kind, name, data };
}

const deepest = 16;

function fieldsOf(type: RecordType, record: DataRecord, depth: number): DataRecord {
  const place = record[origin];
  const kept: Record<string, DataValue> = {};
  for (const field of type.fields.values()) {
    const raw = Object.hasOwn(record, field.name) ? record[field.name] : undefined;
    if (raw !== undefined) kept[field.name] = depth < deepest ? taken(field.type, raw, depth) : raw;
  }
  for (const predicate of type.predicates.values()) {
    const raw = Object.hasOwn(record, predicate.name) ? record[predicate.name] : undefined;
    if (!predicate.by && typeof raw === "boolean") kept[predicate.name] = raw;
  }
  return place === undefined ? kept : { ...kept, [origin]: place };
}

function taken(type: Type, raw: DataValue, depth: number): DataValue {
  if (raw === null || typeof raw !== "object" || raw instanceof Lack || raw instanceof Known || raw instanceof OpenList) return raw;
  if (Array.isArray(raw))
    return type.kind === "list" || type.kind === "set" ? raw.map((item: DataValue) => taken(type.element, item, depth)) : raw;
  return type.kind === "record" ? fieldsOf(type, raw as DataRecord, depth + 1) : raw;
}

function textOf(raw: DataValue): string | undefined {
  const value = raw instanceof Known ? raw.value : raw;
  if (typeof value === "string" && value !== "") return value;
  return value !== null && typeof value === "object" && "text" in value && typeof value.text === "string" ? value.text : undefined;
}
