/**
 * Branch programs: conditions on members of lists whose operands are plain reads (`e.name in [...]`, `c.image.tag`,
 * `known(c.x)`, `c.y otherwise false`), as steps that jump instead of closures that call each other.
 *
 * A branch program answers only where every value that it meets is known, of the JSON type that the field has, and in
 * plain data: there, two-valued logic with short circuit is the logic of the semantics (section 3). It gives up on
 * anything else (what is missing and not allowed for, malformed, virtual, a look-up that failed), and the closures
 * decide that member with its wants. So it is never more than a shorter way to the same answer.
 */
import type { DataRecord } from "../../../language/core/data.ts";
import type { Compare, Expr, FieldRead, IntrinsicCall, Member, Otherwise, Pattern, Quantifier } from "../../../language/core/ir.ts";
import { type ImageRef, parseImageRef } from "../../../language/domains/image-ref.ts";
import type { Glob, Regex } from "../../../language/domains/pattern.ts";
import type { Env } from "../env.ts";
import { Collection, type RecordValue } from "../virtual.ts";
import type { Context } from "./context.ts";
import { defaultOf, isStrange } from "./fields.ts";

/** A nested record on the way to a field. */
interface Hop {
  readonly name: string;
  readonly guarded: boolean;
  /** The record that stands for an absent one; undefined: there is none. */
  readonly fallback: DataRecord | undefined;
  readonly optional: boolean;
}

/** A plain read: from a bound name or the subject through records to a value. */
interface LoadParts {
  /** Below 0: the subject. */
  readonly slot: number;
  readonly hops: readonly Hop[];
  readonly name: string;
  /** The JSON type of what is read. */
  readonly json: "string" | "boolean" | "number" | "enum" | "list";
  /** Of an enum: the variants by name. */
  readonly variants: ReadonlyMap<string, number> | undefined;
  /** Its name is also a property of what is no record. */
  readonly guarded: boolean;
  /** Of an image reference: the part that is wanted. */
  readonly part: keyof ImageRef | undefined;
  readonly fallback: unknown;
  readonly optional: boolean;
}

class Load implements LoadParts {
  readonly slot: number;
  readonly hops: readonly Hop[];
  readonly name: string;
  readonly json: LoadParts["json"];
  readonly variants: ReadonlyMap<string, number> | undefined;
  readonly guarded: boolean;
  readonly part: keyof ImageRef | undefined;
  readonly fallback: unknown;
  readonly optional: boolean;
  /** Nothing lies between the bound name and a value that is used as it is written. */
  readonly direct: boolean;

  constructor(parts: LoadParts) {
    this.slot = parts.slot;
    this.hops = parts.hops;
    this.name = parts.name;
    this.json = parts.json;
    this.variants = parts.variants;
    this.guarded = parts.guarded;
    this.part = parts.part;
    this.fallback = parts.fallback;
    this.optional = parts.optional;
    const asWritten = parts.json === "string" || parts.json === "boolean";
    this.direct = parts.hops.length === 0 && !parts.guarded && parts.part === undefined && asWritten;
  }
}

const TRUE = 0;
const FALSE = 1;
const GIVE_UP = 2;
const IS_TRUE = 3;
const KNOWN = 4;
const EQUAL = 5;
const ONE_OF = 6;
const STARTS = 7;
const ENDS = 8;
const MATCHES = 9;
const LESS = 10;
const AT_MOST = 11;
const SAME = 12;
const SOME = 13;

/** A class, as `Load` is, so that all steps have one shape: the loop over them is the hottest of the engine. */
class Step {
  readonly op: number;
  readonly load: Load;
  readonly text: string;
  /** The literal that is compared with; of STARTS and ENDS the unit at that end, which mostly settles it. */
  readonly number: number;
  readonly set: ReadonlySet<unknown>;
  readonly test: (text: string) => boolean;
  /** Of a nested quantifier: the slot of its member, and what is asked of it. */
  readonly slot: number;
  readonly inner: Step | undefined;
  readonly yes: Step;
  readonly no: Step;
  /** What follows where the value is missing, and missing only. */
  readonly missing: Step;

