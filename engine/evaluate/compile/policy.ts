/** Policies, waivers and exemptions, compiled once a program (semantics, section 9). */
import {
  type Clause,
  type Effect,
  type EffectExpr,
  type Exempt,
  type Expr,
  effectRank,
  type Policy,
  type Program,
  type Quantifier,
  type Waiver,
} from "../../../language/core/ir.ts";
import { operandsOf } from "../../../language/core/walk.ts";
import type { Location } from "../../../language/diagnostics/diagnostic.ts";
import type { ClauseResult, Outcome } from "../decision.ts";
import type { Env } from "../env.ts";
import { Moving, standing } from "../moving.ts";
import { causesOf, not, or, type Truth } from "../unknown.ts";
import type { Context, Fn } from "./context.ts";
import { copyOf } from "./copies.ts";
import { factOf } from "./fact.ts";
import { compileQuantifier } from "./quantifiers.ts";

export interface CompiledEffect {
  readonly effect: Effect;
  readonly until: Fn | undefined;
}

export interface CompiledWaiver {
  readonly waiver: Waiver;
  /** Position in the program. */
  readonly index: number;
  readonly scope: Fn;
}

export interface CompiledClause {
  readonly clause: Clause;
  readonly label: string | null;
  readonly guards: readonly ((env: Env) => Truth)[];
  /** `require e` holds when e does, `forbid e` when it does not; waivers are in it. */
  readonly hold: (env: Env) => Truth;
  readonly violated: CompiledEffect;
  /** By the causes of the unknown, as a bit set: the effects of greatest rank that the clause gives them. */
  readonly undecided: readonly (readonly CompiledEffect[])[];
  readonly waivers: readonly CompiledWaiver[];
  /** Results without explanation and without an `until`, one an outcome; `undecided` by the causes as a bit set. */
  readonly results: {
    readonly passed: ClauseResult;
    readonly silent: ClauseResult;
    readonly violated: ClauseResult;
    readonly undecided: readonly ClauseResult[];
  };
}

export interface CompiledPolicy {
  readonly policy: Policy;
  readonly scope: ((env: Env) => Truth) | undefined;
  /** Facts of the header that the caller may have to give. */
  readonly callerFacts: readonly { readonly field: string; readonly fact: string; readonly at: Location }[];
  readonly clauses: readonly CompiledClause[];
}

export interface CompiledExempt {
  readonly exempt: Exempt;
  readonly scope: (env: Env) => Truth;
}

export function compilePolicy(context: Context, policy: Policy, program: Program): CompiledPolicy {
  const scope = policy.scope === undefined ? undefined : truth(context, policy.scope);
  for (const binding of policy.lets) context.declareLet(binding.slot, binding.value);
  return {
    policy,
    scope,
    callerFacts: policy.scope === undefined ? [] : callerFacts(policy.scope),
    clauses: policy.clauses.map((clause) => compileClause(context, clause, program)),
  };
}

export function compileExempt(context: Context, exempt: Exempt): CompiledExempt {
  return { exempt, scope: truth(context, exempt.scope) };
}

function truth(context: Context, expr: Expr): (env: Env) => Truth {
  return context.compile(expr).fn as (env: Env) => Truth;
}

/** Subject fields of the header that are declared `at` points: known in the cluster, said by the caller elsewhere. */
export function callerFacts(expr: Expr): CompiledPolicy["callerFacts"] {
  const own =
    expr.kind === "field" && expr.record.kind === "subject" && expr.field.points !== undefined
      ? [{ field: expr.field.name, fact: factOf(expr), at: expr.at }]
      : [];
  return [...own, ...operandsOf(expr).flatMap(callerFacts)];
}

function compileClause(context: Context, clause: Clause, program: Program): CompiledClause {
  const name = clause.label === undefined ? undefined : `${clause.policy}.${clause.label}`;
  const own = program.waivers.flatMap((waiver, index) => (waiver.clause === name ? [{ waiver, index }] : []));
  if (own.length > 0) bindMember(context, clause);
  const waivers = own.map(({ waiver, index }) => ({ waiver, index, scope: context.compile(waiver.scope.condition).fn }));
  const violated = compileEffect(context, clause.otherwise);
  const undecided = undecidedEffects(context, clause, violated);
  return {
    clause,
    label: clause.label ?? null,
    guards: clause.guards.map((guard) => truth(context, guard)),
    hold: compileHold(context, clause, waivers),
    violated,
    undecided,
    waivers,
    results: {
      passed: resultOf(clause, "passed", "allow", 0),
      silent: Object.freeze({ ...resultOf(clause, "passed", "allow", 0), applies: false, assumptions: nothing }),
      violated: resultOf(clause, "violated", violated.effect, 0),
      undecided: undecided.map((given, bits) => resultOf(clause, "undecided", given[0]?.effect ?? "deny", bits)),
    },
  };
}

