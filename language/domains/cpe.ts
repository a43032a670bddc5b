/**
 * Names of vendors' products: Common Platform Enumeration 2.3 (NISTIR 7695, naming; NISTIR 7696, name matching). Formatted strings
 * (`cpe:2.3:a:acme:shop:2.4:*:*:*:*:*:*:*`) and URIs (`cpe:/a:acme:shop:2.4`, as CPE 2.2 has them) are read into the same names.
 */
import { cacheOf } from "./cache.ts";
import { type Parsed, parsed, problem } from "./parsed.ts";

/** In the order of the formatted string; those of the URI are the first seven. */
export const cpeAttributes = [
  "part",
  "vendor",
  "product",
  "version",
  "update",
  "edition",
  "language",
  "sw_edition",
  "target_sw",
  "target_hw",
  "other",
] as const;
export type CpeAttribute = (typeof cpeAttributes)[number];

/** The value of an attribute. */
export type CpeValue =
  /** Whatever it is. */
  | { readonly kind: "any" }
  /** It has none. */
  | { readonly kind: "na" }
  | {
      readonly kind: "text";
      /** Without escapes, in lower case: matching takes capitals for small letters (NISTIR 7696, 6.1). */
      readonly text: string;
      /** How many characters more it may begin and end with, by the wild cards that stand there: infinity for `*`. */
      readonly before: number;
      readonly after: number;
    };

/** A well-formed name. */
export interface Cpe {
  readonly values: Readonly<Record<CpeAttribute, CpeValue>>;
  /** As it was written. */
  readonly text: string;
}

/** What a source is to a target (NISTIR 7696, tables 6-1, 6-2 and 6-4); `undefined` is the specification's own word for what cannot be told. */
export type CpeRelation = "equal" | "subset" | "superset" | "disjoint" | "undefined";

/** The specification knows no limit; the names of NVD are shorter than 300 characters. */
const longest = 2048;
const any: CpeValue = { kind: "any" };
const na: CpeValue = { kind: "na" };

const names = cacheOf(4096, read);

/** Reads a formatted string or a URI: no white space around it, no capitals in its scheme. */
export function parseCpe(text: string): Parsed<Cpe> {
  return names.of(text);
}

function read(text: string): Parsed<Cpe> {
  if (text.length > longest) return problem(`a CPE has at most ${longest} characters`);
  if (text.startsWith("cpe:2.3:")) return readFormatted(text);
  if (text.startsWith("cpe:/")) return readUri(text);
  return problem(`\`${text}\` is not a CPE: it begins with neither \`cpe:2.3:\` nor \`cpe:/\``);
}

/** NISTIR 7695, 6.2: eleven fields, colons between them. */
function readFormatted(text: string): Parsed<Cpe> {
  const fields = fieldsOf(text.slice("cpe:2.3:".length));
  if (fields.length !== cpeAttributes.length) return problem(`a CPE 2.3 has ${cpeAttributes.length} fields, not ${fields.length}`);
  return named(text, fields, (field) => (field === "*" ? any : field === "-" ? na : formattedText(field)));
}

/** A colon that a backslash stands before is a part of its field, unless that backslash is itself escaped. */
function fieldsOf(text: string): readonly string[] {
  const fields: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === ":") {
      fields.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...fields, text.slice(start)];
}

/** NISTIR 7695, figure 6-3. */
const formatted = /^(\?+|\*)?((?:[A-Za-z0-9\-._]|\\[\\*?!"#$%&'()+,/:;<=>@[\]^`{|}~])+)(\?+|\*)?$/;

function formattedText(field: string): CpeValue | undefined {
  const match = formatted.exec(field);
  if (match === null) return undefined;
  const [, before = "", body = "", after = ""] = match;
  return { kind: "text", text: body.replaceAll(/\\(.)/g, "$1").toLowerCase(), before: reach(before), after: reach(after) };
}

function reach(wildcards: string): number {
  return wildcards === "*" ? Number.POSITIVE_INFINITY : wildcards.length;
}

/** NISTIR 7695, 6.1: up to seven fields; what is left out or empty is any. The sixth may hold five, each after a `~`. */
function readUri(text: string): Parsed<Cpe> {
  const fields = text.slice("cpe:/".length).split(":");
  if (fields.length > uriFields) return problem(`a CPE 2.2 has at most ${uriFields} fields, not ${fields.length}`);
  const edition = fields[5] ?? "";
  const packed = edition.startsWith("~") ? edition.slice(1).split("~") : [edition];
  if (edition.startsWith("~") && packed.length !== 5) return problem(`the edition of \`${text}\` holds ${packed.length} values, not five`);
  const [own = "", ...extended] = packed;
  const all = [...Array.from({ length: 5 }, (_, at) => fields[at] ?? ""), own, fields[6] ?? "", ...extended];
  return named(text, all, (field) => (field === "" ? any : field === "-" ? na : uriText(field)));
}

const uriFields = 7;
/** NISTIR 7695, figure 6-1: `%01` and `%02` are the wild cards, and no other character is encoded but those that have to be. */
const encoded = /^((?:%01)+|%02)?((?:[A-Za-z0-9\-._~]|%(?:2[1-9a-cf]|3[a-f]|40|5[b-e]|60|7[b-e]))+)((?:%01)+|%02)?$/i;

function uriText(field: string): CpeValue | undefined {
  const match = encoded.exec(field);
  if (match === null) return undefined;
  const [, before = "", body = "", after = ""] = match;
  const text = body.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))).toLowerCase();
  return { kind: "text", text, before: encodedReach(before), after: encodedReach(after) };
}

