/**
 * Mandatory tests of CSAF 2.0 (section 6.1), most of them about products and what refers to them, each in one pass over the document.
 * The library's own of these are not used: version 2.0.10 skips 6.1.24, 6.1.29, 6.1.32 and 6.1.33 in documents of which
 * any vulnerability has no such list, takes a flag that names a product and its group for two (6.1.33), overlooks ids named `__proto__` (6.1.2, 6.1.5), takes time that doubles with each
 * relationship (6.1.3) or grows with products times references (the others), and reads purls by a library that refuses
 * some that the current specification allows (6.1.13). 6.1.30 and 6.1.31 compile schemas at run time, which takes longer
 * than all the rest, and which a page that allows no evaluation of text cannot do. 6.1.26 asks after the names of profiles
 * only, not after their values (`csaf-vex`), and 6.1.28 takes `EN` and `en` for two languages.
 */
import { parsePurl } from "../../../language/domains/purl.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { boundTo, boundToAny, type ProductTree, productTree } from "./tree.ts";

/** A mandatory test that a document breaks: `6.1.27.9`, and where. The pointer is relative to the document. */
export interface Breach {
  readonly test: string;
  readonly pointer: string;
  readonly problem: string;
}

type Report = (test: string, pointer: string, problem: string) => void;

/** The tests that are done here, by the number of their section. */
export const productTests: ReadonlySet<string> = new Set([
  "6.1.1",
  "6.1.2",
  "6.1.3",
  "6.1.4",
  "6.1.5",
  "6.1.13",
  "6.1.24",
  "6.1.26",
  "6.1.27.9",
  "6.1.27.10",
  "6.1.28",
  "6.1.29",
  "6.1.30",
  "6.1.31",
  "6.1.32",
  "6.1.33",
]);

/** All breaches of these tests, in the order of the tests' sections within each part of the document. */
export function productBreaches(document: Json): readonly Breach[] {
  const breaches: Breach[] = [];
  const report: Report = (test, pointer, problem) => breaches.push({ test, pointer, problem });
  const tree = productTree(document);
  versioning(document, report);
  category(document, report);
  translation(document, report);
  definitions(tree, report);
  versionBranches(object(document["product_tree"]) ?? {}, "/product_tree", report);
  relationships(document, tree, report);
  for (const group of tree.groups) missing(group.products, `${group.pointer}/product_ids`, tree, report);
  const vex = object(document["document"])?.["category"] === "csaf_vex";
  for (const [index, vulnerability] of objects(document["vulnerabilities"]).entries()) {
    const pointer = `/vulnerabilities/${index}`;
    references(vulnerability, pointer, tree, report);
    unbound(vulnerability, pointer, report);
    justifications(vulnerability, pointer, tree, report);
    involvements(vulnerability, pointer, report);
    if (vex) profile(vulnerability, pointer, tree, report);
  }
  return breaches;
}

/** The values of profiles beside `csaf_base`; without the prefix they are the profiles' names. */
const profiles = ["csaf_security_incident_response", "csaf_informational_advisory", "csaf_security_advisory", "csaf_vex"];

/** 6.1.26: a document of no profile must not look as if it were of one, by the profile's name or by its value. */
function category(document: Json, report: Report): void {
  const given = text(object(document["document"])?.["category"]);
  if (given === undefined || given === "csaf_base" || profiles.includes(given)) return;
  const pointer = "/document/category";
  const like = profiles.find((profile) => [bare(profile), bare(profile.slice("csaf_".length))].includes(bare(given)));
  if (like !== undefined) report("6.1.26", pointer, `\`${given}\` looks like the profile \`${like}\`, and is not its name`);
  else if (/^csaf_/i.test(given)) report("6.1.26", pointer, `\`${given}\` begins with \`csaf_\`, which is reserved for profiles`);
}

/** Without dashes, blanks, underscores and what looks like them, and without capitals. */
function bare(category: string): string {
  return category.replace(/[\p{Dash}\p{Pc}\s]+/gu, "").toLowerCase();
}

/** 6.1.28: nothing is translated from a language into itself. Language tags have no case (RFC 5646, section 2.1.1). */
function translation(document: Json, report: Report): void {
  const head = object(document["document"]);
  const [lang, source] = [text(head?.["lang"]), text(head?.["source_lang"])];
  if (lang === undefined || source?.toLowerCase() !== lang.toLowerCase()) return;
  report("6.1.28", "/document/lang", `\`${lang}\` is the language of \`/document/source_lang\` too`);
  report("6.1.28", "/document/source_lang", `\`${source}\` is the language of \`/document/lang\` too`);
}

