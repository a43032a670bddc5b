/** Random well-typed expressions, biased towards the shapes that the engine treats specially: joins, counts, closed lists. */
import type { CompareOp, Expr, FunctionDefinition, Literal } from "../../language/core/ir.ts";
import type { Value } from "../../language/core/value.ts";
import type { Field, RecordType, Type } from "../../language/semantics/types.ts";
import { scalar } from "../../language/semantics/types.ts";
import type { Choices } from "./choices.ts";
import { bool, colour, int, level, listOf, place, pools, text, time, type Universe } from "./universe.ts";

/** What may be named where an expression stands. */
export interface Scope {
  readonly universe: Universe;
  readonly choices: Choices;
  /** Records by name: the subject, attestations, bound members, parameters. */
  readonly records: readonly Expr[];
  /** Everything else by name: lets, inputs, constants, bound members, parameters. */
  readonly names: readonly Expr[];
  readonly functions: readonly FunctionDefinition[];
  /** Quantifiers around it; at most three. */
  readonly nesting: number;
  fresh(): number;
}

const at = place();
const duration = scalar("Duration");
const orderedTypes: readonly Type[] = [int, level, scalar("Decimal"), time, scalar("Version"), duration];
const equalTypes: readonly Type[] = [
  text,
  int,
  level,
  colour,
  bool,
  scalar("Decimal"),
  time,
  scalar("Version"),
  scalar("Purl"),
  scalar("License"),
];
/** Types that comparisons are about; those of literals that can be written, where that is asked for. */
function compared(types: readonly Type[], { universe }: Scope): readonly Type[] {
  return universe.written ? types.filter((t) => !same(t, scalar("Version")) && !same(t, scalar("License"))) : types;
}

const comparisons: readonly CompareOp[] = ["==", "!=", "<", "<=", ">", ">="];

export function literal(type: Type, value: Value): Literal {
  return { kind: "literal", value, type, at };
}

export function field(record: Expr, name: string): Expr {
  const type = record.type as RecordType;
  const found = type.fields.get(name);
  if (found === undefined) throw new Error(`${type.name} has no field ${name}`);
  return { kind: "field", record, field: found, type: found.type, at };
}

function same(a: Type, b: Type): boolean {
  if (a.kind === "scalar") return b.kind === "scalar" && a.name === b.name;
  if (a.kind === "enum" || a.kind === "record") return b.kind === a.kind && a.name === b.name;
  if (a.kind === "list" || a.kind === "set") return b.kind === a.kind && same(a.element, b.element);
  return false;
}

/** A condition. `depth` bounds how far it reaches down; at 0 it is a leaf. */
export function condition(depth: number, scope: Scope): Expr {
  const { choices } = scope;
  if (depth <= 0) return leafCondition(scope);
  const make = choices.weighted<() => Expr>([
    [3, () => leafCondition(scope)],
    [
      3,
      () => ({
        kind: choices.chance(50) ? "and" : "or",
        left: condition(depth - 1, scope),
        right: condition(depth - 1, scope),
        type: bool,
        at,
      }),
    ],
    [2, () => ({ kind: "not", operand: condition(depth - 1, scope), type: bool, at })],
    [5, () => (scope.nesting < 3 ? quantifier(depth, scope) : leafCondition(scope))],
    [2, () => (scope.nesting < 2 ? lookUp(depth, scope) : comparison(depth, scope))],
    [3, () => comparison(depth, scope)],
    [2, () => (scope.nesting < 3 ? countComparison(depth, scope) : comparison(depth, scope))],
    [2, () => otherwise(condition(depth - 1, scope), choices.chance(80) ? literal(bool, choices.chance(50)) : condition(depth - 1, scope))],
    [2, () => ({ kind: "known", operand: knowable(depth - 1, scope), type: bool, at })],
    [2, () => call(bool, depth, scope) ?? comparison(depth, scope)],
    [1, () => tableCall(bool, depth, scope)],
    [2, () => membership(depth, scope)],
  ]);
  return make();
}

