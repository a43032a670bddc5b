/** Managed keys: ECDSA, Ed25519 and RSA public keys in PEM or DER. */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import type { Result } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";

/** A public key that somebody named as trusted. */
export interface PublicKey {
  readonly key: KeyObject;
  /** `sha256:<hex>` of the SubjectPublicKeyInfo in DER. */
  readonly fingerprint: string;
  /** For people: the file that it was read from. */
  readonly name: string;
}

const curves: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);
const rsaBits = 2048;

/** Reads a public key: PEM (`PUBLIC KEY`, `RSA PUBLIC KEY`) or DER (SubjectPublicKeyInfo, PKCS#1). Never throws. */
export function readKey(bytes: Uint8Array, name: string): Result<PublicKey | undefined> {
  const key = decoded(Buffer.from(bytes));
  if (!key)
    return wrong(
      name,
      "it is not a public key in PEM or DER",
      "write the public key as PEM: `cosign public-key`, or `openssl pkey -pubout`",
    );
  const unfit = unfitness(key);
  if (unfit !== undefined)
    return wrong(name, unfit, "use an ECDSA key on P-256, P-384 or P-521, an Ed25519 key, or an RSA key of 2048 bits or more");
  return { value: { key, fingerprint: fingerprintOf(key), name }, diagnostics: [] };
}

/** `sha256:<hex>` of the SubjectPublicKeyInfo in DER. */
export function fingerprintOf(key: KeyObject): string {
  return `sha256:${createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")}`;
}

function wrong(name: string, problem: string, help: string): Result<undefined> {
  return { value: undefined, diagnostics: [diagnostic("WB1105", { name, problem }, undefined, { help })] };
}

function decoded(bytes: Buffer): KeyObject | undefined {
  // A PEM file may begin with text; a private key is not taken, so that nobody passes one about for verifying.
  if (bytes.includes("-----BEGIN ")) {
    const text = bytes.toString("latin1");
    if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text) || text.includes("PRIVATE KEY-----")) return undefined;
    return attempt(() => createPublicKey(text));
  }
  return (
    attempt(() => createPublicKey({ key: bytes, format: "der", type: "spki" })) ??
    attempt(() => createPublicKey({ key: bytes, format: "der", type: "pkcs1" }))
  );
}

function attempt(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function unfitness(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  switch (type) {
    case "ec":
      return curves.has(details?.namedCurve ?? "") ? undefined : `its curve is ${details?.namedCurve ?? "not named"}`;
    case "ed25519":
      return undefined;
    case "rsa":
    case "rsa-pss":
      return (details?.modulusLength ?? 0) >= rsaBits ? undefined : `it has ${details?.modulusLength ?? 0} bits, too few for RSA`;
    default:
      return `keys of type ${type ?? "unknown"} are not supported`;
  }
}
