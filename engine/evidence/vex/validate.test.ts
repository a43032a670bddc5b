import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime } from "../../../language/domains/time.ts";
import { at } from "../fault.ts";
import { mostErrors } from "../schema/errors.ts";
import { validateVex, validateVexValue, vexCodes } from "./validate.ts";

const timed = parseTime("2026-06-01T00:00:00Z");
const now = timed.ok ? timed.value : 0;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const validate = (json: unknown) => validateVexValue(JSON.parse(JSON.stringify(json)), "vex.json", { now });
const codes = async (json: unknown): Promise<readonly (readonly [string, string])[]> =>
  (await validate(json)).errors.map(({ code, pointer }) => [code, pointer]);

const digest = "a".repeat(64);
const statement = (rest: object = {}): object => ({
  vulnerability: { name: "CVE-2026-0001" },
  products: [{ "@id": "pkg:npm/shop@1.0.0" }],
  status: "fixed",
  ...rest,
});
const openvex = (statements: unknown, rest: object = {}): object => ({
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://acme.example/vex/1",
  author: "Acme",
  timestamp: "2026-01-01T00:00:00Z",
  version: 1,
  statements,
  ...rest,
});
const cyclonedx = (affects: object, analysis: object | undefined = { state: "in_triage" }): object => ({
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: { type: "application", name: "shop", "bom-ref": "shop" } },
  vulnerabilities: [{ id: "CVE-2026-0001", analysis, affects: [affects] }],
});
const csaf: unknown = JSON.parse(readFileSync(new URL("../csaf/fixtures/vex.json", import.meta.url), "utf8"));

function changed(json: unknown, pointer: string, value: unknown): unknown {
  const copy = structuredClone(json);
  const end = pointer.lastIndexOf("/");
  (at(copy, pointer.slice(0, end)) as Record<string, unknown>)[pointer.slice(end + 1)] = value;
  return copy;
}

it.each([
  ["openvex", openvex([statement()])],
  ["csaf", csaf],
  ["cyclonedx", cyclonedx({ ref: "shop" })],
])("finds nothing wrong with a valid document of %s", async (format, json) => {
  expect(await validate(json)).toEqual({ format, valid: true, errors: [] });
});

describe("a file that is no document", () => {
  it.each([
    ["", "`vex.json` is empty"],
    ["{", "never closed"],
    ['{"a": 1, "a": 2}', "`a`"],
    ["<bom/>", "<"],
    ["bomFormat: CycloneDX", ""],
  ])("%j is no JSON", async (text, message) => {
    const validity = await validateVex(bytes(text), "vex.json");
    expect(validity).toMatchObject({ format: null, valid: false, errors: [{ code: "json" }] });
    expect(validity.errors[0]?.message).toContain(message);
  });

  it.each([[{}], [[]], [null], [{ name: "waybill", version: "1.0.0" }], [{ spdxVersion: "SPDX-2.3" }]])("%j is no VEX", async (json) => {
    expect(await validate(json)).toMatchObject({ format: null, valid: false, errors: [{ code: "format", pointer: "" }] });
  });

  it("nested too deep is told, not read", async () => {
    const deep = `{"@context":"https://openvex.dev/ns","statements":${"[".repeat(5000)}${"]".repeat(5000)}}`;
    expect(await validateVex(bytes(deep), "vex.json")).toMatchObject({ format: null, errors: [{ code: "json" }] });
  });
});

it.each([
  [openvex([statement()], { "@context": "https://openvex.dev/ns/v0.0.1" }), "openvex", "/@context"],
  [changed(csaf, "/document/csaf_version", "2.1"), "csaf", "/document/csaf_version"],
  [{ ...cyclonedx({ ref: "shop" }), specVersion: "0.9" }, "cyclonedx", "/specVersion"],
])("says which version of a format is not read", async (json, format, pointer) => {
  expect(await validate(json)).toMatchObject({ format, valid: false, errors: [{ code: "version", pointer }] });
});

