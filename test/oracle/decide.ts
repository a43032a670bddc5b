/** From truth values to a decision: scope, guards, waivers, effects, coverage, validity (semantics, section 9). */
import type { Inputs, Outcome, Reason, Request } from "../../engine/evaluate/decision.ts";
import type { Cause, Clause, Effect, EffectExpr, Exempt, Expr, Policy, Program, Quantifier, Waiver } from "../../language/core/ir.ts";
import { effects } from "../../language/core/ir.ts";
import { bind, type Env, evaluate, type Faults, faultless, truth, type World } from "./evaluate.ts";
import { all, and, any, causesOf, not, noWants, open, or, sure, type Truth, type Wants } from "./logic.ts";

/** A judgement; `until` is the release of a quarantine, absent where none is automatic. */
export interface Judgement {
  readonly effect: Effect;
  readonly until?: number | undefined;
}

export interface OracleClause extends Judgement {
  readonly policy: string;
  readonly label: string | null;
  readonly outcome: Outcome;
  readonly causes: ReadonlySet<Cause>;
  readonly wants: Wants;
}

export interface OracleDecision extends Judgement {
  readonly reason: Reason;
  readonly clauses: readonly OracleClause[];
  readonly covered: boolean;
  readonly validUntil: number | undefined;
}

export type OracleAnswer = { readonly kind: "decision"; readonly decision: OracleDecision } | { readonly kind: "no-policy" };

export function decide(program: Program, inputs: Inputs, request: Request, faults: Faults = faultless): OracleAnswer {
  const world: World = { program, inputs, request, faults };
  const policies = program.policies.filter((p) => decides(program, p.at.path) && speaksAbout(p.subject, request) && holdsAt(p, request));
  if (policies.length === 0) return { kind: "no-policy" };
  const exempts = program.exempts.filter(
    (e) => decides(program, e.at.path) && speaksAbout(e.subject, request) && (e.ends === undefined || isLive(e.ends, request)),
  );
  const waivers = program.waivers.filter((w) => decides(program, w.at.path) && isLive(w.ends, request));
  const clauses = policies.flatMap((p) =>
    p.clauses.map((c) =>
      judge(
        p,
        c,
        waivers.filter((w) => isFor(w, c)),
        world,
      ),
    ),
  );
  const coverage = any([
    ...policies.map((p) => (p.scope === undefined ? true : truth(p.scope, letsOf(p), world))),
    ...exempts.map((e) => truth(e.scope, new Map(), world)),
  ]);
  const covered = coverage === true;
  const greatest = join([...clauses, { effect: covered ? "allow" : "deny" }]);
  return {
    kind: "decision",
    decision: {
      ...greatest,
      reason: reasonOf(greatest.effect, clauses, coverage),
      clauses,
      covered,
      validUntil: validUntil(policies, waivers, exempts),
    },
  };
}

function decides(program: Program, path: string): boolean {
  return program.modules.find((m) => m.path === path)?.deciding !== false;
}

/** An image is an artifact, so policies for either judge and cover it. */
function speaksAbout(kind: string, request: Request): boolean {
  return kind === request.subject.kind || (kind === "artifact" && request.subject.kind === "image");
}

function holdsAt(policy: Policy, request: Request): boolean {
  return policy.points === undefined || policy.points.includes(request.point);
}

/** Without a clock, what is dated counts as ended. */
function isLive(ends: number, request: Request): boolean {
  return request.now !== undefined && request.now < ends;
}

function isFor(waiver: Waiver, clause: Clause): boolean {
  return clause.label !== undefined && waiver.clause === `${clause.policy}.${clause.label}`;
}

/** Each `let` stands for its expression; a later one may use an earlier one. */
export function letsOf(policy: Policy): Env {
  return policy.lets.reduce<Env>((env, l) => bind(env, l.slot, { kind: "expression", expr: l.value, env }), new Map());
}

function judge(policy: Policy, clause: Clause, waivers: readonly Waiver[], world: World): OracleClause {
  const env = letsOf(policy);
  const scope = policy.scope === undefined ? true : truth(policy.scope, env, world);
  const applies = and(scope, all(clause.guards.map((g) => truth(g, env, world))));
  const pass = or(not(applies), waivedHold(clause, waivers, env, world));
  const said = { policy: clause.policy, label: clause.label ?? null };
  if (pass === true) return { ...said, outcome: "passed", effect: "allow", causes: new Set(), wants: noWants };
  if (pass === false)
    return { ...said, outcome: "violated", ...judgement(clause.otherwise, env, world), causes: new Set(), wants: noWants };
  const causes = causesOf(pass.wants);
  const joined = join([...causes].map((c) => judgement(clause.onUnknown[c] ?? clause.otherwise, env, world)));
  return { ...said, outcome: "undecided", ...joined, causes, wants: pass.wants };
}

