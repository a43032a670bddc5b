import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, origin } from "../../../language/core/data.ts";
import { admitValue } from "../door.ts";
import type { Evidence } from "../evidence.ts";
import { at } from "../fault.ts";
import { csaf } from "./adapter.ts";

const source = { name: "vex.json", digest: `sha256:${"0".repeat(64)}`, base: "" };
const valid: unknown = JSON.parse(readFileSync(new URL("fixtures/vex.json", import.meta.url), "utf8"));

function changed(changes: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(valid);
  for (const [pointer, value] of Object.entries(changes)) {
    const end = pointer.lastIndexOf("/");
    const holder = at(copy, pointer.slice(0, end)) as Record<string, unknown>;
    if (value === undefined) delete holder[pointer.slice(end + 1)];
    else holder[pointer.slice(end + 1)] = value;
  }
  return copy;
}

async function admitted(json: unknown): Promise<Evidence> {
  const { value, diagnostics } = await admitValue(json, source, [csaf]);
  expect(diagnostics.filter((d) => d.level === "error")).toEqual([]);
  const [evidence] = value;
  if (evidence === undefined) throw new Error("nothing was read");
  return evidence;
}

const statements = (evidence: Evidence): readonly DataRecord[] => evidence.data["statements"] as readonly DataRecord[];
const products = (statement: DataRecord | undefined): readonly DataRecord[] => statement?.["products"] as readonly DataRecord[];

it("a document is read with its issuer, its version and its dates", async () => {
  const evidence = await admitted(valid);
  expect(evidence).toMatchObject({ type: "waybill.vex.Document", about: [], counts: { statements: 5, products: 5 } });
  expect(evidence.data).toMatchObject({
    id: "https://acme.example#ACME-VEX-2026-1",
    author: "Acme",
    role: "vendor",
    title: "Acme Shop and a parser that it carries",
    timestamp: "2026-02-01T00:00:00.000Z",
    first_issued: "2026-01-10T00:00:00.000Z",
    version: 2,
    revision: undefined,
  });
});

it("a semantic version is its revision", async () => {
  const revisions = [{ date: "2026-01-01T00:00:00.000Z", number: "1.0.3", summary: "x" }];
  const tracking = { "/document/tracking/version": "1.0.3", "/document/tracking/revision_history": revisions };
  expect((await admitted(changed(tracking))).data).toMatchObject({ version: undefined, revision: "1.0.3" });
});

