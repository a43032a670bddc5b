/** Lists and records that are written out. */

import type { Location } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../domains/near.ts";
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, isError, made, unwrapped } from "../context.ts";
import { joinFlows } from "../flow.ts";
import { didYouMean } from "../sink.ts";
import type { Field, RecordType, Type } from "../types.ts";
import { showType } from "../types.ts";
import { isPlaceTyped } from "./operators.ts";

export function inferList(context: Context, expr: tree.ListExpr, hint: Type | undefined): Checked {
  const location = at(context, expr);
  const wanted = hint?.kind === "list" || hint?.kind === "set" ? hint : undefined;
  if (expr.items.length === 0 && hint?.kind === "error") return errorExpr(location);
  if (expr.items.length === 0 && wanted === undefined) {
    context.checking.sink.report("WB0338", {}, location, { help: "say its type: `let none: List<String> = []`" });
    return errorExpr(location);
  }
  const speaking = wanted === undefined ? speakingItem(context, expr.items) : undefined;
  const first = speaking === undefined ? undefined : context.infer(context, speaking);
  const element = wanted?.element ?? first?.type ?? { kind: "error" };
  const items = expr.items.map((item) => (first !== undefined && item === speaking ? first : context.check(context, item, element)));
  if (items.some(isError)) return errorExpr(location);
  const type: Type = { kind: wanted?.kind ?? "list", element };
  const flow = joinFlows(items);
  return made({ kind: "list", items: items.map((item) => item.core), type, at: location }, flow.labels, flow.causes);
}

/** The first item that says its own type; else the first. */
function speakingItem(context: Context, items: readonly tree.Expr[]): tree.Expr | undefined {
  return items.find((item) => !isPlaceTyped(context, item)) ?? items[0];
}

export function inferRecord(context: Context, expr: tree.RecordExpr, hint: Type | undefined): Checked {
  const wanted = hint === undefined ? undefined : unwrapped(hint);
  if (wanted?.kind === "map") return mapLiteral(context, expr, wanted);
  if (wanted?.kind === "record") return recordLiteral(context, expr, wanted);
  const location = at(context, expr);
  const entries = expr.entries.map((entry) => ({ name: entry.name.text, value: context.infer(context, entry.value) }));
  if (entries.some((entry) => isError(entry.value))) return errorExpr(location);
  const fields = new Map<string, Field>(
    entries.map(({ name, value }) => [name, { name, type: value.type, mode: { kind: "required" }, claimed: false }]),
  );
  const type: RecordType = { kind: "record", name: "", fields, predicates: new Map() };
  return recordOf(entries, type, location);
}

function mapLiteral(context: Context, expr: tree.RecordExpr, type: Type & { kind: "map" }): Checked {
  const entries = expr.entries.map((entry) => ({ name: entry.name.text, value: context.check(context, entry.value, type.value) }));
  return recordOf(entries, type, at(context, expr));
}

function recordLiteral(context: Context, expr: tree.RecordExpr, type: RecordType): Checked {
  const location = at(context, expr);
  const entries: { readonly name: string; readonly value: Checked }[] = [];
  let failed = false;
  for (const entry of expr.entries) {
    const field = type.fields.get(entry.name.text);
    if (field === undefined) {
      const spot = at(context, entry.name);
      context.checking.sink.report("WB0210", { type: showType(type), field: entry.name.text }, spot, {
        label: "no such field",
        ...didYouMean(nearest(entry.name.text, type.fields.keys()), spot),
      });
      failed = true;
      continue;
    }
    entries.push({ name: field.name, value: context.check(context, entry.value, field.type) });
  }
  const given = new Set(expr.entries.map((entry) => entry.name.text));
  const absent = [...type.fields.values()]
    .filter((field) => field.mode.kind === "required" && !given.has(field.name))
    .map((field) => field.name);
  if (absent.length > 0) {
    context.checking.sink.report("WB0341", { type: showType(type), fields: absent }, location, {
      label: `${absent.length === 1 ? "a field is" : "fields are"} not given`,
    });
    failed = true;
  }
  return failed || entries.some((entry) => isError(entry.value)) ? errorExpr(location) : recordOf(entries, type, location);
}

function recordOf(entries: readonly { readonly name: string; readonly value: Checked }[], type: Type, location: Location): Checked {
  if (entries.some((entry) => isError(entry.value))) return errorExpr(location);
  const flow = joinFlows(entries.map((entry) => entry.value));
  const core = { kind: "record", entries: entries.map(({ name, value }) => ({ name, value: value.core })), type, at: location } as const;
  return made(core, flow.labels, flow.causes);
}
