/** Values that must be known when the program is compiled: defaults of fields and inputs. */
import type { Expr } from "../core/ir.ts";
import type { Value } from "../core/value.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context, isError } from "./context.ts";
import type { Type } from "./types.ts";

/**
 * The run-time form of a constant expression: scalars and enum variants (by index), lists of them as arrays, records and
 * maps as plain objects. Undefined after an error was reported.
 */
export function staticValue(context: Context, expr: tree.Expr, wanted: Type, what: string): Value | undefined {
  const checked = context.check(context, expr, wanted);
  if (isError(checked)) return undefined;
  const value = literalValue(checked.core, checked.constant);
  if (value === undefined) {
    context.checking.sink.report("WB0346", { what }, at(context, expr), {
      label: "this is not a constant",
      help: "write the value itself",
    });
  }
  return value;
}

/** The value of an expression made of literals only. */
export function literalValue(core: Expr, constant?: Value): Value | undefined {
  switch (core.kind) {
    case "literal":
      return core.value;
    case "list": {
      const items = core.items.map((item) => literalValue(item));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case "record": {
      const entries = core.entries.map(({ name, value }) => [name, literalValue(value)] as const);
      return entries.every(([, value]) => value !== undefined) ? (Object.fromEntries(entries) as Value) : undefined;
    }
    default:
      return constant;
  }
}
