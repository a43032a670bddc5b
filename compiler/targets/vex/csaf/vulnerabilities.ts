/**
 * `vulnerabilities` of a CSAF 2.0 document (section 3.2.3). A vulnerability stands once (6.1.23), and a product in it has
 * one status (6.1.6): of several statements about the same product the newest stands, of those that are equally new the one
 * that suppresses least.
 */
import { rfc3339 } from "../../../../engine/decide/instant.ts";
import type { VexAssertion, VexDocument, VexNamedProduct, VexStatus } from "../../../../engine/decide/vex/document.ts";
import { given, type Json } from "../fields.ts";
import { asRemediation, outlives, suppresses, unstated } from "../words.ts";
import { isWider, type TreeBuilder } from "./tree.ts";

const groups: Readonly<Record<VexStatus, string>> = {
  not_affected: "known_not_affected",
  affected: "known_affected",
  fixed: "fixed",
  under_investigation: "under_investigation",
};

/** The less it suppresses, the greater. */
const weight: Readonly<Record<VexStatus, number>> = { not_affected: 0, fixed: 1, under_investigation: 2, affected: 3 };

const cveShape = /^CVE-[0-9]{4}-[0-9]{4,}$/;

interface Entry {
  readonly names: Set<string>;
  /** By product id, the statement that stands. */
  readonly standing: Map<string, VexAssertion>;
  readonly statements: VexAssertion[];
}

export function vulnerabilitiesOf(document: VexDocument, tree: TreeBuilder, time: number): readonly Json[] {
  const entries = new Map<string, Entry>();
  const classOf = classes(document);
  for (const statement of document.statements) {
    const products = outlives(statement) ? [] : statement.products.filter((product) => !(suppresses(statement.status) && isWider(product)));
    if (products.length === 0) continue;
    const { key, names } = classOf(statement);
    const entry: Entry = entries.get(key) ?? { names: new Set(), standing: new Map(), statements: [] };
    entries.set(key, entry);
    for (const name of names) entry.names.add(name);
    entry.statements.push(statement);
    for (const product of products) stand(entry.standing, statement, product, tree, time);
  }
  return [...entries.values()].map((entry) => vulnerabilityOf(entry, time));
}

/** What is written as one vulnerability. */
interface Vulnerability {
  readonly key: string;
  readonly names: readonly string[];
}

/**
 * Names of one vulnerability, over all statements: an id at two vulnerabilities would be an alias of neither. Two CVEs are
 * two vulnerabilities nevertheless, or what is said of one would be said of the other: there each statement has its own names, of
 * which one is a CVE.
 */
function classes(document: VexDocument): (statement: VexAssertion) => Vulnerability {
  const above = new Map<string, string>();
  const find = (name: string): string => {
    let at = name;
    for (let next = above.get(at); next !== undefined; next = above.get(at)) at = next;
    return at;
  };
  for (const { vulnerability, aliases } of document.statements) {
    for (const alias of aliases) {
      const [a, b] = [find(vulnerability), find(alias)];
      if (a !== b) above.set(a, b);
    }
  }
  const cves = new Map<string, Set<string>>();
  for (const { vulnerability, aliases } of document.statements)
    for (const name of [vulnerability, ...aliases])
      if (cveShape.test(name)) cves.set(find(name), (cves.get(find(name)) ?? new Set()).add(name));
  return ({ vulnerability, aliases }) => {
    const names = [vulnerability, ...aliases];
    const key = find(vulnerability);
    if ((cves.get(key)?.size ?? 0) < 2) return { key, names };
    const own = names.find((name) => cveShape.test(name));
    return { key: own ?? vulnerability, names: names.filter((name) => name === own || !cveShape.test(name)) };
  };
}

function stand(
  standing: Map<string, VexAssertion>,
  statement: VexAssertion,
  product: VexNamedProduct,
  tree: TreeBuilder,
  time: number,
): void {
  for (const id of tree.add(product)) {
    const before = standing.get(id);
    if (before === undefined || outranks(statement, before, time)) standing.set(id, statement);
  }
}

function outranks(statement: VexAssertion, before: VexAssertion, time: number): boolean {
  const newer = (statement.timestamp ?? time) - (before.timestamp ?? time);
  return newer !== 0 ? newer > 0 : weight[statement.status] > weight[before.status];
}

