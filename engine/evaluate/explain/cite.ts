/** What a truth value rests on: the reads of the operands that decided it, in source order (semantics, section 3). */
import { type DataRecord, type Origin, origin, type Place as PlaceRead, placeOf as placeOfField } from "../../../language/core/data.ts";
import type { Expr, FieldRead, FunctionCall, IntrinsicCall, PredicateRead } from "../../../language/core/ir.ts";
import { operandsOf } from "../../../language/core/walk.ts";
import { scalar } from "../../../language/semantics/types.ts";
import { publishedOf, saysAge } from "../compile/age.ts";
import type { Fn } from "../compile/context.ts";
import type { Citation, Fact } from "../decision.ts";
import type { Env } from "../env.ts";
import { showValue } from "../print.ts";
import { Unknown } from "../unknown.ts";
import { type Collection, isVirtual, MergedRecord, PartialRecord, type RecordValue } from "../virtual.ts";

/** Compiles an expression on first use, for explanations only. */
export interface Lazy {
  (expr: Expr): Fn;
  /** What a call comes down to: its body, and what puts the arguments where the body reads them. */
  readonly inside: (call: FunctionCall) => { readonly body: Expr; readonly bind: (env: Env) => void } | undefined;
}

/** What a value rests on: places in documents, and facts of the subject that stand in none. */
export interface Cited {
  readonly citations: Citation[];
  readonly facts: Fact[];
  /** When deadlines are due that were asked about. */
  readonly dues: Due[];
  readonly knownOnly?: true;
}

interface Due {
  readonly value: string;
  /** It is over, or how much of it is left was compared: that it is not over yet says little. */
  readonly decisive: boolean;
}

/** Nothing so far. */
export function citing(): Cited {
  return { citations: [], facts: [], dues: [] };
}

/** The facts, with when the deadline is due that decided; where several decided, none of their times is the one. */
export function factsOf({ facts, dues }: Cited): readonly Fact[] {
  const decisive = dues.filter((due) => due.decisive);
  const [value, ...others] = new Set((decisive.length > 0 ? decisive : dues).map((due) => due.value));
  return value === undefined || others.length > 0 ? facts : [...facts, { path: "due", value }];
}

/** Adds what a Boolean expression's present value rests on to `out`. */
export type Citer = (env: Env, out: Cited) => void;

export function citerOf(lazy: Lazy, expr: Expr): Citer {
  switch (expr.kind) {
    case "and":
    case "or":
      return connective(lazy, expr.kind === "or", expr.left, expr.right);
    case "not":
      return citerOf(lazy, expr.operand);
    case "some":
    case "every":
      return quantifier(lazy, expr);
    case "count":
      return () => undefined;
    case "field":
    case "predicate":
      return read(lazy, expr);
    case "call":
      return called(lazy, expr);
    default: {
      const due = dueCiter(lazy, expr);
      const parts = operandsOf(expr).map((operand) => citerOf(lazy, operand));
      return (env, out) => {
        for (const part of parts) part(env, out);
        due?.(env, out);
      };
    }
  }
}

/**
 * A call is substitution: it rests on what its body rests on. What is not known in there is left out: where it decided
 * something, the clause is not decided, and says what it wants.
 */
function called(lazy: Lazy, expr: FunctionCall): Citer {
  const given = expr.args.map((arg) => citerOf(lazy, arg));
  // Made when it is asked for: functions that call others twice would make it twice as long with each.
  let inside: ReturnType<Lazy["inside"]>;
  let cite: Citer | undefined;
  return (env, out) => {
    for (const arg of given) arg(env, out);
    inside ??= lazy.inside(expr);
    if (inside === undefined) return;
    cite ??= citerOf(lazy, inside.body);
    inside.bind(env);
    cite(env, { ...out, knownOnly: true });
  };
}

/** When the deadline is due that `passed` or `left` is about: what they rest on, and no document says. */
export function dueOf(expr: Expr): IntrinsicCall | undefined {
  return expr.kind === "intrinsic" && readsDue.has(expr.name) ? { ...expr, name: "waybill.deadline.due", type: time } : undefined;
}

const time = scalar("Time");

function dueCiter(lazy: Lazy, expr: Expr): Citer | undefined {
  const call = dueOf(expr);
  if (call === undefined) return undefined;
  const due = lazy(call);
  const asked = lazy(expr);
  return (env, out) => {
    const value = due(env);
    if (!(value instanceof Unknown)) out.dues.push({ value: showValue(time, value), decisive: asked(env) !== false });
  };
}

const readsDue: ReadonlySet<string> = new Set(["waybill.deadline.passed", "waybill.deadline.left"]);

function connective(lazy: Lazy, decisive: boolean, left: Expr, right: Expr): Citer {
  const l = lazy(left);
  const r = lazy(right);
  const citeLeft = citerOf(lazy, left);
  const citeRight = citerOf(lazy, right);
  return (env, out) => {
    if (l(env) === decisive) return citeLeft(env, out);
    if (r(env) === decisive) return citeRight(env, out);
    citeLeft(env, out);
    citeRight(env, out);
  };
}

