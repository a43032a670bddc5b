/** Whether a decision is what a test expects (semantics, section 11). */
import type { Expectation } from "../../language/core/ir.ts";
import type { ClauseResult, Decision } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";

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
