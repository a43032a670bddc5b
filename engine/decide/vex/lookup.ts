/**
 * VEX statements, hashed by vulnerability, product and subcomponent, so that a finding meets only those that may be about
 * it. A statement about a product without subcomponents is about everything in it.
 */
import { type DataRecord, type DataValue, origin } from "../../../language/core/data.ts";
import { digestOf } from "../../../language/domains/digest.ts";
import { type Purl, purlKey, versionOfPurl } from "../../../language/domains/purl.ts";
import { AliasClasses, idReader, idsOf } from "../../evaluate/intrinsics/aliases.ts";
import { packageOf, purlText } from "../../evaluate/intrinsics/package-key.ts";
import { membersOf, type PurlReader, purlReader, recordOf, textOf } from "../../evaluate/intrinsics/raw.ts";
import { type Place, placeOf } from "./graph.ts";
import {
  bomKey,
  bomLink,
  canonicalDigest,
  isComparable,
  linkKey,
  type Named,
  ownLink,
  productReader,
  type Versions,
  type VexProduct,
  versionHash,
} from "./product.ts";
import { cvesByClass, type Several, severalOf } from "./several.ts";
import { readStatements, type VexStatement, type VexTier } from "./statement.ts";
import type { VexSubject } from "./subject.ts";

/** A statement with one of its products, and of that one subcomponent; undefined: it is about the whole product. */
export interface Entry {
  readonly statement: VexStatement;
  readonly product: VexProduct;
  readonly subcomponent: string | undefined;
}

/** Built once from documents, for any subject. */
export interface VexIndex {
  readonly statements: readonly VexStatement[];
  /** Statements that say nothing that can be read: without a vulnerability, or with an unknown status. */
  readonly unread: readonly DataRecord[];
  /** Of each tier. */
  readonly classes: readonly AliasClasses[];
  /** The CVEs of the classes of each tier. */
  readonly cves: readonly ReadonlyMap<string, ReadonlySet<string>>[];
  /** By alias class of the vulnerability, then by `pairKey`. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, readonly Entry[]>>;
  /** Keys with a version, by their name: what something without a version may be. */
  readonly versioned: ReadonlyMap<string, ReadonlySet<string>>;
  /** Ways of naming things that some statement has. */
  readonly kinds: ReadonlySet<"digest" | "link" | "name">;
  readonly readPurl: PurlReader;
}

/** In the place of a subcomponent: the whole product. */
export const whole = "*";

export function pairKey(product: string, subcomponent: string): string {
  return `${product}\n${subcomponent}`;
}

/**
 * Reads and indexes documents (`waybill.vex.Document`); the first tier is the most trusted. Linear in their statements.
 */
export function indexVex(tiers: readonly VexTier[]): VexIndex {
  const readPurl = purlReader();
  const { statements, unread } = readStatements(tiers, productReader(readPurl));
  const { classes, cves } = classesOf(tiers, statements);
  const entries = new Map<string, Map<string, Entry[]>>();
  const byIds = tiers.map(() => new Map<readonly string[], readonly Map<string, Entry[]>[]>());
  const keys = new Keys(readPurl);
  for (const statement of statements) {
    let known = byIds[statement.tier]?.get(statement.ids);
    if (known === undefined) {
      known = vulnerabilitiesOf(classes, statement.tier, statement.ids).map((vulnerability) => entriesOf(entries, vulnerability));
      byIds[statement.tier]?.set(statement.ids, known);
    }
    for (const product of statement.products) for (const each of known) addProduct(each, statement, product, keys);
  }
  return { statements, unread, classes, cves, entries, versioned: keys.versioned, kinds: keys.kinds, readPurl };
}

/**
 * The alias classes of each tier: what its own statements and those of tiers that are trusted more say. Who is trusted less, or
 * was superseded, does not say which vulnerabilities are one: the words of others would reach further than they meant.
 */
