/**
 * Conditions on members of lists whose operands are plain reads (`e.name in [...]`, `c.image.tag`, `known(c.x)`,
 * `c.y otherwise false`), made of `conditions.ts`.
 *
 * Such a condition answers only where every value that it meets is known, of the JSON type that the field has, and in
 * plain data: there, two-valued logic with short circuit is the logic of the semantics (section 3). It cannot tell of
 * anything else (what is missing and not allowed for, malformed, virtual, a look-up that failed), and the closures
 * decide that member with its wants. So it is never more than a shorter way to the same answer.
 */
import type { DataRecord } from "../../../language/core/data.ts";
import type { Compare, Expr, FieldRead, Member, Otherwise, Pattern, Quantifier } from "../../../language/core/ir.ts";
import type { ImageRef } from "../../../language/domains/image-ref.ts";
import type { Glob, Regex } from "../../../language/domains/pattern.ts";
import type { Field, FieldMode } from "../../../language/semantics/types.ts";
import { Collection } from "../virtual.ts";
import type { Answer, Condition } from "./conditions.ts";
import type { Context } from "./context.ts";
import { copyOf } from "./copies.ts";
import { defaultOf } from "./fields.ts";
import { imageAt, isGuarded, isScalar, outerAt, partAt, recordAt, subjectAt, textAt } from "./places.ts";
import { at, conditionOf, join, type Question, single } from "./questions.ts";

const FALSE = 0;
const TRUE = 1;
const UNTOLD = 2;
const MISSING = 3;

interface Scope {
  readonly context: Context;
  /** The bound name of the members that are asked about. */
  readonly slot: number;
  /** Bound names that are read from within inner lists. */
  readonly outer: Set<number>;
}

/** The answers of a question about a value; `missing`: where it is not there, and may be. */
interface Answers {
  readonly yes: Answer;
  readonly no: Answer;
  readonly missing: Answer;
}

export interface Branches {
  readonly condition: Condition<DataRecord>;
  /** Whether the member has to be in its slot, for conditions on members of inner lists. */
  readonly kept: boolean;
}

const made = new WeakMap<Context, Map<Quantifier, Branches | undefined>>();

/**
 * Whether a member satisfies `where` (and not `body`), as branches; undefined where the condition is of other shapes.
 * Made once: decisions and explanations ask the same.
 */
export function memberBranches(context: Context, expr: Quantifier): Branches | undefined {
  const known = made.get(context) ?? new Map<Quantifier, Branches | undefined>();
  made.set(context, known);
  if (known.has(expr)) return known.get(expr);
  const outer = new Set<number>();
  const question = ofMember(context, outer, expr);
  const branches = question && { condition: conditionOf(question) as Condition<DataRecord>, kept: outer.has(expr.slot) };
  known.set(expr, branches);
  return branches;
}

function ofMember(context: Context, outer: Set<number>, expr: Quantifier): Question | undefined {
  const scope: Scope = { context, slot: expr.slot, outer };
  const where: Question | undefined = expr.where === undefined ? always(TRUE) : questionOf(scope, expr.where, true);
  const refuted: Question | undefined = expr.body === undefined ? always(TRUE) : where && questionOf(scope, expr.body, false);
  if (where === undefined || refuted === undefined) return undefined;
  return expr.body === undefined ? where : join("both", where, refuted);
}

function always(answer: Answer): Question {
  return { kind: "always", answer };
}

function answers(wanted: boolean): Answers {
  return { yes: wanted ? TRUE : FALSE, no: wanted ? FALSE : TRUE, missing: UNTOLD };
}

/** Whether a Boolean expression is `wanted`; undefined where it has another shape. */
function questionOf(scope: Scope, expr: Expr, wanted: boolean): Question | undefined {
  switch (expr.kind) {
    case "literal":
      return typeof expr.value === "boolean" ? always(expr.value === wanted ? TRUE : FALSE) : undefined;
    case "not":
      return questionOf(scope, expr.operand, !wanted);
    case "and":
    case "or": {
      const left = questionOf(scope, expr.left, wanted);
      const right = left && questionOf(scope, expr.right, wanted);
      return left && right && join((expr.kind === "and") === wanted ? "both" : "either", left, right);
    }
    case "field":
      return flag(scope, expr, answers(wanted));
    case "otherwise":
      return otherwise(scope, expr, wanted);
    case "known":
      return knownOf(scope, expr.operand, wanted);
    case "compare":
      return comparison(scope, expr, wanted);
    case "member":
      return membership(scope, expr, answers(wanted));
    case "pattern":
      return pattern(scope, expr, answers(wanted));
    case "some":
    case "every":
      return nested(scope, expr, answers((expr.kind === "some") === wanted));
    default:
      return undefined;
  }
}

