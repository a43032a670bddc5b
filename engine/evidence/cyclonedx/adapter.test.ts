import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type DataRecord, Known, Lack, OpenList, origin } from "../../../language/core/data.ts";
import { mutations } from "../../../test/evidence/mutations.ts";
import { misplaced } from "../../../test/evidence/places.ts";
import { admit } from "../door.ts";

const shop = readFileSync(new URL("fixtures/shop-1.6.json", import.meta.url), "utf8");

async function read(json: object | string) {
  const text = typeof json === "string" ? json : JSON.stringify(json);
  const { value, diagnostics } = await admit(new TextEncoder().encode(text), "bom.json", "sha256:00");
  const of = (type: string) => value.find((piece) => piece.type === type);
  return { value, diagnostics, bom: of("waybill.sbom.Bom"), scan: of("waybill.vuln.Scan"), vex: of("waybill.vex.Document") };
}

const library = (name: string, parts: object = {}) => ({ "bom-ref": name, type: "library", name, ...parts });
const bomOf = (parts: object) => ({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1, ...parts });
const root = { metadata: { component: { "bom-ref": "root", type: "application", name: "app" } } };

function members(list: unknown): readonly DataRecord[] {
  const items = list instanceof OpenList ? list.items : list;
  if (!Array.isArray(items)) throw new Error("no list");
  return items as readonly DataRecord[];
}

const named = (list: unknown, name: string): DataRecord => {
  const found = members(list).find((record) => record["name"] === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

it("refuses an id that two components share, and names both places", async () => {
  const { value, diagnostics } = await read(
    bomOf({ components: [library("a"), library("b", { components: [library("a", { version: "2" })] })] }),
  );
  expect(value).toEqual([]);
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]).toMatchObject({
    code: "WB0931",
    level: "error",
    pointer: "/components/1/components/0/bom-ref",
    message: "id `a` is used twice; first by `/components/0`",
  });
  const service = await read(bomOf({ components: [library("a")], services: [{ "bom-ref": "a", name: "s" }] }));
  expect(service.diagnostics[0]?.pointer).toBe("/services/0/bom-ref");
});

it("warns of a reference that leads nowhere, and counts the lists that miss it as incomplete", async () => {
  const { diagnostics, bom } = await read(
    bomOf({
      ...root,
      components: [library("a")],
      dependencies: [{ ref: "root", dependsOn: ["a", "ghost"] }, { ref: "phantom" }],
      compositions: [{ aggregate: "complete", assemblies: ["root"], dependencies: ["root"] }],
    }),
  );
  expect(diagnostics.map((d) => [d.level, d.pointer])).toEqual([
    ["warning", "/dependencies/0/dependsOn/1"],
    ["warning", "/dependencies/1/ref"],
  ]);
  expect(diagnostics[0]?.message).toBe("dependency of `root` refers to `ghost`, which is not in the document");
  const components = bom?.data["components"];
  expect(components).toBeInstanceOf(OpenList);
  expect(components).toMatchObject({
    undeclared: false,
    lacks: [{ cause: "malformed", detail: "2 references lead to nothing in the document" }],
  });
  const dependencies = (bom?.data["root"] as DataRecord)["dependencies"];
  expect(dependencies).toMatchObject({ undeclared: false, lacks: [{ cause: "malformed", detail: "`ghost` is not in the document" }] });
});

it("tells twenty references that lead nowhere, and counts the rest", async () => {
  const dependsOn = Array.from({ length: 30 }, (_, i) => `ghost-${i}`);
  const { diagnostics } = await read(bomOf({ components: [library("a")], dependencies: [{ ref: "a", dependsOn }] }));
  expect(diagnostics).toHaveLength(21);
  expect(diagnostics.at(-1)?.message).toBe("10 more references lead nowhere");
});

it("reads nested components, each once, with its place", async () => {
  const { bom, diagnostics } = await read(shop);
  expect(diagnostics).toEqual([]);
  expect(members(bom?.data["components"]).map((c) => [c["name"], c[origin]?.pointer])).toEqual([
    ["web", "/components/0"],
    ["inner", "/components/0/components/0"],
    ["README.md", "/components/1"],
    ["debian", "/components/2"],
    ["odd", "/components/3"],
    ["out", "/components/4"],
  ]);
  expect(members(bom?.data["packages"]).map((c) => c["name"])).toEqual(["web", "inner", "odd", "out"]);
  expect(bom?.counts).toEqual({ components: 6, packages: 4, dependencies: 4 });
});

