/**
 * OpenVEX 0.2.0 (openvex/spec). It names products by IRI, purl, CPE and hash, and knows no ranges of versions: what
 * suppresses for a range only is left out, because without the range it would suppress for every version; what does not
 * suppress is written for every version.
 */

import { rfc3339 } from "../../../engine/decide/instant.ts";
import type { VexAssertion, VexDocument, VexNamedProduct } from "../../../engine/decide/vex/document.ts";
import { majorOf } from "../../../engine/decide/vex/revision.ts";
import { parseDigest } from "../../../language/domains/digest.ts";
import { localId } from "./claims.ts";
import { given, type Json } from "./fields.ts";
import type { VexOptions } from "./loss.ts";
import { genericPurl, isIri, purlOf, splitDigest } from "./product.ts";
import { ofProductAlone, outlives, suppresses, unstated } from "./words.ts";

/** OpenVEX 0.2.0, "Hashes". */
const hashNames: ReadonlyMap<string, string> = new Map([
  ["md5", "md5"],
  ["sha1", "sha1"],
  ["sha256", "sha-256"],
  ["sha384", "sha-384"],
  ["sha512", "sha-512"],
  ["sha3-224", "sha3-224"],
  ["sha3-256", "sha3-256"],
  ["sha3-384", "sha3-384"],
  ["sha3-512", "sha3-512"],
  ["blake2s-256", "blake2s-256"],
  ["blake2b-256", "blake2b-256"],
  ["blake2b-512", "blake2b-512"],
]);

export function openvexOf(document: VexDocument, options: VexOptions): unknown {
  const time = document.timestamp ?? options.now;
  // Each statement has its own time below: none inherits that of the first version.
  const first = document.firstIssued !== undefined && document.firstIssued < time ? document.firstIssued : undefined;
  const statements = new Map<string, unknown>();
  for (const statement of document.statements) {
    const written = statementOf(ofProductAlone(statement), document, time);
    if (written !== undefined) statements.set(JSON.stringify(written), written);
  }
  return {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": idOf(document, options),
    author: document.author ?? options.author,
    ...given({ role: document.role ?? options.role }),
    ...(first === undefined ? { timestamp: rfc3339(time) } : { timestamp: rfc3339(first), last_updated: rfc3339(time) }),
    version: versionOf(document.version),
    tooling: `waybill ${options.tool}`,
    statements: [...statements.values()],
  };
}

function idOf({ id = "" }: VexDocument, { uuid }: VexOptions): string {
  return isIri(id) ? id : uuid(id);
}

/** A whole number from 1; of `1.0.3` the first. */
function versionOf(version: string | undefined): number {
  return Math.max(1, (version === undefined ? undefined : majorOf(version)) ?? 1);
}

function statementOf(statement: VexAssertion, document: VexDocument, time: number): Json | undefined {
  const { status } = statement;
  if (outlives(statement)) return undefined;
  const products = new Map<string, unknown>();
  for (const product of statement.products) {
    if (suppresses(status) && isWider(product, document)) continue;
    const written = productOf(product, suppresses(status), document);
    products.set(JSON.stringify(written), written);
  }
  if (products.size === 0) return undefined;
  const suppliers = new Set(statement.products.map((product) => product.supplier));
  const [supplier] = suppliers;
  return {
    vulnerability: {
      name: statement.vulnerability,
      ...given({ description: statement.description }),
      ...(statement.aliases.length === 0 ? {} : { aliases: [...new Set(statement.aliases)] }),
    },
    timestamp: rfc3339(statement.timestamp ?? time),
    products: [...products.values()],
    status,
    ...(suppliers.size === 1 ? given({ supplier }) : {}),
    ...given({ status_notes: statement.notes }),
    ...(status === "not_affected" ? reasonOf(statement) : {}),
    ...(status === "affected" ? { action_statement: statement.action ?? unstated.action } : {}),
  };
}

/** Whether the product would be named at more versions than the statement is about. */
function isWider(product: VexNamedProduct, document: VexDocument): boolean {
  const { id, version, versions, cpe } = product;
  if (versions !== undefined) return true;
  if (version === undefined) return false;
  const purl = purlOf(product);
  if (purl !== undefined) return purl.version !== version;
  // A name takes its version into a purl, and a digest is of one version; an IRI and a CPE stand for themselves.
  return cpe !== undefined || (!parseDigest(id).ok && isIri(localId(id, document)));
}

/** A justification or an impact is required; CycloneDX's own words are better than none. */
function reasonOf({ justification, impact, ownJustification, state }: VexAssertion): Json {
  if (justification !== undefined || impact !== undefined) return given({ justification, impact_statement: impact });
  return { impact_statement: ownJustification ?? (state === "not_affected" ? undefined : state) ?? unstated.impact };
}

/** A part that has no name OpenVEX knows is a purl that matches nothing; what does not suppress is said of the whole product then. */
function productOf(product: VexNamedProduct, narrow: boolean, document: VexDocument): Json {
  const known = product.subcomponents.every((text) => isIri(text) || /^(?:pkg|cpe):/.test(text));
  const subcomponents = known || narrow ? [...new Set(product.subcomponents)].map(subcomponentOf) : [];
  return { ...componentOf(product, document), ...(subcomponents.length === 0 ? {} : { subcomponents }) };
}

function componentOf(product: VexNamedProduct, document: VexDocument): Json {
  const id = localId(product.id, document);
  const purl = purlOf(product)?.text;
  const { cpe } = product;
  // Readers take the purl for the name of a product, so it is that where nothing else is.
  const own = isIri(id) && !id.startsWith("pkg:") ? id : purl;
  const identifiers = given({
    purl: own === purl ? undefined : purl,
    cpe22: cpe === undefined || cpe.startsWith("cpe:2.3:") ? undefined : cpe,
    cpe23: cpe?.startsWith("cpe:2.3:") ? cpe : undefined,
  });
  const hashes: { [name: string]: string } = {};
  for (const digest of product.digests) {
    const [algorithm, hex] = splitDigest(digest);
    const name = hashNames.get(algorithm);
    if (name !== undefined && hashes[name] === undefined) hashes[name] = hex;
  }
  const identified = Object.keys(identifiers).length > 0;
  const iri = own ?? (identified ? undefined : (product.digests.find((digest) => parseDigest(digest).ok) ?? genericPurl(product)));
  return {
    ...given({ "@id": iri }),
    ...(identified ? { identifiers } : {}),
    ...(Object.keys(hashes).length === 0 ? {} : { hashes }),
  };
}

function subcomponentOf(text: string): Json {
  if (text.startsWith("cpe:")) return { identifiers: text.startsWith("cpe:2.3:") ? { cpe23: text } : { cpe22: text } };
  if (isIri(text)) return { "@id": text };
  if (text.startsWith("pkg:")) return { identifiers: { purl: text } };
  return { "@id": genericPurl({ id: text }) };
}
