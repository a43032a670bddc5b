import { describe, expect, it } from "vitest";
import type { DataRecord } from "../../language/core/data.ts";
import type { ClauseResult, Decision } from "../evaluate/decision.ts";
import { admitStatement } from "../evidence/attestation.ts";
import { isStatement } from "../evidence/statement.ts";
import { type AttestationContext, simpleVerificationResult, verificationSummary } from "./attestation.ts";

const hex = "ab".repeat(32);

const clause = (label: string | null, change: Partial<ClauseResult> = {}): ClauseResult => ({
  policy: "acme.release.deployed",
  label,
  at: { path: "release.scp", start: 0, end: 1 },
  outcome: "passed",
  effect: "allow",
  causes: [],
  witnesses: [],
  witnessCount: 0,
  wants: [],
  assumptions: [],
  advice: [],
  waivers: [],
  ...change,
});

const decided = (change: Partial<Decision> = {}): Decision => ({
  subject: { kind: "image", name: "ghcr.io/acme/shop", digest: `sha256:${hex}`, data: {} },
  point: "ci",
  effect: "allow",
  reason: "passed",
  clauses: [clause("signed"), clause(null), clause("frozen", { applies: false }), clause("waived", { outcome: "violated" })],
  covered: true,
  time: Date.UTC(2026, 5, 1, 12) * 1000,
  ...change,
});

const context: AttestationContext = {
  verifier: { id: "https://acme.example/verifier", version: { waybill: "0.1.0" } },
  policy: { uri: "https://acme.example/policy", digest: `sha256:${"c".repeat(64)}` },
  inputs: [{ uri: "ghcr.io/acme/shop", digest: `sha256:${"d".repeat(64)}` }, { digest: `sha256:${"e".repeat(64)}` }],
  resourceUri: "pkg:oci/shop",
};

const summary = (decision: Decision, more: Partial<AttestationContext> = {}) => verificationSummary(decision, { ...context, ...more });
const result = (decision: Decision, more: Partial<AttestationContext> = {}) => simpleVerificationResult(decision, { ...context, ...more });

describe("nothing is attested", () => {
  it.each<[string, Decision, Partial<AttestationContext>, string]>([
    ["of a fault: it was not found out", decided({ effect: "deny", reason: "fault" }), {}, "a look-up failed"],
    ["of a fault that only warns", decided({ effect: "warn", reason: "fault" }), {}, "a look-up failed"],
    [
      "of one that allows only because a look-up that failed may",
      decided({ clauses: [clause("signed"), clause("built", { outcome: "undecided", causes: ["missing", "transient"] })] }),
      {},
      "a look-up failed",
    ],
    ["of a subject without a digest", decided({ subject: { kind: "image", name: "shop", data: {} } }), {}, "without a digest"],
    ["with a name that SLSA keeps for itself", decided(), { properties: ["SLSA_BUILD_LEVEL_4"] }, "SLSA_BUILD_LEVEL_4"],
    ["with a level that does not exist", decided(), { levels: { build: 4 } }, "build level 4"],
    ["with a policy that has no digest", decided(), { policy: { uri: "x", digest: "c" } }, "no digest"],
    ["with an input that has no digest", decided(), { inputs: [{ digest: "nothing" }] }, "no digest"],
  ])("%s", (_name, decision, more, because) => {
    for (const attestation of [summary(decision, more), result(decision, more)])
      expect(attestation).toMatchObject({ kind: "none", because: expect.stringContaining(because) });
  });

  it("as a verification result without a time, which a summary may leave out", () => {
    const { time: _, ...timeless } = decided();
    expect(result(timeless)).toMatchObject({ kind: "none" });
    expect(summary(timeless)).toMatchObject({ kind: "statement", statement: { predicate: { verificationResult: "PASSED" } } });
  });
});

