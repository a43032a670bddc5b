/** What each of CycloneDX's and CISA's VEX use cases says, read without loss. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { admit } from "../../engine/evidence/door.ts";
import { validateVex } from "../../engine/evidence/vex/validate.ts";
import { type DataRecord, Lack } from "../../language/core/data.ts";

const folder = new URL("../../../shared/corpus/cyclonedx/vex/", import.meta.url);
const here = existsSync(folder);
const absent = "the corpus is not beside the checkout";

/** A statement in a line: what it says, and of what; the same of several vulnerabilities is said once. */
function lines(statements: readonly DataRecord[]): readonly string[] {
  const told = new Map<string, string[]>();
  for (const one of statements) {
    const { status, justification, state, own_justification: own } = one;
    const products = (one["products"] as readonly DataRecord[]).map((product) => {
      const { id, name, version, versions } = product;
      const of = String(id).replace(/^urn:cdx:(\w{4})[\w-]*/, "$1");
      return `${of}${name === undefined ? "" : ` (${String(name)})`} ${versions instanceof Lack ? "?" : String(version ?? versions ?? "*")}`;
    });
    const words = `${String(status)} [${[justification, state, own].filter((word) => word !== undefined).join(" ")}]`;
    const line = `${words} ${products.join(", ")}`.trimEnd();
    told.set(line, [...(told.get(line) ?? []), String(one["vulnerability"])]);
  }
  return [...told].map(([line, ids]) => `${ids.length === 1 ? ids[0] : `${ids.length} of ${ids[0]}`}: ${line}`);
}