function encodedReach(wildcards: string): number {
  return wildcards === "%02" ? Number.POSITIVE_INFINITY : wildcards.length / 3;
}

const languageTag = /^[a-z]{2,3}(?:-(?:[a-z]{2}|[0-9]{3}))?$/;

/** `fields` in the order of the attributes; those that are left out are any. */
function named(text: string, fields: readonly string[], readField: (field: string) => CpeValue | undefined): Parsed<Cpe> {
  const values: Partial<Record<CpeAttribute, CpeValue>> = {};
  for (const [at, attribute] of cpeAttributes.entries()) {
    const field = fields[at];
    const value = field === undefined ? any : readField(field);
    if (value === undefined || !isAllowed(attribute, value)) return problem(`\`${field ?? ""}\` is not the ${attribute} of a CPE`);
    values[attribute] = value;
  }
  return parsed({ values: values as Record<CpeAttribute, CpeValue>, text });
}

/** Applications, operating systems, hardware; a language is a tag (RFC 5646, language and region). */
function isAllowed(attribute: CpeAttribute, value: CpeValue): boolean {
  if (value.kind !== "text" || (attribute !== "part" && attribute !== "language")) return true;
  return !isPattern(value) && (attribute === "part" ? /^[aoh]$/ : languageTag).test(value.text);
}

/** Whether a value has wild cards. */
export function isPattern(value: CpeValue): boolean {
  return value.kind === "text" && (value.before > 0 || value.after > 0);
}

/** The text of a value that is one text and no other; undefined: it is any, none, or has wild cards. */
export function literalOf(value: CpeValue): string | undefined {
  return value.kind === "text" && !isPattern(value) ? value.text : undefined;
}

/** What each attribute of a source is to that of a target (NISTIR 7696, table 6-2). */
export function compareCpe(source: Cpe, target: Cpe): Readonly<Record<CpeAttribute, CpeRelation>> {
  const found: Partial<Record<CpeAttribute, CpeRelation>> = {};
  for (const attribute of cpeAttributes) found[attribute] = compareValues(source.values[attribute], target.values[attribute]);
  return found as Record<CpeAttribute, CpeRelation>;
}

/** What a source is to a target as a whole (NISTIR 7696, table 6-4); `undefined` too where some attributes are more and others less. */
export function relationOfCpe(source: Cpe, target: Cpe): CpeRelation {
  const found = new Set(Object.values(compareCpe(source, target)));
  if (found.has("disjoint")) return "disjoint";
  found.delete("equal");
  const [only = "equal"] = found;
  return found.size > 1 ? "undefined" : only;
}

/** Wild cards are read in the source; in a target they make that nothing can be told. */
function compareValues(source: CpeValue, target: CpeValue): CpeRelation {
  if (isPattern(target)) return "undefined";
  if (source.kind === "any") return target.kind === "any" ? "equal" : "superset";
  if (target.kind === "any") return "subset";
  if (source.kind === "na" || target.kind === "na") return source.kind === target.kind ? "equal" : "disjoint";
  if (!isPattern(source)) return source.text === target.text ? "equal" : "disjoint";
  return covers(source, target.text) ? "superset" : "disjoint";
}

/** Each `?` is one character or none, `*` any number of them (NISTIR 7696, 6.3). */
function covers({ text, before, after }: Extract<CpeValue, { kind: "text" }>, target: string): boolean {
  for (let at = target.indexOf(text); at >= 0 && at <= before; at = target.indexOf(text, at + 1)) {
    if (target.length - at - text.length <= after) return true;
  }
  return false;
}

/** A value for people: `*`, `-`, or its text with its wild cards. */
export function showCpeValue(value: CpeValue): string {
  if (value.kind === "any") return "*";
  if (value.kind === "na") return "-";
  return `${wildcards(value.before)}${value.text}${wildcards(value.after)}`;
}

function wildcards(reaching: number): string {
  return reaching === Number.POSITIVE_INFINITY ? "*" : "?".repeat(reaching);
}