it("attests a verdict that lets pass, warnings included, with its policy and all that it rested on", () => {
  const attestation = summary(decided(), { levels: { build: 3, source: 2 }, properties: ["ACME_SCANNED"] });
  expect(attestation).toEqual({
    kind: "statement",
    statement: {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "ghcr.io/acme/shop", digest: { sha256: hex } }],
      predicateType: "https://slsa.dev/verification_summary/v1",
      predicate: {
        verifier: { id: "https://acme.example/verifier", version: { waybill: "0.1.0" } },
        timeVerified: "2026-06-01T12:00:00Z",
        resourceUri: "pkg:oci/shop",
        policy: { uri: "https://acme.example/policy", digest: { sha256: "c".repeat(64) } },
        inputAttestations: [{ uri: "ghcr.io/acme/shop", digest: { sha256: "d".repeat(64) } }, { digest: { sha256: "e".repeat(64) } }],
        verificationResult: "PASSED",
        verifiedLevels: ["SLSA_BUILD_LEVEL_3", "SLSA_SOURCE_LEVEL_2", "WAYBILL_PASSED", "ACME_SCANNED"],
        slsaVersion: "1.2",
      },
    },
  });
  const warned = summary(decided({ effect: "warn", reason: "violated" }));
  expect(warned).toMatchObject({
    statement: { predicate: { verificationResult: "PASSED", verifiedLevels: ["SLSA_BUILD_LEVEL_UNEVALUATED", "WAYBILL_PASSED"] } },
  });
});

it.each([
  ["deny", "violated"],
  ["deny", "undecided"],
  ["deny", "uncovered"],
  ["quarantine", "violated"],
] as const)("attests a failure where the verdict is %s because it is %s, and no level", (effect, reason) => {
  const attestation = summary(decided({ effect, reason }), { levels: { build: 3 }, properties: ["ACME_SCANNED"] });
  expect(attestation).toMatchObject({ statement: { predicate: { verificationResult: "FAILED", verifiedLevels: ["FAILED"] } } });
  const svr = result(decided({ effect, reason }), { levels: { build: 3 }, properties: ["ACME_SCANNED"] });
  expect(svr).toMatchObject({ statement: { predicate: { properties: ["WAYBILL_acme.release.deployed.signed"] } } });
});

it("attests a verdict that allows although a document is missing: everybody could look", () => {
  const attestation = summary(decided({ clauses: [clause("built", { outcome: "undecided", causes: ["missing"] })] }));
  expect(attestation).toMatchObject({ statement: { predicate: { verificationResult: "PASSED" } } });
});

it("lists the clauses that held, and none that was waived, had nothing to say or has no name", () => {
  expect(result(decided())).toMatchObject({
    statement: {
      predicateType: "https://in-toto.io/attestation/svr/v0.2",
      predicate: {
        verifier: {
          id: "https://acme.example/verifier",
          policies: [{ uri: "https://acme.example/policy", digest: { sha256: "c".repeat(64) } }],
        },
        timeCreated: "2026-06-01T12:00:00Z",
        properties: ["WAYBILL_PASSED", "WAYBILL_acme.release.deployed.signed"],
      },
    },
  });
});

it("writes what it reads: each statement holds against its schema, and says the same when it is read again", async () => {
  for (const decision of [decided(), decided({ effect: "deny", reason: "violated" })]) {
    for (const attestation of [summary(decision, { levels: { build: 2 } }), result(decision)]) {
      if (attestation.kind === "none") throw new Error(attestation.because);
      const json: unknown = JSON.parse(JSON.stringify(attestation.statement));
      if (!isStatement(json)) throw new Error("no statement");
      const { value, diagnostics } = await admitStatement(json, { name: "x", digest: "sha256:00", base: "" });
      expect(diagnostics).toEqual([]);
      const data: DataRecord = value[0]?.data ?? {};
      expect(data["verifier"]).toBe("https://acme.example/verifier");
      expect(value[0]?.about).toContainEqual({ kind: "manifest", digest: `sha256:${hex}` });
    }
  }
});
