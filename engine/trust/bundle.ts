/**
 * Sigstore bundles v0.1 to v0.3 in JSON (sigstore/protobuf-specs, `sigstore_bundle.proto`), read strictly: the library
 * takes wrong base64, negative indexes and unknown versions as something else than they are, and what it then says is not
 * what is wrong.
 */
import { type Bundle, bundleFromJSON } from "@sigstore/bundle";
import { Bundle as ProtoBundle } from "@sigstore/protobuf-specs";
import { readJson } from "../evidence/json/read.ts";
import { object } from "../evidence/raw.ts";
import { type Refused, refuse } from "./refusal.ts";

/** Bytes of one bundle. Attestations of large SBOMs have a few megabytes. */
export const bundleLimit = 16_000_000;
/** Log entries and timestamps of one bundle; each costs signatures to verify. */
const listLimit = 32;

/** A bundle whose form is right; nothing of it is verified. */
export interface ReadBundle {
  readonly kind: "read";
  readonly bundle: Bundle;
  /** DER of the signing certificate, where it was made with one. */
  readonly certificate: Buffer | undefined;
  /** What was passed over while reading. */
  readonly notes: readonly string[];
}

type Version = "0.1" | "0.2" | "0.3";

const versions: Readonly<Record<string, Version>> = {
  "application/vnd.dev.sigstore.bundle+json;version=0.1": "0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2": "0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.3": "0.3",
  "application/vnd.dev.sigstore.bundle.v0.3+json": "0.3",
};

type Raw = Readonly<Record<string, unknown>>;

const base64 = /^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)={0,2}$/;
const natural = /^(?:0|[1-9][0-9]{0,18})$/;

/** The first thing wrong with the form, found as a thrown refusal: what is read is nested, and one is enough. */
class Malformed extends Error {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super(refused.detail);
    this.refused = refused;
  }
}

function malformed(detail: string): Malformed {
  return new Malformed(refuse("malformed-bundle", detail));
}

/** Reads a bundle. Gives the first thing wrong; never throws. */
export function readBundle(bytes: Uint8Array): ReadBundle | Refused {
  if (bytes.length > bundleLimit) return refuse("too-large", `the bundle has ${bytes.length} bytes, more than the limit of ${bundleLimit}`);
  const read = readJson(bytes, "the bundle", { size: bundleLimit, depth: 64 });
  if (!read.value) return refuse("malformed-bundle", read.diagnostics[0]?.message ?? "not valid JSON");
  try {
    return shaped(object(read.value.json));
  } catch (problem) {
    if (problem instanceof Malformed) return problem.refused;
    return refuse("malformed-bundle", "the bundle does not have the fields of a Sigstore bundle");
  }
}

function shaped(json: Raw | undefined): ReadBundle | Refused {
  if (!json) return refuse("malformed-bundle", "the bundle is not a JSON object");
  const version = versionOf(json);
  checkContent(json);
  const material = object(json["verificationMaterial"]);
  if (!material) throw malformed("the bundle has no `verificationMaterial`");
  checkKey(material, version);
  const { entries, notes } = logEntries(material, version);
  checkTimestamps(material);
  const given = { ...json, verificationMaterial: { ...material, tlogEntries: entries } };
  const bundle = hasDigest(json) ? bundleFromJSON(given) : digestless(given);
  return { kind: "read", bundle, certificate: leafOf(bundle), notes };
}

function versionOf({ mediaType, payloadType }: Raw): Version {
  if (mediaType === undefined && typeof payloadType === "string")
    throw new Malformed(refuse("unsupported-bundle", "it is a bare DSSE envelope, which carries no proof of who signed it and when"));
  if (typeof mediaType !== "string")
    throw new Malformed(refuse("unsupported-bundle", "it names no media type, so it is no Sigstore bundle"));
  const version = Object.hasOwn(versions, mediaType) ? versions[mediaType] : undefined;
  if (!version)
    throw new Malformed(refuse("unsupported-bundle", `\`${mediaType.slice(0, 100)}\` is not one of the bundle versions 0.1, 0.2 and 0.3`));
  return version;
}