describe("OpenVEX", () => {
  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ["without products", openvex([statement({ products: undefined })]), [["openvex-product", "/statements/0"]]],
    ["with an empty list of products", openvex([statement({ products: [] })]), [["openvex-product", "/statements/0"]]],
    ["not affected without a why", openvex([statement({ status: "not_affected" })]), [["schema", "/statements/0"]]],
    ["affected without what to do", openvex([statement({ status: "affected" })]), [["schema", "/statements/0"]]],
    ["of a future time", openvex([statement({ timestamp: "2026-06-01T00:00:01Z" })]), [["openvex-time", "/statements/0/timestamp"]]],
    ["issued in the future", openvex([statement()], { timestamp: "2027-01-01T00:00:00Z" }), [["openvex-time", "/timestamp"]]],
    [
      "with a purl that is none",
      openvex([statement({ products: [{ "@id": "pkg:npm" }] })]),
      [["openvex-purl", "/statements/0/products/0/@id"]],
    ],
    [
      "with an identifier of a subcomponent that is none",
      openvex([statement({ products: [{ "@id": "urn:shop", subcomponents: [{ identifiers: { purl: "parser" } }] }] })]),
      [["openvex-purl", "/statements/0/products/0/subcomponents/0/identifiers/purl"]],
    ],
    [
      "with a hash that is too short",
      openvex([statement({ products: [{ "@id": "urn:shop", hashes: { "sha-256": "abc" } }] })]),
      [["openvex-hash", "/statements/0/products/0/hashes/sha-256"]],
    ],
    [
      "with a hash of a name that it does not know",
      openvex([statement({ products: [{ "@id": "urn:shop", hashes: { blake3: digest } }] })]),
      [
        ["schema", "/statements/0/products/0/hashes"],
        ["schema", "/statements/0/products/0/hashes"],
      ],
    ],
    [
      "with two statements of one instant that contradict each other",
      openvex([statement(), statement({ status: "under_investigation", timestamp: "2026-01-01T01:00:00+01:00" })]),
      [["openvex-tie", "/statements/1"]],
    ],
    [
      "with two of them that speak of one thing by two names",
      openvex([
        statement({ vulnerability: { name: "CVE-2026-0001", aliases: ["GHSA-2345-6789-cfgh"] } }),
        statement({ vulnerability: { name: "GHSA-2345-6789-cfgh" }, status: "under_investigation" }),
      ]),
      [["openvex-tie", "/statements/1"]],
    ],
    ["with a statement twice", openvex([statement(), statement()]), [["schema", "/statements/1"]]],
  ])("%s is not valid", async (_name, json, expected) => {
    const found = await codes(json);
    expect([...new Set(found.map((one) => one.join()))]).toEqual([...new Set(expected.map((one) => one.join()))]);
  });

  it.each([
    ["at other instants", statement({ status: "under_investigation", timestamp: "2026-02-01T00:00:00Z" })],
    [
      "of another subcomponent",
      statement({
        status: "under_investigation",
        products: [{ "@id": "pkg:npm/shop@1.0.0", subcomponents: [{ "@id": "pkg:npm/parser" }] }],
      }),
    ],
    ["of another vulnerability", statement({ status: "under_investigation", vulnerability: { name: "CVE-2026-0002" } })],
    ["that say the same", statement({ status_notes: "again" })],
  ])("two statements %s are valid", async (_name, other) => {
    expect(await codes(openvex([statement(), other]))).toEqual([]);
  });

  it("takes names that go round in a circle for what they are: names", async () => {
    const named = (name: string, ...aliases: readonly string[]): object => statement({ vulnerability: { name, aliases } });
    const circle = [named("CVE-2026-0001", "GHSA-2345-6789-cfgh", "CVE-2026-0001"), named("GHSA-2345-6789-cfgh", "CVE-2026-0001")];
    expect(await codes(openvex(circle))).toEqual([]);
    const third = { ...named("OSV-1", "CVE-2026-0001"), status: "under_investigation" };
    expect(await codes(openvex([...circle, third]))).toEqual([["openvex-tie", "/statements/2"]]);
  });

  it("with very many names and very many products is held in one pass", async () => {
    const aliases = Array.from({ length: 10_000 }, (_, index) => `OSV-${index}`);
    const products = Array.from({ length: 10_000 }, (_, index) => ({ "@id": `pkg:npm/p${index}@1.0.0` }));
    const one = statement({ vulnerability: { name: "CVE-2026-0001", aliases }, products });
    const other = statement({ vulnerability: { name: "OSV-77" }, products: products.slice(0, 1), status: "under_investigation" });
    expect(await codes(openvex([one, other]))).toEqual([["openvex-tie", "/statements/1"]]);
  });

  it("is valid at any time where no time is given", async () => {
    expect((await validateVexValue(openvex([statement({ timestamp: "2999-01-01T00:00:00Z" })]), "vex.json")).valid).toBe(true);
  });

  it("has its subjects for products in an attestation, by pointers into the file", async () => {
    const attestation = (predicate: unknown): object => ({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "shop", digest: { sha256: digest } }],
      predicateType: "https://openvex.dev/ns",
      predicate,
    });
    expect(await codes(attestation(openvex([statement({ products: [] })])))).toEqual([]);
    expect(await codes(attestation(openvex([statement({ status: "done" })])))).toEqual([["schema", "/predicate/statements/0/status"]]);
    expect(await codes({ ...attestation({}), subject: [] })).toEqual([["attestation", "/subject"]]);
    const payload = btoa(JSON.stringify(attestation(openvex([statement({ status: "done" })]))));
    expect(await codes({ payloadType: "application/vnd.in-toto+json", payload, signatures: [] })).toEqual([
      ["schema", "/payload/predicate/statements/0/status"],
    ]);
    expect(await codes({ payloadType: "text/plain", payload, signatures: [] })).toEqual([["attestation", "/payloadType"]]);
  });

  it("of fifteen thousand statements is held whole: each that is wrong is told", async () => {
    const statements = Array.from({ length: 15_000 }, (_, index) => statement({ vulnerability: { name: `CVE-2026-${10_000 + index}` } }));
    expect((await validate(openvex(statements))).valid).toBe(true);
    expect(await codes(openvex(statements.map((one) => ({ ...one, status: "done" }))))).toHaveLength(15_000);
  });
});

