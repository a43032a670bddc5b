/** Products as every writer needs them: the purl with its version, names made of identifiers. */
import type { VexNamedProduct } from "../../../engine/decide/vex/document.ts";
import { buildPurl, type Purl, parsePurl } from "../../../language/domains/purl.ts";

/** The purl of a product, its version in it; undefined: it has none that can be read. */
export function purlOf(product: Pick<VexNamedProduct, "id" | "purl" | "version">): Purl | undefined {
  const text = product.purl ?? (product.id.startsWith("pkg:") ? product.id : undefined);
  const parsed = text === undefined ? undefined : parsePurl(text);
  if (!parsed?.ok) return undefined;
  const purl = parsed.value;
  if (purl.version !== undefined || product.version === undefined) return purl;
  const { type, namespace, name, qualifiers, subpath } = purl;
  const full = buildPurl({
    type,
    name,
    version: product.version,
    qualifiers: Object.fromEntries(qualifiers),
    namespace,
    subpath,
  });
  return full.ok ? full.value : purl;
}

/** A name to show where the document gives none: formats require one. */
export function nameOf(product: VexNamedProduct): string {
  return product.name ?? purlOf(product)?.name ?? product.id;
}

/** The name and version of a product that has no other identifier, as purl-spec's type for what no registry has. */
export function genericPurl({ id, name, version }: Pick<VexNamedProduct, "id" | "name" | "version">): string {
  const built = buildPurl({ type: "generic", name: name ?? id, version });
  return built.ok ? built.value.text : `pkg:generic/${encodeURIComponent(id)}`;
}

/** `sha256:<hex>` in two. */
export function splitDigest(digest: string): readonly [algorithm: string, hex: string] {
  const colon = digest.indexOf(":");
  return [digest.slice(0, colon), digest.slice(colon + 1)];
}

/** Text that is a URI in form: a scheme, and nothing that URIs do not hold. */
export function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]+$/i.test(text) && !/%(?![0-9a-f]{2})/i.test(text);
}

/** IRIs (RFC 3987) hold letters of every script. */
export function isIri(text: string): boolean {
  return isUri(text.replace(/[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]/g, "a"));
}
