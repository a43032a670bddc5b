import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttestationContext, simpleVerificationResult, verificationSummary } from "../decide/attestation.ts";
import type { Decision } from "../evaluate/decision.ts";
import type { Signer, Verification } from "./verification.ts";
import { acceptVsa, summaryType, type VsaExpectation, vsaSteps } from "./vsa.ts";

const hex = "ab".repeat(32);
const fingerprint = `sha256:${"1".repeat(64)}`;
const key: Signer = { kind: "key", fingerprint };
const verifier = "https://acme.example/verifier";

const predicate = {
  verifier: { id: verifier },
  timeVerified: "2026-06-01T00:00:00Z",
  resourceUri: "pkg:oci/shop",
  policy: { uri: "https://acme.example/policy", digest: { sha256: "c".repeat(64) } },
  verificationResult: "PASSED",
  verifiedLevels: ["SLSA_BUILD_LEVEL_3", "ACME_SCANNED"],
  dependencyLevels: { SLSA_BUILD_LEVEL_2: 4, SLSA_BUILD_LEVEL_3: 1 },
};

const expected: VsaExpectation = {
  verifiers: [{ id: verifier, signs: (signer) => signer.kind === "key" && signer.fingerprint === fingerprint }],
  artifact: [{ algorithm: "sha256", hex }],
  resourceUri: "pkg:oci/shop",
  levels: ["SLSA_BUILD_LEVEL_2"],
};

interface Change {
  readonly predicate?: unknown;
  readonly predicateType?: string;
  readonly digest?: Record<string, string>;
  readonly signer?: Signer;
  readonly text?: string;
}

/** The verification of an envelope with this statement; what is not changed is as a consumer expects it. */
function signed(change: Change = {}): Verification {
  const predicateType = change.predicateType ?? summaryType;
  const subjects = [{ name: "shop", digest: change.digest ?? { sha256: hex } }];
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: subjects,
    predicateType,
    predicate: change.predicate ?? predicate,
  };
  const payload = new TextEncoder().encode(change.text ?? JSON.stringify(statement));
  return {
    kind: "verified",
    signer: change.signer ?? key,
    times: [],
    notes: [],
    content: { kind: "statement", payload, digest: `sha256:${"0".repeat(64)}`, subjects, predicateType },
  };
}

const without = (...keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(predicate).filter(([key]) => !keys.includes(key)));

it("accepts a summary where every step holds", async () => {
  expect(await acceptVsa(signed(), expected)).toEqual({ kind: "accepted", verifier, levels: predicate.verifiedLevels, signer: key });
});

