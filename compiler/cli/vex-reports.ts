/** What VEX said to the clauses of decisions: what `gate` and `eval` show beside them. */
import { reportOfRead, vexDocumentType } from "../../engine/decide/vex-reading.ts";
import type { VexReport } from "../../engine/decide/vex-report.ts";
import type { Decision } from "../../engine/evaluate/evaluate.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { Program } from "../../language/core/ir.ts";
import { evidencePlan } from "../analysis/plan.ts";

/** A decision with the evidence that it was made by. */
export interface Judged {
  readonly decision: Decision;
  readonly evidence: readonly Evidence[];
}

/** For subjects of whose kind some clause asks, and for those whose word it takes. */
export function vexReports(program: Program, judged: readonly Judged[]): readonly VexReport[] {
  const plans = evidencePlan(program);
  const isAsked = (kind: string, trust: string | undefined): boolean =>
    plans.some(
      (plan) =>
        (plan.kind === kind || (plan.kind === "artifact" && kind === "image")) &&
        plan.needs.some((need) => need.type === vexDocumentType && need.trust === trust),
    );
  return judged.flatMap(({ decision, evidence }) =>
    (decision.vex ?? [])
      .filter(({ trust }) => isAsked(decision.subject.kind, trust))
      .map((read) => reportOfRead(decision.subject, read, evidence)),
  );
}
