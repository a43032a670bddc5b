/**
 * VEX statements, indexed by vulnerability, product and subcomponent, so that a finding meets only those that may be
 * about it. A statement about a product without subcomponents is about everything in it, and one whose product is the
 * finding's own component is about that component wherever it is.
 */
import { type DataRecord, type DataValue, Known } from "../../../language/core/data.ts";
import { type Purl, purlKey } from "../../../language/domains/purl.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { AliasClasses, idsOf } from "./aliases.ts";
import { packageKey, packageOf, purlText, quickName } from "./package-key.ts";
import { membersOf, type PurlReader, purlReader, recordOf, textOf } from "./raw.ts";
import { missOfComponent, missOfProduct, missOfSubcomponent, productReader, type VexProduct, type VexSubject } from "./vex-product.ts";

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
  /** By alias class of the vulnerability, then by `entryKey`. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, readonly Entry[]>>;
  readonly readPurl: PurlReader;
}

/** Subcomponent key of a statement about a whole product. */
const whole = "*";

function entryKey(product: string, subcomponent: string): string {
  return `${product}\n${subcomponent}`;
}

/** The key of what a statement names: with the version only where it has one. */
function namedKey(text: string, readPurl: PurlReader): string | undefined {
  const quick = quickName(text);
  if (quick !== undefined) return quick.key;
  const purl = readPurl(text);
  return purl === undefined ? undefined : keyOf(purl);
}

function keyOf(purl: Purl): string {
  return purl.version === undefined ? purlKey(purl) : packageKey(purl);
}

/**
 * Reads and indexes documents (`waybill.vex.Document`); linear in their statements. A statement whose status cannot be
 * read, or that names no vulnerability, says nothing and is left out.
 */
export function indexVex(documents: readonly DataRecord[]): VexIndex {
  const readPurl = purlReader();
  const readProduct = productReader(readPurl);
  const classes = new AliasClasses();
  const statements = documents.flatMap((document) =>
    membersOf(document["statements"], "statements").items.flatMap((item) => {
      const record = recordOf(item);
      return record === undefined ? [] : readStatement(record, document, readProduct);
    }),
  );
  for (const statement of statements) classes.link(statement.ids);
  const entries = new Map<string, Map<string, Entry[]>>();
  for (const statement of statements) {
    const vulnerability = classes.of(statement.ids[0] ?? "");
    const known = entries.get(vulnerability) ?? new Map<string, Entry[]>();
    if (known.size === 0) entries.set(vulnerability, known);
    for (const product of statement.products) {
      for (const key of keysOfEntry(product, readPurl)) {
        const alike = known.get(key);
        if (alike === undefined) known.set(key, [{ statement, product }]);
        else alike.push({ statement, product });
      }
    }
  }
  return { statements, classes, entries, readPurl };
}

function keysOfEntry(product: VexProduct, readPurl: PurlReader): Iterable<string> {
  const { purl } = product;
  if (
    purl !== undefined &&
    purl.type !== "oci" &&
    product.digests.length + product.repositories.length + product.subcomponents.length === 0
  )
    return [entryKey(keyOf(purl), whole)];
  const keys = new Set<string>();
  const products = [...product.digests, ...product.repositories];
  if (purl !== undefined && purl.type !== "oci") products.push(keyOf(purl));
  for (const productKey of products) {
    if (product.subcomponents.length === 0) keys.add(entryKey(productKey, whole));
    for (const subcomponent of product.subcomponents) {
      const key = namedKey(subcomponent, readPurl);
      if (key !== undefined) keys.add(entryKey(productKey, key));
    }
  }
  return keys;
}

/** In the order of `waybill.vex.Status`: in run-time form a status is its place here. */
const statuses = ["not_affected", "affected", "fixed", "under_investigation"] as const satisfies readonly VexStatus[];

function statusOf(raw: DataValue): VexStatus | undefined {
  if (raw instanceof Known) return typeof raw.value === "number" ? statuses[raw.value] : undefined;
  return statuses.find((status) => status === raw);
}

