/** The parts of an expression of core. */
import type { Expr } from "./ir.ts";

const none: readonly Expr[] = [];

/** The operands of an expression, in source order. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "literal":
    case "input":
    case "constant":
    case "let":
    case "local":
    case "subject":
      return none;
    case "field":
    case "predicate":
      return [expr.record];
    case "entry":
    case "has-key":
      return [expr.map, expr.key];
    case "element":
      return [expr.list, expr.index];
    case "not":
    case "negate":
    case "known":
    case "closed":
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
      return [expr.value, expr.pattern];
    case "some":
    case "count":
      return expr.where === undefined ? [expr.collection] : [expr.collection, expr.where];
    case "every":
      return [expr.collection, ...(expr.where === undefined ? [] : [expr.where]), ...(expr.body === undefined ? [] : [expr.body])];
    case "otherwise":
      return [expr.operand, expr.fallback];
    case "attestation":
      return expr.about === undefined ? none : [expr.about];
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

/** Every expression in an expression, itself included, outermost first, in source order; never recursing. */
export function expressionsIn(root: Expr): readonly Expr[] {
  const found: Expr[] = [];
  const open: Expr[] = [root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    found.push(expr);
    const operands = operandsOf(expr);
    for (let i = operands.length - 1; i >= 0; i -= 1) {
      const operand = operands[i];
      if (operand !== undefined) open.push(operand);
    }
  }
  return found;
}
