/**
 * The signed content as @sigstore/verify asks for it. Its own classes need the artifact's bytes, take one hash for every
 * key and DER for every ECDSA signature; cryptography is Node's and the library's here too.
 */
import { constants, createHash, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import { dsse } from "@sigstore/core";
import { HashAlgorithm } from "@sigstore/protobuf-specs";
import type { SignedEntity } from "@sigstore/verify";
import type { Known } from "./digest.ts";
import { type Refused, refuse, type Unsettled, untold } from "./refusal.ts";

/** Verification of signatures over a digest, which Node has not; `prehash.ts` is it, loaded by who needs it. */
export interface Prehash {
  /** ECDSA over a digest, DER or IEEE P1363. */
  ecdsa(digest: Uint8Array, key: KeyObject, signature: Uint8Array): boolean;
  /** Ed25519ph (RFC 8032, section 5.1) over a message: what Rekor's hashedrekord wants of Ed25519 keys, and cosign attests with. */
  ed25519ph(message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean;
}

/** What was signed, and whether a key signed it. */
export interface Signed {
  readonly content: SignedEntity["signature"];
  /** The digest of the artifact that a message signature is about. */
  readonly artifact: { readonly algorithm: string; readonly hex: string } | undefined;
}

const messageHashes: Readonly<Partial<Record<HashAlgorithm, readonly [node: string, name: string]>>> = {
  [HashAlgorithm.HASH_ALGORITHM_UNSPECIFIED]: ["sha256", "sha256"],
  [HashAlgorithm.SHA2_256]: ["sha256", "sha256"],
  [HashAlgorithm.SHA2_384]: ["sha384", "sha384"],
  [HashAlgorithm.SHA2_512]: ["sha512", "sha512"],
  [HashAlgorithm.SHA3_256]: ["sha3-256", "sha3_256"],
  [HashAlgorithm.SHA3_384]: ["sha3-384", "sha3_384"],
};

/** The content of a bundle and, for message signatures, its binding to the artifact. */
export function signedContent(
  bundle: Bundle,
  key: KeyObject | undefined,
  artifact: Known | undefined,
  prehash: Prehash | undefined,
): Signed | Refused | Unsettled {
  if (bundle.content.$case === "dsseEnvelope") return envelopeContent(bundle.content.dsseEnvelope, prehash);
  const { messageDigest, signature } = bundle.content.messageSignature;
  const hash = messageHashes[messageDigest.algorithm];
  if (!hash) return refuse("unsupported-bundle", "the digest of the message is of an algorithm that is not supported");
  const [node, algorithm] = hash;
  const own = artifact?.hex(algorithm);
  if (messageDigest.digest.length === 0) return unhashed(signature, artifact, prehash);
  const hex = messageDigest.digest.toString("hex");
  if (artifact && own === undefined)
    return untold(`the signature is over the artifact's ${algorithm} digest, and the artifact is only known as ${artifact.shown}`);
  if (own !== undefined && own !== hex)
    return refuse("artifact-mismatch", `the bundle is about ${algorithm}:${hex}, and the artifact is ${algorithm}:${own}`);
  const bytes = artifact?.bytes;
  if (bytes) return message(signature, messageDigest.digest, algorithm, (k) => verifyBytes(bytes, k, signature, node, prehash));
  const type = key?.asymmetricKeyType;
  if (type !== undefined && type !== "ec")
    return untold(
      `a signature of an ${type === "ed25519" ? "Ed25519" : "RSA"} key is checked over the artifact itself, and only its digest is known`,
    );
  if (!prehash) return untold("the signature is checked over the artifact itself, and only its digest is known");
  return message(signature, messageDigest.digest, algorithm, (k) => prehash.ecdsa(messageDigest.digest, k, signature));
}

/** Without a digest in the bundle only the artifact itself can be held against the signature. */
function unhashed(signature: Buffer, artifact: Known | undefined, prehash: Prehash | undefined): Signed | Unsettled {
  const bytes = artifact?.bytes;
  if (!bytes) return untold("the bundle has no digest of what was signed: the signature is checked over the artifact itself");
  const digest = createHash("sha256").update(bytes).digest();
  return message(signature, digest, "sha256", (key) => verifyBytes(bytes, key, signature, undefined, prehash));
}

function message(signature: Buffer, digest: Buffer, algorithm: string, check: (key: KeyObject) => boolean): Signed {
  return {
    content: {
      signature,
      compareSignature: (other) => same(other, signature),
      compareDigest: (other) => same(other, digest),
      compareSignedDigest: (other) => same(other, digest),
      verifySignature: once(check),
    },
    artifact: { algorithm, hex: digest.toString("hex") },
  };
}

/** DSSE v1: the signature is over the pre-authentication encoding of the payload. */
function envelopeContent(
  envelope: { payloadType: string; payload: Buffer; signatures: readonly { sig: Buffer }[] },
  prehash: Prehash | undefined,
): Signed {
  const signature = envelope.signatures[0]?.sig ?? Buffer.alloc(0);
  const signedBytes = dsse.preAuthEncoding(envelope.payloadType, envelope.payload);
  const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
  return {
    content: {
      signature,
      compareSignature: (other) => same(other, signature),
      compareDigest: (other) => same(other, sha256(envelope.payload)),
      compareSignedDigest: (other) => same(other, sha256(signedBytes)),
      verifySignature: once((key) => verifyBytes(signedBytes, key, signature, undefined, prehash)),
    },
    artifact: undefined,
  };
}

function same(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Keys are tried before the rest of a bundle is looked at; the same key is asked about again. */
function once(check: (key: KeyObject) => boolean): (key: KeyObject) => boolean {
  let last: { readonly key: KeyObject; readonly held: boolean } | undefined;
  return (key) => {
    if (!last?.key.equals(key)) last = { key, held: check(key) };
    return last.held;
  };
}

/** Hashes that a key of the curve signs with: cosign used SHA-256 with every curve before its v3. */
const curveHashes: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ["sha256"],
  secp384r1: ["sha384", "sha256"],
  secp521r1: ["sha512", "sha256"],
};
const halves: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48, secp521r1: 66 };

/** `hash` is what the bundle names; without one, those that fit the key are tried. */
function verifyBytes(
  bytes: Uint8Array,
  key: KeyObject,
  signature: Buffer,
  hash: string | undefined,
  prehash: Prehash | undefined,
): boolean {
  try {
    const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
    switch (key.asymmetricKeyType) {
      case "ed25519":
        return verify(null, bytes, key, signature) || (prehash?.ed25519ph(bytes, key, signature) ?? false);
      case "rsa":
      case "rsa-pss":
        return [hash ?? "sha256"].some(
          (one) =>
            verify(one, bytes, key, signature) ||
            (key.asymmetricKeyType === "rsa" && verify(one, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING }, signature)),
        );
      case "ec":
        return (hash === undefined ? (curveHashes[curve] ?? []) : [hash]).some(
          (one) =>
            verify(one, bytes, key, signature) ||
            (signature.length === 2 * (halves[curve] ?? 0) && verify(one, bytes, { key, dsaEncoding: "ieee-p1363" }, signature)),
        );
      default:
        return false;
    }
  } catch {
    return false;
  }
}