describe("CSAF", () => {
  it("tells what breaks the schema and every mandatory test, by its number", async () => {
    const broken = changed(
      changed(changed(csaf, "/document/tracking/version", "7"), "/vulnerabilities/1/cve", "CVE-2026-0001"),
      "/document/title",
      "",
    );
    expect(await codes(broken)).toEqual([
      ["schema", "/document/title"],
      ["6.1.16", "/document/tracking/version"],
      ["6.1.23", "/vulnerabilities/1/cve"],
    ]);
  });

  it.each<[string, unknown]>([
    ["baseScore", "high"],
    ["baseSeverity", undefined],
    ["vectorString", "AV:N"],
    ["version", "4.0"],
  ])("says that scores break their own schema by the test that asks it: %s is %s", async (name, value) => {
    const found = await codes(changed(csaf, `/vulnerabilities/0/scores/0/cvss_v3/${name}`, value));
    expect(new Set(found.map(([code]) => code))).toEqual(new Set(["6.1.8"]));
  });

  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ["3.1 without a severity", { baseSeverity: undefined }, [" lacks the property `baseSeverity`"]],
    [
      "3.0 without a severity",
      { version: "3.0", vectorString: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", baseSeverity: undefined },
      [" lacks the property `baseSeverity`"],
    ],
    ["3.1 with a score that is text", { baseScore: "high" }, ['/baseScore must be a number, found "high"']],
    ["that does not exist", { version: "3.2" }, ['/version must be a kind that the format knows, found "3.2"']],
    ["that is not said", { version: undefined }, ["/version must be a kind that the format knows, found nothing"]],
  ])("holds a score against the version of CVSS that it names: %s", async (_what, changes, said) => {
    const place = "/vulnerabilities/0/scores/0/cvss_v3";
    const broken = Object.entries(changes).reduce((json, [name, value]) => changed(json, `${place}/${name}`, value), csaf);
    const { errors } = await validate(broken);
    expect(errors.map(({ code, message }) => [code, message.replaceAll(`\`${place}`, "`")])).toEqual(
      said.map((sentence) => ["6.1.8", `\`${sentence.replace(" ", "` ")}`]),
    );
  });

  it("refuses scores that are no object", async () => {
    expect(await codes(changed(csaf, "/vulnerabilities/0/scores/0/cvss_v3", "7.5"))).toEqual([
      ["6.1.8", "/vulnerabilities/0/scores/0/cvss_v3"],
    ]);
  });

  it("of another profile is held by the rules that all have", async () => {
    const base = changed(csaf, "/document/category", "csaf_base");
    expect((await validate(base)).valid).toBe(true);
    expect(await codes(changed(base, "/vulnerabilities/0/remediations", undefined))).toEqual([]);
  });

  it.each<[string, string, unknown]>([
    ["that relationships make of itself", "/product_tree/relationships/0/product_reference", "KIOSK:SHOP:PARSER"],
    ["of no definition", "/product_tree/product_groups/0/product_ids/0", "NOWHERE"],
    ["named as what objects inherit", "/vulnerabilities/1/product_status/fixed/0", "__proto__"],
  ])("refuses a product %s", async (_name, pointer, value) => {
    expect((await validate(changed(csaf, pointer, value))).valid).toBe(false);
  });
});

describe("CycloneDX", () => {
  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ["that analyses nothing", { ...cyclonedx({ ref: "shop" }), vulnerabilities: [{ id: "CVE-2026-0001" }] }, [["no-vex", ""]]],
    ["that is a bill of materials only", { ...cyclonedx({ ref: "shop" }), vulnerabilities: undefined }, [["no-vex", ""]]],
    ["about what it does not have", cyclonedx({ ref: "web" }), [["cyclonedx-reference", "/vulnerabilities/0/affects/0/ref"]]],
    ["of an unknown state", cyclonedx({ ref: "shop" }, { state: "fine" }), [["schema", "/vulnerabilities/0/analysis/state"]]],
    ...["vers:npm/>=3.0.0|<2.0.0", "vers:npm/>1.0.0|<1.0.0", "vers:npm/", ">= 1.0.0", "vers:npm/ >=1.0.0", "VERS:npm/1.0.0"].map(
      (range): [string, unknown, readonly (readonly [string, string])[]] => [
        `with the range ${range}`,
        cyclonedx({ ref: "shop", versions: [{ range }] }),
        [["cyclonedx-range", "/vulnerabilities/0/affects/0/versions/0/range"]],
      ],
    ),
  ])("%s is not valid", async (_name, json, expected) => {
    expect(await codes(json)).toEqual(expected);
  });

  it.each([
    "vers:npm/>=1.0.0|<2.0.0",
    "vers:semver/<7.0.0|>=1.5.0",
    "vers:generic/>=2.9|<=4.1",
    "vers:semver/<2.6.7.5",
    "vers:semver/2.9.0|<2.9.5",
  ])("with the range %s is valid", async (range) => {
    expect(await codes(cyclonedx({ ref: "shop", versions: [{ range }] }))).toEqual([]);
  });
});

