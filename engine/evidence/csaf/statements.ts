/** What a CSAF 2.0 document says about products and vulnerabilities, as statements of `waybill.vex`. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import { parseAdvisory } from "../../../language/domains/advisory.ts";
import { digestOf } from "../../../language/domains/digest.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import { ecosystemOfPurlType } from "../../../language/domains/version.ts";
import { canonicalLink, isLink } from "../cyclonedx/links.ts";
import { type Json, joined, object, objects, text, texts } from "../raw.ts";
import { note, type Shortcomings, shortcomings, type Tally } from "../vex/shortcomings.ts";
import { atVersion, readVersions } from "../vex/versions.ts";
import { boundTo, type Definition, meanings, type ProductTree, productTree } from "./tree.ts";

export interface Statements {
  readonly statements: readonly DataRecord[];
  readonly products: number;
  readonly missed: Shortcomings;
  /** More is bound to products than is read: the statements are not all there are. */
  readonly excessive: boolean;
}

/**
 * So many times a flag, a threat or a remediation may be bound to a product. Through groups, a document of a megabyte can
 * say more than a machine can hold; the largest of real ones stay far below.
 */
const mostBindings = 5_000_000;

interface Budget {
  left: number;
}

/** CSAF's names for a status (section 3.2.3.9). `recommended` is none: a version may be affected and recommended. */
const statusOf: readonly (readonly [name: string, status: string])[] = [
  ["known_affected", "affected"],
  ["first_affected", "affected"],
  ["last_affected", "affected"],
  ["known_not_affected", "not_affected"],
  ["fixed", "fixed"],
  ["first_fixed", "fixed"],
  ["under_investigation", "under_investigation"],
];

/** Reads every vulnerability: a statement for each group of products of which the same is said. `base` is the document's pointer. */
export function statementsOf(csaf: Json, document: DocumentRef, base: string): Statements {
  const tree = productTree(csaf);
  const missed = shortcomings();
  const product = productReader(tree, document, base, missed);
  const time = text(object(object(csaf["document"])?.["tracking"])?.["current_release_date"]);
  const vulnerabilities = objects(csaf["vulnerabilities"]);
  const shared = sharedIds(vulnerabilities);
  const statements: DataRecord[] = [];
  const budget: Budget = { left: mostBindings };
  let products = 0;
  for (const [index, vulnerability] of vulnerabilities.entries()) {
    const pointer = `${base}/vulnerabilities/${index}`;
    const names = identity(vulnerability, shared, pointer, missed.ids);
    const groups = grouped(vulnerability, tree, time, budget);
    if (groups.length === 0) note(missed.silent, pointer, String(names["vulnerability"]));
    for (const { list, ids, said } of groups) {
      const read = [...ids].map((id) => product(id)).filter((one) => one !== undefined);
      products += read.length;
      statements.push({
        ...names,
        ...said,
        description: notes(vulnerability, (category) => category === "description") ?? text(vulnerability["title"]),
        notes: notes(vulnerability, (category) => category !== "description" && category !== "legal_disclaimer"),
        products: read,
        [origin]: { document, pointer, fields: fieldsOf(vulnerability, list) },
      });
    }
  }
  return { statements, products, missed, excessive: budget.left < 0 };
}

function fieldsOf(vulnerability: Json, list: string): Readonly<Record<string, string>> {
  const place = (name: string): string => (name in vulnerability ? `/${name}` : "");
  return {
    vulnerability: "cve" in vulnerability ? "/cve" : "/ids/0/text",
    aliases: place("ids"),
    description: place("notes"),
    status: `/product_status/${list}`,
    products: `/product_status/${list}`,
    justification: place("flags"),
    impact: place("threats"),
    action: place("remediations"),
    responses: place("remediations"),
    timestamp: "#/document/tracking/current_release_date",
  };
}

function notes(vulnerability: Json, counts: (category: string) => boolean): string | undefined {
  return joined(
    objects(vulnerability["notes"]).map((one) => (counts(String(one["category"])) ? text(one["text"]) : undefined)),
    "\n\n",
  );
}

