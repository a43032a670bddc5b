/**
 * X.509-SVIDs (SPIFFE standard X509-SVID, sections 2 to 5): a certificate with one SPIFFE id that chains to the bundle of
 * that id's own trust domain. node:crypto checks names and signatures; extensions, which it does not show, are read by
 * @sigstore/core. Bundles of several trust domains are never merged: each speaks for its own.
 */
import { X509Certificate as Signed } from "node:crypto";
import { X509Certificate as Parsed } from "@sigstore/core";
import { parseSpiffeId, trustDomainOf } from "../../language/domains/spiffe.ts";

/** The authorities of one trust domain. None: everything that it issued is revoked. */
export interface SpiffeBundle {
  readonly trustDomain: string;
  readonly authorities: readonly Certificate[];
  /** `spiffe_sequence`: a smaller one is an older bundle. */
  readonly sequence?: number;
}

export interface Certificate {
  readonly signed: Signed;
  readonly parsed: Parsed;
}

export type ReadBundle =
  | { readonly kind: "bundle"; readonly bundle: SpiffeBundle }
  | { readonly kind: "refused"; readonly problem: string };

export type SvidVerdict =
  | { readonly kind: "verified"; readonly id: string /** `sha256:<hex>` of the leaf in DER. */; readonly fingerprint: string }
  | { readonly kind: "refused"; readonly problem: string };

const keyUsage = "2.5.29.15";
const subjectAltName = "2.5.29.17";
const basicConstraints = "2.5.29.19";
const extendedKeyUsage = "2.5.29.37";
/** Critical extensions that are checked here; RFC 5280, section 4.2: any other critical one refuses the certificate. */
const understood = new Set([keyUsage, subjectAltName, basicConstraints, extendedKeyUsage]);
const nameConstraints = "2.5.29.30";

const longestBundle = 4_000_000;
const longestChain = 8;

