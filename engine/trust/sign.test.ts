import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { dsse } from "@sigstore/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { expect, it } from "vitest";
import { fingerprintOf } from "./fingerprints.ts";
import { readSigningKey, type SigningKey, signStatement } from "./sign.ts";

const statement = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ digest: { sha256: "00" } }],
  predicateType: "https://x.example/v1",
  predicate: {},
};

function pemOf(key: KeyObject): string {
  return String(key.export({ type: "pkcs8", format: "pem" }));
}

function read(pem: string, passphrase?: string): SigningKey {
  const found = readSigningKey(pem, passphrase);
  if (found.kind === "refused") throw new Error(found.problem);
  return found.key;
}

function problem(pem: string, passphrase?: string): string {
  const found = readSigningKey(pem, passphrase);
  return found.kind === "refused" ? found.problem : "accepted";
}

it("refuses what is no private key that verifiers agree on, and says why", () => {
  expect(problem("nothing")).toBe("it is no private key in PEM");
  expect(problem("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n")).toContain("cosign's own format");
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  expect(problem(String(publicKey.export({ type: "spki", format: "pem" })))).toContain("public key");
  expect(problem(pemOf(privateKey))).toBe("its curve is secp384r1: use P-256 or Ed25519");
  expect(problem(pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey))).toBe("it has 1024 bits: use 2048 or more");
  expect(problem(pemOf(generateKeyPairSync("x25519").privateKey))).toContain("use P-256 or Ed25519");
  const encrypted = String(
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }),
  );
  expect(problem(encrypted)).toContain("no passphrase was given");
  expect(problem(encrypted, "wrong")).toContain("the passphrase is wrong");
  expect(problem(encrypted, "secret")).toBe("accepted");
});

it.each([
  ["Ed25519", () => generateKeyPairSync("ed25519")],
  ["ECDSA over P-256", () => generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ["RSA", () => generateKeyPairSync("rsa", { modulusLength: 2048 })],
])("signs with %s what Sigstore's own client verifies", (_, generate) => {
  const { publicKey, privateKey } = generate();
  const key = read(pemOf(privateKey));
  const bundle = bundleFromJSON(JSON.parse(new TextDecoder().decode(signStatement(statement, key))));
  expect(bundle.mediaType).toBe("application/vnd.dev.sigstore.bundle.v0.3+json");
  const material = toTrustMaterial(
    TrustedRoot.fromJSON({ mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" }),
    () => ({
      publicKey,
      validFor: () => true,
    }),
  );
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  expect(verifier.verify(toSignedEntity(bundle)).key).toBe(publicKey);
  const other = generate().publicKey;
  const wrong = new Verifier(
    toTrustMaterial(TrustedRoot.fromJSON({}), () => ({ publicKey: other, validFor: () => true })),
    {
      tlogThreshold: 0,
      ctlogThreshold: 0,
      timestampThreshold: 0,
    },
  );
  expect(() => wrong.verify(toSignedEntity(bundle))).toThrow(/signature/);
});

it("signs the bytes that it is given as they are", () => {
  const key = read(pemOf(generateKeyPairSync("ed25519").privateKey));
  const bytes = new TextEncoder().encode('{ "_type" : "https://in-toto.io/Statement/v1" }');
  const { content } = bundleFromJSON(JSON.parse(new TextDecoder().decode(signStatement(bytes, key))));
  if (content.$case !== "dsseEnvelope") throw new Error("no envelope");
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  expect([...payload]).toEqual([...bytes]);
  expect(verify(null, dsse.preAuthEncoding(payloadType, payload), createPublicKey(key.publicPem), signatures[0]?.sig ?? Buffer.of())).toBe(
    true,
  );
});

it("leaves the envelope's own name of the key empty: some verifiers skip a signature whose name is not theirs", () => {
  const key = read(pemOf(generateKeyPairSync("ed25519").privateKey));
  expect(JSON.parse(new TextDecoder().decode(signStatement(statement, key))).dsseEnvelope.signatures[0].keyid ?? "").toBe("");
});

it("names the key by the digest of its public half", () => {
  const key = read(pemOf(generateKeyPairSync("ed25519").privateKey));
  expect(fingerprintOf(key.publicPem)).toBe(key.fingerprint);
  const { verificationMaterial } = JSON.parse(new TextDecoder().decode(signStatement(statement, key)));
  expect(`sha256:${Buffer.from(verificationMaterial.publicKey.hint, "base64").toString("hex")}`).toBe(key.fingerprint);
});