/** The first member that decides, by its place where it is a scalar; where none does, the list itself. */
function quantifier(lazy: Lazy, expr: Extract<Expr, { kind: "some" | "every" }>): Citer {
  const collection = lazy(expr.collection);
  const where = expr.where === undefined ? undefined : lazy(expr.where);
  const body = expr.body === undefined ? undefined : lazy(expr.body);
  const parts = [expr.where, expr.body].flatMap((part) => (part === undefined ? [] : [citerOf(lazy, part)]));
  const { type } = expr.collection;
  const element = type.kind === "list" || type.kind === "set" ? type.element : type;
  const places = expr.collection.kind === "field" ? placesOf(lazy, expr.collection) : [];
  const path = pathOf(expr.collection);
  return (env, out) => {
    const found = placeOf(env, places);
    const listed = collection(env) as Collection;
    for (const [index, item] of listed.items.entries()) {
      env.slots[expr.slot] = item;
      if (where !== undefined && where(env) !== true) continue;
      if (body !== undefined && body(env) !== false) continue;
      if (found !== undefined && element.kind !== "record") {
        out.citations.push({
          document: found.document,
          pointer: `${found.pointer}/${index}`,
          path: expr.name,
          value: showValue(element, item),
        });
      }
      for (const part of parts) part(env, out);
      return;
    }
    if (found !== undefined) out.citations.push({ document: found.document, pointer: found.pointer, path, value: showValue(type, listed) });
  };
}

function placesOf(lazy: Lazy, expr: Expr): readonly Place[] {
  return recordChain(expr).map((record) => ({ record: lazy(record.expr), below: record.below }));
}

function read(lazy: Lazy, expr: FieldRead | PredicateRead): Citer {
  const published = expr.kind === "field" ? publishedOf(expr) : undefined;
  return published === undefined ? stated(lazy, expr) : aged(lazy, expr, published);
}

/** An age that no document says rests on when the package was published. */
function aged(lazy: Lazy, expr: FieldRead | PredicateRead, published: FieldRead): Citer {
  const record = lazy(expr.record);
  const value = lazy(expr);
  const path = pathOf(expr);
  const said = stated(lazy, expr);
  const counted = stated(lazy, published);
  return (env, out) => {
    if (saysAge(record(env) as RecordValue)) return said(env, out);
    counted(env, out);
    const age = value(env);
    if (age instanceof Unknown || out.facts.some((fact) => fact.path === path)) return;
    out.facts.push({ path, value: showValue(expr.type, age) });
  };
}

function stated(lazy: Lazy, expr: FieldRead | PredicateRead): Citer {
  const value = lazy(expr);
  const path = pathOf(expr);
  const root = rootOf(expr);
  const inner = citerOf(lazy, root);
  const places = placesOf(lazy, expr);
  return (env, out) => {
    const found = placeOf(env, places);
    if (found === undefined && root.kind !== "subject") return inner(env, out);
    const result = value(env);
    if (result instanceof Unknown && (out.knownOnly === true || found === undefined || result.record === undefined)) return;
    if (found === undefined) {
      if (!out.facts.some((fact) => fact.path === path)) out.facts.push({ path, value: showValue(expr.type, result) });
      return;
    }
    const { document, pointer } = found;
    if (out.citations.some((known) => known.path === path && known.pointer === pointer && known.document === document)) return;
    out.citations.push({ document, pointer, path, value: showValue(expr.type, result) });
  };
}

interface Place {
  readonly record: Fn;
  /** Field names from the record down to what is read. */
  readonly below: readonly string[];
}

/** The records on the way from what is read to its root, nearest first. */
function recordChain(expr: Expr): readonly { readonly expr: Expr; readonly below: readonly string[] }[] {
  const links: { expr: Expr; below: readonly string[] }[] = [];
  let below: readonly string[] = [];
  let at: Expr = expr;
  for (;;) {
    if (at.kind === "field") below = [at.field.name, ...below];
    else if (at.kind === "predicate") below = [at.predicate.name, ...below];
    else return links;
    at = at.record;
    links.push({ expr: at, below });
  }
}

function rootOf(expr: Expr): Expr {
  let at: Expr = expr;
  while (at.kind === "field" || at.kind === "predicate") at = at.record;
  return at;
}

function pathOf(expr: Expr): string {
  if (expr.kind === "field") return `${pathOf(expr.record)}.${expr.field.name}`;
  if (expr.kind === "predicate") return `${pathOf(expr.record)} is ${expr.predicate.name}`;
  return expr.kind === "local" || expr.kind === "let" || expr.kind === "subject" ? expr.name : "…";
}

function placeOf(env: Env, places: readonly Place[]): PlaceRead | undefined {
  for (const { record, below } of places) {
    const from = originOf(record(env) as RecordValue);
    if (from === undefined) continue;
    const [first, ...deeper] = below;
    const { document, pointer } = placeOfField(from, first ?? "");
    return { document, pointer: [pointer, ...deeper].join("/") };
  }
  return undefined;
}

/** Where a record stands, if it is one that was read from a document. */
export function originOf(record: RecordValue | undefined): Origin | undefined {
  if (record === undefined || record === null || typeof record !== "object") return undefined;
  if (record instanceof PartialRecord) return originOf(record.$record);
  if (record instanceof MergedRecord) return originOf(record.$records[0]);
  return isVirtual(record) ? undefined : (record as DataRecord)[origin];
}
