/**
 * sigstore-conformance: every case by path and by digest, and every failing one with the reason that its README gives. The
 * reasons were written from the READMEs, not from what is returned.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { identityProblem } from "../../engine/trust/exact.ts";
import { readKey } from "../../engine/trust/key.ts";
import { prehash } from "../../engine/trust/prehash.ts";
import { joinRoots, readTrustRoot } from "../../engine/trust/root.ts";
import type { RefusalReason } from "../../engine/trust/verification.ts";
import { verifyBundle } from "../../engine/trust/verify.ts";

const corpus = new URL("../../../shared/corpus/", import.meta.url);
const cases = new URL("sigstore-conformance/bundle-verify/", corpus);
const present = existsSync(cases);

/** What each failing case is about, in our words. */
const reasons: Readonly<Record<string, RefusalReason>> = {
  // "Bundle contains empty certificate chain"
  "bundle-empty-certificate-chain_fail": "no-certificate",
  // "valid bundle from … staging …: the trust roots are different"
  "bundle-from-wrong-instance_fail": "certificate-chain",
  "bundle-invalid-base64-signature_fail": "malformed-bundle",
  "bundle-malformed-json_fail": "malformed-bundle",
  "bundle-negative-log-index_fail": "malformed-bundle",
  "bundle-unknown-version_fail": "unsupported-bundle",
  // "bundle certificate chain contains a root certificate"
  "bundle-with-root-cert_fail": "certificate-chain",
  // "checkpoint signature does not match the transparency log providing the entry"
  "checkpoint-bad-keyhint_fail": "log-checkpoint",
  // "the checkpoint is self consistent but does not apply to this bundle (root hash is wrong)"
  "checkpoint-wrong-roothash_fail": "log-inclusion",
  "dsse-invalid-sig_fail": "signature",
  "dsse-mismatch-envelope_fail": "log-mismatch",
  "dsse-mismatch-sig_fail": "log-mismatch",
  "inclusion-proof-corrupted-hash_fail": "log-inclusion",
  // "The public key in the hashrekord entry has been modified"
  "incorrect-public-key_fail": "log-mismatch",
  // "integrated time is not within signing certificate validity"
  "integrated-time-in-future_fail": "certificate-expired",
  "intoto-expired-certificate_fail": "certificate-expired",
  "intoto-log-entry-mismatch_fail": "log-mismatch",
  "intoto-missing-inclusion-proof_fail": "log-inclusion",
  "intoto-set-outside-signing-cert-validity_fail": "certificate-expired",
  "intoto-tsa-timestamp-outside-cert-validity_fail": "certificate-expired",
  "invalid-checkpoint-signature_fail": "log-checkpoint",
  "invalid-ct-key_fail": "sct",
  "invalid-inclusion-proof_fail": "log-inclusion",
  // "bundle is signed with key but no key is provided"
  "managed-key-no-key_fail": "no-certificate",
  "managed-key-wrong-key_fail": "key",
  "message-digest-mismatch_fail": "artifact-mismatch",
  "rekor2-checkpoint-missing-log-signature_fail": "log-checkpoint",
  "rekor2-checkpoint-missing-origin_fail": "log-checkpoint",
  "rekor2-checkpoint-missing-root-hash_fail": "log-checkpoint",
  "rekor2-checkpoint-missing-size_fail": "log-checkpoint",
  "rekor2-checkpoint-no-matching-signature_fail": "log-checkpoint",
  "rekor2-dsse-invalid-sig_fail": "signature",
  "rekor2-dsse-mismatch-envelope_fail": "log-mismatch",
  "rekor2-dsse-mismatch-sig_fail": "log-mismatch",
  "rekor2-no-inclusion-proof_fail": "log-inclusion",
  "rekor2-no-timestamp_fail": "no-trusted-time",
  "rekor2-timestamp-outside-trust-root-tsa-validity_fail": "timestamp",
  "rekor2-timestamp-outside-tsa-cert-validity_fail": "timestamp",
  "rekor2-timestamp-payload-mismatch_fail": "timestamp",
  // Time from a stranger only.
  "rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail": "no-trusted-time",
  "rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail": "no-trusted-time",
  "rekor2-timestamp-with-incorrect-time_fail": "certificate-expired",
  // "The signed entry timestamp signature is invalid": the log's promise to include the entry.
  "set-invalid-signature_fail": "log-inclusion",
  "signature-mismatch_fail": "signature",
  "trust-root-tlog-missing-validity-start_fail": "root-malformed",
  "wrong-hashedrekord-artifact_fail": "log-mismatch",
  "wrong-hashedrekord-cert-and-sig_fail": "log-mismatch",
  "wrong-hashedrekord-entry_fail": "log-mismatch",
  "wrong-material_fail": "artifact-mismatch",
};

const beacon = {
  identity:
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main",
  issuer: "https://token.actions.githubusercontent.com",
};

function file(name: string, path: string): Buffer | undefined {
  const url = new URL(`${name}/${path}`, cases);
  return existsSync(url) ? readFileSync(url) : undefined;
}

/** What `waybill verify` answers for the case: a reason, or `verified`. */
function judge(name: string, byDigest: boolean): string {
  const rootBytes = file(name, "trusted_root.json") ?? readFileSync(new URL("trusted-root/trusted_root.json", corpus));
  const root = readTrustRoot(rootBytes, "trusted_root.json").value;
  if (!root) return "root-malformed";
  const keyBytes = file(name, "key.pub");
  const key = keyBytes && readKey(keyBytes, "key.pub").value;
  if (keyBytes && !key) return "key";
  const bytes = file(name, "artifact") ?? readFileSync(new URL("a.txt", cases));
  const artifact = byDigest ? { algorithm: "sha256", hex: createHash("sha256").update(bytes).digest("hex") } : bytes;
  const bundle = file(name, "bundle.sigstore.json");
  if (!bundle) throw new Error(`${name} has no bundle`);
  const answer = verifyBundle(bundle, { roots: joinRoots([root]), ...(key ? { keys: [key] } : {}), artifact, prehash });
  if (answer.kind === "unsettled") return `unsettled: ${answer.detail}`;
  if (answer.kind === "refused") return answer.reason;
  if (key) return answer.signer.kind === "key" && answer.signer.fingerprint === key.fingerprint ? "verified" : "key";
  const expected = {
    identity: file(name, "identity")?.toString("utf8").trim() ?? beacon.identity,
    issuer: file(name, "issuer")?.toString("utf8").trim() ?? beacon.issuer,
  };
  return identityProblem(answer.signer, expected)?.reason ?? "verified";
}

const names = present ? readdirSync(cases).filter((name) => existsSync(new URL(`${name}/bundle.sigstore.json`, cases))) : [];

describe.skipIf(!present)("sigstore-conformance (skipped where the corpus is absent)", () => {
  it("has 70 cases, and a reason for each that must fail", () => {
    expect(names).toHaveLength(70);
    expect(names.filter((name) => name.endsWith("_fail"))).toEqual(Object.keys(reasons).sort());
  });

  it.each(names)("%s, by path", (name) => {
    expect(judge(name, false)).toBe(reasons[name] ?? "verified");
  });

  it.each(names)("%s, by digest", (name) => {
    expect(judge(name, true)).toBe(reasons[name] ?? "verified");
  });
});
