/** Attacks on signatures: each is refused with its own reason, beside the honest bundle that differs in nothing else. */
import { generateKeyPairSync, sign } from "node:crypto";
import { ed25519ph } from "@noble/curves/ed25519.js";
import { expect, it } from "vitest";
import { readKey } from "../../engine/trust/key.ts";
import { prehash } from "../../engine/trust/prehash.ts";
import { joinRoots, readTrustRoot, type TrustRoot } from "../../engine/trust/root.ts";
import { type VerifyOptions, verifyBundle } from "../../engine/trust/verify.ts";
import { leaf, sha256, spkiOf } from "./certificates.ts";
import {
  bytesOf,
  certificate,
  digests,
  encoded,
  envelopeBundle,
  type Instance,
  identity,
  instance,
  keyBundle,
  logged,
  messageBundle,
  minute,
  oidcIssuer,
  signedAt,
  stamped,
  statement,
} from "./instance.ts";

type Json = Record<string, unknown>;

const acme = instance();
const stranger = instance("stranger");
const artifact = Buffer.from("the artifact\n");
const other = Buffer.from("another artifact\n");

function rootOf(of: Instance, change: (root: Json) => unknown = (root) => root, transparency?: "required" | "not-required"): TrustRoot {
  const { value, diagnostics } = readTrustRoot(bytesOf(change(structuredClone(of.root))), "root.json", transparency);
  if (!value) throw new Error(diagnostics[0]?.message);
  return value;
}

const roots = joinRoots([rootOf(acme)]);

/** `verified`, a reason, or `unsettled`. */
function outcome(bundle: unknown, options: Partial<VerifyOptions> = {}): string {
  const answer = verifyBundle(Buffer.isBuffer(bundle) ? bundle : bytesOf(bundle), { roots, artifact, ...options });
  return answer.kind === "refused" ? answer.reason : answer.kind;
}

/** A copy with one place changed. */
function changed(bundle: Json, path: string, value: (before: unknown) => unknown): Json {
  const copy = structuredClone(bundle);
  const names = path.split("/");
  const last = names.pop() ?? "";
  let at: Json = copy;
  for (const name of names) at = at[name] as Json;
  at[last] = value(at[last]);
  return copy;
}

const about = (...subjects: readonly Json[]): Json =>
  envelopeBundle(acme, statement(subjects.map((digest) => ({ name: "app", digest: digest as Record<string, string> }))));

it("verifies what it should: a message and a statement, with log and time", () => {
  expect(outcome(messageBundle(acme, artifact))).toBe("verified");
  expect(outcome(about(digests(artifact, "sha256")))).toBe("verified");
  const answer = verifyBundle(bytesOf(about(digests(artifact, "sha256"))), { roots, artifact });
  if (answer.kind !== "verified") throw new Error("not verified");
  expect(answer.times.map(({ source, time, by }) => [source, time, by])).toEqual([
    ["transparency-log", signedAt.getTime() * 1000, "https://rekor.acme.test"],
    ["timestamp-authority", signedAt.getTime() * 1000, "https://time.acme.test"],
  ]);
  expect(answer.signer).toMatchObject({ kind: "certificate", issuer: oidcIssuer, identities: [identity] });
  expect(answer.notes).toEqual([]);
});

it("refuses a valid attestation of another artifact, with the right name", () => {
  expect(outcome(about(digests(other, "sha256")))).toBe("subject-mismatch");
  expect(outcome(about(digests(other, "sha256"), digests(artifact, "sha256")))).toBe("verified");
  expect(outcome(messageBundle(acme, other))).toBe("artifact-mismatch");
});

it("takes a subject that is known by sha512 only, where the bytes are at hand", () => {
  expect(outcome(about(digests(artifact, "sha512")))).toBe("verified");
  expect(outcome(about(digests(other, "sha512")))).toBe("subject-mismatch");
  const sha256Only = { algorithm: "sha256", hex: digests(artifact, "sha256")["sha256"] ?? "" };
  expect(outcome(about(digests(artifact, "sha512")), { artifact: sha256Only })).toBe("unsettled");
  expect(
    outcome(about(digests(artifact, "sha512")), { artifact: { algorithm: "sha512", hex: digests(artifact, "sha512")["sha512"] ?? "" } }),
  ).toBe("verified");
});

