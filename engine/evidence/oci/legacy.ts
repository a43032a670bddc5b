/**
 * What cosign kept before version 3, turned into Sigstore bundles: signatures of a simple-signing payload and DSSE
 * envelopes, both as layers whose annotations hold certificate, log entry and timestamp (cosign's SIGNATURE_SPEC and
 * ATTESTATION_SPEC). Nothing is verified here.
 */
import type { Descriptor, Read } from "./manifest.ts";
import { readObject } from "./manifest.ts";
import type { Hash } from "./transport.ts";

export const layerAnnotations = {
  signature: "dev.cosignproject.cosign/signature",
  certificate: "dev.sigstore.cosign/certificate",
  bundle: "dev.sigstore.cosign/bundle",
  timestamp: "dev.sigstore.cosign/rfc3161timestamp",
} as const;

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isBase64(value: unknown): value is string {
  return typeof value === "string" && value !== "" && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function readJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** DER of each certificate of a PEM text, in base64. */
function certificates(pem: string): readonly string[] {
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]*)-----END CERTIFICATE-----/g)].map((match) =>
    (match[1] ?? "").replace(/\s+/g, ""),
  );
}

/** The log entry of the annotation: the promise of Rekor v1 (`SignedEntryTimestamp`) over the entry's body, index and time. */
function logEntry(text: string): Read<Json> {
  const json = readJsonText(text);
  const payload = isObject(json) ? json["Payload"] : undefined;
  if (!isObject(json) || !isObject(payload) || !isBase64(json["SignedEntryTimestamp"]))
    return { ok: false, problem: "its log entry has no signed timestamp" };
  const { body, integratedTime, logIndex, logID } = payload;
  if (!isBase64(body) || !Number.isSafeInteger(integratedTime) || !Number.isSafeInteger(logIndex) || typeof logID !== "string")
    return { ok: false, problem: "its log entry is not complete" };
  const entry = readJsonText(atobText(body) ?? "");
  if (!isObject(entry) || typeof entry["kind"] !== "string" || typeof entry["apiVersion"] !== "string")
    return { ok: false, problem: "its log entry has no kind" };
  if (!/^(?:[0-9a-fA-F]{2}){1,64}$/.test(logID)) return { ok: false, problem: "its log entry names no log" };
  return {
    ok: true,
    value: {
      logIndex: String(logIndex),
      logId: { keyId: base64(fromHex(logID)) },
      kindVersion: { kind: entry["kind"], version: entry["apiVersion"] },
      integratedTime: String(integratedTime),
      inclusionPromise: { signedEntryTimestamp: json["SignedEntryTimestamp"] },
      canonicalizedBody: body,
    },
  };
}

function atobText(text: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** What vouches for a signature, from the annotations of its layer. */
function material(annotations: Readonly<Record<string, string>>): Read<Json> {
  // The chain beside it says nothing: who issued the certificate is to be in the trusted root.
  const [certificate] = certificates(annotations[layerAnnotations.certificate] ?? "");
  const given = (annotations[layerAnnotations.certificate] ?? "") !== "";
  if (given && certificate === undefined) return { ok: false, problem: "its certificate is not PEM" };
  const entryText = annotations[layerAnnotations.bundle] ?? "";
  const entry = entryText === "" ? undefined : logEntry(entryText);
  if (entry?.ok === false) return entry;
  const timestampText = annotations[layerAnnotations.timestamp] ?? "";
  const timestamp = timestampText === "" ? undefined : readJsonText(timestampText);
  const signedTimestamp = isObject(timestamp) ? timestamp["SignedRFC3161Timestamp"] : undefined;
  if (timestampText !== "" && timestampText !== "null" && !isBase64(signedTimestamp))
    return { ok: false, problem: "its timestamp cannot be read" };
  return {
    ok: true,
    value: {
      ...(certificate === undefined
        ? { publicKey: { hint: "" } }
        : { x509CertificateChain: { certificates: [{ rawBytes: certificate }] } }),
      tlogEntries: entry ? [entry.value] : [],
      ...(isBase64(signedTimestamp) ? { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp }] } } : {}),
    },
  };
}

/** Version 0.1 is the one that may hold a promise of the log without its proof. */
const version = "application/vnd.dev.sigstore.bundle+json;version=0.1";

function written(verificationMaterial: Json, content: Json): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ mediaType: version, verificationMaterial, ...content }));
}

export interface LegacySignature {
  readonly bundle: Uint8Array;
  /** The digest of the image that the payload speaks about: `critical.image.docker-manifest-digest`. */
  readonly manifestDigest: string;
}

/** The digest that a simple-signing payload is about (containers/image, "containers-signature(5)"). */
export function simpleSigningDigest(payload: Uint8Array): Read<string> {
  const read = readObject(payload, 1_000_000);
  if (!read.ok) return read;
  const critical = read.value["critical"];
  const image = isObject(critical) ? critical["image"] : undefined;
  const digest = isObject(image) ? image["docker-manifest-digest"] : undefined;
  if (!isObject(critical) || typeof critical["type"] !== "string") return { ok: false, problem: "its payload has no type" };
  if (critical["type"] !== "cosign container image signature") return { ok: false, problem: "its payload is not a container signature" };
  if (typeof digest !== "string" || digest === "") return { ok: false, problem: "its payload names no image" };
  return { ok: true, value: digest };
}

/** A signature of `payload`, whose annotations are those of `layer`, as a bundle with a message signature. */
export function signatureBundle(layer: Descriptor, payload: Uint8Array, hash: Hash): Read<LegacySignature> {
  const signature = layer.annotations[layerAnnotations.signature];
  if (!isBase64(signature)) return { ok: false, problem: "its layer has no signature" };
  const digest = simpleSigningDigest(payload);
  if (!digest.ok) return digest;
  const vouching = material(layer.annotations);
  if (!vouching.ok) return vouching;
  const messageDigest = { algorithm: "SHA2_256", digest: base64(fromHex(hash("sha256", payload))) };
  return {
    ok: true,
    value: { bundle: written(vouching.value, { messageSignature: { messageDigest, signature } }), manifestDigest: digest.value },
  };
}

/** A DSSE envelope, whose annotations are those of `layer`, as a bundle. */
export function attestationBundle(layer: Descriptor, envelope: Uint8Array, limit: number): Read<Uint8Array> {
  const read = readObject(envelope, limit);
  if (!read.ok) return read;
  const { payloadType, payload, signatures } = read.value;
  if (typeof payloadType !== "string" || typeof payload !== "string" || !Array.isArray(signatures))
    return { ok: false, problem: "it is not a DSSE envelope" };
  const vouching = material(layer.annotations);
  if (!vouching.ok) return vouching;
  const signed = signatures.map((one: unknown) => (isObject(one) ? { sig: one["sig"], keyid: one["keyid"] ?? "" } : {}));
  return { ok: true, value: written(vouching.value, { dsseEnvelope: { payloadType, payload, signatures: signed } }) };
}