function classesOf(tiers: readonly VexTier[], statements: readonly VexStatement[]): Pick<VexIndex, "classes" | "cves"> {
  const made: AliasClasses[] = tiers.map(() => new AliasClasses());
  const linking = new Map<readonly string[], number>();
  for (const { ids, tier, trusted, source } of statements) {
    if (ids.length > 1 && trusted && source.superseded === undefined) linking.set(ids, Math.min(tier, linking.get(ids) ?? tier));
  }
  for (const [ids, from] of linking) for (const classes of made.slice(from)) classes.link(ids);
  const linked = (tier: number): readonly (readonly string[])[] => [...linking].flatMap(([ids, from]) => (from <= tier ? [ids] : []));
  return { classes: made, cves: made.map((classes, tier) => cvesByClass(linked(tier), classes)) };
}

/** The classes of ids as one tier has them; of the first tier by name alone. */
function vulnerabilitiesOf(classes: readonly AliasClasses[], tier: number, ids: readonly string[]): readonly string[] {
  const own = classes[tier];
  if (own === undefined) return nobody;
  const prefix = tier === 0 ? "" : `${tier} `;
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return [prefix + own.of(only)];
  return [...new Set(ids.map((id) => prefix + own.of(id)))];
}

/** Names of the vulnerability of a statement; findings of one of them may be its. */
export function vulnerabilitiesOfStatement(index: VexIndex, { tier, ids }: VexStatement): readonly string[] {
  return vulnerabilitiesOf(index.classes, tier, ids);
}

function entriesOf(entries: Map<string, Map<string, Entry[]>>, vulnerability: string): Map<string, Entry[]> {
  const known = entries.get(vulnerability) ?? new Map<string, Entry[]>();
  entries.set(vulnerability, known);
  return known;
}

function addProduct(known: Map<string, Entry[]>, statement: VexStatement, product: VexProduct, keys: Keys): void {
  const productKeys = keys.ofProduct(product);
  const { subcomponents } = product;
  // A part that nobody can name may be any of them: for what warns, and not for what silences.
  if (subcomponents.length === 0 || (!statement.suppresses && subcomponents.includes(""))) {
    const entry = { statement, product, subcomponent: undefined };
    for (const key of productKeys) add(known, pairKey(key, whole), entry);
  }
  for (const subcomponent of subcomponents) {
    const entry = { statement, product, subcomponent };
    for (const below of keys.ofSubcomponent(subcomponent, statement)) for (const key of productKeys) add(known, pairKey(key, below), entry);
  }
}

function add(known: Map<string, Entry[]>, key: string, entry: Entry): void {
  const alike = known.get(key);
  if (alike === undefined) known.set(key, [entry]);
  else alike.push(entry);
}

/** Makes the keys of what statements name, and keeps account of them. */
class Keys {
  readonly versioned = new Map<string, Set<string>>();
  readonly kinds = new Set<"digest" | "link" | "name">();
  readonly #readPurl: PurlReader;
  readonly #subcomponents = new Map<string, readonly string[]>();

  constructor(readPurl: PurlReader) {
    this.#readPurl = readPurl;
  }

  ofProduct(product: VexProduct): readonly string[] {
    const keys: string[] = [];
    for (const digest of product.digests) keys.push(`d:${digest}`);
    for (const repository of product.repositories) keys.push(`r:${repository}`);
    for (const link of product.links) keys.push(`l:${link}`);
    if (product.digests.length > 0) this.kinds.add("digest");
    if (product.links.length > 0) this.kinds.add("link");
    const { purl, versions, name } = product;
    if (purl !== undefined) {
      const digest = purl.type === "oci" && purl.version !== undefined;
      keys.push(this.#ofPurl(purl, digest ? { kind: "exact", text: purl.version ?? "" } : versions));
    } else if (name !== undefined && product.digests.length === 0 && versions.kind !== "any") {
      this.kinds.add("name");
      keys.push(nameKey(name));
    }
    return keys;
  }

  ofSubcomponent(text: string, statement: VexStatement): readonly string[] {
    const plain = this.#subcomponents.get(text) ?? this.#plain(text);
    const own = ownLink(statement.source.place, text);
    if (own === undefined) return plain;
    this.kinds.add("link");
    return [...plain, `l:${own}`];
  }

  #plain(text: string): readonly string[] {
    const keys = this.#read(text);
    this.#subcomponents.set(text, keys);
    return keys;
  }