function leafCondition(scope: Scope): Expr {
  const { choices } = scope;
  const make = choices.weighted<() => Expr>([
    [4, () => comparison(0, scope)],
    [3, () => path(bool, scope)],
    [1, () => ({ kind: "known", operand: path(choices.pick(compared(equalTypes, scope)), scope), type: bool, at })],
    [1, () => predicate(scope)],
    [1, () => hasKey(scope)],
    [1, () => pattern(scope)],
    [1, () => membership(0, scope)],
    [1, () => within(scope)],
    [1, () => licence(scope)],
    [1, () => literal(bool, choices.chance(50))],
  ]);
  return make();
}

/** A scalar or an enum of the type. */
export function operand(type: Type, depth: number, scope: Scope): Expr {
  const { choices } = scope;
  if (same(type, bool)) return condition(depth, scope);
  if (depth <= 0) return choices.chance(60) ? path(type, scope) : anyLiteral(type, choices);
  const numeric = same(type, int) || same(type, scalar("Decimal"));
  const make = choices.weighted<() => Expr>([
    [5, () => path(type, scope)],
    [2, () => anyLiteral(type, choices)],
    [2, () => otherwise(operand(type, depth - 1, scope), operand(type, depth - 1, scope))],
    [numeric ? 3 : 0, () => arithmetic(type, depth, scope)],
    [same(type, int) && scope.nesting < 3 ? 2 : 0, () => count(depth, scope)],
    [same(type, int) ? 2 : 0, () => mapEntry(int, depth, scope)],
    [same(type, int) ? 3 : 0, () => minorOf(depth, scope)],
    [same(type, text) && scope.universe.writtenKind === "workload" ? 4 : 0, () => mapEntry(text, depth, scope)],
    [same(type, text) ? 2 : 0, () => element(depth, scope)],
    [
      same(type, time) ? 2 : 0,
      () => ({ kind: choices.chance(50) ? "+" : "-", left: path(time, scope), right: anyLiteral(duration, choices), type, at }),
    ],
    [same(type, duration) ? 4 : 0, () => ({ kind: "-", left: operand(time, 0, scope), right: operand(time, 0, scope), type, at })],
    [type.kind === "enum" ? 4 : 0, () => tableCall(type, depth, scope)],
    [2, () => call(type, depth, scope) ?? path(type, scope)],
    [scope.universe.written ? 0 : 1, () => ofRecord(type, depth, scope)],
  ]);
  return make();
}

/** Mostly of something that is a version: what evidence says is one now and then. */
function minorOf(depth: number, scope: Scope): Expr {
  const version = scope.choices.chance(50) ? literal(text, scope.choices.pick(kubernetesVersions)) : operand(text, depth - 1, scope);
  return { kind: "intrinsic", name: "waybill.kubernetes.minor", args: [version], type: int, at };
}

const kubernetesVersions = [
  "v1.29",
  "1.30",
  "v1.31.2",
  "v1.2.3-gke.1+x",
  "latest",
  "v2.1",
  "1.",
  "v1.29 ",
  "v1.1x",
  "v1.1234567890",
  "1.3.4.5",
];

/** `{ v: … }.v` */
function ofRecord(type: Type, depth: number, scope: Scope): Expr {
  const own: Field = { name: "v", type, mode: { kind: "required" }, claimed: false };
  const recordType: RecordType = { kind: "record", name: "", fields: new Map([["v", own]]), predicates: new Map() };
  const literalRecord: Expr = { kind: "record", entries: [{ name: "v", value: operand(type, depth - 1, scope) }], type: recordType, at };
  return { kind: "field", record: literalRecord, field: own, type, at };
}