  constructor(test: Test, load: Load, yes?: Step, no?: Step, missing?: Step) {
    this.op = test.op;
    this.load = load;
    this.text = test.text ?? "";
    this.number = test.number ?? 0;
    this.set = test.set ?? noSet;
    this.test = test.test ?? noTest;
    this.slot = test.slot ?? 0;
    this.inner = test.inner;
    this.yes = yes ?? this;
    this.no = no ?? this;
    this.missing = missing ?? this;
  }
}

/** What a step asks of the value that it loads. */
interface Test {
  readonly op: number;
  readonly text?: string;
  readonly number?: number;
  readonly set?: ReadonlySet<unknown>;
  readonly test?: (text: string) => boolean;
  readonly slot?: number;
  readonly inner?: Step;
}

const noSet: ReadonlySet<unknown> = new Set();
const noTest = (): boolean => false;
const noLoad = new Load({
  slot: 0,
  hops: [],
  name: "",
  json: "string",
  variants: undefined,
  guarded: false,
  part: undefined,
  fallback: undefined,
  optional: false,
});

const isTrue = new Step({ op: TRUE }, noLoad);
const isFalse = new Step({ op: FALSE }, noLoad);
const giveUp = new Step({ op: GIVE_UP }, noLoad);

interface Scope {
  readonly context: Context;
  /** Reads by what they read: equal ones are one, so that a step can tell that it asks the last step's value. */
  readonly loads: Map<string, Load>;
}

/** What a branch program says of a member; undefined: it gives up. */
export type Branches = (env: Env) => boolean | undefined;

/** Whether a member satisfies `where` (and not `body`), as branches; undefined where the condition is of other shapes. */
export function memberBranches(context: Context, expr: Quantifier): Branches | undefined {
  const start = memberSteps({ context, loads: new Map() }, expr);
  if (start === undefined) return undefined;
  return (env) => {
    if (env.failed !== undefined) return undefined;
    const answer = run(start, env.slots, env.request.subject.data);
    return answer === TRUE ? true : answer === FALSE ? false : undefined;
  };
}

function memberSteps(scope: Scope, expr: Quantifier): Step | undefined {
  const refuted = expr.body === undefined ? isTrue : steps(scope, expr.body, isFalse, isTrue);
  if (refuted === undefined) return undefined;
  return expr.where === undefined ? refuted : steps(scope, expr.where, refuted, isFalse);
}

/** The steps of a Boolean expression that go on to `yes` or `no`; undefined where it has another shape. */
function steps(scope: Scope, expr: Expr, yes: Step, no: Step): Step | undefined {
  switch (expr.kind) {
    case "literal":
      return typeof expr.value === "boolean" ? (expr.value ? yes : no) : undefined;
    case "not":
      return steps(scope, expr.operand, no, yes);
    case "and": {
      const right = steps(scope, expr.right, yes, no);
      return right && steps(scope, expr.left, right, no);
    }
    case "or": {
      const right = steps(scope, expr.right, yes, no);
      return right && steps(scope, expr.left, yes, right);
    }
    case "field":
      return loaded(scope, expr, "boolean", { op: IS_TRUE }, yes, no, giveUp);
    case "otherwise":
      return otherwise(scope, expr, yes, no);
    case "known":
      return expr.operand.kind === "field" || expr.operand.kind === "intrinsic"
        ? loaded(scope, expr.operand, undefined, { op: KNOWN }, yes, no, no)
        : undefined;
    case "compare":
      return comparison(scope, expr, yes, no);
    case "member":
      return membership(scope, expr, yes, no);
    case "pattern":
      return pattern(scope, expr, yes, no);
    case "some":
    case "every":
      return nested(scope, expr, yes, no);
    default:
      return undefined;
  }
}

function loaded(
  scope: Scope,
  expr: Expr,
  json: Load["json"] | undefined,
  test: Test,
  yes: Step,
  no: Step,
  missing: Step,
): Step | undefined {
  const load = loadOf(scope, expr);
  if (load === undefined || (json !== undefined && load.json !== json)) return undefined;
  return new Step(test, load, yes, no, missing);
}

