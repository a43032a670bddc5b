/** Whether a decision is what a test expects (semantics, section 11). */
import type { Expectation, ExpectedStatus } from "../../language/core/ir.ts";
import type { AssessedStatus, Assessment } from "../evaluate/assess.ts";
import type { ClauseResult, Decision } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";
import { together } from "./vex/declared.ts";

export interface Difference {
  readonly message: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * Undefined: the expectation holds. `expect deny by L`: the effect is deny, and L's own effect is deny, violated or
 * undecided. `expect undecided C by L`: L is undecided and its causes include C. `until` is the time that the test
 * names for the end of a quarantine, in microseconds.
 */
export function differenceFrom(expectation: Expectation, decision: Decision, until?: number): Difference | undefined {
  const { expected, by } = expectation;
  if (expected.kind === "status") return undefined;
  if (expected.kind === "undecided") return undecided(expected.causes, by, decision);
  if (decision.effect !== expected.effect) {
    return {
      message: "the decision is another one",
      expected: expected.effect,
      found: `${decision.effect} (${decision.reason})${because(decision)}`,
    };
  }
  if (until !== undefined && decision.until !== until) {
    const found = decision.until === undefined ? "no known end" : `until ${rfc3339(decision.until)}`;
    return { message: "the quarantine ends at another time", expected: `until ${rfc3339(until)}`, found };
  }
  for (const name of by) {
    const clause = clauseNamed(decision, name);
    const wanted = `${expected.effect} by ${name}`;
    if (clause === undefined)
      return { message: `\`${name}\` did not speak`, expected: wanted, found: `${decision.effect}${because(decision)}` };
    if (clause.effect !== expected.effect || (clause.outcome === "passed" && expected.effect !== "allow")) {
      return { message: `\`${name}\` did not decide it`, expected: wanted, found: `${clause.effect} (${clause.outcome})` };
    }
  }
  return undefined;
}

function undecided(causes: readonly string[], by: readonly string[], decision: Decision): Difference | undefined {
  const clauses = by.length === 0 ? decision.clauses : by.map((name) => clauseNamed(decision, name));
  const wanted = `undecided ${causes.join(", ")}`;
  const matches = (clause: ClauseResult | undefined): boolean =>
    clause?.outcome === "undecided" && causes.every((cause) => (clause.causes as readonly string[]).includes(cause));
  if (by.length === 0)
    return clauses.some(matches)
      ? undefined
      : { message: "no clause is undecided so", expected: wanted, found: `${decision.effect} (${decision.reason})` };
  for (let index = 0; index < by.length; index += 1) {
    const clause = clauses[index];
    if (matches(clause)) continue;
    const found =
      clause === undefined
        ? "the clause did not speak"
        : `${clause.outcome}${clause.causes.length > 0 ? ` ${clause.causes.join(", ")}` : ""}`;
    return { message: `\`${by[index]}\` is not undecided so`, expected: wanted, found };
  }
  return undefined;
}

function clauseNamed(decision: Decision, name: string): ClauseResult | undefined {
  return decision.clauses.find((clause) => clause.label !== null && `${clause.policy}.${clause.label}` === name);
}

function because(decision: Decision): string {
  const names = decision.clauses
    .filter((clause) => clause.effect === decision.effect && clause.outcome !== "passed")
    .map((clause) => `${clause.policy.split(".").at(-1)}.${clause.label ?? "(unlabelled)"} ${clause.outcome}`);
  return names.length === 0 ? "" : `: ${names.slice(0, 4).join(", ")}`;
}

/**
 * Undefined: the expectation holds. `expect fixed by V`: V says so of every finding; without `by` all declarations about
 * the subject together do. Nothing that is said is no status.
 */
export function statusDifference(expectation: Expectation, assessments: readonly Assessment[]): Difference | undefined {
  const { expected, by } = expectation;
  if (expected.kind !== "status") return undefined;
  const wanted = showStatus(expected.status);
  const findings = new Set(assessments.map((one) => one.finding));
  const voices = by.length === 0 ? [undefined] : by;
  for (const name of voices) {
    if (assessments.every((one) => name !== undefined && one.declaration !== name))
      return {
        message: name === undefined ? "nothing is said of any finding" : `\`${name}\` did not speak`,
        expected: wanted,
        found: "no status",
      };
    for (const finding of findings) {
      const own = assessments.filter((one) => one.finding === finding && (name === undefined || one.declaration === name));
      if (own.length === 0) return { message: `\`${name ?? ""}\` did not speak`, expected: wanted, found: "no status" };
      const { status, conflict } = together(own);
      if (sameStatus(expected.status, status)) continue;
      const why = conflict === undefined ? heldBy(own) : ` (\`${conflict.suppressing}\` and \`${conflict.other}\` disagree)`;
      return { message: "the status is another one", expected: wanted, found: `${showStatus(status)}${why}` };
    }
  }
  return undefined;
}

function sameStatus(expected: ExpectedStatus, found: AssessedStatus): boolean {
  if (expected.kind === "affected") return found.kind === "affected" && found.action === expected.action;
  if (expected.kind !== "not_affected") return found.kind === expected.kind;
  return (
    found.kind === "not_affected" &&
    found.justification === expected.justification &&
    (expected.impact === undefined || found.impact === expected.impact)
  );
}

/** As a row would say it. */
export function showStatus(status: AssessedStatus | ExpectedStatus): string {
  if (status.kind === "affected") return `affected(${JSON.stringify(status.action)})`;
  if (status.kind !== "not_affected") return status.kind;
  return `not_affected(${status.justification}${status.impact === undefined ? "" : `, ${JSON.stringify(status.impact)}`})`;
}

/** What kept a row that suppresses from being said. */
function heldBy(assessments: readonly Assessment[]): string {
  const held = assessments.flatMap((one) => (one.held === undefined ? [] : [one.held]))[0];
  if (held === undefined) return "";
  const wants = [...held.by.flatMap((row) => row.wants), ...(held.scope ?? [])];
  const facts = [...new Set(wants.map((group) => `\`${group.fact}\``))];
  return facts.length === 0 ? " (a row above is not decided)" : ` (not decided: ${facts.join(", ")})`;
}
