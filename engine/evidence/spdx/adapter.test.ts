import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type DataRecord, Lack, OpenList, origin } from "../../../language/core/data.ts";
import { mutations } from "../../../test/evidence/mutations.ts";
import { misplaced } from "../../../test/evidence/places.ts";
import { admit } from "../door.ts";

const two = readFileSync(new URL("fixtures/shop-2.3.json", import.meta.url), "utf8");
const three = readFileSync(new URL("fixtures/shop-3.0.1.json", import.meta.url), "utf8");

async function read(json: object | string) {
  const text = typeof json === "string" ? json : JSON.stringify(json);
  const { value, diagnostics } = await admit(new TextEncoder().encode(text), "sbom.json", "sha256:00");
  return { value, diagnostics, bom: value.find((piece) => piece.type === "waybill.sbom.Bom") };
}

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

const creationInfo = { created: "2026-03-01T10:00:00Z", creators: ["Tool: t"] };
const documentOf = (parts: object) => ({
  SPDXID: "SPDXRef-DOCUMENT",
  spdxVersion: "SPDX-2.3",
  name: "d",
  dataLicense: "CC0-1.0",
  creationInfo,
  ...parts,
});
const pkg = (id: string, parts: object = {}) => ({ SPDXID: `SPDXRef-${id}`, name: id, downloadLocation: "NONE", ...parts });

it.each([
  [{ ...documentOf({}), spdxVersion: "SPDX-2.1" }, "/spdxVersion", "SPDX-2.1"],
  [{ "@context": "https://spdx.org/rdf/3.1.0/spdx-context.jsonld", "@graph": [] }, "/@context", "3.1.0"],
])("names a version that it does not read: %#", async (json, pointer, found) => {
  const { value, diagnostics } = await read(json);
  expect(value).toEqual([]);
  expect(diagnostics[0]).toMatchObject({ code: "WB0912", pointer, found, expected: "SPDX-2.2, SPDX-2.3, 3.0.1" });
});

it("refuses an id that two elements share", async () => {
  const { value, diagnostics } = await read(documentOf({ packages: [pkg("a"), pkg("a", { name: "b" })] }));
  expect(value).toEqual([]);
  expect(diagnostics[0]).toMatchObject({
    code: "WB0931",
    pointer: "/packages/1/SPDXID",
    message: "id `SPDXRef-a` is used twice; first by `/packages/0`",
  });
});

it("warns of a relationship that leads nowhere, and counts the lists that miss it as incomplete", async () => {
  const relationships = [{ spdxElementId: "SPDXRef-a", relationshipType: "DEPENDS_ON", relatedSpdxElement: "SPDXRef-ghost" }];
  const { bom, diagnostics } = await read(documentOf({ packages: [pkg("a")], relationships }));
  expect(diagnostics.map((d) => [d.level, d.pointer])).toEqual([["warning", "/relationships/0/relatedSpdxElement"]]);
  expect(bom?.data["components"]).toMatchObject({ lacks: [{ cause: "malformed" }] });
  expect(named(bom?.data["components"], "a")["dependencies"]).toMatchObject({
    items: [],
    lacks: [{ cause: "malformed", detail: "`SPDXRef-ghost` is not in the document" }],
  });
});

it("keeps an absent list of packages missing, whatever a policy assumes of lists", async () => {
  const lack = new Lack("missing", "the document has no list of packages");
  expect((await read(documentOf({}))).bom?.data["packages"]).toEqual(new OpenList([], true, [lack]));
  expect((await read(documentOf({ packages: [] }))).bom?.data["packages"]).toEqual(new OpenList([], true, []));
});

it("reads what SPDX 2 describes as the root, and the rest as components, files among them", async () => {
  const { bom, diagnostics } = await read(two);
  expect(diagnostics).toEqual([]);
  expect((bom?.data["root"] as DataRecord)["name"]).toBe("shop");
  expect(members(bom?.data["components"]).map((c) => [c["name"], c["kind"], c[origin]?.pointer])).toEqual([
    ["web", undefined, "/packages/1"],
    ["odd", undefined, "/packages/2"],
    ["own", "other", "/packages/3"],
    ["debian", "operating_system", "/packages/4"],
    ["./README.md", "file", "/files/0"],
  ]);
  expect(members(bom?.data["packages"]).map((c) => c["name"])).toEqual(["web", "odd", "own"]);
  expect(bom?.data["components"]).toMatchObject({ undeclared: true, lacks: [] });
  expect(bom?.counts).toEqual({ components: 5, packages: 3, relationships: 7 });
});

