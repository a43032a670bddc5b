/**
 * Signing of our own statements with a key: DSSE in a Sigstore bundle v0.3 (sigstore/protobuf-specs, `Bundle`), which
 * `waybill verify --key`, cosign and every Sigstore client read. There is no transparency log and no time in it.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { bundleToJSON, toDSSEBundle } from "@sigstore/bundle";
import { dsse } from "@sigstore/core";

/** A private key that may sign, and how others name its public half. */
export interface SigningKey {
  readonly private: KeyObject;
  /** Digest of the signature scheme; Ed25519 has its own. */
  readonly hash: "sha256" | undefined;
  /** `sha256:<hex>` of the public key's SubjectPublicKeyInfo in DER. */
  readonly fingerprint: string;
  /** The public key in PEM. */
  readonly publicPem: string;
}

export type ReadSigningKey = { readonly kind: "key"; readonly key: SigningKey } | { readonly kind: "refused"; readonly problem: string };

const payloadType = "application/vnd.in-toto+json";

/**
 * Reads a private key in PEM: Ed25519, ECDSA over P-256, RSA of 2048 bits and more. Verifiers agree on SHA-256 for these;
 * for P-384 and P-521 some take the curve's own digest and some do not, so those keys are refused.
 */
export function readSigningKey(pem: string, passphrase?: string): ReadSigningKey {
  if (/BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY/.test(pem))
    return refused("it is a key of cosign's own format: write it as PKCS #8, or make one with `openssl genpkey`");
  if (/BEGIN PUBLIC KEY/.test(pem)) return refused("it is a public key, and only the private one signs");
  if (/BEGIN ENCRYPTED PRIVATE KEY/.test(pem) && passphrase === undefined) return refused("it is encrypted, and no passphrase was given");
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    return refused(passphrase === undefined ? "it is no private key in PEM" : "it is no private key in PEM, or the passphrase is wrong");
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ec" && details?.namedCurve !== "prime256v1")
    return refused(`its curve is ${details?.namedCurve ?? "not known"}: use P-256 or Ed25519`);
  if (type === "rsa" && (details?.modulusLength ?? 0) < 2048)
    return refused(`it has ${details?.modulusLength ?? 0} bits: use 2048 or more`);
  if (type !== "ec" && type !== "rsa" && type !== "ed25519")
    return refused(`it is a key for ${type ?? "another purpose"}: use P-256 or Ed25519`);
  const spki = createPublicKey(key);
  return {
    kind: "key",
    key: {
      private: key,
      hash: type === "ed25519" ? undefined : "sha256",
      fingerprint: `sha256:${createHash("sha256")
        .update(spki.export({ type: "spki", format: "der" }))
        .digest("hex")}`,
      publicPem: String(spki.export({ type: "spki", format: "pem" })),
    },
  };
}

function refused(problem: string): ReadSigningKey {
  return { kind: "refused", problem };
}

/**
 * Signs an in-toto statement, given as the bytes that are to be its payload or as a value that is written as JSON.
 * Returns the bundle as the bytes of a JSON file. The key's hint is the base64 of its fingerprint, as cosign writes it.
 */
export function signStatement(statement: Uint8Array | object, key: SigningKey): Uint8Array {
  const payload = statement instanceof Uint8Array ? Buffer.from(statement) : Buffer.from(JSON.stringify(statement));
  const signature = sign(key.hash ?? null, dsse.preAuthEncoding(payloadType, payload), key.private);
  const keyHint = Buffer.from(key.fingerprint.slice("sha256:".length), "hex").toString("base64");
  const bundle = toDSSEBundle({ artifact: payload, artifactType: payloadType, signature, keyHint });
  // The library repeats the hint in the envelope, where verifiers in Go take it for a digest of their own and skip the signature.
  for (const one of bundle.content.dsseEnvelope.signatures) one.keyid = "";
  return Buffer.from(`${JSON.stringify(bundleToJSON(bundle))}\n`);
}
