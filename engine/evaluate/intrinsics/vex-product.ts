/**
 * Whether a VEX statement's product is what a decision is about, and its subcomponent what a finding is on. A purl of
 * a statement names every package that agrees with what it says: without a version every version, and each qualifier
 * it has must be there and equal (OpenVEX, "Product Matching"). Read strictly, as a match silences a finding.
 */
import { type DataRecord, Lack } from "../../../language/core/data.ts";
import { parseDigest } from "../../../language/domains/digest.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import { type Purl, purlKey } from "../../../language/domains/purl.ts";
import { purlText, versionKey } from "./package-key.ts";
import { type PurlReader, textOf, textsOf } from "./raw.ts";

/** What a decision is about, as VEX may name it. */
export interface VexSubject {
  /** `<algorithm>:<hex>` of the artifact: of an image its manifest digest, and its config digest where known. */
  readonly digests: readonly string[];
  readonly purl?: Purl;
  /** Of an image: `ghcr.io/acme/api`, normalised as Docker does (`docker.io/library/alpine`). */
  readonly repository?: string;
  readonly tag?: string;
}

/** A product of a statement, read. */
export interface VexProduct {
  readonly id: string;
  readonly purl: Purl | undefined;
  readonly digests: readonly string[];
  /** Repositories of a `pkg:oci` product; empty for others, and for one that names no registry. */
  readonly repositories: readonly string[];
  /** As the statement names them: purls are read when a finding comes near. */
  readonly subcomponents: readonly string[];
}

/** Why a product or subcomponent is not the one asked for, the remotest first. */
export const misses = ["product", "subcomponent", "digest", "version", "qualifier"] as const;
export type Miss = (typeof misses)[number];

/** A reader of products; what a product's id and purl mean is found out once for each text. */
export function productReader(readPurl: PurlReader): (record: DataRecord) => VexProduct {
  const seen = new Map<string, Identity>();
  return (record) => {
    const id = textOf(record["id"]) ?? "";
    const given = record["purl"];
    // An adapter that knows the purl but must not give it (versions it cannot read) says so: the id is no way round.
    const hidden = given instanceof Lack;
    const key = `${hidden ? "-" : (purlText(given) ?? "")} ${id}`;
    let identity = seen.get(key);
    if (identity === undefined) {
      identity = identityOf(id, hidden ? undefined : (readPurl(given) ?? readPurl(id)));
      seen.set(key, identity);
    }
    const own = textsOf(record["digests"]);
    return {
      id,
      purl: identity.purl,
      digests: own.length === 0 ? identity.digests : [...new Set([...canonicalDigests(own), ...identity.digests])],
      repositories: identity.repositories,
      subcomponents: textsOf(record["subcomponents"]),
    };
  };
}

type Identity = Pick<VexProduct, "purl" | "digests" | "repositories">;

function identityOf(id: string, purl: Purl | undefined): Identity {
  // Most products are packages, whose purls are no digests.
  const digests = id.startsWith("pkg:") ? none : canonicalDigests([id]);
  if (purl?.type !== "oci") return { purl, digests, repositories: none };
  const version = purl.version === undefined ? none : canonicalDigests([purl.version]);
  return { purl, digests: [...digests, ...version], repositories: repositoriesOf(purl) };
}

const none: readonly string[] = [];

function canonicalDigests(texts: readonly string[]): readonly string[] {
  return texts.map(canonicalDigest).filter((digest) => digest !== undefined);
}

function canonicalDigest(text: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{1,20}:[0-9A-Fa-f]{8,128}$/.test(text)) return undefined;
  const parsed = parseDigest(text);
  return parsed.ok ? parsed.value : undefined;
}

/** A repository in the form of `VexSubject.repository`; undefined: none. */
export function canonicalRepository(text: string): string | undefined {
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

/**
 * Why the product is not the subject; undefined: it is. Where both give digests of one algorithm, these decide (semantics, section 8:
 * some equal, none unequal); else the repository and tag of an image, or the purl.
 */
export function missOfProduct(product: VexProduct, subject: VexSubject): Miss | undefined {
  const comparable = product.digests.filter((digest) => subject.digests.some((other) => algorithm(other) === algorithm(digest)));
  if (comparable.length > 0) return comparable.every((digest) => subject.digests.includes(digest)) ? undefined : "digest";
  const { purl } = product;
  if (purl === undefined) return "product";
  if (purl.type === "oci" && subject.repository !== undefined) {
    if (!product.repositories.includes(subject.repository)) return "product";
    if (purl.version !== undefined) return "digest";
    for (const [key, value] of purl.qualifiers) {
      if (key !== "repository_url" && !(key === "tag" && value === subject.tag)) return "qualifier";
    }
    return undefined;
  }
  return subject.purl === undefined ? "product" : missOfPurl(purl, subject.purl, "product");
}

function algorithm(digest: string): string {
  return digest.slice(0, digest.indexOf(":"));
}

/** Why the finding's component is none of the subcomponents; undefined: it is one, or the statement is about the whole product. */
export function missOfSubcomponent(
  product: VexProduct,
  purl: Purl | undefined,
  version: string | undefined,
  readPurl: PurlReader,
): Miss | undefined {
  if (product.subcomponents.length === 0) return undefined;
  if (purl === undefined) return "subcomponent";
  const found = product.subcomponents.map((text) => {
    const named = readPurl(text);
    return named === undefined ? "subcomponent" : missOfPurl(named, purl, "subcomponent", version);
  });
  return found.includes(undefined) ? undefined : nearestMiss(found);
}

/** Why the product is not the finding's component itself; undefined: it is. */
export function missOfComponent(product: VexProduct, purl: Purl, version: string | undefined): Miss | undefined {
  return product.purl === undefined || product.subcomponents.length > 0 ? "product" : missOfPurl(product.purl, purl, "product", version);
}

/** The miss that was closest to a match. */
export function nearestMiss(found: readonly (Miss | undefined)[]): Miss {
  return found.reduce<Miss>(
    (nearest, miss) => (miss !== undefined && misses.indexOf(miss) > misses.indexOf(nearest) ? miss : nearest),
    "product",
  );
}

/** Why `named` does not include `actual`; `kind` is what to call a different package. */
function missOfPurl(named: Purl, actual: Purl, kind: "product" | "subcomponent", version?: string): Miss | undefined {
  if (purlKey(named) !== purlKey(actual)) return kind;
  if (named.version !== undefined && versionKey(named) !== versionKey(actual, version)) return "version";
  for (const [key, value] of named.qualifiers) if (key !== "epoch" && actual.qualifiers.get(key) !== value) return "qualifier";
  return undefined;
}