it("reads every field of an SPDX 2 package", async () => {
  const { bom } = await read(two);
  const web = named(bom?.data["components"], "web");
  expect(web).toMatchObject({
    id: "SPDXRef-web",
    version: "1.2.3",
    purl: "pkg:npm/%40acme/web@1.2.3",
    cpe: "cpe:2.3:a:acme:web:1.2.3:*:*:*:*:*:*:*",
    author: "Ada",
    copyright: "2026 Acme",
    description: "The web server",
    hashes: [
      { algorithm: "SHA-512", value: "bb" },
      { algorithm: "SHA3-256", value: "cc" },
    ],
    direct: true,
  });
  expect(web["supplier"]).toEqual(new Lack("missing", "the document says NOASSERTION"));
  expect(named(bom?.data["components"], "odd")["copyright"]).toBeInstanceOf(Lack);
  expect(named(bom?.data["components"], "odd")["purl"]).toMatchObject({ cause: "conflict" });
  expect((bom?.data["root"] as DataRecord)["purl"]).toContain("?tag=1");
});

it("takes the declared licence, the concluded one where none is asserted, and says why there is none", async () => {
  const { bom } = await read(two);
  const license = (name: string) => named(bom?.data["components"], name)["license"];
  expect(license("web")).toMatchObject({ value: { text: "MIT" } });
  expect(license("own")).toMatchObject({
    value: { text: expect.stringMatching(/LicenseRef-own OR GPL-2\.0-only|GPL-2\.0-only OR LicenseRef-own/) },
  });
  expect(license("odd")).toEqual(new Lack("missing", "the document says NONE"));
  expect(license("debian")).toBeUndefined();
  const foreign = await read(documentOf({ packages: [pkg("a", { licenseDeclared: "Acme Own Licence" })] }));
  expect(named(foreign.bom?.data["components"], "a")["license"]).toEqual(new Lack("missing", 'no SPDX id is named "Acme Own Licence"'));
});

it("follows relationships in both directions", async () => {
  const { bom } = await read(two);
  const of = (name: string) => named(bom?.data["components"], name);
  expect(members(of("web")["dependencies"]).map((c) => c["name"])).toEqual(["own", "odd"]);
  expect(of("odd")).toMatchObject({ optional: true, direct: false });
  expect(of("own")["optional"]).toBe(false);
  expect(of("own")["dependencies"]).toEqual([]);
  expect(of("odd")["dependencies"]).toMatchObject({
    lacks: [{ cause: "missing", detail: "`DocumentRef-base:SPDXRef-libc` is in another document" }],
  });
  expect(of("debian")["dependencies"]).toBeUndefined();
});

it("reads who made an SPDX 2 document, and what it is about", async () => {
  const { bom } = await read(two);
  expect(bom?.data).toMatchObject({
    format: "spdx",
    spec_version: "2.3",
    serial: "https://acme.example/shop-1",
    timestamp: "2026-03-01T10:00:00Z",
    authors: ["Acme", "Ada"],
    tools: ["bomber-2.1.0"],
    supplier: "Acme Supplies",
    data_license: "CC0-1.0",
  });
  expect(bom?.about).toEqual([{ kind: "manifest", digest: `sha256:${"a".repeat(64)}` }]);
});

it("does not choose a root among several", async () => {
  const { bom } = await read(documentOf({ packages: [pkg("a"), pkg("b")], documentDescribes: ["SPDXRef-a", "SPDXRef-b"] }));
  expect(bom?.data["root"]).toBeInstanceOf(Lack);
  expect(members(bom?.data["components"])).toHaveLength(2);
});

it("reads SPDX 2.2, with what it requires", async () => {
  const old = pkg("a", { copyrightText: "NONE", licenseConcluded: "MIT", licenseDeclared: "NOASSERTION" });
  const { bom, diagnostics } = await read({ ...documentOf({ packages: [old] }), spdxVersion: "SPDX-2.2" });
  expect(diagnostics).toEqual([]);
  expect(bom?.data["spec_version"]).toBe("2.2");
  expect((await read({ ...documentOf({ packages: [pkg("a")] }), spdxVersion: "SPDX-2.2" })).diagnostics.map((d) => d.message)).toContain(
    "`/packages/0` lacks the property `copyrightText`",
  );
});

