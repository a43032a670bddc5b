/** Expressions and templates as source on one line: for diagnostics, reports and mutants. Comments and layout are the formatter's. */
import type { CallExpr, Expr, Name, OriginNode, QName, StringLiteral, Template } from "./tree.ts";
import { printName } from "./words.ts";

/** How tightly an expression binds (language/README.md: Expr to Primary); a looser one needs parentheses. */
const levels = { whole: 0, or: 1, and: 2, not: 3, relation: 4, sum: 5, unary: 6, postfix: 7 } as const;
type Level = (typeof levels)[keyof typeof levels];

function levelOf(expr: Expr): Level {
  switch (expr.kind) {
    case "every":
    case "some":
    case "otherwise":
      return levels.whole;
    case "binary":
      if (expr.op === "or" || expr.op === "and") return levels[expr.op];
      return expr.op === "+" || expr.op === "-" ? levels.sum : levels.relation;
    case "not":
      return levels.not;
    case "in":
    case "is":
    case "pattern":
      return levels.relation;
    case "negate":
    case "attestation":
      return levels.unary;
    default:
      return levels.postfix;
  }
}

/** `expr` as source on one line, with the parentheses that it needs; those that are in the tree are kept. */
export function printExpr(expr: Expr): string {
  return at(levels.whole, expr);
}

function at(level: Level, expr: Expr): string {
  const text = print(expr);
  return levelOf(expr) < level ? `(${text})` : text;
}

function print(expr: Expr): string {
  switch (expr.kind) {
    case "string":
      return printString(expr);
    case "int":
    case "bool":
      return String(expr.value);
    case "decimal":
    case "date":
    case "advisory":
      return expr.text;
    case "duration":
      return `${expr.amount} ${expr.unit}${expr.amount === 1n ? "" : "s"}`;
    case "purl":
      return expr.versions ? `${expr.text} versions ${printString(expr.versions)}` : expr.text;
    case "name":
      return printName(expr.name.text);
    case "list":
      return `[${expr.items.map(printExpr).join(", ")}]`;
    case "record":
      return expr.entries.length === 0 ? "{}" : `{ ${expr.entries.map((e) => `${printKey(e.name)}: ${printExpr(e.value)}`).join(", ")} }`;
    case "paren":
      return `(${printExpr(expr.inner)})`;
    case "every": {
      const colon = expr.where === undefined && endsWithPurl(expr.collection) ? " :" : ":";
      const where = expr.where ? ` where ${at(levels.or, expr.where)}` : "";
      const gap = expr.where !== undefined && endsWithPurl(expr.where) ? " " : "";
      return `every ${printName(expr.variable.text)} in ${at(levels.sum, expr.collection)}${where}${gap}${colon} ${printExpr(expr.body)}`;
    }
    case "some":
      return `${expr.negated ? "not " : ""}some ${range(expr.variable, expr.collection, expr.where)}`;
    case "count":
      return `count(${expr.variable ? range(expr.variable, expr.collection, expr.where) : at(levels.sum, expr.collection)})`;
    case "known":
    case "claimed":
    case "closed":
      return `${expr.kind}(${printExpr(expr.inner)})`;
    case "otherwise":
      return `${at(levels.or, expr.value)} otherwise ${at(levels.sum, expr.fallback)}`;
    case "binary": {
      const level = levelOf(expr);
      const left = level === levels.relation ? levels.sum : level;
      return `${at(left, expr.left)} ${expr.op} ${at((level === levels.relation ? levels.sum : level + 1) as Level, expr.right)}`;
    }
    case "not":
      return `not ${at(levels.not, expr.inner)}`;
    case "negate":
      return `-${at(levels.postfix, expr.inner)}`;
    case "in":
      return `${at(levels.sum, expr.item)} ${expr.negated ? "not in" : "in"} ${at(levels.sum, expr.collection)}`;
    case "is": {
      const by = expr.by ? ` by ${expr.by.kind === "by" ? printQName(expr.by.trust) : "claimed"}` : "";
      return `${at(levels.sum, expr.value)} is ${expr.negated ? "not " : ""}${printName(expr.predicate.text)}${by}`;
    }
    case "pattern":
      return `${at(levels.sum, expr.value)} ${expr.op} ${printString(expr.pattern)}`;
    case "field":
      return `${target(expr.target)}.${printWord(expr.name)}`;
    case "call":
      return `${target(expr.callee)}(${expr.args.map(printArg).join(", ")})`;
    case "index":
      return `${target(expr.target)}[${printExpr(expr.index)}]`;
    case "attestation": {
      const words = { newest: "newest attestation", one: "attestation", all: "attestations" }[expr.quantity];
      const about = expr.about ? ` about ${at(levels.postfix, expr.about)}` : "";
      return `${words} ${printQName(expr.type)} ${printOrigin(expr.origin)}${about}`;
    }
    case "error":
      return "…";
  }
}

/** What comes in front of `.`, `(` or `[`. A purl would swallow the dot. */
function target(expr: Expr): string {
  return expr.kind === "purl" ? `(${print(expr)})` : at(levels.postfix, expr);
}

/** A colon right behind a purl would be read as part of it. */
function endsWithPurl(expr: Expr): boolean {
  return /pkg:\S*$/.test(print(expr)) && !/["')\]}]$/.test(print(expr));
}

function range(variable: Name, collection: Expr, where: Expr | undefined): string {
  return `${printName(variable.text)} in ${at(levels.sum, collection)}${where ? ` where ${at(levels.or, where)}` : ""}`;
}

function printArg(arg: CallExpr["args"][number]): string {
  return arg.name ? `${printName(arg.name.text)}: ${printExpr(arg.value)}` : printExpr(arg.value);
}

function printOrigin(origin: OriginNode): string {
  return origin.kind === "by" ? `by ${printQName(origin.trust)}` : "claimed";
}

/** After a dot any word is a name. */
function printWord(name: Name): string {
  return name.text === "_" ? "`_`" : name.text;
}

function printKey(name: Name): string {
  return /^[A-Za-z_]\w*$/.test(name.text) ? printName(name.text) : quoted(name.text);
}

export function printQName(name: QName): string {
  return name.parts.map((part, i) => (i === 0 ? printName(part.text) : printWord(part))).join(".");
}

function printString(literal: StringLiteral): string {
  return literal.raw && !/['\r\n]/.test(literal.value) ? `'${literal.value}'` : quoted(literal.value);
}

/** `text` between double quotes, with the escapes that the lexer knows. */
export function quoted(text: string): string {
  const escaped = text.replace(/["\\\n\t\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffd]/gu, (c) => {
    if (c === '"' || c === "\\") return `\\${c}`;
    if (c === "\n") return "\\n";
    if (c === "\t") return "\\t";
    // Half of a character has no escape; the reader has reported it.
    const code = c.codePointAt(0) ?? 0;
    return `\\u{${(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code).toString(16).toUpperCase()}}`;
  });
  return `"${escaped}"`;
}

/** A template between double quotes. */
export function printTemplate(template: Template): string {
  const parts = template.parts.map((part) =>
    part.kind === "text"
      ? quoted(part.text.replace(/[{}]/g, (brace) => brace + brace)).slice(1, -1)
      : `{${printQName({ parts: part.path, span: part.span })}}`,
  );
  return `"${parts.join("")}"`;
}
