/**
 * Evidence as intrinsics read it: fields in their raw form (text), or in run-time form where a test gave them
 * (`Known`). What cannot be read is undefined; the evaluator, not the intrinsic, says so of the field itself.
 */
import { type DataRecord, type DataValue, Known, Lack, OpenList } from "../../../language/core/data.ts";
import { type Purl, parsePurl } from "../../../language/domains/purl.ts";

/** The text of a field that holds text, or a version in either form; undefined where it does not, or is empty. */
export function textOf(raw: DataValue): string | undefined {
  if (typeof raw === "string") return raw === "" ? undefined : raw;
  const value = raw instanceof Known ? raw.value : raw;
  if (typeof value === "string") return value === "" ? undefined : value;
  if (value !== null && typeof value === "object" && "text" in value && typeof value["text"] === "string")
    return value["text"] || undefined;
  return undefined;
}

/** Undefined: no purl, or one that cannot be read. */
export type PurlReader = (raw: DataValue) => Purl | undefined;

/** Reads purls, each text once. A reader lives as long as one join: it holds every purl it has seen. */
export function purlReader(): PurlReader {
  const seen = new Map<string, Purl | undefined>();
  return (raw) => {
    if (raw instanceof Known) return isPurl(raw.value) ? raw.value : undefined;
    if (typeof raw !== "string") return undefined;
    if (seen.has(raw)) return seen.get(raw);
    const parsed = parsePurl(raw);
    const purl = parsed.ok ? parsed.value : undefined;
    seen.set(raw, purl);
    return purl;
  };
}

function isPurl(value: unknown): value is Purl {
  return value !== null && typeof value === "object" && "qualifiers" in value && value.qualifiers instanceof Map && "type" in value;
}

/** A nested record; undefined for anything else. */
export function recordOf(raw: DataValue): DataRecord | undefined {
  const value = raw instanceof Known ? raw.value : raw;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return value instanceof Lack || value instanceof OpenList || isPurl(value) ? undefined : (value as DataRecord);
}

/** A list with the reasons for which it may not be the whole list, as `OpenList` has them. */
export interface Members {
  readonly items: readonly DataValue[];
  readonly undeclared: boolean;
  readonly lacks: readonly Lack[];
}

/**
 * The members of a collection without a default (semantics, section 2): absent and null are malformed, as is anything
 * that is no list; `name` is the field, for the detail.
 */
export function membersOf(raw: DataValue, name: string): Members {
  const value = raw instanceof Known ? (raw.value as DataValue) : raw;
  if (Array.isArray(value)) return { items: value as readonly DataValue[], undeclared: false, lacks: [] };
  if (value instanceof OpenList) return value;
  if (value instanceof Lack) return { items: [], undeclared: false, lacks: [value] };
  const problem = value === undefined || value === null ? `\`${name}\` is absent` : `\`${name}\` is not a list`;
  return { items: [], undeclared: false, lacks: [new Lack("malformed", problem)] };
}

const none: readonly string[] = [];

/** The texts of a list that defaults to empty. What is no text is left out. */
export function textsOf(raw: DataValue): readonly string[] {
  if (raw === undefined || raw === null) return none;
  if (Array.isArray(raw)) {
    if (raw.length === 0) return none;
    if (raw.every((text) => typeof text === "string" && text !== "")) return raw as readonly string[];
  }
  return membersOf(raw, "")
    .items.map(textOf)
    .filter((text) => text !== undefined);
}

/** A list value for the evaluator: plain where nothing is open. */
export function listOf(members: Members): readonly DataValue[] | OpenList {
  return members.undeclared || members.lacks.length > 0 ? new OpenList(members.items, members.undeclared, members.lacks) : members.items;
}
