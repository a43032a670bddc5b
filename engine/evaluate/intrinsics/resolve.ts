/**
 * Reading VEX: `finding is resolved by …` (library.md, "Findings"; semantics, section 10). The newest statement about
 * the vulnerability that matches product and subcomponent decides; `not_affected` and `fixed` resolve.
 */
import type { DataRecord } from "../../../language/core/data.ts";
import { showTime } from "../../../language/domains/time.ts";
import { componentMatches, questionOf, subjectKeys, type VexIndex, type VexStatement, wholeMatches } from "./vex-index.ts";
import type { VexSubject } from "./vex-product.ts";

export { indexVex, type VexIndex } from "./vex-index.ts";

/**
 * What VEX says of a finding in one decision. `by` are statements that decide, one of each verdict. `flipsAt`
 * (microseconds) is the earliest instant from which another statement may decide; undefined: none.
 */
export type Resolution =
  | { readonly kind: "resolved"; readonly by: readonly VexStatement[]; readonly flipsAt: number | undefined }
  /** Empty `by`: no statement matched. */
  | { readonly kind: "unresolved"; readonly by: readonly VexStatement[]; readonly flipsAt: number | undefined }
  /** Statements of equal rank contradict each other. */
  | { readonly kind: "conflict"; readonly by: readonly VexStatement[]; readonly detail: string; readonly flipsAt: number | undefined };

/**
 * A reader of what the statements say of findings of one subject. `now` (microseconds) is the clock: a statement from
 * the future that would resolve counts only from then on, one that would not counts at once. Without a clock every
 * statement counts. A statement without a time cannot be ordered: it decides only where no other says something else.
 */
export function vexReader(index: VexIndex, subject: VexSubject, now: number | undefined): (finding: DataRecord) => Resolution {
  const answers = new Map<string, Resolution>();
  const wholes = new Map<string, Verdict>();
  const keys = subjectKeys(subject);
  const aboutWhole = (vulnerability: string): Verdict => {
    const known = wholes.get(vulnerability);
    if (known !== undefined) return known;
    const verdict = newest(wholeMatches(index, vulnerability, subject), now);
    wholes.set(vulnerability, verdict);
    return verdict;
  };
  return (finding) => {
    const question = questionOf(index, finding);
    if (question === undefined) return unmentioned;
    const known = answers.get(question.key);
    if (known !== undefined) return known;
    const verdicts = question.vulnerabilities.map(aboutWhole);
    const answer = resolutionOf(verdicts.reduce(newer, newest(componentMatches(index, question, subject, keys), now)));
    answers.set(question.key, answer);
    return answer;
  };
}

const unmentioned: Resolution = { kind: "unresolved", by: [], flipsAt: undefined };

/** One statement of each kind that may decide. */
interface Verdict {
  /** Of the newest statements, at `time`. */
  readonly time: number;
  readonly resolving: VexStatement | undefined;
  readonly other: VexStatement | undefined;
  readonly timelessResolving: VexStatement | undefined;
  readonly timelessOther: VexStatement | undefined;
  readonly flipsAt: number | undefined;
}

const silence: Verdict = {
  time: Number.NEGATIVE_INFINITY,
  resolving: undefined,
  other: undefined,
  timelessResolving: undefined,
  timelessOther: undefined,
  flipsAt: undefined,
};

function newest(statements: readonly VexStatement[], now: number | undefined): Verdict {
  return statements.reduce((found, statement) => newer(found, verdictOf(statement, now)), silence);
}

function verdictOf(statement: VexStatement, now: number | undefined): Verdict {
  const resolves = suppresses(statement);
  const { time } = statement;
  if (time === undefined) return resolves ? { ...silence, timelessResolving: statement } : { ...silence, timelessOther: statement };
  if (resolves && now !== undefined && time > now) return { ...silence, flipsAt: time };
  return resolves ? { ...silence, time, resolving: statement } : { ...silence, time, other: statement };
}

function suppresses(statement: VexStatement): boolean {
  return statement.status === "not_affected" || statement.status === "fixed";
}

/** What two groups of statements say together. */
function newer(a: Verdict, b: Verdict): Verdict {
  const time = Math.max(a.time, b.time);
  const [left, right] = [a.time === time ? a : silence, b.time === time ? b : silence];
  return {
    time,
    resolving: left.resolving ?? right.resolving,
    other: left.other ?? right.other,
    timelessResolving: a.timelessResolving ?? b.timelessResolving,
    timelessOther: a.timelessOther ?? b.timelessOther,
    flipsAt: a.flipsAt === undefined ? b.flipsAt : Math.min(a.flipsAt, b.flipsAt ?? a.flipsAt),
  };
}

function resolutionOf(verdict: Verdict): Resolution {
  const { flipsAt } = verdict;
  const resolving = verdict.resolving ?? verdict.timelessResolving;
  const other = verdict.other ?? verdict.timelessOther;
  if (resolving === undefined) return { kind: "unresolved", by: other === undefined ? [] : [other], flipsAt };
  if (other === undefined) return { kind: "resolved", by: [resolving], flipsAt };
  return { kind: "conflict", by: [resolving, other], detail: contradiction(resolving, other), flipsAt };
}

function contradiction(a: VexStatement, b: VexStatement): string {
  const claim = (statement: VexStatement): string =>
    `${statement.author ?? "one author"} says ${statement.status}${statement.time === undefined ? " without a time" : ` at ${showTime(statement.time)}`}`;
  return `VEX statements of equal rank disagree: ${claim(a)}, ${claim(b)}`;
}
