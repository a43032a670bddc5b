/**
 * What a document says that stands in an attestation it says of the subjects of that, and decisions about others pass over
 * what it says of components (`engine/decide/vex/about.ts`). In a document of its own, a statement that suppresses would hold
 * in everybody's products: it is written of the subjects, by their digests.
 */
import type { VexAssertion, VexDocument, VexNamedProduct } from "../../../engine/decide/vex/document.ts";
import { canonicalDigest } from "../../../engine/decide/vex/product.ts";
import { aliasClasses } from "../../../engine/evidence/openvex/rules.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import { type Purl, parsePurl } from "../../../language/domains/purl.ts";
import { purlOf } from "./product.ts";
import { suppresses } from "./words.ts";

/** A subject of the attestation. */
export interface AttestedSubject {
  readonly name: string | undefined;
  /** `<algorithm>:<hex>`, of one thing. */
  readonly digests: readonly string[];
}

export interface Attested {
  readonly document: VexDocument;
  /** Products of statements that suppress of which cannot be said that they are meant as parts of the subjects: they are left out. */
  readonly omitted: number;
}

/**
 * The document with what suppresses said of the subjects: products that are one of them by its digest, the others as their
 * parts. What names no version suppresses nothing anywhere and stays, as does what a BOM-Link names, which holds in that bill of
 * materials only. What warns stays as it is, and is said of the subjects too, so that it ranks as high as what suppresses there.
 */
export function ofSubjects(document: VexDocument, subjects: readonly AttestedSubject[]): Attested {
  let omitted = 0;
  const isPassed = passedOver(document, subjects);
  const placed = (statement: VexAssertion, product: VexNamedProduct): readonly VexNamedProduct[] => {
    const place = placeOf(product, subjects);
    if (!suppresses(statement.status)) return place.kind === "bound" ? [product, ...place.products] : [product];
    if (place.kind === "kept") return [product];
    if (place.kind === "bound" && !(place.ranksHigher && isPassed(statement))) return place.products;
    omitted++;
    return [];
  };
  const statements = document.statements.map((statement) => ({
    ...statement,
    products: statement.products.flatMap((product) => placed(statement, product)),
  }));
  // What named no product before is about none still; what lost them all says nothing that could be written.
  const kept = statements.filter(({ products }, index) => products.length > 0 || document.statements[index]?.products.length === 0);
  return { document: { ...document, statements: kept }, omitted };
}

/**
 * Whether an older statement warns of the same vulnerability that a decision hears first, because it names the subject, a
 * digest or a part: said of a part of the subject, what suppresses would be heard before it.
 */
function passedOver(document: VexDocument, subjects: readonly AttestedSubject[]): (statement: VexAssertion) => boolean {
  const classOf = aliasClasses(document.statements.map(({ vulnerability, aliases }) => [vulnerability, ...aliases]));
  const earliest = new Map<string, number>();
  for (const { status, vulnerability, timestamp = document.timestamp ?? Number.NEGATIVE_INFINITY, products } of document.statements) {
    if (suppresses(status) || !products.some((product) => isHeardFirst(product, subjects))) continue;
    const key = classOf(vulnerability);
    earliest.set(key, Math.min(earliest.get(key) ?? timestamp, timestamp));
  }
  return ({ vulnerability, timestamp = document.timestamp ?? Number.POSITIVE_INFINITY }) =>
    (earliest.get(classOf(vulnerability)) ?? Number.POSITIVE_INFINITY) < timestamp;
}

function isHeardFirst(product: VexNamedProduct, subjects: readonly AttestedSubject[]): boolean {
  const purl = purlOf(product);
  if (product.subcomponents.length > 0 || digestsOf(product, purl).length > 0 || product.id.startsWith("urn:cdx:")) return true;
  return purl?.type === "oci" || subjects.some((subject) => isNamed(subject, product, purl));
}

type Place =
  /** `ranksHigher`: than what was read. */
  | { readonly kind: "bound"; readonly products: readonly VexNamedProduct[]; readonly ranksHigher: boolean }
  | { readonly kind: "kept" }
  | { readonly kind: "omitted" };

const kept: Place = { kind: "kept" };
const omitted: Place = { kind: "omitted" };

