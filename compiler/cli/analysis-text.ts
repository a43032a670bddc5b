/** Coverage and mutation for people. */
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import type { Sources } from "../../language/diagnostics/render/lines.ts";
import { ansi, type Palette, plain } from "../../language/diagnostics/render/palette.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import { plural } from "../../language/diagnostics/render/wrap.ts";
import type { Coverage } from "../analysis/coverage.ts";
import type { MutationReport } from "../analysis/mutation/run.ts";

export interface AnalysisTexts {
  readonly sources: Sources;
  readonly colour: boolean;
  readonly width: number;
}

function percent(ratio: number): string {
  return `${(Math.floor(ratio * 1000) / 10).toFixed(1)} %`;
}

/** The source at a place, on one line. */
function quote(at: Location, texts: AnalysisTexts): string {
  const text = texts.sources(at.path)?.text.slice(at.start, at.end).replace(/\s+/g, " ") ?? "";
  return visible(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

function paletteOf(texts: AnalysisTexts): Palette {
  return texts.colour ? ansi : plain;
}

/** What no test reached, a line each, then the share that was reached. */
export function coverageText(coverage: Coverage, texts: AnalysisTexts): string {
  const palette = paletteOf(texts);
  const out: string[] = [];
  for (const clause of coverage.clauses) {
    const name = visible(clause.label === null ? clause.policy : `${clause.policy}.${clause.label}`);
    const missed = (["passed", "violated"] as const).filter((outcome) => !clause.outcomes.includes(outcome));
    if (missed.length > 0) out.push(`${place(clause.at, texts.sources)}: ${palette.warning(`never ${missed.join(" or ")}`)} ${name}`);
    for (const gap of clause.gaps)
      out.push(`${place(gap.at, texts.sources)}: ${palette.warning(`never ${gap.never}`)} ${quote(gap.at, texts)}`);
  }
  for (const table of coverage.tables) {
    for (const row of table.unreached)
      out.push(`${place(row.at, texts.sources)}: ${palette.warning("row never reached")} ${quote(row.at, texts)}`);
  }
  for (const vex of coverage.vexes) {
    for (const row of vex.unreached)
      out.push(`${place(row.at, texts.sources)}: ${palette.warning("row never decides")} ${quote(row.at, texts)}`);
    for (const gap of vex.gaps)
      out.push(`${place(gap.at, texts.sources)}: ${palette.warning(`never ${gap.never}`)} ${quote(gap.at, texts)}`);
  }
  const rows = coverage.vexes.length === 0 ? "table rows" : "rows of tables and `vex`";
  out.push(`coverage ${percent(coverage.ratio)} of clause outcomes and ${rows}`);
  return out.join("\n");
}

/** Mutants that no test noticed, a line each, then the score. */
export function mutationText(report: MutationReport, texts: AnalysisTexts): string {
  const palette = paletteOf(texts);
  const out = report.survivors.map(
    (one) => `${place(one.at, texts.sources)}: ${palette.warning("survived")} ${visible(one.change)}: ${quote(one.at, texts)}`,
  );
  for (const title of report.failing) out.push(`${palette.error("left out")} because it fails without any change: ${visible(title)}`);
  const all = report.killed + report.survivors.length;
  out.push(`mutation ${percent(report.score)}: ${report.killed} of ${plural(all, "mutant")} killed`);
  return out.join("\n");
}

/** Coverage of groups of files, each file in one of them. */
export function joinCoverage(parts: readonly Coverage[]): Coverage {
  const clauses = parts.flatMap((part) => part.clauses);
  const tables = parts.flatMap((part) => part.tables);
  const vexes = parts.flatMap((part) => part.vexes);
  const weight = (part: Coverage): number =>
    part.clauses.length * 2 + [...part.tables, ...part.vexes].reduce((sum, table) => sum + table.rows, 0);
  const all = parts.reduce((sum, part) => sum + weight(part), 0);
  const reached = parts.reduce((sum, part) => sum + part.ratio * weight(part), 0);
  return { clauses, tables, vexes, ratio: all === 0 ? 1 : reached / all };
}

export function joinMutation(parts: readonly MutationReport[]): MutationReport {
  const killed = parts.reduce((sum, part) => sum + part.killed, 0);
  const survivors = parts.flatMap((part) => part.survivors);
  const all = killed + survivors.length;
  return { killed, survivors, failing: parts.flatMap((part) => part.failing), score: all === 0 ? 1 : killed / all };
}