function otherwise(scope: Scope, expr: Otherwise, yes: Step, no: Step): Step | undefined {
  const fallback = steps(scope, expr.fallback, yes, no);
  return fallback && loaded(scope, expr.operand, "boolean", { op: IS_TRUE }, yes, no, fallback);
}

/** `a op literal`, and `(a otherwise literal) op literal`. */
function comparison(scope: Scope, expr: Compare, yes: Step, no: Step): Step | undefined {
  const wanted = constantOf(scope, expr.right);
  const left = expr.left.kind === "otherwise" ? expr.left.operand : expr.left;
  const fallback = expr.left.kind === "otherwise" ? expr.left.fallback : undefined;
  const instead = fallback === undefined ? undefined : constantOf(scope, fallback);
  if (fallback !== undefined && typeof instead !== typeof wanted) return undefined;
  const tested = (json: Load["json"], test: Test, holds: (value: unknown) => boolean, then: Step, other: Step): Step | undefined =>
    loaded(scope, left, json, test, then, other, fallback === undefined ? giveUp : holds(instead) ? then : other);
  if (typeof wanted === "string" && (expr.op === "==" || expr.op === "!=")) {
    const [then, other] = expr.op === "==" ? [yes, no] : [no, yes];
    return tested("string", { op: EQUAL, text: wanted }, (value) => value === wanted, then, other);
  }
  const json = expr.operands.kind === "enum" ? "enum" : isInteger(expr.operands) ? "number" : undefined;
  if (typeof wanted !== "number" || json === undefined) return undefined;
  const less = { op: LESS, number: wanted };
  const atMost = { op: AT_MOST, number: wanted };
  switch (expr.op) {
    case "<":
      return tested(json, less, (value) => (value as number) < wanted, yes, no);
    case ">=":
      return tested(json, less, (value) => (value as number) < wanted, no, yes);
    case "<=":
      return tested(json, atMost, (value) => (value as number) <= wanted, yes, no);
    case ">":
      return tested(json, atMost, (value) => (value as number) <= wanted, no, yes);
    case "==":
      return tested(json, { op: SAME, number: wanted }, (value) => value === wanted, yes, no);
    case "!=":
      return tested(json, { op: SAME, number: wanted }, (value) => value === wanted, no, yes);
  }
}

/** The value of an expression that is the same in every decision; undefined where it is not. */
function constantOf(scope: Scope, expr: Expr): unknown {
  const { context } = scope;
  if (expr.kind === "literal") return expr.value;
  if (expr.kind === "input") return context.inputs.has(expr.key) ? context.inputs.get(expr.key) : context.defaults.get(expr.key);
  if (expr.kind === "constant") {
    const definition = context.constants.get(expr.key);
    return definition === undefined ? undefined : constantOf(scope, definition.value);
  }
  if (expr.kind !== "list") return undefined;
  const values = expr.items.map((item) => constantOf(scope, item));
  return values.includes(undefined) ? undefined : values;
}

function isInteger(type: Compare["operands"]): boolean {
  return type.kind === "scalar" && type.name === "Int";
}

function membership(scope: Scope, expr: Member, yes: Step, no: Step): Step | undefined {
  const values = constantOf(scope, expr.collection);
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) return undefined;
  return loaded(scope, expr.item, "string", { op: ONE_OF, set: new Set(values) }, yes, no, giveUp);
}

function pattern(scope: Scope, expr: Pattern, yes: Step, no: Step): Step | undefined {
  const { text, test } = expr.pattern.value as Glob | Regex;
  return loaded(scope, expr.value, "string", expr.op === "glob" ? globTest(text, test) : { op: MATCHES, test }, yes, no, giveUp);
}

