import { readdirSync, readFileSync } from "node:fs";
import * as library from "@secvisogram/csaf-validator-lib/mandatoryTests.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at } from "../fault.ts";
import { mandatoryBreaches, mandatoryTests } from "./mandatory.ts";
import { productTests } from "./product-tests.ts";

const valid: unknown = JSON.parse(readFileSync(new URL("fixtures/vex.json", import.meta.url), "utf8"));

/** The valid document with values put at pointers; `undefined` takes one away. */
function changed(changes: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(valid);
  for (const [pointer, value] of Object.entries(changes)) {
    const end = pointer.lastIndexOf("/");
    const holder = at(copy, pointer.slice(0, end)) as Record<string, unknown>;
    const key = pointer.slice(end + 1);
    if (value === undefined) delete holder[key];
    else if (key === "-" && Array.isArray(holder)) holder.push(value);
    else holder[key] = value;
  }
  return copy;
}

const first = "/vulnerabilities/0";
const second = "/vulnerabilities/1";
const tracking = "/document/tracking";
const revisions = (...numbers: readonly string[]): object[] =>
  numbers.map((number, day) => ({ date: `2026-01-0${day + 1}T00:00:00.000Z`, number, summary: "x" }));
const advisory = { "/document/category": "csaf_security_advisory" };
const informational = { "/document/category": "csaf_informational_advisory" };
const helper = "/product_tree/full_product_names/0/product_identification_helper";
const score = `${first}/scores/0/cvss_v3`;