const expected: Readonly<Record<string, readonly string[]>> = {
  "CISA-Use-Cases/Case-1/vex-affected.json": ["CVE-2021-44228: affected [exploitable] product-DEF (DEF) 1.0"],
  "CISA-Use-Cases/Case-1/vex-fixed.json": ["CVE-2021-44228: fixed [resolved] product-DEF (DEF) 1.1"],
  "CISA-Use-Cases/Case-1/vex-not_affected.json": [
    "CVE-2021-44228: not_affected [vulnerable_code_not_present not_affected code_not_present] product-ABC (ABC) 4.2",
  ],
  "CISA-Use-Cases/Case-1/vex-under_investigation.json": ["CVE-2021-44228: under_investigation [in_triage] product-GHI (GHI) 17.4"],
  "CISA-Use-Cases/Case-2/vex.json": [
    "19 of CVE-2020-11896: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] product-ABC (ABC) 4.2",
  ],
  "CISA-Use-Cases/Case-3/vex.json": [
    "5 of CVE-2020-11896: under_investigation [in_triage] product-GHI (GHI) 17.4",
    "6 of CVE-2020-11897: not_affected [vulnerable_code_not_present not_affected code_not_present] product-GHI (GHI) 17.4",
    "5 of CVE-2020-11898: affected [exploitable] product-GHI (GHI) 17.4",
    "3 of CVE-2020-11901: fixed [resolved] product-GHI (GHI) 17.4",
  ],
  "CISA-Use-Cases/Case-4/vex.json": [
    "CVE-2021-44228: affected [exploitable] product-ABC (ABC) 2.4, product-ABC (ABC) 2.6, product-ABC (ABC) vers:generic/>=2.9|<=4.1",
  ],
  "CISA-Use-Cases/Case-5/vex.json": ["CVE-2021-44228: under_investigation [in_triage] product-XYZ (XYZ) *"],
  "CISA-Use-Cases/Case-6/vex.json": [
    "CVE-2021-44228: affected [exploitable] product-ABC (ABC) 2.4, product-ABC (ABC) 2.6, product-ABC (ABC) vers:generic/>=2.9|<=4.1",
    "CVE-2021-44228: not_affected [vulnerable_code_not_present not_affected code_not_present] product-ABC (ABC) vers:generic/>=1.0|<=2.3, product-ABC (ABC) 2.5, product-ABC (ABC) vers:generic/>=2.7|<=2.8, product-ABC (ABC) 4.2",
  ],
  "CISA-Use-Cases/Case-7/vex.json": [
    "CVE-2021-44228: affected [exploitable] cbb2/1#product-ABC 2.4, cbb2/1#product-ABC 2.6, cbb2/1#product-ABC vers:generic/>=2.9|<=4.1, e4c3/1#product-JKL vers:generic/>=4.5|<=5.0",
    "CVE-2021-44228: not_affected [vulnerable_code_not_present not_affected code_not_present] cbb2/1#product-ABC vers:generic/>=1.0|<=2.3, cbb2/1#product-ABC 2.5, cbb2/1#product-ABC vers:generic/>=2.7|<=2.8, cbb2/1#product-ABC 4.2",
    "CVE-2021-44228: not_affected [vulnerable_code_not_present not_affected code_not_present] e4c3/1#product-JKL vers:generic/>=1.0|<=4.4",
    "CVE-2021-44228: fixed [resolved] e4c3/1#product-JKL 5.1",
  ],
  "CISA-Use-Cases/Case-8/vex.json": [
    "CVE-2021-44228: affected [exploitable] cbb2/1#product-ABC 2.4, cbb2/1#product-ABC 2.6, cbb2/1#product-ABC vers:generic/>=2.9|<=4.1, e4c3/1#product-JKL vers:generic/>=4.5|<=5.0",
    "CVE-2021-44228: not_affected [vulnerable_code_not_present not_affected code_not_present] cbb2/1#product-ABC vers:generic/>=1.0|<=2.3, cbb2/1#product-ABC 2.5, cbb2/1#product-ABC vers:generic/>=2.7|<=2.8, cbb2/1#product-ABC 4.2",
    "2 of CVE-2021-44228: not_affected [vulnerable_code_not_present not_affected code_not_present] e4c3/1#product-JKL vers:generic/>=1.0|<=4.4",
    "CVE-2021-44228: fixed [resolved] e4c3/1#product-JKL 5.1, e4c3/1#product-JKL 5.2",
    "CVE-2021-45105: affected [exploitable] cbb2/1#product-ABC 2.4, cbb2/1#product-ABC 2.6, cbb2/1#product-ABC vers:generic/>=2.9|<=4.1, e4c3/1#product-JKL vers:generic/>=4.5|<=5.0, e4c3/1#product-JKL 5.1",
    "CVE-2021-45105: not_affected [vulnerable_code_not_present not_affected code_not_present] cbb2/1#product-ABC vers:generic/>=1.0|<=2.3, cbb2/1#product-ABC 2.5, cbb2/1#product-ABC vers:generic/>=2.7|<=2.8, cbb2/1#product-ABC 4.2, e4c3/1#product-JKL vers:generic/>=1.0|<=4.4, e4c3/1#product-JKL 5.2",
    "CVE-2021-45105: fixed [resolved] e4c3/1#product-JKL 5.2",
  ],
  "Use-Cases/Case-1/vex.json": [
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] acme-product (Acme Product) 2.4.0",
  ],
  "Use-Cases/Case-2/vex.json": ["CVE-2020-25649: affected [exploitable] acme-product (Acme Product) 2.4.0"],
  "Use-Cases/Case-3/vex.json": ["CVE-2020-25649: under_investigation [in_triage] acme-product (Acme Product) 2.4.0"],
  "Use-Cases/Case-4/vex.json": [
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] acme-product (Acme Product) vers:semver/>=2.2.0|<=2.4.0",
  ],
  "Use-Cases/Case-5/vex.json": [
    "CVE-2020-25649: affected [exploitable] acme-product (Acme Product) vers:semver/>=1.5.0|<7.0.0",
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] acme-product (Acme Product) vers:semver/<1.5.0|>=7.0.0",
  ],
  "Use-Cases/Case-6/vex.json": [
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] 2c38/1#acme-product-1 *, 6ffa/1#acme-product-2 *, 240b/1#acme-product-3 *",
  ],
  "Use-Cases/Case-7/vex.json": ["CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable]"],
  "Use-Cases/Case-8/vex.json": [
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] acme-product (Acme Product) vers:semver/>=2.0.0|<=2.7.0, acme-product (Acme Product) vers:semver/>=3.0.0|<=3.2.0, acme-product (Acme Product) vers:semver/>=3.8.0|<=4.1.0, acme-product (Acme Product) 5.9.0",
  ],
  "Use-Cases/Case-9/vex.json": [
    "19 of CVE-2020-11896: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] 2c38/1#acme-product-1 *, 6ffa/1#acme-product-2 *, 240b/1#acme-product-3 *",
  ],
  "Use-Cases/Case-10/vex.json": [
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] acme-product (Acme Product) 2.2.0, acme-product (Acme Product) 2.2.1, acme-product (Acme Product) 2.2.2, acme-product (Acme Product) 2.3.0, acme-product (Acme Product) 2.3.1, acme-product (Acme Product) 2.3.1, acme-product (Acme Product) 2.3.2, acme-product (Acme Product) 2.3.3, acme-product (Acme Product) 2.3.4, acme-product (Acme Product) 2.3.5, acme-product (Acme Product) 2.3.6, acme-product (Acme Product) 2.3.7, acme-product (Acme Product) 2.4.0",
  ],
  "Use-Cases/Case-11/vex.json": [
    "19 of CVE-2020-11896: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] acme-product (Acme Product) 2.2.0",
  ],
  "Use-Cases/Case-12/vex.json": [
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] acme-product (Acme Product) 2.2.0",
    "CVE-2020-35491: affected [exploitable] acme-product (Acme Product) 2.2.0",
    "CVE-2020-14195: not_affected [not_affected protected_by_mitigating_control] acme-product (Acme Product) 2.2.0",
  ],
  "Use-Cases/Case-13/vex.json": [
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] 2c38/1#acme-product-1 *, 6ffa/1#acme-product-2 *",
    "CVE-2020-25649: affected [exploitable] 240b/1#acme-product-3 *",
  ],
  "vex.json": [
    "CVE-2020-25649: not_affected [vulnerable_code_not_in_execute_path not_affected code_not_reachable] 3e67/1#pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.10.0?type=jar *",
  ],
};

