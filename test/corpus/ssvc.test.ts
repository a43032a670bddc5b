/** The published decision tables import, total and without dead rows, and what the library decides is what they say, row by row. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TableDefinition } from "../../language/core/ir.ts";
import { compileFiles } from "../golden/compile.ts";

const corpus = new URL("../../../shared/corpus/ssvc/", import.meta.url);
const isAbsent = !existsSync(corpus);
const pack = readFileSync(new URL("../../policies/packs/bod-26-04/bod-26-04.scp", import.meta.url), "utf8");

/** What a published file says: its columns, the last of them the result, and the values of each in order of appearance. */
interface Published {
  readonly text: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly values: readonly (readonly string[])[];
}

/** Orders of results that a file does not show by where a value appears first. */
const ranks: readonly (readonly string[])[] = [
  ["low", "medium", "high", "very high"],
  ["fix on system upgrade", "60 days", "14 days", "3 days", "3 days & forensic investigation"],
];

function ranked(values: readonly string[]): readonly string[] {
  const order = ranks.find((rank) => values.every((value) => rank.includes(value)));
  return order?.filter((value) => values.includes(value)) ?? values;
}

/** Read apart from the reader under test: no field of these files holds a quote or a line end. */
function published(path: string): Published {
  const text = readFileSync(new URL(path, corpus), "utf8");
  const [headers = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => [...line.matchAll(/(?:"([^"]*)"|([^",]+))(?:,|$)/g)].slice(1).map((match) => match[1] ?? match[2] ?? ""));
  return {
    text,
    headers,
    rows,
    values: headers.map((_, column) => {
      const values = [...new Set(rows.map((row) => row[column] ?? ""))];
      return column === headers.length - 1 ? ranked(values) : values;
    }),
  };
}

function variant(value: string): string {
  const name = value
    .toLowerCase()
    .replaceAll("*", " star ")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .join("_");
  return /^\d/.test(name) ? `_${name}` : name;
}

function parameter(header: string): string {
  return variant(header.replace(/\(cisa\)|\(cvss\)/g, "").replace(/v\d+\.\d+\.\d+\s*$/, ""));
}

/** SSVC's JSON (schema 2.0.0) with what a CSV says. */
function asJson({ headers, rows, values }: Published): string {
  const ids = headers.map((_, column) => `test:P${column}:1.0.0`);
  const points = headers.map((header, column) => [
    ids[column],
    {
      namespace: "test",
      key: `P${column}`,
      version: "1.0.0",
      name: header.replace(/\s*v\d+\.\d+\.\d+.*$/, ""),
      schemaVersion: "2.0.0",
      values: values[column]?.map((name, key) => ({ key: `K${key}`, name })),
    },
  ]);
  const mapping = rows.map((row) =>
    Object.fromEntries(row.map((value, column) => [ids[column], `K${values[column]?.indexOf(value)}`] as const)),
  );
  return JSON.stringify({ schemaVersion: "2.0.0", decision_points: Object.fromEntries(points), outcome: ids.at(-1), mapping });
}

/** Compiles declarations beside the library, with files at hand. */
function tableOf(key: string, declarations: string, files: readonly (readonly [string, string])[] = []): TableDefinition | undefined {
  const source = `module site\nimport waybill.ssvc, waybill.vuln\n${declarations}`;
  const { value, diagnostics } = compileFiles(new Map([["site.scp", source], ["bod-26-04.scp", pack], ...files]));
  expect(diagnostics.filter((d) => d.level === "error").map((d) => d.message)).toEqual([]);
  return value.tables.find((table) => table.key === key);
}

/** A table over enums that are made of a file's own values, as the file orders them. */
function declarationOf(file: Published, from: string, monotone: boolean): string {
  const enums = file.values.map((values, column) => `enum E${column} { ${values.map(variant).join(" < ")} }`);
  const parameters = file.headers.slice(0, -1).map((header, column) => `${parameter(header)}: E${column}`);
  const result = `E${file.headers.length - 1}${monotone ? " monotone" : ""}`;
  return `${enums.join("\n")}\ntable t(${parameters.join(", ")}) -> ${result} from "${from}"`;
}

function outcomesByRow(file: Published, table: TableDefinition | undefined): readonly (number | undefined)[] {
  return file.rows
    .map((row) =>
      row.slice(0, -1).reduce((base, value, column) => {
        const values = file.values[column] ?? [];
        return base * values.length + values.indexOf(value);
      }, 0),
    )
    .map((index) => table?.outcomes[index]);
}

/** Every operand of these rises with danger; a report that is public is less work for a coordinator, not more. */
const notMonotone = ["ssvc/coordinator_triage_1_0_0.csv"];