function otherwise(scope: Scope, expr: Otherwise, wanted: boolean): Question | undefined {
  const first = flag(scope, expr.operand, { ...answers(wanted), missing: MISSING });
  const second = first && questionOf(scope, expr.fallback, wanted);
  return first && second && join("instead", first, second);
}

/** Known is what can be read: any value of its type, for which the answer is `yes`. */
function knownOf(scope: Scope, operand: Expr, wanted: boolean): Question | undefined {
  const { yes, no } = answers(wanted);
  const all: Answers = { yes, no: yes, missing: no };
  return (
    text(scope, operand, all, () => true, always(yes)) ??
    flag(scope, operand, all) ??
    number(scope, operand, all, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY) ??
    variant(scope, operand, all, () => true)
  );
}

/** `a op literal`, and `(a otherwise literal) op literal`. */
function comparison(scope: Scope, expr: Compare, wanted: boolean): Question | undefined {
  const constant = constantOf(scope, expr.right);
  const left = expr.left.kind === "otherwise" ? expr.left.operand : expr.left;
  const fallback = expr.left.kind === "otherwise" ? expr.left.fallback : undefined;
  const instead = fallback === undefined ? undefined : constantOf(scope, fallback);
  if (fallback !== undefined && typeof instead !== typeof constant) return undefined;
  const answersTo = (positive: boolean, holds: (value: unknown) => boolean): Answers => {
    const own = answers(positive === wanted);
    return fallback === undefined ? own : { ...own, missing: holds(instead) ? own.yes : own.no };
  };
  if (typeof constant === "string" && (expr.op === "==" || expr.op === "!=")) {
    const holds = (value: unknown): boolean => value === constant;
    const { yes, no, missing } = answersTo(expr.op === "==", holds);
    return text(
      scope,
      left,
      { yes, no, missing },
      holds,
      single(() => copyOf("isText")(constant, yes, no)),
    );
  }
  if (typeof constant !== "number") return undefined;
  const { low, high, positive } = interval(expr.op, constant);
  const inside = (value: unknown): boolean => low <= (value as number) && (value as number) <= high;
  if (expr.operands.kind === "enum") return variant(scope, left, answersTo(positive, inside), inside);
  const isInteger = expr.operands.kind === "scalar" && expr.operands.name === "Int";
  return isInteger ? number(scope, left, answersTo(positive, inside), low, high) : undefined;
}

/** The integers for which a comparison holds, or, not `positive`, for which it does not. */
function interval(op: Compare["op"], value: number): { readonly low: number; readonly high: number; readonly positive: boolean } {
  const low = op === "==" || op === "!=" ? value : Number.NEGATIVE_INFINITY;
  const high = op === "<" || op === ">=" ? value - 1 : value;
  return { low, high, positive: op === "==" || op === "<" || op === "<=" };
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

function membership(scope: Scope, expr: Member, given: Answers): Question | undefined {
  const values = constantOf(scope, expr.collection);
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) return undefined;
  const set: ReadonlySet<string> = new Set(values);
  const bits = (of: (value: string) => number): number => values.reduce<number>((all, value: string) => all | (1 << (of(value) & 31)), 0);
  const lengths = bits((value) => value.length);
  const units = bits((value) => value.charCodeAt(0));
  return text(
    scope,
    expr.item,
    given,
    (value) => set.has(value),
    single(() => copyOf("isAmong")(set, lengths, units, given.yes, given.no)),
  );
}

function pattern(scope: Scope, expr: Pattern, given: Answers): Question | undefined {
  const { text: written, test } = expr.pattern.value as Glob | Regex;
  const { yes, no } = given;
  const stars = expr.op === "glob" ? written.split("*").length - 1 : -1;
  const isLong = stars === 2 && written.length > 2;
  const asked = single(() => {
    if (stars === 0) return copyOf("isText")(written, yes, no);
    if (isLong && written.endsWith("**")) return copyOf("begins")(written.slice(0, -2), written.charCodeAt(0), yes, no);
    if (isLong && written.startsWith("**")) return copyOf("ends")(written.slice(2), written.charCodeAt(written.length - 1), yes, no);
    return copyOf("passes")(test, yes, no);
  });
  return text(scope, expr.value, given, test, asked);
}

function nested(scope: Scope, expr: Quantifier, { yes, no, missing }: Answers): Question | undefined {
  const { collection, slot } = expr;
  if (collection.kind !== "field") return undefined;
  const { name, type, mode } = collection.field;
  if (type.kind !== "list" || type.element.kind !== "record") return undefined;
  const inner = ofMember(scope.context, scope.outer, expr);
  if (inner === undefined) return undefined;
  const kept = scope.outer.has(slot) ? slot : undefined;
  // The lists that stand for absent ones are empty; others are left to the closures.
  const ofDefault = (value: unknown): Answer => {
    const list = defaultOf(type, value);
    return list instanceof Collection && list.items.length === 0 ? no : UNTOLD;
  };
  const absent = absentAnswer(mode, missing, ofDefault);
  const guarded = isGuarded(collection.field);
  const asked = single(() => copyOf("someIn")(name, guarded, absent, kept, conditionOf(inner) as Condition<DataRecord>, yes, no));
  return along(scope, collection, missing, asked);
}

