/** What the laws stand on: a universe with evidence, conditions over it, and the engine's word on them. */
import type { ClauseResult, Decision, Outcome, Request } from "../../engine/evaluate/decision.ts";
import type { Clause, Exempt, Expr, Policy, Program, Waiver } from "../../language/core/ir.ts";
import { engineAnswer } from "./agreement.ts";
import { type Choices, choicesFrom } from "./choices.ts";
import { decide } from "./decide.ts";
import { condition, type Scope } from "./expressions.ts";
import { requestOf } from "./facts.ts";
import { refreshed } from "./rewrite.ts";
import { bool, place, type Universe, universe } from "./universe.ts";

const at = place();

export interface Ground {
  readonly universe: Universe;
  readonly choices: Choices;
  readonly request: Request;
  /** The subject and two pieces of evidence by name. */
  readonly scope: Scope;
  readonly fresh: () => number;
}

export function groundFrom(forProgram: number, forFacts: number): Ground {
  const choices = choicesFrom(forProgram);
  const shared = universe(choices);
  let slots = 0;
  const fresh = () => slots++;
  const subject: Expr = { kind: "subject", name: "image", type: shared.subject, at };
  const records = [...[shared.bom, shared.scan].map((predicate): Expr => claimed(predicate)), subject];
  const scope: Scope = { universe: shared, choices, records, names: [], functions: [], nesting: 0, fresh };
  const request = requestOf(shared, choicesFrom(forFacts));
  return { universe: shared, choices, scope, fresh, request: { ...request, point: "ci", subject: { ...request.subject, kind: "image" } } };
}

export function claimed(predicate: Universe["bom"]): Expr {
  return { kind: "attestation", quantity: "one", predicate, origin: { kind: "claimed" }, type: predicate, at };
}

/** A random condition of moderate size. */
export function someCondition({ scope }: Ground): Expr {
  return condition(2, scope);
}

export const not = (operand: Expr): Expr => ({ kind: "not", operand, type: bool, at });
export const both = (left: Expr, right: Expr): Expr => ({ kind: "and", left, right, type: bool, at });
export const either = (left: Expr, right: Expr): Expr => ({ kind: "or", left, right, type: bool, at });
export const constant = (value: boolean): Expr => ({ kind: "literal", value, type: bool, at });

type Draft = Pick<Clause, "condition"> & Partial<Pick<Clause, "polarity" | "guards" | "label">>;

/** A policy with these clauses, which covers every image; each copy of a condition gets slots of its own. */
export function programWith(
  ground: Ground,
  drafts: readonly Draft[],
  more: { waivers?: readonly Waiver[]; exempts?: readonly Exempt[] } = {},
): Program {
  const clauses = drafts.map(
    (draft, i): Clause => ({
      policy: "oracle.p",
      label: draft.label ?? `c${i}`,
      polarity: draft.polarity ?? "require",
      condition: refreshed(draft.condition, ground.fresh),
      guards: (draft.guards ?? []).map((g) => refreshed(g, ground.fresh)),
      otherwise: { effect: "deny" },
      onUnknown: {},
      assumptions: [],
      at,
    }),
  );
  const policy: Policy = { name: "oracle.p", subject: "image", subjectType: ground.universe.subject, lets: [], clauses, satisfies: [], at };
  return {
    modules: [{ name: "oracle", path: at.path, deciding: true }],
    inputs: [],
    constants: [],
    functions: [],
    tables: ground.universe.tables,
    trusts: ground.universe.trusts,
    policies: [policy],
    exempts: more.exempts ?? [],
    waivers: more.waivers ?? [],
    vexes: [],
    runtimes: [],
    tests: [],
    types: ground.universe.types,
    slots: ground.fresh(),
  };
}

export function decisionOf(program: Program, request: Request, explain = false): Decision {
  const answer = engineAnswer(program, request, explain);
  if (answer.kind === "refusal") throw new Error(`refused: ${answer.refusal.code}`);
  return answer.decision;
}

/** A truth value as the engine gives it: `truth`, and the wants where it is unknown. */
export interface Verdict {
  readonly truth: "true" | "false" | "unknown";
  readonly wants: string;
}

/** The value of each condition on the evidence. */
export function valuesOf(ground: Ground, conditions: readonly Expr[], request: Request = ground.request): readonly Verdict[] {
  const program = programWith(
    ground,
    conditions.map((c) => ({ condition: c })),
  );
  return decisionOf(program, request, true).clauses.map(verdictOf);
}

/** The same by the naive evaluator. */
export function oracleValuesOf(ground: Ground, conditions: readonly Expr[]): readonly Verdict[] {
  const program = programWith(
    ground,
    conditions.map((c) => ({ condition: c })),
  );
  const answer = decide(program, new Map(), ground.request);
  if (answer.kind !== "decision") throw new Error("the oracle finds no policy");
  return answer.decision.clauses.map((clause) => ({ truth: truthOf(clause.outcome), wants: [...clause.wants.keys()].sort().join(" ") }));
}

function truthOf(outcome: Outcome): Verdict["truth"] {
  return ({ passed: "true", violated: "false", undecided: "unknown" } as const)[outcome];
}

export function verdictOf(clause: ClauseResult): Verdict {
  const wants = clause.wants.map((w) => JSON.stringify([w.cause, w.fact, w.detail, w.openness]));
  return { truth: truthOf(clause.outcome), wants: [...new Set([...clause.causes, ...wants])].sort().join(" ") };
}

/** The same with every list in one order, as text: what is left when order of listing does not count. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? String(value) : value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted((value as Record<string, unknown>)[key])]),
  );
}
