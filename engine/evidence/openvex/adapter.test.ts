import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, origin } from "../../../language/core/data.ts";
import { admitValue } from "../door.ts";
import type { Evidence } from "../evidence.ts";
import { openvex } from "./adapter.ts";

const source = { name: "vex.json", digest: `sha256:${"0".repeat(64)}`, base: "" };

const digest = "a".repeat(64);
const products = [{ "@id": "pkg:oci/shop?repository_url=ghcr.io/acme/shop" }];
const statement = (rest: object = {}): object => ({ vulnerability: { name: "CVE-2024-0001" }, products, status: "fixed", ...rest });
const vex = (statements: unknown, rest: object = {}): object => ({
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://example.com/vex/1",
  author: "Acme",
  timestamp: "2025-01-01T00:00:00Z",
  version: 1,
  statements,
  ...rest,
});

async function admitted(json: unknown): Promise<Evidence> {
  const { value, diagnostics } = await admitValue(json, source, [openvex]);
  expect(diagnostics.filter((d) => d.level === "error")).toEqual([]);
  const [evidence] = value;
  if (evidence === undefined) throw new Error("nothing was read");
  return evidence;
}

const reading = async (rest: object, whole: object = {}): Promise<DataRecord> =>
  ((await admitted(vex([statement(rest)], whole))).data["statements"] as readonly DataRecord[])[0] ?? {};

describe("a document is refused", () => {
  it.each<[string, unknown, string, string]>([
    ["with an unknown status", vex([statement({ status: "resolved" })]), "WB0913", "/statements/0/status"],
    ["with a status in another case", vex([statement({ status: "Fixed" })]), "WB0913", "/statements/0/status"],
    ["that says not affected without saying why", vex([statement({ status: "not_affected" })]), "WB0913", "/statements/0"],
    [
      "with an unknown justification",
      vex([statement({ status: "not_affected", justification: "trust_me" })]),
      "WB0913",
      "/statements/0/justification",
    ],
    ["that says affected without saying what to do", vex([statement({ status: "affected" })]), "WB0913", "/statements/0"],
    ["without a time", vex([statement()], { timestamp: undefined }), "WB0913", ""],
    ["with a time without zone", vex([statement()], { timestamp: "2025-01-01T00:00:00" }), "WB0913", "/timestamp"],
    ["without statements", vex([]), "WB0913", "/statements"],
    ["with a statement twice", vex([statement(), statement()]), "WB0913", "/statements/1"],
    ["with a product that is a name", vex([statement({ products: ["shop"] })]), "WB0913", "/statements/0/products/0"],
    ["with a property of no statement", vex([statement({ severity: "low" })]), "WB0913", "/statements/0"],
    ["of version 0.3.0", vex([statement()], { "@context": "https://openvex.dev/ns/v0.3.0" }), "WB0912", "/@context"],
  ])("%s", async (_name, json, code, pointer) => {
    const { value, diagnostics } = await admitValue(JSON.parse(JSON.stringify(json)), source, [openvex]);
    expect(value).toEqual([]);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics[0]).toMatchObject({ code, level: "error", pointer });
  });
});

