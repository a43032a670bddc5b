/** One decision (semantics, section 9). */
import { type Effect, effects } from "../../language/core/ir.ts";
import type { CompiledClause, CompiledEffect, CompiledPolicy } from "./compile/policy.ts";
import type { Answer, ClauseResult, Options, Outcome, Reason, Request } from "./decision.ts";
import type { Env } from "./env.ts";
import { explainClause } from "./explain/clause.ts";
import { type CompiledProgram, freshEnv, loadedKinds, type Plan, planFor } from "./program.ts";
import { and, causesOf, or, TRANSIENT, type Truth, Unknown } from "./unknown.ts";

const nothing: readonly never[] = [];
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
  if (options.explain) env.waived = new Set();
  readEnds(env, plan);
  const coverage = coverageOf(env, plan);
  const clauses: ClauseResult[] = [];
  const tally = new Tally();
  for (let index = 0; index < plan.policies.length; index += 1) {
    const policy = plan.policies[index] as CompiledPolicy;
    const scope = coverage.scopes[index] as Truth;
    for (const clause of policy.clauses) {
      const result = decideClause(compiled, env, policy, clause, scope, options);
      tally.add(result);
      clauses.push(result);
    }
  }
  if (env.clockMissing) return { kind: "refusal", refusal: { code: "no-clock", at: (plan.policies[0] as CompiledPolicy).policy.at } };
  const { effect, reason } = tally.conclude(coverage.truth);
  const until = effect === "quarantine" ? tally.until() : undefined;
  return {
    kind: "decision",
    decision: {
      subject: request.subject,
      point: request.point,
      effect,
      reason,
      clauses,
      covered: coverage.truth === true,
      ...(until === undefined ? {} : { until }),
      ...(request.now === undefined ? {} : { time: request.now }),
      ...(env.validUntil === Number.POSITIVE_INFINITY ? {} : { validUntil: env.validUntil }),
    },
  };
}

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

function decideClause(
  compiled: CompiledProgram,
  env: Env,
  policy: CompiledPolicy,
  clause: CompiledClause,
  scope: Truth,
  options: Options,
): ClauseResult {
  let applies: Truth = scope;
  for (const guard of clause.guards) {
    if (applies === false) break;
    applies = and(applies, guard(env));
  }
  const held: Truth = applies === false ? true : clause.hold(env);
  const pass: Truth = applies === true ? held : applies === false || held === true ? true : or(held, negation(applies));
  const outcome: Outcome = pass === true ? "passed" : pass === false ? "violated" : "undecided";
  const given =
    outcome === "passed" ? nothing : outcome === "violated" ? [clause.violated] : (clause.undecided[(pass as Unknown).causes] ?? nothing);
  const effect: Effect = outcome === "passed" ? "allow" : (given[0]?.effect ?? "deny");
  const until = effect === "quarantine" ? latest(env, given) : undefined;
  const result: ClauseResult = {
    policy: policy.policy.name,
    label: clause.label,
    at: clause.clause.at,
    outcome,
    effect,
    ...(until === undefined ? {} : { until }),
    causes: outcome === "undecided" ? causesOf((pass as Unknown).causes) : nothing,
    witnesses: nothing,
    witnessCount: 0,
    wants: nothing,
    assumptions: clause.clause.assumptions,
    advice: nothing,
    waivers: nothing,
  };
  return options.explain ? explainClause({ compiled, env, policy, clause, pass, applies }, result, options) : result;
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
    const rank = effects.indexOf(result.effect);
    if (rank < this.rank || result.outcome === "passed") return;
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
