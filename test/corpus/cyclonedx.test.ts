/** CycloneDX's own test documents, SBOMs and VEX of real products, and what Conforma attests. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { admit } from "../../engine/evidence/door.ts";
import { at } from "../../engine/evidence/fault.ts";
import { type DataRecord, Lack, OpenList } from "../../language/core/data.ts";

const corpus = new URL("../../../shared/corpus/", import.meta.url);
const here = existsSync(corpus);
const absent = "the corpus is not beside the checkout";
const withCorpus = it.skipIf(!here);
const list = (folder: string): readonly string[] =>
  here ? readdirSync(new URL(folder, corpus), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json")) : [];

async function read(path: string) {
  const bytes = readFileSync(new URL(path, corpus));
  return { json: JSON.parse(bytes.toString("utf8")) as unknown, ...(await admit(bytes, path, "sha256:00")) };
}

const official = list("cyclonedx/schema-1.6/");

it("finds the official documents", (context) => {
  context.skip(!here, absent);
  expect(official.filter((name) => name.startsWith("valid-"))).not.toHaveLength(0);
  expect(official.filter((name) => name.startsWith("invalid-"))).not.toHaveLength(0);
});

it.each(official.filter((name) => name.startsWith("invalid-")))("refuses %s, and says where", async (name) => {
  const { json, value, diagnostics } = await read(`cyclonedx/schema-1.6/${name}`);
  expect(value).toEqual([]);
  expect(diagnostics.length).toBeGreaterThan(0);
  for (const fault of diagnostics) {
    expect(fault.level).toBe("error");
    expect(at(json, fault.pointer ?? "/nowhere")).toBeDefined();
    expect(fault.location?.end).toBeGreaterThan(fault.location?.start ?? 0);
  }
});

it.each(official.filter((name) => name.startsWith("valid-")))("reads %s", async (name) => {
  const { value, diagnostics } = await read(`cyclonedx/schema-1.6/${name}`);
  // `valid-vulnerability` has ranges of four-part versions that it calls SemVer.
  expect(diagnostics.filter(({ code }) => code !== "WB1224")).toEqual([]);
  expect(value.length).toBeGreaterThan(0);
});

withCorpus.each([
  ["dropwizard-1.3.15", 167, 167],
  ["juice-shop", 1115, 1115],
  ["keycloak-10.0.2", 903, 903],
  ["laravel-7.12.0", 62, 62],
  ["proton-bridge", 201, 201],
])("reads the SBOM of %s: %i components, %i packages", async (name, components, packages) => {
  const { value, diagnostics } = await read(`cyclonedx/sbom/${name}.json`);
  expect(diagnostics).toEqual([]);
  const bom = value.find((piece) => piece.type === "waybill.sbom.Bom");
  expect(bom?.counts).toMatchObject({ components, packages });
  const found = bom?.data["components"];
  expect(found).toBeInstanceOf(OpenList);
  expect(found).toMatchObject({ undeclared: true, lacks: [] });
  expect((found as OpenList).items).toHaveLength(components);
});

it("finds the GPL-2.0 package of juice-shop, and counts what has no licence", async (context) => {
  context.skip(!here, absent);
  const { value } = await read("cyclonedx/sbom/juice-shop.json");
  const packages = (value[0]?.data["packages"] as OpenList).items as readonly DataRecord[];
  const texts = packages.map((one) => (one["license"] as { value?: { text: string } } | undefined)?.value?.text);
  expect(texts.filter((text) => text?.includes("GPL-2.0-only"))).not.toHaveLength(0);
  expect(packages.filter((one) => one["license"] === undefined || one["license"] instanceof Lack).length).toBeGreaterThan(0);
});

it.each(list("cyclonedx/vex/"))("reads the VEX use case %s, no statement lost", async (name) => {
  const { json, value, diagnostics } = await read(`cyclonedx/vex/${name}`);
  expect(diagnostics.filter(({ level }) => level === "error")).toEqual([]);
  const analysed = ((json as { vulnerabilities?: { analysis?: object }[] }).vulnerabilities ?? []).filter((one) => one.analysis).length;
  expect(value.find((piece) => piece.type === "waybill.vex.Document")?.counts["statements"] ?? 0).toBe(analysed);
});

it.each(list("scans/cyclonedx/"))("reads the scan %s", async (name) => {
  const { json, value, diagnostics } = await read(`scans/cyclonedx/${name}`);
  expect(diagnostics).toEqual([]);
  const scan = value.find((piece) => piece.type === "waybill.vuln.Scan");
  expect(scan?.counts["vulnerabilities"]).toBe((json as { vulnerabilities: unknown[] }).vulnerabilities.length);
});

withCorpus.each([
  ["policy-input-cdx-sbom.json", { components: 10 }],
  ["policy-input-spdx-sbom.json", { components: 11, relationships: 9 }],
])("reads the SBOM in the statement of %s", async (name, counts) => {
  const input = JSON.parse(readFileSync(new URL(`conforma/${name}`, corpus), "utf8")) as { attestations: { statement: object }[] };
  const { value, diagnostics } = await admit(new TextEncoder().encode(JSON.stringify(input.attestations[0]?.statement)), name, "sha256:00");
  expect(diagnostics).toEqual([]);
  expect(value.find((piece) => piece.type === "waybill.sbom.Bom")?.counts).toMatchObject(counts);
});