it("throws on nothing, has errors if and only if it is not valid, and only codes that are listed", async () => {
  const documents: readonly unknown[] = [openvex([statement()]), csaf, cyclonedx({ ref: "shop", versions: [{ version: "1" }] })];
  const pointers = (json: unknown, pointer = ""): readonly string[] =>
    json !== null && typeof json === "object"
      ? Object.entries(json).flatMap(([key, value]) => [`${pointer}/${key}`, ...pointers(value, `${pointer}/${key}`)])
      : [];
  const places = documents
    .flatMap((json) => pointers(json).map((pointer) => [json, pointer] as const))
    .filter(([, pointer]) => !pointer.includes("~"));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.jsonValue(), async ([json, pointer], value) => {
      const { valid, errors } = await validateVexValue(changed(json, pointer, value), "vex.json", { now });
      expect(errors.length === 0).toBe(valid);
      for (const { code } of errors) expect(code in vexCodes || /^6\.1\.\d+(?:\.\d+)?$/.test(code)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it("lists as many errors as anybody reads, and how many more there are", async () => {
  const statements = Array.from({ length: mostErrors + 10 }, () => ({ vulnerability: { name: "CVE-2026-0001" } }));
  const json = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "urn:x",
    author: "Acme",
    timestamp: "2026-01-01T00:00:00Z",
    version: 1,
  };
  const { valid, errors } = await validateVexValue({ ...json, statements }, "vex.json", { now });
  expect([valid, errors.length]).toEqual([false, mostErrors + 1]);
  expect(errors[0]).toMatchObject({ code: "schema", pointer: "/statements/0" });
  expect(errors.at(-1)).toMatchObject({
    code: "schema",
    pointer: "",
    message: expect.stringMatching(/^there are \d+ more errors, which are not listed$/),
  });
}, 120_000);
