/** Log entries of Rekor v1 and v2, right and wrong: each fault is refused as what it is. */
import { expect, it } from "vitest";
import { joinRoots, readTrustRoot } from "../../engine/trust/root.ts";
import { verifyBundle } from "../../engine/trust/verify.ts";
import {
  bytesOf,
  certificate,
  digests,
  encoded,
  envelopeBundle,
  hashedRecord,
  instance,
  logged,
  messageBundle,
  proven,
  statement,
  verifierPem,
} from "./instance.ts";

type Json = Record<string, unknown>;

const acme = instance();
const artifact = Buffer.from("the artifact\n");
const { value: root } = readTrustRoot(bytesOf(acme.root), "root.json");
if (!root) throw new Error("root was not read");
const roots = joinRoots([root]);
const by = certificate(acme);

function outcome(bundle: Json): string {
  const answer = verifyBundle(bytesOf(bundle), { roots, artifact });
  return answer.kind === "refused" ? answer.reason : answer.kind;
}

const signatureOf = (bundle: Json): Buffer => Buffer.from(String((bundle["messageSignature"] as Json)["signature"]), "base64");

/** The bundle with this entry in place of its own. */
function withEntry(bundle: Json, entry: Json): Json {
  return { ...bundle, verificationMaterial: { ...(bundle["verificationMaterial"] as Json), tlogEntries: [entry] } };
}

/** The bundle with its own entry changed. */
function withChange(bundle: Json, change: (entry: Json) => Json): Json {
  const [entry = {}] = (bundle["verificationMaterial"] as Json)["tlogEntries"] as Json[];
  return withEntry(bundle, change(structuredClone(entry)));
}

const message = messageBundle(acme, artifact, { by });
const entryOf = (digest: Buffer, signature: Buffer): Json => ({
  data: { hash: { algorithm: "sha256", value: digest.toString("hex") } },
  signature: { content: signature.toString("base64"), publicKey: { content: verifierPem(by).toString("base64") } },
});
const hashOf = (bytes: Buffer): Buffer => Buffer.from(digests(bytes, "sha256")["sha256"] ?? "", "hex");
const proofOf = (entry: Json): Json => entry["inclusionProof"] as Json;
const envelopeOf = (entry: Json): string => String((proofOf(entry)["checkpoint"] as Json)["envelope"]);

it.each<[string, Json, string]>([
  [
    "an entry of another signature",
    withEntry(message, logged(acme, "hashedrekord", entryOf(hashOf(artifact), Buffer.from("x")))),
    "log-mismatch",
  ],
  [
    "an entry of another artifact",
    withEntry(message, logged(acme, "hashedrekord", entryOf(hashOf(Buffer.from("x")), signatureOf(message)))),
    "log-mismatch",
  ],
  [
    "an entry of a kind that says nothing here",
    withEntry(message, logged(acme, "rekord", entryOf(hashOf(artifact), signatureOf(message)))),
    "log-entry",
  ],
  ["an entry that names no key", withEntry(message, logged(acme, "hashedrekord", {})), "log-entry"],
  ["an entry whose body is no JSON", withChange(message, (entry) => ({ ...entry, canonicalizedBody: "AAAA" })), "log-entry"],
  ["a promise that the log did not sign", withChange(message, (entry) => ({ ...entry, integratedTime: "1772366401" })), "log-inclusion"],
  ["an entry without proof", withChange(message, ({ inclusionProof: _, ...entry }) => entry), "log-inclusion"],
  [
    "a proof without checkpoint",
    withChange(message, (entry) => ({ ...entry, inclusionProof: { ...proofOf(entry), checkpoint: undefined } })),
    "log-inclusion",
  ],
  [
    "a proof with a hash too many",
    withChange(message, (entry) => ({ ...entry, inclusionProof: { ...proofOf(entry), hashes: ["AAAA"] } })),
    "log-inclusion",
  ],
  [
    "a proof of a negative index",
    withChange(message, (entry) => ({ ...entry, inclusionProof: { ...proofOf(entry), logIndex: "-1" } })),
    "malformed-bundle",
  ],
  [
    "a checkpoint of another tree",
    withChange(message, (entry) => ({
      ...entry,
      inclusionProof: { ...proofOf(entry), checkpoint: { envelope: envelopeOf(entry).replace("\n1\n", "\n2\n") } },
    })),
    "log-checkpoint",
  ],
  [
    "a checkpoint without a signature",
    withChange(message, (entry) => ({
      ...entry,
      inclusionProof: { ...proofOf(entry), checkpoint: { envelope: envelopeOf(entry).split("—")[0] } },
    })),
    "log-checkpoint",
  ],
  [
    "the checkpoint of another entry",
    withChange(message, (entry) => ({
      ...entry,
      inclusionProof: { ...proofOf(entry), checkpoint: proofOf(logged(acme, "x", {}))["checkpoint"] },
    })),
    "log-inclusion",
  ],
])("refuses %s", (_, bundle, reason) => {
  expect(outcome(message)).toBe("verified");
  expect(outcome(bundle)).toBe(reason);
});

