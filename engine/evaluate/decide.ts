/** One decision (semantics, section 9). */
import { type Effect, effectRank, effects } from "../../language/core/ir.ts";
import type { CompiledClause, CompiledEffect, CompiledPolicy } from "./compile/policy.ts";
import { vexReads } from "./compile/vex.ts";
import type { Answer, ClauseResult, Decision, Options, Reason, Request } from "./decision.ts";
import type { Env } from "./env.ts";
import { explainClause, explainSilence } from "./explain/clause.ts";
import { type CompiledProgram, freshEnv, loadedKinds, type Plan, planFor } from "./program.ts";
import { and, or, TRANSIENT, type Truth, Unknown } from "./unknown.ts";

const plainOptions: Options = { explain: false };

/**
 * Decides a request. Pure: the same program, inputs and request give the same answer. Never throws on evidence of any
 * shape; a refusal says how the call was wrong, not that the policy says no.
 */
export function decide(compiled: CompiledProgram, request: Request, options: Options = plainOptions): Answer {
  const plan = planFor(compiled, request.subject.kind, request.point);
  if (plan === undefined) {
    return {
      kind: "refusal",
      refusal: { code: "no-policy", kind: request.subject.kind, point: request.point, loaded: loadedKinds(compiled) },
    };
  }
  const notGiven = missingCallerFact(plan, request);
  if (notGiven !== undefined) return { kind: "refusal", refusal: notGiven };
  const env = freshEnv(compiled, request);
  env.explains = options.explain;
  if (options.explain && plan.ends.length > 0) env.waived = new Map();
  readEnds(env, plan);
  const coverage = coverageOf(env, plan);
  const asked: Asked[] = [];
  const clauses: ClauseResult[] = [];
  const tally = new Tally();
  for (let index = 0; index < plan.policies.length; index += 1) {
    const policy = plan.policies[index] as CompiledPolicy;
    const scope = coverage.scopes[index] as Truth;
    for (const clause of policy.clauses) {
      const pass = passOf(env, clause, scope);
      const bare = pass === undefined ? clause.results.silent : bareResult(env, clause, pass);
      if (pass !== undefined && pass !== true) tally.add(bare);
      clauses.push(bare);
      if (!options.explain) continue;
      const { waived } = env;
      asked.push({ policy, clause, pass, lifted: waived === undefined || waived.size === 0 ? nothingLifted : [...waived] });
      waived?.clear();
    }
  }
  if (env.clockMissing) return { kind: "refusal", refusal: { code: "no-clock", at: (plan.policies[0] as CompiledPolicy).policy.at } };
  const { effect, reason } = tally.conclude(coverage.truth);
  const { validUntil } = env;
  const decision: Writable<Decision> = {
    subject: request.subject,
    point: request.point,
    effect,
    reason,
    clauses: options.explain ? explained(compiled, env, asked, clauses, options) : clauses,
    covered: coverage.truth === true,
  };
  const until = effect === "quarantine" ? tally.until() : undefined;
  if (until !== undefined) decision.until = until;
  if (request.now !== undefined) decision.time = request.now;
  const vex = options.explain ? vexReads(compiled.context, env) : [];
  if (vex.length > 0) decision.vex = vex;
  if (validUntil !== Number.POSITIVE_INFINITY) decision.validUntil = validUntil;
  return { kind: "decision", decision };
}

const nothingLifted: Asked["lifted"] = [];

/** A clause as it was asked, for its explanation. */
interface Asked {
  readonly policy: CompiledPolicy;
  readonly clause: CompiledClause;
  readonly pass: Truth | undefined;
  /** Positions of the waivers that lifted something, and how many members each. */
  readonly lifted: readonly (readonly [index: number, count: number])[];
}

