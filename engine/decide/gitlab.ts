/** Decisions as a GitLab Code Quality report (the subset of the Code Climate format that GitLab reads). */

import type { Effect } from "../../language/core/ir.ts";
import { positionOf } from "../../language/diagnostics/render/lines.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import { type Report, refusals, type Texts } from "./report.ts";
import { reportRows } from "./rows.ts";

const severities: Readonly<Record<Effect, string>> = { deny: "critical", quarantine: "major", warn: "minor", allow: "info" };

/** GitLab shows a row only with a path and a line; an uncovered subject stands at its evidence, or at the root. */
export function renderGitlab(report: Report, texts: Texts): string {
  const fallback = report.evidence[0]?.document.name ?? ".";
  const rows = reportRows(report, texts).map((row) => {
    const lines = row.at && texts.policies(row.at.path);
    const begin = row.at && lines ? positionOf(lines, row.at.start).line : 1;
    const end = row.at && lines ? positionOf(lines, row.at.end).line : 1;
    return {
      description: visible([row.message, ...row.details].join("; ")),
      check_name: visible(row.rule),
      fingerprint: row.fingerprint.toWellFormed(),
      severity: severities[row.effect],
      location: { path: visible(row.at?.path ?? fallback), lines: { begin, end } },
    };
  });
  const refused = refusals(report, texts).map(({ diagnostic, rule, message }) => {
    const at = diagnostic?.location;
    const lines = at && texts.evidence(at.path);
    const begin = at && lines ? positionOf(lines, at.start).line : 1;
    return {
      description: visible(message),
      check_name: rule,
      fingerprint: ["refused", rule, at?.path ?? "", diagnostic?.pointer ?? "", message].join("|").toWellFormed(),
      severity: "blocker",
      location: { path: visible(at?.path ?? fallback), lines: { begin, end: begin } },
    };
  });
  return JSON.stringify([...refused, ...rows], undefined, 2);
}
