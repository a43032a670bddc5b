/** Connectives, comparisons and arithmetic. Nothing is converted implicitly (semantics, section 4). */
import type { CompareOp, Expr } from "../../core/ir.ts";
import type { Value } from "../../core/value.ts";
import { addIntegers, type Integer, negateInteger, subtractIntegers } from "../../domains/integer.ts";
import type { Purl } from "../../domains/purl.ts";
import { ecosystemOfPurlType } from "../../domains/version.ts";
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, isError, made } from "../context.ts";
import { joinFlow, joinLabels, MALFORMED } from "../flow.ts";
import type { Details } from "../sink.ts";
import { sameType, scalar, showType, type Type } from "../types.ts";
import { inferInt } from "./literals.ts";
import { advice, article, fits, mismatch } from "./mismatch.ts";
import { isOpenName } from "./names.ts";

const bool = scalar("Bool");

export function inferNot(context: Context, expr: tree.NotExpr): Checked {
  const operand = context.check(context, expr.inner, bool);
  if (isError(operand)) return errorExpr(at(context, expr));
  return made({ kind: "not", operand: operand.core, type: bool, at: at(context, expr) }, operand.labels, operand.causes);
}

/** A chain of operators leans left and may be long: it is walked, not recursed into. */
function leftSpine(
  expr: tree.BinaryExpr,
  belongs: (op: tree.BinaryExpr["op"]) => boolean,
): { readonly first: tree.Expr; readonly rest: readonly tree.BinaryExpr[] } {
  const rest: tree.BinaryExpr[] = [];
  let first: tree.Expr = expr;
  while (first.kind === "binary" && belongs(first.op)) {
    rest.push(first);
    first = first.left;
  }
  return { first, rest: rest.reverse() };
}

export function inferBinary(context: Context, expr: tree.BinaryExpr): Checked {
  switch (expr.op) {
    case "and":
    case "or":
      return inferConnective(context, expr);
    case "+":
    case "-":
      return inferSum(context, expr);
    default:
      return inferCompare(context, expr, expr.op);
  }
}

function inferConnective(context: Context, expr: tree.BinaryExpr): Checked {
  const { first, rest } = leftSpine(expr, (op) => op === "and" || op === "or");
  let left = context.check(context, first, bool);
  for (const node of rest) {
    const right = context.check(context, node.right, bool);
    if (isError(left) || isError(right)) {
      left = errorExpr(at(context, node));
      continue;
    }
    const kind = node.op === "and" ? "and" : "or";
    left = made(
      { kind, left: left.core, right: right.core, type: bool, at: at(context, node) },
      joinLabels(left.labels, right.labels),
      left.causes | right.causes,
    );
  }
  return left;
}

/** An expression whose type is said by its place: its partner is looked at first. */
export function isPlaceTyped(context: Context, expr: tree.Expr): boolean {
  switch (expr.kind) {
    case "string":
    case "int":
      return true;
    case "name":
      return isOpenName(context, expr.name.text);
    case "paren":
    case "negate":
      return isPlaceTyped(context, expr.inner);
    case "list":
      return expr.items.every((item) => isPlaceTyped(context, item));
    case "record":
      return true;
    default:
      return false;
  }
}

/** Two operands of one type: the one that says its type is looked at first, and types the other. */
export function inferPair(context: Context, left: tree.Expr, right: tree.Expr): readonly [Checked, Checked] {
  if (isPlaceTyped(context, left) && !isPlaceTyped(context, right)) {
    const second = context.infer(context, right);
    return [context.infer(context, left, second.type), second];
  }
  const first = context.infer(context, left);
  return [first, context.infer(context, right, first.type)];
}

const ordered: readonly string[] = ["Int", "Decimal", "Time", "Duration", "Version"];