  #read(text: string): readonly string[] {
    const purl = this.#readPurl(text);
    if (purl !== undefined) {
      const version = versionOfPurl(purl);
      return [this.#ofPurl(purl, version === undefined ? { kind: "any" } : { kind: "exact", text: version.text })];
    }
    const link = bomLink(text);
    const digest = canonicalDigest(text);
    this.kinds.add(link !== undefined ? "link" : digest !== undefined ? "digest" : "name");
    if (link !== undefined) return [`l:${linkKey(link.bom, link.ref)}`];
    return [digest === undefined ? nameKey(text) : `d:${digest}`];
  }

  /** With the version where there is one that can be compared. */
  #ofPurl(purl: Purl, versions: Versions): string {
    const name = purlNameKey(purlKey(purl));
    if (versions.kind !== "exact" || !isComparable(purl.type, versions.text)) return name;
    const key = versionedKey(name, versions.text);
    const alike = this.versioned.get(name);
    if (alike === undefined) this.versioned.set(name, new Set([key]));
    else alike.add(key);
    return key;
  }
}

function purlNameKey(name: string): string {
  return `p:${name}`;
}

function versionedKey(name: string, text: string): string {
  return `${name}@${versionHash(text)}`;
}

function nameKey(name: string): string {
  return `n:${name}`;
}

/** The keys under which statements may name a package: of every version, of its own, of any where that is not known. */
function packageKeys(index: VexIndex, purl: DataValue, version: string | undefined): readonly string[] {
  const named = packageOf(purl, version, index.readPurl);
  if (named === undefined) return nobody;
  const name = purlNameKey(named.name);
  const text = named.key.slice(named.name.length + 1);
  const known = text !== "" && isComparable(named.name.slice(0, named.name.indexOf("/")), text);
  return known ? [name, versionedKey(name, text)] : [name, ...(index.versioned.get(name) ?? nobody)];
}

const nobody: readonly string[] = [];

/** What a finding asks of the index. */
export interface VexQuestion {
  /** Alias classes of its ids, in each tier, that some statement is about. */
  readonly vulnerabilities: readonly string[];
  /** Its names, for each tier by whose words they lead to more than one CVE. */
  readonly several: readonly (Several | undefined)[];
  readonly component: DataRecord;
  /** Where the purl has none. */
  readonly version: string | undefined;
  /** Where the component stands in its bill of materials, if that is known. */
  readonly place: Place | undefined;
}

/**
 * A reader of the vulnerabilities of findings that some statement is about. Findings of the same ids have one list between
 * them. It lives as long as one decision: it holds every id that it has seen.
 */
export function spokenReader(index: VexIndex): (finding: DataRecord) => readonly string[] {
  const readIds = idReader();
  const seen = new Map<readonly string[], readonly string[]>();
  return (finding) => {
    const ids = readIds(finding, "id");
    let vulnerabilities = seen.get(ids);
    if (vulnerabilities === undefined) {
      vulnerabilities = spokenOf(index, ids);
      seen.set(ids, vulnerabilities);
    }
    return vulnerabilities;
  };
}

/** A reader of what findings ask; undefined: no statement is about any vulnerability of the finding. */
export function questionReader(index: VexIndex, spoken = spokenReader(index)): (finding: DataRecord) => VexQuestion | undefined {
  const known = new Map<readonly string[], readonly (Several | undefined)[]>();
  return (finding) => {
    const vulnerabilities = spoken(finding);
    if (vulnerabilities.length === 0) return undefined;
    let several = known.get(vulnerabilities);
    if (several === undefined) {
      several = severalIn(index, idsOf(finding, "id"));
      known.set(vulnerabilities, several);
    }
    const component = recordOf(finding["component"]) ?? noComponent;
    const version = textOf(finding["installed"]) ?? textOf(component["version"]);
    return { vulnerabilities, several, component, version, place: placeOf(component) };
  };
}

/** `severalOf` for each tier, with what its statements take for names of what the ids name. */
function severalIn({ classes, cves }: VexIndex, ids: readonly string[]): readonly (Several | undefined)[] {
  const [only = ""] = ids;
  if (ids.length === 1 && classes.every((own, tier) => isAlone(only, cves[tier]?.get(own.of(only))))) return single;
  const all = classes.map((own, tier) =>
    severalOf(
      ids,
      ids.flatMap((id) => [...(cves[tier]?.get(own.of(id)) ?? nobody)]),
    ),
  );
  return all.some((one) => one !== undefined) ? all : single;
}

