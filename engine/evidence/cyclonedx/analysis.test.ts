import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, origin } from "../../../language/core/data.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { admitValue } from "../door.ts";
import { cyclonedx } from "./adapter.ts";

const source = { name: "vex.json", digest: `sha256:${"0".repeat(64)}`, base: "" };
const digest = "d".repeat(64);
const component = {
  type: "library",
  name: "shop",
  version: "1.0.0",
  purl: "pkg:npm/%40acme/shop@1.0.0",
  cpe: "cpe:2.3:a:acme:shop:1.0.0:*:*:*:*:*:*:*",
  "bom-ref": "shop",
  supplier: { name: "Acme" },
  hashes: [
    { alg: "SHA-256", content: digest },
    { alg: "SHA3-256", content: digest },
  ],
};

const bom = (vulnerability: object, rest: object = {}): object => ({
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { timestamp: "2026-01-01T00:00:00Z" },
  components: [component],
  vulnerabilities: [{ id: "CVE-2026-0001", ...vulnerability }],
  ...rest,
});

interface Read {
  readonly data: DataRecord;
  readonly statements: readonly DataRecord[];
  readonly diagnostics: readonly Diagnostic[];
}

async function read(json: object): Promise<Read> {
  const { value, diagnostics } = await admitValue(json, source, [cyclonedx]);
  expect(diagnostics.filter(({ level }) => level === "error")).toEqual([]);
  const data = value.find(({ type }) => type === "waybill.vex.Document")?.data ?? {};
  return { data, statements: (data["statements"] ?? []) as readonly DataRecord[], diagnostics };
}

const products = (statement: DataRecord | undefined): readonly DataRecord[] => (statement?.["products"] ?? []) as readonly DataRecord[];
const about = (state: string | undefined, versions?: readonly object[], more: object = {}): object =>
  bom({
    analysis: state === undefined ? { detail: "x" } : { state },
    affects: [{ ref: "shop", ...(versions ? { versions } : {}) }],
    ...more,
  });

it.each([
  ["not_affected", "not_affected"],
  ["false_positive", "not_affected"],
  ["exploitable", "affected"],
  ["resolved", "fixed"],
  ["resolved_with_pedigree", "fixed"],
  ["in_triage", "under_investigation"],
])("state %s is %s, and stays as it is written", async (state, status) => {
  expect((await read(about(state))).statements).toMatchObject([{ status, state }]);
});

it.each([
  ["code_not_present", "vulnerable_code_not_present"],
  ["code_not_reachable", "vulnerable_code_not_in_execute_path"],
  ["protected_by_compiler", "inline_mitigations_already_exist"],
  ["protected_at_runtime", undefined],
  ["requires_configuration", undefined],
  ["requires_dependency", undefined],
  ["requires_environment", undefined],
  ["protected_at_perimeter", undefined],
  ["protected_by_mitigating_control", undefined],
])("justification %s is %s, and stays as it is written", async (own, label) => {
  const { statements } = await read(bom({ analysis: { state: "not_affected", justification: own }, affects: [{ ref: "shop" }] }));
  expect(statements).toMatchObject([{ justification: label, own_justification: own }]);
});

describe("a statement is read", () => {
  it("with all that the vulnerability and its analysis say", async () => {
    const analysis = {
      state: "exploitable",
      response: ["update", "workaround_available"],
      detail: "through imports",
      firstIssued: "2025-01-01T00:00:00Z",
      lastUpdated: "2025-06-01T00:00:00Z",
    };
    const more = {
      description: "reads too far",
      recommendation: "upgrade",
      workaround: "no imports",
      references: [{ id: "GHSA-2345-6789-cfgh", source: { name: "GitHub" } }],
    };
    expect((await read(bom({ analysis, affects: [{ ref: "shop" }], ...more }))).statements).toMatchObject([
      {
        vulnerability: "CVE-2026-0001",
        aliases: ["GHSA-2345-6789-cfgh"],
        description: "reads too far",
        action: "upgrade\n\nno imports",
        responses: ["update", "workaround_available"],
        notes: "through imports",
        impact: undefined,
        timestamp: "2025-06-01T00:00:00Z",
        first_issued: "2025-01-01T00:00:00Z",
      },
    ]);
  });

  it("of the document's time where it has none, and never of the time at which a database changed its record", async () => {
    expect((await read(about("in_triage", undefined, { updated: "2020-01-01T00:00:00Z" }))).statements).toMatchObject([
      { timestamp: "2026-01-01T00:00:00Z" },
    ]);
    const timeless = bom(
      { analysis: { state: "in_triage" }, affects: [{ ref: "shop" }], updated: "2020-01-01T00:00:00Z" },
      { metadata: {} },
    );
    expect((await read(timeless)).statements).toMatchObject([{ timestamp: undefined }]);
  });

  it("with the document's name, and its first version where it says no other", async () => {
    const serialNumber = "urn:uuid:8c3f8ae0-9a1e-4b6e-a7c5-3d9c4d6b1c10";
    const json = bom({ analysis: { state: "in_triage" }, affects: [{ ref: "shop" }] }, { serialNumber, version: undefined });
    const { data, statements } = await read(JSON.parse(JSON.stringify(json)));
    expect(data).toMatchObject({ id: serialNumber, version: 1 });
    expect(products(statements[0])).toMatchObject([{ id: "urn:cdx:8c3f8ae0-9a1e-4b6e-a7c5-3d9c4d6b1c10/1#shop" }]);
  });
});

