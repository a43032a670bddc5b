/**
 * Bundles of sigstore-conformance, taken apart into what cosign before version 3 kept in a registry (an envelope, and annotations
 * with certificate, promise of the log and timestamp) and put together again: they verify as they did, or fail as they did.
 */
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { attestationBundle, layerAnnotations } from "../../engine/evidence/oci/legacy.ts";
import { joinRoots, readTrustRoot } from "../../engine/trust/root.ts";
import { verifyBundle } from "../../engine/trust/verify.ts";

const corpus = new URL("../../../shared/corpus/", import.meta.url);
const cases = new URL("sigstore-conformance/bundle-verify/", corpus);

interface Entry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly integratedTime: string;
  readonly inclusionPromise: { readonly signedEntryTimestamp: string };
  readonly canonicalizedBody: string;
}

interface Bundle {
  readonly dsseEnvelope: object;
  readonly verificationMaterial: {
    readonly certificate?: { readonly rawBytes: string };
    readonly x509CertificateChain?: { readonly certificates: readonly { readonly rawBytes: string }[] };
    readonly tlogEntries: readonly Entry[];
    readonly timestampVerificationData?: { readonly rfc3161Timestamps?: readonly { readonly signedTimestamp: string }[] };
  };
}

/** The annotations that cosign would have written. */
function annotationsOf({ verificationMaterial: material }: Bundle): Readonly<Record<string, string>> {
  const [entry] = material.tlogEntries;
  const certificate = material.certificate ?? material.x509CertificateChain?.certificates[0];
  if (!entry || !certificate) throw new Error("no entry or no certificate");
  const lines = certificate.rawBytes.match(/.{1,64}/g) ?? [];
  const payload = {
    body: entry.canonicalizedBody,
    integratedTime: Number(entry.integratedTime),
    logIndex: Number(entry.logIndex),
    logID: Buffer.from(entry.logId.keyId, "base64").toString("hex"),
  };
  const timestamp = material.timestampVerificationData?.rfc3161Timestamps?.[0]?.signedTimestamp;
  return {
    [layerAnnotations.signature]: "",
    [layerAnnotations.certificate]: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
    [layerAnnotations.bundle]: JSON.stringify({ SignedEntryTimestamp: entry.inclusionPromise.signedEntryTimestamp, Payload: payload }),
    ...(timestamp === undefined ? {} : { [layerAnnotations.timestamp]: JSON.stringify({ SignedRFC3161Timestamp: timestamp }) }),
  };
}

it
  .skipIf(!existsSync(cases))
  .each([
    "happy-path-intoto-in-dsse-v3",
    "intoto-with-custom-trust-root",
    "dsse-invalid-sig_fail",
    "dsse-mismatch-sig_fail",
    "dsse-mismatch-envelope_fail",
    "intoto-log-entry-mismatch_fail",
    "intoto-expired-certificate_fail",
    "intoto-tsa-timestamp-outside-cert-validity_fail",
  ])("verifies %s as an old attestation", (name) => {
  const folder = new URL(`${name}/`, cases);
  const original = readFileSync(new URL("bundle.sigstore.json", folder));
  const bundle = JSON.parse(original.toString()) as Bundle;
  const own = new URL("trusted_root.json", folder);
  const root = readTrustRoot(readFileSync(existsSync(own) ? own : new URL("trusted-root/trusted_root.json", corpus)), "root").value;
  if (!root) throw new Error("the root cannot be read");
  const layer = { mediaType: "application/vnd.dsse.envelope.v1+json", digest: "", size: 0, annotations: annotationsOf(bundle) };
  const made = attestationBundle(layer, Buffer.from(JSON.stringify(bundle.dsseEnvelope)), 16_000_000);
  if (!made.ok) throw new Error(made.problem);
  const outcome = (bytes: Uint8Array): unknown => {
    const verified = verifyBundle(bytes, { roots: joinRoots([root]) });
    return verified.kind === "refused" ? [verified.kind, verified.reason] : [verified.kind];
  };
  expect(outcome(made.value)).toEqual(outcome(original));
  expect(outcome(made.value)).toEqual(name.endsWith("_fail") ? ["refused", expect.anything()] : ["verified"]);
});
