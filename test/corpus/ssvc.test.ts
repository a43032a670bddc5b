/** The SSVC tables of the standard library decide what CERT/CC publishes, row by row; its other tables can be imported. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TableDefinition } from "../../language/core/ir.ts";
import { compileFiles } from "../golden/compile.ts";

const corpus = new URL("../../../shared/corpus/ssvc/", import.meta.url);
const isAbsent = !existsSync(corpus);

function published(path: string): string {
  return readFileSync(new URL(path, corpus), "utf8");
}

/** Compiles declarations beside `ssvc`, with one published file at hand. */
function tableOf(declarations: string, key: string, file?: string): TableDefinition | undefined {
  const source = `module site\nimport waybill.ssvc\n${declarations}`;
  const files = new Map([["site.scp", source], ...(file === undefined ? [] : [["table.csv", published(file)] as const])]);
  const { value, diagnostics } = compileFiles(files);
  expect(diagnostics.filter((d) => d.level === "error").map((d) => d.message)).toEqual([]);
  return value.tables.find((table) => table.key === key);
}

describe.skipIf(isAbsent)("SSVC", () => {
  it.each([
    [
      "deployer_priority",
      "ssvc/deployer_patch_application_priority_1_0_0.csv",
      "table t(exploitation: ssvc.Exploitation, exposure: ssvc.Exposure, automatable: ssvc.Answer, impact: ssvc.Impact) -> ssvc.Priority monotone",
    ],
    ["human_impact", "ssvc/human_impact_1_0_0.csv", "table t(safety: ssvc.Safety, mission: ssvc.Mission) -> ssvc.Impact monotone"],
  ])("decides %s as published", (name, file, declaration) => {
    const own = tableOf("", `waybill.ssvc.${name}`);
    const theirs = tableOf(`${declaration} from "table.csv"`, "site.t", file);
    expect(own?.outcomes).toEqual(theirs?.outcomes);
    expect(theirs?.outcomes.length).toBeGreaterThan(1);
  });

  it("decides the coordinator's triage and utility as published, whose two-valued points are Booleans here", () => {
    const yes = new Set(["yes", "credible", "multiple", "active", "significant", "concentrated"]);
    const utilities = ["laborious", "efficient", "super effective"];
    for (const [name, file, outcomes] of [
      ["coordinator_triage", "ssvc/coordinator_triage_1_0_0.csv", ["decline", "track", "coordinate"]],
      ["utility", "ssvc/utility_1_0_0.csv", utilities],
    ] as const) {
      const own = tableOf("", `waybill.ssvc.${name}`);
      const rows = published(file)
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.split(",").slice(1));
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

  it("imports the tables of CISA, as they are", () => {
    const levels = "enum Level { low < medium < high }\nenum Track { track < track_star < attend < act }\n";
    const cisa = tableOf(
      `${levels}table t(exploitation: ssvc.Exploitation, automatable: ssvc.Answer, technical_impact: ssvc.Extent, mission: Level) -> Track monotone from "table.csv"`,
      "site.t",
      "cisa/cisa_coordinator_2_0_3.csv",
    );
    expect(cisa?.outcomes).toHaveLength(36);
    const due = "enum Due { fix_on_system_upgrade < _60_days < _14_days < _3_days < _3_days_forensic_investigation }\n";
    const parameters = "in_kev: ssvc.Answer, publicly_exposed: ssvc.Answer, automatable: ssvc.Answer, technical_impact: ssvc.Extent";
    const bod = tableOf(`${due}table t(${parameters}) -> Due monotone from "table.csv"`, "site.t", "cisa/cisa_bod_26_04_1_0_0.csv");
    expect(bod?.outcomes).toHaveLength(16);
  });
});
