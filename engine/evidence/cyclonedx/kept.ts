/**
 * What `waybill vex` keeps of VEX documents in CycloneDX's properties, because CycloneDX has no field for it. The names are
 * those of fields of `waybill.vex`; other documents do not have them.
 */
import type { DataRecord } from "../../../language/core/data.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { type Json, objects, text } from "../raw.ts";

const prefix = "waybill:vex:";

/** The properties of an object that are ours, by field. */
function keptIn(json: Json | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const property of objects(json?.["properties"])) {
    const name = text(property["name"]);
    const value = text(property["value"]);
    if (name?.startsWith(prefix) && value !== undefined) found.set(name.slice(prefix.length), value);
  }
  return found;
}

/** Of a document: whether its components only stand for products of statements, so that it is no bill of materials. */
export function isVexAlone(metadata: Json | undefined): boolean {
  return keptIn(metadata).get("alone") === "true";
}

/** Fields of `waybill.vex.Document`. */
export function keptOfDocument(metadata: Json | undefined): DataRecord {
  return fields(keptIn(metadata), ["role", "title", "first_issued"]);
}

/** Fields of `waybill.vex.Statement`; they stand instead of what was read otherwise. */
export function keptOfStatement(vulnerability: Json): DataRecord {
  const kept = keptIn(vulnerability);
  const end = kept.get("expires");
  return {
    ...fields(kept, ["justification", "impact", "notes"]),
    // An end that cannot be read must not be none.
    ...(end === undefined ? {} : { expires: parseTime(end).ok ? end : "1970-01-01T00:00:00Z" }),
  };
}

/** Of a component: the ref of the product that it is a part of, where a statement is about it as a part. */
export function wholeOf(component: DataRecord): string | undefined {
  return ofComponent(component, "product");
}

/** Of a component: the BOM-Link that names it in another document. */
export function linkOf(component: DataRecord): string | undefined {
  return ofComponent(component, "id");
}

function ofComponent({ properties }: DataRecord, name: string): string | undefined {
  const value = properties !== null && typeof properties === "object" ? (properties as DataRecord)[prefix + name] : undefined;
  return typeof value === "string" ? value : undefined;
}

function fields(kept: ReadonlyMap<string, string>, names: readonly string[]): DataRecord {
  return Object.fromEntries(names.flatMap((name) => (kept.has(name) ? [[name, kept.get(name)]] : [])));
}
