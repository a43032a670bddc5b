/** What the machine formats agree on: one row for each thing that somebody should look at. */
import type { Effect } from "../../language/core/ir.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import type { Citation, ClauseResult, Decision } from "../evaluate/decision.ts";
import { clauseMessage, clauseName, distinct, factLines, notPassed, type Report, type Texts } from "./report.ts";
import { assumptionText, wantText } from "./text.ts";

export interface ReportRow {
  readonly decision: Decision;
  /** Absent for a subject that nothing covers. */
  readonly clause?: ClauseResult;
  /** `acme.findings.fixable.critical`, or `uncovered`. */
  readonly rule: string;
  readonly effect: Effect;
  /** One line. */
  readonly message: string;
  /** Wants, assumptions and advice, a line each. */
  readonly details: readonly string[];
  readonly at?: Location;
  readonly citations: readonly Citation[];
  /** Equal for the same finding on the next run, different for every other. */
  readonly fingerprint: string;
}

/** Wants, assumptions and advice of a clause, a line each. */
export function clauseDetails(clause: ClauseResult): readonly string[] {
  return [
    ...clause.wants.map((want) => `${want.cause}: ${wantText(want)}`),
    ...clause.assumptions.map((assumption) => `assumes ${assumptionText(assumption)}`),
    ...clause.advice.map((code) => `help: ${code}`),
  ];
}

function clauseRows(decision: Decision, clause: ClauseResult, texts: Texts): readonly ReportRow[] {
  const rule = clauseName(clause, place(clause.at, texts.policies));
  const base = { decision, clause, rule, effect: clause.effect, at: clause.at };
  const fingerprint = [rule, decision.point, decision.subject.kind, decision.subject.name];
  const details = clauseDetails(clause);
  if (clause.outcome === "undecided" || clause.witnesses.length === 0) {
    const citations = distinct(clause.wants.flatMap((want) => want.citations)).slice(0, 5);
    return [
      { ...base, message: clauseMessage(clause, texts), details, citations, fingerprint: [...fingerprint, clause.outcome].join("|") },
    ];
  }
  return clause.witnesses.map((witness) => ({
    ...base,
    message: witness.message ?? clauseMessage(clause, texts),
    details: [...factLines(witness).map((line) => `because ${line}`), ...details],
    citations: distinct(witness.citations),
    fingerprint: [...fingerprint, witness.member ?? "", witness.message ?? ""].join("|"),
  }));
}

/** A row a witness of each violated clause, one a clause that is undecided, one a subject that nothing covers. */
export function reportRows(report: Report, texts: Texts): readonly ReportRow[] {
  return report.decisions.flatMap((decision) => {
    const rows = notPassed(decision).flatMap((clause) => clauseRows(decision, clause, texts));
    if (decision.covered) return rows;
    const { subject } = decision;
    const uncovered: ReportRow = {
      decision,
      rule: "uncovered",
      effect: "deny",
      message: `no policy covers ${subject.kind} ${subject.name} at ${decision.point}`,
      details: [],
      citations: [],
      fingerprint: ["uncovered", decision.point, subject.kind, subject.name].join("|"),
    };
    return [...rows, uncovered];
  });
}

export function severityOf(effect: Effect): "error" | "warning" | "note" {
  return effect === "deny" || effect === "quarantine" ? "error" : effect === "warn" ? "warning" : "note";
}