function inferCompare(context: Context, expr: tree.BinaryExpr, op: CompareOp): Checked {
  const location = at(context, expr);
  const [left, right] = inferPair(context, expr.left, expr.right);
  if (isError(left) || isError(right)) return errorExpr(location);
  const operands = left.type;
  if (!sameType(left.type, right.type)) {
    const leads = isPlaceTyped(context, expr.left) && !isPlaceTyped(context, expr.right) ? right : left;
    const other = leads === left ? right : left;
    mismatch(context, other.core.at, other.type, leads.type, pairAdvice(context, other, leads));
    return errorExpr(location);
  }
  if (!isComparable(context, op, operands, left.core, location)) return errorExpr(location);
  if (!sameEcosystem(context, left.core, right.core, location)) return errorExpr(location);
  const flow = joinFlow(left, right);
  const causes = flow.causes | (operands.kind === "scalar" && operands.name === "Version" ? MALFORMED : 0);
  return made({ kind: "compare", op, operands, left: left.core, right: right.core, type: bool, at: location }, flow.labels, causes);
}

/** Why the other operand decides the type, and what to write instead. */
function pairAdvice(context: Context, other: Checked, leads: Checked): Details {
  return {
    related: [{ location: leads.core.at, text: `this is ${article(showType(leads.type))}` }],
    ...advice(context, other, leads.type),
  };
}

function isComparable(context: Context, op: CompareOp, type: Type, left: Expr, location: Checked["core"]["at"]): boolean {
  const { sink } = context.checking;
  const name = showType(type);
  if (type.kind !== "scalar" && type.kind !== "enum") {
    const help = type.kind === "record" ? "compare their fields" : "use `in`, `some` or `count`";
    sink.report("WB0320", { op, type: name }, location, { label: `these are values of type \`${name}\``, help });
    return false;
  }
  if (op === "==" || op === "!=") return true;
  const hasOrder = type.kind === "enum" ? type.ordered : ordered.includes(type.name);
  if (hasOrder) return true;
  const help =
    type.kind === "enum"
      ? `declare it with \`<\` between its variants if they have an order, or list them: \`in [${type.variants.slice(0, 2).join(", ")}]\``
      : type.name === "String"
        ? "strings have no order; a version needs the type `Version`, a number `Int` or `Decimal`"
        : "use `==`, `!=` or `in`";
  sink.report("WB0321", { op, type: name }, location, {
    label: `\`${name}\` has no order`,
    help,
    related: [{ location: left.at, text: `this is ${article(name)}` }],
  });
  return false;
}

/** The ecosystem of a version, where the policy's text alone says it. */
function ecosystemIn(expr: Expr): string | undefined {
  if (expr.kind !== "intrinsic" || expr.name !== "purl.version") return undefined;
  const purl = expr.args[0];
  return purl?.kind === "literal" ? ecosystemOfPurlType((purl.value as Purl).type) : undefined;
}

function sameEcosystem(context: Context, left: Expr, right: Expr, location: Expr["at"]): boolean {
  const a = ecosystemIn(left);
  const b = ecosystemIn(right);
  if (a === undefined || b === undefined || a === b) return true;
  context.checking.sink.report("WB0322", { left: a, right: b }, location, { label: "these can never be compared" });
  return false;
}

function inferSum(context: Context, expr: tree.BinaryExpr): Checked {
  const { first, rest } = leftSpine(expr, (op) => op === "+" || op === "-");
  let left = context.infer(context, first);
  for (const node of rest) left = addTo(context, left, node);
  return left;
}