/** Reads a bundle: JWKS (SPIFFE Trust Domain and Bundle, section 4), or certificates in PEM. */
export function readSpiffeBundle(text: string, trustDomain: string): ReadBundle {
  if (text.length > longestBundle) return no(`it has more than ${longestBundle} characters`);
  const id = parseSpiffeId(`spiffe://${trustDomain}`);
  if (!id.ok || trustDomain.includes("/")) return no(`\`${trustDomain}\` is no trust domain`);
  if (/^\s*\{/.test(text)) return readKeySet(text, trustDomain);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return no("it is neither a JSON key set nor certificates in PEM");
  return authoritiesOf(blocks, trustDomain, undefined);
}

function no(problem: string): { readonly kind: "refused"; readonly problem: string } {
  return { kind: "refused", problem };
}

/**
 * Reads bundles by trust domain, `{ "trust_domains": { "acme.example": { "keys": […] } } }`, the form in which Envoy's
 * SPIFFE validator takes them. One that cannot be read refuses all.
 */
export function readBundleMap(
  json: unknown,
):
  | { readonly kind: "bundles"; readonly bundles: ReadonlyMap<string, SpiffeBundle> }
  | { readonly kind: "refused"; readonly problem: string } {
  const domains = json !== null && typeof json === "object" && "trust_domains" in json ? json.trust_domains : undefined;
  if (domains === null || typeof domains !== "object" || Array.isArray(domains))
    return no("`trust_domains` maps no trust domains to bundles");
  const bundles = new Map<string, SpiffeBundle>();
  for (const [trustDomain, keys] of Object.entries(domains)) {
    const id = parseSpiffeId(`spiffe://${trustDomain}`);
    if (!id.ok || trustDomain.includes("/")) return no(`\`${trustDomain}\` is no trust domain`);
    const read = keySet(keys, trustDomain);
    if (read.kind === "refused") return no(`\`${trustDomain}\`: ${read.problem}`);
    bundles.set(trustDomain, read.bundle);
  }
  return bundles.size === 0 ? no("it names no trust domain") : { kind: "bundles", bundles };
}

function readKeySet(text: string, trustDomain: string): ReadBundle {
  try {
    return keySet(JSON.parse(text), trustDomain);
  } catch {
    return no("it is not JSON");
  }
}

function keySet(json: unknown, trustDomain: string): ReadBundle {
  if (json === null || typeof json !== "object") return no("it has no `keys`");
  const { keys, spiffe_sequence: sequence } = json as { keys?: unknown; spiffe_sequence?: unknown };
  if (!Array.isArray(keys)) return no("it has no `keys`");
  const found: Buffer[] = [];
  for (const [index, key] of keys.entries()) {
    // A use or type that nobody knows is passed over (section 4.2.2); keys for JWTs verify no certificate.
    if (key === null || typeof key !== "object" || key.use !== "x509-svid" || !["RSA", "EC"].includes(String(key.kty))) continue;
    const [first] = Array.isArray(key.x5c) ? key.x5c : [];
    if (!Array.isArray(key.x5c) || key.x5c.length !== 1 || typeof first !== "string")
      return no(`key ${index} has not exactly one certificate`);
    found.push(Buffer.from(first, "base64"));
  }
  return authoritiesOf(found, trustDomain, typeof sequence === "number" ? sequence : undefined);
}

function authoritiesOf(encoded: readonly (string | Buffer)[], trustDomain: string, sequence: number | undefined): ReadBundle {
  const authorities: Certificate[] = [];
  for (const [index, one] of encoded.entries()) {
    const certificate = readCertificate(one);
    if (certificate === undefined) return no(`authority ${index} is not a certificate`);
    const problem = authorityProblem(certificate);
    if (problem !== undefined) return no(`authority ${index} ${problem}`);
    authorities.push(certificate);
  }
  return { kind: "bundle", bundle: { trustDomain, authorities, ...(sequence === undefined ? {} : { sequence }) } };
}

/** A certificate in PEM or DER; undefined where it is none. */
export function readCertificate(encoded: string | Uint8Array): Certificate | undefined {
  try {
    const signed = new Signed(encoded);
    return { signed, parsed: Parsed.parse(Buffer.from(signed.raw)) };
  } catch {
    return undefined;
  }
}

/**
 * Verifies a chain, leaf first, at a time (microseconds). `bundles` are by trust domain. The chain of each bundle is looked
 * for in that bundle only: an authority of one trust domain says nothing about the ids of another.
 */
export function verifySvid(chain: readonly Uint8Array[], bundles: ReadonlyMap<string, SpiffeBundle>, time: number): SvidVerdict {
  if (chain.length === 0) return no("there is no certificate");
  if (chain.length > longestChain) return no(`a chain of ${chain.length} certificates is longer than ${longestChain}`);
  const certificates: Certificate[] = [];
  for (const [index, der] of chain.entries()) {
    const certificate = readCertificate(der);
    if (certificate === undefined) return no(`certificate ${index} of the chain is none`);
    certificates.push(certificate);
  }
  const [leaf, ...intermediates] = certificates;
  if (leaf === undefined) return no("there is no certificate");
  try {
    return verdictOf(leaf, intermediates, bundles, time);
  } catch {
    // Both libraries read a certificate's parts when they are asked for, and throw where one is not as its DER says.
    return no("a part of the certificate cannot be read");
  }
}

function verdictOf(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  bundles: ReadonlyMap<string, SpiffeBundle>,
  time: number,
): SvidVerdict {
  const id = leafId(leaf);
  if (typeof id !== "string") return id;
  const trustDomain = trustDomainOf(id);
  const bundle = bundles.get(trustDomain);
  if (bundle === undefined || bundle.trustDomain !== trustDomain) return no(`there is no bundle of the trust domain \`${trustDomain}\``);
  const when = new Date(time / 1000);
  if (!leaf.parsed.validForDate(when)) return no("the certificate was not valid at the time of signing");
  const problem = pathProblem(leaf, intermediates, bundle.authorities, when);
  if (problem !== undefined) return no(problem);
  return { kind: "verified", id, fingerprint: `sha256:${leaf.signed.fingerprint256.replaceAll(":", "").toLowerCase()}` };
}

/**
 * Whether a certificate is to be read as an SVID: it names a SPIFFE id, and no issuer of tokens as those of Fulcio do, who
 * may have such names too. It says nothing of who issued it.
 */
export function isSvid(der: Uint8Array): boolean {
  const certificate = readCertificate(der);
  if (certificate === undefined) return false;
  try {
    const { parsed } = certificate;
    const names = parsed.extension(subjectAltName)?.valueObj.subs[0]?.subs ?? [];
    const isFulcios = ["1.3.6.1.4.1.57264.1.1", "1.3.6.1.4.1.57264.1.8"].some((oid) => parsed.extension(oid) !== undefined);
    return !isFulcios && names.some((name) => name.tag.isContextSpecific(6) && /^spiffe:/i.test(name.value.toString("latin1")));
  } catch {
    return false;
  }
}

/** The id of a leaf, by the rules for leaves (sections 2, 3, 4 and 5.2). */
function leafId(leaf: Certificate): string | { readonly kind: "refused"; readonly problem: string } {
  const names = (leaf.parsed.extension(subjectAltName)?.valueObj.subs[0]?.subs ?? []).filter((name) => name.tag.isContextSpecific(6));
  const [only] = names;
  if (only === undefined) return no("the certificate names no URI");
  if (names.length > 1) return no(`the certificate names ${names.length} URIs, and an SVID names exactly one`);
  const uri = only.value.toString("latin1");
  const id = parseSpiffeId(uri);
  if (!id.ok) return no(`the certificate's URI is no SPIFFE id: ${id.problem}`);
  if (uri === `spiffe://${trustDomainOf(uri)}`) return no(`\`${uri}\` names a trust domain, and a workload's id has a path`);
  const unknown = unknownCritical(leaf);
  if (unknown !== undefined) return no(`the certificate has ${unknown}`);
  if (isAuthority(leaf)) return no("the certificate is an authority's, which signs certificates only");
  const usage = leaf.parsed.extKeyUsage;
  if (usage === undefined) return no("the certificate does not say what its key is for");
  if (!usage.critical) return no("the certificate's key usage is not critical");
  if (!usage.digitalSignature) return no("the certificate's key is not for signatures");
  if (usage.keyCertSign || usage.crlSign) return no("the certificate's key may sign certificates or revocations");
  const purposes = leaf.signed.keyUsage as readonly string[] | undefined;
  const missing = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"].filter((purpose) => purposes !== undefined && !purposes.includes(purpose));
  if (missing.length > 0) return no("the certificate's extended key usage lacks server or client authentication");
  return id.value;
}

function isAuthority({ parsed }: Certificate): boolean {
  const constraints = parsed.extBasicConstraints;
  return constraints !== undefined && (constraints.valueObj.subs[0]?.subs.length ?? 0) > 0 && constraints.isCA;
}

function unknownCritical({ parsed }: Certificate): string | undefined {
  for (const extension of parsed.extensions) {
    const oid = extension.subs[0]?.toOID() ?? "";
    const critical = extension.subs.length === 3 && extension.subs[1]?.toBoolean() === true;
    if (oid === nameConstraints) return "name constraints, which are not evaluated here";
    if (critical && !understood.has(oid)) return `the critical extension ${oid}, which is not known here`;
  }
  return undefined;
}

/** Why a certificate may not issue others (RFC 5280, section 6.1.4; SVID section 4.3); undefined where it may. */
function authorityProblem(certificate: Certificate): string | undefined {
  try {
    return authorityRule(certificate);
  } catch {
    return "has a part that cannot be read";
  }
}

function authorityRule(certificate: Certificate): string | undefined {
  const unknown = unknownCritical(certificate);
  if (unknown !== undefined) return `has ${unknown}`;
  if (!isAuthority(certificate)) return "is no certificate authority";
  const usage = certificate.parsed.extKeyUsage;
  if (usage === undefined || !usage.keyCertSign) return "may not sign certificates";
  return undefined;
}

/** A path from the leaf to an authority, of certificates each used once; undefined where there is one. */
function pathProblem(
  certificate: Certificate,
  intermediates: readonly Certificate[],
  authorities: readonly Certificate[],
  when: Date,
  below = 0,
): string | undefined {
  let nearest = "the certificate does not chain to the bundle of its trust domain";
  for (const issuer of [...authorities, ...intermediates]) {
    if (!isIssuedBy(certificate, issuer)) continue;
    const problem = authorityProblem(issuer);
    const length = issuer.parsed.extBasicConstraints?.pathLenConstraint;
    if (problem !== undefined) nearest = `an issuer of its chain ${problem}`;
    else if (!issuer.parsed.validForDate(when)) nearest = "an issuer of its chain was not valid at the time of signing";
    else if (length !== undefined && length < BigInt(below)) nearest = "an issuer of its chain may not have so many below it";
    else if (authorities.includes(issuer)) return undefined;
    else {
      const rest = intermediates.filter((one) => one !== issuer);
      const further = pathProblem(issuer, rest, authorities, when, below + 1);
      if (further === undefined) return undefined;
      nearest = further;
    }
  }
  return nearest;
}

function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificate.signed.issuer === issuer.signed.subject && certificate.signed.verify(issuer.signed.publicKey);
  } catch {
    return false;
  }
}