describe("each step refuses alone, with all others as they should be", () => {
  it.each<[string, Verification, string, string]>([
    ["nobody signed it", { kind: "refused", reason: "no-signature", detail: "the envelope has no signature" }, "signature", "no-signature"],
    [
      "somebody else signed it",
      signed({ signer: { kind: "key", fingerprint: `sha256:${"2".repeat(64)}` } }),
      "signature",
      "no verifier that is believed",
    ],
    [
      "what was signed is the artifact",
      { ...(signed() as object), content: { kind: "artifact", digest: `sha256:${hex}` } } as Verification,
      "signature",
      "no statement",
    ],
    ["it is about another artifact", signed({ digest: { sha256: "d".repeat(64) } }), "subject", "another artifact"],
    [
      "it names the artifact and a second digest that is not its own",
      signed({ digest: { sha256: hex, sha512: "0".repeat(128) } }),
      "accepted",
      "",
    ],
    ["it was verified to be about another artifact", { kind: "refused", reason: "subject-mismatch", detail: "other" }, "subject", "other"],
    [
      "it is of another type",
      signed({ predicateType: "https://slsa.dev/verification_summary/v0.2" }),
      "predicate-type",
      "not `https://slsa.dev/verification_summary/v1`",
    ],
    ["it is another predicate under the name", signed({ predicate: { buildDefinition: {} } }), "predicate-type", "lacks"],
    [
      "its shape is broken",
      signed({ predicate: { ...predicate, verifiedLevels: "SLSA_BUILD_LEVEL_3" } }),
      "predicate-type",
      "verifiedLevels",
    ],
    ["a key stands in it twice", signed({ text: '{"_type":"https://in-toto.io/Statement/v1","_type":"x"}' }), "predicate-type", "twice"],
    [
      "it names another verifier than who signed",
      signed({ predicate: { ...predicate, verifier: { id: "https://other.example" } } }),
      "verifier",
      "https://other.example",
    ],
    ["its verifier only begins like ours", signed({ predicate: { ...predicate, verifier: { id: `${verifier}/v2` } } }), "verifier", "/v2"],
    ["it is about another resource", signed({ predicate: { ...predicate, resourceUri: "pkg:oci/shop-dev" } }), "resource", "shop-dev"],
    ["its resource only begins like ours", signed({ predicate: { ...predicate, resourceUri: "pkg:oci/shop?tag=1" } }), "resource", "tag=1"],
    ["it failed", signed({ predicate: { ...predicate, verificationResult: "FAILED" } }), "result", "did not pass"],
    [
      "it passed and lists a failure",
      signed({ predicate: { ...predicate, verifiedLevels: ["FAILED", "SLSA_BUILD_LEVEL_3"] } }),
      "result",
      "FAILED",
    ],
    ["its level is lower", signed({ predicate: { ...predicate, verifiedLevels: ["SLSA_BUILD_LEVEL_1"] } }), "levels", "SLSA_BUILD_LEVEL_2"],
    [
      "its level is of another track",
      signed({ predicate: { ...predicate, verifiedLevels: ["SLSA_SOURCE_LEVEL_3"] } }),
      "levels",
      "SLSA_BUILD_LEVEL_2",
    ],
    [
      "it was not evaluated",
      signed({ predicate: { ...predicate, verifiedLevels: ["SLSA_BUILD_LEVEL_UNEVALUATED"] } }),
      "levels",
      "UNEVALUATED",
    ],
    ["it has no level", signed({ predicate: { ...predicate, verifiedLevels: [] } }), "levels", "there are none"],
    [
      "it states two levels of one track",
      signed({ predicate: { ...predicate, verifiedLevels: ["SLSA_BUILD_LEVEL_3", "SLSA_BUILD_LEVEL_1"] } }),
      "levels",
      "more than one",
    ],
  ])("where %s", async (_name, verification, step, detail) => {
    const acceptance = await acceptVsa(verification, expected);
    if (step === "accepted") expect(acceptance).toMatchObject({ kind: "accepted" });
    else expect(acceptance).toMatchObject({ kind: "refused", step, detail: expect.stringContaining(detail) });
  });

  it("and where a shared digest differs, one that is equal does not help", async () => {
    const both = { ...expected, artifact: [...expected.artifact, { algorithm: "sha512", hex: "1".repeat(128) }] };
    expect(await acceptVsa(signed({ digest: { sha256: hex, sha512: "0".repeat(128) } }), both)).toMatchObject({
      kind: "refused",
      step: "subject",
    });
  });

  it.each<[string, Partial<VsaExpectation>, object, string]>([
    ["the policy is another", { policy: { uri: "https://acme.example/other" } }, predicate, "policy"],
    ["the policy was changed", { policy: { digest: `sha256:${"d".repeat(64)}` } }, predicate, "digest"],
    ["the policy has no digest", { policy: { digest: `sha256:${"c".repeat(64)}` } }, { ...predicate, policy: { uri: "x" } }, "none"],
    ["it is too old", { verifiedSince: Date.UTC(2026, 6, 1) * 1000 }, predicate, "too long ago"],
    ["it does not say when it was", { verifiedSince: 0 }, without("timeVerified"), "when the verification was"],
    ["a dependency has a lower level", { dependencies: "SLSA_BUILD_LEVEL_3" }, predicate, "4 of its dependencies"],
    ["it says nothing of dependencies", { dependencies: "SLSA_BUILD_LEVEL_1" }, without("dependencyLevels"), "says nothing"],
  ])("of what a consumer asks besides: where %s", async (_name, more, changed, detail) => {
    expect(await acceptVsa(signed({ predicate: changed }), { ...expected, ...more })).toMatchObject({
      kind: "refused",
      step: "more",
      detail: expect.stringContaining(detail),
    });
  });
});

