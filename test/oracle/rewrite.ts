/** Rewriting of trees for the laws: copies with fresh slots, and inlining of lets and functions. */
import type { Expr, Program } from "../../language/core/ir.ts";

/** The same node over other parts. Patterns keep theirs: they are literals by type. */
export function mapParts(expr: Expr, f: (part: Expr) => Expr): Expr {
  switch (expr.kind) {
    case "literal":
    case "input":
    case "constant":
    case "let":
    case "local":
    case "subject":
      return expr;
    case "field":
    case "predicate":
      return { ...expr, record: f(expr.record) };
    case "entry":
    case "has-key":
      return { ...expr, map: f(expr.map), key: f(expr.key) };
    case "element":
      return { ...expr, list: f(expr.list), index: f(expr.index) };
    case "not":
    case "negate":
    case "known":
    case "closed":
      return { ...expr, operand: f(expr.operand) };
    case "and":
    case "or":
    case "compare":
    case "+":
    case "-":
      return { ...expr, left: f(expr.left), right: f(expr.right) };
    case "member":
      return { ...expr, item: f(expr.item), collection: f(expr.collection) };
    case "within":
      return { ...expr, item: f(expr.item), set: f(expr.set) };
    case "pattern":
      return { ...expr, value: f(expr.value) };
    case "some":
    case "every":
    case "count": {
      const where = expr.where === undefined ? {} : { where: f(expr.where) };
      const body = expr.kind === "count" || expr.body === undefined ? {} : { body: f(expr.body) };
      return { ...expr, collection: f(expr.collection), ...where, ...body };
    }
    case "otherwise":
      return { ...expr, operand: f(expr.operand), fallback: f(expr.fallback) };
    case "attestation":
      return expr.about === undefined ? expr : { ...expr, about: f(expr.about) };
    case "table":
    case "call":
    case "intrinsic":
      return { ...expr, args: expr.args.map(f) };
    case "list":
      return { ...expr, items: expr.items.map(f) };
    case "record":
      return { ...expr, entries: expr.entries.map((e) => ({ ...e, value: f(e.value) })) };
  }
}

/** Each node of the tree, outermost first. */
export function visit(expr: Expr, see: (node: Expr) => void): void {
  see(expr);
  mapParts(expr, (part) => {
    visit(part, see);
    return part;
  });
}

/** A copy in which every bound name has a slot of its own: slots are unique in a program. */
export function refreshed(expr: Expr, fresh: () => number, slots: ReadonlyMap<number, number> = new Map()): Expr {
  const copy = (part: Expr) => refreshed(part, fresh, slots);
  switch (expr.kind) {
    case "local":
      return { ...expr, slot: slots.get(expr.slot) ?? expr.slot };
    case "some":
    case "every":
    case "count": {
      const slot = fresh();
      const inner = (part: Expr) => refreshed(part, fresh, new Map([...slots, [expr.slot, slot]]));
      const where = expr.where === undefined ? {} : { where: inner(expr.where) };
      const body = expr.kind === "count" || expr.body === undefined ? {} : { body: inner(expr.body) };
      return { ...expr, slot, collection: copy(expr.collection), ...where, ...body };
    }
    default:
      return mapParts(expr, copy);
  }
}

/** The program with each `let` of a policy and each function written out where it is used. */
export function inlined(program: Program): Program {
  let slots = program.slots;
  const fresh = () => slots++;
  const expand = (expr: Expr, lets: ReadonlyMap<number, Expr>): Expr => {
    const inner = mapParts(expr, (part) => expand(part, lets));
    if (inner.kind === "let") {
      const value = lets.get(inner.slot);
      return value === undefined ? inner : refreshed(value, fresh);
    }
    if (inner.kind !== "call") return inner;
    const definition = program.functions.find((f) => f.key === inner.key);
    if (definition === undefined) return inner;
    const args = new Map(definition.parameters.map((p, i) => [p.slot, inner.args[i] as Expr]));
    return substituted(refreshed(expand(definition.body, new Map()), fresh), args, fresh);
  };
  const policies = program.policies.map((policy) => {
    const lets = new Map<number, Expr>();
    for (const l of policy.lets) lets.set(l.slot, expand(l.value, lets));
    const write = (expr: Expr) => expand(expr, lets);
    return {
      ...policy,
      ...(policy.scope === undefined ? {} : { scope: write(policy.scope) }),
      lets: [],
      clauses: policy.clauses.map((c) => ({
        ...c,
        condition: c.condition.kind === "some" || c.condition.kind === "every" ? mapParts(c.condition, write) : write(c.condition),
        guards: c.guards.map(write),
        otherwise: effectOf(c.otherwise, write),
        onUnknown: Object.fromEntries(Object.entries(c.onUnknown).map(([cause, e]) => [cause, effectOf(e, write)])),
      })),
    };
  });
  const exempts = program.exempts.map((e) => ({ ...e, scope: expand(e.scope, new Map()) }));
  const waivers = program.waivers.map((w) => ({ ...w, scope: { ...w.scope, condition: expand(w.scope.condition, new Map()) } }));
  return { ...program, policies, exempts, waivers, functions: [], slots };
}

function effectOf<T extends { readonly until?: Expr }>(effect: T, write: (expr: Expr) => Expr): T {
  return effect.until === undefined ? effect : { ...effect, until: write(effect.until) };
}

function substituted(expr: Expr, args: ReadonlyMap<number, Expr>, fresh: () => number): Expr {
  if (expr.kind === "local") {
    const arg = args.get(expr.slot);
    return arg === undefined ? expr : refreshed(arg, fresh);
  }
  return mapParts(expr, (part) => substituted(part, args, fresh));
}

/** The program with evidence that somebody vouches for wherever it read claims. Attestations stand in lets only. */
export function trusting(program: Program): Program {
  const read = (expr: Expr): Expr => {
    if (expr.kind === "closed") return { ...expr, operand: read(expr.operand) };
    return expr.kind === "attestation" ? { ...expr, origin: { kind: "trust", trust: "oracle.release" } } : expr;
  };
  return {
    ...program,
    policies: program.policies.map((p) => ({ ...p, lets: p.lets.map((l) => ({ ...l, value: read(l.value) })) })),
  };
}
