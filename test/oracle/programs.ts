/** Random well-typed programs: inputs, constants, functions, and policies with everything that section 9 knows. */
import type {
  Cause,
  Clause,
  Constant,
  Effect,
  EffectExpr,
  Exempt,
  Expr,
  FunctionDefinition,
  InputDefinition,
  Policy,
  PolicyLet,
  Program,
  Waiver,
} from "../../language/core/ir.ts";
import { causes } from "../../language/core/ir.ts";
import { scalar, type Type } from "../../language/semantics/types.ts";
import type { Choices } from "./choices.ts";
import { memberQuantifier } from "./decide.ts";
import { anyLiteral, collection, condition, field, inside, literal, operand, quantifier, type Scope } from "./expressions.ts";
import { digest } from "./facts.ts";
import { visit } from "./rewrite.ts";
import { bool, day, int, level, listOf, place, text, time, today, type Universe } from "./universe.ts";

const at = place();
/** Quarantine is for packages only, which is the checker's business. */
function effectsOf(scope: Scope): readonly Effect[] {
  return scope.universe.written ? ["warn", "deny"] : ["warn", "quarantine", "deny"];
}

export function programOf(universe: Universe, choices: Choices): Program {
  let slots = 0;
  const fresh = () => slots++;
  const inputs: readonly InputDefinition[] = [
    { key: "oracle.limit", type: int, default: choices.below(4), at },
    { key: "oracle.bar", type: level, default: choices.below(3), at },
  ];
  const outermost: Scope = {
    universe,
    choices,
    records: [],
    names: inputs.map((i) => ({ kind: "input", key: i.key, type: i.type, at })),
    functions: [],
    nesting: 0,
    fresh,
  };
  const constants = constantsOf(choices);
  const global = {
    ...outermost,
    names: [...outermost.names, ...constants.map((c): Expr => ({ kind: "constant", key: c.key, type: c.value.type, at }))],
  };
  const functions = functionsOf(universe, global);
  const scope = { ...global, functions };
  const policies = choices.times(1, 3, (i) =>
    policyOf(i > 0 && !universe.written && choices.chance(8) ? `imported.p${i}` : `oracle.p${i}`, universe, scope),
  );
  return {
    modules: [
      { name: "oracle", path: at.path, deciding: true },
      { name: "imported", path: "imported.scp", deciding: false },
    ],
    inputs,
    constants,
    functions,
    tables: universe.tables,
    trusts: universe.trusts,
    policies,
    exempts: choices.chance(30) ? [exemptOf(universe, scope)] : [],
    waivers: policies.flatMap((p) => p.clauses.flatMap((c) => waiversOf(p, c, universe, scope))),
    vexes: [],
    runtimes: [],
    tests: [],
    types: universe.types,
    slots,
  };
}

function constantsOf(choices: Choices): readonly Constant[] {
  return [
    { key: "oracle.some_int", value: anyLiteral(int, choices) },
    {
      key: "oracle.some_texts",
      value: { kind: "list", items: choices.times(0, 2, () => anyLiteral(text, choices)), type: listOf(text), at },
    },
  ];
}

/** Each may call the earlier ones; none sees the subject or evidence. */
function functionsOf(universe: Universe, scope: Scope): readonly FunctionDefinition[] {
  const shapes: readonly (readonly [readonly Type[], Type])[] = [
    [[universe.leaf, int], bool],
    [[universe.item, text], bool],
    [[universe.item, level], level],
    [[universe.leaf], int],
    [[universe.scan], bool],
  ];
  const define = (done: readonly FunctionDefinition[], [types, result]: (typeof shapes)[number]): readonly FunctionDefinition[] => {
    const parameters = types.map((type) => {
      const slot = scope.fresh();
      return { slot, name: `a${slot}`, type };
    });
    const locals = parameters.map((p): Expr => ({ kind: "local", ...p, at }));
    const inner = {
      ...scope,
      functions: done,
      records: locals.filter((l) => l.type.kind === "record"),
      names: [...scope.names, ...locals.filter((l) => l.type.kind !== "record")],
    };
    return [...done, { key: `oracle.f${done.length}`, parameters, body: operand(result, 2, inner) }];
  };
  return shapes.slice(0, scope.choices.below(shapes.length + 1)).reduce(define, []);
}