describe("a statement that matches nothing is warned of", () => {
  it.each<[string, object, string, string]>([
    [
      "without a product",
      { products: undefined },
      "the statement about `CVE-2024-0001` names no product, so it matches nothing",
      "/statements/0",
    ],
    [
      "on a product that is neither purl nor digest",
      { products: [{ "@id": "https://example.com/shop" }] },
      "product `https://example.com/shop` is neither a purl nor a digest nor a CPE, so it matches nothing",
      "/statements/0/products/0",
    ],
    [
      "on a product with a purl that cannot be read",
      { products: [{ "@id": "pkg:oci" }] },
      "product `pkg:oci` is neither a purl nor a digest nor a CPE, so it matches nothing",
      "/statements/0/products/0",
    ],
    [
      "on a product with a hash of the wrong length",
      { products: [{ "@id": "urn:shop", hashes: { "sha-256": "abc" } }] },
      "product `urn:shop` is neither a purl nor a digest nor a CPE, so it matches nothing",
      "/statements/0/products/0",
    ],
    [
      "on a product with a CPE that cannot be read",
      { products: [{ "@id": "urn:shop", identifiers: { cpe23: "cpe:2.3:a:acme:shop:1" } }] },
      "product `urn:shop` is neither a purl nor a digest nor a CPE, so it matches nothing",
      "/statements/0/products/0",
    ],
  ])("%s", async (_name, rest, message, pointer) => {
    const { value, diagnostics: all } = await admitValue(JSON.parse(JSON.stringify(vex([statement(rest)]))), source, [openvex]);
    const diagnostics = all.filter(({ code }) => code !== "WB1228");
    expect(diagnostics).toMatchObject([{ level: "warning", message, pointer }]);
    expect(value[0]?.counts).toEqual({ statements: 1 });
  });

  it("but not one by a CPE, of 2.3 or 2.2, or in the place of the id", async () => {
    const names = [{ identifiers: { cpe23: "cpe:2.3:a:acme:shop:1:*:*:*:*:*:*:*" } }, { identifiers: { cpe22: "cpe:/a:acme:shop:1" } }];
    const products = [...names, ...names.map((one) => ({ "@id": "urn:shop", ...one })), { "@id": "cpe:/a:acme:shop:1" }];
    const { diagnostics } = await admitValue(vex([statement({ products })]), source, [openvex]);
    expect(diagnostics.filter(({ code }) => code === "WB0954")).toEqual([]);
  });

  it("twenty times, and the rest as a number", async () => {
    const statements = Array.from({ length: 30 }, (_, i) => statement({ vulnerability: { name: `CVE-2024-${1000 + i}` }, products: [] }));
    const { diagnostics } = await admitValue(vex(statements), source, [openvex]);
    expect(diagnostics).toHaveLength(21);
    expect(diagnostics.at(-1)?.message).toBe("10 more statements or products match nothing");
  });
});

it("what of a product is not understood is listed with how much there is, and the rest of it counts", async () => {
  const products = [
    { "@id": "pkg:npm", hashes: { "sha-256": digest } },
    { "@id": "pkg:oci", hashes: { "sha-256": digest, "sha-512": "abc" } },
    { "@id": "pkg:npm/shop@1.0.0", hashes: { md5: "xyz" } },
  ];
  const { value, diagnostics } = await admitValue(vex([statement({ products })]), source, [openvex]);
  expect(diagnostics.map(({ code, level, message, pointer }) => [code, level, message, pointer])).toEqual([
    ["WB1228", "warning", "2 digests of products are not understood, so they match nothing", "/statements/0/products/1/hashes/sha-512"],
    ["WB1229", "warning", "2 purls of products are none, so they match nothing: the first is `pkg:npm`", "/statements/0/products/0"],
  ]);
  const [read] = value[0]?.data["statements"] as readonly DataRecord[];
  expect((read?.["products"] as readonly DataRecord[]).map((one) => one["digests"])).toEqual([
    [`sha256:${digest}`],
    [`sha256:${digest}`],
    [],
  ]);
});

describe("a statement is read", () => {
  it("with the document's time where it has none", async () => {
    expect((await reading({}))["timestamp"]).toBe("2025-01-01T00:00:00Z");
    expect((await reading({ timestamp: "2024-01-01T00:00:00Z" }))["timestamp"]).toBe("2024-01-01T00:00:00Z");
  });

  it("with what it says of its status", async () => {
    const rest = { status: "not_affected", justification: "component_not_present", impact_statement: "not shipped" };
    expect(await reading(rest)).toMatchObject({
      vulnerability: "CVE-2024-0001",
      aliases: [],
      status: "not_affected",
      justification: "component_not_present",
      impact: "not shipped",
    });
    expect(await reading({ status: "affected", action_statement: "upgrade" })).toMatchObject({ status: "affected", action: "upgrade" });
  });

  it("with products by identifier and digest, and subcomponents by purl", async () => {
    const product = {
      "@id": "urn:shop",
      identifiers: { purl: "pkg:golang/example.com/shop@v1.0.0" },
      hashes: { "sha-256": digest.toUpperCase() },
      subcomponents: [
        { "@id": "pkg:npm/a@1.0.0" },
        { "@id": "urn:b", identifiers: { purl: "pkg:npm/b@1.0.0" } },
        { identifiers: { cpe23: "cpe:2.3:a:c:c:1:*:*:*:*:*:*:*" } },
      ],
    };
    expect((await reading({ products: [product] }))["products"]).toMatchObject([
      {
        id: "urn:shop",
        purl: "pkg:golang/example.com/shop@v1.0.0",
        digests: [`sha256:${digest}`],
        subcomponents: ["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0", "cpe:2.3:a:c:c:1:*:*:*:*:*:*:*"],
      },
    ]);
  });
});

