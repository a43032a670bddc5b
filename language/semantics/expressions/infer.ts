/** One walk that types and lowers expressions. Types flow down as hints and up as results; nothing is rewritten. */
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, literal } from "../context.ts";
import { MISSING } from "../flow.ts";
import { scalar, type Type } from "../types.ts";
import { inferCall } from "./calls.ts";
import { inferList, inferRecord } from "./collections.ts";
import { inferAttestation, inferMark } from "./evidence.ts";
import { inferField, inferIndex } from "./fields.ts";
import { inferAdvisory, inferDate, inferDecimal, inferDuration, inferInt, inferPurl, inferString } from "./literals.ts";
import { inferIn } from "./membership.ts";
import { expectType } from "./mismatch.ts";
import { inferName } from "./names.ts";
import { inferBinary, inferNegate, inferNot, inferOtherwise } from "./operators.ts";
import { inferIs, inferPattern } from "./predicates.ts";
import { inferCount, inferEvery, inferSome } from "./quantifiers.ts";

/** Deeper trees are refused: no policy is read by people at that depth, and every pass may recurse. */
const deepest = 300;

/** The type and core of an expression; `hint` is what its place asks for, which it need not be. */
export function infer(context: Context, expr: tree.Expr, hint?: Type): Checked {
  if (context.depth > deepest) {
    context.checking.sink.once(`depth ${context.scope.path}`, "WB0342", { limit: deepest }, at(context, expr), {
      help: "give parts of it names with `let`",
    });
    return errorExpr(at(context, expr));
  }
  const inner: Context = { ...context, depth: context.depth + 1 };
  switch (expr.kind) {
    case "string":
      return inferString(inner, expr, hint);
    case "int":
      return inferInt(inner, expr, hint);
    case "decimal":
      return inferDecimal(inner, expr);
    case "bool":
      return literal(at(inner, expr), scalar("Bool"), expr.value);
    case "date":
      return inferDate(inner, expr);
    case "duration":
      return inferDuration(inner, expr);
    case "advisory":
      return inferAdvisory(inner, expr);
    case "purl":
      return inferPurl(inner, expr, hint);
    case "name":
      return inferName(inner, expr, hint);
    case "list":
      return inferList(inner, expr, hint);
    case "record":
      return inferRecord(inner, expr, hint);
    case "paren":
      return infer(inner, expr.inner, hint);
    case "every":
      return inferEvery(inner, expr);
    case "some":
      return inferSome(inner, expr);
    case "count":
      return inferCount(inner, expr);
    case "known":
    case "claimed":
    case "closed":
      return inferMark(inner, expr, hint);
    case "otherwise":
      return inferOtherwise(inner, expr, (value) => neverMissing(inner, expr, value));
    case "binary":
      return inferBinary(inner, expr);
    case "not":
      return inferNot(inner, expr);
    case "negate":
      return inferNegate(inner, expr, hint);
    case "in":
      return inferIn(inner, expr);
    case "is":
      return inferIs(inner, expr);
    case "pattern":
      return inferPattern(inner, expr);
    case "field":
      return inferField(inner, expr);
    case "call":
      return inferCall(inner, expr);
    case "index":
      return inferIndex(inner, expr);
    case "attestation":
      return inferAttestation(inner, expr);
    case "error":
      return errorExpr(at(inner, expr));
  }
}

/** The expression, which must have the type. */
export function check(context: Context, expr: tree.Expr, wanted: Type): Checked {
  return expectType(context, infer(context, expr, wanted), wanted);
}

/** Lint: the default of something that is never missing says nothing. */
function neverMissing(context: Context, expr: tree.OtherwiseExpr, value: Checked): void {
  if ((value.causes & MISSING) !== 0) return;
  context.checking.sink.report("WB0705", {}, at(context, expr), {
    label: "the left side is never missing",
    help: "drop `otherwise` and its default",
  });
}