describe.skipIf(isAbsent)("a published table", () => {
  const files = isAbsent
    ? []
    : readdirSync(corpus, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".csv"))
        .sort();

  it("is there for each that the reference names", () => {
    expect(files.length).toBe(16);
  });

  it.each(files)("%s imports as it is, total and monotone, from CSV and from JSON", (path) => {
    const file = published(path);
    const monotone = !notMonotone.includes(path);
    const csv = tableOf("site.t", declarationOf(file, "ssvc/table.csv", monotone), [["ssvc/table.csv", file.text]]);
    expect(csv?.outcomes).toHaveLength(file.rows.length);
    expect(outcomesByRow(file, csv)).toEqual(file.rows.map((row) => file.values.at(-1)?.indexOf(row.at(-1) ?? "")));
    const json = tableOf("site.t", declarationOf(file, "table.json", monotone), [["table.json", asJson(file)]]);
    expect(json?.outcomes).toEqual(csv?.outcomes);
  });
});

describe.skipIf(isAbsent)("the library", () => {
  it.each([
    [
      "waybill.ssvc.deployer_priority",
      "ssvc/deployer_patch_application_priority_1_0_0.csv",
      "exploitation: vuln.Exploitation, exposure: ssvc.Exposure, automatable: ssvc.Answer, impact: ssvc.Impact",
      "ssvc.Priority",
      72,
    ],
    [
      "waybill.ssvc.supplier_priority",
      "ssvc/supplier_patch_development_priority_1_0_0.csv",
      "exploitation: vuln.Exploitation, utility: ssvc.Utility, technical: vuln.TechnicalImpact, safety: ssvc.PublicSafety",
      "ssvc.Priority",
      36,
    ],
    ["waybill.ssvc.human_impact", "ssvc/human_impact_1_0_0.csv", "safety: ssvc.Safety, mission: ssvc.Mission", "ssvc.Impact", 16],
    ["waybill.ssvc.public_safety", "ssvc/public_safety_impact_1_0_0.csv", "safety: ssvc.Safety", "ssvc.PublicSafety", 4],
    [
      "waybill.ssvc.coordinator_publish",
      "ssvc/coordinator_publish_decision_table_1_0_0.csv",
      "supplier: ssvc.Involvement, exploitation: vuln.Exploitation, value: ssvc.PublicValue",
      "ssvc.Publication",
      27,
    ],
    [
      "waybill.ssvc.cisa_coordinator",
      "cisa/cisa_coordinator_2_0_3.csv",
      "exploitation: vuln.Exploitation, automatable: ssvc.Answer, technical: vuln.TechnicalImpact, mission: ssvc.WellBeing",
      "ssvc.Level",
      36,
    ],
    [
      "waybill.bod_26_04.remediation",
      "cisa/cisa_bod_26_04_1_0_0.csv",
      "in_kev: Bool, publicly_exposed: Bool, automatable: Bool, technical_impact: vuln.TechnicalImpact",
      "bod_26_04.Timeline",
      16,
    ],
  ])("decides %s as published", (key, path, parameters, result, rows) => {
    const own = tableOf(key, "");
    const imports = result.startsWith("bod") ? "import waybill.bod_26_04\n" : "";
    const declaration = `${imports}table t(${parameters}) -> ${result} monotone from "table.csv"`;
    const theirs = tableOf("site.t", declaration, [["table.csv", published(path).text]]);
    expect(theirs?.outcomes).toHaveLength(rows);
    expect(own?.outcomes).toEqual(theirs?.outcomes);
  });

  it("decides the coordinator's triage and utility as published, whose two-valued points are Booleans here", () => {
    const yes = new Set(["yes", "credible", "multiple", "active", "significant", "concentrated"]);
    const utilities = ["laborious", "efficient", "super effective"];
    for (const [name, path, outcomes] of [
      ["coordinator_triage", "ssvc/coordinator_triage_1_0_0.csv", ["decline", "track", "coordinate"]],
      ["utility", "ssvc/utility_1_0_0.csv", utilities],
    ] as const) {
      const own = tableOf(`waybill.ssvc.${name}`, "");
      const { rows } = published(path);
      expect(rows.length).toBe(own?.outcomes.length);
      for (const row of rows) {
        const index = row
          .slice(0, -1)
          .reduce(
            (base, value) => (utilities.includes(value) ? base * 3 + utilities.indexOf(value) : base * 2 + (yes.has(value) ? 1 : 0)),
            0,
          );
        expect([row.join(), own?.outcomes[index]]).toEqual([row.join(), (outcomes as readonly string[]).indexOf(row.at(-1) ?? "")]);
      }
    }
  });
});