it("refuses a subject of which one digest is equal and another is not", () => {
  expect(outcome(about({ ...digests(artifact, "sha256"), ...digests(other, "sha512") }))).toBe("subject-mismatch");
  expect(outcome(about({ ...digests(artifact, "sha256"), ...digests(other, "sha1") }))).toBe("subject-mismatch");
  expect(outcome(about({ ...digests(artifact, "sha256"), gitCommit: "0".repeat(40) }))).toBe("verified");
});

it("refuses a subject that only a digest names that two files can share", () => {
  expect(outcome(about(digests(artifact, "sha1")))).toBe("subject-mismatch");
  expect(outcome(about(digests(artifact, "md5")))).toBe("subject-mismatch");
});

it("refuses two signatures and none", () => {
  const honest = about(digests(artifact, "sha256"));
  expect(outcome(changed(honest, "dsseEnvelope/signatures", (all) => [...(all as unknown[]), ...(all as unknown[])]))).toBe(
    "several-signatures",
  );
  expect(outcome(changed(honest, "dsseEnvelope/signatures", () => []))).toBe("no-signature");
  expect(outcome(changed(messageBundle(acme, artifact), "messageSignature/signature", () => ""))).toBe("no-signature");
});

it("refuses an envelope that holds no statement, or a statement that is none", () => {
  expect(outcome(envelopeBundle(acme, statement([{ digest: digests(artifact, "sha256") }]), {}, "text/plain"))).toBe("payload-type");
  expect(outcome(envelopeBundle(acme, Buffer.from('{"_type":"https://in-toto.io/Statement/v1","subject":[]}')))).toBe("statement");
  const twice = statement([{ digest: digests(other, "sha256") }]).toString();
  const ambiguous = twice.replace(/^\{/, `{"subject":[{"digest":${JSON.stringify(digests(artifact, "sha256"))}}],`);
  expect(outcome(envelopeBundle(acme, Buffer.from(ambiguous)))).toBe("statement");
});

it("takes a certificate that has expired since, and refuses one that had expired or did not yet hold", () => {
  const late = new Date(signedAt.getTime() + 10 * minute);
  const early = new Date(signedAt.getTime() - 2 * minute);
  const by = certificate(acme);
  expect(outcome(messageBundle(acme, artifact, { by }), { now: Date.UTC(2034, 0) * 1000 })).toBe("verified");
  expect(outcome(messageBundle(acme, artifact, { by, at: late }))).toBe("certificate-expired");
  expect(outcome(messageBundle(acme, artifact, { by, at: early }))).toBe("certificate-expired");
  expect(outcome(messageBundle(acme, artifact, { by, at: late, log: false }))).toBe("certificate-expired");
});

it("passes over a stranger's timestamp beside another source of time, and refuses it as the only one", () => {
  const honest = messageBundle(acme, artifact, { stamp: false });
  const signature = Buffer.from(String((honest["messageSignature"] as Json)["signature"]), "base64");
  const foreign = changed(honest, "verificationMaterial/timestampVerificationData", () => ({
    rfc3161Timestamps: [stamped(stranger, signature)],
  }));
  const answer = verifyBundle(bytesOf(foreign), { roots, artifact });
  expect(answer).toMatchObject({ kind: "verified", notes: ["a timestamp of an authority that no root names was passed over"] });
  expect(answer.kind === "verified" && answer.times.map(({ source }) => source)).toEqual(["transparency-log"]);
  const timeless = changed(foreign, "verificationMaterial/tlogEntries", (all) =>
    (all as Json[]).map(({ inclusionPromise: _, ...entry }) => entry),
  );
  expect(outcome(timeless)).toBe("no-trusted-time");
});

it("refuses a timestamp of a known authority that is over something else, whatever else gives the time", () => {
  const honest = messageBundle(acme, artifact);
  const forged = changed(honest, "verificationMaterial/timestampVerificationData", () => ({
    rfc3161Timestamps: [stamped(acme, Buffer.from("x"))],
  }));
  expect(outcome(forged)).toBe("timestamp");
  const rubbish = changed(honest, "verificationMaterial/timestampVerificationData", () => ({
    rfc3161Timestamps: [{ signedTimestamp: "AAAA" }],
  }));
  expect(outcome(rubbish)).toBe("timestamp");
});

it("refuses what no log holds, and an entry of a stranger's log alone", () => {
  expect(outcome(messageBundle(acme, artifact, { log: false }))).toBe("log-threshold");
  const honest = messageBundle(acme, artifact);
  const strange = messageBundle(stranger, artifact);
  const entries = (strange["verificationMaterial"] as Json)["tlogEntries"];
  expect(outcome(changed(honest, "verificationMaterial/tlogEntries", () => entries))).toBe("log-threshold");
});

it("refuses an entry that was made with another key", () => {
  const by = certificate(acme);
  const honest = messageBundle(acme, artifact, { by });
  const signature = String((honest["messageSignature"] as Json)["signature"]);
  const spec = {
    data: { hash: { algorithm: "sha256", value: sha256(artifact).toString("hex") } },
    signature: {
      content: signature,
      publicKey: { content: Buffer.from("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").toString("base64") },
    },
  };
  expect(outcome(changed(honest, "verificationMaterial/tlogEntries", () => [logged(acme, "hashedrekord", spec)]))).toBe("log-mismatch");
});

it("refuses a certificate without SCT, with one of a stranger's log, and one that is not for signing code", () => {
  expect(outcome(messageBundle(acme, artifact, { by: certificate(acme, { ctLog: undefined }) }))).toBe("sct");
  expect(outcome(messageBundle(acme, artifact, { by: certificate(acme, { ctLog: stranger.ctLog }) }))).toBe("sct");
  expect(outcome(messageBundle(acme, artifact, { by: certificate(acme, { purposes: ["1.3.6.1.5.5.7.3.1"] }) }))).toBe("certificate-chain");
});

it("refuses a certificate of another house that bears the same name", () => {
  const double = instance("acme");
  expect(outcome(messageBundle(double, artifact))).toBe("certificate-chain");
  expect(outcome(messageBundle(stranger, artifact))).toBe("certificate-chain");
});

it("decodes every claim of Fulcio, and refuses one in another form", () => {
  const numbers = Array.from({ length: 16 }, (_, i) => i + 9);
  const by = certificate(acme, { claims: Object.fromEntries(numbers.map((number) => [number, `claim ${number}`])) });
  const answer = verifyBundle(bytesOf(messageBundle(acme, artifact, { by })), { roots, artifact });
  const claims = answer.kind === "verified" && answer.signer.kind === "certificate" ? Object.values(answer.signer.claims) : [];
  expect(claims.sort()).toEqual(numbers.map((number) => `claim ${number}`).sort());
  const forms = [
    Buffer.from("https://github.com/acme"),
    Buffer.from([0x0c, 0x02, 0xff, 0xfe]),
    Buffer.from([0x13, 0x01, 0x41]),
    Buffer.from([0x0c, 1, 65, 0x0c, 1, 65]),
  ];
  for (const form of forms)
    expect(outcome(messageBundle(acme, artifact, { by: certificate(acme, { rawClaims: { 12: form } }) }))).toBe("certificate-malformed");
  const hidden = certificate(acme, { identity: "https://github.com/acme\u0000.evil" });
  expect(outcome(messageBundle(acme, artifact, { by: hidden }))).toBe("certificate-malformed");
});

it("refuses a root that is older than was asked for", () => {
  const now = Date.UTC(2026, 5) * 1000;
  expect(outcome(messageBundle(acme, artifact), { now, maxRootAge: 600 })).toBe("verified");
  expect(outcome(messageBundle(acme, artifact), { now, maxRootAge: 100 })).toBe("root-stale");
});

it.each(["tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"])(
  "refuses a root where validity has no beginning in %s",
  (list) => {
    const root = structuredClone(acme.root);
    const [first] = root[list] as Json[];
    const holder = (list.endsWith("logs") ? first?.["publicKey"] : first) as Json;
    holder["validFor"] = {};
    const { value, diagnostics } = readTrustRoot(bytesOf(root), "root.json");
    expect([value, diagnostics[0]?.code, diagnostics[0]?.pointer]).toEqual([undefined, "WB1100", `/${list}/0`]);
  },
);

it("asks for log and SCT unless the root of the certificate names no log at all", () => {
  const bare = messageBundle(stranger, artifact, { by: certificate(stranger, { ctLog: undefined }), log: false });
  const logless = (root: Json): Json => ({ ...root, tlogs: [], ctlogs: [] });
  for (const partly of [{ tlogs: [] }, { ctlogs: [] }, {}])
    expect(outcome(bare, { roots: joinRoots([rootOf(stranger, (root) => ({ ...root, ...partly }))]) })).toBe("sct");
  expect(outcome(bare, { roots: joinRoots([rootOf(stranger, logless, "required")]) })).toBe("sct");
  const lenient = rootOf(stranger, logless);
  expect(lenient.transparency).toBe("not-required");
  const answer = verifyBundle(bytesOf(bare), { roots: joinRoots([rootOf(acme), lenient]), artifact });
  expect(answer).toMatchObject({ kind: "verified", notes: [expect.stringContaining("names no log")] });
  const timeless = messageBundle(stranger, artifact, { by: certificate(stranger, { ctLog: undefined }), log: false, stamp: false });
  expect(outcome(timeless, { roots: joinRoots([lenient]) })).toBe("no-trusted-time");
  const unlogged = messageBundle(acme, artifact, { by: certificate(acme, { ctLog: undefined }), log: false });
  expect(outcome(unlogged, { roots: joinRoots([rootOf(acme), lenient]) })).toBe("sct");
});

it("takes the time of one root for the certificate of another", () => {
  const by = certificate(acme);
  const honest = messageBundle(acme, artifact, { by, stamp: false });
  const signature = Buffer.from(String((honest["messageSignature"] as Json)["signature"]), "base64");
  const mixed = changed(honest, "verificationMaterial/timestampVerificationData", () => ({
    rfc3161Timestamps: [stamped(stranger, signature)],
  }));
  const answer = verifyBundle(bytesOf(mixed), { roots: joinRoots([rootOf(acme), rootOf(stranger)]), artifact });
  expect(answer.kind === "verified" && answer.times.length).toBe(2);
});

it("refuses a log whose key was not valid at the time, where the log itself gives none", () => {
  const honest = messageBundle(acme, artifact);
  const promiseless = changed(honest, "verificationMaterial/tlogEntries", (all) =>
    (all as Json[]).map(({ inclusionPromise: _, ...entry }) => entry),
  );
  expect(outcome(promiseless)).toBe("verified");
  const ended = rootOf(acme, (root) =>
    changed(root, "tlogs/0/publicKey/validFor", () => ({ start: "2025-01-01T00:00:00Z", end: "2025-02-01T00:00:00Z" })),
  );
  expect(outcome(promiseless, { roots: joinRoots([ended]) })).toBe("log-checkpoint");
});

it("cannot tell a certificate without a root, and a key signature without a key is refused", () => {
  expect(outcome(messageBundle(acme, artifact), { roots: joinRoots([]) })).toBe("unsettled");
  expect(outcome(keyBundle(Buffer.from("x"), artifact))).toBe("no-certificate");
});

const managed = {
  "P-256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-384": () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "P-521": () => generateKeyPairSync("ec", { namedCurve: "P-521" }),
  Ed25519: () => generateKeyPairSync("ed25519"),
  RSA: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
} as const;

it.each(Object.entries(managed))("verifies a signature of a managed %s key, in PEM and DER, and of no other key", (name, make) => {
  const { privateKey, publicKey } = make();
  const hash = name === "Ed25519" ? null : "sha256";
  const signature = sign(hash, artifact, privateKey);
  const stored = keyBundle(signature, artifact);
  for (const bytes of [Buffer.from(publicKey.export({ type: "spki", format: "pem" })), spkiOf(publicKey)]) {
    const key = readKey(bytes, "key.pub").value;
    if (!key) throw new Error("key was not read");
    expect(outcome(stored, { keys: [key] })).toBe("verified");
    expect(outcome(stored, { keys: [key], keyTransparency: "required" })).toBe("log-threshold");
    expect(outcome(stored, { keys: [key], artifact: other })).toBe("artifact-mismatch");
    const digest = { algorithm: "sha256", hex: digests(artifact, "sha256")["sha256"] ?? "" };
    expect(outcome(stored, { keys: [key], artifact: digest, prehash })).toBe(name.startsWith("P-") ? "verified" : "unsettled");
    expect(outcome(stored, { keys: [key], artifact: digest })).toBe("unsettled");
    const broken = changed(stored, "verificationMaterial/publicKey/hint", () => sha256(spkiOf(publicKey)).toString("base64"));
    expect(
      outcome(
        changed(broken, "messageSignature/signature", () => "AAAA"),
        { keys: [key] },
      ),
    ).toBe("signature");
  }
  const wrong = readKey(spkiOf(make().publicKey), "wrong.pub").value;
  const right = readKey(spkiOf(publicKey), "right.pub").value;
  if (!wrong || !right) throw new Error("key was not read");
  expect(outcome(stored, { keys: [wrong] })).toBe("key");
  expect(outcome(stored, { keys: [wrong, right] })).toBe("verified");
});

it("verifies a message signature without a digest over the artifact alone, as cosign writes it for Ed25519 keys", () => {
  for (const make of [managed.Ed25519, managed["P-384"]]) {
    const { privateKey, publicKey } = make();
    const key = readKey(spkiOf(publicKey), "key.pub").value;
    if (!key) throw new Error("key was not read");
    const signature = sign(publicKey.asymmetricKeyType === "ed25519" ? null : "sha384", artifact, privateKey);
    for (const messageDigest of [{}, undefined]) {
      const stored = changed(keyBundle(signature, artifact), "messageSignature/messageDigest", () => messageDigest);
      expect(outcome(stored, { keys: [key] })).toBe("verified");
      expect(outcome(stored, { keys: [key], artifact: other })).toBe("key");
      expect(outcome(stored, { keys: [key], artifact: { algorithm: "sha256", hex: sha256(artifact).toString("hex") }, prehash })).toBe(
        "unsettled",
      );
    }
  }
});

it.each(["P-256", "P-384", "P-521"])("verifies IEEE P1363 signatures of %s", (namedCurve) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
  const key = readKey(spkiOf(publicKey), "key.pub").value;
  if (!key) throw new Error("key was not read");
  const stored = keyBundle(sign("sha256", artifact, { key: privateKey, dsaEncoding: "ieee-p1363" }), artifact);
  expect(outcome(stored, { keys: [key] })).toBe("verified");
  expect(outcome(stored, { keys: [key], artifact: { algorithm: "sha256", hex: sha256(artifact).toString("hex") }, prehash })).toBe(
    "verified",
  );
});

