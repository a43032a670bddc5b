import { expect, it } from "vitest";
import type { Assessment } from "../../evaluate/assess.ts";
import { imageSubject } from "../../evidence/kubernetes/subjects.ts";
import { declaredStatements } from "./declared.ts";
import { emittedStatement, productOf } from "./emission.ts";

const digest = `sha256:${"1".repeat(64)}`;
const shop = { kind: "artifact", name: "pkg:npm/shop@1.4.0", data: { name: "shop", purl: "pkg:npm/shop@1.4.0" } };

it("names an image by the purl of an OCI artifact, with its digest, its repository and its tag", () => {
  expect(productOf(imageSubject(`ghcr.io/acme/api:1@${digest}`), undefined)).toEqual({
    product: {
      id: `pkg:oci/api@${digest}?repository_url=ghcr.io%2Facme%2Fapi&tag=1`,
      name: "ghcr.io/acme/api",
      purl: `pkg:oci/api@${digest}?repository_url=ghcr.io%2Facme%2Fapi&tag=1`,
      digests: [digest],
    },
    anchored: true,
    deployment: false,
  });
});

it("knows which product it is by digest or version only: a tag may move", () => {
  expect(productOf(imageSubject("ghcr.io/acme/api:1"), undefined).anchored).toBe(false);
  expect(productOf({ ...shop, data: { name: "shop", purl: "pkg:npm/shop" } }, undefined).anchored).toBe(false);
  expect(productOf({ ...shop, data: { name: "shop" } }, undefined).anchored).toBe(false);
  expect(productOf(shop, undefined)).toMatchObject({ anchored: true, product: { version: "1.4.0", purl: "pkg:npm/shop@1.4.0" } });
  const said = productOf({ ...shop, data: { name: "shop", purl: "pkg:npm/shop?arch=x86" } }, "2.0.0");
  expect(said).toMatchObject({ anchored: true, product: { version: "2.0.0", purl: "pkg:npm/shop@2.0.0?arch=x86" } });
});

const assessment = (status: Assessment["status"], restsOn?: Assessment["restsOn"]): Assessment => ({
  declaration: "acme.v",
  finding: { id: "CVE-2024-21538", component: { purl: "pkg:npm/cross-spawn@7.0.3" } },
  status,
  row: 0,
  at: { path: "v.scp", start: 0, end: 0 },
  wouldBe: [],
  ...(restsOn === undefined ? {} : { restsOn }),
});
const statement = (one: Assessment) => {
  const [first] = declaredStatements([one], []).statements;
  if (first === undefined) throw new Error("no statement");
  return first;
};
const mitigated: Assessment["status"] = { kind: "not_affected", justification: "inline_mitigations_already_exist" };

it("says nothing that suppresses of a product that could be any version", () => {
  const any = productOf(imageSubject("ghcr.io/acme/api:1"), undefined);
  expect(emittedStatement(statement(assessment({ kind: "fixed" })), any, "openvex")).toMatchObject({
    instead: "unanchored",
    assertion: { status: "under_investigation" },
  });
  expect(emittedStatement(statement(assessment({ kind: "affected", action: "upgrade" })), any, "openvex")).toMatchObject({
    assertion: { status: "affected", action: "upgrade" },
  });
});

it("says nothing that suppresses of two findings where no declaration speaks of one", () => {
  const declared = { ...statement(assessment({ kind: "fixed" })), unspoken: true };
  expect(emittedStatement(declared, productOf(shop, undefined), "openvex")).toMatchObject({
    instead: "unspoken",
    assertion: { status: "under_investigation" },
  });
});

it("takes what only a runtime profile keeps away for a word about deployments, and cites the profile", () => {
  const declared = statement(assessment(mitigated, [{ runtime: "acme.api", digest }]));
  const about = productOf(shop, undefined);
  for (const format of ["openvex", "csaf"] as const) {
    const { assertion, instead } = emittedStatement(declared, about, format);
    expect([assertion.status, instead]).toEqual(["affected", "deployment"]);
    expect(assertion.action).toContain(`acme.api (${digest})`);
    expect(assertion.justification).toBeUndefined();
  }
  const { assertion } = emittedStatement(declared, about, "cyclonedx");
  expect(assertion).toMatchObject({ status: "not_affected", ownJustification: "protected_at_runtime" });
  expect(assertion.justification).toBeUndefined();
  expect(assertion.impact).toContain(digest);
});

it("says it of the deployment as it is", () => {
  const declared = statement(assessment(mitigated, [{ runtime: "acme.api", digest }]));
  const workload = { kind: "workload", name: "Deployment/api", data: { name: "api" } };
  for (const format of ["openvex", "cyclonedx"] as const)
    expect(emittedStatement(declared, productOf(workload, "2026-11-21"), format).assertion).toMatchObject({
      status: "not_affected",
      justification: "inline_mitigations_already_exist",
      ...(format === "cyclonedx" ? { ownJustification: "protected_at_runtime" } : {}),
    });
});