/** Texts of `ids` that stand at more than one vulnerability: an advisory's or a release's, not the vulnerability's. */
function sharedIds(vulnerabilities: readonly Json[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const vulnerability of vulnerabilities)
    for (const id of new Set(objects(vulnerability["ids"]).map((one) => String(one["text"])))) (seen.has(id) ? shared : seen).add(id);
  return shared;
}

/** An id that only means something beside its system's name (`2177382`): nothing else is to be equal to it. */
const bare = /^[\d\W_]*$/;

/**
 * The vulnerability and its aliases. Ids are tracking ids of any kind (section 3.2.3.6): only those that name the
 * vulnerability on their own, and no other one of the document, are names of the same thing (OSV, "aliases").
 */
function identity(vulnerability: Json, shared: ReadonlySet<string>, pointer: string, tally: Tally): DataRecord {
  const cve = text(vulnerability["cve"]);
  const usable: string[] = [];
  for (const [index, id] of objects(vulnerability["ids"]).entries()) {
    const name = text(id["text"]);
    if (name === undefined || name === cve) continue;
    if (bare.test(name) || shared.has(name) || !parseAdvisory(name).ok) note(tally, `${pointer}/ids/${index}`, name);
    else usable.push(name);
  }
  if (cve !== undefined) return { vulnerability: cve, aliases: usable };
  const [first, ...aliases] = usable;
  return { vulnerability: first ?? new Lack("missing", "the document gives the vulnerability no id of its own"), aliases };
}

interface Group {
  /** The list of the product status that the first of its products is in. */
  readonly list: string;
  readonly ids: Set<string>;
  readonly said: DataRecord;
}

/** Products by what is said of them. */
function grouped(vulnerability: Json, tree: ProductTree, time: string | undefined, budget: Budget): readonly Group[] {
  const status = object(vulnerability["product_status"]);
  if (status === undefined) return [];
  const flags = bindings(vulnerability, "flags", tree, () => true, budget);
  const impacts = bindings(vulnerability, "threats", tree, (threat) => threat["category"] === "impact", budget);
  const remedies = bindings(vulnerability, "remediations", tree, () => true, budget);
  const groups = new Map<string, Group>();
  for (const [list, name] of statusOf) {
    for (const id of texts(status[list])) {
      const flagged = name === "not_affected" ? (flags.get(id) ?? none) : none;
      const assessed = name === "not_affected" || name === "fixed" ? (impacts.get(id) ?? none) : none;
      const remedy = remedies.get(id) ?? none;
      const key = [name, ...[flagged, assessed, remedy].map((items) => items.map(({ index }) => index).join())].join(";");
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { list, ids: new Set([id]), said: said(name, flagged, assessed, remedy, time) });
      else group.ids.add(id);
    }
  }
  return [...groups.values()];
}

interface Bound {
  readonly index: number;
  readonly item: Json;
}
const none: readonly Bound[] = [];

function bindings(
  vulnerability: Json,
  list: string,
  tree: ProductTree,
  counts: (item: Json) => boolean,
  budget: Budget,
): ReadonlyMap<string, readonly Bound[]> {
  const found = new Map<string, Bound[]>();
  for (const [index, item] of objects(vulnerability[list]).entries()) {
    if (!counts(item)) continue;
    const one = { index, item };
    const bound = boundTo(tree, item);
    budget.left -= bound.length;
    if (budget.left < 0) return found;
    for (const id of bound) {
      const before = found.get(id);
      if (before === undefined) found.set(id, [one]);
      else before.push(one);
    }
  }
  return found;
}

/** That a product is not affected, or fixed, holds from when it was assessed; everything else from the release of the document. */
function said(
  status: string,
  flags: readonly Bound[],
  assessed: readonly Bound[],
  remedies: readonly Bound[],
  time: string | undefined,
): DataRecord {
  const [flag, ...more] = flags;
  const label = text(flag?.item["label"]);
  return {
    status,
    justification: more.length === 0 ? label : new Lack("conflict", "the product is flagged with more than one justification"),
    impact: joined(status === "not_affected" ? assessed.map(({ item }) => text(item["details"])) : [], "\n\n"),
    action: joined([...new Set(remedies.map(({ item }) => joined([text(item["details"]), text(item["url"])], " ")))], "\n\n"),
    responses: [...new Set(remedies.flatMap(({ item }) => text(item["category"]) ?? []))],
    timestamp: text(flag?.item["date"]) ?? text(assessed[0]?.item["date"]) ?? time,
  };
}