it("is not believed for a well-known verifier by a key of somebody's own", async () => {
  const id = "https://github.com/slsa-framework/source-actions";
  const own = { ...expected, verifiers: [{ id, signs: () => true }] };
  expect(await acceptVsa(signed({ predicate: { ...predicate, verifier: { id } } }), own)).toMatchObject({
    kind: "refused",
    step: "verifier",
  });
});

it("believes nobody where no verifier is named", async () => {
  expect(await acceptVsa(signed(), { ...expected, verifiers: [] })).toMatchObject({ kind: "refused", step: "signature" });
});

it("does not tell where it could not be told who signed", async () => {
  expect(await acceptVsa({ kind: "unsettled", cause: "missing", detail: "no root" }, expected)).toEqual({
    kind: "unsettled",
    detail: "no root",
  });
});

it("accepts what a consumer asks besides, where it holds", async () => {
  const more = {
    ...expected,
    policy: { uri: "https://acme.example/policy", digest: `sha256:${"c".repeat(64)}` },
    verifiedSince: Date.UTC(2026, 4, 1) * 1000,
    dependencies: "SLSA_BUILD_LEVEL_2",
    levels: ["SLSA_BUILD_LEVEL_1", "ACME_SCANNED"],
  } as const;
  expect(await acceptVsa(signed(), more)).toMatchObject({ kind: "accepted" });
  expect(await acceptVsa(signed({ predicate: { ...predicate, dependencyLevels: {} } }), more)).toMatchObject({ kind: "accepted" });
});

it("never throws, and accepts nothing whose level was not stated: whatever the summary says", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...Object.keys(predicate)), async (value, name) => {
      const acceptance = await acceptVsa(signed({ predicate: { ...predicate, [name]: value } }), expected);
      if (acceptance.kind === "accepted") expect(acceptance.levels).toContain("SLSA_BUILD_LEVEL_3");
      else if (acceptance.kind === "refused") expect(vsaSteps).toContain(acceptance.step);
    }),
    { numRuns: 500 },
  );
});

const decision: Decision = {
  subject: { kind: "image", name: "ghcr.io/acme/shop", digest: `sha256:${hex}`, data: {} },
  point: "ci",
  effect: "allow",
  reason: "passed",
  clauses: [],
  covered: true,
  time: Date.UTC(2026, 5, 1) * 1000,
};

const context: AttestationContext = {
  verifier: { id: verifier, version: { waybill: "0.1.0" } },
  policy: { uri: "https://acme.example/policy", digest: `sha256:${"c".repeat(64)}` },
  inputs: [{ digest: `sha256:${"d".repeat(64)}` }],
  resourceUri: "pkg:oci/shop",
  levels: { build: 3 },
};

it("accepts what we write ourselves, once it is signed: a verdict that passed, and no other", async () => {
  const written = (change: Partial<Decision>): Verification => {
    const attestation = verificationSummary({ ...decision, ...change }, context);
    if (attestation.kind === "none") throw new Error(attestation.because);
    return signed({ text: JSON.stringify(attestation.statement) });
  };
  expect(await acceptVsa(written({}), { ...expected, levels: ["SLSA_BUILD_LEVEL_3", "WAYBILL_PASSED"] })).toMatchObject({
    kind: "accepted",
  });
  expect(await acceptVsa(written({ effect: "deny", reason: "violated" }), expected)).toMatchObject({ kind: "refused", step: "result" });
  expect(simpleVerificationResult(decision, context).kind).toBe("statement");
});