function placeOf(product: VexNamedProduct, subjects: readonly AttestedSubject[]): Place {
  const { id, versions, subcomponents } = product;
  const purl = purlOf(product);
  const digests = digestsOf(product, purl);
  const same = subjects.filter((subject) => digests.some((digest) => subject.digests.includes(digest)));
  if (same.length > 0) {
    // Digests are of this thing alone; the purl of a package would speak of what has other digests too.
    const isDigest = purl === undefined || purl.type === "oci";
    return isDigest ? kept : { kind: "bound", products: same.map((subject) => whole(subject, subcomponents)), ranksHigher: false };
  }
  if (id.startsWith("urn:cdx:")) return kept;
  if (versions === undefined && digests.length === 0 && !isAnchored(product, purl)) return kept;
  if (versions !== undefined || subjects.length === 0) return omitted;
  const named = digests.length > 0 ? [] : subjects.filter((subject) => isNamed(subject, product, purl));
  if (named.length > 0) {
    const parts = anchored(product, purl);
    // Without its parts it would be the whole of the subject.
    if (parts.length === 0 && subcomponents.length > 0) return omitted;
    return { kind: "bound", products: named.map((subject) => whole(subject, parts)), ranksHigher: true };
  }
  const part = subcomponents.length > 0 ? undefined : partOf(product, purl, digests);
  return part === undefined ? omitted : { kind: "bound", products: subjects.map((subject) => whole(subject, [part])), ranksHigher: true };
}

function digestsOf({ id, digests }: VexNamedProduct, purl: Purl | undefined): readonly string[] {
  const inPurl = purl?.type === "oci" ? [purl.version ?? ""] : [];
  return [...digests, id, ...inPurl].flatMap((text) => canonicalDigest(text) ?? []);
}

function whole({ name, digests }: AttestedSubject, subcomponents: readonly string[]): VexNamedProduct {
  return { id: digests[0] ?? "", ...(name === undefined ? {} : { name }), digests, subcomponents };
}

/** Whether it or a part of it is named at a version that decisions could find: without one, nothing that it says suppresses. */
function isAnchored(product: VexNamedProduct, purl: Purl | undefined): boolean {
  const { version, cpe, subcomponents } = product;
  // Beside a purl, decisions ask for no CPE.
  if (purl === undefined) return version !== undefined || cpe !== undefined;
  return version !== undefined || purl.version !== undefined || (subcomponents.length > 0 && anchored(product, purl).length > 0);
}

/** The parts of which a version is named, by the product or by themselves. */
function anchored({ version, subcomponents }: VexNamedProduct, purl: Purl | undefined): readonly string[] {
  if (purl?.version !== undefined || version !== undefined) return subcomponents;
  return subcomponents.filter((part) => {
    const parsed = part.startsWith("pkg:") ? parsePurl(part) : undefined;
    return parsed?.ok ? parsed.value.version !== undefined : true;
  });
}

/** Whether the attestation gives its subject the very name that the product has, and the product asks for nothing beside it. */
function isNamed({ name = "" }: AttestedSubject, product: VexNamedProduct, purl: Purl | undefined): boolean {
  if (purl === undefined || product.version !== undefined) return false;
  if (purl.type !== "oci") return name.startsWith("pkg:") && samePurl(name, purl);
  const asked = [...purl.qualifiers.keys()].filter((key) => key !== "repository_url");
  if (asked.length > 0 || purl.version !== undefined || purl.subpath !== undefined) return false;
  const [ref, wanted] = [name, purl.qualifiers.get("repository_url") ?? ""].map((text) => parseImageRef(text));
  return ref?.ok === true && wanted?.ok === true && ref.value.repository === wanted.value.repository;
}

function samePurl(name: string, purl: Purl): boolean {
  const parsed = parsePurl(name);
  return parsed.ok && parsed.value.text === purl.text;
}

/** As parts are named: by digest, purl or CPE. By its name alone a part is none for certain. */
function partOf({ version, cpe }: VexNamedProduct, purl: Purl | undefined, digests: readonly string[]): string | undefined {
  if (digests.length > 0) return digests[0];
  if (purl !== undefined) return version === undefined || version === purl.version ? purl.text : undefined;
  return version === undefined ? cpe : undefined;
}