it("reads SPDX 3: packages, their root, their relationships", async () => {
  const { bom, diagnostics, value } = await read(three);
  expect(diagnostics).toEqual([]);
  expect(value).toHaveLength(1);
  expect(bom?.data).toMatchObject({
    format: "spdx",
    spec_version: "3.0.1",
    serial: "https://acme.example/document",
    timestamp: "2026-03-01T10:00:00Z",
    authors: ["Acme"],
    tools: ["bomber"],
    supplier: "Acme",
    lifecycles: ["build", "analyzed"],
    data_license: "CC0-1.0",
    root: { name: "shop", kind: "container" },
  });
  expect(bom?.about).toEqual([{ kind: "manifest", digest: `sha256:${"a".repeat(64)}` }]);
  expect(members(bom?.data["components"]).map((c) => [c["name"], c["kind"], c[origin]?.pointer])).toEqual([
    ["web", undefined, "/@graph/7"],
    ["odd", undefined, "/@graph/8"],
    ["debian", "operating_system", "/@graph/9"],
    ["README.md", "file", "/@graph/10"],
  ]);
  const web = named(bom?.data["components"], "web");
  expect(web).toMatchObject({
    version: "1.2.3",
    purl: "pkg:npm/%40acme/web@1.2.3",
    cpe: "cpe:2.3:a:acme:web:1.2.3:*:*:*:*:*:*:*",
    author: "Ada, Acme",
    copyright: "2026 Acme",
    description: "The web server",
    direct: true,
  });
  expect(named(bom?.data["components"], "odd")).toMatchObject({
    purl: "pkg:npm/odd@1",
    supplier: { cause: "missing" },
    direct: true,
    dependencies: [],
  });
  expect(named(bom?.data["components"], "debian")["direct"]).toBe(false);
  const root = bom?.data["root"] as DataRecord;
  expect(root["dependencies"]).toEqual([web, named(bom?.data["components"], "odd")]);
  expect(web["dependencies"]).toMatchObject({
    items: [root],
    lacks: [{ cause: "missing", detail: "`https://base.example/libc` is in another document" }],
  });
});

it("writes the licences of SPDX 3 as expressions", async () => {
  const { bom } = await read(three);
  expect(named(bom?.data["components"], "web")["license"]).toMatchObject({ value: { text: "MIT OR GPL-2.0-or-later" } });
  expect(named(bom?.data["components"], "odd")["license"]).toMatchObject({ value: { text: "MIT" } });
  expect(named(bom?.data["components"], "debian")["license"]).toBeUndefined();
});

it("reads an expression of SPDX 2 that cannot be read as malformed, and says why", async () => {
  const license = async (fields: object) => {
    const { bom } = await read(documentOf({ packages: [pkg("a", fields)] }));
    return named(bom?.data["components"], "a")["license"];
  };
  const broken = new Lack(
    "malformed",
    'the licence "AGPL-3.0-only AND (" cannot be read: `AGPL-3.0-only AND (` is not a whole licence expression',
  );
  expect(await license({ licenseDeclared: "AGPL-3.0-only AND (" })).toEqual(broken);
  expect(await license({ licenseDeclared: "NOASSERTION", licenseConcluded: "AGPL-3.0-only AND (" })).toEqual(broken);
  expect(await license({ licenseDeclared: "x".repeat(70_000) })).toEqual(
    new Lack("malformed", `the licence "${"x".repeat(77)}…" cannot be read: a licence expression has at most 65536 characters`),
  );
  expect(await license({ licenseDeclared: "MIT AND Acme-1.0" })).toEqual(new Lack("missing", 'no SPDX id is named "MIT AND Acme-1.0"'));
});

it("tells expressions of SPDX 3 that cannot be read from licences that have their own name", async () => {
  const base = JSON.parse(three) as { "@graph": object[] };
  const element = (id: string, parts: object) => ({ spdxId: `https://acme.example/${id}`, creationInfo: "_:creation", ...parts });
  const license = async (elements: readonly object[]) => {
    const link = {
      type: "Relationship",
      relationshipType: "hasDeclaredLicense",
      from: "https://acme.example/debian",
      to: ["https://acme.example/asked"],
    };
    const { bom, diagnostics } = await read({ ...base, "@graph": [...base["@graph"], ...elements, element("link", link)] });
    expect(diagnostics).toEqual([]);
    return named(bom?.data["components"], "debian")["license"];
  };
  const expression = (id: string, text: string) =>
    element(id, { type: "simplelicensing_LicenseExpression", simplelicensing_licenseExpression: text });
  const both = (...members: readonly string[]) =>
    element("asked", {
      type: "expandedlicensing_ConjunctiveLicenseSet",
      expandedlicensing_member: members.map((member) => `https://acme.example/${member}`),
    });
  const own = element("own", {
    type: "expandedlicensing_CustomLicense",
    name: "Acme (Own) Licence",
    simplelicensing_licenseText: "Ours.",
  });
  expect(await license([expression("asked", "MIT OR")])).toMatchObject({ cause: "malformed" });
  // What is whole only with what another member says is not.
  expect(
    await license([both("left", "right"), expression("left", "MIT OR (GPL-3.0-only"), expression("right", "ISC) OR MIT")]),
  ).toMatchObject({
    cause: "malformed",
  });
  expect(await license([both("left", "own"), expression("left", "MIT"), own])).toEqual(
    new Lack("missing", 'no SPDX id is named "(MIT AND Acme (Own) Licence)"'),
  );
});