const single: readonly undefined[] = [];

/** Whether the name leads to no CVE, to itself, or from no CVE to one. */
function isAlone(id: string, taken: ReadonlySet<string> | undefined): boolean {
  return taken === undefined || taken.size === 0 || (taken.size === 1 && (taken.has(id) || !id.startsWith("CVE-")));
}

/** The alias classes of ids, in each tier, that some statement is about. */
function spokenOf(index: VexIndex, ids: readonly string[]): readonly string[] {
  const [only] = ids;
  const [classes] = index.classes;
  if (ids.length === 1 && only !== undefined && index.classes.length === 1 && classes !== undefined) {
    const vulnerability = classes.of(only);
    return index.entries.has(vulnerability) ? [vulnerability] : nobody;
  }
  const found: string[] = [];
  for (let tier = 0; tier < index.classes.length; tier++) {
    for (const vulnerability of vulnerabilitiesOf(index.classes, tier, ids)) {
      if (index.entries.has(vulnerability)) found.push(vulnerability);
    }
  }
  return found.sort();
}

const noComponent: DataRecord = {};

/** Findings of the same vulnerabilities and one key are one question. `identity` tells records apart, where more than purl and version counts. */
export function keyOfComponent(index: VexIndex, question: VexQuestion, identity: (record: DataRecord) => number): string {
  const { component, version, place } = question;
  const { kinds } = index;
  let own = place === undefined ? "" : String(identity(component));
  if (own === "" && kinds.size > 0) {
    const hashes = kinds.has("digest") && component["hashes"] !== undefined ? identity(component) : "";
    const id = kinds.has("link") ? JSON.stringify([component["id"], component[origin]?.document.digest]) : "";
    own = `${hashes}\n${id}\n${kinds.has("name") ? namesOf(component).join("\n") : ""}`;
  }
  const named = `${purlText(component["purl"]) ?? ""}\n${version ?? ""}`;
  return own === "" ? named : `${named}\n${own}`;
}

/** The full name of a component, and without its group if it has one: what others have too. */
function namesOf(component: DataRecord): readonly string[] {
  const [name, group] = [textOf(component["name"]), textOf(component["group"])];
  if (name === undefined) return nobody;
  return group === undefined ? [name] : [`${group}/${name}`, name];
}

/** Names of components and subjects, as statements may have them. */
export class Names {
  readonly #index: VexIndex;
  /** By document: the bill of materials that it is, as BOM-Links name it. */
  readonly #boms: ReadonlyMap<string, string>;
  readonly #packages = new Map<string, readonly string[]>();
  readonly subject: readonly Named[];
  readonly subjectKeys: readonly string[];