describe("a statement is read", () => {
  it("with its justification, its date and its words, from what flags and threats bind to the product", async () => {
    const [one] = statements(await admitted(valid)).filter(({ status }) => status === "not_affected");
    expect(one).toMatchObject({
      vulnerability: "CVE-2026-0001",
      aliases: ["GHSA-2345-6789-cfgh"],
      description: "The parser reads past the end of its input.",
      notes: "Seen with fuzzing.",
      justification: "vulnerable_code_not_in_execute_path",
      impact: "The shop never hands it strangers' files.",
      timestamp: "2026-01-05T00:00:00.000Z",
    });
    expect(one?.[origin]).toMatchObject({ pointer: "/vulnerabilities/0", fields: { status: "/product_status/known_not_affected" } });
  });

  it("for each group of products of which the same is said: remediations by product and by group", async () => {
    const affected = statements(await admitted(valid)).filter(({ status }) => status === "affected");
    expect(affected.map((one) => [products(one).map(({ id }) => id), one["action"], one["responses"], one["timestamp"]])).toEqual([
      [["SHOP-1"], "Upgrade to 2.4.0. https://acme.example/upgrade", ["vendor_fix"], "2026-02-01T00:00:00.000Z"],
      [
        ["SHOP-0"],
        "Upgrade to 2.4.0. https://acme.example/upgrade\n\nSwitch imports off.",
        ["vendor_fix", "workaround"],
        "2026-02-01T00:00:00.000Z",
      ],
    ]);
  });

  it("by all lists that are a status, and never by what is recommended", async () => {
    const status = {
      first_affected: ["SHOP-0"],
      known_affected: ["SHOP-0"],
      last_affected: ["SHOP-1"],
      first_fixed: ["SHOP-2.4.0"],
      fixed: ["SHOP-2.4.0"],
      recommended: ["SHOP-2.4.0", "KIOSK"],
    };
    const read = statements(await admitted(changed({ "/vulnerabilities/0/product_status": status }))).filter(
      ({ vulnerability }) => vulnerability === "CVE-2026-0001",
    );
    expect(read.map((one) => [one["status"], products(one).map(({ name, versions }) => versions ?? name)])).toEqual([
      ["affected", [expect.any(Lack)]],
      ["affected", ["vers:npm/>=1.0.0|<2.0.0"]],
      ["fixed", ["Shop"]],
    ]);
  });

  it("of a vulnerability without CVE by the first id that is its own", async () => {
    const ids = [
      { system_name: "errata", text: "RHSA-2026:1" },
      { system_name: "bugs", text: "4711" },
      { system_name: "Bugzilla", text: "https://bugs.acme.example/show?id=4711" },
      { system_name: "GitHub", text: "GHSA-2345-6789-cfgh" },
    ];
    const json = changed({ "/vulnerabilities/0/cve": undefined, "/vulnerabilities/0/ids": ids, "/vulnerabilities/1/ids": ids.slice(0, 1) });
    const { value, diagnostics } = await admitValue(json, source, [csaf]);
    const [evidence] = value;
    expect(evidence && statements(evidence).map(({ vulnerability, aliases }) => [vulnerability, aliases])).toEqual([
      ...Array.from({ length: 3 }, () => ["GHSA-2345-6789-cfgh", []]),
      ...Array.from({ length: 2 }, () => ["CVE-2026-0002", []]),
    ]);
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: "WB1226", message: expect.stringContaining("4 ids are not taken") }),
    );
  });
});

describe("a product is read", () => {
  const productOf = async (id: string): Promise<DataRecord | undefined> => {
    const status = { "/vulnerabilities/1/product_status": { under_investigation: [id] } };
    return products(statements(await admitted(changed(status))).find(({ vulnerability }) => vulnerability === "CVE-2026-0002"))[0];
  };

  it("by the helpers that identify it, and the branches that it hangs on", async () => {
    expect(await productOf("SHOP-2.4.0")).toMatchObject({
      id: "urn:cdx:8c3f8ae0-9a1e-4b6e-a7c5-3d9c4d6b1c10/1#acme shop",
      name: "Shop",
      supplier: "Acme",
      version: "2.4.0",
      versions: undefined,
      purl: "pkg:npm/%40acme/shop@2.4.0",
      cpe: "cpe:2.3:a:acme:shop:2.4.0:*:*:*:*:*:*:*",
      digests: [`sha256:${"a".repeat(64)}`],
      subcomponents: [],
    });
  });

  it("at a range of versions", async () => {
    expect(await productOf("SHOP-1")).toMatchObject({
      id: "SHOP-1",
      name: "Shop",
      version: undefined,
      versions: "vers:npm/>=1.0.0|<2.0.0",
    });
    expect((await productOf("SHOP-0"))?.["versions"]).toBeInstanceOf(Lack);
  });

  it("through relationships: the outermost product, and of it the innermost part", async () => {
    expect(await productOf("SHOP-2.4.0:PARSER")).toMatchObject({ name: "Shop", version: "2.4.0", subcomponents: ["pkg:npm/parser@3.1.0"] });
    expect(await productOf("KIOSK:SHOP:PARSER")).toMatchObject({
      id: "KIOSK",
      name: "Acme Kiosk",
      subcomponents: ["pkg:npm/parser@3.1.0"],
    });
  });

  it("never as what a purl of another ecosystem's range would say", async () => {
    const place = "/product_tree/branches/0/branches/0/branches/1/product/product_identification_helper";
    const json = changed({ [place]: { purl: "pkg:maven/org.acme/shop" } });
    const versions = products(statements(await admitted(json)).find(({ status }) => status === "affected"))[0]?.["versions"];
    expect(versions).toMatchObject({
      cause: "malformed",
      detail: expect.stringContaining("is a range of npm, and the product is one of maven"),
    });
  });
});

