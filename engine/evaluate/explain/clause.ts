/** A clause's result with what a person asks next: which members, which message, which evidence, what is missing. */
import type { DataRecord } from "../../../language/core/data.ts";
import type { Expr, Quantifier } from "../../../language/core/ir.ts";
import { memberBranches } from "../compile/branches.ts";
import type { Context, Fn } from "../compile/context.ts";
import { type CompiledClause, type CompiledPolicy, memberQuantifier } from "../compile/policy.ts";
import type { Citation, ClauseResult, Options, WantGroup, Witness } from "../decision.ts";
import type { Env } from "../env.ts";
import { showValue } from "../print.ts";
import type { CompiledProgram } from "../program.ts";
import { type Truth, Unknown } from "../unknown.ts";
import type { Collection } from "../virtual.ts";
import { adviceFor } from "./advice.ts";
import { type Cited, type Citer, citerOf, citing, factsOf, type Lazy } from "./cite.ts";
import { derive } from "./derive.ts";
import { renderer } from "./template.ts";
import { groupWants } from "./wants.ts";

export interface Explained {
  readonly compiled: CompiledProgram;
  readonly env: Env;
  readonly policy: CompiledPolicy;
  readonly clause: CompiledClause;
  readonly pass: Truth;
  /** Positions in the program of the waivers that lifted something of it, and how many members. */
  readonly lifted: readonly (readonly [index: number, count: number])[];
}

/** What is compiled of a clause for explanations, on first use. */
interface Explainer {
  readonly message: ((env: Env) => string) | undefined;
  readonly citer: Citer;
  readonly member: MemberExplainer | undefined;
  /** Collections that quantifiers of the clause range over, by the name they bind. */
  readonly populations: readonly { readonly name: string; readonly collection: Fn }[];
}

interface MemberExplainer {
  readonly quantifier: Quantifier;
  readonly collection: Fn;
  /** True of a member, which is in its slot, that violates the clause. */
  readonly violates: (env: Env, item: unknown) => boolean;
  readonly citers: readonly Citer[];
}

const explainers = new WeakMap<CompiledClause, Explainer>();
const fns = new WeakMap<Context, WeakMap<Expr, Fn>>();

/** Compiles an expression for an explanation, once. */
export function lazyIn(context: Context): Lazy {
  let known = fns.get(context);
  if (known === undefined) {
    known = new WeakMap();
    fns.set(context, known);
  }
  const cache = known;
  const lazy = (expr: Expr): Fn => {
    const cached = cache.get(expr);
    if (cached !== undefined) return cached;
    const { fn } = context.compile(expr);
    cache.set(expr, fn);
    return fn;
  };
  const inside: Lazy["inside"] = (call) => {
    const definition = context.functions.get(call.key);
    if (definition === undefined) return undefined;
    const args = call.args.map(lazy);
    const bind = (env: Env): void => {
      const values = args.map((arg) => arg(env));
      definition.parameters.forEach(({ slot }, index) => {
        env.slots[slot] = values[index];
      });
    };
    return { body: definition.body, bind };
  };
  return Object.assign(lazy, { inside });
}

function explainerOf(context: Context, clause: CompiledClause): Explainer {
  const cached = explainers.get(clause);
  if (cached !== undefined) return cached;
  const lazy = lazyIn(context);
  const quantifier = memberQuantifier(clause.clause);
  const explainer: Explainer = {
    message: clause.clause.message === undefined ? undefined : renderer(lazy, clause.clause.message),
    citer: citerOf(lazy, clause.clause.condition),
    member: quantifier === undefined ? undefined : memberExplainer(context, lazy, quantifier, clause),
    populations: quantifier === undefined ? [] : [{ name: quantifier.name, collection: lazy(quantifier.collection) }],
  };
  explainers.set(clause, explainer);
  return explainer;
}

function memberExplainer(context: Context, lazy: Lazy, quantifier: Quantifier, clause: CompiledClause): MemberExplainer {
  // Coverage is told of every condition, which only the closures do.
  const branches = context.observer === undefined ? memberBranches(context, quantifier) : undefined;
  const where = quantifier.where === undefined ? undefined : lazy(quantifier.where);
  const body = quantifier.body === undefined ? undefined : lazy(quantifier.body);
  const lifted = (env: Env): boolean =>
    clause.waivers.some(
      ({ waiver, scope }) => waiver.scope.kind === "member" && env.now !== undefined && env.now < waiver.ends && scope(env) === true,
    );
  const matches = (env: Env): boolean => (where === undefined || where(env) === true) && (body === undefined || body(env) === false);
  return {
    quantifier,
    collection: lazy(quantifier.collection),
    violates(env, item) {
      const isPlain = branches !== undefined && env.failed === undefined && typeof item === "object" && item !== null;
      const answer = isPlain ? branches.condition(item as DataRecord, env) : 2;
      return answer !== 0 && (answer === 1 || matches(env)) && !lifted(env);
    },
    citers: [quantifier.where, quantifier.body].flatMap((part) => (part === undefined ? [] : [citerOf(lazy, part)])),
  };
}

