/** Clauses that can never pass, because what they need to be false or true never is (semantics, section 8). */
import type { Expr } from "../../core/ir.ts";
import { behind, type Lookup } from "./definitions.ts";

/** Whether the collection is a list of attestations, which is always open. */
export function isAttestations(collection: Expr, lookup: Lookup): boolean {
  const at = behind(collection, lookup);
  return at.kind === "attestation" && at.quantity === "all";
}

/** Whether an expression never has the truth value, whatever the evidence says. */
export function isNever(value: boolean, expr: Expr, lookup: Lookup): boolean {
  switch (expr.kind) {
    case "literal":
      return typeof expr.value === "boolean" && expr.value !== value;
    case "not":
      return isNever(!value, expr.operand, lookup);
    case "and":
    case "or":
      return chainNever(value, expr, lookup);
    case "predicate":
      // A signature is found or not found: its absence is never proved.
      return !value && expr.by !== undefined && !expr.predicate.closed;
    case "some":
      return !value && isAttestations(expr.collection, lookup);
    case "every":
      return value && isAttestations(expr.collection, lookup);
    default:
      return false;
  }
}

function chainNever(value: boolean, expr: Expr & { kind: "and" | "or" }, lookup: Lookup): boolean {
  // `and` is true when both are, false when one is; `or` the other way round.
  const needsAll = (expr.kind === "and") === value;
  const left = isNever(value, expr.left, lookup);
  if (left === needsAll) return left;
  return isNever(value, expr.right, lookup);
}
