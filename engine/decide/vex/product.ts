/**
 * Products and subcomponents of VEX statements, and whether they are the thing asked about. What a statement leaves out
 * it does not ask for: without a version it names every version (OpenVEX, "Product Matching"). Whether it matches may be
 * open: then it does where it warns, and does not where it silences.
 */
import { type DataRecord, type DataValue, Known, Lack, type Origin } from "../../../language/core/data.ts";
import { parseDigest } from "../../../language/domains/digest.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import { missesOf } from "../../../language/domains/purl/miss.ts";
import { type Purl, purlKey, versionOfPurl } from "../../../language/domains/purl.ts";
import { inRange, parseVers, type Range } from "../../../language/domains/range.ts";
import { ecosystemOfPurlType, equalVersion, isOrdered, isVersion, type Version, versionOf } from "../../../language/domains/version.ts";
import { purlText, versionKey } from "../../evaluate/intrinsics/package-key.ts";
import { membersOf, type PurlReader, textOf, textsOf } from "../../evaluate/intrinsics/raw.ts";

/** Which versions of a product a statement is about. */
export type Versions =
  | { readonly kind: "any" }
  | { readonly kind: "exact"; readonly text: string }
  | { readonly kind: "range"; readonly range: Range }
  /** A range that cannot be read, or whose versions have no order. */
  | { readonly kind: "unclear"; readonly detail: string };

/** A product of a statement, read. */
export interface VexProduct {
  /** As the document names it. */
  readonly id: string;
  readonly name: string | undefined;
  readonly purl: Purl | undefined;
  readonly versions: Versions;
  readonly digests: readonly string[];
  /** Repositories of a `pkg:oci` product; empty for others, and for one that names no registry. */
  readonly repositories: readonly string[];
  /** The names that a component has which the id refers to: BOM-Links, and ids within the document itself. */
  readonly links: readonly string[];
  /** The bill of materials that a BOM-Link leads into: `urn:cdx:<serial>/<version>`. */
  readonly bom: string | undefined;
  /** As the statement names them: purls are read when a finding comes near. */
  readonly subcomponents: readonly string[];
}

/** A component or subject, as statements may name it. */
export interface Named {
  readonly purl: Purl | undefined;
  /** Where the purl has none. */
  readonly version: string | undefined;
  /** The full one first; of what is in a group that without the group may be another's too. */
  readonly names: readonly string[];
  readonly digests: readonly string[];
  readonly repository?: string | undefined;
  readonly tag?: string | undefined;
  readonly links: readonly string[];
  /** Of several components that a finding cannot tell apart: names that some of them have. */
  readonly someLinks?: readonly string[];
  /** BOM-Links by which its document calls it, into bills of materials that are not at hand. */
  readonly statedLinks?: readonly string[];
}

/** Why a product or subcomponent is not the one asked for, the remotest first. */
export const misses = ["product", "subcomponent", "digest", "version", "qualifier"] as const;
export type Miss = (typeof misses)[number];

/** How exactly a version is named: not at all, by a range, by its text, by a digest. */
export type Anchor = 0 | 1 | 2 | 3;

export type Match =
  | { readonly kind: "yes"; readonly anchor: Anchor; readonly byLink: boolean }
  | { readonly kind: "maybe"; readonly why: string }
  | { readonly kind: "no"; readonly miss: "product" | "digest" | "version" | "qualifier" };

const byName: readonly Match[] = ([0, 1, 2, 3] as const).map((anchor) => ({ kind: "yes", anchor, byLink: false }));
const noMatch = {
  product: { kind: "no", miss: "product" },
  digest: { kind: "no", miss: "digest" },
  version: { kind: "no", miss: "version" },
  qualifier: { kind: "no", miss: "qualifier" },
} as const satisfies Record<string, Match>;

function yes(anchor: Anchor): Match {
  return byName[anchor] ?? noMatch.product;
}

const any: Versions = { kind: "any" };
const none: readonly string[] = [];

