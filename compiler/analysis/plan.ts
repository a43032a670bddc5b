/**
 * The evidence plan: which attestations the clauses of a program ask for, from whom, and in which order they are worth
 * fetching. It is read off the core, so it names what *can* be asked; which of it is fetched depends on what is decided
 * without it (semantics, section 3: a fact may be left unfetched only where it cannot matter).
 */
import { type Clause, type Effect, type Expr, effectRank, type Policy, type Program, type VexDefinition } from "../../language/core/ir.ts";
import { expressionsIn } from "../../language/core/walk.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";

/** One thing that somebody must have signed for clauses to be decided. */
export interface Need {
  /** `signature`: `x is signed by P`. `attestation`: a statement of the type, by anybody in `trusts` or claimed. */
  readonly kind: "signature" | "attestation";
  /** Qualified name of the predicate's type (`waybill.slsa.Provenance`); `signed` for a signature. */
  readonly type: string;
  /** Qualified name of who has to have signed it; absent where a claim is enough. */
  readonly trust?: string;
  /** The clauses that read it, in source order. */
  readonly clauses: readonly ClauseName[];
  /** A policy's header, an exemption or a waiver reads it: it matters whatever the clauses come to. */
  readonly scopes: boolean;
  /** The greatest effect that hangs on it. */
  readonly effect: Effect;
}

export interface ClauseName {
  /** `module.policy.label`, or `module.policy` for a clause without a label. */
  readonly name: string;
  readonly at: Location;
}

/** What judging one kind of subject may need. */
export interface KindPlan {
  readonly kind: string;
  /** Absent: every point at which the kind exists. */
  readonly points?: readonly string[];
  /** Greatest effect first, then in source order: the order in which they are worth fetching. */
  readonly needs: readonly Need[];
  /** Clauses that are decided from the subject and given facts alone: these never cause a fetch. */
  readonly local: readonly ClauseName[];
}