it("reads every field of a component", async () => {
  const { bom } = await read(shop);
  const web = named(bom?.data["components"], "web");
  expect(web).toMatchObject({
    id: "web",
    group: "@acme",
    version: "1.2.3",
    purl: "pkg:npm/%40acme/web@1.2.3",
    cpe: "cpe:2.3:a:acme:web:1.2.3:*:*:*:*:*:*:*",
    kind: "library",
    supplier: "Acme",
    author: "Ada, bob@acme.example",
    copyright: "2026 Acme",
    description: "The web server",
    hashes: [{ algorithm: "SHA-256", value: "d".repeat(64) }],
    direct: true,
    present: true,
    optional: false,
  });
  expect(named(bom?.data["components"], "debian")["kind"]).toBe("operating_system");
  expect(named(bom?.data["components"], "odd")).toMatchObject({ optional: true, present: true });
  expect(named(bom?.data["components"], "out")).toMatchObject({ present: false, direct: false });
  expect(named(bom?.data["components"], "inner")["version"]).toBe("0.1");
});

it("reads several licences as AND, deprecated ids by their new names, and unknown names as missing", async () => {
  const { bom } = await read(shop);
  const license = (name: string) => named(bom?.data["components"], name)["license"];
  expect(license("web")).toMatchObject({ value: { text: "MIT AND Apache-2.0" } });
  expect(license("web")).toBeInstanceOf(Known);
  expect(license("inner")).toMatchObject({ value: { text: expect.stringContaining("GPL-2.0-only") } });
  expect(license("odd")).toEqual(new Lack("missing", 'no SPDX id is named "Acme Own Licence"'));
  expect(license("out")).toBeUndefined();
});

it("reads an expression that cannot be read as malformed, and a name that nobody knows as missing", async () => {
  const licenses = [
    [{ expression: "AGPL-3.0-only AND (" }],
    [{ license: { name: "AGPL-3.0-only AND (" } }],
    [{ expression: "Acme Own Licence" }],
    [{ license: { name: "expression 19:AGPL-3.0-only AND (" } }],
  ];
  const components = licenses.map((one, i) => ({ type: "library", name: `c${i}`, licenses: one }));
  const { bom } = await read({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1, components });
  expect(licenses.map((_, i) => named(bom?.data["components"], `c${i}`)["license"])).toEqual([
    new Lack("malformed", 'the licence "AGPL-3.0-only AND (" cannot be read: `AGPL-3.0-only AND (` is not a whole licence expression'),
    new Lack("missing", 'no SPDX id is named "AGPL-3.0-only AND ("'),
    new Lack("missing", 'no SPDX id is named "Acme Own Licence"'),
    new Lack("missing", 'no SPDX id is named "expression 19:AGPL-3.0-only AND ("'),
  ]);
});

it("keeps properties by name, and says where one name has several values", async () => {
  const { bom } = await read(shop);
  const properties = named(bom?.data["components"], "web")["properties"] as DataRecord;
  expect(Object.entries(properties).map(([name, value]) => [name, value instanceof Lack ? value.cause : value])).toEqual([
    ["team", "shop"],
    ["path", "conflict"],
    ["constructor", "acme"],
  ]);
  expect(properties["toString"]).toBeUndefined();
  const odd = await read(bomOf({ components: [library("a", { properties: [{ name: "__proto__", value: "x" }] })] }));
  expect(Object.keys(named(odd.bom?.data["components"], "a")["properties"] as DataRecord)).toEqual(["__proto__"]);
});

it("ties dependencies to the records themselves, cycles too", async () => {
  const { bom } = await read(shop);
  const web = named(bom?.data["components"], "web");
  const inner = named(bom?.data["components"], "inner");
  expect(members(web["dependencies"])[0]).toBe(inner);
  expect(members(inner["dependencies"])[0]).toBe(web);
  expect(members(named(bom?.data["components"], "odd")["dependencies"])).toEqual([]);
  expect(named(bom?.data["components"], "out")["dependencies"]).toBeUndefined();
});

