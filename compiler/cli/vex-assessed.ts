/** What the `vex` declarations of a call say of the findings in a subject: wrong use is told as `vex emit` and `why` tell it. */
import { type Assessed, type AssessOptions, assess, vexesAbout } from "../../engine/evaluate/assess.ts";
import type { Program } from "../../language/core/ir.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { type Case, type Gathered, requestOf } from "./gathered.ts";
import { refusalDiagnostic } from "./policies.ts";
import { exit, Stop } from "./shell/exit.ts";

/** Which row of a declaration decided, in words; `row` counts from 0. */
export function derivedBy(program: Program, declaration: string, row: number): string {
  const rows = program.vexes.find((vex) => vex.name === declaration)?.rows.length ?? 0;
  return row < rows ? `row ${row + 1} of ${rows}` : "`else`";
}

/** Wrong use where no declaration is about the subject's kind, and where no scan is about the subject. */
export function assessedOf(gathered: Gathered, one: Case, options: Omit<AssessOptions, "explain">): Assessed {
  const { policies } = gathered;
  const { kind, name } = one.subject;
  if (vexesAbout(policies.compiled.program, kind).length === 0) throw notAbout(kind, policies.compiled.program);
  const answer = assess(policies.compiled, requestOf(gathered, one), { explain: true, ...options });
  if (answer.kind === "refusal") throw new Stop(exit.usage, [refusalDiagnostic(answer.refusal)], policies.project.sources);
  if (!answer.assessed.scanned)
    throw new Stop(exit.usage, [
      diagnostic("WB1254", { subject: name }, undefined, {
        notes: answer.assessed.open.map((want) => want.detail),
        help: "give the report of a scanner with `--evidence`; one that names a digest is about that digest",
      }),
    ]);
  return answer.assessed;
}

/** No declaration that was loaded, or none of those that were asked for, is about findings in the kind. */
export function notAbout(kind: string, { vexes }: Pick<Program, "vexes">): Stop {
  const loaded = [...new Set(vexes.map((vex) => vex.subject))].sort();
  return new Stop(exit.usage, [
    diagnostic("WB1252", { kind, loaded }, undefined, {
      help: `write one: \`vex NAME for finding in ${kind} { … else under_investigation }\``,
    }),
  ]);
}
