/**
 * Reading VEX: `finding is resolved by …` (library.md, "Findings"; semantics, section 10). The newest statement about
 * the vulnerability that matches product and subcomponent decides; `not_affected` and `fixed` resolve.
 *
 * A statement about a product without subcomponents is about everything in it, and one whose product is the finding's
 * own component is about that component wherever it is.
 */
import type { DataRecord } from "../../../language/core/data.ts";
import { type Purl, purlKey } from "../../../language/domains/purl.ts";
import { parseTime, showTime } from "../../../language/domains/time.ts";
import { AliasClasses, idsOf } from "./aliases.ts";
import { membersOf, type PurlReader, purlReader, recordOf, textOf } from "./raw.ts";
import {
  missOfComponent,
  missOfProduct,
  missOfSubcomponent,
  productKeys,
  readProduct,
  subjectKeys,
  type VexProduct,
  type VexSubject,
} from "./vex-product.ts";

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

/** Statements by vulnerability, product and subcomponent. Built once from documents, for any subject. */
export interface VexIndex {
  readonly statements: readonly VexStatement[];
  readonly classes: AliasClasses;
  /** By `entryKey`. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly readPurl: PurlReader;
}

/** Subcomponent key of a statement about a whole product. */
const whole = "*";

function entryKey(vulnerability: string, product: string, subcomponent: string): string {
  return `${vulnerability}\n${product}\n${subcomponent}`;
}

/**
 * Reads and indexes documents (`waybill.vex.Document`), once; linear in their statements. A statement whose status
 * cannot be read, or that names no vulnerability, says nothing and is left out.
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
  for (const productKey of productKeys(product)) {
    if (product.subcomponents.length === 0) keys.add(entryKey(vulnerability, productKey, whole));
    for (const { purl } of product.subcomponents) if (purl !== undefined) keys.add(entryKey(vulnerability, productKey, purlKey(purl)));
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

/** What VEX says of a finding in one decision. */
export type Resolution =
  /** `by` are the statements that decide: the newest, and every one of the same instant. */
  | { readonly kind: "resolved"; readonly by: readonly VexStatement[]; readonly flipsAt: number | undefined }
  /** Empty `by`: no statement matched. */
  | { readonly kind: "unresolved"; readonly by: readonly VexStatement[]; readonly flipsAt: number | undefined }
  /** The newest statements contradict each other. */
  | { readonly kind: "conflict"; readonly by: readonly VexStatement[]; readonly detail: string; readonly flipsAt: number | undefined };

/**
 * A reader of what the statements say of findings of one subject. `now` (microseconds) is the clock: a statement from
 * the future that would resolve counts only from then on (`flipsAt` is the earliest such instant), one that would not
 * counts at once. Without a clock every statement counts. A statement without a time cannot be ordered: it decides only
 * where no other says something else.
 */
export function vexReader(index: VexIndex, subject: VexSubject, now: number | undefined): (finding: DataRecord) => Resolution {
  const answers = new Map<string, Resolution>();
  return (finding) => {
    const question = questionOf(index, finding);
    const key = `${question.vulnerabilities.join(" ")}\n${question.purl?.text ?? ""}\n${question.version ?? ""}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = resolutionOf(matching(index, question, subject), now);
    answers.set(key, answer);
    return answer;
  };
}

function resolutionOf(statements: readonly VexStatement[], now: number | undefined): Resolution {
  const { inForce, flipsAt } = separate(statements, now);
  const newest = inForce.reduce((latest, statement) => Math.max(latest, statement.time ?? latest), Number.NEGATIVE_INFINITY);
  const by = inForce.filter((statement) => statement.time === undefined || statement.time === newest);
  const [first] = by;
  if (first === undefined) return { kind: "unresolved", by, flipsAt };
  const other = by.find((statement) => suppresses(statement) !== suppresses(first));
  if (other !== undefined) return { kind: "conflict", by, detail: contradiction(first, other), flipsAt };
  return { kind: suppresses(first) ? "resolved" : "unresolved", by, flipsAt };
}

function suppresses(statement: VexStatement): boolean {
  return statement.status === "not_affected" || statement.status === "fixed";
}

function separate(
  statements: readonly VexStatement[],
  now: number | undefined,
): { readonly inForce: readonly VexStatement[]; readonly flipsAt: number | undefined } {
  if (now === undefined) return { inForce: statements, flipsAt: undefined };
  let flipsAt: number | undefined;
  const inForce = statements.filter((statement) => {
    if (statement.time === undefined || statement.time <= now || !suppresses(statement)) return true;
    flipsAt = Math.min(flipsAt ?? statement.time, statement.time);
    return false;
  });
  return { inForce, flipsAt };
}

function contradiction(a: VexStatement, b: VexStatement): string {
  const claim = (statement: VexStatement): string =>
    `${statement.author ?? "one author"} says ${statement.status}${statement.time === undefined ? " without a time" : ` at ${showTime(statement.time)}`}`;
  return `VEX statements of equal rank disagree: ${claim(a)}, ${claim(b)}`;
}

/** What a finding asks of the index. */
export interface VexQuestion {
  /** Alias classes of its ids. */
  readonly vulnerabilities: readonly string[];
  readonly purl: Purl | undefined;
  /** Where the purl has none. */
  readonly version: string | undefined;
}

export function questionOf(index: VexIndex, finding: DataRecord): VexQuestion {
  const component = recordOf(finding["component"]) ?? {};
  return {
    vulnerabilities: [...new Set(idsOf(finding, "id").map((id) => index.classes.of(id)))],
    purl: index.readPurl(component["purl"]),
    version: textOf(finding["installed"]) ?? textOf(component["version"]),
  };
}

/** The statements that match, each once. Looks at those only that share vulnerability, product and subcomponent. */
export function matching(index: VexIndex, { vulnerabilities, purl, version }: VexQuestion, subject: VexSubject): readonly VexStatement[] {
  const found = new Set<VexStatement>();
  const subcomponents = purl === undefined ? [whole] : [whole, purlKey(purl)];
  for (const vulnerability of vulnerabilities) {
    for (const product of subjectKeys(subject)) {
      for (const subcomponent of subcomponents) {
        for (const entry of index.entries.get(entryKey(vulnerability, product, subcomponent)) ?? []) {
          if (missOfProduct(entry.product, subject) === undefined && missOfSubcomponent(entry.product, purl, version) === undefined)
            found.add(entry.statement);
        }
      }
    }
    if (purl === undefined) continue;
    for (const entry of index.entries.get(entryKey(vulnerability, purlKey(purl), whole)) ?? []) {
      if (missOfComponent(entry.product, purl, version) === undefined) found.add(entry.statement);
    }
  }
  return [...found];
}