/** For each mandatory test a document that breaks it, and where. */
const breaking: readonly (readonly [test: string, pointer: string, changes: Readonly<Record<string, unknown>>])[] = [
  ["6.1.1", `${second}/product_status/fixed/0`, { [`${second}/product_status/fixed`]: ["NOWHERE"] }],
  ["6.1.1", "/product_tree/product_groups/0/product_ids/1", { "/product_tree/product_groups/0/product_ids/1": "__proto__" }],
  ["6.1.1", "/product_tree/relationships/0/product_reference", { "/product_tree/relationships/0/product_reference": "NOWHERE" }],
  ["6.1.2", "/product_tree/full_product_names/1/product_id", { "/product_tree/full_product_names/1/product_id": "PARSER" }],
  [
    "6.1.2",
    "/product_tree/full_product_names/3/product_id",
    {
      "/product_tree/full_product_names/2": { name: "a", product_id: "__proto__" },
      "/product_tree/full_product_names/3": { name: "b", product_id: "__proto__" },
    },
  ],
  ["6.1.3", "/product_tree/relationships/1/product_reference", { "/product_tree/relationships/1/product_reference": "KIOSK:SHOP:PARSER" }],
  [
    "6.1.3",
    "/product_tree/relationships/0/relates_to_product_reference",
    { "/product_tree/relationships/0/relates_to_product_reference": "KIOSK:SHOP:PARSER" },
  ],
  ["6.1.4", `${first}/remediations/0/group_ids/0`, { [`${first}/remediations/0/group_ids`]: ["NEW"] }],
  [
    "6.1.5",
    "/product_tree/product_groups/1/group_id",
    { "/product_tree/product_groups/1": { group_id: "OLD", product_ids: ["KIOSK", "PARSER"] } },
  ],
  [
    "6.1.6",
    `${second}/product_status`,
    {
      [`${second}/product_status/known_affected`]: ["SHOP-2.4.0"],
      [`${second}/remediations`]: [{ category: "vendor_fix", details: "x", product_ids: ["SHOP-2.4.0"] }],
    },
  ],
  [
    "6.1.7",
    `${first}/scores/1/products/0`,
    { [`${first}/scores/1`]: (valid as { vulnerabilities: { scores: unknown[] }[] }).vulnerabilities[0]?.scores[0] },
  ],
  ["6.1.9", `${score}/baseScore`, { [`${score}/baseScore`]: 9.7 }],
  ["6.1.10", `${score}/attackVector`, { [`${score}/attackVector`]: "LOCAL" }],
  ["6.1.11", `${first}/cwe/name`, { [`${first}/cwe/name`]: "Improper Output Validation" }],
  ["6.1.12", "/document/lang", { "/document/lang": "zz-ZZ" }],
  ["6.1.13", `${helper}/purl`, { [`${helper}/purl`]: "pkg:maven/@1.3.4" }],
  ["6.1.14", `${tracking}/revision_history`, { [`${tracking}/revision_history`]: revisions("2", "1") }],
  ["6.1.15", "/document/publisher/category", { "/document/publisher/category": "translator" }],
  ["6.1.16", `${tracking}/version`, { [`${tracking}/version`]: "3" }],
  ["6.1.17", `${tracking}/status`, { [`${tracking}/version`]: "0.9.5", [`${tracking}/revision_history`]: revisions("0.9.5") }],
  ["6.1.18", `${tracking}/status`, { [`${tracking}/revision_history`]: revisions("0", "1", "2") }],
  [
    "6.1.19",
    `${tracking}/revision_history/0/number`,
    { [`${tracking}/version`]: "1.0.0", [`${tracking}/revision_history`]: revisions("1.0.0-rc", "1.0.0") },
  ],
  ["6.1.20", `${tracking}/version`, { [`${tracking}/version`]: "2.0.0-rc" }],
  ["6.1.21", `${tracking}/revision_history`, { [`${tracking}/version`]: "3", [`${tracking}/revision_history`]: revisions("1", "3") }],
  ["6.1.22", `${tracking}/revision_history/2/number`, { [`${tracking}/revision_history`]: revisions("1", "2", "2") }],
  ["6.1.23", `${second}/cve`, { [`${second}/cve`]: "CVE-2026-0001" }],
  [
    "6.1.24",
    `${second}/involvements/1`,
    {
      [`${second}/involvements`]: [
        { party: "vendor", status: "open", date: "2026-01-01T00:00:00.000Z" },
        { party: "vendor", status: "completed", date: "2026-01-01T00:00:00.000Z" },
      ],
    },
  ],
  [
    "6.1.25",
    `${helper}/hashes/0/file_hashes/1`,
    {
      [`${helper}/hashes`]: [
        {
          filename: "x",
          file_hashes: [
            { algorithm: "sha256", value: "a".repeat(64) },
            { algorithm: "sha256", value: "b".repeat(64) },
          ],
        },
      ],
    },
  ],
  ["6.1.26", "/document/category", { "/document/category": "Security_Advisory" }],
  ["6.1.27.1", "/document/notes", { ...informational, "/vulnerabilities": undefined, "/document/notes": undefined }],
  ["6.1.27.2", "/document/references", { ...informational, "/vulnerabilities": undefined, "/document/references": undefined }],
  ["6.1.27.3", "/vulnerabilities", informational],
  ["6.1.27.4", "", { "/product_tree": undefined }],
  ["6.1.27.5", second, { [`${second}/notes`]: undefined }],
  ["6.1.27.6", second, { ...advisory, [`${second}/product_status`]: undefined }],
  ["6.1.27.7", `${second}/product_status`, { [`${second}/product_status`]: { recommended: ["SHOP-2.4.0"] } }],
  ["6.1.27.8", second, { [`${second}/cve`]: undefined }],
  ["6.1.27.9", `${second}/product_status/known_not_affected/0`, { [`${second}/product_status`]: { known_not_affected: ["SHOP-2.4.0"] } }],
  ["6.1.27.10", `${second}/product_status/known_affected/0`, { [`${second}/product_status`]: { known_affected: ["SHOP-2.4.0"] } }],
  ["6.1.27.11", "", { "/vulnerabilities": undefined }],
  ["6.1.28", "/document/lang", { "/document/source_lang": "en" }],
  ["6.1.29", `${second}/remediations/0`, { [`${second}/remediations`]: [{ category: "mitigation", details: "x" }] }],
  [
    "6.1.30",
    `${tracking}/revision_history/1/number`,
    { [`${tracking}/revision_history`]: revisions("1", "2.0.0"), [`${tracking}/version`]: "2" },
  ],
  ["6.1.31", "/product_tree/branches/0/branches/0/branches/0/name", { "/product_tree/branches/0/branches/0/branches/0/name": "< 2.4.0" }],
  ["6.1.32", `${second}/flags/0`, { [`${second}/flags`]: [{ label: "component_not_present" }] }],
  ["6.1.33", `${first}/flags/1`, { [`${first}/flags/1`]: { label: "component_not_present", product_ids: ["SHOP-2.4.0:PARSER"] } }],
  [
    "6.1.33",
    `${first}/flags/2`,
    {
      [`${first}/flags/1`]: { label: "component_not_present", group_ids: ["OLD"] },
      [`${first}/flags/2`]: { label: "vulnerable_code_not_present", product_ids: ["SHOP-1"] },
    },
  ],
];

