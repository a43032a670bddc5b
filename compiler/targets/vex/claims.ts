/**
 * A document taken apart: one claim for each vulnerability, product and subcomponent that a statement names. Formats
 * group these differently (CSAF by vulnerability, CycloneDX by component), so documents are compared claim by claim.
 */
import { rfc3339 } from "../../../engine/decide/instant.ts";
import type { VexAssertion, VexDocument, VexNamedProduct } from "../../../engine/decide/vex/document.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import type { LossField } from "./loss.ts";
import { purlOf } from "./product.ts";
import { asRemediation, ownWords, unstated } from "./words.ts";

/** Fields in canonical form: what is written differently and means the same is equal. */
export type ClaimFields = Readonly<Partial<Record<LossField, string>>>;

export interface SingleClaim {
  readonly statement: number;
  /** Undefined: the statement names no product. */
  readonly product: number | undefined;
  /** Every name of the vulnerability, its own first. */
  readonly names: readonly string[];
  /** What the claim is about: product, version and subcomponent. Equal keys are about the same. */
  readonly about: string;
  readonly fields: ClaimFields;
}

export function claimsOf(document: VexDocument): readonly SingleClaim[] {
  return document.statements.flatMap((statement, index) => claimsOfStatement(statement, index, document));
}

/** `urn:cdx:<serial>/<version>#`, with which CycloneDX documents name their own parts. */
export function ownLink(document: Pick<VexDocument, "format" | "id" | "version">): string | undefined {
  if (document.format !== "cyclonedx" || document.id === undefined) return undefined;
  const { version = "1" } = document;
  const number = version.includes("e+") ? String(Number(version)) : version;
  return `urn:cdx:${document.id.replace("urn:uuid:", "")}/${number}#`;
}

/** A product's name inside its own document, without the document's. As readers give it, it is percent-encoded no more (`canonicalLink`). */
export function localId(id: string, document: Pick<VexDocument, "format" | "id" | "version">): string {
  const link = ownLink(document);
  return link !== undefined && id.startsWith(link) ? id.slice(link.length) : id;
}

/**
 * The document with its own names for products. A BOM-Link to the document itself has its name and version in it: in the
 * next version, and under another name, it would lead elsewhere.
 */
export function withLocalNames(document: VexDocument): VexDocument {
  const statements = document.statements.map((statement) => ({
    ...statement,
    products: statement.products.map((product) => ({ ...product, id: localId(product.id, document) })),
  }));
  return { ...document, statements };
}

function claimsOfStatement(statement: VexAssertion, index: number, document: VexDocument): readonly SingleClaim[] {
  const own = ownWords(statement);
  const responses = [...new Set(statement.responses.map((response) => asRemediation(response) ?? response))].sort();
  const names = [...new Set([statement.vulnerability, ...statement.aliases])];
  const fields: ClaimFields = given({
    vulnerability: [...names].sort().join(" "),
    description: names.includes(statement.description ?? "") ? undefined : statement.description,
    status: statement.status,
    justification: statement.justification,
    state: own.state,
    own_justification: own.ownJustification,
    impact: statement.impact === unstated.impact ? undefined : statement.impact,
    action: statement.action === unstated.action ? undefined : statement.action,
    responses: responses.length === 0 ? undefined : responses.join(" "),
    notes: statement.notes,
    timestamp: asText(statement.timestamp ?? document.timestamp),
    first_issued: statement.firstIssued === statement.timestamp ? undefined : asText(statement.firstIssued),
    expires: asText(statement.expires),
  });
  if (statement.products.length === 0) return [{ statement: index, product: undefined, names, about: "", fields }];
  return statement.products.flatMap((product, at) => {
    const described = fieldsOfProduct(product, document);
    const subcomponents = product.subcomponents.length === 0 ? [undefined] : product.subcomponents;
    return [...new Set(subcomponents.map((sub) => (sub === undefined ? undefined : canonicalPurl(sub))))].map((subcomponents) => {
      const all = given({ ...fields, ...described, subcomponents });
      return { statement: index, product: at, names, about: aboutOf(all), fields: all };
    });
  });
}

/** What a product is told from others by, the surest first. */
function aboutOf(fields: ClaimFields): string {
  const { purl, digests, cpe, product, name, product_version, versions, subcomponents } = fields;
  const identity = purl ?? digests ?? cpe ?? product ?? name ?? "";
  return JSON.stringify([identity, product_version ?? null, versions ?? null, subcomponents ?? null]);
}

function fieldsOfProduct(product: VexNamedProduct, document: VexDocument): ClaimFields {
  const purl = purlOf(product);
  const id = localId(product.id, document);
  const digests = [...new Set(product.digests)].sort();
  const identified = {
    // Names without a scheme (`bom-ref`, CSAF product ids) say nothing outside their document, and one that is the purl says it twice.
    product: isGlobal(id) && !id.startsWith("pkg:") ? id : undefined,
    purl: purl?.text ?? product.purl,
    cpe: product.cpe,
    digests: digests.length === 0 ? undefined : digests.join(" "),
  };
  const nameless = Object.values(identified).every((value) => value === undefined);
  return given({
    ...identified,
    name: nameless ? (product.name ?? id) : names(product, id, purl?.name) ? undefined : product.name,
    supplier: product.supplier,
    product_version: product.version !== undefined && product.version === purl?.version ? undefined : product.version,
    versions: product.versions,
  });
}

/** Whether the name only says what identifiers say. */
function names(product: VexNamedProduct, id: string, purlName: string | undefined): boolean {
  const { name } = product;
  return (
    name === undefined ||
    name === id ||
    name === purlName ||
    name === product.purl ||
    name === product.cpe ||
    product.digests.includes(name)
  );
}

/** A name that means the same in every document: a URI, a BOM-Link above all. */
export function isGlobal(id: string): boolean {
  return /^(?:pkg|urn|https?|swid|cpe|did|tag):/i.test(id);
}

/** The value of a field as people read it: times as RFC 3339. */
export function shownField(field: LossField, value: string): string {
  const isTime = field === "timestamp" || field === "first_issued" || field === "expires";
  return isTime && /^-?\d+$/.test(value) ? rfc3339(Number(value)) : value;
}

export function canonicalPurl(text: string): string {
  const parsed = text.startsWith("pkg:") ? parsePurl(text) : undefined;
  return parsed?.ok ? parsed.value.text : text;
}

function asText(time: number | undefined): string | undefined {
  return time === undefined ? undefined : String(time);
}

function given(fields: Readonly<Record<string, string | undefined>>): ClaimFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ClaimFields;
}
