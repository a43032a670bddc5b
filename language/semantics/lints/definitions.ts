/** What a reading name of core stands for. */
import type { Expr, FunctionDefinition, Program } from "../../core/ir.ts";

export interface Lookup {
  let(slot: number): Expr | undefined;
  constant(key: string): Expr | undefined;
  function(key: string): FunctionDefinition | undefined;
}

/** The definitions of a program. */
export function lookupOf(program: Program): Lookup {
  const lets = new Map(program.policies.flatMap((policy) => policy.lets.map((l) => [l.slot, l.value] as const)));
  const constants = new Map(program.constants.map((constant) => [constant.key, constant.value]));
  const functions = new Map(program.functions.map((definition) => [definition.key, definition]));
  return { let: (slot) => lets.get(slot), constant: (key) => constants.get(key), function: (key) => functions.get(key) };
}

/** The expression behind names and marks: what a `let` or constant holds, what `closed` is put around. */
export function behind(expr: Expr, lookup: Lookup): Expr {
  let at = expr;
  for (;;) {
    const next =
      at.kind === "let"
        ? lookup.let(at.slot)
        : at.kind === "constant"
          ? lookup.constant(at.key)
          : at.kind === "closed"
            ? at.operand
            : undefined;
    if (next === undefined) return at;
    at = next;
  }
}