type ReadProduct = (id: string) => DataRecord | undefined;

/** Products by id. What a definition says is read once, and counted once where it is not understood. */
function productReader(tree: ProductTree, document: DocumentRef, base: string, missed: Shortcomings): ReadProduct {
  const meaningOf = meanings(tree);
  const done = new Map<string, DataRecord | undefined>();
  const wholes = new Map<Definition, DataRecord>();
  return (id) => {
    if (done.has(id)) return done.get(id);
    const meant = meaningOf(id);
    const whole = meant && (wholes.get(meant.product) ?? readProduct(meant.product, document, base, missed));
    if (meant && whole) wholes.set(meant.product, whole);
    const record = meant?.part === undefined || whole === undefined ? whole : { ...whole, subcomponents: [partName(meant.part)] };
    done.set(id, record);
    return record;
  };
}

const productFields = (helper: string): Readonly<Record<string, string>> => ({
  id: "/product_id",
  supplier: "",
  version: "",
  versions: "",
  purl: helper,
  cpe: helper,
  digests: helper,
  subcomponents: "",
});

function readProduct(product: Definition, document: DocumentRef, base: string, missed: Shortcomings): DataRecord {
  const pointer = base + product.pointer;
  const { helper, range } = product;
  const purl = text(helper?.["purl"]);
  const digests = digestsOf(helper, pointer, missed.hashes);
  const link = linkOf(helper);
  const versions = range === undefined ? undefined : rangeOf(range, purl, pointer, missed.ranges);
  const named = product.version !== undefined || versions !== undefined;
  if (purl === undefined && digests.length === 0 && link === undefined && !named) note(missed.products, pointer, product.id);
  return {
    id: link ?? product.id,
    name: product.product ?? product.name,
    supplier: product.vendor,
    version: product.version,
    versions,
    purl,
    cpe: text(helper?.["cpe"]),
    digests,
    subcomponents: [],
    [origin]: { document, pointer, fields: productFields(helper === undefined ? "" : "/product_identification_helper") },
  };
}

/** A BOM-Link to a component (ECMA-424), where the document gives one. */
function linkOf(helper: Json | undefined): string | undefined {
  const link = objects(helper?.["x_generic_uris"])
    .map(({ uri }) => text(uri))
    .find((uri) => uri !== undefined && isLink(uri) && uri.includes("#"));
  return link === undefined ? undefined : canonicalLink(link);
}

/** The part of a product by its purl, with the version of its branch where the purl has none; else by BOM-Link or name. */
function partName(part: Definition): string {
  const purl = text(part.helper?.["purl"]);
  if (purl === undefined) return linkOf(part.helper) ?? part.name;
  const read = parsePurl(purl);
  return read.ok && read.value.version === undefined && part.version !== undefined ? (atVersion(purl, part.version) ?? purl) : purl;
}

function digestsOf(helper: Json | undefined, pointer: string, tally: Tally): readonly string[] {
  return objects(helper?.["hashes"]).flatMap((file, place) =>
    objects(file["file_hashes"]).flatMap((hash, index) => {
      const digest = digestOf(String(hash["algorithm"]), String(hash["value"]));
      if (digest.ok) return [digest.value];
      note(tally, `${pointer}/product_identification_helper/hashes/${place}/file_hashes/${index}`, digest.problem);
      return [];
    }),
  );
}

function rangeOf(range: string, purl: string | undefined, pointer: string, tally: Tally): DataValue {
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  const read = readVersions(range, parsed?.ok ? ecosystemOfPurlType(parsed.value.type) : undefined);
  if (!read.ok) note(tally, pointer, read.problem);
  return read.value;
}