describe("a product is read", () => {
  const one = async (versions?: readonly object[]): Promise<readonly DataRecord[]> =>
    products((await read(about("not_affected", versions))).statements[0]);

  it("as the component is, where no version is named", async () => {
    expect(await one()).toEqual([
      {
        id: "shop",
        name: "shop",
        supplier: "Acme",
        version: "1.0.0",
        versions: undefined,
        purl: component.purl,
        cpe: component.cpe,
        digests: [`sha256:${digest}`, `sha3-256:${digest}`],
        subcomponents: [],
        [origin]: expect.anything(),
      },
    ]);
  });

  it("by the full name, with its group, as other groups have components of the same name", async () => {
    const components = [{ type: "library", group: "org.acme", name: "core", version: "1.0.0", "bom-ref": "shop" }];
    const { statements } = await read(bom({ analysis: { state: "not_affected" }, affects: [{ ref: "shop" }] }, { components }));
    expect(products(statements[0])).toMatchObject([{ name: "org.acme/core", version: "1.0.0" }]);
  });

  it("at each version that is named: what is of another version only, its digests and its CPE, is left out", async () => {
    expect(await one([{ version: "1.0.0" }, { version: "1.1.0" }, { range: "vers:npm/>=2.0.0|<3.0.0" }])).toMatchObject([
      { version: "1.0.0", purl: "pkg:npm/%40acme/shop@1.0.0", digests: { length: 2 } },
      { version: "1.1.0", versions: undefined, purl: "pkg:npm/%40acme/shop@1.1.0", digests: [], cpe: undefined },
      { version: undefined, versions: "vers:npm/>=2.0.0|<3.0.0", purl: "pkg:npm/%40acme/shop", digests: [] },
    ]);
  });

  it.each([
    ["empty", "vers:npm/>1.0.0|<1.0.0"],
    ["reversed", "vers:npm/>=3.0.0|<2.0.0"],
    ["of another ecosystem", "vers:maven/>=1.0.0|<2.0.0"],
    ["no VERS string", ">=1.0.0 <2.0.0"],
    ["of versions that are none", "vers:npm/>=one|<two"],
  ])("and a range that is %s is malformed, counted, and no reason to suppress", async (_name, range) => {
    const { statements, diagnostics } = await read(about("not_affected", [{ range }, { range }]));
    expect(products(statements[0])[0]?.["versions"]).toMatchObject({ cause: "malformed" });
    expect(diagnostics).toMatchObject([
      { code: "WB1224", level: "warning", message: expect.stringContaining("2 version ranges are not understood") },
    ]);
  });

  it("at a range whose bounds are in the other order, where only one thing can be meant", async () => {
    expect(await one([{ range: "vers:npm/<2.0.0|>=1.0.0" }])).toMatchObject([{ versions: "vers:npm/>=1.0.0|<2.0.0" }]);
    expect(await one([{ range: "vers:generic/>=2.9|<=4.1" }])).toMatchObject([{ versions: "vers:generic/>=2.9|<=4.1" }]);
  });

  it("by its BOM-Link where it is in another document, in one form whatever its case and encoding", async () => {
    const link = "urn:cdx:8C3F8AE0-9A1E-4B6E-A7C5-3D9C4D6B1C10/2#acme%20shop";
    const { statements } = await read(bom({ analysis: { state: "in_triage" }, affects: [{ ref: link }] }));
    expect(products(statements[0])).toMatchObject([{ id: "urn:cdx:8c3f8ae0-9a1e-4b6e-a7c5-3d9c4d6b1c10/2#acme shop", name: undefined }]);
  });
});

