import { expect, it } from "vitest";
import { admitPredicate } from "./attestation.ts";
import { couldGive, predicateFormat, predicateFormats } from "./predicates.ts";

const source = { name: "shop.intoto.json", digest: `sha256:${"0".repeat(64)}`, base: "" };
const subjects = [{ name: "shop", digest: { sha256: "AB".repeat(32) } }];

const cyclonedx = {
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: { type: "file", name: "other", hashes: [{ alg: "SHA-256", content: "c".repeat(64) }] } },
};
const spdx = {
  spdxVersion: "SPDX-2.3",
  SPDXID: "SPDXRef-DOCUMENT",
  name: "shop",
  dataLicense: "CC0-1.0",
  documentNamespace: "https://acme.example/spdx/shop",
  creationInfo: { created: "2026-01-01T00:00:00Z", creators: ["Tool: syft"] },
};
const vex = {
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://acme.example/vex/1",
  author: "Acme",
  timestamp: "2026-01-01T00:00:00Z",
  version: 1,
  statements: [{ vulnerability: { name: "CVE-2024-0001" }, products: [{ "@id": "pkg:oci/shop" }], status: "fixed" }],
};

const admit = (predicateType: string, predicate: unknown) => admitPredicate({ predicateType, predicate, subjects }, source);

it.each<[string, string, unknown, string, string]>([
  ["SPDX by name, CycloneDX by look", "https://spdx.dev/Document", cyclonedx, "WB0933", "/predicate"],
  ["CycloneDX by name, SPDX by look", "https://cyclonedx.org/bom", spdx, "WB0933", "/predicate"],
  ["OpenVEX by name, SPDX by look", "https://openvex.dev/ns/v0.2.0", spdx, "WB0933", "/predicate"],
  ["provenance by name, an SBOM by look", "https://slsa.dev/provenance/v1", cyclonedx, "WB0913", "/predicate"],
  ["an SBOM by name, a list by look", "https://cyclonedx.org/bom", [cyclonedx], "WB0933", "/predicate"],
  ["another version of CycloneDX", "https://cyclonedx.org/bom/v1.4", cyclonedx, "WB0934", "/predicate"],
  ["another version of SPDX", "https://spdx.dev/Document/v3", spdx, "WB0934", "/predicate"],
  ["another version of OpenVEX", "https://openvex.dev/ns/v0.0.1", vex, "WB0934", "/predicate"],
  ["no predicate", "https://cyclonedx.org/bom", null, "WB0915", ""],
  ["a type that nobody reads", "https://acme.example/ours/v1", {}, "WB0915", "/predicateType"],
  ["a type with a version that it does not have", "https://slsa.dev/provenance/v1/v2", {}, "WB0915", "/predicateType"],
  ["a type that only begins like one", "https://cyclonedx.org/bom-of-ours", cyclonedx, "WB0915", "/predicateType"],
  ["a statement again", "https://cyclonedx.org/bom", { _type: "https://in-toto.io/Statement/v1" }, "WB0915", "/predicate"],
])("refuses %s", async (_name, predicateType, predicate, code, pointer) => {
  const { value, diagnostics } = await admit(predicateType, predicate);
  expect(value).toEqual([]);
  expect(diagnostics[0]).toMatchObject({ code, pointer, level: "error" });
});

it("reads a predicate by the type that its statement names, with or without a version", async () => {
  const types = async (predicateType: string, predicate: unknown) =>
    (await admit(predicateType, predicate)).value.map((piece) => piece.type)[0];
  for (const uri of [
    "https://cyclonedx.org/bom",
    "https://cyclonedx.org/schema",
    "https://cyclonedx.org/bom/v1.6",
    "https://cyclonedx.org/bom/1.6",
  ])
    expect(await types(uri, cyclonedx)).toBe("waybill.sbom.Bom");
  for (const uri of ["https://spdx.dev/Document", "https://spdx.dev/Document/v2.3", "https://spdx.dev/Document/v2"])
    expect(await types(uri, spdx)).toBe("waybill.sbom.Bom");
  for (const uri of ["https://openvex.dev/ns", "https://openvex.dev/ns/v0.2.0"]) expect(await types(uri, vex)).toBe("waybill.vex.Document");
});

it("says which type was meant where one is near", async () => {
  const { diagnostics } = await admit("https://slsa.dev/provenence/v1", {});
  expect(diagnostics[0]?.help).toBe("did you mean `https://slsa.dev/provenance/v1`?");
  expect((await admit("https://acme.example/ours/v1", {})).diagnostics[0]?.help).toBeUndefined();
});

it("takes a predicate for what its statement is about, whatever digests are in it", async () => {
  const digest = `sha256:${"ab".repeat(32)}`;
  const { value } = await admit("https://cyclonedx.org/bom", cyclonedx);
  expect(value[0]?.about).toEqual([
    { kind: "manifest", digest },
    { kind: "file", digest },
  ]);
  const unbound = await admitPredicate({ predicateType: "https://cyclonedx.org/bom", predicate: cyclonedx, subjects: [] }, source);
  expect(unbound.value[0]?.about).toEqual([{ kind: "file", digest: `sha256:${"c".repeat(64)}` }]);
});

it("binds to commits by the name that the language has for them", async () => {
  const commit = "AB".repeat(20);
  const statement = { predicateType: "https://cyclonedx.org/bom", predicate: cyclonedx, subjects: [{ digest: { gitCommit: commit } }] };
  const { value } = await admitPredicate(statement, source);
  expect(value[0]?.about[0]?.digest).toBe(`gitcommit:${commit.toLowerCase()}`);
});

it("names each predicate type once, and only types of the standard library", async () => {
  const uris = predicateFormats.flatMap(({ uri, aliases }) => [uri, ...(aliases ?? [])]);
  expect(new Set(uris).size).toBe(uris.length);
  for (const uri of uris) expect(predicateFormat(uri)?.format.uri ?? uri).toBeDefined();
  expect(predicateFormats.flatMap(({ gives }) => gives).filter((type) => !/^waybill\.[a-z]+\.[A-Z]\w+$/.test(type))).toEqual([]);
});

it("tells which statements a policy could use before they are fetched", () => {
  const wanted = new Set(["waybill.slsa.Provenance"]);
  expect(couldGive("https://slsa.dev/provenance/v1", wanted)).toBe(true);
  expect(couldGive("https://cyclonedx.org/bom/v1.6", wanted)).toBe(false);
  expect(couldGive("https://acme.example/ours/v1", wanted)).toBe(false);
});