export function anyLiteral(type: Type, choices: Choices): Expr {
  if (type.kind === "enum") return literal(type, choices.below(type.variants.length));
  if (type.kind !== "scalar") throw new Error(`no literal of ${type.kind}`);
  return literal(type, choices.pick(pools[type.name] ?? []));
}

/** A field of the type of some record in scope, or a name; a literal where neither has it. */
function path(type: Type, scope: Scope): Expr {
  const { choices } = scope;
  const named = scope.names.filter((n) => same(n.type, type));
  if (named.length > 0 && choices.chance(25)) return choices.pick(named);
  const paths = fieldsOf(record(scope), (t) => same(t, type));
  if (paths.length > 0) return choices.pick(paths);
  return named.length > 0 ? choices.pick(named) : anyLiteral(type, choices);
}

function fieldsOf(from: Expr, wanted: (type: Type) => boolean): readonly Expr[] {
  const { fields } = from.type as RecordType;
  return [...fields.values()].filter((f) => wanted(f.type)).map((f) => field(from, f.name));
}

/** Some record: the innermost names more often, so that quantified conditions speak about their members. */
export function record(scope: Scope): Expr {
  const { choices, records } = scope;
  const innermost = records.at(-1) as Expr;
  const from = choices.chance(40) ? choices.pick(records) : innermost;
  const subs = fieldsOf(from, (t) => t.kind === "record");
  const chosen = subs.length > 0 && choices.chance(15) ? choices.pick(subs) : from;
  return choices.chance(6) ? closedOf(chosen) : chosen;
}

function closedOf(operand: Expr): Expr {
  return { kind: "closed", operand, type: operand.type, at };
}

/** A list or a set; of records wherever there are any and `records` asks for them. */
export function collection(records: boolean, scope: Scope): Expr {
  const { choices } = scope;
  const wanted = (t: Type) => (t.kind === "list" || t.kind === "set") && (!records || t.element.kind === "record");
  const named = scope.names.filter((n) => wanted(n.type));
  if (named.length > 0 && choices.chance(25)) return choices.pick(named);
  const sources = scope.records.filter((r) => fieldsOf(r, wanted).length > 0);
  if (sources.length > 0) {
    const chosen = choices.pick(fieldsOf(choices.pick(sources), wanted));
    if (choices.chance(20)) return closedOf(chosen);
    return choices.chance(4) ? otherwise(chosen, { kind: "list", items: [], type: chosen.type, at }) : chosen;
  }
  return numbers(scope);
}

function numbers(scope: Scope): Expr {
  const items = scope.choices.times(scope.universe.written ? 1 : 0, 3, () => operand(int, 0, scope));
  return { kind: "list", items, type: listOf(int), at };
}

function elementOf(list: Expr): Type {
  if (list.type.kind !== "list" && list.type.kind !== "set") throw new Error("a collection has an element type");
  return list.type.element;
}

/** The scope inside a quantifier, with its bound name innermost. */
export function inside(list: Expr, slot: number, scope: Scope): Scope {
  const type = elementOf(list);
  const bound: Expr = { kind: "local", slot, name: `x${slot}`, type, at };
  const nested = { ...scope, nesting: scope.nesting + 1 };
  return type.kind === "record" ? { ...nested, records: [...scope.records, bound] } : { ...nested, names: [...scope.names, bound] };
}

export function quantifier(depth: number, scope: Scope, kinds: readonly ("some" | "every")[] = ["some", "every"]): Expr {
  const { choices } = scope;
  const kind = choices.pick(kinds);
  const list = collection(choices.chance(75), scope);
  const slot = scope.fresh();
  const inner = inside(list, slot, scope);
  const shared = { slot, name: `x${slot}`, collection: list, type: bool, at };
  const plain = choices.chance(25);
  const asked = plain ? () => simple(1, inner) : () => filter(list, depth, scope, inner);
  const where = choices.chance(kind === "some" ? 95 : 60) ? { where: asked() } : {};
  return kind === "some"
    ? { kind, ...shared, ...where }
    : { kind, ...shared, ...where, body: plain ? simple(1, inner) : condition(depth - 1, inner) };
}

