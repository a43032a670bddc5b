/** A Sigstore of our own in memory: its trusted root, and bundles that it would have made, right or wrong on purpose. */
import { createHash, type KeyObject, sign } from "node:crypto";
import {
  type Authority,
  type Keys,
  keys,
  type LeafOptions,
  leaf,
  rootAuthority,
  sha256,
  spkiOf,
  timestamp,
  timestampAuthority,
} from "./certificates.ts";

type Json = Record<string, unknown>;

export const minute = 60_000;
/** When everything here happens. */
export const signedAt = new Date("2026-03-01T12:00:00Z");
const from = new Date("2025-01-01T00:00:00Z");
const until = new Date("2035-01-01T00:00:00Z");

export const identity = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";
export const oidcIssuer = "https://token.actions.githubusercontent.com";

export interface Instance {
  readonly ca: Authority;
  readonly tsaRoot: Authority;
  readonly tsa: Authority;
  readonly log: Keys;
  readonly ctLog: Keys;
  /** `trusted_root.json`. */
  readonly root: Json;
}

export function instance(label = "acme"): Instance {
  const ca = rootAuthority(`${label} fulcio`, from, until);
  const tsaRoot = rootAuthority(`${label} time root`, from, until);
  const tsa = timestampAuthority(tsaRoot, `${label} time`, from, until);
  const log = keys();
  const ctLog = keys();
  const validFor = { start: from.toISOString() };
  const logOf = (baseUrl: string, { spki }: Keys): Json => ({
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: spki.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
    logId: { keyId: sha256(spki).toString("base64") },
  });
  const authorityOf = (uri: string, certificates: readonly Authority[]): Json => ({
    subject: { organization: label, commonName: label },
    uri,
    certChain: { certificates: certificates.map(({ certificate }) => ({ rawBytes: certificate.toString("base64") })) },
    validFor,
  });
  const root = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logOf(`https://rekor.${label}.test`, log)],
    certificateAuthorities: [authorityOf(`https://fulcio.${label}.test`, [ca])],
    ctlogs: [logOf(`https://ctlog.${label}.test`, ctLog)],
    timestampAuthorities: [authorityOf(`https://time.${label}.test`, [tsa, tsaRoot])],
  };
  return { ca, tsaRoot, tsa, log, ctLog, root };
}

/** A signing certificate of the instance, valid for ten minutes about `signedAt`. */
export function certificate(of: Instance, options: Partial<LeafOptions> = {}): { readonly keys: Keys; readonly certificate: Buffer } {
  return leaf(of.ca, {
    identity,
    oidcIssuer,
    notBefore: new Date(signedAt.getTime() - minute),
    notAfter: new Date(signedAt.getTime() + 9 * minute),
    ctLog: of.ctLog,
    ...options,
  });
}