describe("what is not understood is listed with how many there are", () => {
  it("kind by kind", async () => {
    const { diagnostics } = await admitValue(changed({ "/document/tracking/status": "draft" }), source, [csaf]);
    expect(diagnostics.map(({ code, level, message, pointer }) => [code, level, message, pointer])).toEqual([
      ["WB1222", "warning", "CSAF document `ACME-VEX-2026-1` is a draft: its issuer may yet change its mind", "/document/tracking/status"],
      [
        "WB1223",
        "warning",
        "1 of 5 products names no purl, digest, BOM-Link or version, so it matches nothing: `KIOSK`",
        "/product_tree/full_product_names/1",
      ],
      [
        "WB1224",
        "warning",
        "1 version range is not understood: whether a version lies in it is unknown",
        "/product_tree/branches/0/branches/0/branches/2/product",
      ],
      [
        "WB1228",
        "warning",
        "1 digest of products is not understood, so it matches nothing",
        "/product_tree/branches/0/branches/0/branches/0/product/product_identification_helper/hashes/0/file_hashes/1",
      ],
      [
        "WB1226",
        "note",
        "1 id is not taken as another name of a vulnerability: `4711` names it not alone, or others as well",
        "/vulnerabilities/0/ids/1",
      ],
    ]);
  });

  it("vulnerabilities without a product status too", async () => {
    const json = changed({
      "/document/category": "csaf_security_advisory",
      "/vulnerabilities/0/product_status": { recommended: ["SHOP-2.4.0"] },
    });
    const { diagnostics } = await admitValue(json, source, [csaf]);
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: "WB1227", pointer: "/vulnerabilities/0" }));
  });
});

describe("a document is refused", () => {
  it.each<[string, Readonly<Record<string, unknown>>, string, string]>([
    ["that breaks the schema", { "/document/tracking/status": "done" }, "WB0913", "/document/tracking/status"],
    ["of another version", { "/document/csaf_version": "2.1" }, "WB0912", "/document/csaf_version"],
    [
      "that breaks a mandatory test",
      { "/vulnerabilities/1/product_status": { fixed: ["NOWHERE"] } },
      "WB1220",
      "/vulnerabilities/1/product_status/fixed/0",
    ],
    ["of the base profile", { "/document/category": "csaf_base" }, "WB1221", "/document/category"],
    ["that informs only", { "/document/category": "csaf_informational_advisory" }, "WB1221", "/document/category"],
  ])("%s", async (_name, changes, code, pointer) => {
    const { value, diagnostics } = await admitValue(changed(changes), source, [csaf]);
    expect(value).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ code, level: "error", pointer });
  });

  it("with twenty breaches, and the rest as a number", async () => {
    const fixed = Array.from({ length: 30 }, (_, index) => `X${index}`);
    const { diagnostics } = await admitValue(changed({ "/vulnerabilities/1/product_status/fixed": fixed }), source, [csaf]);
    expect(diagnostics).toHaveLength(21);
    expect(diagnostics.at(-1)?.message).toBe("10 more places break mandatory tests");
  });
});

it("is what the predicate type of CSAF means, and nothing else is", async () => {
  const statement = (predicate: unknown): object => ({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "shop", digest: { sha256: "a".repeat(64) } }],
    predicateType: "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
    predicate,
  });
  const { value } = await admitValue(statement(valid), source);
  expect(value).toMatchObject([{ type: "waybill.vex.Document", about: [{ digest: `sha256:${"a".repeat(64)}` }, {}] }]);
  expect((await admitValue(statement({ bomFormat: "CycloneDX" }), source)).diagnostics).toMatchObject([{ code: "WB0933" }]);
});

it("reads branches as deep as documents may be, and ids that objects of JavaScript inherit", async () => {
  let branch: object = { category: "product_version", name: "1", product: { name: "deep", product_id: "constructor" } };
  for (let depth = 0; depth < 90; depth++) branch = { category: "product_family", name: "x", branches: [branch] };
  const json = changed({
    "/product_tree/branches/1": branch,
    "/product_tree/product_groups/1": { group_id: "toString", product_ids: ["constructor", "KIOSK"] },
    "/vulnerabilities/1/product_status": { known_affected: ["constructor"] },
    "/vulnerabilities/1/remediations": [{ category: "none_available", details: "x", group_ids: ["toString"] }],
  });
  const read = statements(await admitted(json)).find(({ vulnerability }) => vulnerability === "CVE-2026-0002");
  expect(products(read)).toMatchObject([{ id: "constructor", version: "1" }]);
});

