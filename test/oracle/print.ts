/** Expressions of the core as text: for messages of failing cases, and as source where `as` says how leaves are written. */
import type { AttestationRead, Expr, Literal } from "../../language/core/ir.ts";

/** How leaves are written. */
export interface Words {
  literal(expr: Literal): string;
  /** `module.name` */
  name(key: string): string;
  attestation(expr: AttestationRead): string;
  count(range: string): string;
}

const forPeople: Words = {
  literal: showValue,
  name: (key) => key,
  attestation: (expr) => {
    const origin = expr.origin.kind === "claimed" ? "claimed" : `by ${expr.origin.trust}`;
    return `(${expr.quantity} attestation ${expr.predicate.name} ${origin}${expr.about === undefined ? "" : ` about ${show(expr.about)}`})`;
  },
  count: (range) => `(count ${range})`,
};

export function show(root: Expr, as: Words = forPeople): string {
  return text(root, as);
}

function text(expr: Expr, as: Words): string {
  const show = (part: Expr) => text(part, as);
  const list = (items: readonly Expr[]) => items.map(show).join(", ");
  switch (expr.kind) {
    case "literal":
      return as.literal(expr);
    case "input":
    case "constant":
      return as.name(expr.key);
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
      return `(${show(expr.record)} is ${expr.predicate.name}${expr.by?.kind === "trust" ? ` by ${as.name(expr.by.trust)}` : ""})`;
    case "not":
      return `(not ${show(expr.operand)})`;
    case "negate":
      return `(-${show(expr.operand)})`;
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
      const range = `${expr.name} in ${show(expr.collection)}${where}${body}`;
      return expr.kind === "count" ? as.count(range) : `(${expr.kind} ${range})`;
    }
    case "otherwise":
      return `(${show(expr.operand)} otherwise ${show(expr.fallback)})`;
    case "attestation":
      return as.attestation(expr);
    case "table":
    case "call":
      return `${as.name(expr.key)}(${list(expr.args)})`;
    case "intrinsic":
      return `${as.name(expr.name)}(${list(expr.args)})`;
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
