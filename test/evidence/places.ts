/** Whether the facts of evidence stand where they say. */
import type { Evidence } from "../../engine/evidence/evidence.ts";
import { at } from "../../engine/evidence/fault.ts";
import { type DataRecord, type DataValue, Lack, OpenList, origin } from "../../language/core/data.ts";

/** Facts whose pointer leads to nothing in the document, as `type.field -> pointer`. Facts that are absent are left out. */
export function misplaced(json: unknown, evidence: readonly Evidence[]): readonly string[] {
  const wrong = new Set<string>();
  const seen = new Set<DataRecord>();
  const visit = (record: DataRecord, label: string): void => {
    const place = record[origin];
    if (seen.has(record) || !place) return;
    seen.add(record);
    for (const [field, value] of Object.entries(record)) {
      if (value === undefined || value === null) continue;
      const pointer = place.pointer + (place.fields?.[field] ?? `/${field}`);
      if (at(json, pointer) === undefined) wrong.add(`${label}.${field} -> ${pointer}`);
      for (const inner of records(value)) visit(inner, `${label}.${field}`);
    }
  };
  for (const piece of evidence) visit(piece.data, piece.type);
  return [...wrong];
}

function records(value: DataValue): readonly DataRecord[] {
  const items = value instanceof OpenList ? value.items : Array.isArray(value) ? value : [value];
  return items.filter((item): item is DataRecord => item !== null && typeof item === "object" && !(item instanceof Lack) && origin in item);
}
