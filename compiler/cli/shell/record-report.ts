/** The report of a record, as far as it is compared with the one of today (`docs/schemas/gate.schema.json`). */
import { damagedRecord } from "./record.ts";
import { type Json, listOf, Misshapen, objectOf, parsed, textOf } from "./record-shape.ts";

export interface WrittenClause {
  readonly policy: string;
  /** Its label, where it has one. */
  readonly clause: string | null;
  readonly span: string;
  readonly outcome: string;
  readonly effect: string;
}

export interface WrittenReport {
  readonly effect: string;
  readonly reason: string;
  readonly decisions: readonly { readonly subject: { readonly name: string }; readonly clauses: readonly WrittenClause[] }[];
}

/** The report of the record in `folder`; what is none is refused (exit 3). */
export function readReport(folder: string, text: string): WrittenReport {
  try {
    return reportOf(parsed(text, "its report"));
  } catch (problem) {
    if (problem instanceof Misshapen) throw damagedRecord(folder, problem.message);
    throw problem;
  }
}

function reportOf(one: Json): WrittenReport {
  return {
    effect: textOf(one["effect"], "effect"),
    reason: textOf(one["reason"], "reason"),
    decisions: listOf(one["decisions"], "decisions").map((decision) => ({
      subject: { name: textOf(objectOf(decision["subject"], "`subject`")["name"], "name") },
      clauses: listOf(decision["clauses"], "clauses").map(clauseOf),
    })),
  };
}

function clauseOf(one: Json): WrittenClause {
  return {
    policy: textOf(one["policy"], "policy"),
    clause: one["clause"] === null ? null : textOf(one["clause"], "clause"),
    span: textOf(one["span"], "span"),
    outcome: textOf(one["outcome"], "outcome"),
    effect: textOf(one["effect"], "effect"),
  };
}