it("verifies a DSSE envelope by a key with the hash of its curve, and with the one that cosign used", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const key = readKey(spkiOf(publicKey), "key.pub").value;
  if (!key) throw new Error("key was not read");
  const honest = about(digests(artifact, "sha256"));
  const payload = Buffer.from(String((honest["dsseEnvelope"] as Json)["payload"]), "base64");
  const material = { publicKey: { hint: "" }, tlogEntries: [] };
  for (const hash of ["sha256", "sha384"]) {
    const sig = sign(hash, encoded(payload, "application/vnd.in-toto+json"), privateKey).toString("base64");
    const stored = changed(
      changed(honest, "dsseEnvelope/signatures", () => [{ sig }]),
      "verificationMaterial",
      () => material,
    );
    expect(outcome(stored, { keys: [key] })).toBe("verified");
  }
});

it("verifies Ed25519ph, with which cosign attests, where it is loaded", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = readKey(spkiOf(publicKey), "key.pub").value;
  if (!key) throw new Error("key was not read");
  const seed = Buffer.from(String(privateKey.export({ format: "jwk" }).d), "base64url");
  const honest = about(digests(artifact, "sha256"));
  const payload = Buffer.from(String((honest["dsseEnvelope"] as Json)["payload"]), "base64");
  const sig = Buffer.from(ed25519ph.sign(encoded(payload, "application/vnd.in-toto+json"), seed)).toString("base64");
  const material = { publicKey: { hint: "" }, tlogEntries: [] };
  const stored = changed(
    changed(honest, "dsseEnvelope/signatures", () => [{ sig }]),
    "verificationMaterial",
    () => material,
  );
  expect(outcome(stored, { keys: [key], prehash })).toBe("verified");
  expect(outcome(stored, { keys: [key] })).toBe("key");
  expect(outcome(keyBundle(Buffer.from(ed25519ph.sign(artifact, seed)), artifact), { keys: [key], prehash })).toBe("verified");
  expect(outcome(keyBundle(Buffer.from(ed25519ph.sign(other, seed)), artifact), { keys: [key], prehash })).toBe("key");
});

