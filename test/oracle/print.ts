/** Expressions of the core as text, for messages of failing cases. */
import type { Expr } from "../../language/core/ir.ts";

export function show(expr: Expr): string {
  const list = (items: readonly Expr[]) => items.map(show).join(", ");
  switch (expr.kind) {
    case "literal":
      return showValue(expr);
    case "input":
    case "constant":
      return expr.key;
    case "let":
    case "local":
    case "subject":
      return expr.name;
    case "field":
      return `${show(expr.record)}.${expr.field.name}`;
    case "entry":
      return `${show(expr.map)}[${show(expr.key)}]`;
    case "element":
      return `${show(expr.list)}[${show(expr.index)}]`;
    case "has-key":
      return `(${show(expr.key)} in ${show(expr.map)})`;
    case "predicate":
      return `(${show(expr.record)} is ${expr.predicate.name})`;
    case "not":
      return `not ${show(expr.operand)}`;
    case "negate":
      return `-${show(expr.operand)}`;
    case "known":
    case "closed":
      return `${expr.kind}(${show(expr.operand)})`;
    case "and":
    case "or":
    case "+":
    case "-":
      return `(${show(expr.left)} ${expr.kind} ${show(expr.right)})`;
    case "compare":
      return `(${show(expr.left)} ${expr.op} ${show(expr.right)})`;
    case "member":
      return `(${show(expr.item)} in ${show(expr.collection)})`;
    case "within":
      return `(${show(expr.item)} in ${show(expr.set)})`;
    case "pattern":
      return `(${show(expr.value)} ${expr.op} ${show(expr.pattern)})`;
    case "some":
    case "every":
    case "count": {
      const where = expr.where === undefined ? "" : ` where ${show(expr.where)}`;
      const body = expr.kind === "count" || expr.body === undefined ? "" : `: ${show(expr.body)}`;
      return `(${expr.kind} ${expr.name} in ${show(expr.collection)}${where}${body})`;
    }
    case "otherwise":
      return `(${show(expr.operand)} otherwise ${show(expr.fallback)})`;
    case "attestation": {
      const origin = expr.origin.kind === "claimed" ? "claimed" : `by ${expr.origin.trust}`;
      return `(${expr.quantity} attestation ${expr.predicate.name} ${origin}${expr.about === undefined ? "" : ` about ${show(expr.about)}`})`;
    }
    case "table":
    case "call":
      return `${expr.key}(${list(expr.args)})`;
    case "intrinsic":
      return `${expr.name}(${list(expr.args)})`;
    case "list":
      return `[${list(expr.items)}]`;
    case "record":
      return `{ ${expr.entries.map((e) => `${e.name}: ${show(e.value)}`).join(", ")} }`;
  }
}

function showValue({ type, value }: Extract<Expr, { kind: "literal" }>): string {
  if (type.kind === "enum") return type.variants[value as number] ?? String(value);
  if (typeof value === "object" && "text" in value) return `"${String(value.text)}"`;
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}
