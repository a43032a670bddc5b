/** From core to closures, once a program: the evaluator never walks a tree to decide. */
import { type DataRecord, type DataValue, Known } from "../../../language/core/data.ts";
import type { Expr } from "../../../language/core/ir.ts";
import type { Value } from "../../../language/core/value.ts";
import { Unknown } from "../unknown.ts";
import { Collection, MapValue, Unsettled } from "../virtual.ts";
import { compileAttestation } from "./attestations.ts";
import { compileCall, compileTable } from "./calls.ts";
import { compileCompare } from "./compare.ts";
import { type Compiled, type Context, fixed } from "./context.ts";
import { compileElement, compileEntry, compileField, compileHasKey, compilePredicate } from "./fields.ts";
import { compileIntrinsic } from "./intrinsic.ts";
import {
  compileArithmetic,
  compileClosed,
  compileConnective,
  compileKnown,
  compileMember,
  compileNegate,
  compileNot,
  compileOtherwise,
  compilePattern,
  compileWithin,
} from "./operators.ts";
import { compileCount, compileQuantifier } from "./quantifiers.ts";

export function compileExpr(context: Context, expr: Expr): Compiled {
  switch (expr.kind) {
    case "literal":
      return constant(literalValue(expr.value, expr.type.kind));
    case "input": {
      const value = context.inputs.has(expr.key) ? context.inputs.get(expr.key) : context.defaults.get(expr.key);
      return constant(value);
    }
    case "constant":
      return context.constant(expr.key);
    case "let":
      return context.let(expr.slot, expr.name);
    case "local": {
      const { slot } = expr;
      return { fn: (env) => env.slots[slot], ...context.binding(slot) };
    }
    case "subject":
      return fixed((env) => env.request.subject.data);
    case "field":
      return compileField(context, expr);
    case "entry":
      return compileEntry(context, expr);
    case "element":
      return compileElement(context, expr);
    case "has-key":
      return compileHasKey(context, expr);
    case "predicate":
      return compilePredicate(context, expr);
    case "not":
      return compileNot(context, expr);
    case "and":
    case "or":
      return compileConnective(context, expr);
    case "compare":
      return compileCompare(context, expr);
    case "member":
      return compileMember(context, expr);
    case "within":
      return compileWithin(context, expr);
    case "pattern":
      return compilePattern(context, expr);
    case "some":
    case "every":
      return compileQuantifier(context, expr);
    case "count":
      return compileCount(context, expr);
    case "known":
      return compileKnown(context, expr);
    case "otherwise":
      return compileOtherwise(context, expr);
    case "closed":
      return compileClosed(context, expr);
    case "attestation":
      return compileAttestation(context, expr);
    case "table":
      return compileTable(context, expr);
    case "call":
      return compileCall(context, expr);
    case "intrinsic":
      return compileIntrinsic(context, expr);
    case "+":
    case "-":
      return compileArithmetic(context, expr);
    case "negate":
      return compileNegate(context, expr);
    case "list": {
      const items = expr.items.map((item) => context.compile(item).fn);
      if (expr.items.every((item) => item.kind === "literal"))
        return constant(
          new Collection(
            expr.items.map((item) => (item.kind === "literal" ? item.value : undefined)),
            undefined,
          ),
        );
      return fixed(
        (env) =>
          new Collection(
            items.map((item) => item(env)),
            undefined,
          ),
      );
    }
    case "record": {
      const entries = expr.entries.map((entry) => ({
        name: entry.name,
        nested: entry.value.type.kind === "record",
        fn: context.compile(entry.value).fn,
      }));
      return fixed((env) => Object.fromEntries(entries.map(({ name, nested, fn }) => [name, asData(fn(env), nested)])));
    }
  }
}

/** A field of a record literal: it is in run-time form, which `Known` says to whoever reads it. */
function asData(value: unknown, nested: boolean): DataValue {
  if (value instanceof Unknown) return new Unsettled(value);
  return nested ? (value as DataRecord) : new Known(value as Value);
}

function constant(value: unknown): Compiled {
  return fixed(() => value);
}

function literalValue(value: unknown, kind: string): unknown {
  if ((kind === "list" || kind === "set") && Array.isArray(value)) return new Collection(value, undefined);
  if (kind === "map") return new MapValue(value as never, undefined);
  return value;
}