it("breaks no mandatory test where there is nothing to blame", () => {
  expect(mandatoryBreaches(valid)).toEqual([]);
});

it.each(breaking)("test %s is broken at %s", (test, pointer, changes) => {
  expect(mandatoryBreaches(changed(changes))).toContainEqual({ test, pointer, problem: expect.stringMatching(/\S/) });
});

it("every mandatory test is done but that of scores, which the schema does, and each has a document here that breaks it", () => {
  const sections = Object.keys(library).map((key) => key.replace("mandatoryTest_", "").replaceAll("_", "."));
  expect([...mandatoryTests, "6.1.8"].sort()).toEqual(sections.sort());
  expect([...new Set(breaking.map(([test]) => test))].sort()).toEqual([...mandatoryTests].sort());
});

describe("the category of a document of no profile (6.1.26)", () => {
  const broken = (category: string): boolean =>
    mandatoryBreaches(changed({ "/document/category": category })).some(({ test }) => test === "6.1.26");

  it.each([
    "csaf-vex",
    "CSAF VEX",
    "csafvex",
    "CsaF_VeX",
    "V_eX",
    "veX",
    "Csaf_a",
    "csaf_bases",
    "Informational Advisory",
    "security-incident-response",
    "Security      Advisory",
    "csaf security\u2013advisory",
    "csaf\u2212vex",
    "informational\u203fadvisory",
  ])("is not `%s`, which looks like a profile", (category) => {
    expect(broken(category)).toBe(true);
  });

  it.each(["csaf_base", "csaf_vex", "csaf-base", "Example Company Security Notice", "vexing", "csafety"])("may be `%s`", (category) => {
    expect(broken(category)).toBe(false);
  });
});

describe("a translation (6.1.28)", () => {
  const broken = (lang: string, source: string): readonly string[] =>
    mandatoryBreaches(changed({ "/document/lang": lang, "/document/source_lang": source }))
      .filter(({ test }) => test === "6.1.28")
      .map(({ pointer }) => pointer);

  it.each([
    ["en", "en"],
    ["en", "EN"],
    ["en-US", "en-us"],
    ["zh-Hant-TW", "ZH-hant-tw"],
  ])("is not from `%s` into `%s`: language tags are told apart without their capitals", (source, lang) => {
    expect(broken(lang, source)).toEqual(["/document/lang", "/document/source_lang"]);
  });

  it.each([
    ["en-US", "en-GB"],
    ["en", "en-US"],
    ["en", "de"],
  ])("may be from `%s` into `%s`", (source, lang) => {
    expect(broken(lang, source)).toEqual([]);
  });
});

it("tells every breach, not the first", () => {
  const broken = changed({
    [`${first}/remediations/0/group_ids`]: ["NEW"],
    "/document/source_lang": "en",
    [`${second}/cve`]: "CVE-2026-0001",
  });
  expect(new Set(mandatoryBreaches(broken).map(({ test }) => test))).toEqual(new Set(["6.1.4", "6.1.23", "6.1.27.10", "6.1.28"]));
});