function globTest(text: string, test: (value: string) => boolean): Test {
  const stars = text.split("*").length - 1;
  if (stars === 2 && text.length > 2 && text.endsWith("**")) return { op: STARTS, text: text.slice(0, -2), number: text.charCodeAt(0) };
  if (stars === 2 && text.length > 2 && text.startsWith("**"))
    return { op: ENDS, text: text.slice(2), number: text.charCodeAt(text.length - 1) };
  return stars === 0 ? { op: EQUAL, text } : { op: MATCHES, test };
}

function nested(scope: Scope, expr: Quantifier, yes: Step, no: Step): Step | undefined {
  const inner = memberSteps(scope, expr);
  if (inner === undefined) return undefined;
  const [then, other] = expr.kind === "some" ? [yes, no] : [no, yes];
  return loaded(scope, expr.collection, "list", { op: SOME, slot: expr.slot, inner }, then, other, giveUp);
}

/** The JSON types of the scalars that need no conversion. */
const plainJson: Readonly<Record<string, Load["json"]>> = { String: "string", Bool: "boolean", Int: "number" };
const partOf: Readonly<Record<string, keyof ImageRef>> = {
  "imageref.registry": "registry",
  "imageref.path": "path",
  "imageref.repository": "repository",
  "imageref.tag": "tag",
  "imageref.digest": "digest",
};

function loadOf(scope: Scope, expr: Expr): Load | undefined {
  if (expr.kind === "intrinsic") return imagePart(scope, expr);
  if (expr.kind !== "field") return undefined;
  const { type } = expr.field;
  const ofRecords = type.kind === "list" && type.element.kind === "record";
  const json = type.kind === "scalar" ? plainJson[type.name] : type.kind === "enum" ? "enum" : ofRecords ? "list" : undefined;
  return json === undefined ? undefined : path(scope, expr, json, undefined);
}

function imagePart(scope: Scope, expr: IntrinsicCall): Load | undefined {
  const part = partOf[expr.name];
  const [image] = expr.args;
  if (part === undefined || image?.kind !== "field") return undefined;
  const { type, mode } = image.field;
  if (type.kind !== "scalar" || type.name !== "ImageRef" || mode.kind === "default") return undefined;
  return path(scope, image, "string", part);
}

function path(scope: Scope, expr: FieldRead, json: Load["json"], part: keyof ImageRef | undefined): Load | undefined {
  const hops: Hop[] = [];
  let record = expr.record;
  for (; record.kind === "field"; record = record.record) {
    const { name, mode, points, type } = record.field;
    if (name in Object.prototype || points !== undefined || type.kind !== "record") return undefined;
    const fallback = mode.kind === "default" ? (defaultOf(type, mode.value) as DataRecord) : undefined;
    hops.unshift({ name, guarded: isStrange(name), fallback, optional: mode.kind === "optional" });
  }
  if (record.kind !== "local" && record.kind !== "subject") return undefined;
  const { name, mode, points, type } = expr.field;
  if (name in Object.prototype || points !== undefined) return undefined;
  const slot = record.kind === "local" ? record.slot : -1;
  const key = [slot, ...hops.map((hop) => hop.name), name, part ?? ""].join(" ");
  const known = scope.loads.get(key);
  if (known !== undefined) return known;
  // `Known` in the place of a record holds a record, so what it has as `value` is not taken for a scalar of that name.
  const guarded = isStrange(name) && !(name === "value" && (json === "string" || json === "boolean"));
  const load = new Load({
    slot,
    hops,
    name,
    json,
    variants: type.kind === "enum" ? new Map(type.variants.map((variant, index) => [variant, index])) : undefined,
    guarded,
    part,
    fallback: mode.kind === "default" ? defaultOf(type, mode.value) : undefined,
    optional: mode.kind === "optional",
  });
  scope.loads.set(key, load);
  return load;
}

/** What a load says instead of a value. */
const absent: unique symbol = Symbol("missing");
const strange: unique symbol = Symbol("to be read by the closures");

/** Plain data, and none of the classes that stand in its place. Asking for the prototype costs ten times as much. */
function isPlain(record: object): boolean {
  return record.constructor === Object;
}