describe("what is said of versions", () => {
  const said = async (state: string | undefined, status: string | undefined): Promise<readonly unknown[]> => {
    const version = { version: "1.0.0", ...(status === undefined ? {} : { status }) };
    const { statements } = await read(
      about(state, [version], { analysis: { ...(state ? { state } : {}), justification: "code_not_present" } }),
    );
    return statements.map((one) => [one["status"], one["justification"]]);
  };

  it.each<[string, string | undefined, readonly unknown[]]>([
    ["not_affected", undefined, [["not_affected", "vulnerable_code_not_present"]]],
    ["not_affected", "unaffected", [["not_affected", "vulnerable_code_not_present"]]],
    ["not_affected", "affected", [["not_affected", "vulnerable_code_not_present"]]],
    ["resolved", undefined, [["fixed", "vulnerable_code_not_present"]]],
    ["resolved", "affected", [["affected", undefined]]],
    ["exploitable", "affected", [["affected", "vulnerable_code_not_present"]]],
    ["exploitable", "unaffected", [["not_affected", undefined]]],
    ["in_triage", "unaffected", [["not_affected", undefined]]],
    ["exploitable", "unknown", []],
    ["not_affected", "unknown", []],
  ])("state %s and version status %s", async (state, status, expected) => {
    expect(await said(state, status)).toEqual(expected);
  });

  it("of a list in which both occur, each version has its own", async () => {
    const versions = [
      { version: "1.0.0", status: "affected" },
      { version: "1.1.0", status: "unaffected" },
      { version: "1.2.0", status: "unknown" },
    ];
    const { statements, diagnostics } = await read(about("exploitable", versions));
    expect(statements.map((one) => [one["status"], products(one).map(({ version }) => version)])).toEqual([
      ["affected", ["1.0.0"]],
      ["not_affected", ["1.1.0"]],
    ]);
    expect(diagnostics).toMatchObject([{ code: "WB1225", level: "note", pointer: "/vulnerabilities/0/affects/0/versions/2" }]);
  });
});

it("does not put a purl that is none at another version", async () => {
  const json = bom(
    { analysis: { state: "in_triage" }, affects: [{ ref: "shop", versions: [{ version: "2.0.0" }] }] },
    { components: [{ ...component, purl: "pkg:npm" }] },
  );
  const { statements, diagnostics } = await read(json);
  expect(products(statements[0])[0]?.["purl"]).toMatchObject({ cause: "malformed" });
  expect(diagnostics).toMatchObject([{ code: "WB1229", pointer: "/vulnerabilities/0/affects/0" }]);
});

it("lists what nothing can be matched with", async () => {
  const bare = { type: "library", name: "bare", "bom-ref": "bare" };
  const json = bom({ analysis: { state: "in_triage" }, affects: [{ ref: "bare" }, { ref: "shop" }] }, { components: [component, bare] });
  expect((await read(json)).diagnostics).toMatchObject([
    { code: "WB1223", message: expect.stringMatching(/^1 of 2 products/), pointer: "/vulnerabilities/0/affects/0" },
  ]);
  const nothing = await read(bom({ analysis: { state: "not_affected" } }));
  expect(nothing.statements).toMatchObject([{ products: [] }]);
  expect(nothing.diagnostics).toMatchObject([{ code: "WB1227", pointer: "/vulnerabilities/0" }]);
});

it("reads fifteen thousand analyses", async () => {
  const one = {
    analysis: { state: "not_affected" },
    affects: [{ ref: "shop", versions: [{ version: "1.0.0" }, { range: "vers:npm/>=2.0.0|<3.0.0" }] }],
  };
  const vulnerabilities = Array.from({ length: 15_000 }, (_, index) => ({ id: `CVE-2026-${10_000 + index}`, ...one }));
  expect((await read(bom({}, { vulnerabilities }))).statements).toHaveLength(15_000);
});

it("has a status that is missing where the analysis has no state", async () => {
  expect((await read(about(undefined))).statements[0]?.["status"]).toBeInstanceOf(Lack);
});

it("never lets a version be suppressed that is called unknown, or affected beside others that are not or in what was resolved", async () => {
  const states = fc.constantFrom("resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive", "not_affected");
  const statuses = fc.constantFrom("affected", "unaffected", "unknown");
  const versions = fc.uniqueArray(fc.record({ version: fc.constantFrom("1.0.0", "1.1.0", "2.0.0", "3.0.0"), status: statuses }), {
    minLength: 1,
    selector: ({ version }) => version,
  });
  await fc.assert(
    fc.asyncProperty(states, versions, async (state, entries) => {
      const { statements } = await read(about(state, entries));
      const suppressed = statements
        .filter(({ status }) => status === "not_affected" || status === "fixed")
        .flatMap((one) => products(one).map(({ version }) => version));
      const apart = entries.some(({ status }) => status === "unaffected") || state.startsWith("resolved");
      for (const { version, status } of entries)
        if (status === "unknown" || (status === "affected" && apart)) expect(suppressed).not.toContain(version);
    }),
    { numRuns: 200 },
  );
});