/** An RFC 3161 timestamp of the instance over a signature. */
export function stamped(of: Instance, signature: Uint8Array, at: Date = signedAt): Json {
  return { signedTimestamp: timestamp(of.tsa, of.tsaRoot, signature, at).toString("base64") };
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")
    .trim()}\n-----END ${label}-----\n`;
}

/** The PEM that a log entry of Rekor v1 keeps. */
export function verifierPem(by: { readonly certificate: Buffer } | KeyObject): Buffer {
  return Buffer.from("certificate" in by ? pem("CERTIFICATE", by.certificate) : pem("PUBLIC KEY", spkiOf(by)));
}

/** An entry of Rekor v1 alone in its log, with promise, proof and checkpoint. */
export function logged(of: Instance, kind: string, spec: Json, at: Date = signedAt): Json {
  const entry = proven(of, kind, "0.0.1", spec);
  const integratedTime = Math.floor(at.getTime() / 1000);
  const { canonicalizedBody: body, logIndex } = entry;
  // In the order of canonical JSON (RFC 8785).
  const promise = JSON.stringify({ body, integratedTime, logID: sha256(of.log.spki).toString("hex"), logIndex: Number(logIndex) });
  return {
    ...entry,
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: sign("sha256", Buffer.from(promise), of.log.privateKey).toString("base64") },
  };
}

/** An entry of Rekor v2: a proof and its checkpoint, and no time of its own. */
export function proven(of: Instance, kind: string, version: string, spec: Json): Json {
  const body = Buffer.from(JSON.stringify({ apiVersion: version, kind, spec }));
  const logId = sha256(of.log.spki);
  const rootHash = sha256(Buffer.from([0]), body).toString("base64");
  const { host } = new URL(String((of.root["tlogs"] as Json[])[0]?.["baseUrl"]));
  const note = `${host}\n1\n${rootHash}\n`;
  const signature = Buffer.concat([logId.subarray(0, 4), sign("sha256", Buffer.from(note), of.log.privateKey)]);
  return {
    logIndex: "0",
    logId: { keyId: logId.toString("base64") },
    kindVersion: { kind, version },
    inclusionProof: {
      logIndex: "0",
      rootHash,
      treeSize: "1",
      hashes: [],
      checkpoint: { envelope: `${note}\n— ${host} ${signature.toString("base64")}\n` },
    },
    canonicalizedBody: body.toString("base64"),
  };
}

/** What Rekor v2 logs of a signature: a message's, or that over the encoding of an envelope. */
export function hashedRecord(signed: Uint8Array, signature: Uint8Array, by: { readonly certificate: Buffer }): Json {
  return {
    hashedRekordV002: {
      data: { algorithm: "SHA2_256", digest: sha256(signed).toString("base64") },
      signature: {
        content: Buffer.from(signature).toString("base64"),
        verifier: { keyDetails: "PKIX_ECDSA_P256_SHA_256", x509Certificate: { rawBytes: by.certificate.toString("base64") } },
      },
    },
  };
}

export interface BundleOptions {
  readonly by?: { readonly keys: Keys; readonly certificate: Buffer };
  readonly at?: Date;
  /** Leave the log entry or the timestamp out. */
  readonly log?: boolean;
  readonly stamp?: boolean;
}

function bundle(content: Json, material: Json, entries: readonly Json[], stamps: readonly Json[]): Json {
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { ...material, tlogEntries: entries, timestampVerificationData: { rfc3161Timestamps: stamps } },
    ...content,
  };
}

/** A message signature over the artifact. */
export function messageBundle(of: Instance, artifact: Uint8Array, options: BundleOptions = {}): Json {
  const by = options.by ?? certificate(of);
  const signature = sign("sha256", artifact, by.keys.privateKey);
  const hash = sha256(artifact);
  const spec = {
    data: { hash: { algorithm: "sha256", value: hash.toString("hex") } },
    signature: { content: signature.toString("base64"), publicKey: { content: verifierPem(by).toString("base64") } },
  };
  return bundle(
    {
      messageSignature: {
        messageDigest: { algorithm: "SHA2_256", digest: hash.toString("base64") },
        signature: signature.toString("base64"),
      },
    },
    { certificate: { rawBytes: by.certificate.toString("base64") } },
    options.log === false ? [] : [logged(of, "hashedrekord", spec, options.at)],
    options.stamp === false ? [] : [stamped(of, signature, options.at)],
  );
}

export interface Subject {
  readonly name?: string;
  readonly digest: Readonly<Record<string, string>>;
}

export function statement(subjects: readonly Subject[], predicateType = "https://slsa.dev/provenance/v1"): Buffer {
  return Buffer.from(JSON.stringify({ _type: "https://in-toto.io/Statement/v1", subject: subjects, predicateType, predicate: {} }));
}

export const digests = (bytes: Uint8Array, ...algorithms: readonly string[]): Record<string, string> =>
  Object.fromEntries(algorithms.map((algorithm) => [algorithm, createHash(algorithm).update(bytes).digest("hex")]));

/** The pre-authentication encoding of DSSE. */
export function encoded(payload: Uint8Array, type: string): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

/** A DSSE envelope around a payload, in-toto's type where none is named. */
export function envelopeBundle(
  of: Instance,
  payload: Buffer,
  options: BundleOptions = {},
  payloadType = "application/vnd.in-toto+json",
): Json {
  const by = options.by ?? certificate(of);
  const signature = sign("sha256", encoded(payload, payloadType), by.keys.privateKey);
  const spec = {
    payloadHash: { algorithm: "sha256", value: sha256(payload).toString("hex") },
    signatures: [{ signature: signature.toString("base64"), verifier: verifierPem(by).toString("base64") }],
  };
  return bundle(
    { dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: [{ sig: signature.toString("base64"), keyid: "" }] } },
    { certificate: { rawBytes: by.certificate.toString("base64") } },
    options.log === false ? [] : [logged(of, "dsse", spec, options.at)],
    options.stamp === false ? [] : [stamped(of, signature, options.at)],
  );
}

/** What cosign makes offline with a key: no log, no time. */
export function keyBundle(signature: Buffer, artifact: Uint8Array, hint = ""): Json {
  const digest = sha256(artifact).toString("base64");
  return bundle(
    { messageSignature: { messageDigest: { algorithm: "SHA2_256", digest }, signature: signature.toString("base64") } },
    { publicKey: { hint } },
    [],
    [],
  );
}

export const bytesOf = (json: unknown): Buffer => Buffer.from(JSON.stringify(json));
