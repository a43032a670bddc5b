/** Evidence of type `waybill.vex.Document` as the model that writers, `merge` and `diff` work on. */
import {
  type VexAssertion,
  type VexDocument,
  type VexFormat,
  type VexJustification,
  type VexNamedProduct,
  vexJustifications,
  vexStatuses,
} from "../../../engine/decide/vex/document.ts";
import { revisionText } from "../../../engine/decide/vex/revision.ts";
import { type DataRecord, type DataValue, Lack, OpenList, origin } from "../../../language/core/data.ts";
import { parseTime } from "../../../language/domains/time.ts";

/**
 * A statement whose status or vulnerability is not known says nothing that could be written; `unreadable` counts them, so
 * that nobody takes the rest for all. A range that could not be parsed keeps its product, and counts too.
 */
export interface ReadModel {
  readonly document: VexDocument;
  readonly unreadable: number;
}

export function documentOf(data: DataRecord, format: VexFormat): VexDocument {
  return modelOf(data, format).document;
}

export function modelOf(data: DataRecord, format: VexFormat): ReadModel {
  const records = list(data["statements"]);
  const statements = records.flatMap((record) => statementOf(record) ?? []);
  const version = revisionText(data["version"], text(data["revision"]));
  const document: VexDocument = {
    format,
    ...texts(data, ["id", "author", "role", "title"]),
    ...times(data, { timestamp: "timestamp", firstIssued: "first_issued" }),
    ...some("version", version),
    statements,
  };
  const broken = statements.flatMap(({ products }) => products.filter((product) => product.versions === unknownVersions)).length;
  return { document, unreadable: records.length - statements.length + broken };
}

/** Stands for a range that could not be read: no version is in it for certain. */
export const unknownVersions = "vers:unknown/*";

function statementOf(record: DataRecord): VexAssertion | undefined {
  const vulnerability = text(record["vulnerability"]);
  const found = record["status"];
  const status = vexStatuses.find((one) => one === found);
  if (vulnerability === undefined || status === undefined) return undefined;
  const justification = text(record["justification"]);
  const label = vexJustifications.find((one): one is VexJustification => one === justification);
  return {
    vulnerability,
    aliases: strings(record["aliases"]),
    ...texts(record, ["description", "impact", "action", "notes", "state"]),
    status,
    ...some("justification", label),
    ...some("ownJustification", text(record["own_justification"])),
    responses: strings(record["responses"]),
    ...times(record, { timestamp: "timestamp", firstIssued: "first_issued", expires: "expires" }),
    products: list(record["products"]).map(productOf),
    ...(record[origin] === undefined ? {} : { [origin]: record[origin] }),
  };
}

function productOf(record: DataRecord): VexNamedProduct {
  const versions = record["versions"];
  return {
    id: text(record["id"]) ?? text(record["purl"]) ?? text(record["cpe"]) ?? text(record["name"]) ?? "",
    ...texts(record, ["name", "supplier", "version", "purl", "cpe"]),
    ...some("versions", versions instanceof Lack ? unknownVersions : text(versions)),
    digests: strings(record["digests"]),
    subcomponents: strings(record["subcomponents"]),
  };
}

function list(value: DataValue): readonly DataRecord[] {
  const items = value instanceof OpenList ? value.items : value;
  return Array.isArray(items) ? items.filter((item): item is DataRecord => item !== null && typeof item === "object") : [];
}

function strings(value: DataValue): readonly string[] {
  const items = value instanceof OpenList ? value.items : value;
  return Array.isArray(items) ? items.filter((item): item is string => typeof item === "string") : [];
}

function text(value: DataValue): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function some<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function texts<K extends string>(record: DataRecord, keys: readonly K[]): { readonly [P in K]?: string } {
  return Object.fromEntries(keys.flatMap((key) => (text(record[key]) === undefined ? [] : [[key, text(record[key])]]))) as {
    readonly [P in K]?: string;
  };
}

function times<K extends string>(record: DataRecord, keys: Readonly<Record<K, string>>): { readonly [P in K]?: number } {
  const found = Object.entries<string>(keys).flatMap(([name, field]) => {
    const read = parseTime(text(record[field]) ?? "");
    return read.ok ? [[name, read.value]] : [];
  });
  return Object.fromEntries(found) as { readonly [P in K]?: number };
}
