/** Which bound names an expression depends on. */
import type { Expr } from "../../../language/core/ir.ts";

/** The direct operands of a node, in source order. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "literal":
    case "input":
    case "constant":
    case "let":
    case "local":
    case "subject":
      return [];
    case "field":
    case "predicate":
      return [expr.record];
    case "entry":
    case "has-key":
      return [expr.map, expr.key];
    case "element":
      return [expr.list, expr.index];
    case "not":
    case "known":
    case "closed":
    case "negate":
      return [expr.operand];
    case "and":
    case "or":
    case "compare":
    case "+":
    case "-":
      return [expr.left, expr.right];
    case "member":
      return [expr.item, expr.collection];
    case "within":
      return [expr.item, expr.set];
    case "pattern":
      return [expr.value];
    case "some":
    case "every":
    case "count":
      return [
        expr.collection,
        ...(expr.where === undefined ? [] : [expr.where]),
        ...(expr.kind !== "count" && expr.body !== undefined ? [expr.body] : []),
      ];
    case "otherwise":
      return [expr.operand, expr.fallback];
    case "attestation":
      return expr.about === undefined ? [] : [expr.about];
    case "table":
    case "call":
    case "intrinsic":
      return expr.args;
    case "list":
      return expr.items;
    case "record":
      return expr.entries.map((entry) => entry.value);
  }
}

const known = new WeakMap<Expr, ReadonlySet<number>>();

/** Slots of `local` reads that are bound outside the expression. */
export function freeLocals(expr: Expr): ReadonlySet<number> {
  const cached = known.get(expr);
  if (cached !== undefined) return cached;
  const free = new Set<number>();
  if (expr.kind === "local") free.add(expr.slot);
  for (const operand of operandsOf(expr)) for (const slot of freeLocals(operand)) free.add(slot);
  if (expr.kind === "some" || expr.kind === "every" || expr.kind === "count") {
    if (!freeLocals(expr.collection).has(expr.slot)) free.delete(expr.slot);
  }
  known.set(expr, free);
  return free;
}

/** The operands of a chain of one connective, in source order. */
export function chain(kind: "and" | "or", expr: Expr): readonly Expr[] {
  if (expr.kind !== kind) return [expr];
  return [...chain(kind, expr.left), ...chain(kind, expr.right)];
}
