/** What a clause takes for granted, said in every decision that rests on it (semantics, sections 5 and 12). */
import type { Assumption, Expr } from "../core/ir.ts";
import { operandsOf } from "../core/walk.ts";
import type { Location } from "../diagnostics/diagnostic.ts";
import type { Checking } from "./context.ts";

/** Definitions that an expression rests on: lets by slot, constants and functions by key. */
export interface Definitions {
  let(slot: number): Expr | undefined;
  constant(key: string): Expr | undefined;
  function(key: string): Expr | undefined;
}

/**
 * The assumptions of a condition, in source order of first use. `known` counts where it stands under a negation: only
 * there can it turn absence into truth. `holds` is false for `forbid`, whose condition is negated.
 */
export function assumptionsOf(
  condition: Expr,
  holds: boolean,
  checking: Checking,
  definitions: Definitions,
  textAt: (at: Location) => string,
): readonly Assumption[] {
  const found = new Map<string, Assumption>();
  const seen = new Set<string>();
  const add = (assumption: Assumption): void => {
    found.set(`${assumption.kind} ${assumption.at.path} ${assumption.at.start} ${assumption.at.end}`, assumption);
  };
  const open: { readonly expr: Expr; readonly positive: boolean | undefined }[] = [{ expr: condition, positive: holds }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { expr, positive } = next;
    const mark = checking.marks.get(expr);
    if (mark !== undefined) add(mark);
    const kind = kindOf(expr, positive);
    if (kind !== undefined) add({ kind, text: textAt(expr.at), at: expr.at });
    const definition = definitionOf(expr, definitions);
    if (definition !== undefined) {
      const key = `${definition.key} ${positive}`;
      if (!seen.has(key)) open.push({ expr: definition.expr, positive });
      seen.add(key);
    }
    const operands = operandsOf(expr);
    for (let i = operands.length - 1; i >= 0; i -= 1) {
      const operand = operands[i];
      if (operand !== undefined && (!leaves.has(operand.kind) || checking.marks.has(operand)))
        open.push({ expr: operand, positive: polarityOf(expr, operand, positive) });
    }
  }
  return [...found.values()];
}

/** What rests on nothing. */
const leaves: ReadonlySet<Expr["kind"]> = new Set(["literal", "local", "input"]);

function kindOf(expr: Expr, positive: boolean | undefined): Assumption["kind"] | undefined {
  switch (expr.kind) {
    case "closed":
      return "closed";
    case "otherwise":
      return "otherwise";
    case "attestation":
      return expr.origin.kind === "claimed" ? "claimed" : undefined;
    case "predicate":
      return expr.by?.kind === "claimed" ? "claimed" : undefined;
    case "known":
      return positive === true ? undefined : "not-known";
    default:
      return undefined;
  }
}

/** Whether truth of the operand helps the whole to be true; undefined where it can do either. */
function polarityOf(expr: Expr, operand: Expr, positive: boolean | undefined): boolean | undefined {
  switch (expr.kind) {
    case "and":
    case "or":
    case "some":
    case "let":
    case "constant":
    case "call":
      return positive;
    case "not":
      return positive === undefined ? undefined : !positive;
    case "every":
      if (operand === expr.body) return positive;
      return operand === expr.where && positive !== undefined ? !positive : undefined;
    default:
      return undefined;
  }
}

function definitionOf(expr: Expr, definitions: Definitions): { readonly key: string; readonly expr: Expr } | undefined {
  if (expr.kind === "let") return keyed(`let ${expr.slot}`, definitions.let(expr.slot));
  if (expr.kind === "constant") return keyed(`constant ${expr.key}`, definitions.constant(expr.key));
  if (expr.kind === "call") return keyed(`call ${expr.key}`, definitions.function(expr.key));
  return undefined;
}

function keyed(key: string, expr: Expr | undefined): { readonly key: string; readonly expr: Expr } | undefined {
  return expr === undefined ? undefined : { key, expr };
}
