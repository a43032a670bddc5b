/**
 * VEX statements, indexed by vulnerability, product and subcomponent, so that a finding meets only those that may be
 * about it. A statement about a product without subcomponents is about everything in it, and one whose product is the
 * finding's own component is about that component wherever it is.
 */
import type { DataRecord } from "../../../language/core/data.ts";
import { type Purl, purlKey } from "../../../language/domains/purl.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { AliasClasses, idsOf } from "./aliases.ts";
import { packageKey } from "./package-key.ts";
import { membersOf, type PurlReader, purlReader, recordOf, textOf } from "./raw.ts";
import { missOfComponent, missOfProduct, missOfSubcomponent, readProduct, type VexProduct, type VexSubject } from "./vex-product.ts";

export type VexStatus = "not_affected" | "affected" | "fixed" | "under_investigation";

/** One statement of a document, read. */
export interface VexStatement {
  /** Its data, with its place in the document. */
  readonly record: DataRecord;
  readonly author: string | undefined;
  readonly ids: readonly string[];
  readonly status: VexStatus;
  /** Microseconds; the document's where the statement has none. Undefined: neither has one that can be read. */
  readonly time: number | undefined;
  readonly products: readonly VexProduct[];
}

interface Entry {
  readonly statement: VexStatement;
  readonly product: VexProduct;
}

/** Built once from documents, for any subject. */
export interface VexIndex {
  readonly statements: readonly VexStatement[];
  readonly classes: AliasClasses;
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly readPurl: PurlReader;
}

/** Subcomponent key of a statement about a whole product. */
const whole = "*";

function entryKey(vulnerability: string, product: string, subcomponent: string): string {
  return `${vulnerability}\n${product}\n${subcomponent}`;
}

/** The key of what a statement names: with the version only where it has one. */
function namedKey(purl: Purl): string {
  return purl.version === undefined ? purlKey(purl) : packageKey(purl);
}

/** The keys under which statements may name a package. */
function actualKeys(purl: Purl, version: string | undefined): readonly string[] {
  return [purlKey(purl), packageKey(purl, version)];
}

/**
 * Reads and indexes documents (`waybill.vex.Document`); linear in their statements. A statement whose status cannot be
 * read, or that names no vulnerability, says nothing and is left out.
 */
export function indexVex(documents: readonly DataRecord[]): VexIndex {
  const readPurl = purlReader();
  const classes = new AliasClasses();
  const statements = documents.flatMap((document) =>
    membersOf(document["statements"], "statements").items.flatMap((item) => {
      const record = recordOf(item);
      return record === undefined ? [] : readStatement(record, document, readPurl);
    }),
  );
  for (const statement of statements) classes.link(statement.ids);
  const entries = new Map<string, Entry[]>();
  for (const statement of statements) {
    const vulnerability = classes.of(statement.ids[0] ?? "");
    for (const product of statement.products) {
      for (const key of keysOfEntry(vulnerability, product)) {
        const known = entries.get(key);
        if (known === undefined) entries.set(key, [{ statement, product }]);
        else known.push({ statement, product });
      }
    }
  }
  return { statements, classes, entries, readPurl };
}

function keysOfEntry(vulnerability: string, product: VexProduct): ReadonlySet<string> {
  const keys = new Set<string>();
  const products = [...product.digests, ...product.repositories];
  if (product.purl !== undefined && product.purl.type !== "oci") products.push(namedKey(product.purl));
  for (const productKey of products) {
    if (product.subcomponents.length === 0) keys.add(entryKey(vulnerability, productKey, whole));
    for (const { purl } of product.subcomponents) if (purl !== undefined) keys.add(entryKey(vulnerability, productKey, namedKey(purl)));
  }
  return keys;
}

const statuses: ReadonlySet<string> = new Set(["not_affected", "affected", "fixed", "under_investigation"] satisfies VexStatus[]);

function readStatement(record: DataRecord, document: DataRecord, readPurl: PurlReader): readonly VexStatement[] {
  const ids = idsOf(record, "vulnerability");
  const status = textOf(record["status"]);
  if (ids.length === 0 || status === undefined || !statuses.has(status)) return [];
  const products = membersOf(record["products"], "products").items.map(recordOf);
  return [
    {
      record,
      author: textOf(document["author"]),
      ids,
      status: status as VexStatus,
      time: timeOf(record["timestamp"] ?? document["timestamp"]),
      products: products.filter((product) => product !== undefined).map((product) => readProduct(product, readPurl)),
    },
  ];
}

function timeOf(raw: DataRecord[string]): number | undefined {
  const text = textOf(raw);
  const parsed = text === undefined ? undefined : parseTime(text);
  return parsed?.ok ? parsed.value : undefined;
}

/** What a finding asks of the index. */
export interface VexQuestion {
  /** Alias classes of its ids. */
  readonly vulnerabilities: readonly string[];
  readonly purl: Purl | undefined;
  /** Where the purl has none. */
  readonly version: string | undefined;
  /** Findings of one key have the same answer. */
  readonly key: string;
}

export function questionOf(index: VexIndex, finding: DataRecord): VexQuestion {
  const component = recordOf(finding["component"]) ?? {};
  const vulnerabilities = [...new Set(idsOf(finding, "id").map((id) => index.classes.of(id)))];
  const purl = index.readPurl(component["purl"]);
  const version = textOf(finding["installed"]) ?? textOf(component["version"]);
  return { vulnerabilities, purl, version, key: `${vulnerabilities.join(" ")}\n${purl?.text ?? ""}\n${version ?? ""}` };
}

function subjectKeys(subject: VexSubject): readonly string[] {
  const keys = [...subject.digests];
  if (subject.repository !== undefined) keys.push(subject.repository);
  if (subject.purl !== undefined) keys.push(...actualKeys(subject.purl, undefined));
  return keys;
}

/** Groups of statements about the whole subject, whatever component a finding is on. `wholeMatches` reads them. */
export function wholeGroups(index: VexIndex, { vulnerabilities }: VexQuestion, subject: VexSubject): readonly string[] {
  const keys = vulnerabilities.flatMap((vulnerability) => subjectKeys(subject).map((product) => entryKey(vulnerability, product, whole)));
  return keys.filter((key) => index.entries.has(key));
}

/** Statements of a group of `wholeGroups` that match the subject. */
export function wholeMatches(index: VexIndex, group: string, subject: VexSubject): readonly VexStatement[] {
  const entries = index.entries.get(group) ?? [];
  return entries.filter(({ product }) => missOfProduct(product, subject) === undefined).map(({ statement }) => statement);
}

/** Statements that match by the component of a finding: as subcomponent of the subject, or as product. */
export function componentMatches(index: VexIndex, question: VexQuestion, subject: VexSubject): readonly VexStatement[] {
  const { purl, version } = question;
  if (purl === undefined) return [];
  const found: VexStatement[] = [];
  for (const vulnerability of question.vulnerabilities) {
    for (const component of actualKeys(purl, version)) {
      for (const product of subjectKeys(subject)) {
        for (const { statement, product: named } of index.entries.get(entryKey(vulnerability, product, component)) ?? []) {
          if (missOfProduct(named, subject) === undefined && missOfSubcomponent(named, purl, version) === undefined) found.push(statement);
        }
      }
      for (const { statement, product: named } of index.entries.get(entryKey(vulnerability, component, whole)) ?? []) {
        if (missOfComponent(named, purl, version) === undefined) found.push(statement);
      }
    }
  }
  return found;
}
