/** OpenVEX: the specification's schema and examples, and documents that real projects publish. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexVex, type VexIndex, vexDecider } from "../../engine/decide/vex/decide.ts";
import { unmatchedStatements } from "../../engine/decide/vex/fixtures/statements.ts";
import { admit } from "../../engine/evidence/door.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import { formats } from "../../engine/evidence/schema/formats.ts";
import { validate } from "../../engine/evidence/schema/validate.ts";
import type { DataRecord } from "../../language/core/data.ts";
import { parsePurl } from "../../language/domains/purl.ts";

const corpus = new URL("../../../shared/corpus/", import.meta.url);
const present = existsSync(new URL("openvex-spec/", corpus));

const bytesOf = (path: string): Uint8Array => readFileSync(new URL(path, corpus));
const jsonOf = (path: string): unknown => JSON.parse(readFileSync(new URL(path, corpus), "utf8"));

async function document(path: string): Promise<Evidence> {
  const bytes = bytesOf(path);
  const { value, diagnostics } = await admit(bytes, path, `sha256:${createHash("sha256").update(bytes).digest("hex")}`);
  expect(diagnostics).toEqual([]);
  const [evidence] = value;
  if (evidence === undefined) throw new Error(`${path} was not read`);
  return evidence;
}

const indexed = (...documents: readonly DataRecord[]): VexIndex => indexVex([{ name: "claimed", documents }]);
const finding = (id: string, purl: string): DataRecord => ({ id, component: { name: "x", purl } });

describe.skipIf(!present)("OpenVEX documents of the corpus (skipped where it is not beside the checkout)", () => {
  const counts: Readonly<Record<string, number>> = {
    "openvex-spec/example-01.json": 1,
    "openvex-spec/example-02.json": 1,
    "openvex-spec/example-03.json": 2,
    "vexhub/golang__github.com__harvester__node-disk-manager__scan.openvex.json": 202,
    "vexhub/golang__github.com__k3s-io__helm-set-status__scan.openvex.json": 4,
    "vexhub/golang__github.com__rancher__confd__scan.openvex.json": 28,
    "vexhub/golang__github.com__rancher__gitjob__pkg__apis__scan.openvex.json": 66,
    "vexhub/golang__github.com__rancher__kube-api-auth__scan.openvex.json": 187,
    "vexhub/golang__github.com__rancher__support-bundle-kit__scan.openvex.json": 36,
    "vexhub/oci__ghcr.io__aquasecurity__trivy__oci.openvex.json": 7,
    "vexhub/oci__public.ecr.aws__aquasecurity__trivy__oci.openvex.json": 7,
  };

  it.each(Object.entries(counts))("%s is read: %i statements", async (path, statements) => {
    const evidence = await document(path);
    expect(evidence).toMatchObject({ type: "waybill.vex.Document", counts: { statements }, about: [] });
    expect(evidence.data["statements"]).toHaveLength(statements);
  });

  it("every other file of VEX Hub is a manifest, refused as no document", async () => {
    const manifests = readdirSync(new URL("vexhub/", corpus)).filter((name) => !(`vexhub/${name}` in counts) && name.endsWith(".json"));
    expect(manifests).toHaveLength(15);
    for (const name of manifests) {
      const { value, diagnostics } = await admit(bytesOf(`vexhub/${name}`), name, "sha256:0");
      expect(value).toEqual([]);
      expect(diagnostics).toMatchObject([{ code: "WB0911", found: "an object with `ID`, `Sources`" }]);
    }
  });

  it("our schema takes and refuses what the specification's does, on its examples and on damaged ones", async () => {
    const ajv = new Ajv2020({ allErrors: false, strict: false, formats });
    const official = ajv.compile(jsonOf("openvex-spec/openvex_json_schema.json") as object);
    const bases = [
      ...Object.keys(counts)
        .filter((path) => path.startsWith("openvex-spec/"))
        .map(jsonOf),
      jsonOf("vexhub/golang__github.com__k3s-io__helm-set-status__scan.openvex.json"),
      {
        ...(jsonOf("openvex-spec/example-01.json") as object),
        statements: [
          {
            "@id": "urn:1",
            version: 1,
            vulnerability: { "@id": "urn:2", name: "CVE-2024-0001", description: "x", aliases: ["A-1"] },
            timestamp: "2024-01-01T00:00:00Z",
            last_updated: "2024-01-01T00:00:00Z",
            products: [
              {
                identifiers: { cpe22: "x", cpe23: "y", purl: "pkg:npm/a" },
                hashes: { md5: "0", "sha-256": "1", "blake2b-512": "2" },
                subcomponents: [{ identifiers: { purl: "pkg:npm/b" } }],
              },
            ],
            status: "not_affected",
            supplier: "x",
            status_notes: "x",
            justification: "component_not_present",
            impact_statement: "x",
            action_statement: "x",
            action_statement_timestamp: "2024-01-01T00:00:00Z",
          },
        ],
      },
    ];
    for (const base of bases) {
      expect(official(base)).toBe(true);
      expect(await validate("openvex-0.2.0", base, "")).toEqual([]);
    }
    let refused = 0;
    const wound = fc.record({
      place: fc.nat(),
      kind: fc.constantFrom("remove", "replace", "add", "swap"),
      value: fc.constantFrom<unknown>(
        null,
        "",
        0,
        1,
        "fixed",
        "affected",
        "not_affected",
        {},
        [],
        "urn:x",
        "2024-01-01T00:00:00Z",
        "sha3-256",
        [{ "@id": "x y" }],
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bases), fc.array(wound, { minLength: 1, maxLength: 3 }), async (base, wounds) => {
        const json = structuredClone(base) as object;
        for (const { place, kind, value } of wounds) {
          const all = places(json);
          const [parent, key] = all[place % all.length] ?? [{}, ""];
          const [, otherKey] = all[(place >> 8) % all.length] ?? [{}, ""];
          if (kind === "remove" && !Array.isArray(parent)) Reflect.deleteProperty(parent, key);
          else if (kind === "add" && !Array.isArray(parent)) Reflect.set(parent, otherKey, structuredClone(value));
          else if (kind === "replace" || Array.isArray(parent)) Reflect.set(parent, key, structuredClone(value));
          else Reflect.set(parent, otherKey, structuredClone(Reflect.get(parent, key)));
        }
        const ours = (await validate("openvex-0.2.0", json, "")).length === 0;
        const theirs = official(json);
        if (!theirs) refused++;
        expect(ours).toBe(theirs);
      }),
      { numRuns: 5000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  it("the specification's example of an update: what was under investigation is fixed", async () => {
    const { data } = await document("openvex-spec/example-03.json");
    const read = vexDecider(indexed(data), { digests: [] }, {});
    expect(read(finding("CVE-2023-12345", "pkg:apk/wolfi/git@2.39.0-r1?arch=armv7"))).toMatchObject({
      kind: "suppressed",
      used: [{ status: "fixed" }],
      shadowed: [{ status: "under_investigation" }],
    });
    expect(read(finding("CVE-2023-12345", "pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64"))).toMatchObject({ kind: "unmentioned", used: [] });
    const before = await document("openvex-spec/example-02.json");
    const earlier = vexDecider(indexed(before.data), { digests: [] }, {});
    expect(earlier(finding("CVE-2023-12345", "pkg:apk/wolfi/git@2.39.0-r1?arch=armv7"))).toMatchObject({
      kind: "kept",
      used: [{ status: "under_investigation" }],
    });
  });

  it("Trivy's statements speak of findings in its own images, but name no version of image or component, and so suppress nothing", async () => {
    const { data } = await document("vexhub/oci__ghcr.io__aquasecurity__trivy__oci.openvex.json");
    const index = indexed(data);
    const busybox = finding("CVE-2023-42363", "pkg:apk/alpine/busybox@1.36.1-r15?arch=x86_64&distro=alpine-3.19.1");
    for (const repository of ["ghcr.io/aquasecurity/trivy", "docker.io/aquasec/trivy", "public.ecr.aws/aquasecurity/trivy"]) {
      const verdict = vexDecider(index, { digests: [], repository }, {})(busybox);
      expect(verdict).toMatchObject({ kind: "kept", used: [], rejected: [{ why: { kind: "unanchored" } }] });
    }
    const own = { digests: [], repository: "ghcr.io/aquasecurity/trivy" };
    const extras = finding("CVE-2023-42363", "pkg:apk/alpine/busybox-extras@1.36.1-r15");
    expect(vexDecider(index, own, {})(extras)).toMatchObject({ kind: "unmentioned" });
    const elsewhere = vexDecider(index, { digests: [], repository: "ghcr.io/somebody/trivy" }, {});
    expect(elsewhere(busybox)).toMatchObject({ kind: "unmentioned" });
    expect(unmatchedStatements(index, [busybox], own)).toHaveLength(6);
  });

  it("Rancher's statements suppress by alias, for the versions of product and component that they name", async () => {
    const { data } = await document("vexhub/golang__github.com__rancher__confd__scan.openvex.json");
    const purl = parsePurl("pkg:golang/github.com/rancher/confd@v0.16.6");
    if (!purl.ok) throw new Error(purl.problem);
    const read = vexDecider(indexed(data), { digests: [], purl: purl.value }, {});
    expect(read(finding("GHSA-f5pg-7wfw-84q9", "pkg:golang/github.com/aws/aws-sdk-go@v1.34.0"))).toMatchObject({ kind: "suppressed" });
    expect(read(finding("GHSA-f5pg-7wfw-84q9", "pkg:golang/github.com/aws/aws-sdk-go@v1.33.0"))).toMatchObject({ kind: "unmentioned" });
  });
});

function places(root: object): readonly (readonly [parent: object, key: string])[] {
  return Object.entries(root).flatMap(([key, inner]: [string, unknown]) => [
    [root, key] as const,
    ...(inner !== null && typeof inner === "object" ? places(inner) : []),
  ]);
}
