/** Reading fields of records, parts of scalars, elements of lists and entries of maps. */
import { nearest } from "../../domains/near.ts";
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, isError, made, sourceText, unwrapped } from "../context.ts";
import { type Causes, joinLabels, type Labels, localLabels, MALFORMED, MISSING, withLabel } from "../flow.ts";
import { scalarFields } from "../intrinsics.ts";
import { didYouMean } from "../sink.ts";
import { type Field, type RecordType, scalar, showType, type Type } from "../types.ts";
import { article } from "./mismatch.ts";
import { inferMember, namespaceOf } from "./names.ts";

export function inferField(context: Context, expr: tree.FieldExpr): Checked {
  const namespace = namespaceOf(context, expr.target);
  if (namespace !== undefined) return inferMember(context, namespace, expr);
  const target = context.infer(context, expr.target);
  if (isError(target)) return errorExpr(at(context, expr));
  const type = unwrapped(target.type);
  if (type.kind === "record") return recordField(context, expr, target, type);
  if (type.kind === "scalar") {
    const part = scalarFields(type.name).get(expr.name.text);
    if (part !== undefined) {
      const core = { kind: "intrinsic", name: part.intrinsic, args: [target.core], type: part.type, at: at(context, expr) } as const;
      return made(core, target.labels, target.causes | (part.optional ? MISSING : 0));
    }
  }
  noField(context, expr, type);
  return errorExpr(at(context, expr));
}

function recordField(context: Context, expr: tree.FieldExpr, target: Checked, type: RecordType): Checked {
  const field = type.fields.get(expr.name.text);
  if (field === undefined) {
    noField(context, expr, type);
    return errorExpr(at(context, expr));
  }
  return readField(context, expr, target, type, field);
}

/** Reads a field of a record that is checked already; `expr` is where it is read. */
export function readField(context: Context, expr: tree.Node, target: Checked, type: RecordType, field: Field): Checked {
  const core = { kind: "field", record: target.core, field, type: field.type, at: at(context, expr) } as const;
  return made(core, fieldLabels(context, expr, target, type, field), target.causes | fieldCauses(field));
}

function fieldLabels(context: Context, expr: tree.Node, target: Checked, type: RecordType, field: Field): Labels {
  if (field.claimed) {
    const fact = target.core.kind === "subject" ? sourceText(context, expr) : `${showType(type)}.${field.name}`;
    return withLabel(target.labels, { kind: "claimed", of: fact, at: at(context, expr) });
  }
  return target.core.kind === "subject" ? joinLabels(localLabels, target.labels) : target.labels;
}

/** Why a field of a present record may be unknown (semantics, section 2). A list that is there may be open. */
function fieldCauses(field: Field): Causes {
  const isList = field.type.kind === "list" || field.type.kind === "set";
  const absent = field.mode.kind === "optional" || field.points !== undefined || (isList && field.mode.kind === "required");
  return MALFORMED | (absent ? MISSING : 0);
}

function noField(context: Context, expr: tree.FieldExpr, type: Type): void {
  const spot = at(context, expr.name);
  const name = expr.name.text;
  const details = fieldAdvice(type, name);
  const shown = showType(type);
  context.checking.sink.once(`field ${shown} ${name} ${context.scope.path}`, "WB0210", { type: shown, field: name }, spot, {
    label: "no such field",
    ...(details === undefined ? didYouMean(nearest(name, fieldNames(type)), spot) : { help: details }),
  });
}

function fieldAdvice(type: Type, name: string): string | undefined {
  if (type.kind === "record" && type.predicates.has(name)) return `\`${name}\` is a predicate: write \`is ${name}\``;
  if (type.kind === "list" || type.kind === "set") return "say which member you mean: `some x in … where …`, or `[0]`";
  if (type.kind === "map") return `entries of a map are read with \`["${name}"]\``;
  return undefined;
}

function fieldNames(type: Type): readonly string[] {
  if (type.kind === "record") return [...type.fields.keys()];
  if (type.kind === "scalar") return [...scalarFields(type.name).keys()];
  return [];
}

/** `xs[0]`, `m["k"]` */
export function inferIndex(context: Context, expr: tree.IndexExpr): Checked {
  const location = at(context, expr);
  const target = context.infer(context, expr.target);
  if (isError(target)) return errorExpr(location);
  if (target.type.kind === "map") {
    const key = context.check(context, expr.index, scalar("String"));
    if (isError(key)) return errorExpr(location);
    const core = { kind: "entry", map: target.core, key: key.core, type: target.type.value, at: location } as const;
    return made(core, joinLabels(target.labels, key.labels), target.causes | key.causes | MISSING | MALFORMED);
  }
  if (target.type.kind === "list") {
    const index = context.check(context, expr.index, scalar("Int"));
    if (isError(index)) return errorExpr(location);
    const core = { kind: "element", list: target.core, index: index.core, type: target.type.element, at: location } as const;
    return made(core, joinLabels(target.labels, index.labels), target.causes | index.causes | MISSING);
  }
  context.checking.sink.report("WB0336", { type: showType(target.type) }, target.core.at, {
    label: `this is ${article(showType(target.type))}`,
    help: "`[…]` reads an element of a list or an entry of a map",
  });
  return errorExpr(location);
}
