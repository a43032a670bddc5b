/** `npm run bench`: every bar, measured and printed. Names of groups as arguments measure those only. */
import { cpus, loadavg } from "node:os";
import { batchBars } from "./batch.ts";
import { checkBars } from "./check.ts";
import { decisionBars } from "./decision.ts";
import { gateBars } from "./gate.ts";
import type { Bar } from "./measure.ts";
import { closeWorkshop, openWorkshop, type Workshop } from "./processes.ts";
import { registryBars } from "./registry.ts";
import { conftestBars, startupBars } from "./startup.ts";
import { verifyBars } from "./verify.ts";
import { versionBars } from "./version.ts";
import { vexBars } from "./vex.ts";

interface Skipped {
  readonly work: string;
  readonly skipped: string;
}
type Row = Bar | Skipped;

const groups: Readonly<Record<string, (workshop: Workshop) => readonly Row[] | Promise<readonly Row[]>>> = {
  decision: decisionBars,
  gate: gateBars,
  check: checkBars,
  startup: startupBars,
  conftest: conftestBars,
  batch: batchBars,
  verify: verifyBars,
  registry: registryBars,
  version: versionBars,
  vex: vexBars,
};

function cells(row: Row): readonly string[] {
  if ("skipped" in row) return [row.work, "", "", "skipped", row.skipped];
  const { work, ratio, direction, bar, detail } = row;
  const holds = direction === "<=" ? ratio <= bar : ratio >= bar;
  return [work, ratio.toFixed(ratio < 10 ? 2 : 1), `${direction === "<=" ? "≤" : "≥"} ${bar}`, holds ? "ok" : "over", detail];
}

const named = process.argv.slice(2);
const unknown = named.find((name) => groups[name] === undefined);
if (unknown !== undefined) throw new Error(`\`${unknown}\` is no group of benchmarks; groups are ${Object.keys(groups).join(", ")}`);
const workshop = await openWorkshop();

/** The rows of a group; one that cannot be measured is a row too, and the others are measured all the same. */
async function rowsOf(name: string): Promise<readonly Row[]> {
  try {
    return (await groups[name]?.(workshop)) ?? [];
  } catch (problem) {
    process.exitCode = 1;
    return [{ work: `${name}: not measured`, skipped: String(problem instanceof Error ? problem.message : problem).replaceAll("\n", " ") }];
  }
}

try {
  const [first] = cpus();
  process.stdout.write(
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} × ${first?.model.trim() ?? "?"}, load ${loadavg()[0]?.toFixed(1)}\n\n`,
  );
  process.stdout.write("| work | ratio | bar | | detail |\n|---|---|---|---|---|\n");
  for (const name of named.length > 0 ? named : Object.keys(groups)) {
    for (const row of await rowsOf(name)) process.stdout.write(`| ${cells(row).join(" | ")} |\n`);
  }
} finally {
  closeWorkshop(workshop);
}