it("takes no private key, no small RSA key and no rubbish for a public key", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const secp = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey;
  for (const bytes of [
    Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" })),
    spkiOf(weak),
    spkiOf(secp),
    Buffer.from("key"),
    Buffer.alloc(0),
  ])
    expect(readKey(bytes, "key.pub")).toMatchObject({ value: undefined, diagnostics: [{ code: "WB1105" }] });
});

it("refuses what is too large, too many or too deep before it is looked at", () => {
  expect(outcome(Buffer.alloc(50_000_000, 0x20))).toBe("too-large");
  expect(outcome(Buffer.from(`${"[".repeat(1_000_000)}`))).toBe("malformed-bundle");
  expect(outcome(Buffer.from(`{"a":`.repeat(5000)))).toBe("malformed-bundle");
  const honest = messageBundle(acme, artifact);
  expect(outcome(changed(honest, "verificationMaterial/tlogEntries", (all) => Array(1000).fill((all as unknown[])[0])))).toBe("too-large");
});

it("comes to an end with text that is nearly base64, however long", () => {
  const honest = messageBundle(acme, artifact);
  for (const text of [
    `${"=".repeat(8_000_000)}a=`,
    `${"A".repeat(8_000_000)}!`,
    `${"A-".repeat(4_000_000)}+`,
    `${"A\n".repeat(4_000_000)}!`,
  ])
    expect(outcome(changed(honest, "messageSignature/signature", () => text))).toBe("malformed-bundle");
});

