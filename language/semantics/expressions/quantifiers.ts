/** `some`, `every`, `count`: the only binders of the language. */
import type * as tree from "../../syntax/tree.ts";
import { at, bind, type Checked, type Context, errorExpr, isError, made, unwrapped } from "../context.ts";
import { joinLabels, noLabels } from "../flow.ts";
import { scalar, showType, type Type } from "../types.ts";
import { article } from "./mismatch.ts";

const bool = scalar("Bool");

interface Bound {
  readonly collection: Checked;
  readonly slot: number;
  readonly inside: Context;
}

function bound(context: Context, expr: tree.Expr, variable: tree.Name | undefined): Bound | undefined {
  const collection = context.infer(context, expr);
  if (isError(collection)) return undefined;
  const element = elementType(context, collection);
  if (element === undefined) return undefined;
  const slot = context.checking.nextSlot();
  const { labels, causes } = collection;
  const inside =
    variable === undefined ? context : bind(context, { kind: "local", slot, name: variable.text, type: element, labels, causes });
  return { collection, slot, inside };
}

function elementType(context: Context, collection: Checked): Type | undefined {
  const { type } = collection;
  if (type.kind === "list" || type.kind === "set") return type.element;
  const shown = showType(type);
  context.checking.sink.report("WB0330", { type: shown }, collection.core.at, {
    label: `this is ${article(shown)}`,
    help: collectionAdvice(unwrapped(type)),
  });
  return undefined;
}

function collectionAdvice(type: Type): string {
  if (type.kind === "map") return 'a map is asked by key: `"k" in m`, `m["k"]`';
  if (type.kind !== "record") return "a quantifier needs a list or a set";
  const lists = [...type.fields.values()]
    .filter((field) => field.type.kind === "list" || field.type.kind === "set")
    .map((field) => `\`${field.name}\``);
  return lists.length === 0 ? "it has no list either" : `go through one of its lists: ${lists.slice(0, 6).join(", ")}`;
}

export function inferSome(context: Context, expr: tree.SomeExpr): Checked {
  const location = at(context, expr);
  const range = bound(context, expr.collection, expr.variable);
  if (range === undefined) return errorExpr(location);
  const where = expr.where === undefined ? undefined : range.inside.check(range.inside, expr.where, bool);
  if (where !== undefined && isError(where)) return errorExpr(location);
  const { collection, slot } = range;
  const labels = joinLabels(collection.labels, where?.labels ?? noLabels);
  const causes = collection.causes | (where?.causes ?? 0);
  const some = {
    kind: "some",
    slot,
    name: expr.variable.text,
    collection: collection.core,
    ...(where === undefined ? {} : { where: where.core }),
    type: bool,
    at: location,
  } as const;
  return expr.negated ? made({ kind: "not", operand: some, type: bool, at: location }, labels, causes) : made(some, labels, causes);
}

export function inferEvery(context: Context, expr: tree.EveryExpr): Checked {
  const location = at(context, expr);
  const range = bound(context, expr.collection, expr.variable);
  if (range === undefined) return errorExpr(location);
  const { collection, slot, inside } = range;
  const where = expr.where === undefined ? undefined : inside.check(inside, expr.where, bool);
  const body = inside.check(inside, expr.body, bool);
  if (isError(body) || (where !== undefined && isError(where))) return errorExpr(location);
  const labels = joinLabels(collection.labels, where?.labels ?? noLabels, body.labels);
  const causes = collection.causes | (where?.causes ?? 0) | body.causes;
  const core = {
    kind: "every",
    slot,
    name: expr.variable.text,
    collection: collection.core,
    ...(where === undefined ? {} : { where: where.core }),
    body: body.core,
    type: bool,
    at: location,
  } as const;
  return made(core, labels, causes);
}

export function inferCount(context: Context, expr: tree.CountExpr): Checked {
  const location = at(context, expr);
  const range = bound(context, expr.collection, expr.variable);
  if (range === undefined) return errorExpr(location);
  const { collection, slot, inside } = range;
  const where = expr.where === undefined ? undefined : inside.check(inside, expr.where, bool);
  if (where !== undefined && isError(where)) return errorExpr(location);
  const labels = joinLabels(collection.labels, where?.labels ?? noLabels);
  const causes = collection.causes | (where?.causes ?? 0);
  const name = expr.variable?.text ?? "_";
  return made(
    {
      kind: "count",
      slot,
      name,
      collection: collection.core,
      ...(where === undefined ? {} : { where: where.core }),
      type: scalar("Int"),
      at: location,
    },
    labels,
    causes,
  );
}