describe("where its own tests are used, they agree with the library on what both can do", () => {
  const own = [...productTests].filter((test) => !["6.1.13"].includes(test));
  const run = (test: string, json: unknown): boolean =>
    (library as Readonly<Record<string, (json: unknown) => { readonly isValid: boolean }>>)[`mandatoryTest_${test.replaceAll(".", "_")}`]?.(
      json,
    ).isValid ?? true;

  it("on every mutation of the valid document that falls into none of its gaps", () => {
    // Each vulnerability has every list, and no group a summary: else 6.1.24, 6.1.29, 6.1.32 and 6.1.33 are skipped.
    const whole = changed({ "/product_tree/product_groups/0/summary": undefined });
    for (const vulnerability of (whole as { vulnerabilities: Record<string, unknown>[] }).vulnerabilities)
      for (const list of ["flags", "remediations", "involvements"]) vulnerability[list] ??= [];
    const ids = ["SHOP-2.4.0", "SHOP-1", "SHOP-0", "PARSER", "KIOSK", "SHOP-2.4.0:PARSER", "KIOSK:SHOP:PARSER", "NOWHERE"];
    const id = fc.constantFrom(...ids);
    const some = fc.uniqueArray(id, { minLength: 1, maxLength: 3 });
    const groups = fc.constantFrom(["OLD"], ["NEW"]);
    // The library takes one flag that names a product and its group for two.
    const bound = fc.oneof(fc.record({ product_ids: some }), fc.record({ group_ids: groups }), fc.constant({}));
    const item = (more: object): fc.Arbitrary<object> => bound.map((ids) => ({ ...more, ...ids }));
    const status = fc.record({ known_affected: some, known_not_affected: some, fixed: some }, { requiredKeys: [] });
    const arbitrary = fc.record({
      status,
      flags: fc.array(item({ label: "component_not_present" }), { maxLength: 2 }),
      remediations: fc.array(item({ category: "workaround", details: "x" }), { maxLength: 2 }),
      involvements: fc.array(
        fc.record({
          party: fc.constantFrom("vendor", "user"),
          date: fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
          status: fc.constant("open"),
        }),
        { maxLength: 3 },
      ),
      part: id,
      whole: id,
      again: id,
    });
    fc.assert(
      fc.property(arbitrary, ({ status, flags, remediations, involvements, part, whole: on, again }) => {
        const json = structuredClone(whole) as {
          vulnerabilities: Record<string, unknown>[];
          product_tree: { relationships: Record<string, unknown>[]; full_product_names: Record<string, unknown>[] };
        };
        Object.assign(json.vulnerabilities[0] ?? {}, { product_status: status, flags, remediations, involvements });
        Object.assign(json.product_tree.relationships[0] ?? {}, { product_reference: part, relates_to_product_reference: on });
        Object.assign(json.product_tree.full_product_names[1] ?? {}, { product_id: again });
        const broken = new Set(mandatoryBreaches(json).map(({ test }) => test));
        for (const test of own) expect([test, !broken.has(test)]).toEqual([test, run(test, json)]);
      }),
      { numRuns: 300 },
    );
  });
});

it("agrees with the test documents that come with the library", () => {
  const folder = new URL("../../../node_modules/@secvisogram/csaf-validator-lib/tests/", import.meta.url);
  const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, folder), "utf8"));
  let seen = 0;
  for (const name of readdirSync(folder)) {
    const test = /^mandatoryTest_(\d+(?:_\d+)*)$/.exec(name)?.[1]?.replaceAll("_", ".");
    if (test === undefined || test === "6.1.8") continue;
    for (const kind of readdirSync(new URL(`${name}/`, folder)))
      for (const file of readdirSync(new URL(`${name}/${kind}/`, folder))) {
        seen++;
        const breaks = mandatoryBreaches(read(`${name}/${kind}/${file}`)).some((breach) => breach.test === test);
        expect([file, breaks]).toEqual([file, kind === "failing"]);
      }
  }
  expect(seen).toBeGreaterThan(20);
});

it("takes a line of relationships that doubles the ways each time", () => {
  const relationships = Array.from({ length: 2000 }, (_, index) => ({
    category: "default_component_of",
    product_reference: index === 0 ? "A" : `R${index - 1}`,
    relates_to_product_reference: index === 0 ? "B" : `R${index - 1}`,
    full_product_name: { name: "x", product_id: `R${index}` },
  }));
  const full = [
    { name: "a", product_id: "A" },
    { name: "b", product_id: "B" },
  ];
  const json = changed({ "/product_tree/relationships": relationships, "/product_tree/full_product_names": full });
  expect(mandatoryBreaches(json).filter(({ test }) => test === "6.1.3")).toEqual([]);
  Object.assign(relationships[0] ?? {}, { product_reference: "R1999" });
  const round = mandatoryBreaches(changed({ "/product_tree/relationships": relationships, "/product_tree/full_product_names": full }));
  expect(round.filter(({ test }) => test === "6.1.3")).toHaveLength(3999);
});

it("says something of documents that are nothing like CSAF, and throws on none", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (tree, vulnerabilities) => {
      mandatoryBreaches({ document: tree, product_tree: tree, vulnerabilities });
      mandatoryBreaches(tree);
    }),
    { numRuns: 300 },
  );
});
