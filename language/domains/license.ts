/** Licences as SPDX expressions, and the two readings of them that policies need (semantics, section 4). */
import { cacheOf } from "./cache.ts";
import { combined, isUnstated, type LicenseExpression, parseExpression, showExpression, syntaxProblem } from "./license/expression.ts";
import { canonicalLicenseId, licenseIdByName } from "./license/list.ts";
import { checked, type Parsed, parsed } from "./parsed.ts";

export type { LicenseExpression } from "./license/expression.ts";
export { canonicalLicenseId, isDeprecatedLicenseId, isSpdxId, licenseIdByName, nearestLicenseId } from "./license/list.ts";

export interface License {
  readonly expression: LicenseExpression;
  /** Canonical. */
  readonly text: string;
  /** Nothing at all is stated (NOASSERTION, NONE): to be read as missing. */
  readonly unstated: boolean;
}

const licenses = cacheOf(4096, (text) => checked(read(text), read));

function read(text: string): Parsed<License> {
  const expression = parseExpression(text);
  return expression.ok ? parsed(licenseOf(expression.value)) : expression;
}

/**
 * Reads an SPDX expression; deprecated ids are canonicalised. `NOASSERTION` and `NONE` are read too, as licences of
 * which nothing is stated.
 */
export function parseLicense(text: string): Parsed<License> {
  return licenses.of(text);
}

function licenseOf(expression: LicenseExpression): License {
  return { expression, text: showExpression(expression), unstated: expression.kind === "unstated" };
}

/**
 * One licence as a document states it: an id or a name; what stands where the format has an expression; or one that its
 * reader gave up, with why.
 */
export type LicenseEntry =
  | string
  | { readonly kind: "expression"; readonly text: string }
  | { readonly kind: "unreadable"; readonly text: string; readonly why: string };

/** The entry as the document has it. */
export function entryText(entry: LicenseEntry): string {
  return typeof entry === "string" ? entry : entry.text;
}

/** What several licence entries of a component come to. */
export interface JoinedLicense {
  /** Undefined: no entry states anything. */
  readonly license: License | undefined;
  /** The entries that no SPDX id, expression or full name matches; each is a part of the licence that is not known. */
  readonly unread: readonly string[];
  /** The entries that are there and cannot be read; each is a part of the licence that is malformed. */
  readonly unreadable: readonly { readonly text: string; readonly why: string }[];
}

/** Several entries, expressions or names, read as AND: the stricter reading for deny and allow lists alike. */
export function joinLicenses(entries: readonly LicenseEntry[]): JoinedLicense {
  const unread: string[] = [];
  const unreadable: { text: string; why: string }[] = [];
  const operands: LicenseExpression[] = [];
  for (const entry of entries) {
    const read = readEntry(entryText(entry).trim());
    const why = read === undefined ? unreadableOf(entry) : undefined;
    if (read !== undefined) operands.push(read);
    else if (why !== undefined) {
      unreadable.push({ text: entryText(entry), why });
      operands.push({ kind: "unstated", name: entryText(entry).slice(0, 80), malformed: true });
    } else {
      unread.push(entryText(entry));
      operands.push({ kind: "unstated", name: entryText(entry) });
    }
  }
  const isStated = operands.some((operand) => operand.kind !== "unstated");
  return { license: isStated ? licenseOf(combined("and", withoutRepeats(operands))) : undefined, unread, unreadable };
}

/** Why the entry is malformed; undefined for a name that no SPDX id matches (design: library, "Licences"). */
function unreadableOf(entry: LicenseEntry): string | undefined {
  if (typeof entry === "string") return undefined;
  return entry.kind === "unreadable" ? entry.why : syntaxProblem(entry.text);
}

function readEntry(entry: string): LicenseExpression | undefined {
  if (isUnstated(entry)) return { kind: "unstated", name: entry };
  const read = parseLicense(entry);
  if (read.ok) return read.value.expression;
  const id = licenseIdByName(entry);
  const named = id === undefined ? undefined : parseLicense(id);
  return named?.ok ? named.value.expression : undefined;
}

function withoutRepeats(operands: readonly LicenseExpression[]): readonly LicenseExpression[] {
  const seen = new Set<string>();
  return operands.filter((operand) => {
    const text = showExpression(operand);
    return !seen.has(text) && seen.add(text) !== undefined;
  });
}

/** True, false, or not known because a part of the licence that would decide is not stated, or cannot be read. */
export type LicenseAnswer = true | false | "missing" | "malformed";

/**
 * Whether using the work under this licence binds one to a licence of the list, whatever choice one makes: an id of the
 * list does, `AND` does if any part does, `OR` only if every part does.
 */
export function obliges(license: License, ids: readonly string[]): LicenseAnswer {
  return answer(license.expression, idSetOf(ids), "and");
}

/** Whether the work can be used under licences of the list alone: `AND` needs every part, `OR` any. */
export function permits(license: License, ids: readonly string[]): LicenseAnswer {
  return answer(license.expression, idSetOf(ids), "or");
}

/** `any` is the connective that holds as soon as one part does; the other one needs every part. */
function answer(expression: LicenseExpression, ids: ReadonlySet<string>, any: "and" | "or"): LicenseAnswer {
  switch (expression.kind) {
    case "license":
      return isListed(expression, ids);
    case "unstated":
      return expression.malformed ? "malformed" : "missing";
    default: {
      const decisive = expression.kind === any;
      let result: LicenseAnswer = !decisive;
      for (const operand of expression.operands) {
        const part = answer(operand, ids, any);
        if (part === decisive) return decisive;
        if (typeof part === "string" && result !== "malformed") result = part;
      }
      return result;
    }
  }
}

/**
 * A leaf is in the list by its whole text (semantics, section 4: `l ∈ S`), so `GPL-2.0-only` does not stand for
 * `GPL-2.0-only WITH Classpath-exception-2.0`, which asks for less. `+` only adds choices: an id covers itself with it.
 */
function isListed(leaf: Extract<LicenseExpression, { kind: "license" }>, ids: ReadonlySet<string>): boolean {
  return ids.has(showExpression(leaf)) || (leaf.exception === undefined && ids.has(leaf.id));
}

const idSets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The canonical forms of a list of ids; kept as long as the list is, for it is asked about for every component. */
function idSetOf(ids: readonly string[]): ReadonlySet<string> {
  let set = idSets.get(ids);
  if (set === undefined) {
    set = new Set(ids.map(canonicalText));
    idSets.set(ids, set);
  }
  return set;
}

function canonicalText(id: string): string {
  const read = canonicalLicenseId(id);
  if (read !== undefined) return read;
  const expression = parseLicense(id);
  return expression.ok ? expression.value.text : id;
}

/** Equal in canonical form. */
export function equalLicense(a: License, b: License): boolean {
  return a.text === b.text;
}

/** As `parseLicense` reads it, except that names no SPDX id matches are quoted. */
export function showLicense(license: License): string {
  return license.text;
}
