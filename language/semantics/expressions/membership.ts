/** `x in xs`: a member of a collection, a key of a map, or a value of a scalar that denotes a set. */
import type { Location } from "../../diagnostics/diagnostic.ts";
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, isError, made, sourceText } from "../context.ts";
import { joinFlow, MALFORMED, MISSING } from "../flow.ts";
import { replacement } from "../sink.ts";
import { scalar, showType, type Type } from "../types.ts";
import { article, fits, mismatch } from "./mismatch.ts";
import { isPlaceTyped } from "./operators.ts";

const bool = scalar("Bool");

/** Which scalar denotes a set of which: purls, versions, addresses and networks. */
const sets: Readonly<Record<string, string>> = { Purl: "PurlSet", Version: "Range", Ip: "Cidr", Cidr: "Cidr" };

export function inferIn(context: Context, expr: tree.InExpr): Checked {
  const result = membership(context, expr);
  if (!expr.negated || isError(result)) return result;
  return made({ kind: "not", operand: result.core, type: bool, at: at(context, expr) }, result.labels, result.causes);
}

function membership(context: Context, expr: tree.InExpr): Checked {
  const location = at(context, expr);
  const listFirst = isPlaceTyped(context, expr.item) && !isPlaceTyped(context, expr.collection);
  let item = listFirst ? undefined : context.infer(context, expr.item);
  if (item?.type.kind === "scalar" && item.type.name === "License") return licenseIn(context, expr, location);
  const collection = context.infer(context, expr.collection, item === undefined ? undefined : collectionHint(item.type, expr.collection));
  if (isError(collection)) return errorExpr(location);
  const element = elementOf(collection.type);
  item ??= context.infer(context, expr.item, element);
  if (isError(item)) return errorExpr(location);
  const flow = joinFlow(item, collection);
  if (collection.type.kind === "map") {
    if (!fits(item.type, scalar("String"))) return wrongItem(context, item, scalar("String"), collection, location);
    return made({ kind: "has-key", map: collection.core, key: item.core, type: bool, at: location }, flow.labels, flow.causes);
  }
  if (collection.type.kind === "list" || collection.type.kind === "set") {
    if (element?.kind === "record" || element?.kind === "verified") {
      context.checking.sink.report("WB0320", { op: "in", type: showType(element) }, location, {
        help: "say what is alike: `some x in … where x.… == …`",
      });
      return errorExpr(location);
    }
    if (element !== undefined && !fits(item.type, element)) return wrongItem(context, item, element, collection, location);
    return made({ kind: "member", item: item.core, collection: collection.core, type: bool, at: location }, flow.labels, flow.causes);
  }
  return within(context, item, collection, flow, location);
}

function within(context: Context, item: Checked, set: Checked, flow: ReturnType<typeof joinFlow>, location: Location): Checked {
  const from = item.type.kind === "scalar" ? item.type.name : undefined;
  const to = set.type.kind === "scalar" ? set.type.name : undefined;
  if (from !== undefined && to !== undefined && sets[from] === to) {
    const causes = flow.causes | MALFORMED | (from === "Purl" ? MISSING : 0);
    return made({ kind: "within", item: item.core, set: set.core, type: bool, at: location }, flow.labels, causes);
  }
  const shown = showType(set.type);
  const text = to === "String" || to === "Glob" || to === "Regex" ? "part of a text is matched with `glob` or `matches`" : undefined;
  context.checking.sink.report("WB0325", { item: showType(item.type), set: shown }, set.core.at, {
    label: `this is ${article(shown)}`,
    help:
      text ??
      (set.type.kind === "enum" ? "compare with `==`" : "`in` takes a list, a set, a map, a purl set, a version range or a network"),
    related: [{ location: item.core.at, text: `this is ${article(showType(item.type))}` }],
  });
  return errorExpr(location);
}

/** What a literal on the right is to be read as. */
function collectionHint(item: Type, collection: tree.Expr): Type | undefined {
  const inner = collection.kind === "paren" ? collection.inner : collection;
  if (inner.kind === "list") return { kind: "list", element: item };
  if (item.kind !== "scalar") return undefined;
  const set = sets[item.name];
  return set === undefined ? undefined : scalar(set as Parameters<typeof scalar>[0]);
}

function elementOf(type: Type): Type | undefined {
  if (type.kind === "list" || type.kind === "set") return type.element;
  return type.kind === "map" ? scalar("String") : undefined;
}

function wrongItem(context: Context, item: Checked, wanted: Type, collection: Checked, location: Location): Checked {
  mismatch(context, item.core.at, item.type, wanted, {
    related: [{ location: collection.core.at, text: `this is ${article(showType(collection.type))}` }],
  });
  return errorExpr(location);
}

/** Deny lists and allow lists need opposite readings of an expression (semantics, section 4). */
function licenseIn(context: Context, expr: tree.InExpr, location: Location): Checked {
  const item = sourceText(context, expr.item);
  const list = sourceText(context, expr.collection);
  const text = expr.negated ? `license.permits(${item}, ${list})` : `license.obliges(${item}, ${list})`;
  context.checking.sink.report("WB0326", {}, location, {
    label: "a licence is an expression, such as `MIT OR GPL-2.0-only`",
    help: `for a deny list write \`license.obliges(${item}, ${list})\`, for an allow list \`license.permits(${item}, ${list})\`, with \`import waybill.license\``,
    ...replacement(`write \`${text}\``, false, location, text),
  });
  return errorExpr(location);
}