/** Explains when all is decided: what an explanation reads besides is no part of what the decision rests on. */
function explained(
  compiled: CompiledProgram,
  env: Env,
  asked: readonly Asked[],
  results: readonly ClauseResult[],
  options: Options,
): readonly ClauseResult[] {
  env.waived = undefined;
  return asked.map(({ policy, clause, pass, lifted }, index) => {
    const bare = results[index] as ClauseResult;
    if (pass !== undefined) return explainClause({ compiled, env, policy, clause, pass, lifted }, bare, options);
    return options.derivations === true ? explainSilence(compiled, env, policy, clause) : bare;
  });
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A header that reads a fact which only the caller knows, and which it did not say, is wrong use (semantics, section 2). */
function missingCallerFact(
  plan: Plan,
  request: Request,
): { code: "not-given"; fact: string; at: CompiledPolicy["callerFacts"][number]["at"] } | undefined {
  if (request.point === "admission") return undefined;
  for (const policy of plan.policies) {
    for (const { field, fact, at } of policy.callerFacts) {
      const value = request.subject.data[field];
      if (value === undefined || value === null) return { code: "not-given", fact, at };
    }
  }
  return undefined;
}

/** Waivers and exemptions compare their end with the clock, so a decision holds until the next of them ends. */
function readEnds(env: Env, plan: Plan): void {
  if (env.now === undefined) return;
  for (const end of plan.ends) if (env.now < end && end < env.validUntil) env.validUntil = end;
}

function coverageOf(env: Env, plan: Plan): { readonly truth: Truth; readonly scopes: readonly Truth[] } {
  let truth: Truth = false;
  const scopes: Truth[] = [];
  for (const policy of plan.policies) {
    const scope = policy.scope === undefined ? true : policy.scope(env);
    scopes.push(scope);
    truth = or(truth, scope);
  }
  for (const { exempt, scope } of plan.exempts) {
    if (exempt.ends !== undefined && (env.now === undefined || env.now >= exempt.ends)) continue;
    truth = or(truth, scope(env));
  }
  return { truth, scopes };
}

/**
 * `not (scope and g₁ and …) or hold`: an undecided guard behaves as if it applied, and never turns a clause off.
 * Undefined: a header or guard is false, so the clause passes without having been asked.
 */
function passOf(env: Env, clause: CompiledClause, scope: Truth): Truth | undefined {
  let applies: Truth = scope;
  for (const guard of clause.guards) {
    if (applies === false) return undefined;
    applies = and(applies, guard(env));
  }
  if (applies === false) return undefined;
  const held = clause.hold(env);
  return applies === true || held === true ? held : or(held, negation(applies));
}

/** The result without its explanation. Those that depend on nothing but the outcome are made once a program. */
function bareResult(env: Env, clause: CompiledClause, pass: Truth): ClauseResult {
  if (pass === true) return clause.results.passed;
  const result = pass === false ? clause.results.violated : (clause.results.undecided[pass.causes] as ClauseResult);
  if (result.effect !== "quarantine") return result;
  const until = latest(env, pass === false ? [clause.violated] : (clause.undecided[pass.causes] ?? []));
  return until === undefined ? result : { ...result, until };
}

function negation(applies: Truth): Truth {
  return applies instanceof Unknown ? applies : !applies;
}

/** Several times join to the latest; one that is absent or not known means no automatic release. */
function latest(env: Env, given: readonly CompiledEffect[]): number | undefined {
  let greatest: number | undefined;
  for (const { until } of given) {
    const time = until === undefined ? undefined : until(env);
    if (typeof time !== "number") return undefined;
    greatest = greatest === undefined || time > greatest ? time : greatest;
  }
  return greatest;
}

/** Collects what the clauses say. */
class Tally {
  private rank = 0;
  private violated = false;
  private undecided = 0;
  private faults = 0;
  private times: (number | undefined)[] = [];

  add(result: ClauseResult): void {
    const rank = effectRank[result.effect];
    if (rank < this.rank) return;
    if (rank > this.rank) {
      this.rank = rank;
      this.violated = false;
      this.undecided = 0;
      this.faults = 0;
      this.times = [];
    }
    if (result.outcome === "violated") this.violated = true;
    else {
      this.undecided += 1;
      if (result.causes.includes("transient")) this.faults += 1;
    }
    this.times.push(result.until);
  }

  /** What nobody covers is denied; coverage that is not known counts as one more undecided denial. */
  conclude(coverage: Truth): { readonly effect: Effect; readonly reason: Reason } {
    const deny = effects.length - 1;
    const uncovered = coverage !== true;
    const alone = uncovered && this.rank < deny;
    const rank = uncovered ? deny : this.rank;
    const effect = effects[rank] as Effect;
    if (effect === "allow") return { effect, reason: "passed" };
    if (alone) return { effect, reason: coverage instanceof Unknown && (coverage.causes & TRANSIENT) !== 0 ? "fault" : "uncovered" };
    if (this.violated) return { effect, reason: "violated" };
    if (this.undecided === 0) return { effect, reason: "passed" };
    const settledNo = uncovered && !(coverage instanceof Unknown && (coverage.causes & TRANSIENT) !== 0);
    return { effect, reason: this.faults === this.undecided && !settledNo ? "fault" : "undecided" };
  }

  until(): number | undefined {
    const known = this.times.filter((time): time is number => time !== undefined);
    return known.length === this.times.length && known.length > 0 ? Math.max(...known) : undefined;
  }
}