function subjectOf(universe: Universe, kind: string): Expr {
  return { kind: "subject", name: kind, type: universe.subject, at };
}

function policyOf(name: string, universe: Universe, global: Scope): Policy {
  const { choices } = global;
  const kind = choices.weighted([
    [universe.written ? 0 : 8, "image"],
    [3, universe.writtenKind],
    [universe.written ? 0 : 1, "workload"],
  ]);
  const scope = { ...global, records: [subjectOf(universe, kind)] };
  const [lets, body] = letsOf(universe, scope);
  const points = choices.chance(25) ? { points: choices.pick([["ci"], ["ci", "admission"], ["ci"], ["admission"]]) } : {};
  return {
    name,
    subject: kind,
    subjectType: universe.subject,
    ...points,
    ...(choices.chance(35) ? { scope: condition(1, scope) } : {}),
    lets,
    clauses: choices.times(1, 3, (i) => clauseOf(name, `c${i}`, body)),
    satisfies: [],
    at: place(name.startsWith("imported") ? "imported.scp" : at.path),
  };
}

/** Attestations first, so that the others can speak about them. */
function letsOf(universe: Universe, outer: Scope): readonly [readonly PolicyLet[], Scope] {
  const { choices } = outer;
  const lets: PolicyLet[] = [];
  let scope: Scope = { ...outer };
  const add = (value: Expr) => {
    const slot = scope.fresh();
    const name = `l${slot}`;
    lets.push({ slot, name, value });
    const read: Expr = { kind: "let", slot, name, type: value.type, at };
    scope = value.type.kind === "record" ? { ...scope, records: [...scope.records, read] } : { ...scope, names: [...scope.names, read] };
  };
  choices.times(0, 3, () => add(attestationOf(universe, scope)));
  choices.times(0, 2, () =>
    add(
      choices.weighted<() => Expr>([
        [2, () => condition(1, scope)],
        [2, () => operand(int, 1, scope)],
        [2, () => collection(true, scope)],
        [1, () => operand(level, 1, scope)],
      ])(),
    ),
  );
  return [lets, scope];
}

function attestationOf(universe: Universe, scope: Scope): Expr {
  const { choices } = scope;
  const predicate = choices.pick([universe.bom, universe.scan]);
  const origin = choices.chance(50)
    ? ({ kind: "claimed" } as const)
    : ({ kind: "trust", trust: choices.pick(universe.trusts).key } as const);
  const quantity = choices.weighted([
    [5, "one"],
    [2, "newest"],
    [1, "all"],
  ] as const);
  const about =
    !universe.written && choices.chance(8)
      ? { about: literal(scalar("Digest"), digest(choices.pick(["subject", "other", "config"]))) }
      : {};
  if (quantity === "all") return { kind: "attestation", quantity, predicate, origin, type: listOf(predicate), at, ...about };
  const read: Expr = { kind: "attestation", quantity, predicate, origin, type: predicate, at, ...about };
  return choices.chance(35) ? { kind: "closed", operand: read, type: predicate, at } : read;
}

function clauseOf(policy: string, label: string, scope: Scope): Clause {
  const { choices } = scope;
  const polarity = choices.chance(50) ? "require" : "forbid";
  const said: Partial<Record<Cause, EffectExpr>> = {};
  if (choices.chance(35)) for (const cause of causes) if (choices.chance(50)) said[cause] = effectOf(scope, ["allow", ...effectsOf(scope)]);
  return {
    policy,
    ...(choices.chance(75) ? { label } : {}),
    polarity,
    condition: conditionOf(polarity, scope),
    guards: choices.chance(22) ? choices.times(1, 2, () => condition(1, scope)) : [],
    otherwise: choices.chance(35) ? effectOf(scope, effectsOf(scope)) : { effect: "deny" },
    onUnknown: said,
    assumptions: [],
    // A place of its own, by which the laws find the clause of a result.
    at: { ...at, start: scope.fresh() },
  };
}