it("a document is read with its name, its role, and when it was issued and last changed", async () => {
  expect((await admitted(vex([statement()], { role: "maintainer" }))).data).toMatchObject({
    id: "https://example.com/vex/1",
    role: "maintainer",
    timestamp: "2025-01-01T00:00:00Z",
    first_issued: undefined,
  });
  const changed = (await admitted(vex([statement()], { last_updated: "2025-02-01T00:00:00Z" }))).data;
  expect(changed).toMatchObject({ timestamp: "2025-02-01T00:00:00Z", first_issued: "2025-01-01T00:00:00Z" });
  expect((changed["statements"] as readonly DataRecord[])[0]).toMatchObject({ timestamp: "2025-01-01T00:00:00Z" });
});

it("a statement is read with its notes, its supplier, what the vulnerability is, and other identifiers", async () => {
  const cpe23 = "cpe:2.3:a:acme:shop:1:*:*:*:*:*:*:*";
  const rest = {
    vulnerability: { name: "CVE-2024-0001", description: "reads too far", aliases: ["GHSA-2345-6789-cfgh"] },
    supplier: "Acme",
    status_notes: "looked at twice",
    products: [{ "@id": "urn:shop", identifiers: { cpe23 }, hashes: { "sha3-256": digest } }],
  };
  expect(await reading(rest)).toMatchObject({
    description: "reads too far",
    aliases: ["GHSA-2345-6789-cfgh"],
    notes: "looked at twice",
    products: [{ id: "urn:shop", supplier: "Acme", cpe: cpe23, digests: [`sha3-256:${digest}`] }],
  });
});

describe("in an attestation, a statement without products", () => {
  const attested = (statements: readonly object[]): object => ({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "pkg:oci/shop", digest: { sha256: digest } }],
    predicateType: "https://openvex.dev/ns/v0.2.0",
    predicate: vex(statements),
  });

  it("is about the subjects, by their digests alone", async () => {
    const { value, diagnostics } = await admitValue(attested([statement({ products: [] })]), source);
    expect(diagnostics).toEqual([]);
    const [read] = value[0]?.data["statements"] as readonly DataRecord[];
    expect(read?.["products"]).toMatchObject([
      { id: `sha256:${digest}`, name: "pkg:oci/shop", digests: [`sha256:${digest}`], subcomponents: [] },
    ]);
    expect((read?.["products"] as readonly DataRecord[])[0]?.["purl"]).toBeUndefined();
    expect((read?.["products"] as readonly DataRecord[])[0]?.[origin]?.pointer).toBe("/subject/0");
  });

  it("is not where it names its own", async () => {
    const { value } = await admitValue(attested([statement()]), source);
    expect((value[0]?.data["statements"] as readonly DataRecord[])[0]?.["products"]).toMatchObject([
      { id: "pkg:oci/shop?repository_url=ghcr.io/acme/shop", digests: [] },
    ]);
  });
});

it("reads fifteen thousand statements", async () => {
  const statements = Array.from({ length: 15_000 }, (_, index) => statement({ vulnerability: { name: `CVE-2024-${10_000 + index}` } }));
  expect((await admitted(vex(statements))).counts).toEqual({ statements: 15_000 });
});

it("throws on nothing, and gives evidence of nothing that it refuses", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.constantFrom("vulnerability", "products", "status", "timestamp", "justification"),
      async (value, key) => {
        for (const json of [
          vex([statement({ [key]: value })]),
          vex(value),
          vex([{ ...statement(), products: [{ "@id": "urn:x", hashes: value, subcomponents: [value] }] }]),
        ]) {
          const { value: evidence, diagnostics } = await admitValue(json, source, [openvex]);
          expect(evidence.length > 0 && diagnostics.some(({ level }) => level === "error")).toBe(false);
          openvex.read(json, source);
        }
      },
    ),
    { numRuns: 300 },
  );
});

it("a document binds to nothing: it may speak of many products", async () => {
  const evidence = await admitted(vex([statement()]));
  expect(evidence).toMatchObject({ type: "waybill.vex.Document", about: [], counts: { statements: 1 } });
  expect(evidence.data).toMatchObject({ author: "Acme", timestamp: "2025-01-01T00:00:00Z", version: 1 });
});
