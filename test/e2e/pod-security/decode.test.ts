import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { readStruct } from "../../../engine/evidence/kubernetes/read.ts";
import { type Shape, structShape } from "../../../engine/evidence/kubernetes/shape.ts";
import { validate } from "../../../engine/evidence/schema/validate.ts";
import type { DocumentRef } from "../../../language/core/data.ts";
import { buildKubernetes, type Kubernetes } from "./kubernetes.ts";
import { anySpec } from "./specs.ts";

const document: DocumentRef = { digest: "sha256:00", name: "spec", format: "kubernetes", predicateType: "waybill.kubernetes.Workload" };

/** Ports are text in policies, whatever they are in the API. */
function portsAsText(json: unknown, shape: Shape): unknown {
  if (json === null || json === undefined) return json;
  switch (shape.kind) {
    case "scalar":
      return shape.name === "IntOrString" ? String(json) : json;
    case "list":
      return (json as readonly unknown[]).map((item) => portsAsText(item, shape.of));
    case "map":
      return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, portsAsText(item, shape.of)]));
    case "struct": {
      const { fields } = structShape(shape.name);
      return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, portsAsText(item, fields.get(key)?.shape ?? shape)]));
    }
  }
}

/** Without what says nothing: nulls, and structs of zero values that the API cannot leave out. */
function said(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(said);
  if (json === null || typeof json !== "object") return json;
  const entries = Object.entries(json)
    .map(([key, item]) => [key, said(item)] as const)
    .filter(([key, item]) => item !== null && item !== undefined && !(key === "divisor" && item === "0"))
    .filter(([key, item]) => !(["resources", "metadata", "spec"].includes(key) && JSON.stringify(item) === "{}"));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe("pod specs and the API server's own decoder", () => {
  let kubernetes: Kubernetes = { ok: false, reason: "not built" };
  beforeAll(() => {
    kubernetes = buildKubernetes();
  }, 300_000);

  it("read from the table that the API's structs give", (context) => {
    if (!kubernetes.ok) return context.skip(kubernetes.reason);
    const table = readFileSync(new URL("../../../engine/evidence/kubernetes/shape.json", import.meta.url), "utf8");
    expect(JSON.parse(table)).toEqual(JSON.parse(kubernetes.run("shape").join("\n")));
  });

  it("refuse the same specs and read the others alike", async (context) => {
    if (!kubernetes.ok) return context.skip(kubernetes.reason);
    const specs = fc.sample(anySpec, { numRuns: 3000, seed: 20261121 });
    const answers = kubernetes.run(
      "decode",
      specs.map((spec) => JSON.stringify(spec)),
    );
    let refused = 0;
    for (const [index, spec] of specs.entries()) {
      const answer = answers[index] ?? "";
      const containers = Array.isArray(spec["containers"]) && spec["containers"].length > 0 ? spec["containers"] : [{ name: "a" }];
      const wrongContainers = spec["containers"] !== undefined && spec["containers"] !== null && !Array.isArray(spec["containers"]);
      const manifest = { apiVersion: "v1", kind: "Pod", spec: wrongContainers ? spec : { ...spec, containers } };
      const faults = await validate("kubernetes-manifest", manifest, "");
      expect([JSON.stringify(spec), faults.length > 0]).toEqual([JSON.stringify(spec), answer === "refused"]);
      if (answer === "refused") {
        refused += 1;
        continue;
      }
      const theirs = said(portsAsText(JSON.parse(answer), { kind: "struct", name: "PodSpec" }));
      expect(said(readStruct(spec, "PodSpec", document, ""))).toEqual(theirs);
    }
    expect(refused).toBeGreaterThan(30);
    expect(refused).toBeLessThan(2500);
  }, 120_000);
});