/** One list looked up in another by a field: `some x in xs where (some y in ys where y.k == x.k and …)`, and its relatives. */
function lookUp(depth: number, scope: Scope): Expr {
  const { choices } = scope;
  const fixed = scope.records.filter((r) => r.kind !== "local");
  const from = fixed.length > 0 ? { ...scope, records: fixed, names: [] } : scope;
  const [outer, inner] = [collection(true, from), collection(true, from)];
  const [outerSlot, innerSlot] = [scope.fresh(), scope.fresh()];
  const around = inside(outer, outerSlot, scope);
  const within = inside(inner, innerSlot, around);
  if (elementOf(outer).kind !== "record" || elementOf(inner).kind !== "record") return quantifier(depth, scope);
  const equality = join({ ...around, records: around.records.slice(-1), names: [] }, within);
  const rest = condition(Math.min(depth - 1, 1), within);
  const where: Expr = choices.chance(70) ? { kind: "and", left: equality, right: rest, type: bool, at } : equality;
  const found = { slot: innerSlot, name: `x${innerSlot}`, collection: inner, where, at };
  const looked: Expr = choices.chance(65)
    ? { kind: "some", ...found, type: bool }
    : {
        kind: "compare",
        op: choices.pick(comparisons),
        operands: int,
        left: { kind: "count", ...found, type: int },
        right: literal(int, choices.below(3)),
        type: bool,
        at,
      };
  const over = { slot: outerSlot, name: `x${outerSlot}`, collection: outer, type: bool, at };
  return choices.chance(60) ? { kind: "some", ...over, where: looked } : { kind: "every", ...over, body: looked };
}

/** Plain reads against literals, as most policies have them: the engine decides these on a path of its own. */
function simple(depth: number, scope: Scope): Expr {
  const { choices } = scope;
  const compared = (type: Type, op: CompareOp): Expr => {
    const read = path(type, scope);
    const left = choices.chance(35) ? otherwise(read, anyLiteral(type, choices)) : read;
    return { kind: "compare", op, operands: type, left, right: anyLiteral(type, choices), type: bool, at };
  };
  const inner = () => simple(depth - 1, scope);
  const make = choices.weighted<() => Expr>([
    [3, () => compared(choices.pick([text, colour]), choices.pick(["==", "!="]))],
    [3, () => compared(choices.pick([int, level]), choices.pick(comparisons))],
    [2, () => path(bool, scope)],
    [1, () => otherwise(path(bool, scope), literal(bool, choices.chance(50)))],
    [2, () => ({ kind: "known", operand: path(choices.pick([text, int, bool, level]), scope), type: bool, at })],
    [1, () => pattern(scope)],
    [depth > 0 ? 3 : 0, () => ({ kind: choices.pick(["and", "or"]), left: inner(), right: inner(), type: bool, at })],
    [depth > 0 ? 1 : 0, () => ({ kind: "not", operand: inner(), type: bool, at })],
  ]);
  return make();
}

/** A condition on a member; half of the time it starts with an equality to something outside, which the engine may index. */
function filter(list: Expr, depth: number, outer: Scope, inner: Scope): Expr {
  const { choices } = outer;
  const rest = condition(depth - 1, inner);
  if (elementOf(list).kind !== "record" || !choices.chance(50)) return rest;
  const equality = join(outer, inner);
  return choices.weighted<Expr>([
    [3, equality],
    [4, { kind: "and", left: equality, right: rest, type: bool, at }],
    [2, { kind: "and", left: rest, right: equality, type: bool, at }],
    [1, { kind: "or", left: equality, right: rest, type: bool, at }],
    [1, { kind: "and", left: equality, right: { kind: "and", left: join(outer, inner), right: rest, type: bool, at }, type: bool, at }],
  ]);
}

