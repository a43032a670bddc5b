/**
 * VEX statements, hashed by vulnerability, product and subcomponent, so that a finding meets only those that may be about
 * it. A statement about a product without subcomponents is about everything in it.
 */
import type { DataRecord, Origin } from "../../../language/core/data.ts";
import { type Cpe, literalOf } from "../../../language/domains/cpe.ts";
import { type Purl, purlKey, versionOfPurl } from "../../../language/domains/purl.ts";
import { AliasClasses } from "../../evaluate/intrinsics/aliases.ts";
import { type PurlReader, purlReader } from "../../evaluate/intrinsics/raw.ts";
import { within } from "./nested.ts";
import {
  bomLink,
  canonicalDigest,
  cpeOf,
  type Identity,
  isComparable,
  linkKey,
  ownLink,
  ProductReader,
  partsOf,
  type Versions,
  type VexProduct,
  versionHash,
} from "./product.ts";
import { cvesByClass } from "./several.ts";
import { productsOf, readStatements, type VexStatement, type VexTier } from "./statement.ts";

/** A statement with one of its products, and of that one subcomponent; undefined: it is about the whole product. */
export class Entry {
  readonly statement: VexStatement;
  readonly subcomponent: string | undefined;
  readonly #position: number;

  /** `position` is the product's in the statement. */
  constructor(statement: VexStatement, position: number, subcomponent: string | undefined) {
    this.statement = statement;
    this.subcomponent = subcomponent;
    this.#position = position;
  }

  get product(): VexProduct {
    return this.statement.products[this.#position] as VexProduct;
  }
}

/** By the key of a product, then by that of a part of it, or `whole`. */
export type Entries = ReadonlyMap<string, ReadonlyMap<string, readonly Entry[]>>;
type Growing = Map<string, Map<string, Entry[]>>;

/** Built once from documents, for any subject. */
export interface VexIndex {
  readonly statements: readonly VexStatement[];
  /** Statements that say nothing that can be read: without a vulnerability, or with an unknown status. */
  readonly unread: readonly DataRecord[];
  /** Of each tier. */
  readonly classes: readonly AliasClasses[];
  /** The CVEs of the classes of each tier. */
  readonly cves: readonly ReadonlyMap<string, ReadonlySet<string>>[];
  /** By alias class of the vulnerability. */
  readonly entries: ReadonlyMap<string, Entries>;
  /** Keys with a version, by their name: what something without a version may be. */
  readonly versioned: ReadonlyMap<string, ReadonlySet<string>>;
  /** Ways of naming things that some statement has. */
  readonly kinds: ReadonlySet<"cpe" | "digest" | "link" | "name">;
  readonly readPurl: PurlReader;
}

/** In the place of a subcomponent: the whole product. */
export const whole = "*";

/**
 * Reads and indexes documents (`waybill.vex.Document`); the first tier is the most trusted. Linear in their statements.
 */
export function indexVex(tiers: readonly VexTier[]): VexIndex {
  const readPurl = purlReader();
  const products = new ProductReader(readPurl);
  const { statements, unread } = readStatements(tiers, products);
  const { classes, cves } = classesOf(tiers, statements);
  const entries = new Map<string, Growing>();
  const byIds = tiers.map(() => new Map<readonly string[], readonly Growing[]>());
  const keys = new Keys(products, readPurl);
  statements.forEach((statement) => {
    let known = byIds[statement.tier]?.get(statement.ids);
    if (known === undefined) {
      known = vulnerabilitiesOf(classes, statement.tier, statement.ids).map((vulnerability) => within(entries, vulnerability));
      byIds[statement.tier]?.set(statement.ids, known);
    }
    addStatement(known, statement, keys);
  });
  return { statements, unread, classes, cves, entries, versioned: keys.versioned, kinds: keys.kinds, readPurl };
}

/**
 * The alias classes of each tier: what its own statements and those of tiers that are trusted more say. Who is trusted less, or
 * was superseded, does not say which vulnerabilities are one: the words of others would reach further than they meant.
 */
function classesOf(tiers: readonly VexTier[], statements: readonly VexStatement[]): Pick<VexIndex, "classes" | "cves"> {
  const made: AliasClasses[] = tiers.map(() => new AliasClasses());
  const linking = new Map<readonly string[], number>();
  statements.forEach(({ ids, tier, trusted, source }) => {
    if (ids.length > 1 && trusted && source.superseded === undefined) linking.set(ids, Math.min(tier, linking.get(ids) ?? tier));
  });
  for (const [ids, from] of linking) for (const classes of made.slice(from)) classes.link(ids);
  const linked = (tier: number): readonly (readonly string[])[] => [...linking].flatMap(([ids, from]) => (from <= tier ? [ids] : []));
  return { classes: made, cves: made.map((classes, tier) => cvesByClass(linked(tier), classes)) };
}

/** The classes of ids as one tier has them, by the number of the tier and their name. */
export function vulnerabilitiesOf(classes: readonly AliasClasses[], tier: number, ids: readonly string[]): readonly string[] {
  const own = classes[tier];
  if (own === undefined) return nobody;
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return [`${tier} ${own.of(only)}`];
  return [...new Set(ids.map((id) => `${tier} ${own.of(id)}`))];
}

/** Names of the vulnerability of a statement; findings of one of them may be its. */
export function vulnerabilitiesOfStatement(index: VexIndex, { tier, ids }: VexStatement): readonly string[] {
  return vulnerabilitiesOf(index.classes, tier, ids);
}

function addStatement(known: readonly Growing[], statement: VexStatement, keys: Keys): void {
  let position = 0;
  for (const product of productsOf(statement.record)) {
    const productKeys = keys.ofProduct(product, statement.source.place);
    const parts = partsOf(product);
    // A part that nobody can name may be any of them: for what warns, and not for what silences.
    if (parts.length === 0 || (!statement.suppresses && parts.includes("")))
      add(known, productKeys, wholeOnly, new Entry(statement, position, undefined));
    for (const part of parts) add(known, productKeys, keys.ofSubcomponent(part, statement), new Entry(statement, position, part));
    position++;
  }
}

const wholeOnly: readonly string[] = [whole];

function add(known: readonly Growing[], products: readonly string[], parts: readonly string[], entry: Entry): void {
  for (const entries of known) {
    for (const product of products) {
      let ofProduct = entries.get(product);
      if (ofProduct === undefined) {
        ofProduct = new Map();
        entries.set(product, ofProduct);
      }
      for (const part of parts) {
        const alike = ofProduct.get(part);
        if (alike === undefined) ofProduct.set(part, [entry]);
        else alike.push(entry);
      }
    }
  }
}

/** Makes the keys of what statements name, and keeps account of them. */
class Keys {
  readonly versioned = new Map<string, Set<string>>();
  readonly kinds = new Set<"cpe" | "digest" | "link" | "name">();
  readonly #products: ProductReader;
  readonly #readPurl: PurlReader;
  readonly #named = new Map<Identity, readonly string[]>();
  readonly #subcomponents = new Map<string, readonly string[]>();

