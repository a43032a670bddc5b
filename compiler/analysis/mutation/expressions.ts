/** Small faults put into expressions: each mutant is one change that a good test suite notices. */
import type { CompareOp, Expr, Literal } from "../../../language/core/ir.ts";
import type { Location } from "../../../language/diagnostics/diagnostic.ts";
import { scalar } from "../../../language/semantics/types.ts";

export interface ExprMutant {
  readonly at: Location;
  /** What was done: "`>=` became `>`". */
  readonly change: string;
  readonly expr: Expr;
}

const boolean = scalar("Bool");

export function truthLiteral(value: boolean, at: Location): Literal {
  return { kind: "literal", type: boolean, value, at };
}

const opposite: Readonly<Record<CompareOp, CompareOp>> = { "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<" };
const boundary: Partial<Readonly<Record<CompareOp, CompareOp>>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };

/** Every mutant of an expression, its operands' included, outermost first. */
export function mutantsOf(expr: Expr): readonly ExprMutant[] {
  return [...ownMutants(expr), ...operandMutants(expr)];
}

function ownMutants(expr: Expr): readonly ExprMutant[] {
  const { at } = expr;
  switch (expr.kind) {
    case "compare": {
      const ops = [opposite[expr.op], boundary[expr.op]].filter((op) => op !== undefined);
      return ops.map((op) => ({ at, change: `\`${expr.op}\` became \`${op}\``, expr: { ...expr, op } }));
    }
    case "and":
    case "or":
      return [
        {
          at,
          change: `\`${expr.kind}\` became \`${expr.kind === "and" ? "or" : "and"}\``,
          expr: { ...expr, kind: expr.kind === "and" ? "or" : "and" },
        },
      ];
    case "not":
      return [{ at, change: "`not` was dropped", expr: expr.operand }];
    case "member":
    case "within":
    case "pattern":
    case "has-key":
    case "predicate":
    case "known":
      return [{ at, change: "the condition was negated", expr: { kind: "not", type: boolean, at, operand: expr } }];
    case "some":
    case "count":
      return expr.where === undefined ? [] : [{ at, change: "`where` was dropped", expr: withoutWhere(expr) }];
    case "every":
      return expr.where === undefined ? [] : [{ at, change: "`where` was dropped", expr: withoutWhere(expr) }];
    case "otherwise":
      return [{ at, change: "`otherwise` was dropped", expr: expr.operand }];
    case "closed":
      return [{ at, change: "`closed` was dropped", expr: expr.operand }];
    case "list":
      return expr.items.length < 2
        ? []
        : expr.items.map((item, index) => ({
            at: item.at,
            change: "a list item was dropped",
            expr: { ...expr, items: expr.items.filter((_, other) => other !== index) },
          }));
    case "literal":
      return literalMutants(expr);
    default:
      return [];
  }
}

function withoutWhere<Q extends Extract<Expr, { kind: "some" | "every" | "count" }>>(expr: Q): Q {
  const { where: _, ...rest } = expr;
  return rest as Q;
}

function literalMutants(expr: Literal): readonly ExprMutant[] {
  const { at, value, type } = expr;
  const changed = (next: Literal["value"], change: string): ExprMutant => ({ at, change, expr: { ...expr, value: next } });
  if (typeof value === "boolean") return [changed(!value, `\`${value}\` became \`${!value}\``)];
  if (type.kind === "enum" && typeof value === "number") {
    const next = value + 1 < type.variants.length ? value + 1 : value - 1;
    return next < 0 ? [] : [changed(next, `\`${type.variants[value]}\` became \`${type.variants[next]}\``)];
  }
  if (type.kind === "scalar" && (type.name === "Int" || type.name === "Port") && typeof value === "number") {
    return [changed(value + 1, `\`${value}\` became \`${value + 1}\``)];
  }
  if (type.kind === "scalar" && type.name === "String" && typeof value === "string")
    return [changed(`${value}~`, `${JSON.stringify(value)} became ${JSON.stringify(`${value}~`)}`)];
  return [];
}

/** Mutants of one operand each, in the place of the operand. */
function operandMutants(expr: Expr): readonly ExprMutant[] {
  const inside = <K extends keyof typeof expr & string>(key: K, operand: Expr | undefined): readonly ExprMutant[] =>
    operand === undefined ? [] : mutantsOf(operand).map((mutant) => ({ ...mutant, expr: { ...expr, [key]: mutant.expr } as Expr }));
  const each = (key: "args" | "items", operands: readonly Expr[]): readonly ExprMutant[] =>
    operands.flatMap((operand, index) =>
      mutantsOf(operand).map((mutant) => ({
        ...mutant,
        expr: { ...expr, [key]: operands.map((other, place) => (place === index ? mutant.expr : other)) } as Expr,
      })),
    );
  switch (expr.kind) {
    case "field":
    case "predicate":
      return inside("record" as never, expr.record);
    case "entry":
    case "has-key":
      return [...inside("map" as never, expr.map), ...inside("key" as never, expr.key)];
    case "element":
      return [...inside("list" as never, expr.list), ...inside("index" as never, expr.index)];
    case "not":
    case "known":
    case "closed":
    case "negate":
      return inside("operand" as never, expr.operand);
    case "and":
    case "or":
    case "compare":
    case "+":
    case "-":
      return [...inside("left" as never, expr.left), ...inside("right" as never, expr.right)];
    case "member":
      return [...inside("item" as never, expr.item), ...inside("collection" as never, expr.collection)];
    case "within":
      return [...inside("item" as never, expr.item), ...inside("set" as never, expr.set)];
    case "pattern":
      return inside("value" as never, expr.value);
    case "some":
    case "every":
    case "count":
      return [
        ...inside("collection" as never, expr.collection),
        ...inside("where" as never, expr.where),
        ...(expr.kind === "count" ? [] : inside("body" as never, expr.body)),
      ];
    case "otherwise":
      return [...inside("operand" as never, expr.operand), ...inside("fallback" as never, expr.fallback)];
    case "table":
    case "call":
    case "intrinsic":
      return each("args", expr.args);
    case "list":
      return each("items", expr.items);
    default:
      return [];
  }
}
