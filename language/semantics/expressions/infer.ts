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
  const { level } = context.checking;
  if (level.depth > deepest) {
    context.checking.sink.once(`depth ${context.scope.path}`, "WB0342", { limit: deepest }, at(context, expr), {
      help: "give parts of it names with `let`",
    });
    return errorExpr(at(context, expr));
  }
  level.depth += 1;
  const checked = inferKind(context, expr, hint);
  level.depth -= 1;
  return checked;
}

function inferKind(context: Context, expr: tree.Expr, hint: Type | undefined): Checked {
  switch (expr.kind) {
    case "string":
      return inferString(context, expr, hint);
    case "int":
      return inferInt(context, expr, hint);
    case "decimal":
      return inferDecimal(context, expr);
    case "bool":
      return literal(at(context, expr), scalar("Bool"), expr.value);
    case "date":
      return inferDate(context, expr);
    case "duration":
      return inferDuration(context, expr);
    case "advisory":
      return inferAdvisory(context, expr);
    case "purl":
      return inferPurl(context, expr, hint);
    case "name":
      return inferName(context, expr, hint);
    case "list":
      return inferList(context, expr, hint);
    case "record":
      return inferRecord(context, expr, hint);
    case "paren":
      return infer(context, expr.inner, hint);
    case "every":
      return inferEvery(context, expr);
    case "some":
      return inferSome(context, expr);
    case "count":
      return inferCount(context, expr);
    case "known":
    case "claimed":
    case "closed":
      return inferMark(context, expr, hint);
    case "otherwise":
      return inferOtherwise(context, expr, (value) => neverMissing(context, expr, value));
    case "binary":
      return inferBinary(context, expr);
    case "not":
      return inferNot(context, expr);
    case "negate":
      return inferNegate(context, expr, hint);
    case "in":
      return inferIn(context, expr);
    case "is":
      return inferIs(context, expr);
    case "pattern":
      return inferPattern(context, expr);
    case "field":
      return inferField(context, expr);
    case "call":
      return inferCall(context, expr);
    case "index":
      return inferIndex(context, expr);
    case "attestation":
      return inferAttestation(context, expr);
    case "error":
      return errorExpr(at(context, expr));
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