const nothing: readonly never[] = [];

function resultOf(clause: Clause, outcome: Outcome, effect: Effect, causes: number): ClauseResult {
  return Object.freeze({
    policy: clause.policy,
    label: clause.label ?? null,
    at: clause.at,
    outcome,
    effect,
    causes: causesOf(causes),
    witnesses: nothing,
    witnessCount: 0,
    wants: nothing,
    assumptions: clause.assumptions,
    advice: nothing,
    waivers: nothing,
  });
}

/** A waiver of members reads them as the clause does: through a closed record, their lists are closed for both. */
function bindMember(context: Context, clause: Clause): void {
  const quantifier = memberQuantifier(clause);
  if (quantifier === undefined) return;
  context.bindings.set(quantifier.slot, { closed: context.compile(quantifier.collection).closed });
}

function compileEffect(context: Context, effect: EffectExpr): CompiledEffect {
  if (effect.until === undefined) return { effect: effect.effect, until: undefined };
  const until = context.compile(effect.until).fn;
  return {
    effect: effect.effect,
    until: (env) => {
      const time = until(env);
      // A release that moves with the clock is another one a microsecond later.
      if (time instanceof Moving && env.now !== undefined) env.validUntil = Math.min(env.validUntil, env.now + 1);
      return standing(time);
    },
  };
}

function undecidedEffects(context: Context, clause: Clause, violated: CompiledEffect): CompiledClause["undecided"] {
  const byCause = (cause: "missing" | "transient" | "conflict" | "malformed"): CompiledEffect => {
    const said = clause.onUnknown[cause];
    return said === undefined ? violated : compileEffect(context, said);
  };
  const compiled = {
    missing: byCause("missing"),
    transient: byCause("transient"),
    conflict: byCause("conflict"),
    malformed: byCause("malformed"),
  };
  return Array.from({ length: 16 }, (_, bits) => {
    const candidates = [...new Set(causesOf(bits).map((cause) => compiled[cause]))];
    const rank = Math.max(-1, ...candidates.map((candidate) => effectRank[candidate.effect]));
    return candidates.filter((candidate) => effectRank[candidate.effect] === rank);
  });
}

/** A waiver removes what it certainly matches: `sure` is true of T only, so a half-known match softens nothing. */
function lifts(env: Env, waivers: readonly CompiledWaiver[]): boolean {
  let lifted = false;
  for (const { waiver, index, scope } of waivers) {
    if (env.now === undefined || env.now >= waiver.ends || scope(env) !== true) continue;
    lifted = true;
    env.waived?.set(index, (env.waived.get(index) ?? 0) + 1);
  }
  return lifted;
}

function compileHold(context: Context, clause: Clause, waivers: readonly CompiledWaiver[]): (env: Env) => Truth {
  const ofMembers = waivers.filter(({ waiver }) => waiver.scope.kind === "member");
  const ofSubject = waivers.filter(({ waiver }) => waiver.scope.kind === "subject");
  const quantifier = memberQuantifier(clause);
  const condition =
    quantifier !== undefined && ofMembers.length > 0
      ? conditionWith(context, clause.condition, quantifier, (env) => lifts(env, ofMembers))
      : truth(context, clause.condition);
  const hold: (env: Env) => Truth = clause.polarity === "require" ? condition : copyOf("refuted")(condition, not);
  if (ofSubject.length === 0) return hold;
  return (env) => {
    const held = hold(env);
    return held !== true && lifts(env, ofSubject) ? true : or(held, false);
  };
}

/** The `some` of `forbid some` and `require not some`, the `every` of `require every`: where members violate. */
export function memberQuantifier(clause: Clause): Quantifier | undefined {
  let expr = clause.condition;
  let positive = clause.polarity === "require";
  while (expr.kind === "not") {
    expr = expr.operand;
    positive = !positive;
  }
  if (expr.kind === "every" && positive) return expr;
  return expr.kind === "some" && !positive ? expr : undefined;
}

function conditionWith(context: Context, expr: Expr, quantifier: Quantifier, waived: (env: Env) => boolean): (env: Env) => Truth {
  if (expr === quantifier) return compileQuantifier(context, quantifier, waived).fn as (env: Env) => Truth;
  if (expr.kind !== "not") return truth(context, expr);
  const inner = conditionWith(context, expr.operand, quantifier, waived);
  return (env) => not(inner(env));
}
