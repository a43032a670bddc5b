/** Decisions as Markdown, for job summaries and pull-request comments. Names from evidence stay text. */
import { place } from "../../language/diagnostics/render/text.ts";
import { markdown, markdownBlock, markdownCode } from "../../language/diagnostics/render/untrusted.ts";
import { plural } from "../../language/diagnostics/render/wrap.ts";
import type { ClauseResult, Decision } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";
import { placesOf } from "./places.ts";
import { clauseHeadline, clauseName, distinct, notPassed, overall, type Report, refusals, type Texts } from "./report.ts";
import { assumptionText, wantText } from "./text.ts";
import { vexLine } from "./vex-words.ts";

const witnessLimit = 10;

function clauseSection(clause: ClauseResult, texts: Texts): string {
  const at = place(clause.at, texts.policies);
  const out = [`#### ${clause.outcome}: ${markdownCode(clauseName(clause, at))}`, "", markdown(clauseHeadline(clause, texts)), ""];
  const source = texts.policies(clause.at.path)?.text.slice(clause.at.start, clause.at.end);
  if (source !== undefined) out.push(`Policy, ${markdownCode(at)}:`, "", markdownBlock(source), "");
  const citations =
    clause.outcome === "violated"
      ? clause.witnesses.flatMap((witness) => witness.citations)
      : clause.wants.flatMap((want) => want.citations);
  const shown = distinct(citations).slice(0, witnessLimit);
  const places = placesOf(shown, texts);
  if (shown.length > 0) {
    out.push("| evidence | pointer | fact |", "|---|---|---|");
    for (const citation of shown) {
      const where = places(citation);
      const name = where ? place(where, texts.evidence) : citation.document.name;
      out.push(`| ${markdownCode(name)} | ${markdownCode(citation.pointer)} | ${markdownCode(`${citation.path} is ${citation.value}`)} |`);
    }
    out.push("");
  }
  if (clause.outcome === "violated")
    for (const fact of clause.witnesses[0]?.facts ?? []) out.push(`- because ${markdownCode(`${fact.path} is ${fact.value}`)}`);
  const others = clause.witnesses.slice(1, witnessLimit);
  for (const witness of others) out.push(`- ${markdown(witness.message ?? witness.member ?? "another member")}`);
  const unnamed = clause.witnessCount - 1 - others.length;
  if (clause.outcome === "violated" && clause.witnesses.length > 0 && unnamed > 0) out.push(`- and ${unnamed} more`);
  for (const want of clause.wants) out.push(`- ${want.cause}: ${markdown(wantText(want))}`);
  for (const assumption of clause.assumptions) out.push(`- assumes ${markdown(assumptionText(assumption))}`);
  if (clause.advice.length > 0) out.push("", "This may let it decide:", "", markdownBlock(clause.advice.join("\n")));
  return out.join("\n").trimEnd();
}

function decisionSection(decision: Decision, texts: Texts): string {
  const { subject } = decision;
  const out = [`### ${decision.effect}: ${subject.kind} ${markdownCode(subject.name)} at ${decision.point}`];
  const failing = notPassed(decision);
  if (!decision.covered) out.push(`No policy covers this ${subject.kind}.`);
  out.push(...failing.map((clause) => clauseSection(clause, texts)));
  const passed = decision.clauses.filter((clause) => clause.outcome === "passed");
  if (passed.length > 0) {
    const names = passed.map((clause) => markdownCode(clauseName(clause, place(clause.at, texts.policies)))).join(", ");
    out.push(`<details><summary>${plural(passed.length, "clause")} passed</summary>\n\n${names}\n\n</details>`);
  }
  return out.join("\n\n");
}

export function renderMarkdown(report: Report, texts: Texts): string {
  const { effect, reason } = overall(report);
  const rows = report.evidence.map((read) => {
    const counts = Object.entries(read.counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
    return `| ${markdownCode(read.document.name)} | ${markdown(read.document.format)} | ${markdown(counts)} | ${markdownCode(read.document.digest.slice(0, 19))} |`;
  });
  const table =
    rows.length > 0 ? ["| evidence | format | read | digest |", "|---|---|---|---|", ...rows].join("\n") : "No evidence was given.";
  const time = report.decisions[0]?.time;
  const foot = [
    time === undefined ? "" : `decided ${rfc3339(time)}`,
    `policy ${markdownCode(report.policyDigest.slice(0, 19))}`,
    `evidence ${markdownCode(report.evidenceDigest.slice(0, 19))}`,
  ];
  return [
    `## Waybill: ${effect} (${reason})`,
    ...refusals(report, texts).map(({ rule, message }) => `- ${markdownCode(rule)} ${markdown(message)}`),
    ...report.decisions.map((decision) => decisionSection(decision, texts)),
    ...(report.vex ?? []).map((vex) => markdown(vexLine(vex))),
    table,
    foot.filter((part) => part !== "").join(" · "),
  ].join("\n\n");
}
