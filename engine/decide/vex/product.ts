/**
 * Products and subcomponents of VEX statements. What a statement leaves out it does not ask for: without a version it names
 * every version (OpenVEX, "Product Matching").
 */
import { type DataRecord, type DataValue, Known, Lack, type Origin } from "../../../language/core/data.ts";
import { type Cpe, parseCpe } from "../../../language/domains/cpe.ts";
import { parseDigest } from "../../../language/domains/digest.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import { type Purl, versionOfPurl } from "../../../language/domains/purl.ts";
import { parseVers, type Range } from "../../../language/domains/range.ts";
import { isOrdered, isVersion } from "../../../language/domains/version.ts";
import { purlText } from "../../evaluate/intrinsics/package-key.ts";
import { membersOf, type PurlReader, textOf, textsOf } from "../../evaluate/intrinsics/raw.ts";
import { within } from "./nested.ts";

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
  /** Of a product that neither a purl nor a digest names. */
  readonly cpe: Cpe | undefined;
  /** Repositories of a `pkg:oci` product; empty for others, and for one that names no registry. */
  readonly repositories: readonly string[];
  /** The names that a component has which the id refers to: BOM-Links, and ids within the document itself. */
  readonly links: readonly string[];
  /** The bill of materials that a BOM-Link leads into: `urn:cdx:<serial>/<version>`. */
  readonly bom: string | undefined;
  /** As the statement names them: purls are read when a finding comes near. */
  readonly subcomponents: readonly string[];
}

export const any: Versions = { kind: "any" };
const none: readonly string[] = [];

/** Reads products; what an id, a purl and a CPE mean is found out once for each text. */
export class ProductReader {
  readonly #readPurl: PurlReader;
  /** Of products whose id is their purl, as most are. */
  readonly #packages = new Map<string, Identity>();
  /** By the CPE, by the purl (`unnamed`: none; `hiddenName`: it must not be asked for), by the id. */
  readonly #identities = new Map<string | symbol, Map<string | symbol, Map<string, Identity>>>();

  constructor(readPurl: PurlReader) {
    this.#readPurl = readPurl;
  }

  read(record: DataRecord, place: Origin | undefined): VexProduct {
    const id = textOf(record["id"]) ?? "";
    const { bom, cpe, digests, links, purl, repositories, versions } = this.#identityOf(record, id);
    const own = textsOf(record["digests"]);
    const inside = ownLink(place, id);
    return {
      id,
      name: textOf(record["name"]),
      purl,
      versions: versionsOf(record) ?? versions,
      digests: own.length === 0 ? digests : [...new Set([...canonicalDigests(own), ...digests])],
      cpe: own.length === 0 ? cpe : undefined,
      repositories,
      links: inside === undefined ? links : [...links, inside],
      bom,
      subcomponents: partsOf(record),
    };
  }

  /** Of a product that only its id, purl and CPE name what they mean, one object for all that have them; undefined: more names it. */
  identity(record: DataRecord, place: Origin | undefined): Identity | undefined {
    const { digests, name, version, versions } = record;
    if (!isNothing(digests) || !isNothing(name) || !isNothing(version) || !isNothing(versions)) return undefined;
    const id = textOf(record["id"]) ?? "";
    return ownLink(place, id) === undefined ? this.#identityOf(record, id) : undefined;
  }

  #identityOf(record: DataRecord, id: string): Identity {
    const given = record["purl"];
    // An adapter that knows the purl but must not give it (versions it cannot read) says so: the id is no way round.
    const hidden = given instanceof Lack;
    // A purl says more than a CPE: beside one that is there, though it cannot be read, a CPE is not asked for.
    const cpe = isNothing(given) ? textOf(record["cpe"]) : undefined;
    const isPackage = given === id;
    const known = isPackage
      ? this.#packages
      : within(within(this.#identities, cpe ?? unnamed), hidden ? hiddenName : (purlText(given) ?? unnamed));
    let identity = known.get(id);
    if (identity === undefined) {
      const purl = hidden ? undefined : (this.#readPurl(given) ?? this.#readPurl(id));
      identity = identityOf(id, purl, isNothing(given) ? (cpe ?? id) : undefined);
      known.set(id, identity);
    }
    return identity;
  }
}

/** In the place of a name that is not there, or must not be asked for: no text is one of them. */
const unnamed = Symbol("unnamed");
const hiddenName = Symbol("hidden");

function isNothing(raw: DataValue): boolean {
  return raw === undefined || raw === null || (Array.isArray(raw) && raw.length === 0);
}

/** A part without a name that can be read is a part nevertheless, of which nothing is known: "". */
export function partsOf(product: DataRecord): readonly string[] {
  const raw = product["subcomponents"];
  return raw === undefined || raw === null ? none : membersOf(raw, "subcomponents").items.map((item) => textOf(item) ?? "");
}

/** What the id, the purl and the CPE of a product mean. */
export type Identity = Pick<VexProduct, "purl" | "versions" | "digests" | "cpe" | "repositories" | "links" | "bom">;

function identityOf(id: string, purl: Purl | undefined, cpe: string | undefined): Identity {
  const link = bomLink(id);
  const links = link === undefined ? none : [linkKey(link.bom, link.ref)];
  // Most products are packages, whose purls are no digests.
  const digests = id.startsWith("pkg:") ? none : canonicalDigests([id]);
  const named = purl === undefined && digests.length === 0 && cpe !== undefined ? cpeOf(cpe) : undefined;
  const identity = { purl, versions: versionsOfPurl(purl), digests, cpe: named, repositories: none, links, bom: link?.bom };
  if (purl?.type !== "oci") return identity;
  const version = purl.version === undefined ? none : canonicalDigests([purl.version]);
  return { ...identity, digests: [...digests, ...version], repositories: repositoriesOf(purl) };
}

/** Undefined: it is none, as most ids and names are. */
export function cpeOf(text: string): Cpe | undefined {
  const parsed = text.startsWith("cpe:") ? parseCpe(text) : undefined;
  return parsed?.ok ? parsed.value : undefined;
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

/** Whether the versions of the ecosystem that a text stands for can be looked up by `versionHash`. */
export function isComparable(ecosystem: string, text: string): boolean {
  return !isOrdered(ecosystem) || isVersion(ecosystem, text);
}

/**
 * Equal for all texts that may mean one version of the ecosystem (`1.0`, `1.0.0`, `v1-0`); others may share it, and are told
 * apart later.
 */
export function versionHash(ecosystem: string, text: string): string {
  return (
    comparedPart(ecosystem, text)
      .match(/[1-9]\d*/g)
      ?.join(".") ?? ""
  );
}

/** Without what does not count in versions that are equal. Mostly that is all from a plus on. */
function comparedPart(ecosystem: string, text: string): string {
  switch (ecosystem) {
    // A version without a pkgrel equals each with one; a plus is a separator like every other.
    case "alpm":
      return upTo(text, text.lastIndexOf("-"));
    case "rpm":
      return text;
    // Numbers may be written with underscores and signs.
    case "conan":
      return text.includes("_") ? text.replace(/(?<=\d)_(?=\d)/g, "") : text;
    // After `stable` nothing counts, and what a branch leaves open is 9999999.
    case "composer":
      return upTo(text, text.indexOf("+"))
        .replace(/stable.*/is, "")
        .replace(/(?<!\d)0*9999999(?!\d)/g, "");
    default:
      return upTo(text, text.indexOf("+"));
  }
}

function upTo(text: string, end: number): string {
  return end < 0 ? text : text.slice(0, end);
}
