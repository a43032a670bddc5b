/** Holds one decision of the engine against the oracle's; what they must share is all but wording and order. */

import { decide as engineDecide } from "../../engine/evaluate/decide.ts";
import type { Answer, ClauseResult, Inputs, Request } from "../../engine/evaluate/decision.ts";
import { compileProgram } from "../../engine/evaluate/program.ts";
import type { Program } from "../../language/core/ir.ts";
import { renamed } from "./changes.ts";
import { type Choices, choicesFrom } from "./choices.ts";
import { type OracleAnswer, type OracleClause, decide as oracleDecide } from "./decide.ts";
import { type Faults, faultless } from "./evaluate.ts";
import { requestOf } from "./facts.ts";
import { programOf } from "./programs.ts";
import { day, type Universe, universe } from "./universe.ts";

export interface Pair {
  readonly program: Program;
  readonly request: Request;
  readonly universe: Universe;
  /** What the caller sets; the others take their defaults. */
  readonly inputs: Inputs;
}

/** A program and evidence of one universe. */
export function pairFrom(forProgram: number, forFacts: number): Pair {
  const choices = choicesFrom(forProgram);
  const shared = universe(choices);
  return {
    program: programOf(shared, choices),
    request: requestOf(shared, choicesFrom(forFacts)),
    universe: shared,
    inputs: inputsFrom(choices),
  };
}

function inputsFrom(choices: Choices): Inputs {
  const set: (readonly [string, number])[] = [
    ["oracle.limit", choices.below(4)],
    ["oracle.bar", choices.below(3)],
  ];
  return new Map(set.filter(() => choices.chance(30)));
}

/** More requests for the same program: the same shapes with other names, other evidence, and the very same evidence elsewhere and later. */
export function alsoAsked({ request, universe: shared }: Pair, forFacts: number): readonly Request[] {
  const elsewhere = request.point === "ci" ? "admission" : "ci";
  const later = request.now === undefined ? {} : { now: request.now + day };
  return [renamed(request, shared), requestOf(shared, choicesFrom(forFacts)), { ...request, ...later, point: elsewhere }];
}

export function engineAnswer(program: Program, request: Request, explain = false, inputs: Inputs = new Map()): Answer {
  return engineDecide(compileProgram(program, inputs), request, { explain, witnesses: 1_000 });
}

/** One line for each thing that is not the same; none means agreement. */
export function differences({ program, request, inputs }: Pair, faults: Faults = faultless, explain = false): readonly string[] {
  return compareAnswers(engineAnswer(program, request, explain, inputs), oracleDecide(program, inputs, request, faults), explain);
}

export function compareAnswers(engine: Answer, oracle: OracleAnswer, explained: boolean): readonly string[] {
  if (engine.kind === "refusal") {
    return oracle.kind === "no-policy" && engine.refusal.code === "no-policy" ? [] : [`the engine refused: ${engine.refusal.code}`];
  }
  if (oracle.kind === "no-policy") return ["the engine decided where no policy speaks"];
  const [ours, theirs] = [engine.decision, oracle.decision];
  return [
    ...differ("effect", ours.effect, theirs.effect),
    ...differ("reason", ours.reason, theirs.reason),
    ...differ("until", ours.until, theirs.until),
    ...differ("covered", ours.covered, theirs.covered),
    ...differ("validUntil", ours.validUntil, theirs.validUntil),
    ...differ("number of clauses", ours.clauses.length, theirs.clauses.length),
    ...theirs.clauses.flatMap((clause, i) => compareClauses(ours.clauses[i], clause, explained)),
  ];
}

function compareClauses(ours: ClauseResult | undefined, theirs: OracleClause, explained: boolean): readonly string[] {
  if (ours === undefined) return [];
  const name = `${theirs.policy}.${theirs.label ?? "(unlabelled)"}`;
  return [
    ...differ(`${name} policy`, ours.policy, theirs.policy),
    ...differ(`${name} label`, ours.label, theirs.label),
    ...differ(`${name} outcome`, ours.outcome, theirs.outcome),
    ...differ(`${name} effect`, ours.effect, theirs.effect),
    ...differ(`${name} until`, ours.until, theirs.until),
    ...differ(`${name} causes`, sorted(ours.causes), sorted(theirs.causes)),
    ...(explained ? differ(`${name} causes of wants`, sorted(ours.wants.map((w) => w.cause)), sorted(theirs.causes)) : []),
  ];
}

function sorted(causes: Iterable<string>): string {
  return [...new Set(causes)].sort().join(", ");
}

function differ(what: string, engine: unknown, oracle: unknown): readonly string[] {
  return engine === oracle ? [] : [`${what}: the engine says ${String(engine)}, the oracle ${String(oracle)}`];
}
