/**
 * Commits that gitsign signed: a detached CMS signature (RFC 5652) with a certificate of Fulcio. The certificate was valid
 * for ten minutes, so that the time of signing decides; it comes from the log entry or the timestamp that the signature
 * carries, and never from the certificate or the commit, which would let an old key sign for ever. Without either the
 * verdict is unsettled: most commits in the wild have their entry in the log only.
 *
 * The signature, with its entry, is turned into a Sigstore bundle and verified like any other.
 */
import { createHash, X509Certificate } from "node:crypto";
import { ASN1Obj } from "@sigstore/core";
import { type ExactIdentity, identityProblem } from "../exact.ts";
import type { TrustRoots } from "../root.ts";
import { verifyBundle } from "../verify.ts";
import type { Commit } from "./object.ts";
import { allBytes, bytesOf, type Fields, integer, message, readFields } from "./protobuf.ts";
import { type CommitVerdict, refused, unsettled } from "./verdict.ts";

export interface GitsignOptions {
  readonly roots: TrustRoots;
  readonly identity: ExactIdentity;
}

const oid = {
  signedData: "1.2.840.113549.1.7.2",
  data: "1.2.840.113549.1.7.1",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  timestamp: "1.2.840.113549.1.9.16.2.14",
  sha256: "2.16.840.1.101.3.4.2.1",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  ecPublicKey: "1.2.840.10045.2.1",
  logEntry: "1.3.6.1.4.1.57264.3.1",
} as const;

interface Cms {
  readonly certificate: X509Certificate;
  /** DER of the signed attributes, as they were signed. */
  readonly attributes: Buffer;
  readonly digest: Buffer;
  readonly signature: Buffer;
  readonly logEntry?: Buffer;
  /** Time-stamp tokens in DER. */
  readonly tokens: readonly Buffer[];
}

export function verifyGitsignCommit(commit: Commit, { roots, identity }: GitsignOptions): CommitVerdict {
  const cms = readCms(commit.signature ?? "");
  if (!("attributes" in cms)) return cms;
  if (!createHash("sha256").update(commit.payload).digest().equals(cms.digest))
    return refused("signature", "the signature is over another commit");
  if (cms.logEntry === undefined && cms.tokens.length === 0)
    return unsettled("the signature carries neither its log entry nor a timestamp, and nothing else says when it was made");
  const entry = cms.logEntry === undefined ? undefined : logEntry(cms.logEntry, cms);
  if (cms.logEntry !== undefined && entry === undefined) return refused("log-entry", "the log entry in the signature cannot be read");
  const verification = verifyBundle(bundleOf(cms, entry), { roots, artifact: cms.attributes });
  if (verification.kind === "unsettled") return verification;
  if (verification.kind === "refused") {
    if (entry === undefined && verification.reason === "log-threshold")
      return unsettled("the signature does not carry its log entry, and the trusted root asks for one");
    return refused(verification.reason, verification.detail);
  }
  const problem = identityProblem(verification.signer, identity);
  if (problem !== undefined) return refused(problem.reason, problem.detail);
  return {
    kind: "verified",
    by: "gitsign",
    signer: verification.signer,
    name: identity.identity,
    times: verification.times,
    notes: verification.notes,
  };
}

const armour = /^-----BEGIN (SIGNED MESSAGE|PKCS7|CMS)-----\n([A-Za-z0-9+/=\n]+)-----END \1-----\s*$/;

function readCms(text: string): Cms | ReturnType<typeof refused> {
  const match = armour.exec(text.replaceAll("\r\n", "\n"));
  if (match === null) return refused("malformed-signature", "it is not a CMS signature in its armour");
  try {
    return signedData(ASN1Obj.parseBuffer(Buffer.from(match[2] ?? "", "base64")));
  } catch {
    return refused("malformed-signature", "the CMS signature cannot be read");
  }
}

function malformed(problem: string): ReturnType<typeof refused> {
  return refused("malformed-signature", `the CMS signature ${problem}`);
}