function vulnerabilityOf({ names, standing, statements }: Entry, time: number): Json {
  const cve = [...names].find((name) => cveShape.test(name));
  const ids = [...names].filter((name) => name !== cve).map((name) => ({ system_name: systemOf(name), text: name }));
  const status: { [group: string]: string[] } = {};
  const flags = new Gathered();
  const threats = new Gathered();
  const remediations = new Gathered();
  for (const [id, statement] of standing) {
    const group = groups[statement.status];
    const ids = status[group] ?? [];
    status[group] = ids;
    ids.push(id);
    const date = rfc3339(statement.timestamp ?? time);
    const { justification, impact } = statement;
    if (justification !== undefined && statement.status === "not_affected") flags.add({ date, label: justification }, id);
    const reason = impact ?? (needsReason(statement, time) ? reasonOf(statement) : undefined);
    if (reason !== undefined) threats.add({ category: "impact", date, details: reason }, id);
    for (const remediation of remediationsOf(statement)) remediations.add({ ...remediation, date }, id);
  }
  return {
    ...given({ cve, ids: ids.length === 0 ? undefined : ids }),
    ...(flags.size === 0 ? {} : { flags: flags.items() }),
    notes: notesOf(statements, cve ?? statements[0]?.vulnerability ?? ""),
    product_status: Object.fromEntries(
      Object.values(groups).flatMap((group) => (status[group] === undefined ? [] : [[group, status[group]]])),
    ),
    ...(remediations.size === 0 ? {} : { remediations: remediations.items() }),
    ...(threats.size === 0 ? {} : { threats: threats.items() }),
  };
}

/** Equal entries once, with every product that they are bound to. */
class Gathered {
  readonly #byText = new Map<string, { readonly item: Json; readonly ids: string[] }>();
  get size(): number {
    return this.#byText.size;
  }
  add(item: Json, id: string): void {
    const text = JSON.stringify(item);
    const known = this.#byText.get(text) ?? { item, ids: [] };
    known.ids.push(id);
    this.#byText.set(text, known);
  }
  items(): readonly Json[] {
    return [...this.#byText.values()].map(({ item, ids }) => ({ ...item, product_ids: ids }));
  }
}

/** Without a justification CSAF asks for a reason in words (6.1.27.9). What was fixed has no other place for when it was assessed: dated anew, it would outlast what came since. */
function needsReason({ status, justification, timestamp }: VexAssertion, time: number): boolean {
  if (status === "fixed") return timestamp !== undefined && timestamp < time;
  return status === "not_affected" && justification === undefined;
}

function reasonOf({ ownJustification, state }: VexAssertion): string {
  return ownJustification ?? (state === undefined || state === "not_affected" ? unstated.impact : state);
}

/**
 * An affected product needs one (6.1.27.10), and each has a category: `mitigation` is what any action is, `none_available`
 * promises least where the source says nothing.
 */
function remediationsOf(statement: VexAssertion): readonly Json[] {
  const categories = [...new Set(statement.responses.flatMap((response) => asRemediation(response) ?? []))];
  const details = statement.action ?? unstated.action;
  if (categories.length > 0) return categories.map((category) => ({ category, details }));
  if (statement.action !== undefined) return [{ category: "mitigation", details }];
  return statement.status === "affected" ? [{ category: "none_available", details }] : [];
}

function notesOf(statements: readonly VexAssertion[], name: string): readonly Json[] {
  const descriptions = new Set(statements.flatMap(({ description }) => description ?? []));
  const details = new Set(statements.flatMap(({ notes }) => notes ?? []));
  const notes = [
    ...[...descriptions].map((text) => ({ category: "description", text })),
    ...[...details].map((text) => ({ category: "details", text })),
  ];
  // A vulnerability has notes (6.1.27.5): where nothing is said of it, its name.
  return notes.length === 0 ? [{ category: "description", text: name }] : notes;
}

/** Who gives out names of this kind, as far as the name tells. */
export function systemOf(name: string): string {
  return /^[A-Za-z]+(?=-)/.exec(name)?.[0] ?? "unknown";
}
