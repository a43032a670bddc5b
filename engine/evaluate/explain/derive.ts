/** The derivation that `why` prints: what each part of a clause came to, and the evidence under it. */
import type { Expr, FunctionCall } from "../../../language/core/ir.ts";
import { operandsOf } from "../../../language/core/walk.ts";
import { factOf } from "../compile/fact.ts";
import type { Derivation } from "../decision.ts";
import type { Env } from "../env.ts";
import { describeRecord, showValue } from "../print.ts";
import { Unknown } from "../unknown.ts";
import type { Collection, RecordValue } from "../virtual.ts";
import { citerOf, citing, dueOf, type Lazy } from "./cite.ts";

const membersShown = 3;

/** Derives the present value of an expression; members of quantifiers that decided it come first. */
export function derive(lazy: Lazy, env: Env, expr: Expr): Derivation {
  const value = lazy(expr)(env);
  const cited = citing();
  if (isRead(expr)) citerOf(lazy, expr)(env, cited);
  return {
    at: expr.at,
    value: showTruth(expr, value),
    text: label(expr),
    citations: cited.citations,
    children: childrenOf(lazy, env, expr, value),
  };
}

function isRead(expr: Expr): boolean {
  return expr.kind === "field" || expr.kind === "predicate";
}

function showTruth(expr: Expr, value: unknown): string {
  if (value instanceof Unknown && expr.type.kind === "scalar" && expr.type.name === "Bool") return `unknown ${showValue(expr.type, value)}`;
  return showValue(expr.type, value);
}

function label(expr: Expr): string {
  switch (expr.kind) {
    case "and":
    case "or":
    case "not":
    case "known":
      return expr.kind;
    case "compare":
      return `${factOf(expr.left)} ${expr.op} ${factOf(expr.right)}`;
    case "member":
      return `${factOf(expr.item)} in ${factOf(expr.collection)}`;
    case "within":
      return `${factOf(expr.item)} in ${factOf(expr.set)}`;
    case "some":
    case "every":
      return `${expr.kind} ${expr.name} in ${factOf(expr.collection)}`;
    case "count":
      return `count(${expr.name} in ${factOf(expr.collection)})`;
    default:
      return factOf(expr);
  }
}

function childrenOf(lazy: Lazy, env: Env, expr: Expr, value: unknown): readonly Derivation[] {
  if (expr.kind === "and" || expr.kind === "or") return decisive(lazy, env, expr, value);
  if (expr.kind === "some" || expr.kind === "every") return members(lazy, env, expr, value);
  if (expr.kind === "field" || expr.kind === "attestation" || expr.kind === "count") return [];
  if (expr.kind === "call") return inside(lazy, env, expr);
  const due = dueOf(expr);
  if (due !== undefined) return [derive(lazy, env, due)];
  return operandsOf(expr)
    .filter((operand) => operand.kind !== "literal" && operand.kind !== "local" && operand.kind !== "subject" && operand.kind !== "list")
    .map((operand) => derive(lazy, env, operand));
}

/** A call is substitution: its body, where the parameters have the values that they were given. */
function inside(lazy: Lazy, env: Env, call: FunctionCall): readonly Derivation[] {
  const found = lazy.inside(call);
  if (found === undefined) return [];
  found.bind(env);
  return [derive(lazy, env, found.body)];
}

/** A decisive operand alone; otherwise both. */
function decisive(lazy: Lazy, env: Env, expr: Extract<Expr, { kind: "and" | "or" }>, value: unknown): readonly Derivation[] {
  const settles = expr.kind === "or";
  if (value === settles) {
    const left = lazy(expr.left)(env);
    return [derive(lazy, env, left === settles ? expr.left : expr.right)];
  }
  return [derive(lazy, env, expr.left), derive(lazy, env, expr.right)];
}

function members(lazy: Lazy, env: Env, expr: Extract<Expr, { kind: "some" | "every" }>, value: unknown): readonly Derivation[] {
  const { items } = lazy(expr.collection)(env) as Collection;
  const where = expr.where === undefined ? undefined : lazy(expr.where);
  const body = expr.body === undefined ? undefined : lazy(expr.body);
  const shown: Derivation[] = [];
  for (const item of items) {
    if (shown.length >= membersShown) break;
    env.slots[expr.slot] = item;
    const inside = where === undefined ? true : where(env);
    const holds = body === undefined ? true : body(env);
    if (!decides(expr.kind, value, inside, holds)) continue;
    const children = [expr.where, expr.body].flatMap((part) => (part === undefined ? [] : [deriveWith(lazy, env, expr.slot, item, part)]));
    const type = expr.collection.type;
    const element = type.kind === "list" || type.kind === "set" ? type.element : type;
    const text = element.kind === "record" ? describeRecord(item as RecordValue) : showValue(element, item);
    shown.push({ at: expr.at, value: text, text: expr.name, citations: [], children });
  }
  return shown;
}

function deriveWith(lazy: Lazy, env: Env, slot: number, item: unknown, part: Expr): Derivation {
  env.slots[slot] = item;
  return derive(lazy, env, part);
}

/** Of a quantifier that is settled by members, those that settle it; of one that is not, those that are not known. */
function decides(kind: "some" | "every", value: unknown, inside: unknown, holds: unknown): boolean {
  if (value instanceof Unknown) return inside instanceof Unknown || (inside === true && holds instanceof Unknown);
  if (kind === "some") return value === true && inside === true;
  return value === false && inside === true && holds === false;
}
