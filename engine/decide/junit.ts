/** Decisions as JUnit XML (the schema of Jenkins' xUnit plugin, `junit-10.xsd`): a suite a subject, a case a clause. */
import { place } from "../../language/diagnostics/render/text.ts";
import { xml } from "../../language/diagnostics/render/untrusted.ts";
import type { ClauseResult, Decision } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";
import { clauseMessage, distinct, factLines, type Report, refusals, type Texts } from "./report.ts";
import { clauseDetails, severityOf } from "./rows.ts";
import { vexLine } from "./vex-words.ts";

export interface JunitCase {
  readonly className: string;
  readonly name: string;
  /** Of an answer "no": `failure`; where there is no answer: `error`. */
  readonly problem?: { readonly kind: "failure" | "error"; readonly type: string; readonly message: string; readonly text: string };
  readonly output?: string;
  /** Seconds. */
  readonly time?: number;
}

export interface JunitSuite {
  readonly name: string;
  readonly timestamp?: string;
  readonly cases: readonly JunitCase[];
}

function caseXml(one: JunitCase): string {
  const time = one.time === undefined ? "" : ` time="${one.time.toFixed(3)}"`;
  const open = `    <testcase classname="${xml(one.className)}" name="${xml(one.name)}"${time}`;
  const inner: string[] = [];
  const { problem } = one;
  if (problem)
    inner.push(
      `      <${problem.kind} type="${xml(problem.type)}" message="${xml(problem.message)}">${xml(problem.text)}</${problem.kind}>`,
    );
  if (one.output) inner.push(`      <system-out>${xml(one.output)}</system-out>`);
  return inner.length === 0 ? `${open}/>` : `${open}>\n${inner.join("\n")}\n    </testcase>`;
}

/** A report of any suites; `test --format junit` uses it too. */
export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  const count = (cases: readonly JunitCase[], kind: string): number => cases.filter((one) => one.problem?.kind === kind).length;
  const all = suites.flatMap((suite) => suite.cases);
  const totals = (cases: readonly JunitCase[]): string =>
    `tests="${cases.length}" failures="${count(cases, "failure")}" errors="${count(cases, "error")}"`;
  const body = suites.map((suite) => {
    const timestamp = suite.timestamp ? ` timestamp="${xml(suite.timestamp)}"` : "";
    return `  <testsuite name="${xml(suite.name)}" ${totals(suite.cases)}${timestamp}>\n${suite.cases.map(caseXml).join("\n")}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(name)}" ${totals(all)}>\n${body.join("\n")}\n</testsuites>`;
}

function clauseCase(clause: ClauseResult, texts: Texts): JunitCase {
  const name = clause.label ?? place(clause.at, texts.policies);
  const className = clause.policy;
  if (clause.outcome === "passed") return { className, name };
  const message = clauseMessage(clause, texts);
  const lines = [`${clause.outcome} at ${place(clause.at, texts.policies)}`];
  for (const witness of clause.witnesses) {
    lines.push(witness.message ?? witness.member ?? message);
    for (const citation of distinct(witness.citations))
      lines.push(`  ${citation.document.name} ${citation.pointer}: ${citation.path} is ${citation.value}`);
    for (const line of factLines(witness)) lines.push(`  ${line}`);
  }
  if (clause.witnessCount > clause.witnesses.length) lines.push(`and ${clause.witnessCount - clause.witnesses.length} more`);
  lines.push(...clauseDetails(clause));
  const text = lines.join("\n");
  if (severityOf(clause.effect) !== "error") return { className, name, output: `${clause.effect}: ${message}\n${text}` };
  const kind = clause.outcome === "undecided" && clause.causes.includes("transient") ? "error" : "failure";
  return { className, name, problem: { kind, type: clause.outcome, message, text } };
}

function decisionSuite(decision: Decision, texts: Texts): JunitSuite {
  const { subject, point } = decision;
  const message = `no policy covers ${subject.kind} ${subject.name} at ${point}`;
  const coverage: JunitCase = decision.covered
    ? { className: "waybill", name: "covered" }
    : { className: "waybill", name: "covered", problem: { kind: "failure", type: "uncovered", message, text: message } };
  return {
    name: `${subject.kind} ${subject.name} at ${point}`,
    ...(decision.time === undefined ? {} : { timestamp: rfc3339(decision.time).replace(/(\.\d+)?Z$/, "") }),
    cases: [...decision.clauses.map((clause) => clauseCase(clause, texts)), coverage],
  };
}

/** The document that `gate --format junit` prints. */
export function renderJunit(report: Report, texts: Texts): string {
  const refused = refusals(report, texts).map(
    ({ rule, message }): JunitCase => ({
      className: "waybill",
      name: `evidence ${rule}`,
      problem: { kind: "error", type: "fault", message, text: message },
    }),
  );
  // Without this a refused document would be green wherever the clauses only warn.
  const evidence: readonly JunitSuite[] = refused.length === 0 ? [] : [{ name: "evidence", cases: refused }];
  const counted = (report.vex ?? []).map(
    (vex): JunitCase => ({ className: "waybill", name: `VEX by ${vex.by.join(", ")} on ${vex.subject.name}`, output: vexLine(vex) }),
  );
  const vex: readonly JunitSuite[] = counted.length === 0 ? [] : [{ name: "VEX", cases: counted }];
  return junitXml("waybill gate", [...evidence, ...report.decisions.map((decision) => decisionSuite(decision, texts)), ...vex]);
}