/** 6.1.2, 6.1.5 and 6.1.13. */
function definitions(tree: ProductTree, report: Report): void {
  const twice = repeated(tree.definitions);
  for (const { id, pointer, helper } of tree.definitions) {
    if (twice.has(id)) report("6.1.2", `${pointer}/product_id`, `product id \`${id}\` is defined more than once`);
    const purl = helper?.["purl"];
    const read = typeof purl === "string" ? parsePurl(purl) : undefined;
    if (read?.ok === false) report("6.1.13", `${pointer}/product_identification_helper/purl`, read.problem);
  }
  const groupsTwice = repeated(tree.groups);
  for (const { id, pointer } of tree.groups)
    if (groupsTwice.has(id)) report("6.1.5", `${pointer}/group_id`, `group id \`${id}\` is defined more than once`);
}

/** 6.1.30: a document counts its versions by whole numbers or by SemVer, from its first to its last. */
function versioning(document: Json, report: Report): void {
  const tracking = object(object(document["document"])?.["tracking"]);
  const numbers = objects(tracking?.["revision_history"]).map(
    ({ number }, index) => [number, `/revision_history/${index}/number`] as const,
  );
  let scheme: boolean | undefined;
  for (const [number, place] of [...numbers, [tracking?.["version"], "/version"] as const]) {
    if (typeof number !== "string") continue;
    const whole = /^\d+$/.test(number);
    scheme ??= whole;
    if (whole !== scheme)
      report(
        "6.1.30",
        `/document/tracking${place}`,
        `\`${number}\` is of another kind than the version before it: whole numbers or SemVer`,
      );
  }
}

const rangeWords: ReadonlySet<string> = new Set(["after", "all", "before", "earlier", "later", "prior", "versions"]);

/** 6.1.31: a product version is one version. */
function versionBranches(parent: Json, pointer: string, report: Report): void {
  for (const [index, branch] of objects(parent["branches"]).entries()) {
    const place = `${pointer}/branches/${index}`;
    const name = branch["category"] === "product_version" ? text(branch["name"]) : undefined;
    if (
      name !== undefined &&
      (/[<>]/.test(name) ||
        name
          .toLowerCase()
          .split(/\s+/)
          .some((word) => rangeWords.has(word)))
    )
      report("6.1.31", `${place}/name`, `\`${name}\` is a range of versions, not a version`);
    versionBranches(branch, place, report);
  }
}

function repeated(defined: readonly { readonly id: string }[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { id } of defined) (seen.has(id) ? twice : seen).add(id);
  return twice;
}

/** 6.1.1 of relationships, and 6.1.3: a product must not be made of itself. */
function relationships(document: Json, tree: ProductTree, report: Report): void {
  const given = objects(object(document["product_tree"])?.["relationships"]);
  const sides = ["product_reference", "relates_to_product_reference"] as const;
  const uses = new Map<string, readonly string[]>();
  for (const relationship of given) {
    const made = text(object(relationship["full_product_name"])?.["product_id"]);
    if (made !== undefined) uses.set(made, [...(uses.get(made) ?? []), ...sides.flatMap((side) => text(relationship[side]) ?? [])]);
  }
  const circular = onCircles(uses);
  for (const [index, relationship] of given.entries()) {
    const made = text(object(relationship["full_product_name"])?.["product_id"]);
    for (const side of sides) {
      const id = text(relationship[side]);
      if (id === undefined) continue;
      const pointer = `/product_tree/relationships/${index}/${side}`;
      if (!tree.byId.has(id)) report("6.1.1", pointer, `product id \`${id}\` is not defined`);
      if (made !== undefined && circular.get(made) !== undefined && circular.get(made) === circular.get(id))
        report("6.1.3", pointer, `product \`${made}\` is made of itself, by way of \`${id}\``);
    }
  }
}

/** For ids on circles of a graph, the circle: strongly connected parts of more than one node, or with an edge to itself (Tarjan). */
function onCircles(uses: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const circles = new Map<string, number>();
  let counter = 0;
  for (const start of uses.keys()) {
    if (order.has(start)) continue;
    const work: { readonly id: string; next: number }[] = [{ id: start, next: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1);
      if (frame === undefined) break;
      const { id } = frame;
      if (frame.next === 0) {
        order.set(id, counter);
        low.set(id, counter++);
        open.push(id);
        isOpen.add(id);
      }
      const target = uses.get(id)?.[frame.next++];
      if (target !== undefined) {
        if (!order.has(target)) work.push({ id: target, next: 0 });
        else if (isOpen.has(target)) low.set(id, Math.min(low.get(id) ?? 0, order.get(target) ?? 0));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.id;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent) ?? 0, low.get(id) ?? 0));
      if (low.get(id) !== order.get(id)) continue;
      const part = open.splice(open.lastIndexOf(id));
      for (const member of part) isOpen.delete(member);
      if (part.length > 1 || uses.get(id)?.includes(id) === true) for (const member of part) circles.set(member, order.get(id) ?? 0);
    }
  }
  return circles;
}