  constructor(index: VexIndex, subject: VexSubject) {
    this.#index = index;
    const boms = subject.boms ?? [];
    this.#boms = new Map(
      boms.flatMap(({ document, serial, version }) => (serial === undefined ? [] : [[document, bomKey(serial, version ?? 1)] as const])),
    );
    const { digests, purl, repository, tag } = subject;
    const own: Named = { purl, version: undefined, names: nobody, digests, repository, tag, links: [] };
    this.subject = [own, ...boms.map((bom) => this.#asRoot(own, bom.document, bom.root))];
    this.subjectKeys = [...new Set(this.subject.flatMap((named) => this.#subjectKeys(named)))];
  }

  /** Whether a bill of materials is at hand: its serial number and version, as `bomKey` has them. */
  isAtHand(bom: string): boolean {
    for (const known of this.#boms.values()) if (known === bom) return true;
    return false;
  }

  /** The root of a bill of materials is another name for the subject; its digests are the subject's own. */
  #asRoot(own: Named, document: string, root: DataRecord | undefined): Named {
    const bom = this.#boms.get(document);
    const links = [...(bom === undefined ? [] : [bom]), ...(root === undefined ? [] : this.#linksOf(root))];
    const purl = root === undefined ? undefined : this.#index.readPurl(root["purl"]);
    return { ...own, purl: purl ?? own.purl, version: textOf(root?.["version"]), names: namesOf(root ?? noComponent), links };
  }

  #subjectKeys(named: Named): readonly string[] {
    const keys = named.digests.map((digest) => `d:${digest}`);
    if (named.repository !== undefined) keys.push(`r:${named.repository}`);
    for (const link of named.links) keys.push(`l:${link}`);
    for (const name of named.names) keys.push(nameKey(name));
    if (named.purl !== undefined) keys.push(...packageKeys(this.#index, named.purl.text, named.version));
    return keys;
  }

  /** Keys of a component; `version` is used where its purl has none. `place` is as for `of`. */
  keysOf(component: DataRecord, version: string | undefined, place?: Place): readonly string[] {
    const { kinds } = this.#index;
    const packages = this.#packageKeys(component["purl"], version);
    if (kinds.size === 0) return packages;
    const keys = [...packages];
    if (kinds.has("digest")) for (const digest of this.#digestsOf(component)) keys.push(`d:${digest}`);
    if (kinds.has("link"))
      for (const one of instancesOf(component, place))
        for (const link of [...this.#linksOf(one), ...this.#statedLinksOf(one)]) keys.push(`l:${link}`);
    if (kinds.has("name")) for (const name of namesOf(component)) keys.push(nameKey(name));
    return keys;
  }

  /** The same package has several findings. */
  #packageKeys(purl: DataValue, version: string | undefined): readonly string[] {
    const key = `${purlText(purl) ?? ""}\n${version ?? ""}`;
    let keys = this.#packages.get(key);
    if (keys === undefined) {
      keys = packageKeys(this.#index, purl, version);
      this.#packages.set(key, keys);
    }
    return keys;
  }

  /** `place` is where it stands: where that is several components, none of their names is its own. */
  of(component: DataRecord, version: string | undefined, place?: Place): Named {
    const instances = this.#index.kinds.has("link") ? instancesOf(component, place) : [];
    const links = instances.map((one) => this.#linksOf(one));
    const stated = instances.flatMap((one) => this.#statedLinksOf(one));
    return {
      purl: this.#index.readPurl(component["purl"]),
      version,
      names: namesOf(component),
      digests: this.#index.kinds.has("digest") ? this.#digestsOf(component) : nobody,
      links: links.length === 1 ? (links[0] ?? nobody) : nobody,
      ...(links.length > 1 ? { someLinks: links.flat() } : {}),
      ...(stated.length > 0 ? { statedLinks: stated } : {}),
    };
  }

  #linksOf(component: DataRecord): readonly string[] {
    const id = textOf(component["id"]);
    if (id === undefined) return nobody;
    const place = component[origin];
    const own = ownLink(place, id);
    const bom = place === undefined ? undefined : this.#boms.get(place.document.digest);
    // What a finding of another document calls its component may be a BOM-Link itself.
    const foreign = bomLink(id);
    const links = own === undefined ? [] : [own];
    if (bom !== undefined) links.push(linkKey(bom, id));
    if (foreign !== undefined && this.isAtHand(foreign.bom)) links.push(linkKey(foreign.bom, foreign.ref));
    return links;
  }

  /** Anybody can call a component by the name that another bill of materials has for its own: without that one, nothing tells whether it is. */
  #statedLinksOf(component: DataRecord): readonly string[] {
    const foreign = bomLink(textOf(component["id"]) ?? "");
    return foreign === undefined || this.isAtHand(foreign.bom) ? nobody : [linkKey(foreign.bom, foreign.ref)];
  }

  #digestsOf(component: DataRecord): readonly string[] {
    const purl = this.#index.kinds.has("digest") ? this.#index.readPurl(component["purl"]) : undefined;
    const image = purl?.type === "oci" && purl.version !== undefined ? canonicalDigest(purl.version) : undefined;
    const found = image === undefined ? [] : [image];
    const hashes = component["hashes"];
    if (hashes === undefined || hashes === null) return found;
    for (const item of membersOf(hashes, "hashes").items) {
      const hash = recordOf(item);
      const digest = digestOf(textOf(hash?.["algorithm"]) ?? "", textOf(hash?.["value"]) ?? "");
      if (digest.ok) found.push(digest.value);
    }
    return found;
  }
}

/** The records of the document that a component stands for: those that a join made one, or itself. */
function instancesOf(component: DataRecord, place: Place | undefined): readonly DataRecord[] {
  return place === undefined || place.isSingle ? [component] : place.instances();
}
