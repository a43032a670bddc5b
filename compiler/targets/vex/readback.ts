/**
 * What was written, read again by the reader of its format. The loss report is the difference: what a reader does not get
 * back was lost, whatever a table of formats might say, and where it gets everything back nothing was.
 */
import type { VexAssertion, VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import { csaf } from "../../../engine/evidence/csaf/adapter.ts";
import { cyclonedx } from "../../../engine/evidence/cyclonedx/adapter.ts";
import type { Adapter } from "../../../engine/evidence/evidence.ts";
import { openvex } from "../../../engine/evidence/openvex/adapter.ts";
import { type ClaimFields, claimsOf, type SingleClaim, shownField } from "./claims.ts";
import { decides, type Loss, type LossField } from "./loss.ts";
import { genericPurl } from "./product.ts";
import { documentOf } from "./read.ts";
import { reasonOf } from "./reasons.ts";
import { unstated } from "./words.ts";

const adapters: Readonly<Record<VexFormat, Adapter>> = { openvex, csaf, cyclonedx };

/** Undefined: the reader refuses it, or finds no VEX in it. */
export function readBack(value: unknown, format: VexFormat): VexDocument | undefined {
  const { value: evidence } = adapters[format].read(value, { name: "", digest: "", base: "" });
  const found = evidence.find((one) => one.type === "waybill.vex.Document");
  return found && documentOf(found.data, format);
}

/** Everything of `document` that `read` does not say, in the order of the document. */
export function lossesBetween(document: VexDocument, read: VexDocument | undefined, format: VexFormat): readonly Loss[] {
  const head = headLosses(document, read, format);
  return [...head, ...claimLosses(document, read, format)];
}

function headLosses(document: VexDocument, read: VexDocument | undefined, format: VexFormat): readonly Loss[] {
  const fields: readonly (readonly [LossField, keyof VexDocument])[] = [
    ["id", "id"],
    ["author", "author"],
    ["role", "role"],
    ["title", "title"],
    ["timestamp", "timestamp"],
    ["first_issued", "firstIssued"],
    ["version", "version"],
  ];
  return fields.flatMap(([field, key]) => {
    const wanted = document[key];
    if (wanted === undefined || wanted === read?.[key]) return [];
    // CSAF: the tracking id, after the namespace.
    if (field === "id" && format === "csaf" && read?.id?.endsWith(`#${wanted}`)) return [];
    // Documents that were never issued again need not say so.
    if (field === "first_issued" && wanted === document.timestamp) return [];
    return [loss(field, `/${field}`, undefined, String(wanted), format, undefined)];
  });
}

function claimLosses(document: VexDocument, read: VexDocument | undefined, format: VexFormat): readonly Loss[] {
  const pairs = paired(claimsOf(document), read === undefined ? [] : claimsOf(read));
  const losses = new Map<string, Loss>();
  const add = (one: Loss): void => {
    const key = JSON.stringify([one.pointer, one.field, one.value]);
    if (!losses.has(key)) losses.set(key, one);
  };
  for (const [claim, found] of pairs) {
    const statement = document.statements[claim.statement];
    if (statement === undefined) continue;
    const place = `/statements/${claim.statement}`;
    if (found === undefined) {
      const pointer = claim.product === undefined ? place : `${place}/products/${claim.product}`;
      const { purl, digests, cpe, product, name, product_version, versions, subcomponents } = claim.fields;
      const about = [purl ?? digests ?? cpe ?? product ?? name ?? "", product_version, versions, subcomponents && `of it ${subcomponents}`];
      const value = `${statement.vulnerability} ${statement.status} ${about.filter((part) => part !== undefined).join(" ")}`.trim();
      add(loss("statement", pointer, claim.statement, value, format, { claim, statement, document }));
      continue;
    }
    const generic = isNamedAlike(claim, found);
    for (const field of differences(claim.fields, found.fields)) {
      // Said once, of the name.
      if (generic && (field === "purl" || field === "product_version")) continue;
      const pointer = productFields.has(field) ? `${place}/products/${claim.product}/${field}` : `${place}/${field}`;
      const value = field === "responses" ? statement.responses.join(" ") : (claim.fields[field] ?? "");
      add(loss(field, pointer, claim.statement, value, format, { claim, statement, document }));
    }
  }
  return [...losses.values()];
}

const productFields: ReadonlySet<LossField> = new Set([
  "product",
  "name",
  "supplier",
  "product_version",
  "versions",
  "purl",
  "cpe",
  "digests",
  "subcomponents",
]);

export interface Lost {
  readonly claim: SingleClaim;
  readonly statement: VexAssertion;
  readonly document: VexDocument;
}

function loss(
  field: LossField,
  pointer: string,
  statement: number | undefined,
  value: string,
  format: VexFormat,
  lost: Lost | undefined,
): Loss {
  const known = lost !== undefined && (lost.claim.fields.purl !== undefined || lost.claim.fields.digests !== undefined);
  // With a purl or digest nobody is matched by name.
  const bears = (field === "name" || field === "product") && known ? false : decides(field);
  return { field, pointer, statement, value: shownField(field, value), why: reasonOf(field, format, lost), decides: bears };
}

export function differences(wanted: ClaimFields, found: ClaimFields): readonly LossField[] {
  const fields = new Set([...Object.keys(wanted), ...Object.keys(found)] as LossField[]);
  return [...fields].filter((field) => wanted[field] !== found[field] && !(wanted[field] === undefined && harmless(field, found[field])));
}

/** What only stands because the format asks for something there. */
function harmless(field: LossField, value: string | undefined): boolean {
  // A name of its own that a format gives what had none, and the document's time where a statement had none.
  return field === "name" || field === "product" || field === "first_issued" || value === unstated.action || value === unstated.impact;
}

/** Each claim with the claim that came back for it: equal ones first, then the most alike about the same product. */
function paired(
  wanted: readonly SingleClaim[],
  found: readonly SingleClaim[],
): readonly (readonly [SingleClaim, SingleClaim | undefined])[] {
  const textOf = (claim: SingleClaim): string => JSON.stringify(Object.entries(claim.fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  const equal = new Map<string, { readonly first: SingleClaim; readonly unpaired: SingleClaim[] }>();
  const rest = new Map<string, Set<SingleClaim>>();
  for (const claim of found) {
    const text = textOf(claim);
    const alike = equal.get(text);
    if (alike === undefined) equal.set(text, { first: claim, unpaired: [claim] });
    else alike.unpaired.push(claim);
    for (const key of foundBy(claim)) rest.set(key, (rest.get(key) ?? new Set()).add(claim));
  }
  const pairs = new Map<SingleClaim, SingleClaim | undefined>();
  // Several equal claims may come back as one: saying it twice says no more.
  for (const claim of wanted) {
    const same = equal.get(textOf(claim));
    if (same === undefined) continue;
    pairs.set(claim, same.first);
    for (const one of same.unpaired.splice(0)) for (const key of foundBy(one)) rest.get(key)?.delete(one);
  }
  // What is about the very same first, so that nothing takes its place that is about less.
  for (const look of [lookedForExactly, lookedForRoughly]) {
    const done = new Map<string, SingleClaim>();
    for (const claim of wanted) {
      if (pairs.has(claim)) continue;
      const text = textOf(claim);
      const best = done.get(text) ?? mostAlike(claim, look(claim), rest);
      if (best === undefined) continue;
      pairs.set(claim, best);
      done.set(text, best);
      for (const key of foundBy(best)) rest.get(key)?.delete(best);
    }
  }
  return wanted.map((claim) => [claim, pairs.get(claim)] as const);
}

/** Under what a claim that came back is found: each name of the vulnerability, with all that it is about and with each of what tells its product. */
function foundBy({ names, about, fields: { purl, digests, cpe, product, name } }: SingleClaim): readonly string[] {
  const identities = [purl, digests, cpe, product, name].filter((one) => one !== undefined).map((one) => `by ${one}`);
  return names.flatMap((vulnerability) => [`about ${about}`, ...identities].map((key) => `${vulnerability} ${key}`));
}

function lookedForExactly({ names, about }: SingleClaim): readonly string[] {
  return names.map((vulnerability) => `${vulnerability} about ${about}`);
}

function lookedForRoughly(claim: SingleClaim): readonly string[] {
  const { purl, digests, cpe, product, name } = claim.fields;
  const identities = [purl ?? digests ?? cpe ?? product ?? name ?? "", genericOf(claim)].filter((one) => one !== undefined);
  return claim.names.flatMap((vulnerability) => identities.map((identity) => `${vulnerability} by ${identity}`));
}

function mostAlike(
  claim: SingleClaim,
  keys: readonly string[],
  rest: ReadonlyMap<string, ReadonlySet<SingleClaim>>,
): SingleClaim | undefined {
  let best: SingleClaim | undefined;
  let score = 0;
  for (const key of keys) {
    for (const one of rest.get(key) ?? []) {
      const alike = likeness(claim, one);
      if (alike <= score) continue;
      best = one;
      score = alike;
    }
  }
  return best;
}

const aboutTheSame = 1000;

/** 0: they are about different things. */
function likeness(a: SingleClaim, b: SingleClaim): number {
  if (a.fields.status !== b.fields.status || (a.product === undefined) !== (b.product === undefined)) return 0;
  const unlike = differences(a.fields, b.fields).length;
  if (a.about === b.about) return aboutTheSame + 100 - unlike;
  if (
    b.fields.subcomponents !== undefined &&
    a.fields.subcomponents !== b.fields.subcomponents &&
    !isGeneric(a.fields.subcomponents, b.fields.subcomponents)
  )
    return 0;
  const identity = a.fields.purl ?? a.fields.digests ?? a.fields.cpe ?? a.fields.product ?? a.fields.name ?? "";
  const same = [b.fields.purl, b.fields.digests, b.fields.cpe, b.fields.product, b.fields.name].includes(identity);
  if (!same && !isNamedAlike(a, b)) return 0;
  const exact = (a.fields.versions ?? a.fields.product_version) === (b.fields.versions ?? b.fields.product_version);
  return (exact ? 500 : 100) - unlike;
}

/** A part without an identifier, as OpenVEX names it. */
function isGeneric(part: string | undefined, written: string): boolean {
  return part !== undefined && written === genericPurl({ id: part });
}

/** Name and version as a purl of the type `generic`, which is how OpenVEX says them; undefined: it is told otherwise. */
function genericOf({ fields }: SingleClaim): string | undefined {
  const { purl, digests, cpe, product, name, product_version: version } = fields;
  if (purl !== undefined || digests !== undefined || cpe !== undefined) return undefined;
  return genericPurl({ id: product ?? "", name: name ?? "", ...(version === undefined ? {} : { version }) });
}

function isNamedAlike(a: SingleClaim, b: SingleClaim): boolean {
  return b.fields.purl !== undefined && b.fields.purl === genericOf(a);
}
