import { expect, it } from "vitest";
import { hash, textOf } from "../../../test/evidence/registry.ts";
import { attestationBundle, layerAnnotations, signatureBundle, simpleSigningDigest } from "./legacy.ts";
import { type Descriptor, mediaTypes } from "./manifest.ts";

const image = `sha256:${"a".repeat(64)}`;

function payload(change: (critical: Record<string, unknown>) => void = () => undefined): Uint8Array {
  const critical = {
    identity: { "docker-reference": "acme/shop" },
    image: { "docker-manifest-digest": image },
    type: "cosign container image signature",
  };
  change(critical);
  return Buffer.from(JSON.stringify({ critical, optional: { team: "shop" } }));
}

function layer(annotations: Readonly<Record<string, string>>): Descriptor {
  return { mediaType: mediaTypes.simpleSigning, digest: image, size: 1, annotations };
}

const signature = Buffer.from("signature").toString("base64");
const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${Buffer.from(name).toString("base64")}\n-----END CERTIFICATE-----\n`;
const body = Buffer.from(JSON.stringify({ apiVersion: "0.0.1", kind: "hashedrekord", spec: {} })).toString("base64");
const entry = { SignedEntryTimestamp: "c2V0", Payload: { body, integratedTime: 1624396085, logIndex: 5179, logID: "c0d23d6a" } };

function bundleOf(annotations: Readonly<Record<string, string>>): Record<string, unknown> {
  const read = signatureBundle(layer(annotations), payload(), hash);
  if (!read.ok) throw new Error(read.problem);
  return JSON.parse(textOf(read.value.bundle));
}

function problemOf(annotations: Readonly<Record<string, string>>, signed: Uint8Array = payload()): string {
  const read = signatureBundle(layer(annotations), signed, hash);
  return read.ok ? "none" : read.problem;
}

it("says what a signature lacks", () => {
  const signed = { [layerAnnotations.signature]: signature };
  expect(problemOf({})).toBe("its layer has no signature");
  expect(problemOf({ [layerAnnotations.signature]: "not base64!" })).toBe("its layer has no signature");
  expect(problemOf({ ...signed, [layerAnnotations.certificate]: "MIIB" })).toBe("its certificate is not PEM");
  expect(problemOf({ ...signed, [layerAnnotations.bundle]: "{}" })).toBe("its log entry has no signed timestamp");
  expect(problemOf({ ...signed, [layerAnnotations.bundle]: JSON.stringify({ ...entry, Payload: { body } }) })).toBe(
    "its log entry is not complete",
  );
  const noKind = { ...entry, Payload: { ...entry.Payload, body: Buffer.from("{}").toString("base64") } };
  expect(problemOf({ ...signed, [layerAnnotations.bundle]: JSON.stringify(noKind) })).toBe("its log entry has no kind");
  const noLog = { ...entry, Payload: { ...entry.Payload, logID: "log" } };
  expect(problemOf({ ...signed, [layerAnnotations.bundle]: JSON.stringify(noLog) })).toBe("its log entry names no log");
  expect(problemOf({ ...signed, [layerAnnotations.timestamp]: "{}" })).toBe("its timestamp cannot be read");
});

it("says what a payload lacks: which image, that it is a container signature, that it reads one way", () => {
  const signed = { [layerAnnotations.signature]: signature };
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [payload((one) => delete one["image"]), "its payload names no image"],
    [payload((one) => (one["image"] = { "Docker-manifest-digest": image })), "its payload names no image"],
    [payload((one) => delete one["type"]), "its payload has no type"],
    [payload((one) => (one["type"] = "atomic container signature")), "its payload is not a container signature"],
    [Buffer.from('{"critical":{},"critical":{}}'), "key `critical` is given twice in one object, again on line 1"],
    [Buffer.from("[]"), "it is not an object"],
  ];
  for (const [bytes, problem] of cases) expect(problemOf(signed, bytes)).toBe(problem);
  expect(simpleSigningDigest(payload())).toEqual({ ok: true, value: image });
});

it("puts certificate, log entry and timestamp where a bundle has them", () => {
  const bundle = bundleOf({
    [layerAnnotations.signature]: signature,
    [layerAnnotations.certificate]: pem("leaf"),
    "dev.sigstore.cosign/chain": pem("intermediate") + pem("root"),
    [layerAnnotations.bundle]: JSON.stringify(entry),
    [layerAnnotations.timestamp]: JSON.stringify({ SignedRFC3161Timestamp: "dHM=" }),
  });
  expect(bundle["verificationMaterial"]).toEqual({
    // The chain brings its own root, so it is left behind.
    x509CertificateChain: { certificates: [{ rawBytes: Buffer.from("leaf").toString("base64") }] },
    tlogEntries: [
      {
        logIndex: "5179",
        logId: { keyId: Buffer.from("c0d23d6a", "hex").toString("base64") },
        kindVersion: { kind: "hashedrekord", version: "0.0.1" },
        integratedTime: "1624396085",
        inclusionPromise: { signedEntryTimestamp: "c2V0" },
        canonicalizedBody: body,
      },
    ],
    timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: "dHM=" }] },
  });
});

it("keeps every signature of an envelope, so that more than one is seen", () => {
  const envelope = {
    payloadType: "application/vnd.in-toto+json",
    payload: "e30=",
    signatures: [{ sig: "MQ==" }, { sig: "Mg==", keyid: "2" }],
  };
  const read = attestationBundle(layer({}), Buffer.from(JSON.stringify(envelope)), 1000);
  expect(read.ok && JSON.parse(textOf(read.value)).dsseEnvelope.signatures).toEqual([
    { sig: "MQ==", keyid: "" },
    { sig: "Mg==", keyid: "2" },
  ]);
  expect(attestationBundle(layer({}), Buffer.from("{}"), 1000)).toEqual({ ok: false, problem: "it is not a DSSE envelope" });
});
