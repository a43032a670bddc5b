/** Values as people read them, on one line. */
import { type DataRecord, Known } from "../../language/core/data.ts";
import { showDecimal } from "../../language/domains/decimal.ts";
import { showDuration } from "../../language/domains/duration.ts";
import { showTime } from "../../language/domains/time.ts";
import type { Type } from "../../language/semantics/types.ts";
import { standing } from "./moving.ts";
import { causesOf, Unknown } from "./unknown.ts";
import { Collection, isVirtual, MapValue, NoRecord, type RecordValue } from "./virtual.ts";

const most = 200;

/** `(not known: missing)` for what is not known (grammar.md, section 2); cut at 200 characters. */
export function showValue(type: Type, value: unknown): string {
  const text = show(type, standing(value));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function show(type: Type, value: unknown): string {
  if (value instanceof Unknown) return notKnown(value);
  if (value instanceof Known) return show(type, value.value);
  if (value instanceof Collection) return showItems(type, value);
  if (value instanceof MapValue) return value.entries === undefined ? "(not known)" : `${Object.keys(value.entries).length} entries`;
  if (type.kind === "enum") return typeof value === "number" ? (type.variants[value] ?? String(value)) : String(value);
  if (type.kind === "record" || type.kind === "verified") return describeRecord(value as RecordValue);
  if (type.kind === "scalar") {
    if (type.name === "Decimal") return showDecimal(value as number);
    if (type.name === "Time") return showTime(value as number);
    if (type.name === "Duration") return showDuration(value as number);
  }
  if (value !== null && typeof value === "object" && "text" in value) return String(value.text);
  return String(value);
}

function notKnown(unknown: Unknown): string {
  return `(not known: ${causesOf(unknown.causes).join(", ")})`;
}

function showItems(type: Type, value: Collection): string {
  const element: Type = type.kind === "list" || type.kind === "set" ? type.element : type;
  const shown = value.items.slice(0, 3).map((item) => show(element, item));
  const rest = value.items.length - shown.length;
  return `[${shown.join(", ")}${rest > 0 ? `, and ${rest} more` : ""}]${value.open === undefined ? "" : " and perhaps others"}`;
}

/** A record by what people call it: its purl, reference, name and version, or id. */
export function describeRecord(record: RecordValue): string {
  if (record instanceof NoRecord) return notKnown(record.$unknown);
  if (isVirtual(record) || record === null || typeof record !== "object") return "a record";
  const own = nameIn(record);
  const component = record["component"];
  const inner =
    component !== null && typeof component === "object" && !Array.isArray(component) ? nameIn(component as DataRecord) : undefined;
  if (own !== undefined && inner !== undefined) return `${own} in ${inner}`;
  return own ?? inner ?? "a record";
}

function nameIn(record: DataRecord): string | undefined {
  for (const field of ["purl", "ref", "id", "name", "path"]) {
    const text = plainText(record[field]);
    if (text === undefined) continue;
    const version = field === "name" ? plainText(record["version"]) : undefined;
    return version === undefined ? text : `${text} ${version}`;
  }
  return undefined;
}

function plainText(raw: unknown): string | undefined {
  if (typeof raw === "string") return raw === "" ? undefined : raw;
  if (raw instanceof Known) return plainText(raw.value);
  if (raw !== null && typeof raw === "object" && "text" in raw && typeof raw.text === "string") return raw.text;
  return undefined;
}
