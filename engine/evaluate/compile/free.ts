/** Which bound names an expression depends on. */
import type { Expr } from "../../../language/core/ir.ts";
import { operandsOf } from "../../../language/core/walk.ts";

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