const parts: Readonly<Record<string, keyof ImageRef>> = {
  "imageref.registry": "registry",
  "imageref.path": "path",
  "imageref.repository": "repository",
  "imageref.tag": "tag",
  "imageref.digest": "digest",
};

/** A question about a field of type String, or about a part of an image reference. `holds` says it of a default. */
function text(
  scope: Scope,
  expr: Expr,
  { yes, no, missing }: Answers,
  holds: (value: string) => boolean,
  asked: Question,
): Question | undefined {
  if (expr.kind === "field" && isScalar(expr.field, "String")) {
    const absent = absentAnswer(expr.field.mode, missing, (value) => (holds(value as string) ? yes : no));
    return along(scope, expr, missing, at(textAt(expr.field), absent, asked));
  }
  const part = expr.kind === "intrinsic" ? parts[expr.name] : undefined;
  const from = expr.kind === "intrinsic" ? expr.args[0] : undefined;
  if (part === undefined || from?.kind !== "field" || !isScalar(from.field, "ImageRef") || from.field.mode.kind === "default")
    return undefined;
  const absent = absentAnswer(from.field.mode, missing, () => UNTOLD);
  return along(scope, from, missing, at(textAt(from.field), absent, at(imageAt, UNTOLD, at(partAt(part), missing, asked))));
}

function flag(scope: Scope, expr: Expr, { yes, no, missing }: Answers): Question | undefined {
  if (expr.kind !== "field" || !isScalar(expr.field, "Bool")) return undefined;
  const { name, mode } = expr.field;
  const absent = absentAnswer(mode, missing, (value) => (value === true ? yes : no));
  const guarded = isGuarded(expr.field);
  return along(
    scope,
    expr,
    missing,
    single(() => copyOf("flagIn")(name, guarded, absent, yes, no)),
  );
}

function number(scope: Scope, expr: Expr, { yes, no, missing }: Answers, low: number, high: number): Question | undefined {
  if (expr.kind !== "field" || !isScalar(expr.field, "Int")) return undefined;
  const { name, mode } = expr.field;
  const ofDefault = (value: unknown): Answer => (typeof value !== "number" ? UNTOLD : low <= value && value <= high ? yes : no);
  const absent = absentAnswer(mode, missing, ofDefault);
  const guarded = isGuarded(expr.field);
  return along(
    scope,
    expr,
    missing,
    single(() => copyOf("numberIn")(name, guarded, absent, low, high, yes, no)),
  );
}

function variant(scope: Scope, expr: Expr, { yes, no, missing }: Answers, holds: (index: number) => boolean): Question | undefined {
  if (expr.kind !== "field" || expr.field.type.kind !== "enum") return undefined;
  const { mode, type } = expr.field;
  const byName = new Map<string, Answer>(type.variants.map((name, index) => [name, holds(index) ? yes : no]));
  const absent = absentAnswer(mode, missing, (value) => (holds(value as number) ? yes : no));
  const asked = single(() => copyOf("variantIs")(byName));
  return along(scope, expr, missing, at(textAt(expr.field), absent, asked));
}

/** The answer for a field that is absent or null. */
function absentAnswer(mode: FieldMode, missing: Answer, ofDefault: (value: unknown) => Answer): Answer {
  if (mode.kind === "default") return ofDefault(mode.value);
  return mode.kind === "optional" ? missing : UNTOLD;
}

/** A question about the last field of a path, asked from where the path starts; undefined where that is not at hand. */
function along(scope: Scope, expr: FieldRead, missing: Answer, asked: Question): Question | undefined {
  if (!isAtHand(expr.field)) return undefined;
  let question = asked;
  let from = expr.record;
  for (; from.kind === "field"; from = from.record) {
    if (!isAtHand(from.field) || from.field.type.kind !== "record") return undefined;
    question = at(recordAt(from.field), from.field.mode.kind === "optional" ? missing : UNTOLD, question);
  }
  if (from.kind === "subject") return at(subjectAt, UNTOLD, question);
  if (from.kind !== "local") return undefined;
  if (from.slot === scope.slot) return question;
  scope.outer.add(from.slot);
  return at(outerAt(from.slot), UNTOLD, question);
}

/** Fields that exist at some points only, and those whose names every object has, are left to the closures. */
function isAtHand({ name, points }: Field): boolean {
  return !(name in Object.prototype) && points === undefined;
}