/** RFC 5652, section 5: one signer, with signed attributes, whose content is elsewhere. */
function signedData(root: ASN1Obj): Cms | ReturnType<typeof refused> {
  const [type, wrapped] = root.subs;
  const parts = wrapped?.subs[0]?.subs ?? [];
  if (type?.toOID() !== oid.signedData) return malformed("is no signed data");
  const [, , content, ...rest] = parts;
  if (content?.subs[0]?.toOID() !== oid.data || content.subs.length !== 1) return malformed("is not over content that stands elsewhere");
  const certificates = rest.find((part) => part.tag.isContextSpecific(0))?.subs ?? [];
  const signers = rest.at(-1)?.subs ?? [];
  const [signer] = signers;
  if (signer === undefined || signers.length !== 1) return refused("several-signatures", `the CMS signature has ${signers.length} signers`);
  const [, sid, digestAlgorithm, attributes, signatureAlgorithm, signature, unsigned] = signer.subs;
  if (attributes === undefined || !attributes.tag.isContextSpecific(0)) return malformed("has no signed attributes");
  if (digestAlgorithm?.subs[0]?.toOID() !== oid.sha256) return refused("weak-digest", "the CMS signature is not over a digest by SHA-256");
  const algorithm = signatureAlgorithm?.subs[0]?.toOID();
  if (algorithm !== oid.ecdsaWithSha256 && algorithm !== oid.ecPublicKey)
    return refused("unsupported-signature", `the CMS signature is by an algorithm that gitsign does not use (${algorithm ?? "none"})`);
  const serial = sid?.subs[1]?.value;
  const matching = certificates
    .map((one) => new X509Certificate(one.toDER()))
    .filter((one) => serial !== undefined && BigInt(`0x${one.serialNumber}`) === BigInt(`0x${serial.toString("hex") || "0"}`));
  const [certificate] = matching;
  if (certificate === undefined || matching.length !== 1) return malformed("does not carry the certificate of its signer");
  const digest = attribute(attributes, oid.messageDigest)?.value;
  const contentType = attribute(attributes, oid.contentType);
  if (digest === undefined || contentType?.toOID() !== oid.data || signature === undefined)
    return malformed("has not the attributes that it must have");
  const entry = unsigned === undefined ? undefined : attribute(unsigned, oid.logEntry);
  const token = unsigned === undefined ? undefined : attribute(unsigned, oid.timestamp);
  // What is signed is the SET, not the implicit tag under which it stands in the message (section 5.4).
  const set = Buffer.from(attributes.toDER());
  set[0] = 0x31;
  return {
    certificate,
    attributes: set,
    digest,
    signature: signature.value,
    tokens: token === undefined ? [] : [token.toDER()],
    ...(entry === undefined ? {} : { logEntry: entry.value }),
  };
}

/** The only value of the only attribute of a type; undefined where there is none, or more. */
function attribute(attributes: ASN1Obj, type: string): ASN1Obj | undefined {
  const found = attributes.subs.filter((one) => one.subs[0]?.toOID() === type);
  const values = found[0]?.subs[1]?.subs ?? [];
  return found.length === 1 && values.length === 1 ? values[0] : undefined;
}

/**
 * The entry as a bundle has it. gitsign leaves its body out, which says nothing new: a `hashedrekord` over the signed
 * attributes, with the signature and the certificate. A body of anything else does not hash to a leaf of the log.
 */
function logEntry(bytes: Buffer, cms: Cms): object | undefined {
  const entry = readFields(bytes);
  if (entry === undefined) return undefined;
  const kind = message(entry, 3);
  const proof = message(entry, 6);
  const hashes = allBytes(proof, 4).map((hash) => hash.toString("base64"));
  const promise = bytesOf(message(entry, 5), 1);
  return {
    logIndex: integer(entry, 1),
    logId: { keyId: bytesOf(message(entry, 2), 1).toString("base64") },
    kindVersion: { kind: utf8(kind, 1), version: utf8(kind, 2) },
    integratedTime: integer(entry, 4),
    ...(promise.length === 0 ? {} : { inclusionPromise: { signedEntryTimestamp: promise.toString("base64") } }),
    inclusionProof: {
      logIndex: integer(proof, 1),
      rootHash: bytesOf(proof, 2).toString("base64"),
      treeSize: integer(proof, 3),
      hashes,
      checkpoint: { envelope: utf8(message(proof, 5), 1) },
    },
    canonicalizedBody: Buffer.from(JSON.stringify(bodyOf(cms))).toString("base64"),
  };
}

function utf8(fields: Fields | undefined, number: number): string {
  return bytesOf(fields, number).toString("utf8");
}

/** Keys in the order of canonical JSON (RFC 8785), which for these is that of the alphabet. */
function bodyOf({ attributes, signature, certificate }: Cms): object {
  return {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm: "sha256", value: createHash("sha256").update(attributes).digest("hex") } },
      signature: { content: signature.toString("base64"), publicKey: { content: Buffer.from(pemOf(certificate.raw)).toString("base64") } },
    },
  };
}

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function bundleOf(cms: Cms, entry: object | undefined): Uint8Array {
  const { attributes, signature, certificate, tokens } = cms;
  const bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: certificate.raw.toString("base64") },
      tlogEntries: entry === undefined ? [] : [entry],
      timestampVerificationData: {
        rfc3161Timestamps: tokens.map((token) => ({ signedTimestamp: granted(token).toString("base64") })),
      },
    },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: createHash("sha256").update(attributes).digest("base64") },
      signature: signature.toString("base64"),
    },
  };
  return Buffer.from(JSON.stringify(bundle));
}

/** A token as the answer of an authority that granted it (RFC 3161, section 2.4.2), which is what bundles hold. */
function granted(token: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from("3003020100", "hex"), token]);
  const size = body.length < 0x100 ? Buffer.from([0x81, body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([0x30]), body.length < 0x80 ? Buffer.from([body.length]) : size, body]);
}