it("is not led astray by licences that hold themselves or grow without bound, nor by long chains of roots", async () => {
  const base = JSON.parse(three) as { "@graph": object[] };
  const element = (id: string, parts: object) => ({ spdxId: `https://acme.example/${id}`, creationInfo: "_:creation", ...parts });
  const set = (id: string, members: readonly string[]) =>
    element(id, {
      type: "expandedlicensing_ConjunctiveLicenseSet",
      expandedlicensing_member: members.map((member) => `https://acme.example/${member}`),
    });
  const sets = Array.from({ length: 40 }, (_, i) => set(`s${i}`, i === 39 ? ["license/mit", "license/later"] : [`s${i + 1}`, `s${i + 1}`]));
  const chain = Array.from({ length: 20_000 }, (_, i) =>
    element(`b${i}`, { type: "Bom", rootElement: [`https://acme.example/${i === 19_999 ? "shop" : `b${i + 1}`}`] }),
  );
  const licensed = (id: string, package_: string, license: string) =>
    element(id, {
      type: "Relationship",
      relationshipType: "hasDeclaredLicense",
      from: `https://acme.example/${package_}`,
      to: [`https://acme.example/${license}`],
    });
  const graph = base["@graph"].map((one) =>
    "rootElement" in one && !("import" in one) ? { ...one, rootElement: ["https://acme.example/b0"] } : one,
  );
  const { bom, diagnostics } = await read({
    ...base,
    "@graph": [
      ...graph,
      ...sets,
      ...chain,
      set("self", ["self", "license/mit"]),
      licensed("l1", "debian", "s0"),
      licensed("l2", "readme", "self"),
    ],
  });
  expect(diagnostics).toEqual([]);
  const detail = (id: string, why: string) => `the licence "https://acme.example/${id}" cannot be read: ${why}`;
  expect(named(bom?.data["components"], "debian")["license"]).toEqual(
    new Lack("malformed", detail("s0", "a licence expression of SPDX 3 has at most 20000 characters here")),
  );
  expect(named(bom?.data["components"], "README.md")["license"]).toEqual(new Lack("malformed", detail("self", "it is a part of itself")));
  expect((bom?.data["root"] as DataRecord)["name"]).toBe("shop");
});

it.each([
  ["2.3", two],
  ["3.0.1", three],
])("says of every fact of version %s where it stands", async (_version, text) => {
  const { value } = await read(text);
  expect(
    misplaced(
      JSON.parse(text),
      value.filter((piece) => piece.type !== "waybill.spdx.Document"),
    ),
  ).toEqual([]);
});

it.each([
  ["2.3", two],
  ["3.0.1", three],
])("never throws and loses nothing, whatever is changed in a document of version %s", async (_version, text) => {
  await fc.assert(
    fc.asyncProperty(mutations(JSON.parse(text)), async (json) => {
      const { bom, value, diagnostics } = await read(JSON.stringify(json));
      expect(value.length === 0).toBe(diagnostics.some((d) => d.level === "error"));
      if (!bom) return;
      const { packages, files, "@graph": graph } = json as { packages?: unknown[]; files?: unknown[]; "@graph"?: { type: string }[] };
      const elements = graph
        ? graph.filter(({ type }) => type === "software_Package" || type === "software_File").length
        : (packages ?? []).length + (files ?? []).length;
      const root = bom.data["root"];
      const hasRoot = root !== undefined && !(root instanceof Lack);
      expect(members(bom.data["components"]).length + (hasRoot ? 1 : 0)).toBe(elements);
    }),
    { numRuns: 400 },
  );
});