function addTo(context: Context, left: Checked, node: tree.BinaryExpr): Checked {
  const location = at(context, node);
  const isTime = left.type.kind === "scalar" && left.type.name === "Time";
  const right = context.infer(context, node.right, isTime ? undefined : left.type);
  if (isError(left) || isError(right)) return errorExpr(location);
  const kind = node.op === "+" ? "+" : "-";
  const type = sumType(kind, left.type, right.type);
  if (type === undefined) {
    context.checking.sink.report("WB0323", { op: kind, left: showType(left.type), right: showType(right.type) }, location, {
      help: "`+` and `-` work on two `Int`, two `Decimal`, two `Duration`, a `Time` and a `Duration`; and `-` on two `Time`",
      related: [
        { location: left.core.at, text: `this is ${article(showType(left.type))}` },
        { location: right.core.at, text: `this is ${article(showType(right.type))}` },
      ],
    });
    return errorExpr(location);
  }
  const result = made(
    { kind, left: left.core, right: right.core, type, at: location },
    joinLabels(left.labels, right.labels),
    left.causes | right.causes | MALFORMED,
  );
  return withConstant(context, result, left.constant, right.constant, kind);
}

function sumType(op: "+" | "-", left: Type, right: Type): Type | undefined {
  if (left.kind !== "scalar" || right.kind !== "scalar") return undefined;
  if (left.name === "Time" && right.name === "Duration") return left;
  if (op === "-" && left.name === "Time" && right.name === "Time") return scalar("Duration");
  return left.name === right.name && ["Int", "Decimal", "Duration"].includes(left.name) ? left : undefined;
}

/** Folds constants, only to see whether they overflow: the tree stays as it is written. */
function withConstant(context: Context, result: Checked, left: Value | undefined, right: Value | undefined, op: "+" | "-"): Checked {
  if (!isInteger(left) || !isInteger(right)) return result;
  const value = op === "+" ? addIntegers(left, right) : subtractIntegers(left, right);
  if (value === undefined) return overflow(context, result);
  return { ...result, causes: left === undefined ? result.causes : 0, constant: value };
}

function isInteger(value: Value | undefined): value is Integer {
  return typeof value === "number" || typeof value === "bigint";
}

function overflow(context: Context, result: Checked): Checked {
  context.checking.sink.report(
    "WB0312",
    { what: result.type.kind === "scalar" && result.type.name === "Int" ? "integer" : showType(result.type).toLowerCase() },
    result.core.at,
    { label: "beyond 64 bits" },
  );
  return errorExpr(result.core.at);
}

export function inferNegate(context: Context, expr: tree.NegateExpr, hint: Type | undefined): Checked {
  const location = at(context, expr);
  if (expr.inner.kind === "int") {
    const value = inferInt(context, expr.inner, undefined, true);
    return { ...value, core: { ...value.core, at: location } };
  }
  const operand = context.infer(context, expr.inner, hint);
  if (isError(operand)) return errorExpr(location);
  if (operand.type.kind !== "scalar" || !["Int", "Decimal", "Duration"].includes(operand.type.name)) {
    context.checking.sink.report("WB0324", { type: showType(operand.type) }, location, {
      help: "`-` works on `Int`, `Decimal` and `Duration`",
    });
    return errorExpr(location);
  }
  const result = made(
    { kind: "negate", operand: operand.core, type: operand.type, at: location },
    operand.labels,
    operand.causes | MALFORMED,
  );
  if (!isInteger(operand.constant)) return result;
  const value = negateInteger(operand.constant);
  return value === undefined ? overflow(context, result) : { ...result, constant: value, causes: 0 };
}

/** `e otherwise d`: d where e is missing. */
export function inferOtherwise(context: Context, expr: tree.OtherwiseExpr, lintNeverMissing: (checked: Checked) => void): Checked {
  const location = at(context, expr);
  const [value, fallback] = inferPair(context, expr.value, expr.fallback);
  if (isError(value) || isError(fallback)) return errorExpr(location);
  if (!fits(fallback.type, value.type)) {
    mismatch(context, fallback.core.at, fallback.type, value.type, pairAdvice(context, fallback, value));
    return errorExpr(location);
  }
  lintNeverMissing(value);
  const causes = (value.causes & ~1) | fallback.causes;
  const core = { kind: "otherwise", operand: value.core, fallback: fallback.core, type: value.type, at: location } as const;
  return made(core, joinLabels(value.labels, fallback.labels), causes);
}
