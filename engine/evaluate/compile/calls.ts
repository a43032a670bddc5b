/** Tables, functions and inputs (semantics, sections 5 and 6). */
import type { FunctionCall, TableCall, TableDefinition } from "../../../language/core/ir.ts";
import { plain, possibleOutcomes, Unknown, union } from "../unknown.ts";
import { type Compiled, type Context, type Fn, fixed } from "./context.ts";

function sizeOf(operand: TableDefinition["operands"][number]): number {
  return operand.kind === "enum" ? operand.variants.length : 2;
}

/** First matching row over every combination that the operands still allow. */
export function compileTable(context: Context, expr: TableCall): Compiled {
  const table = context.tables.get(expr.key);
  if (table === undefined) throw new Error(`core names a table that is not there: ${expr.key}`);
  const args = expr.args.map((arg) => context.compile(arg).fn);
  const sizes = table.operands.map(sizeOf);
  const { observer } = context;
  const isBool = table.result.kind === "scalar";
  const outcome = (index: number): unknown => {
    const value = table.outcomes[index] ?? 0;
    return isBool ? value === 1 : value;
  };
  return fixed((env) => {
    let index = 0;
    let wants: Unknown | undefined;
    const values: (readonly number[])[] = [];
    for (let operand = 0; operand < args.length; operand += 1) {
      const value = args[operand]?.(env);
      const size = sizes[operand] ?? 1;
      if (value instanceof Unknown) {
        wants = wants === undefined ? plain(value) : union(wants, value);
        values.push(value.possible ?? Array.from({ length: size }, (_, variant) => variant));
        continue;
      }
      const variant = typeof value === "boolean" ? Number(value) : (value as number);
      index = index * size + variant;
      values.push([variant]);
    }
    if (wants === undefined) {
      observer?.row(expr.key, table.rows[index] ?? 0);
      return outcome(index);
    }
    const possible = [...new Set(products(values, sizes).map((combination) => table.outcomes[combination] ?? 0))].sort((a, b) => a - b);
    if (possible.length === 1) return isBool ? possible[0] === 1 : possible[0];
    return isBool ? wants : possibleOutcomes(wants, possible);
  });
}

function products(values: readonly (readonly number[])[], sizes: readonly number[]): readonly number[] {
  let indices: number[] = [0];
  values.forEach((variants, operand) => {
    const size = sizes[operand] ?? 1;
    indices = indices.flatMap((index) => variants.map((variant) => index * size + variant));
  });
  return indices;
}

/**
 * A call is substitution: the body is compiled for each call, so that what is known of the arguments (closed, moving
 * with the clock) is known in the body. Functions form no cycles, so parameters can have slots of their own.
 */
export function compileCall(context: Context, expr: FunctionCall): Compiled {
  const definition = context.functions.get(expr.key);
  if (definition === undefined) throw new Error(`core names a function that is not there: ${expr.key}`);
  const args = expr.args.map((arg) => context.compile(arg));
  definition.parameters.forEach((parameter, index) => {
    context.bindings.set(parameter.slot, { closed: args[index]?.closed ?? false });
  });
  const body = context.compile(definition.body);
  const slots = definition.parameters.map((parameter) => parameter.slot);
  const fns = args.map((arg) => arg.fn);
  const fn: Fn = (env) => {
    const values = fns.map((arg) => arg(env));
    slots.forEach((slot, index) => {
      env.slots[slot] = values[index];
    });
    return body.fn(env);
  };
  return { fn, closed: body.closed };
}
