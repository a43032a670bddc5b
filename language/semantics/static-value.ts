/** Values that must be known when the program is compiled: defaults of fields and inputs. */
import { type DataValue, Known } from "../core/data.ts";
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

/**
 * A default in the form in which the evaluator reads it: scalars and enum variants in run-time form; in lists likewise;
 * the parts of records and entries of maps as data whose leaves are `Known`.
 */
export function defaultValue(context: Context, expr: tree.Expr, wanted: Type, what: string): unknown {
  const checked = context.check(context, expr, wanted);
  if (isError(checked)) return undefined;
  const value = literalValue(checked.core, checked.constant);
  if (value === undefined) {
    context.checking.sink.report("WB0346", { what }, at(context, expr), {
      label: "this is not a constant",
      help: "write the value itself",
    });
    return undefined;
  }
  return asDefault(checked.core, value);
}

function asDefault(core: Expr, value: Value): unknown {
  if (core.kind === "list") return core.items.map((item) => asDefault(item, literalValue(item) ?? value));
  return core.kind === "record" ? asData(core, value) : value;
}

function asData(core: Expr, value: Value): DataValue {
  if (core.kind === "list") return core.items.map((item) => asData(item, literalValue(item) ?? value));
  if (core.kind !== "record") return new Known(value);
  return Object.fromEntries(core.entries.map((entry) => [entry.name, asData(entry.value, literalValue(entry.value) ?? value)]));
}