it("closes a list only where the document says that it is complete", async () => {
  const { bom } = await read(shop);
  expect(Array.isArray(bom?.data["components"])).toBe(true);
  expect(Array.isArray(named(bom?.data["components"], "web")["dependencies"])).toBe(true);
  expect(named(bom?.data["components"], "odd")["dependencies"]).toMatchObject({ undeclared: true, lacks: [] });
  for (const [composition, expected] of [
    [undefined, { undeclared: true, lacks: [] }],
    [{ aggregate: "complete" }, { undeclared: true, lacks: [] }],
    [
      { aggregate: "complete", assemblies: ["a"] },
      { undeclared: true, lacks: [] },
    ],
    [
      { aggregate: "unknown", assemblies: ["root"] },
      { undeclared: true, lacks: [] },
    ],
    [
      { aggregate: "incomplete", assemblies: ["root"] },
      { undeclared: false, lacks: [{ cause: "missing" }] },
    ],
    [{ aggregate: "incomplete_first_party_only" }, { undeclared: false, lacks: [{ cause: "missing" }] }],
  ] as const) {
    const { bom } = await read(bomOf({ ...root, components: [library("a")], ...(composition ? { compositions: [composition] } : {}) }));
    expect(bom?.data["components"]).toBeInstanceOf(OpenList);
    expect(bom?.data["components"]).toMatchObject(expected);
  }
});

it("keeps an absent list of components missing, whatever a policy assumes of lists", async () => {
  const lack = new Lack("missing", "the document has no list of components");
  const absent = await read(bomOf(root));
  expect(absent.bom?.data["components"]).toEqual(new OpenList([], true, [lack]));
  expect(absent.bom?.data["packages"]).toEqual(new OpenList([], true, [lack]));
  expect((await read(bomOf({ ...root, components: [] }))).bom?.data["packages"]).toEqual(new OpenList([], true, []));
  const complete = await read(bomOf({ ...root, compositions: [{ aggregate: "complete", assemblies: ["root"] }] }));
  expect(complete.bom?.data["packages"]).toEqual([]);
});

it("does not call the whole complete when a part says that it is not", async () => {
  const compositions = [
    { aggregate: "complete", assemblies: ["root"] },
    { aggregate: "incomplete", assemblies: ["a"] },
  ];
  const { bom } = await read(bomOf({ ...root, components: [library("a")], compositions }));
  expect(bom?.data["components"]).toMatchObject({ undeclared: false, lacks: [{ cause: "missing" }] });
});

it("does not say what is direct where the root has no dependencies in the document", async () => {
  const { bom } = await read(bomOf({ ...root, components: [library("a")], dependencies: [{ ref: "a", dependsOn: [] }] }));
  expect(named(bom?.data["components"], "a")["direct"]).toBeUndefined();
});

it("reads who made the document, with what, and when", async () => {
  const { bom } = await read(shop);
  expect(bom?.data).toMatchObject({
    format: "cyclonedx",
    spec_version: "1.6",
    serial: "urn:uuid:11111111-2222-4333-8444-555555555555",
    timestamp: "2026-03-01T10:00:00Z",
    authors: ["Ada", "Acme"],
    tools: ["acme bomber 2.1.0"],
    supplier: "Acme Supplies",
    lifecycles: ["build", "release"],
    data_license: "CC0-1.0",
    root: { name: "shop" },
  });
  const old = await read(
    bomOf({ specVersion: "1.4", metadata: { tools: [{ vendor: "acme", name: "old", version: "1" }] }, components: [] }),
  );
  expect(old.bom?.data["tools"]).toEqual(["acme old 1"]);
});

it("tells manifest digests from config digests and from those of files", async () => {
  const { bom } = await read(shop);
  expect(bom?.about).toEqual([
    { kind: "manifest", digest: `sha256:${"a".repeat(64)}` },
    { kind: "config", digest: `sha256:${"b".repeat(64)}` },
    { kind: "manifest", digest: `sha256:${"c".repeat(64)}` },
  ]);
  const hashes = [
    { alg: "SHA-512", content: "E".repeat(128) },
    { alg: "MD5", content: "f".repeat(32) },
  ];
  const file = await read(bomOf({ metadata: { component: { type: "application", name: "app", hashes } }, components: [] }));
  expect(file.bom?.about).toEqual([{ kind: "file", digest: `sha512:${"e".repeat(128)}` }]);
});