const noCitations: readonly Citation[] = [];

/** Adds to the bare result of a clause what its explanation says. */
export function explainClause(explained: Explained, bare: ClauseResult, options: Options): ClauseResult {
  const { compiled, env, clause, pass } = explained;
  const waivers =
    explained.lifted.length === 0
      ? bare.waivers
      : explained.lifted.flatMap(([index, lifted]) => {
          const waiver = compiled.program.waivers[index];
          return waiver === undefined ? [] : [{ ...waiver, lifted }];
        });
  if (bare.outcome === "passed") {
    const derivation = options.derivations === true ? derive(lazyIn(compiled.context), env, clause.clause.condition) : undefined;
    return waivers.length === 0 && derivation === undefined
      ? bare
      : { ...bare, waivers, ...(derivation === undefined ? {} : { derivation }) };
  }
  const explainer = explainerOf(compiled.context, clause);
  const found = bare.outcome === "violated" ? witnesses(explainer, env, options.witnesses ?? 20) : { kept: [], count: 0 };
  const wants = pass instanceof Unknown ? groupWants(pass, populations(explainer, env)) : [];
  const message = found.kept[0]?.message ?? (bare.outcome === "undecided" ? undecidedMessage(explainer, env, wants) : undefined);
  const result: Writable<ClauseResult> = {
    ...bare,
    witnesses: found.kept,
    witnessCount: found.count,
    wants,
    advice: wants.length === 0 ? bare.advice : adviceFor(clause, explained.policy.policy.scope, wants),
    waivers,
  };
  if (message !== undefined) result.message = message;
  if (options.derivations === true) result.derivation = derive(lazyIn(compiled.context), env, clause.clause.condition);
  return result;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Why a clause was not asked: the header or guard that is false. */
export function explainSilence(compiled: CompiledProgram, env: Env, policy: CompiledPolicy, clause: CompiledClause): ClauseResult {
  const lazy = lazyIn(compiled.context);
  const conditions = [policy.policy.scope, ...clause.clause.guards].filter((condition) => condition !== undefined);
  const off = conditions.find((condition) => lazy(condition)(env) === false);
  return off === undefined ? clause.results.silent : { ...clause.results.silent, derivation: derive(lazy, env, off) };
}

/** Without what it does not have: `member` where the clause is about the subject as a whole, `facts` where there are none. */
function witness(message: string | undefined, member: string | undefined, cited: Cited): Witness {
  const citations = cited.citations.length === 0 ? noCitations : cited.citations;
  const made: Writable<Witness> =
    message === undefined
      ? member === undefined
        ? { citations }
        : { member, citations }
      : member === undefined
        ? { message, citations }
        : { message, member, citations };
  const facts = factsOf(cited);
  if (facts.length > 0) made.facts = facts;
  return made;
}

function witnesses(explainer: Explainer, env: Env, most: number): { readonly kept: readonly Witness[]; readonly count: number } {
  const { member, message, citer } = explainer;
  if (member === undefined) {
    const cited = citing();
    citer(env, cited);
    return { kept: [witness(message?.(env), undefined, cited)], count: 1 };
  }
  const kept: Witness[] = [];
  let count = 0;
  const { slot } = member.quantifier;
  for (const item of (member.collection(env) as Collection).items) {
    env.slots[slot] = item;
    if (!member.violates(env, item)) continue;
    count += 1;
    if (count <= most) kept.push(memberWitness(explainer, member, env, item));
  }
  return { kept, count };
}

/** Apart from the loop that looks for them, which goes over every component of a product and is compiled for that. */
function memberWitness({ message }: Explainer, member: NonNullable<Explainer["member"]>, env: Env, item: unknown): Witness {
  const { slot, collection } = member.quantifier;
  const cited = citing();
  for (const cite of member.citers) {
    env.slots[slot] = item;
    cite(env, cited);
  }
  env.slots[slot] = item;
  const { type } = collection;
  return witness(message?.(env), showValue(type.kind === "list" || type.kind === "set" ? type.element : type, item), cited);
}

function populations(explainer: Explainer, env: Env): ReadonlyMap<string, number> {
  return new Map(explainer.populations.map(({ name, collection }) => [name, (collection(env) as Collection).items.length]));
}

/** "8 of 201: `c.license` is missing"; the clause's own message is about a violation, which is not what is known here. */
function undecidedMessage(explainer: Explainer, env: Env, wants: readonly WantGroup[]): string | undefined {
  const [first] = wants;
  if (first === undefined) return explainer.message?.(env);
  if (first.openness) return `\`${first.fact}\` may not be the whole list`;
  const about = first.of === undefined ? `\`${first.fact}\`` : `\`${first.fact}\` of ${first.count} of ${first.of}`;
  const why = first.detail === "" ? "" : ` (${first.detail})`;
  return `${about} is not known: ${first.cause}${why}${wants.length > 1 ? `, and ${wants.length - 1} more` : ""}`;
}
