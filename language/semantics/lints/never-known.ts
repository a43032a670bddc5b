/** Clauses that no evidence decides at an enforcement point, because a fact that they rest on does not exist there. */
import type { Expr } from "../../core/ir.ts";
import type { Lookup } from "./definitions.ts";

/** Whether an expression is unknown at the point, whatever the evidence says. `bound` are parameters of which that is so. */
export function isNeverKnown(expr: Expr, point: string, lookup: Lookup): boolean {
  return isNever(expr, { point, lookup, known: new Map() }, new Set());
}

interface Search {
  readonly point: string;
  readonly lookup: Lookup;
  /** What was found of definitions: they may be read many times. */
  readonly known: Map<string, boolean>;
}

function once(search: Search, key: string, find: () => boolean): boolean {
  const found = search.known.get(key) ?? find();
  search.known.set(key, found);
  return found;
}

function isNever(expr: Expr, search: Search, bound: ReadonlySet<number>): boolean {
  const { point, lookup } = search;
  const never = (part: Expr): boolean => isNever(part, search, bound);
  switch (expr.kind) {
    case "field":
      return (expr.field.points !== undefined && !expr.field.points.includes(point)) || never(expr.record);
    case "let": {
      const value = lookup.let(expr.slot);
      return value !== undefined && once(search, `let ${expr.slot}`, () => never(value));
    }
    case "constant": {
      const value = lookup.constant(expr.key);
      return value !== undefined && once(search, `constant ${expr.key}`, () => never(value));
    }
    case "local":
      return bound.has(expr.slot);
    case "predicate":
      return never(expr.record);
    case "not":
    case "negate":
    case "closed":
      return never(expr.operand);
    case "and":
    case "or":
      return chainNeverKnown(expr, never);
    case "compare":
    case "+":
    case "-":
      return never(expr.left) || never(expr.right);
    case "member":
      return never(expr.item) || never(expr.collection);
    case "within":
      return never(expr.item) || never(expr.set);
    case "pattern":
      return never(expr.value);
    case "has-key":
    case "entry":
      return never(expr.map) || never(expr.key);
    case "element":
      return never(expr.list) || never(expr.index);
    case "some":
    case "every":
    case "count":
      return never(expr.collection);
    case "otherwise":
      return never(expr.operand) && never(expr.fallback);
    case "intrinsic":
      return expr.args.some(never);
    case "call": {
      const definition = lookup.function(expr.key);
      if (definition === undefined) return false;
      const unknown = definition.parameters.filter((_, index) => expr.args[index] !== undefined && never(expr.args[index]));
      const slots = unknown.map((parameter) => parameter.slot);
      return once(search, `call ${expr.key} ${slots.join(" ")}`, () => isNever(definition.body, search, new Set(slots)));
    }
    default:
      return false;
  }
}

/** A decisive operand settles a connective, so all of them must be unknown. Chains lean left and may be long. */
function chainNeverKnown(expr: Expr & { kind: "and" | "or" }, never: (part: Expr) => boolean): boolean {
  let at: Expr = expr;
  while (at.kind === "and" || at.kind === "or") {
    if (!never(at.right)) return false;
    at = at.left;
  }
  return never(at);
}