  constructor(products: ProductReader, readPurl: PurlReader) {
    this.#products = products;
    this.#readPurl = readPurl;
  }

  ofProduct(product: DataRecord, place: Origin | undefined): readonly string[] {
    const identity = this.#products.identity(product, place);
    let keys = identity && this.#named.get(identity);
    if (keys === undefined) {
      keys = this.#ofProduct(this.#products.read(product, place));
      if (identity !== undefined) this.#named.set(identity, keys);
    }
    return keys;
  }

  #ofProduct(product: VexProduct): readonly string[] {
    const keys: string[] = [];
    for (const digest of product.digests) keys.push(`d:${digest}`);
    for (const repository of product.repositories) keys.push(`r:${repository}`);
    for (const link of product.links) keys.push(`l:${link}`);
    if (product.digests.length > 0) this.kinds.add("digest");
    if (product.links.length > 0) this.kinds.add("link");
    const { cpe, purl, versions, name } = product;
    if (cpe !== undefined) keys.push(...this.#ofCpe(cpe));
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
    const cpe = cpeOf(text);
    if (cpe !== undefined) return this.#ofCpe(cpe);
    const link = bomLink(text);
    const digest = canonicalDigest(text);
    this.kinds.add(link !== undefined ? "link" : digest !== undefined ? "digest" : "name");
    if (link !== undefined) return [`l:${linkKey(link.bom, link.ref)}`];
    return [digest === undefined ? nameKey(text) : `d:${digest}`];
  }

  #ofCpe({ values }: Cpe): readonly string[] {
    this.kinds.add("cpe");
    const [vendor, product] = [literalOf(values.vendor), literalOf(values.product)];
    return [cpeKey(vendor, product), anyVendorKey(product)];
  }

  /** With the version where there is one that can be compared. */
  #ofPurl(purl: Purl, versions: Versions): string {
    const name = purlNameKey(purlKey(purl));
    if (versions.kind !== "exact" || !isComparable(purl.type, versions.text)) return name;
    const key = versionedKey(name, purl.type, versions.text);
    const alike = this.versioned.get(name);
    if (alike === undefined) this.versioned.set(name, new Set([key]));
    else alike.add(key);
    return key;
  }
}

export function purlNameKey(name: string): string {
  return `p:${name}`;
}

export function versionedKey(name: string, ecosystem: string, text: string): string {
  return `${name}@${versionHash(ecosystem, text)}`;
}

/** Of a vendor's product; undefined: any, or one of those that wild cards stand for. */
function cpeKey(vendor: string | undefined, product: string | undefined): string {
  return `c:${vendor ?? ""} ${product ?? ""}`;
}

/** The same whoever the vendor is: for components that do not say. */
function anyVendorKey(product: string | undefined): string {
  return `v:${product ?? ""}`;
}

/** The keys of what statements may name by a CPE that has the one of a component. One without a product names nothing. */
export function cpeKeysOf({ values }: Cpe): readonly string[] {
  const [vendor, product] = [literalOf(values.vendor), literalOf(values.product)];
  if (product === undefined) return nobody;
  if (vendor === undefined) return [anyVendorKey(product), anyVendorKey(undefined)];
  return [cpeKey(vendor, product), cpeKey(vendor, undefined), cpeKey(undefined, product), cpeKey(undefined, undefined)];
}

export function nameKey(name: string): string {
  return `n:${name}`;
}

const nobody: readonly string[] = [];