/** `y.k == …` where the other side does not speak of `y`. */
function join(outer: Scope, inner: Scope): Expr {
  const { choices } = outer;
  const type = choices.weighted<Type>([
    [5, text],
    [2, int],
    [1, level],
    [1, scalar("Purl")],
    [outer.universe.written ? 0 : 1, scalar("Version")],
  ]);
  const bound = inner.records.at(-1) as Expr;
  const own = fieldsOf(bound, (t) => same(t, type));
  const mine = own.length > 0 ? choices.pick(own) : path(type, inner);
  const theirs = choices.chance(85) ? path(type, outer) : operand(type, 1, outer);
  const [left, right] = choices.chance(70) ? [mine, theirs] : [theirs, mine];
  return { kind: "compare", op: "==", operands: type, left, right, type: bool, at };
}

function count(depth: number, scope: Scope): Expr {
  const { choices } = scope;
  const list = collection(choices.chance(75), scope);
  const slot = scope.fresh();
  const where = choices.chance(80) ? { where: filter(list, depth, scope, inside(list, slot, scope)) } : {};
  return { kind: "count", slot, name: `x${slot}`, collection: list, type: int, at, ...where };
}

function countComparison(depth: number, scope: Scope): Expr {
  const { choices } = scope;
  const bound = choices.chance(85) ? literal(int, choices.below(4)) : operand(int, depth - 1, scope);
  const sides = [count(depth - 1, scope), bound] as const;
  const [left, right] = choices.chance(80) ? sides : ([sides[1], sides[0]] as const);
  return { kind: "compare", op: choices.pick(comparisons), operands: int, left, right, type: bool, at };
}

function comparison(depth: number, scope: Scope): Expr {
  const { choices } = scope;
  const equality = choices.chance(50);
  const type = choices.pick(compared(equality ? equalTypes : orderedTypes, scope));
  const op = choices.pick(equality ? comparisons.slice(0, 2) : comparisons);
  return { kind: "compare", op, operands: type, left: operand(type, depth, scope), right: operand(type, depth - 1, scope), type: bool, at };
}

function otherwise(operand: Expr, fallback: Expr): Expr {
  return { kind: "otherwise", operand, fallback, type: operand.type, at };
}

/** Anything that may be known or not: scalars, counts, records and collections. */
function knowable(depth: number, scope: Scope): Expr {
  const { choices } = scope;
  const make = choices.weighted<() => Expr>([
    [5, () => operand(choices.pick(compared(equalTypes, scope)), depth, scope)],
    [1, () => record(scope)],
    [1, () => collection(false, scope)],
  ]);
  return make();
}

function arithmetic(type: Type, depth: number, scope: Scope): Expr {
  const { choices } = scope;
  if (choices.chance(20)) return { kind: "negate", operand: operand(type, depth - 1, scope), type, at };
  const sides = { left: operand(type, depth - 1, scope), right: operand(type, depth - 1, scope) };
  return { kind: choices.chance(60) ? "+" : "-", ...sides, type, at };
}

function membership(depth: number, scope: Scope): Expr {
  const { choices } = scope;
  const from = record(scope);
  const [texts] = fieldsOf(from, (t) => same(t, listOf(text)));
  if (texts !== undefined && choices.chance(40)) {
    return {
      kind: "member",
      item: operand(text, depth - 1, scope),
      collection: choices.chance(20) ? closedOf(texts) : texts,
      type: bool,
      at,
    };
  }
  const type = choices.pick([text, int, level]);
  const items = choices.times(1, 3, () => (choices.chance(85) ? anyLiteral(type, choices) : path(type, scope)));
  const list: Expr = items.every((i) => i.kind === "literal")
    ? literal(
        listOf(type),
        items.map((i) => (i as Literal).value),
      )
    : { kind: "list", items, type: listOf(type), at };
  return { kind: "member", item: operand(type, depth - 1, scope), collection: list, type: bool, at };
}

