/**
 * Reads JSON as an API server decodes it, so that a policy says the same of a file and of the object in the cluster:
 * null is absence, empty lists and zero values without a pointer are dropped, what the API always writes is written,
 * unknown fields are left out, quantities are canonical. The schema has held before.
 */
import { type DataRecord, type DataValue, type DocumentRef, type Origin, origin } from "../../../language/core/data.ts";
import { token } from "../fault.ts";
import { parseQuantity, roundToMilli, showQuantity } from "./quantity.ts";
import { type FieldShape, type Shape, structShape } from "./shape.ts";

/** A record while it is made; nobody else has seen it yet. */
export type Draft = { [field: string]: DataValue; [origin]?: Origin };

export type Json = Readonly<Record<string, unknown>>;

/** The object as the struct of that name. */
export function readStruct(raw: Json, name: string, document: DocumentRef, pointer: string): Draft {
  const { fields, always } = structShape(name);
  const draft: Draft = { [origin]: { document, pointer } };
  // JSON has own properties only, and other than those of the struct are left out.
  for (const key in raw) {
    const value = raw[key];
    if (value === null || value === undefined) continue;
    const field = fields.get(key);
    if (field === undefined) continue;
    if (field.plain) {
      if (field.kept || (value !== "" && value !== 0 && value !== false)) draft[key] = value as DataValue;
      continue;
    }
    const read = readValue(value, field.shape, document, `${pointer}/${key}`);
    if (!dropped(read, field)) draft[key] = read;
  }
  for (const [key, { shape }] of always) {
    draft[key] ??= shape.kind === "struct" ? readStruct({}, shape.name, document, `${pointer}/${key}`) : zero(shape);
  }
  return draft;
}

export function readValue(raw: unknown, shape: Shape, document: DocumentRef, pointer: string): DataValue {
  switch (shape.kind) {
    case "struct":
      return readStruct(raw as Json, shape.name, document, pointer);
    case "list":
      return (raw as readonly unknown[]).map((item, index) => readMember(item, shape.of, document, `${pointer}/${index}`));
    case "map":
      return readMap(raw as Json, shape.of, document, pointer);
    case "scalar":
      if (shape.name === "Quantity") return canonical(raw as string | number);
      return shape.name === "IntOrString" ? String(raw) : (raw as DataValue);
  }
}

/** A null among the members of a list or map is the zero value. */
function readMember(raw: unknown, shape: Shape, document: DocumentRef, pointer: string): DataValue {
  if (raw !== null) return readValue(raw, shape, document, pointer);
  return shape.kind === "struct" ? readStruct({}, shape.name, document, pointer) : zero(shape);
}

function readMap(raw: Json, of: Shape, document: DocumentRef, pointer: string): DataRecord {
  const resources = of.kind === "scalar" && of.name === "Quantity";
  const map: Draft = { [origin]: { document, pointer } };
  for (const key of Object.keys(raw)) {
    const value = raw[key];
    let read: DataValue;
    if (resources) read = value === null ? "0" : canonical(value as string | number, true);
    else read = readMember(value, of, document, `${pointer}/${token(key)}`);
    if (key === "__proto__") Object.defineProperty(map, key, { value: read, enumerable: true, configurable: true, writable: true });
    else map[key] = read;
  }
  return map;
}

const canonicalForms = [new Map<string | number, string>(), new Map<string | number, string>()] as const;
const cacheSize = 1024;

/** As an API server prints a quantity; those of resource lists (`milli`) are rounded. */
function canonical(raw: string | number, milli = false): string {
  const known = canonicalForms[milli ? 1 : 0];
  const cached = known.get(raw);
  if (cached !== undefined) return cached;
  if (known.size >= cacheSize) known.clear();
  const text = print(raw, milli);
  known.set(raw, text);
  return text;
}

function print(raw: string | number, milli: boolean): string {
  const quantity = parseQuantity(raw);
  if (quantity === undefined) return String(raw);
  return showQuantity(milli ? roundToMilli(quantity) : quantity);
}

export function dropped(value: DataValue, field: FieldShape): boolean {
  if (field.kept) return false;
  if (value === false || value === 0 || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return field.shape.kind === "map" && Object.keys(value as DataRecord).length === 0;
}

export function zero(shape: Shape): DataValue {
  switch (shape.kind) {
    case "list":
      return [];
    case "map":
    case "struct":
      return {};
    case "scalar":
      return zeroScalars[shape.name];
  }
}

const zeroScalars = { bool: false, int32: 0, int64: 0, string: "", bytes: "", Quantity: "0", IntOrString: "0", Time: undefined } as const;