/** A reader of products; what a product's id and purl mean is found out once for each text. */
export function productReader(readPurl: PurlReader): (record: DataRecord, place: Origin | undefined) => VexProduct {
  const seen = new Map<string, Identity>();
  return (record, place) => {
    const id = textOf(record["id"]) ?? "";
    const given = record["purl"];
    // An adapter that knows the purl but must not give it (versions it cannot read) says so: the id is no way round.
    const hidden = given instanceof Lack;
    const key = given === id ? id : `${hidden ? "-" : (purlText(given) ?? "")} ${id}`;
    let identity = seen.get(key);
    if (identity === undefined) {
      identity = identityOf(id, hidden ? undefined : (readPurl(given) ?? readPurl(id)));
      seen.set(key, identity);
    }
    const own = textsOf(record["digests"]);
    const inside = ownLink(place, id);
    return {
      id,
      name: textOf(record["name"]),
      purl: identity.purl,
      versions: versionsOf(record) ?? identity.versions,
      digests: own.length === 0 ? identity.digests : [...new Set([...canonicalDigests(own), ...identity.digests])],
      repositories: identity.repositories,
      links: inside === undefined ? identity.links : [...identity.links, inside],
      bom: identity.bom,
      subcomponents: partsOf(record["subcomponents"]),
    };
  };
}

/** A part without a name that can be read is a part nevertheless, of which nothing is known: "". */
function partsOf(raw: DataValue): readonly string[] {
  return raw === undefined || raw === null ? none : membersOf(raw, "subcomponents").items.map((item) => textOf(item) ?? "");
}

type Identity = Pick<VexProduct, "purl" | "versions" | "digests" | "repositories" | "links" | "bom">;

function identityOf(id: string, purl: Purl | undefined): Identity {
  const link = bomLink(id);
  const links = link === undefined ? none : [linkKey(link.bom, link.ref)];
  // Most products are packages, whose purls are no digests.
  const digests = id.startsWith("pkg:") ? none : canonicalDigests([id]);
  const identity = { purl, versions: versionsOfPurl(purl), digests, repositories: none, links, bom: link?.bom };
  if (purl?.type !== "oci") return identity;
  const version = purl.version === undefined ? none : canonicalDigests([purl.version]);
  return { ...identity, digests: [...digests, ...version], repositories: repositoriesOf(purl) };
}

/** What the statement itself says of versions goes before the version of its purl, which may be that of a component. */
function versionsOf(record: DataRecord): Versions | undefined {
  const exact = record["version"];
  if (exact instanceof Lack) return { kind: "unclear", detail: exact.detail };
  const text = textOf(exact);
  if (text !== undefined) return { kind: "exact", text };
  return rangeOf(record["versions"]);
}

function versionsOfPurl(purl: Purl | undefined): Versions {
  return purl?.version === undefined || purl.type === "oci" ? any : { kind: "exact", text: versionOfPurl(purl)?.text ?? purl.version };
}

function rangeOf(raw: DataValue): Versions | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (raw instanceof Lack) return { kind: "unclear", detail: raw.detail };
  if (raw instanceof Known) {
    const value: unknown = raw.value;
    return value !== null && typeof value === "object" && "intervals" in value
      ? { kind: "range", range: value as Range }
      : { kind: "unclear", detail: "its versions are no range" };
  }
  if (typeof raw !== "string") return { kind: "unclear", detail: "its versions are no range" };
  const vers = parseVers(raw);
  if (!vers.ok) return { kind: "unclear", detail: vers.problem };
  return vers.value.ordered
    ? { kind: "range", range: vers.value.range }
    : { kind: "unclear", detail: `\`${raw}\` is of a type whose versions have no order` };
}

function canonicalDigests(texts: readonly string[]): readonly string[] {
  return texts.map(canonicalDigest).filter((digest) => digest !== undefined);
}

export function canonicalDigest(text: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{1,20}:[0-9A-Fa-f]{8,128}$/.test(text)) return undefined;
  const parsed = parseDigest(text);
  return parsed.ok ? parsed.value : undefined;
}

/** A repository in the form of `VexSubject.repository`; undefined: none. */
function canonicalRepository(text: string): string | undefined {
  const parsed = parseImageRef(text);
  return parsed.ok ? parsed.value.repository : undefined;
}