it("says that the signature is broken where it is, though the log holds another", () => {
  const broken: Json = {
    ...message,
    messageSignature: { ...(message["messageSignature"] as Json), signature: Buffer.from("x").toString("base64") },
  };
  const timeless = { ...broken, verificationMaterial: { ...(broken["verificationMaterial"] as Json), timestampVerificationData: {} } };
  expect(outcome(timeless)).toBe("signature");
});

it("verifies entries of Rekor v2: of a message, and of the encoding of an envelope", () => {
  expect(outcome(withEntry(message, proven(acme, "hashedrekord", "0.0.2", hashedRecord(artifact, signatureOf(message), by))))).toBe(
    "verified",
  );
  const payload = statement([{ digest: digests(artifact, "sha256") }]);
  const envelope = envelopeBundle(acme, payload, { by });
  const [{ sig } = { sig: "" }] = (envelope["dsseEnvelope"] as Json)["signatures"] as { sig: string }[];
  const signed = encoded(payload, "application/vnd.in-toto+json");
  const record = (bytes: Buffer, of = by): Json =>
    proven(acme, "hashedrekord", "0.0.2", hashedRecord(bytes, Buffer.from(sig, "base64"), of));
  expect(outcome(withEntry(envelope, record(signed)))).toBe("verified");
  expect(outcome(withEntry(envelope, record(payload)))).toBe("log-mismatch");
  expect(outcome(withEntry(envelope, record(signed, certificate(acme))))).toBe("log-mismatch");
});

it("takes no time from an entry of Rekor v2, whatever it says", () => {
  const entry = proven(acme, "hashedrekord", "0.0.2", hashedRecord(artifact, signatureOf(message), by));
  const bundle = withEntry(message, { ...entry, integratedTime: "1772366400" });
  const timeless = { ...bundle, verificationMaterial: { ...(bundle["verificationMaterial"] as Json), timestampVerificationData: {} } };
  expect(outcome(timeless)).toBe("no-trusted-time");
});

it("passes over a proof without checkpoint in version 0.1, where the log's promise counts", () => {
  const { certificate: _, ...material } = message["verificationMaterial"] as Json;
  const chain = { certificates: [{ rawBytes: by.certificate.toString("base64") }] };
  const old = {
    ...message,
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: { ...material, x509CertificateChain: chain },
  };
  const bare = withChange(old, (entry) => ({ ...entry, inclusionProof: { ...proofOf(entry), checkpoint: undefined } }));
  const answer = verifyBundle(bytesOf(bare), { roots, artifact });
  expect(answer.kind === "verified" && answer.notes).toEqual([expect.stringContaining("without a checkpoint")]);
  expect(outcome(withChange(old, ({ inclusionPromise: _, ...entry }) => entry))).toBe("log-inclusion");
});
