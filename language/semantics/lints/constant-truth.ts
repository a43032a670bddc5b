/** Conditions whose truth no evidence changes. */
import type { Expr } from "../../core/ir.ts";

/** The truth of a condition made of `true`, `false`, connectives and comparisons of literals; undefined: it depends. */
export function constantTruth(expr: Expr): boolean | undefined {
  switch (expr.kind) {
    case "literal":
      return typeof expr.value === "boolean" ? expr.value : undefined;
    case "not": {
      const inner = constantTruth(expr.operand);
      return inner === undefined ? undefined : !inner;
    }
    case "and":
    case "or":
      return connective(expr);
    case "compare": {
      if (expr.left.kind !== "literal" || expr.right.kind !== "literal" || (expr.op !== "==" && expr.op !== "!=")) return undefined;
      const [a, b] = [expr.left.value, expr.right.value];
      if (typeof a === "object" || typeof b === "object") return undefined;
      return (a === b) === (expr.op === "==");
    }
    default:
      return undefined;
  }
}

/** Chains lean left and may be long. */
function connective(expr: Expr & { kind: "and" | "or" }): boolean | undefined {
  const rest: (Expr & { kind: "and" | "or" })[] = [];
  let first: Expr = expr;
  while (first.kind === "and" || first.kind === "or") {
    rest.push(first);
    first = first.left;
  }
  let truth = constantTruth(first);
  for (const node of rest.reverse()) {
    const right = constantTruth(node.right);
    const decisive = node.kind === "or";
    if (truth === decisive || right === decisive) truth = decisive;
    else truth = truth === undefined || right === undefined ? undefined : !decisive;
  }
  return truth;
}
