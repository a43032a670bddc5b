/**
 * Whether a product or subcomponent of a statement is the thing asked about. It may be open: then it is where it warns, and is
 * not where it silences.
 */
import type { Origin } from "../../../language/core/data.ts";
import { type Cpe, type CpeRelation, compareCpe, cpeAttributes, literalOf, showCpeValue } from "../../../language/domains/cpe.ts";
import { missesOf } from "../../../language/domains/purl/miss.ts";
import { type Purl, versionOfPurl } from "../../../language/domains/purl.ts";
import { inRange, type Range } from "../../../language/domains/range.ts";
import { ecosystemOfPurlType, equalVersion, isOrdered, type Version, versionOf } from "../../../language/domains/version.ts";
import { versionKey } from "../../evaluate/intrinsics/package-key.ts";
import type { PurlReader } from "../../evaluate/intrinsics/raw.ts";
import { any, bomLink, canonicalDigest, cpeOf, linkKey, ownLink, type Versions, type VexProduct } from "./product.ts";

/** A component or subject, as statements may name it. */
export interface Named {
  readonly purl: Purl | undefined;
  /** Where the purl has none. */
  readonly version: string | undefined;
  /** The full one first; of what is in a group that without the group may be another's too. */
  readonly names: readonly string[];
  readonly digests: readonly string[];
  /** Of several components that a finding cannot tell apart, those of each. */
  readonly cpes?: readonly Cpe[];
  /** Why the CPE may be another's; undefined: it is stated of this and nothing else. */
  readonly cpeDoubt?: string | undefined;
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
  if (product.digests.length > 0) return noMatch.product;
  const { cpe } = product;
  const byName = matchName(product, thing);
  return cpe === undefined ? byName : better(matchCpe(cpe, product.versions, thing), byName);
}

const order = { yes: 2, maybe: 1, no: 0 } as const;

/** Of two ways in which something may be named the surer one; where it is neither, the nearer miss. */
export function better(a: Match, b: Match): Match {
  if (a.kind === "no" && b.kind === "no") return a.miss !== b.miss && misses.indexOf(b.miss) > misses.indexOf(a.miss) ? b : a;
  if (order[a.kind] !== order[b.kind]) return order[a.kind] > order[b.kind] ? a : b;
  return a.kind === "yes" && b.kind === "yes" && b.anchor > a.anchor ? b : a;
}

/**
 * Whether a CPE of a statement is that of a thing. It is for certain only where part, vendor, product and version are plain
 * texts and equal, and of the rest what the statement says; otherwise, where the two do not exclude each other, it may be.
 */
export function matchCpe(cpe: Cpe, versions: Versions, thing: Pick<Named, "cpes" | "cpeDoubt" | "version" | "purl">): Match {
  let best: Match = noMatch.product;
  for (const own of thing.cpes ?? nothing) best = better(best, compared(cpe, own));
  if (best.kind === "no") return best;
  const version = literalOf(cpe.values.version);
  const isSaid = versions.kind === "exact" && versions.text.toLowerCase() === version;
  const found = isSaid ? best : matchVersions(versions, thing);
  if (found.kind === "no") return version === undefined ? found : { kind: "maybe", why: "it has its CPE, and names other versions" };
  if (best.kind !== "yes") return best;
  if (thing.cpeDoubt !== undefined) return { kind: "maybe", why: thing.cpeDoubt };
  return found.kind === "maybe" ? found : best;
}

const nothing: readonly Cpe[] = [];
/** What the name of one version of one product has. */
const identifying: ReadonlySet<string> = new Set(["part", "vendor", "product", "version"]);

function compared(cpe: Cpe, own: Cpe): Match {
  const relations = compareCpe(cpe, own);
  for (const attribute of cpeAttributes) {
    if (relations[attribute] !== "disjoint") continue;
    if (attribute === "part" || attribute === "vendor" || attribute === "product") return noMatch.product;
    return attribute === "version" ? noMatch.version : noMatch.qualifier;
  }
  for (const attribute of cpeAttributes) {
    const relation = relations[attribute];
    const isExact = identifying.has(attribute) ? literalOf(cpe.values[attribute]) !== undefined && relation === "equal" : isHeld(relation);
    if (isExact) continue;
    const [wanted, found] = [showCpeValue(cpe.values[attribute]), showCpeValue(own.values[attribute])];
    return { kind: "maybe", why: `the ${attribute} of its CPE is \`${wanted}\`, that of the component \`${found}\`` };
  }
  return yes(2);
}

function isHeld(relation: CpeRelation): boolean {
  return relation === "equal" || relation === "superset";
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
  if (named.qualifiers.size > 0 || named.subpath !== undefined || !isSamePackage(named, actual)) {
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

function isSamePackage(a: Purl, b: Purl): boolean {
  return a.name === b.name && a.namespace === b.namespace && a.type === b.type;
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

/** Whether a subcomponent (a purl, BOM-Link, id within the document, CPE, digest or name) is the thing. */
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
  const cpe = cpeOf(text);
  if (cpe !== undefined) return matchCpe(cpe, any, thing);
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