/** The plan of every kind that the program's policies speak about, by kind. */
export function evidencePlan(program: Program): readonly KindPlan[] {
  const asks = asksOf(program);
  return [...Map.groupBy(program.policies, (policy) => policy.subject)]
    .map(([kind, policies]) => kindPlan(kind, policies, program, asks))
    .sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

/** Whether any clause of the program rests on what somebody signed. */
export function asksForSigned(program: Program): boolean {
  return evidencePlan(program).some((plan) => plan.needs.some((need) => need.trust !== undefined));
}

/** Whether any clause reads what nobody signed. */
export function asksForClaims(program: Program): boolean {
  return evidencePlan(program).some((plan) => plan.needs.some((need) => need.trust === undefined));
}

/** Types of the attestations by somebody that any expression reads `about` something else than the subject. */
export function typesAboutElse(program: Program): readonly string[] {
  const roots = [
    ...program.policies.flatMap((policy) => [...policy.lets.map((one) => one.value), ...policy.clauses.flatMap(rootsOf)]),
    ...program.policies.flatMap((policy) => (policy.scope === undefined ? [] : [policy.scope])),
    ...program.exempts.map((exempt) => exempt.scope),
    ...program.waivers.map((waiver) => waiver.scope.condition),
    ...program.vexes.flatMap(conditionsOf),
    ...program.constants.map((one) => one.value),
    ...program.functions.map((one) => one.body),
  ];
  const types = new Set<string>();
  for (const root of roots)
    for (const expr of expressionsIn(root))
      if (expr.kind === "attestation" && expr.about !== undefined && expr.origin.kind === "trust") types.add(expr.predicate.name);
  return [...types];
}

/** What the `vex` declarations about a kind ask of what somebody signed. */
export function vexNeeds(program: Program, kinds: readonly string[]): readonly Need[] {
  const asks = asksOf(program);
  const needs = new Map<string, Gathered>();
  for (const vex of program.vexes.filter(({ subject }) => kinds.includes(subject)))
    for (const ask of asks(conditionsOf(vex), { lets: [] }))
      if (ask.trust !== undefined) gather(needs, ask, { name: vex.name, at: vex.at }, "deny");
  return [...needs.values()].map(({ ask, clauses, effect }) => ({ ...ask, clauses, effect, scopes: true }));
}

function conditionsOf(vex: VexDefinition): readonly Expr[] {
  return [...(vex.scope === undefined ? [] : [vex.scope]), ...vex.rows.map((row) => row.condition)];
}

/** What an expression asks of somebody's evidence. */
type Ask = Pick<Need, "kind" | "type" | "trust">;
type Asks = (roots: readonly Expr[], policy: Pick<Policy, "lets">) => readonly Ask[];

interface Gathered {
  readonly ask: Ask;
  readonly clauses: ClauseName[];
  effect: Effect;
  scopes: boolean;
}

function kindPlan(kind: string, policies: readonly Policy[], program: Program, asksOf: Asks): KindPlan {
  const needs = new Map<string, Gathered>();
  const local: ClauseName[] = [];
  for (const policy of policies) {
    for (const clause of policy.clauses) {
      const name: ClauseName = { name: clause.label === undefined ? policy.name : `${policy.name}.${clause.label}`, at: clause.at };
      const asks = asksOf(rootsOf(clause), policy);
      if (asks.length === 0) local.push(name);
      for (const ask of asks) gather(needs, ask, name, clause.otherwise.effect);
    }
  }
  for (const { ask, name } of scopesOf(kind, policies, program, asksOf)) {
    gather(needs, ask, name, "deny");
    const need = needs.get(keyOf(ask));
    if (need !== undefined) need.scopes = true;
  }
  const everywhere = policies.some((policy) => policy.points === undefined);
  const points = [...new Set(policies.flatMap((policy) => policy.points ?? []))].sort();
  return {
    kind,
    ...(everywhere ? {} : { points }),
    needs: [...needs.values()]
      .sort((a, b) => effectRank[b.effect] - effectRank[a.effect])
      .map(({ ask, clauses, effect, scopes }) => ({ ...ask, clauses, effect, scopes })),
    local,
  };
}

interface Scoped {
  readonly ask: Ask;
  readonly name: ClauseName;
}

/** What headers, exemptions and waivers read: each decides whether clauses are heard at all. */
function scopesOf(kind: string, policies: readonly Policy[], program: Program, asksOf: Asks): readonly Scoped[] {
  const headers = policies.flatMap((policy) =>
    policy.scope === undefined ? [] : asksOf([policy.scope], policy).map((ask) => ({ ask, name: { name: policy.name, at: policy.at } })),
  );
  const [first] = policies;
  if (first === undefined) return headers;
  const exempts = program.exempts
    .filter((exempt) => exempt.subject === kind)
    .flatMap((exempt) => asksOf([exempt.scope], first).map((ask) => ({ ask, name: { name: `exempt ${kind}`, at: exempt.at } })));
  const names = new Set(policies.map((policy) => policy.name));
  const waivers = program.waivers
    .filter((waiver) => names.has(waiver.clause.slice(0, waiver.clause.lastIndexOf("."))))
    .flatMap((waiver) =>
      asksOf([waiver.scope.condition], first).map((ask) => ({ ask, name: { name: `waive ${waiver.clause}`, at: waiver.at } })),
    );
  return [...headers, ...exempts, ...waivers];
}

function gather(needs: Map<string, Gathered>, ask: Ask, name: ClauseName, effect: Effect): void {
  const key = keyOf(ask);
  const known = needs.get(key);
  if (known === undefined) {
    needs.set(key, { ask, clauses: [name], effect, scopes: false });
    return;
  }
  known.clauses.push(name);
  if (effectRank[effect] > effectRank[known.effect]) known.effect = effect;
}

function keyOf(ask: Ask): string {
  return JSON.stringify([ask.kind, ask.type, ask.trust ?? null]);
}

/** What decides the clause. Its message does not, and its policy's `where` may read no attestation (grammar, section 5). */
function rootsOf(clause: Clause): readonly Expr[] {
  const effects = [clause.otherwise, ...Object.values(clause.onUnknown)];
  return [clause.condition, ...clause.guards, ...effects.flatMap((effect) => (effect.until === undefined ? [] : [effect.until]))];
}

/** Follows lets, constants and functions, each once; a function cannot call itself (semantics, section 5). */
function asksOf(program: Program): Asks {
  const functions = new Map(program.functions.map((one) => [one.key, one.body]));
  const constants = new Map(program.constants.map((one) => [one.key, one.value]));
  return (roots, policy) => {
    const lets = new Map(policy.lets.map((one) => [one.slot, one.value]));
    const found = new Map<string, Ask>();
    const seen = new Set<Expr>();
    const open: Expr[] = [...roots];
    const follow = (next: Expr | undefined): void => {
      if (next !== undefined) open.push(next);
    };
    for (let root = open.shift(); root !== undefined; root = open.shift()) {
      if (seen.has(root)) continue;
      seen.add(root);
      for (const expr of expressionsIn(root)) {
        if (expr.kind === "let") follow(lets.get(expr.slot));
        else if (expr.kind === "constant") follow(constants.get(expr.key));
        else if (expr.kind === "call") follow(functions.get(expr.key));
        const ask = askOf(expr);
        if (ask !== undefined) found.set(keyOf(ask), ask);
      }
    }
    return [...found.values()];
  };
}

function askOf(expr: Expr): Ask | undefined {
  if (expr.kind === "attestation") {
    const trust = expr.origin.kind === "trust" ? { trust: expr.origin.trust } : {};
    return { kind: "attestation", type: expr.predicate.name, ...trust };
  }
  if (expr.kind !== "predicate" || expr.by === undefined) return undefined;
  const trust = expr.by.kind === "trust" ? { trust: expr.by.trust } : {};
  if (expr.predicate.name === "signed") return { kind: "signature", type: "signed", ...trust };
  return expr.predicate.name === "resolved" ? { kind: "attestation", type: "waybill.vex.Document", ...trust } : undefined;
}