function missing(ids: readonly string[], pointer: string, tree: ProductTree, report: Report): void {
  for (const [index, id] of ids.entries())
    if (!tree.byId.has(id)) report("6.1.1", `${pointer}/${index}`, `product id \`${id}\` is not defined`);
}

const statuses = [
  "first_affected",
  "first_fixed",
  "fixed",
  "known_affected",
  "known_not_affected",
  "last_affected",
  "recommended",
  "under_investigation",
];

/** 6.1.1 and 6.1.4 of one vulnerability. */
function references(vulnerability: Json, pointer: string, tree: ProductTree, report: Report): void {
  const status = object(vulnerability["product_status"]);
  for (const name of statuses) missing(texts(status?.[name]), `${pointer}/product_status/${name}`, tree, report);
  for (const [index, score] of objects(vulnerability["scores"]).entries())
    missing(texts(score["products"]), `${pointer}/scores/${index}/products`, tree, report);
  for (const list of ["flags", "remediations", "threats"])
    for (const [index, item] of objects(vulnerability[list]).entries()) {
      missing(texts(item["product_ids"]), `${pointer}/${list}/${index}/product_ids`, tree, report);
      for (const [place, group] of texts(item["group_ids"]).entries())
        if (!tree.byGroup.has(group))
          report("6.1.4", `${pointer}/${list}/${index}/group_ids/${place}`, `group id \`${group}\` is not defined`);
    }
}

/** 6.1.29 and 6.1.32. */
function unbound(vulnerability: Json, pointer: string, report: Report): void {
  const look = (list: string, test: string, what: string): void => {
    for (const [index, item] of objects(vulnerability[list]).entries())
      if (item["product_ids"] === undefined && item["group_ids"] === undefined)
        report(test, `${pointer}/${list}/${index}`, `the ${what} names no product and no group`);
  };
  look("remediations", "6.1.29", "remediation");
  look("flags", "6.1.32", "flag");
}

/**
 * 6.1.33: each of the five labels of flags is a justification, and a product has at most one. A group that two flags name
 * is one product at least that both name, so that no group is looked through twice.
 */
function justifications(vulnerability: Json, pointer: string, tree: ProductTree, report: Report): void {
  const flagged = new Set<string>();
  const groups = new Set<string>();
  for (const [index, flag] of objects(vulnerability["flags"]).entries()) {
    const named = texts(flag["group_ids"]);
    const repeated = named.find((group) => groups.has(group));
    const fresh = { product_ids: flag["product_ids"], group_ids: named.filter((group) => !groups.has(group)) };
    const bound = boundTo(tree, fresh);
    const again = (repeated === undefined ? undefined : tree.byGroup.get(repeated)?.[0]) ?? bound.find((id) => flagged.has(id));
    if (again !== undefined) report("6.1.33", `${pointer}/flags/${index}`, `product \`${again}\` has more than one justification`);
    for (const id of bound) flagged.add(id);
    for (const group of named) groups.add(group);
  }
}

/** 6.1.24. */
function involvements(vulnerability: Json, pointer: string, report: Report): void {
  const seen = new Set<string>();
  for (const [index, involvement] of objects(vulnerability["involvements"]).entries()) {
    const party = text(involvement["party"]);
    const date = text(involvement["date"]);
    if (party === undefined || date === undefined) continue;
    const key = `${party} ${date}`;
    if (seen.has(key)) report("6.1.24", `${pointer}/involvements/${index}`, `party \`${party}\` is involved twice at ${date}`);
    seen.add(key);
  }
}

/** 6.1.27.9 and 6.1.27.10: what the VEX profile asks of products that are not affected, and of those that are. */
function profile(vulnerability: Json, pointer: string, tree: ProductTree, report: Report): void {
  const status = object(vulnerability["product_status"]);
  const bound = (items: readonly Json[]): ReadonlySet<string> => boundToAny(tree, items);
  const look = (name: string, said: ReadonlySet<string>, test: string, problem: string): void => {
    for (const [index, id] of texts(status?.[name]).entries())
      if (!said.has(id)) report(test, `${pointer}/product_status/${name}/${index}`, `product \`${id}\` ${problem}`);
  };
  const impacts = objects(vulnerability["threats"]).filter((threat) => threat["category"] === "impact");
  look(
    "known_not_affected",
    bound([...objects(vulnerability["flags"]), ...impacts]),
    "6.1.27.9",
    "is not affected, and neither a flag nor a threat of category `impact` says why",
  );
  look("known_affected", bound(objects(vulnerability["remediations"])), "6.1.27.10", "is affected, and no remediation says what to do");
}