it.each([
  [
    "the score of the newest version",
    [
      { method: "CVSSv2", score: 9 },
      { method: "CVSSv31", score: 5.1 },
      { method: "CVSSv31", score: 6.5 },
    ],
    6.5,
    "high",
  ],
  [
    "what a vector comes to, where no score is written",
    [{ method: "CVSSv31", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" }],
    7.5,
    "high",
  ],
  ["no score of a method that is not CVSS", [{ method: "OWASP", score: 9.9, vector: "SL:1/M:1" }], undefined, undefined],
  [
    "malformed for a vector that is none",
    [{ method: "CVSSv31", vector: "AV:N" }],
    new Lack("malformed", "`AV:N` is no CVSS vector"),
    undefined,
  ],
  [
    "malformed for a score that CVSS does not have",
    [{ method: "CVSSv3", score: 77 }],
    new Lack("malformed", "77 is no score of CVSS"),
    undefined,
  ],
  [
    "another rating where one is malformed",
    [
      { method: "CVSSv3", score: 77 },
      { method: "CVSSv2", score: 4.3 },
    ],
    4.3,
    "medium",
  ],
])("takes for CVSS %s", async (_name, ratings, cvss, severity) => {
  const { scan } = await read(
    bomOf({ components: [library("a")], vulnerabilities: [{ id: "CVE-2026-0001", affects: [{ ref: "a" }], ratings }] }),
  );
  const [finding] = members(scan?.data["findings"]);
  expect(finding?.["cvss"]).toEqual(cvss);
  if (severity === undefined) expect(finding?.["severity"]).toBeInstanceOf(Lack);
  else expect(finding?.["severity"]).toBe(severity);
});

it("reads vulnerabilities as findings of the components that they affect", async () => {
  const { scan, bom } = await read(shop);
  const findings = members(scan?.data["findings"]);
  expect(findings).toHaveLength(4);
  expect(scan?.counts).toEqual({ vulnerabilities: 2, findings: 4 });
  expect(findings[0]).toMatchObject({
    id: "CVE-2026-0001",
    aliases: ["GHSA-aaaa-bbbb-cccc"],
    severity: "critical",
    cvss: 9.1,
    installed: "1.2.3",
    title: "A hole.",
    url: "https://acme.example/advisory",
    sources: ["NVD"],
  });
  expect(findings[0]?.["component"]).toBe(named(bom?.data["components"], "web"));
  expect(findings[1]?.["component"]).toBe(named(bom?.data["components"], "inner"));
  expect(findings[2]?.["severity"]).toBeInstanceOf(Lack);
  expect(findings[3]?.["component"]).toMatchObject({ name: "pkg:npm/other@1.0.0", purl: "pkg:npm/other@1.0.0" });
  expect((findings[3]?.["component"] as DataRecord)["present"]).toBeUndefined();
  expect(scan?.data).toMatchObject({ tool: "bomber", tool_version: "2.1.0", target: "shop" });
});

it("keeps findings open where no tool says that it made the list", async () => {
  const vulnerabilities = [{ id: "CVE-2026-1", affects: [{ ref: "a" }] }];
  const { scan } = await read(bomOf({ components: [library("a")], vulnerabilities }));
  expect(scan?.data["findings"]).toMatchObject({ undeclared: true });
});

it("reads analyses as VEX statements", async () => {
  const { vex } = await read(shop);
  expect(vex?.data).toMatchObject({ author: "Ada, Acme", version: 3, timestamp: "2026-03-01T10:00:00Z" });
  const [statement, ...others] = members(vex?.data["statements"]);
  expect(others).toEqual([]);
  expect(statement).toMatchObject({
    vulnerability: "CVE-2026-0002",
    status: "not_affected",
    justification: "vulnerable_code_not_in_execute_path",
    impact: "never called",
    state: "not_affected",
    own_justification: "code_not_reachable",
    responses: ["will_not_fix"],
    timestamp: "2026-02-01T00:00:00Z",
    products: [
      {
        id: "urn:cdx:11111111-2222-4333-8444-555555555555/3#web",
        purl: "pkg:npm/%40acme/web@1.2.3",
        digests: [`sha256:${"d".repeat(64)}`],
      },
      { purl: "pkg:npm/other@1.0.0", digests: [] },
    ],
  });
});

it("reads a document that only analyses vulnerabilities of others as VEX, and not as an SBOM", async () => {
  const vulnerabilities = [
    { id: "CVE-2026-1", analysis: { state: "exploitable" }, affects: [{ ref: "urn:cdx:99999999-2222-4333-8444-555555555555/1#a" }] },
  ];
  const { value, diagnostics } = await read(bomOf({ vulnerabilities }));
  expect(diagnostics).toEqual([]);
  expect(value.map((piece) => piece.type)).toEqual(["waybill.vex.Document", "waybill.cyclonedx.Bom"]);
});

it("reads a document whose components are all what its analyses are about as VEX alone, and any other as an SBOM and scan too", async () => {
  const analysed = (ref: string, more: object = {}) => ({
    id: "CVE-2026-1",
    analysis: { state: "not_affected" },
    affects: [{ ref }],
    ...more,
  });
  const serialNumber = "urn:uuid:11111111-2222-4333-8444-555555555555";
  const products = {
    serialNumber,
    components: [library("a", { components: [library("a/part")] }), library("b c")],
    vulnerabilities: [
      { ...analysed("a"), affects: [{ ref: "a" }, { ref: "a/part" }] },
      analysed("urn:cdx:11111111-2222-4333-8444-555555555555/1#b%20c"),
    ],
  };
  const typesOf = async (more: object) => (await read(bomOf({ ...products, ...more }))).value.map((piece) => piece.type);
  const alone = ["waybill.vex.Document", "waybill.cyclonedx.Bom"];
  expect(await typesOf({})).toEqual(alone);
  expect(await typesOf({ metadata: { authors: [{ name: "Acme" }] }, dependencies: [], compositions: [] })).toEqual(alone);
  const inventories: Readonly<Record<string, object>> = {
    "about something": root,
    "with dependencies": { dependencies: [{ ref: "a" }] },
    "that says how whole it is": { compositions: [{ aggregate: "incomplete" }] },
    "with services": { services: [{ name: "s" }] },
    "with a finding": { vulnerabilities: [...products.vulnerabilities, { id: "CVE-2026-2", affects: [{ ref: "a" }] }] },
    "with an analysis that says nothing": { vulnerabilities: [...products.vulnerabilities, analysed("a", { analysis: {} })] },
    "with another component": { components: [...products.components, library("d")] },
    "with another part": { components: [library("a", { components: [library("a/part"), library("a/other")] }), library("b c")] },
    "with a component without a name of its own": { components: [...products.components, { type: "library", name: "d" }] },
  };
  for (const [what, more] of Object.entries(inventories))
    expect([what, await typesOf(more)]).toEqual([what, ["waybill.sbom.Bom", "waybill.vuln.Scan", ...alone]]);
});

it("reads nothing of what its version does not know", async () => {
  const own = { compositions: "all", vulnerabilities: [{ id: "x" }], components: [{ type: "library", name: "a", version: "1" }] };
  const { value, bom } = await read(bomOf({ ...own, specVersion: "1.2" }));
  expect(value.map((piece) => piece.type)).toEqual(["waybill.sbom.Bom", "waybill.cyclonedx.Bom"]);
  expect(bom?.data["components"]).toMatchObject({ undeclared: true });
});

it("does not count as present what the environment is to provide", async () => {
  const { bom, diagnostics } = await read(bomOf({ specVersion: "1.7", components: [library("libc", { isExternal: true })] }));
  expect(diagnostics).toEqual([]);
  expect(named(bom?.data["components"], "libc")["present"]).toBe(false);
});

it("is about every manifest that Trivy names", async () => {
  const digests = ["a", "b"].map((letter) => `sha256:${letter.repeat(64)}`);
  const properties = digests.map((digest) => ({ name: "aquasecurity:trivy:RepoDigest", value: `registry.acme.example/app@${digest}` }));
  const { bom } = await read(bomOf({ metadata: { component: { type: "container", name: "app", properties } }, components: [] }));
  expect(bom?.about).toEqual(digests.map((digest) => ({ kind: "manifest", digest })));
});

it("does not refuse a document for addresses as people write them", async () => {
  const externalReferences = ["{project.url}", "see the wiki", "git@acme.example:web.git"].map((url) => ({ type: "website", url }));
  const authors = [{ name: "Ada", email: "ada at acme" }];
  const { diagnostics } = await read(bomOf({ components: [library("a", { externalReferences, authors })] }));
  expect(diagnostics).toEqual([]);
});

it("hands on the document as it stands, its lists as open as they are", async () => {
  const { value } = await read(bomOf({ components: [library("a")] }));
  const raw = value.find((piece) => piece.type === "waybill.cyclonedx.Bom")?.data;
  expect(raw?.["bomFormat"]).toBe("CycloneDX");
  expect(raw?.["components"]).toMatchObject({ undeclared: true, items: [{ name: "a" }] });
});

it.each(["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"])("reads version %s", async (specVersion) => {
  const { bom, diagnostics } = await read(bomOf({ specVersion, components: [{ type: "library", name: "a", version: "1" }] }));
  expect(diagnostics).toEqual([]);
  expect(bom?.data["spec_version"]).toBe(specVersion);
});

it("reads two hundred thousand components in one pass", async () => {
  const components = Array.from({ length: 200_000 }, (_, i) => library(`c${i}`, { version: "1", purl: `pkg:npm/c${i}@1` }));
  const dependencies = components.map((_, i) => ({ ref: `c${i}`, dependsOn: [`c${(i * 7 + 1) % 200_000}`] }));
  const { bom } = await read(
    bomOf({ ...root, components, dependencies: [{ ref: "root", dependsOn: components.map((c) => c.name) }, ...dependencies] }),
  );
  expect(bom?.counts["components"]).toBe(200_000);
  expect(named(bom?.data["components"], "c199999")["direct"]).toBe(true);
}, 120_000);

it("says of every fact where it stands", async () => {
  const { value } = await read(shop);
  expect(
    misplaced(
      JSON.parse(shop),
      value.filter((piece) => piece.type !== "waybill.cyclonedx.Bom"),
    ),
  ).toEqual([]);
});

it("never throws and loses nothing, whatever is changed in a document", async () => {
  await fc.assert(
    fc.asyncProperty(mutations(JSON.parse(shop)), async (json) => {
      const { bom, scan, diagnostics, value } = await read(JSON.stringify(json));
      expect(value.length === 0).toBe(diagnostics.some((d) => d.level === "error"));
      if (!bom || !scan) return;
      const counted = (list: unknown): number =>
        Array.isArray(list) ? list.reduce((sum: number, one) => sum + 1 + counted((one as { components?: unknown }).components), 0) : 0;
      const whole = json as {
        components?: unknown;
        metadata?: { component?: { components?: unknown } };
        vulnerabilities?: { affects?: unknown[] }[];
      };
      expect(members(bom.data["components"])).toHaveLength(counted(whole.components) + counted(whole.metadata?.component?.components));
      const affected = (whole.vulnerabilities ?? []).reduce((sum, one) => sum + Math.max(1, one.affects?.length ?? 0), 0);
      expect(members(scan.data["findings"])).toHaveLength(affected);
    }),
    { numRuns: 400 },
  );
});

it("leaves out the properties of components where nobody will ask for them, and nothing else", async () => {
  const bytes = new TextEncoder().encode(shop);
  const [whole, lean] = await Promise.all([
    admit(bytes, "bom.json", "sha256:00"),
    admit(bytes, "bom.json", "sha256:00", { unread: new Set(["properties"]) }),
  ]);
  const bom = (read: typeof whole) => read.value.find((piece) => piece.type === "waybill.sbom.Bom");
  const all = members(bom(whole)?.data["components"]);
  expect(all.some((component) => component["properties"] !== undefined)).toBe(true);
  const without = (component: DataRecord) => ({ ...component, properties: undefined, dependencies: undefined });
  expect(members(bom(lean)?.data["components"]).map((one) => ({ ...one, dependencies: undefined }))).toEqual(all.map(without));
});