function within(scope: Scope): Expr {
  const [item, set] = scope.universe.written || scope.choices.chance(60) ? (["Purl", "PurlSet"] as const) : (["Version", "Range"] as const);
  return { kind: "within", item: path(scalar(item), scope), set: anyLiteral(scalar(set), scope.choices), type: bool, at };
}

function pattern(scope: Scope): Expr {
  const op = scope.choices.chance(50) ? "glob" : "matches";
  const compiled = anyLiteral(scalar(op === "glob" ? "Glob" : "Regex"), scope.choices) as Literal;
  return { kind: "pattern", op, value: path(text, scope), pattern: compiled, type: bool, at };
}

function licence(scope: Scope): Expr {
  const { choices } = scope;
  const ids = choices.pick([["MIT"], ["GPL-2.0-only"], ["MIT", "GPL-2.0-only"], []]);
  const name = choices.chance(50) ? "waybill.license.obliges" : "waybill.license.permits";
  return { kind: "intrinsic", name, args: [path(scalar("License"), scope), literal(listOf(text), ids)], type: bool, at };
}

function predicate(scope: Scope): Expr {
  const { choices } = scope;
  const from = record(scope);
  const recordType = from.type as RecordType;
  const declared = [...recordType.predicates.values()];
  if (declared.length === 0) return path(bool, scope);
  const read = choices.pick(declared);
  const by = read.by ? { by: { kind: "trust", trust: choices.pick(scope.universe.trusts).key } as const } : {};
  return { kind: "predicate", record: from, recordType, predicate: read, type: bool, at, ...by };
}

/** A map of a record in scope. Of several, some. */
function mapOf(scope: Scope, holds: (value: Type) => boolean = () => true): Expr | undefined {
  const maps = fieldsOf(record(scope), (t) => t.kind === "map" && holds(t.value));
  return maps.length > 1 ? scope.choices.pick(maps) : maps[0];
}

function hasKey(scope: Scope): Expr {
  const map = mapOf(scope);
  return map === undefined ? path(bool, scope) : { kind: "has-key", map, key: operand(text, 0, scope), type: bool, at };
}

function mapEntry(type: Type, depth: number, scope: Scope): Expr {
  const map = mapOf(scope, (t) => same(t, type));
  return map === undefined ? path(type, scope) : { kind: "entry", map, key: operand(text, depth - 1, scope), type, at };
}

function element(depth: number, scope: Scope): Expr {
  const [list] = fieldsOf(record(scope), (t) => same(t, listOf(text)));
  if (list === undefined) return path(text, scope);
  return {
    kind: "element",
    list,
    index: scope.choices.chance(80) ? literal(int, scope.choices.below(3)) : operand(int, depth - 1, scope),
    type: text,
    at,
  };
}

function tableCall(result: Type, depth: number, scope: Scope): Expr {
  const table = scope.choices.pick(scope.universe.tables.filter((t) => same(t.result, result)));
  return { kind: "table", key: table.key, args: table.operands.map((o) => operand(o, depth - 1, scope)), type: result, at };
}

function call(result: Type, depth: number, scope: Scope): Expr | undefined {
  const { choices } = scope;
  const fitting = scope.functions.filter((f) => same(f.body.type, result));
  if (fitting.length === 0) return undefined;
  const chosen = choices.pick(fitting);
  const args = chosen.parameters.map(({ type }) => (type.kind === "record" ? argument(type, scope) : operand(type, depth - 1, scope)));
  if (args.some((a) => a === undefined)) return undefined;
  return { kind: "call", key: chosen.key, args: args as readonly Expr[], type: result, at };
}

function argument(type: RecordType, scope: Scope): Expr | undefined {
  const fitting = scope.records.flatMap((r) => [...(same(r.type, type) ? [r] : []), ...fieldsOf(r, (t) => same(t, type))]);
  return fitting.length === 0 ? undefined : scope.choices.pick(fitting);
}