function readStatement(
  record: DataRecord,
  document: DataRecord,
  readProduct: (product: DataRecord) => VexProduct,
): readonly VexStatement[] {
  const ids = idsOf(record, "vulnerability");
  const status = statusOf(record["status"]);
  if (ids.length === 0 || status === undefined) return [];
  const products = membersOf(record["products"], "products").items.map(recordOf);
  return [
    {
      record,
      author: textOf(document["author"]),
      ids,
      status,
      time: timeOf(record["timestamp"] ?? document["timestamp"]),
      products: products.filter((product) => product !== undefined).map(readProduct),
    },
  ];
}

function timeOf(raw: DataRecord[string]): number | undefined {
  if (raw instanceof Known) return typeof raw.value === "number" ? raw.value : undefined;
  const text = textOf(raw);
  const parsed = text === undefined ? undefined : parseTime(text);
  return parsed?.ok ? parsed.value : undefined;
}

/** What a finding asks of the index. */
export interface VexQuestion {
  /** Alias classes of its ids that some statement is about. */
  readonly vulnerabilities: readonly string[];
  /** Keys under which statements may name its component. */
  readonly component: readonly string[];
  readonly purl: DataValue;
  /** Where the purl has none. */
  readonly version: string | undefined;
  /** Findings of one key have the same answer. */
  readonly key: string;
}

/** Undefined: no statement is about any vulnerability of the finding. */
export function questionOf(index: VexIndex, finding: DataRecord): VexQuestion | undefined {
  const vulnerabilities: string[] = [];
  for (const id of idsOf(finding, "id")) {
    const vulnerability = index.classes.of(id);
    if (index.entries.has(vulnerability) && !vulnerabilities.includes(vulnerability)) vulnerabilities.push(vulnerability);
  }
  if (vulnerabilities.length === 0) return undefined;
  const component = recordOf(finding["component"]) ?? {};
  const purl = component["purl"];
  const version = textOf(finding["installed"]) ?? textOf(component["version"]);
  const named = packageOf(purl, version, index.readPurl);
  const keys = named === undefined ? [] : [named.name, named.key];
  return {
    vulnerabilities,
    component: keys,
    purl,
    version,
    key: `${vulnerabilities.join(" ")}\n${purlText(purl) ?? ""}\n${version ?? ""}`,
  };
}

/** Keys under which statements may name a subject; made once for all findings of a decision. */
export function subjectKeys(subject: VexSubject): readonly string[] {
  const keys = [...subject.digests];
  if (subject.repository !== undefined) keys.push(subject.repository);
  if (subject.purl !== undefined) keys.push(purlKey(subject.purl), packageKey(subject.purl));
  return keys;
}

/** Statements about the whole subject, whatever component a finding is on. */
export function wholeMatches(index: VexIndex, vulnerability: string, subject: VexSubject): readonly VexStatement[] {
  const entries = index.entries.get(vulnerability);
  const found = subjectKeys(subject).flatMap((product) => entries?.get(entryKey(product, whole)) ?? []);
  return found.filter(({ product }) => missOfProduct(product, subject) === undefined).map(({ statement }) => statement);
}

/** Statements that match by the component of a finding: as subcomponent of the subject, or as product. */
export function componentMatches(
  index: VexIndex,
  question: VexQuestion,
  subject: VexSubject,
  keys: readonly string[],
): readonly VexStatement[] {
  const found: VexStatement[] = [];
  for (const vulnerability of question.vulnerabilities) {
    const entries = index.entries.get(vulnerability);
    if (entries === undefined) continue;
    for (const component of question.component) {
      for (const product of keys) {
        for (const { statement, product: named } of entries.get(entryKey(product, component)) ?? nobody) {
          const purl = index.readPurl(question.purl);
          if (
            missOfProduct(named, subject) === undefined &&
            missOfSubcomponent(named, purl, question.version, index.readPurl) === undefined
          )
            found.push(statement);
        }
      }
      for (const { statement, product: named } of entries.get(entryKey(component, whole)) ?? nobody) {
        const purl = index.readPurl(question.purl);
        if (purl !== undefined && missOfComponent(named, purl, question.version) === undefined) found.push(statement);
      }
    }
  }
  return found;
}

const nobody: readonly Entry[] = [];