/** Often the quantifier that member waivers can lift. */
function conditionOf(polarity: Clause["polarity"], scope: Scope): Expr {
  const { choices } = scope;
  if (choices.chance(50)) return condition(3, scope);
  const waivable = polarity === "forbid" ? "some" : "every";
  const turned = polarity === "forbid" ? "every" : "some";
  if (choices.chance(15)) return { kind: "not", operand: quantifier(2, scope, [turned]), type: bool, at };
  return quantifier(2, scope, choices.chance(85) ? [waivable] : [turned]);
}

function effectOf(scope: Scope, from: readonly Effect[]): EffectExpr {
  const { choices } = scope;
  const effect = choices.pick(from);
  return effect === "quarantine" && choices.chance(60) ? { effect, until: operand(time, 1, scope) } : { effect };
}

function exemptOf(universe: Universe, global: Scope): Exempt {
  const { choices } = global;
  const kind = universe.written ? universe.writtenKind : choices.pick(["image", "artifact", "workload"]);
  return {
    subject: kind,
    subjectType: universe.subject,
    scope: condition(1, { ...global, records: [subjectOf(universe, kind)] }),
    ...(choices.chance(60) ? { ends: endOf(choices) } : {}),
    because: "the oracle said so",
    at: !universe.written && choices.chance(10) ? place("imported.scp") : at,
  };
}

function endOf(choices: Choices): number {
  return choices.pick([today + day, today + 2 * day, today, today - day]);
}

/** Scopes of waivers are conditions on the member or on the subject; they read no evidence. */
function waiversOf(policy: Policy, clause: Clause, universe: Universe, global: Scope): readonly Waiver[] {
  const { choices } = global;
  if (clause.label === undefined || !choices.chance(45)) return [];
  const subject: Scope = { ...global, records: [subjectOf(universe, policy.subject)] };
  return choices.times(1, 2, () => ({
    clause: `${policy.name}.${clause.label}`,
    scope: memberScope(clause, subject) ?? { kind: "subject", condition: condition(1, subject) },
    ends: endOf(choices),
    because: "the oracle said so",
    approvedBy: "oracle@example.org",
    at: !universe.written && choices.chance(8) ? place("imported.scp") : at,
  }));
}

/** `x.k == "…"` */
function isNamed(bound: Expr, choices: Choices): Expr {
  return { kind: "compare", op: "==", operands: text, left: field(bound, "k"), right: anyLiteral(text, choices), type: bool, at };
}

function names(expr: Expr, slot: number): boolean {
  let found = false;
  visit(expr, (node) => {
    found ||= node.kind === "local" && node.slot === slot;
  });
  return found;
}

function memberScope(clause: Clause, subject: Scope): Waiver["scope"] | undefined {
  const { choices } = subject;
  const quantified = memberQuantifier(clause);
  if (quantified === undefined || !choices.chance(80)) return undefined;
  // In source, only a quantifier that is the clause gives its name away (grammar, section 5).
  if (subject.universe.written && quantified !== clause.condition) return undefined;
  const member = inside(quantified.collection, quantified.slot, { ...subject, nesting: 0 });
  const bound = member.records.at(-1) as Expr;
  const isRecord = member.records.length > subject.records.length;
  const own = isRecord && choices.chance(60) ? isNamed(bound, choices) : condition(1, member);
  // In source, a waiver that does not name the member is one of the subject.
  return subject.universe.written && !names(own, quantified.slot) ? undefined : { kind: "member", slot: quantified.slot, condition: own };
}