/** The value in run-time form, `absent` where it is missing and may be, or `strange`. */
function read(load: Load, from: unknown): unknown {
  let record = from;
  for (let hop = 0; hop < load.hops.length; hop += 1) {
    const { name, guarded, fallback, optional } = load.hops[hop] as Hop;
    if (typeof record !== "object" || record === null || (guarded && !isPlain(record))) return strange;
    const next: unknown = (record as DataRecord)[name];
    if (next !== undefined && next !== null) record = next;
    else if (!isPlain(record)) return strange;
    else if (fallback !== undefined) record = fallback;
    else return optional ? absent : strange;
  }
  if (typeof record !== "object" || record === null || (load.guarded && !isPlain(record))) return strange;
  const raw: unknown = (record as DataRecord)[load.name];
  if (raw === undefined || raw === null) {
    if (!isPlain(record)) return strange;
    return load.fallback !== undefined ? load.fallback : load.optional ? absent : strange;
  }
  if (load.part !== undefined) return typeof raw === "string" ? partOfImage(raw, load.part) : strange;
  if (load.json === "list") return Array.isArray(raw) ? raw : strange;
  if (load.json === "enum") return typeof raw === "string" ? (load.variants?.get(raw) ?? strange) : strange;
  return typeof raw === load.json && (load.json !== "number" || Number.isSafeInteger(raw)) ? raw : strange;
}

let lastImage = "";
let lastRead: ImageRef | undefined;

/** Several parts of one image are asked for in a row. */
function partOfImage(text: string, part: keyof ImageRef): unknown {
  if (text !== lastImage || lastRead === undefined) {
    const parsed = parseImageRef(text);
    if (!parsed.ok) return strange;
    lastImage = text;
    lastRead = parsed.value;
  }
  return lastRead[part] ?? absent;
}

function run(start: Step, slots: unknown[], subject: RecordValue): number {
  let step = start;
  // Conditions ask one field several things in a row.
  let last: Load | undefined;
  let value: unknown;
  while (step.op > GIVE_UP) {
    const { load } = step;
    if (load !== last) {
      const from: unknown = load.slot < 0 ? subject : slots[load.slot];
      if (load.direct && typeof from === "object" && from !== null) {
        value = (from as DataRecord)[load.name];
        if (typeof value !== load.json) value = read(load, from);
      } else value = read(load, from);
      last = load;
    }
    if (value === absent) {
      step = step.missing;
      continue;
    }
    if (value === strange) return GIVE_UP;
    let holds: boolean;
    switch (step.op) {
      case IS_TRUE:
        holds = value === true;
        break;
      case KNOWN:
        holds = true;
        break;
      case EQUAL:
        holds = value === step.text;
        break;
      case ONE_OF:
        holds = step.set.has(value);
        break;
      case STARTS:
        holds = (value as string).charCodeAt(0) === step.number && (value as string).startsWith(step.text);
        break;
      case ENDS: {
        const text = value as string;
        holds = text.charCodeAt(text.length - 1) === step.number && text.endsWith(step.text);
        break;
      }
      case MATCHES:
        holds = step.test(value as string);
        break;
      case SAME:
        holds = value === step.number;
        break;
      case LESS:
        holds = (value as number) < step.number;
        break;
      case AT_MOST:
        holds = (value as number) <= step.number;
        break;
      default: {
        const answer = anyOf(step, value, slots, subject);
        if (answer === GIVE_UP) return GIVE_UP;
        holds = answer === TRUE;
      }
    }
    step = holds ? step.yes : step.no;
  }
  return step.op;
}

/** Whether a member of the list satisfies the inner steps. */
function anyOf(step: Step, list: unknown, slots: unknown[], subject: RecordValue): number {
  const items = list instanceof Collection ? (list.open === undefined ? list.items : undefined) : (list as readonly unknown[]);
  if (items === undefined || step.inner === undefined) return GIVE_UP;
  for (let index = 0; index < items.length; index += 1) {
    slots[step.slot] = items[index];
    const answer = run(step.inner, slots, subject);
    if (answer !== FALSE) return answer;
  }
  return FALSE;
}