/** Exactly one of a message signature and a DSSE envelope with exactly one signature. */
function checkContent(json: Raw): void {
  const message = object(json["messageSignature"]);
  const envelope = object(json["dsseEnvelope"]);
  if (message && envelope) throw malformed("the bundle has both `messageSignature` and `dsseEnvelope`");
  if (message) {
    const digest = object(message["messageDigest"])?.["digest"];
    if (!isEmpty(digest)) needBytes(digest, "messageSignature.messageDigest.digest");
    if (isEmpty(message["signature"])) throw new Malformed(refuse("no-signature", "`messageSignature` has no signature"));
    needBytes(message["signature"], "messageSignature.signature");
    return;
  }
  if (!envelope) throw new Malformed(refuse("no-signature", "the bundle has neither `messageSignature` nor `dsseEnvelope`"));
  if (typeof envelope["payloadType"] !== "string") throw malformed("`dsseEnvelope.payloadType` is not text");
  needBytes(envelope["payload"], "dsseEnvelope.payload");
  const signatures = list(envelope["signatures"], "dsseEnvelope.signatures");
  if (signatures.length > 1)
    throw new Malformed(refuse("several-signatures", `the envelope has ${signatures.length} signatures, and a bundle has exactly one`));
  const [signature] = signatures;
  if (!signature || isEmpty(signature["sig"])) throw new Malformed(refuse("no-signature", "the envelope has no signature"));
  needBytes(signature["sig"], "dsseEnvelope.signatures[0].sig");
}

/** Exactly one of a certificate, a chain (before v0.3) and the hint of a key. */
function checkKey(material: Raw, version: Version): void {
  const certificate = object(material["certificate"]);
  const chain = object(material["x509CertificateChain"]);
  const key = object(material["publicKey"]);
  if ([certificate, chain, key].filter((one) => one !== undefined).length > 1)
    throw malformed("`verificationMaterial` has more than one of `certificate`, `x509CertificateChain` and `publicKey`");
  if (chain) {
    if (version === "0.3") throw malformed("a bundle of version 0.3 carries one certificate, not a chain");
    const certificates = list(chain["certificates"], "verificationMaterial.x509CertificateChain.certificates");
    if (certificates.length === 0) throw new Malformed(refuse("no-certificate", "the certificate chain is empty"));
    if (certificates.length > listLimit)
      throw new Malformed(refuse("too-large", `the chain has ${certificates.length} certificates, more than ${listLimit}`));
    for (const [i, one] of certificates.entries())
      needBytes(one["rawBytes"], `verificationMaterial.x509CertificateChain.certificates[${i}].rawBytes`);
  } else if (certificate) {
    needBytes(certificate["rawBytes"], "verificationMaterial.certificate.rawBytes");
  } else if (!key) throw new Malformed(refuse("no-certificate", "the bundle has neither a certificate nor the hint of a key"));
}

/**
 * Entries of transparency logs. Version 0.1 wants the log's promise and takes a proof without a checkpoint, which proves
 * nothing and is left out; later versions want the proof and its checkpoint.
 */