it("reads fifteen thousand products", async () => {
  const ids = Array.from({ length: 15_000 }, (_, index) => `P${index}`);
  const json = changed({
    "/product_tree/full_product_names": [
      ...((at(valid, "/product_tree/full_product_names") as unknown[]) ?? []),
      ...ids.map((id) => ({ name: id, product_id: id, product_identification_helper: { purl: `pkg:npm/${id.toLowerCase()}@1.0.0` } })),
    ],
    "/product_tree/product_groups/1": { group_id: "ALL", product_ids: ids },
    "/vulnerabilities/1/product_status": { known_not_affected: ids },
    "/vulnerabilities/1/flags": [{ label: "component_not_present", group_ids: ["ALL"] }],
  });
  const read = statements(await admitted(json)).filter(({ vulnerability }) => vulnerability === "CVE-2026-0002");
  expect(read).toHaveLength(1);
  expect(products(read[0])).toHaveLength(15_000);
});

it("refuses a document that says more of its products than a machine holds", async () => {
  const ids = Array.from({ length: 5000 }, (_, index) => `P${index}`);
  const json = changed({
    "/product_tree/full_product_names": [
      ...(at(valid, "/product_tree/full_product_names") as unknown[]),
      ...ids.map((id) => ({ name: id, product_id: id })),
    ],
    "/product_tree/product_groups/1": { group_id: "ALL", product_ids: ids },
    "/vulnerabilities/1/product_status": { known_affected: ids },
    "/vulnerabilities/1/remediations": Array.from({ length: 5000 }, () => ({ category: "workaround", details: "x", group_ids: ["ALL"] })),
  });
  const { value, diagnostics } = await admitValue(json, source, [csaf]);
  expect(value).toEqual([]);
  expect(diagnostics).toMatchObject([{ code: "WB1230", level: "error" }]);
});

it("follows a long line of relationships once, not once a product", async () => {
  const relationships = Array.from({ length: 20_000 }, (_, index) => ({
    category: "default_component_of",
    product_reference: "PARSER",
    relates_to_product_reference: index === 0 ? "SHOP-2.4.0" : `R${index - 1}`,
    full_product_name: { name: "x", product_id: `R${index}` },
  }));
  const fixed = relationships.map(({ full_product_name }) => full_product_name.product_id);
  const json = changed({
    "/product_tree/relationships": [...(at(valid, "/product_tree/relationships") as unknown[]), ...relationships],
    "/vulnerabilities/1/product_status": { fixed },
  });
  const read = statements(await admitted(json)).find(({ vulnerability }) => vulnerability === "CVE-2026-0002");
  expect(products(read)).toHaveLength(20_000);
  expect(products(read).at(-1)).toMatchObject({ name: "Shop", version: "2.4.0", subcomponents: ["pkg:npm/parser@3.1.0"] });
});

it("throws on nothing, and gives evidence of nothing that it refuses", async () => {
  const pointers = [
    "/document/category",
    "/product_tree",
    "/product_tree/branches/0",
    "/product_tree/relationships",
    "/product_tree/product_groups",
    "/vulnerabilities",
    "/vulnerabilities/0/product_status",
    "/vulnerabilities/0/flags",
    "/vulnerabilities/0/remediations",
    "/vulnerabilities/0/ids",
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...pointers), fc.jsonValue(), async (pointer, value) => {
      const json = changed({ [pointer]: value });
      const { value: evidence, diagnostics } = await admitValue(json, source, [csaf]);
      expect(evidence.length > 0 && diagnostics.some(({ level }) => level === "error")).toBe(false);
      csaf.read(json, source);
      expect(csaf.detect(value)).toBe(false);
    }),
    { numRuns: 300 },
  );
});
