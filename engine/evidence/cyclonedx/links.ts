/** BOM-Links: references to elements of CycloneDX documents by the document's serial number and version (ECMA-424). */
import { type Json, text } from "../raw.ts";

/** A reference into another document, or into the document itself by its full name. */
export function isLink(ref: string): boolean {
  return ref.startsWith("urn:cdx:");
}

/** `urn:cdx:<serial>/<version>#`, with which a document may refer to itself; undefined: it has no serial number. */
export function ownLink(bom: Json): string | undefined {
  const serial = text(bom["serialNumber"])?.replace("urn:uuid:", "");
  return serial === undefined ? undefined : `urn:cdx:${serial}/${typeof bom["version"] === "number" ? bom["version"] : 1}#`;
}

/** The element that a link names within its document, as its `bom-ref` is written there. */
export function elementOf(fragment: string): string {
  // Refs that are purls are put into BOM-Links both with and without percent-encoding of their separators.
  if (fragment.startsWith("pkg:")) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** A reference as components of the document itself are found by: without `own`, the document's own name before it. */
export function localRef(ref: string, own: string | undefined): string {
  return own !== undefined && ref.startsWith(own) ? elementOf(ref.slice(own.length)) : ref;
}

/** The link in the one form in which links are compared: serial number in lower case, its element as it is written there. */
export function canonicalLink(link: string): string {
  const hash = link.indexOf("#");
  return hash < 0 ? link.toLowerCase() : `${link.slice(0, hash).toLowerCase()}#${elementOf(link.slice(hash + 1))}`;
}
