/** Expressions that read no evidence: what tests give and set. */
import type { Expr } from "../../language/core/ir.ts";
import type { Request } from "./decision.ts";
import { Env } from "./env.ts";
import { lazyIn } from "./explain/clause.ts";
import type { CompiledProgram } from "./program.ts";
import { Unknown } from "./unknown.ts";
import { Collection } from "./virtual.ts";

const nobody: Request = { subject: { kind: "", name: "", data: {} }, point: "", evidence: [], attested: [], failed: [] };

/** The value in run-time form, collections as arrays; undefined where it is not known. */
export function evaluateConstant(compiled: CompiledProgram, expr: Expr): unknown {
  const value = lazyIn(compiled.context)(expr)(new Env(compiled.context.slots, nobody));
  if (value instanceof Unknown) return undefined;
  return value instanceof Collection ? value.items : value;
}