function logEntries(material: Raw, version: Version): { readonly entries: readonly Raw[]; readonly notes: readonly string[] } {
  const given = material["tlogEntries"];
  const entries = given === undefined || given === null ? [] : list(given, "verificationMaterial.tlogEntries");
  if (entries.length > listLimit)
    throw new Malformed(refuse("too-large", `the bundle has ${entries.length} log entries, more than ${listLimit}`));
  const notes: string[] = [];
  const read = entries.map((entry, i): Raw => {
    const at = `verificationMaterial.tlogEntries[${i}]`;
    // Protocol buffers write no zero in JSON: the first entry of a log has no index.
    needNatural(entry["logIndex"] ?? 0, `${at}.logIndex`);
    if (entry["integratedTime"] !== undefined) needNatural(entry["integratedTime"], `${at}.integratedTime`);
    needBytes(object(entry["logId"])?.["keyId"], `${at}.logId.keyId`);
    needBytes(entry["canonicalizedBody"], `${at}.canonicalizedBody`);
    const kind = object(entry["kindVersion"]);
    if (typeof kind?.["kind"] !== "string" || typeof kind["version"] !== "string") throw malformed(`\`${at}.kindVersion\` is incomplete`);
    const promise = object(entry["inclusionPromise"]);
    if (promise) needBytes(promise["signedEntryTimestamp"], `${at}.inclusionPromise.signedEntryTimestamp`);
    const proof = object(entry["inclusionProof"]);
    if (proof) {
      needNatural(proof["logIndex"] ?? 0, `${at}.inclusionProof.logIndex`);
      needNatural(proof["treeSize"], `${at}.inclusionProof.treeSize`);
      needBytes(proof["rootHash"], `${at}.inclusionProof.rootHash`);
      const hashes: unknown = proof["hashes"] ?? [];
      if (!Array.isArray(hashes)) throw malformed(`\`${at}.inclusionProof.hashes\` is not a list`);
      for (const [n, hash] of hashes.entries()) needBytes(hash, `${at}.inclusionProof.hashes[${n}]`);
    }
    const checkpoint = object(proof?.["checkpoint"])?.["envelope"];
    if (version === "0.1") {
      if (!promise) throw new Malformed(refuse("log-inclusion", "the log entry has no signed promise, which version 0.1 demands"));
      if (!proof || typeof checkpoint === "string") return entry;
      notes.push("a proof of inclusion without a checkpoint was passed over: the log's signed promise counts");
      return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== "inclusionProof"));
    }
    if (!proof) throw new Malformed(refuse("log-inclusion", `the log entry has no proof of inclusion, which version ${version} demands`));
    if (typeof checkpoint !== "string")
      throw new Malformed(refuse("log-inclusion", "the proof of inclusion has no checkpoint, so that no log vouches for it"));
    return entry;
  });
  return { entries: read, notes };
}

function checkTimestamps(material: Raw): void {
  const data = object(material["timestampVerificationData"]);
  const given = data?.["rfc3161Timestamps"];
  if (given === undefined || given === null) return;
  const at = "verificationMaterial.timestampVerificationData.rfc3161Timestamps";
  const timestamps = list(given, at);
  if (timestamps.length > listLimit)
    throw new Malformed(refuse("too-large", `the bundle has ${timestamps.length} timestamps, more than ${listLimit}`));
  for (const [i, one] of timestamps.entries()) needBytes(one["signedTimestamp"], `${at}[${i}].signedTimestamp`);
}

function hasDigest(json: Raw): boolean {
  const message = object(json["messageSignature"]);
  return !message || !isEmpty(object(message["messageDigest"])?.["digest"]);
}

/**
 * A message signature without the digest of the message, which the library refuses: the digest is a hint, and cosign leaves
 * it out for Ed25519 keys, whose signatures are over the message itself. Everything else was checked above.
 */
function digestless(json: Raw): Bundle {
  const message = object(json["messageSignature"]) ?? {};
  return ProtoBundle.fromJSON({ ...json, messageSignature: { ...message, messageDigest: {} } }) as Bundle;
}

function leafOf(bundle: Bundle): Buffer | undefined {
  const { content } = bundle.verificationMaterial;
  switch (content.$case) {
    case "certificate":
      return content.certificate.rawBytes;
    case "x509CertificateChain":
      return content.x509CertificateChain.certificates[0]?.rawBytes;
    case "publicKey":
      return undefined;
  }
}

function list(value: unknown, at: string): readonly Raw[] {
  if (!Array.isArray(value)) throw malformed(`\`${at}\` is not a list`);
  return value.map((one, i) => {
    const read = object(one);
    if (!read) throw malformed(`\`${at}[${i}]\` is not an object`);
    return read;
  });
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/**
 * Protobuf's JSON takes standard and URL-safe base64, padded or not, and Go's reader passes over line ends; anything else
 * would be read as something else.
 */
function needBytes(value: unknown, at: string): void {
  if (typeof value !== "string" || value === "") throw malformed(`\`${at}\` is missing`);
  const written = value.includes("\n") ? value.replace(/[\r\n]/g, "") : value;
  const padding = written.endsWith("==") ? 2 : written.endsWith("=") ? 1 : 0;
  if (!base64.test(written) || (written.length - padding) % 4 === 1 || (padding > 0 && written.length % 4 !== 0))
    throw malformed(`\`${at}\` is not base64`);
}

function needNatural(value: unknown, at: string): void {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !natural.test(text)) throw malformed(`\`${at}\` is not a whole number from 0`);
}