/** What cannot be matched, and is told: a product by its name alone, and a statement about every product there is. */
const told: Readonly<Record<string, string>> = {
  "CISA-Use-Cases/Case-5/vex.json": "1 of 1 products names no purl, digest, BOM-Link or version, so it matches nothing: `product-XYZ`",
  "Use-Cases/Case-7/vex.json": "1 vulnerability names no product, so what is said of it matches nothing",
};

async function read(name: string) {
  const bytes = readFileSync(new URL(name, folder));
  return { bytes, ...(await admit(bytes, name, "sha256:00")) };
}

it("knows every use case", (context) => {
  context.skip(!here, absent);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /vex[^/]*\.json$/.test(name));
  expect(Object.keys(expected).sort()).toEqual(names.sort());
});

it.skipIf(!here).each(Object.entries(expected))("%s says what it says", async (name, said) => {
  const { value, diagnostics } = await read(name);
  const vex = value.find(({ type }) => type === "waybill.vex.Document");
  expect(lines((vex?.data["statements"] ?? []) as readonly DataRecord[])).toEqual(said);
  expect(diagnostics.map(({ message }) => message)).toEqual(name in told ? [told[name]] : []);
});

it.skipIf(!here).each(Object.keys(expected))("%s is valid", async (name) => {
  const { bytes } = await read(name);
  expect(await validateVex(bytes, name)).toEqual({ format: "cyclonedx", valid: true, errors: [] });
});

it.skipIf(!here)("keeps every word of the analyses", async () => {
  for (const name of Object.keys(expected)) {
    const { bytes, value } = await read(name);
    const statements = (value.find(({ type }) => type === "waybill.vex.Document")?.data["statements"] ?? []) as readonly DataRecord[];
    const { vulnerabilities } = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly vulnerabilities: readonly {
        readonly id: string;
        readonly analysis: Readonly<Record<string, unknown>>;
        readonly recommendation?: string;
      }[];
    };
    const words = vulnerabilities.map(({ id, analysis, recommendation }) => {
      const { state, justification, response, detail } = analysis;
      return [id, state, justification, response ?? [], detail, recommendation];
    });
    const kept = statements.map((one) => [
      one["vulnerability"],
      one["state"],
      one["own_justification"],
      one["responses"],
      one["impact"] ?? one["notes"],
      one["action"],
    ]);
    expect(kept).toEqual(words);
  }
});