function waivedHold(clause: Clause, waivers: readonly Waiver[], env: Env, world: World): Truth {
  const lifts = (condition: Expr, scope: Env): boolean => {
    const sigma = truth(condition, scope, world);
    return world.faults.waiveHalfKnown ? sigma !== false : sure(sigma);
  };
  const forMembers = waivers.flatMap((w) => (w.scope.kind === "member" ? [w.scope] : []));
  const hold = holdOf(clause, forMembers, lifts, env, world);
  return waivers.reduce((h, w) => or(h, w.scope.kind === "subject" && lifts(w.scope.condition, env)), hold);
}

type MemberScope = Extract<Waiver["scope"], { kind: "member" }>;

/**
 * `forbid some x in c where p` becomes `… where p and not sure(σ(x))`; `require every x in c … : q` becomes
 * `… : (q or sure(σ(x)))`. `require not some` is `forbid some`. The lifted members are marked by hand, since `sure` is
 * no expression of the language.
 */
function holdOf(clause: Clause, scopes: readonly MemberScope[], lifts: (e: Expr, env: Env) => boolean, env: Env, world: World): Truth {
  const holds = clause.polarity === "require";
  const liftable = memberQuantifier(clause);
  if (scopes.length === 0 || liftable === undefined) {
    const as = truth(clause.condition, env, world);
    return holds ? as : not(as);
  }
  const collection = evaluate(liftable.collection, env, world);
  if (collection.kind !== "collection") throw new Error("a quantifier over what is no collection");
  const bad = collection.members.map((meaning) => {
    const member = bind(env, liftable.slot, { kind: "member", meaning });
    const where = liftable.where === undefined ? true : truth(liftable.where, member, world);
    const violates = liftable.kind === "some" ? true : not(truth(liftable.body as Expr, member, world));
    return and(and(where, violates), !scopes.some((s) => lifts(s.condition, member)));
  });
  return not(or(open(collection.wants), any(bad)));
}

/** The quantifier whose members violate the clause; undefined where there is none. */
export function memberQuantifier(clause: Pick<Clause, "condition" | "polarity">): Quantifier | undefined {
  const { condition, polarity } = clause;
  if (condition.kind === "not") {
    return memberQuantifier({ condition: condition.operand, polarity: polarity === "require" ? "forbid" : "require" });
  }
  if (condition.kind === "some" && polarity === "forbid") return condition;
  return condition.kind === "every" && polarity === "require" ? condition : undefined;
}

function judgement(expr: EffectExpr, env: Env, world: World): Judgement {
  if (expr.effect !== "quarantine" || expr.until === undefined) return { effect: expr.effect };
  const until = evaluate(expr.until, env, world);
  return until.kind === "known" ? { effect: expr.effect, until: until.value as number } : { effect: expr.effect };
}

function rank(effect: Effect): number {
  return effects.indexOf(effect);
}

/** The greatest effect; several quarantines join to the latest release, and one without release has none. */
function join(list: readonly Judgement[]): Judgement {
  const effect = list.reduce<Effect>((a, b) => (rank(b.effect) > rank(a) ? b.effect : a), "allow");
  const releases = list.filter((j) => j.effect === effect).map((j) => j.until);
  const until = releases.some((u) => u === undefined) ? undefined : Math.max(...(releases as readonly number[]));
  return effect === "quarantine" && until !== undefined ? { effect, until } : { effect };
}

/**
 * A fault is no verdict: every clause of the greatest effect is undecided with a transient want (exit code 3). Coverage
 * that is not true counts as one more of them.
 */
function reasonOf(effect: Effect, clauses: readonly OracleClause[], coverage: Truth): Reason {
  if (effect === "allow") return "passed";
  const greatest = clauses.filter((c) => c.effect === effect);
  const coverageFails = typeof coverage === "object" && causesOf(coverage.wants).has("transient");
  if (greatest.length === 0) return coverageFails ? "fault" : "uncovered";
  if (greatest.some((c) => c.outcome === "violated")) return "violated";
  return greatest.every((c) => c.causes.has("transient")) && (coverage === true || coverageFails) ? "fault" : "undecided";
}

/** The first instant at which one of the dates that hold now stops holding. */
function validUntil(policies: readonly Policy[], waivers: readonly Waiver[], exempts: readonly Exempt[]): number | undefined {
  const clauses = policies.flatMap((p) => p.clauses);
  const ends = [
    ...waivers.filter((w) => clauses.some((c) => isFor(w, c))).map((w) => w.ends),
    ...exempts.flatMap((e) => (e.ends === undefined ? [] : [e.ends])),
  ];
  return ends.length === 0 ? undefined : Math.min(...ends);
}