it("refuses the same log entry given twice for one", () => {
  const honest = messageBundle(acme, artifact, { stamp: false });
  expect(outcome(changed(honest, "verificationMaterial/tlogEntries", (all) => [...(all as unknown[]), ...(all as unknown[])]))).toBe(
    "timestamp",
  );
});

it.each([
  "messageSignature/signature",
  "verificationMaterial/certificate/rawBytes",
  "verificationMaterial/tlogEntries/0/canonicalizedBody",
])("refuses %s that is not base64", (path) => {
  const honest = messageBundle(acme, artifact);
  for (const wrong of [(text: unknown) => `${text}!`, (text: unknown) => `*${text}`, () => 7, () => [1, 2, 3], () => null])
    expect(["malformed-bundle", "no-signature"]).toContain(outcome(changed(honest, path, wrong)));
});

it("takes a chain from version 0.2 and none that brings its own root", () => {
  const by = certificate(acme);
  const honest = messageBundle(acme, artifact, { by });
  const older = changed(honest, "mediaType", () => "application/vnd.dev.sigstore.bundle+json;version=0.2");
  const chain = (...all: readonly Buffer[]): Json => ({ certificates: all.map((one) => ({ rawBytes: one.toString("base64") })) });
  const { certificate: _, ...material } = older["verificationMaterial"] as Json;
  const chained = (...all: readonly Buffer[]): Json => ({
    ...older,
    verificationMaterial: { ...material, x509CertificateChain: chain(...all) },
  });
  expect(outcome(chained(by.certificate))).toBe("verified");
  expect(outcome(chained(by.certificate, acme.ca.certificate))).toBe("certificate-chain");
  expect(outcome(chained())).toBe("no-certificate");
});

it("does not take a certificate that the signer of another issued", () => {
  const middle = certificate(acme);
  const forged = leaf(
    { ...acme.ca, keys: middle.keys },
    { identity, oidcIssuer, notBefore: signedAt, notAfter: new Date(signedAt.getTime() + minute), ctLog: acme.ctLog },
  );
  expect(outcome(messageBundle(acme, artifact, { by: forged }))).toBe("certificate-chain");
});