/** `repository_url` ends with the image name since purl-spec of 2025, and did not before. */
function repositoriesOf(purl: Purl): readonly string[] {
  const url = purl.qualifiers
    .get("repository_url")
    ?.replace(/^https?:\/\//, "")
    .replace(/\/+$/, "");
  if (url === undefined || url === "") return [];
  const whole = url.includes("/") ? canonicalRepository(url) : undefined;
  const beside = canonicalRepository(`${url}/${purl.name}`);
  const named = whole?.split("/").at(-1) === purl.name ? whole : undefined;
  return [named, beside].filter((repository) => repository !== undefined);
}

export interface BomLink {
  readonly bom: string;
  /** Undefined: the document as a whole, which is what it is about. */
  readonly ref: string | undefined;
}

const link = /^urn:cdx:([0-9A-Fa-f-]{36})\/([1-9]\d{0,15})(?:#(.+))?$/s;

/** Reads a BOM-Link (ECMA-424, section 7.5). The fragment may be percent-encoded; refs that are purls often are not. */
export function bomLink(text: string): BomLink | undefined {
  const match = text.startsWith("urn:cdx:") ? link.exec(text) : null;
  if (match === null) return undefined;
  const [, serial = "", version = "", ref] = match;
  return { bom: bomKey(serial, version), ref: ref === undefined ? undefined : decoded(ref) };
}

/** `serial` with or without `urn:uuid:`. */
export function bomKey(serial: string, version: string | number): string {
  return `urn:cdx:${serial.replace(/^urn:uuid:/i, "").toLowerCase()}/${version}`;
}

function decoded(ref: string): string {
  if (ref.startsWith("pkg:")) return ref;
  try {
    return decodeURIComponent(ref);
  } catch {
    return ref;
  }
}

/** The name of a component by its bill of materials; without a ref, of what the document is about. */
export function linkKey(bom: string, ref: string | undefined): string {
  return ref === undefined ? bom : `${bom}#${ref}`;
}

/** The name of a component within the CycloneDX document that it is read from; undefined: it is from none. */
export function ownLink(place: Origin | undefined, id: string): string | undefined {
  return place?.document.format === "cyclonedx" && id !== "" ? `${place.document.digest}#${id}` : undefined;
}

/** Whether a product is the thing. Where both give digests of one algorithm these decide: some equal, none unequal. */
export function matchProduct(product: VexProduct, thing: Named): Match {
  if (product.digests.length > 0 && thing.digests.length > 0) {
    const comparable = product.digests.filter((digest) => thing.digests.some((other) => algorithm(other) === algorithm(digest)));
    if (comparable.length > 0) {
      if (!comparable.every((digest) => thing.digests.includes(digest))) return noMatch.digest;
      const version = product.purl?.type === "oci" ? yes(3) : matchVersions(product.versions, thing);
      return version.kind === "no" ? { kind: "maybe", why: "it has its digest, and names other versions" } : yes(3);
    }
  }
  if (product.links.length > 0) {
    if (product.links.some((name) => thing.links.includes(name))) return linked(product, thing);
    if (product.links.some((name) => thing.someLinks?.includes(name))) return someOnly;
    if (product.links.some((name) => thing.statedLinks?.includes(name))) return statedOnly;
  }
  const { purl } = product;
  if (purl?.type === "oci") return matchImage(product, purl, thing);
  if (purl !== undefined) return thing.purl === undefined ? noMatch.product : matchPurl(purl, product.versions, thing.purl, thing);
  return product.digests.length > 0 ? noMatch.product : matchName(product, thing);
}

const someOnly: Match = { kind: "maybe", why: "it names one of several components that the finding cannot tell apart" };

const statedOnly: Match = { kind: "maybe", why: "it names a part of a bill of materials that is not at hand" };

/** The versions of a purl are those of its component, which the link names already. */
function linked(product: VexProduct, thing: Named): Match {
  const { versions, purl } = product;
  const stated = versions.kind === "exact" && purl?.version !== undefined && versions.text === versionOfPurl(purl)?.text ? any : versions;
  const found = matchVersions(stated, thing);
  if (found.kind !== "yes") return found;
  const anchored = thing.version !== undefined || thing.purl?.version !== undefined || thing.digests.length > 0;
  return { kind: "yes", anchor: found.anchor > 0 ? found.anchor : anchored ? 2 : 0, byLink: true };
}

function matchImage(product: VexProduct, purl: Purl, thing: Named): Match {
  if (thing.repository === undefined || !product.repositories.includes(thing.repository)) {
    if (thing.purl === undefined || thing.repository !== undefined) return noMatch.product;
    const versions: Versions = purl.version === undefined ? product.versions : { kind: "exact", text: purl.version };
    return matchPurl(purl, versions, thing.purl, thing);
  }
  if (purl.version !== undefined) {
    if (thing.digests.length > 0) return noMatch.digest;
    return { kind: "maybe", why: "it names a digest, and the digest of the image is not known" };
  }
  let doubt: string | undefined;
  for (const [key, value] of purl.qualifiers) {
    if (key === "repository_url") continue;
    if (key !== "tag" || thing.tag === undefined) doubt ??= `it asks for \`${key}=${value}\`, which is not known of the image`;
    else if (value !== thing.tag) return noMatch.qualifier;
  }
  const versions = matchVersions(product.versions, thing);
  if (versions.kind !== "yes" || doubt === undefined) return versions;
  return { kind: "maybe", why: doubt };
}

/** By name only together with the version, both as they are written. */
function matchName({ name, versions }: VexProduct, thing: Named): Match {
  if (name === undefined || !thing.names.includes(name)) return noMatch.product;
  if (versions.kind === "any") return noMatch.product;
  if (versions.kind === "exact" && thing.version !== undefined) {
    if (versions.text !== thing.version) return noMatch.version;
    return thing.names[0] === name ? yes(2) : { kind: "maybe", why: "it is named without the group that it is in" };
  }
  const found = matchVersions(versions, thing);
  return found.kind === "yes" ? { kind: "maybe", why: "it is named by no more than its name and a range of versions" } : found;
}

/** Whether a purl of a statement names a thing. Each qualifier that it has must be there and equal. */
export function matchPurl(named: Purl, versions: Versions, actual: Purl, thing: Pick<Named, "version" | "purl">): Match {
  let doubt: string | undefined;
  if (named.qualifiers.size > 0 || named.subpath !== undefined || purlKey(named) !== purlKey(actual)) {
    for (const miss of missesOf(actual, { purl: named, text: named.text })) {
      if (miss.part === "type" || miss.part === "namespace" || miss.part === "name") return noMatch.product;
      if (miss.part === "version" || miss.key === "epoch") continue;
      if (miss.key === "distro" && sameDistribution(miss.wanted, miss.found)) continue;
      if (miss.found !== undefined && !(miss.key === "distro" && sameDistribution(miss.found, miss.wanted))) return noMatch.qualifier;
      doubt ??= `it asks for \`${miss.key ?? miss.part}=${miss.wanted ?? ""}\`, which the component does not have`;
    }
  }
  const found = matchVersions(versions, thing);
  return found.kind !== "yes" || doubt === undefined ? found : { kind: "maybe", why: doubt };
}

/** A statement about a distribution is about its point releases: `debian-12` names `debian-12.13`. */
function sameDistribution(wanted: string | undefined, found: string | undefined): boolean {
  const [general, special] = [distribution(wanted), distribution(found)];
  return general !== "" && (special === general || special.startsWith(`${general}.`));
}

/** Red Hat's own name for RHEL is Syft's. */
function distribution(text: string | undefined): string {
  const lower = (text ?? "").toLowerCase();
  return lower.startsWith("redhat-") ? `rhel-${lower.slice("redhat-".length)}` : lower;
}

function matchVersions(versions: Versions, thing: Pick<Named, "version" | "purl">): Match {
  if (versions.kind === "any") return yes(0);
  if (versions.kind === "unclear") return { kind: "maybe", why: versions.detail };
  const version = versionOfNamed(thing);
  if (version === undefined) return { kind: "maybe", why: "the version of the component is not known" };
  if (versions.kind === "exact") return matchExact(versions.text, version, thing);
  const inside = inRange(version, versions.range);
  if (inside === undefined)
    return { kind: "maybe", why: `\`${version.text}\` cannot be compared with the versions of \`${versions.range.text}\`` };
  if (!inside) return noMatch.version;
  return yes(isBounded(versions.range) ? 1 : 0);
}

function matchExact(text: string, version: Version, { purl }: Pick<Named, "purl">): Match {
  if (text === version.text || sameText(text, version.text, purl)) return yes(2);
  const equal = equalVersion(versionOf(version.ecosystem, text), version);
  if (equal === true) return yes(2);
  const readable = !isOrdered(version.ecosystem) || equal !== undefined;
  return readable ? noMatch.version : { kind: "maybe", why: `\`${version.text}\` cannot be compared with \`${text}\`` };
}

/** As all tools would write it: see `versionKey`. */
function sameText(a: string, b: string, purl: Purl | undefined): boolean {
  if (purl === undefined) return false;
  const bare: Purl = { type: purl.type, name: purl.name, qualifiers: noQualifiers, text: purl.text };
  return versionKey(bare, a) === versionKey(bare, b);
}

const noQualifiers: ReadonlyMap<string, string> = new Map();

export function versionOfNamed({ purl, version }: Pick<Named, "version" | "purl">): Version | undefined {
  const own = purl === undefined ? undefined : versionOfPurl(purl);
  if (own !== undefined) return own;
  return version === undefined ? undefined : versionOf(purl === undefined ? "" : ecosystemOfPurlType(purl.type), version);
}

/** Whether versions to come are in it. */
function isBounded(range: Range): boolean {
  return range.intervals.length > 0 && range.intervals.every(({ high }) => high !== undefined);
}

/** What is named by its name alone is not known to be the thing: it warns, and never silences. */
const nameOnly: Match = { kind: "maybe", why: "the statement names the component by no more than its name" };

/** Whether a subcomponent (a purl, BOM-Link, id within the document, digest or name) is the thing. */
export function matchSubcomponent(text: string, place: Origin | undefined, thing: Named, readPurl: PurlReader): Match {
  const bom = bomLink(text);
  const links = [bom === undefined ? undefined : linkKey(bom.bom, bom.ref), ownLink(place, text)].filter((name) => name !== undefined);
  if (links.some((name) => thing.someLinks?.includes(name))) return someOnly;
  if (links.some((name) => thing.statedLinks?.includes(name))) return statedOnly;
  if (links.some((name) => thing.links.includes(name))) {
    const anchored = thing.version !== undefined || thing.purl?.version !== undefined || thing.digests.length > 0;
    return { kind: "yes", anchor: anchored ? 2 : 0, byLink: true };
  }
  const purl = readPurl(text);
  if (purl !== undefined) {
    const version = versionOfPurl(purl);
    const versions: Versions = version === undefined ? any : { kind: "exact", text: version.text };
    return thing.purl === undefined ? noMatch.product : matchPurl(purl, versions, thing.purl, thing);
  }
  const digest = canonicalDigest(text);
  if (digest !== undefined) {
    if (thing.digests.includes(digest)) return yes(3);
    return thing.digests.some((other) => algorithm(other) === algorithm(digest)) ? noMatch.digest : noMatch.product;
  }
  return thing.names.includes(text) ? nameOnly : noMatch.product;
}

function algorithm(digest: string): string {
  return digest.slice(0, digest.indexOf(":"));
}

/** Whether the versions of the ecosystem that a text stands for can be looked up by `versionHash`. */
export function isComparable(ecosystem: string, text: string): boolean {
  return !isOrdered(ecosystem) || isVersion(ecosystem, text);
}

/** Equal for all texts that may mean one version (`1.0`, `1.0.0`, `v1-0`); others may share it, and are told apart later. */
export function versionHash(text: string): string {
  const build = text.indexOf("+");
  return (build < 0 ? text : text.slice(0, build)).match(/[1-9]\d*/g)?.join(".") ?? "";
}
