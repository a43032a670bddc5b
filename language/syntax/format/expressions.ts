/** Expressions as documents. Tokens are taken in the order in which they stand in the source. */
import type { BinaryExpr, CallExpr, Expr, ListExpr, OriginNode, ParenExpr, QName, RecordExpr } from "../tree.ts";
import { comma, type Doc, fill, group, ifBroken, indent, join, line, soft } from "./doc.ts";
import { dangling, type Item, itemLines } from "./items.ts";
import type { TokenSource } from "./source.ts";

/** Names and dots, without blanks. */
export function qname(s: TokenSource, name: QName): Doc {
  return name.parts.map((_, i) => (i === 0 ? s.take() : [s.take(), s.take()]));
}

export function qnames(s: TokenSource, names: readonly QName[]): Doc {
  return commaSeparated(s, names, (name) => qname(s, name));
}

/** Parts with commas between, as many on a line as fit. */
export function commaSeparated<T>(s: TokenSource, parts: readonly T[], print: (part: T) => Doc): Doc {
  const docs = parts.map((part, i): Doc => [print(part), i < parts.length - 1 ? s.take() : ""]);
  return parts.length === 1 ? (docs[0] ?? "") : fill(docs);
}

/** `depth` is the indentation of the line on which the expression begins, as far as that is known. */
export function expression(s: TokenSource, expr: Expr, depth: number): Doc {
  switch (expr.kind) {
    case "string":
    case "int":
    case "decimal":
    case "bool":
    case "date":
    case "advisory":
    case "name":
      return s.take();
    case "duration":
      return s.takeAs(s.next?.text.replace(/[ \t]+/, " ") ?? "");
    case "purl":
      return expr.versions ? [s.take(), " ", s.take(), " ", s.take()] : s.take();
    case "list":
      return list(s, expr, depth);
    case "record":
      return record(s, expr, depth);
    case "paren":
      return paren(s, expr, depth);
    case "every": {
      const head = [s.take(), " ", s.take(), " ", s.take(), " ", expression(s, expr.collection, depth)];
      const where = expr.where ? [line, s.take(), " ", expression(s, expr.where, depth)] : "";
      return group([head, where, s.take(), indent(2, [line, expression(s, expr.body, depth + 2)])]);
    }
    case "some": {
      const not = expr.negated ? [s.take(), " "] : "";
      const head = [s.take(), " ", s.take(), " ", s.take(), " ", expression(s, expr.collection, depth)];
      return group([not, head, expr.where ? [line, s.take(), " ", expression(s, expr.where, depth)] : ""]);
    }
    case "count": {
      const open = [s.take(), s.take()];
      const variable = expr.variable ? [s.take(), " ", s.take(), " "] : "";
      const collection = expression(s, expr.collection, depth + 2);
      const where = expr.where ? [line, s.take(), " ", expression(s, expr.where, depth + 2)] : "";
      return group([open, indent(2, [soft, variable, collection, where]), soft, s.take()]);
    }
    case "known":
    case "claimed":
    case "closed":
      return group([s.take(), s.take(), indent(2, [soft, expression(s, expr.inner, depth + 2)]), soft, s.take()]);
    case "otherwise":
      return group([expression(s, expr.value, depth), indent(2, [line, s.take(), " ", expression(s, expr.fallback, depth + 2)])]);
    case "binary":
      return binary(s, expr, depth);
    case "not":
      return not(s, expr.inner, depth);
    case "negate":
      return [s.take(), expression(s, expr.inner, depth)];
    case "in": {
      const item = expression(s, expr.item, depth);
      const word = expr.negated ? [s.take(), " ", s.take()] : s.take();
      return [item, " ", word, " ", expression(s, expr.collection, depth)];
    }
    case "is": {
      const value = expression(s, expr.value, depth);
      const word = expr.negated ? [s.take(), " ", s.take()] : s.take();
      return [value, " ", word, " ", s.take(), expr.by ? [" ", origin(s, expr.by, true)] : ""];
    }
    case "pattern":
      return [expression(s, expr.value, depth), " ", s.take(), " ", s.take()];
    case "field":
      return [expression(s, expr.target, depth), s.take(), s.take()];
    case "call":
      return [expression(s, expr.callee, depth), args(s, expr, depth)];
    case "index":
      return group([expression(s, expr.target, depth), s.take(), indent(2, [soft, expression(s, expr.index, depth + 2)]), soft, s.take()]);
    case "attestation": {
      const words = expr.quantity === "newest" ? [s.take(), " ", s.take()] : s.take();
      const head = [words, " ", qname(s, expr.type), " ", origin(s, expr.origin, false)];
      return expr.about ? [head, " ", s.take(), " ", expression(s, expr.about, depth)] : head;
    }
    case "error":
      return s.take();
  }
}

/** The expression of a clause or `let`: the lines after its first are indented, unless they are inside its brackets. */
export function continued(s: TokenSource, expr: Expr, depth: number): Doc {
  return hugs(expr) ? expression(s, expr, depth) : indent(4, expression(s, expr, depth + 4));
}

/** All line breaks of the expression are inside brackets that end with it. */
function hugs(expr: Expr): boolean {
  switch (expr.kind) {
    case "every":
    case "some":
    case "otherwise":
      return false;
    case "binary":
      return level(expr.op) === 2 && simple.has(expr.left.kind) && hugs(expr.right);
    case "in":
      return simple.has(expr.item.kind) && hugs(expr.collection);
    case "not":
      return hugs(expr.inner);
    default:
      return true;
  }
}

/** `by a.b`, or `claimed`, which after a predicate has a `by` too. */
export function origin(s: TokenSource, node: OriginNode, predicate: boolean): Doc {
  if (node.kind === "by") return [s.take(), " ", qname(s, node.trust)];
  return predicate ? [s.take(), " ", s.take()] : s.take();
}

function paren(s: TokenSource, expr: ParenExpr, depth: number): Doc {
  const open = s.take();
  const inner = expression(s, expr.inner, depth + 2);
  return parenthesised(open, inner, s.take());
}

function parenthesised(open: Doc, inner: Doc, close: Doc): Doc {
  return group([open, indent(2, [soft, inner]), soft, close]);
}

/** `not x in xs` is printed as `x not in xs`, which says the same and reads as it is meant. */
function not(s: TokenSource, inner: Expr, depth: number): Doc {
  if (inner.kind !== "in" || inner.negated) return [s.take(), " ", expression(s, inner, depth)];
  const dropped = s.takeAs("");
  const item = expression(s, inner.item, depth);
  return [dropped, item, " not ", s.take(), " ", expression(s, inner.collection, depth)];
}

/** Operands of one associative level, flat, with the operator in front of each but the first. */
interface Operand {
  readonly operator?: Doc;
  readonly expr: Expr;
  readonly doc: Doc;
}

function level(op: BinaryExpr["op"]): number {
  return op === "or" ? 0 : op === "and" ? 1 : op === "+" || op === "-" ? 3 : 2;
}

function binary(s: TokenSource, expr: BinaryExpr, depth: number): Doc {
  if (level(expr.op) === 2) {
    const left = expression(s, expr.left, depth);
    return [left, " ", s.take(), " ", expression(s, expr.right, depth)];
  }
  const operands: Operand[] = [];
  const collect = (node: Expr, operator: Doc | undefined): void => {
    // The left side belongs to the same chain; the right side never does, for the tree leans to the left.
    if (node.kind === "binary" && level(node.op) === level(expr.op)) {
      collect(node.left, operator);
      const next = s.take();
      operands.push({ operator: next, expr: node.right, doc: expression(s, node.right, depth) });
    } else operands.push({ ...(operator === undefined ? {} : { operator }), expr: node, doc: expression(s, node, depth) });
  };
  collect(expr, undefined);
  return group(
    operands.map(({ operator, expr: operand, doc }): Doc => {
      // `and` under an `or` that takes several lines is hard to read without parentheses.
      const shown =
        expr.op === "or" && operand.kind === "binary" && operand.op === "and" ? ifBroken(parenthesised("(", doc, ")"), doc) : doc;
      return operator === undefined ? shown : [line, operator, " ", shown];
    }),
  );
}

function args(s: TokenSource, call: CallExpr, depth: number): Doc {
  const open = s.take();
  const docs = call.args.map((arg, i): Doc => {
    const name = arg.name ? [s.take(), s.take(), " "] : "";
    const value = expression(s, arg.value, depth + 2);
    return [name, value, i < call.args.length - 1 ? s.take() : ""];
  });
  return bracketed(s, open, docs, (parts) => join(line, parts));
}

/** Brackets around parts that have their commas; the last part's comma is there only over several lines. */
function bracketed(s: TokenSource, open: Doc, parts: readonly Doc[], arrange: (parts: readonly Doc[]) => Doc): Doc {
  if (parts.length === 0) return [open, s.take()];
  const last = parts.at(-1) ?? "";
  const written = s.optionalComma();
  const all = [...parts.slice(0, -1), [last, written.kept ? "" : ifBroken(comma, ""), written.doc]];
  return group([open, indent(2, [soft, arrange(all), dangling(s, false)]), soft, s.take()]);
}

const simple: ReadonlySet<Expr["kind"]> = new Set(["string", "int", "decimal", "bool", "date", "duration", "advisory", "name", "field"]);

function list(s: TokenSource, expr: ListExpr, depth: number): Doc {
  const open = s.take();
  const docs = expr.items.map((item, i): Doc => [expression(s, item, depth + 2), i < expr.items.length - 1 ? s.take() : ""]);
  const words = expr.items.every((item) => simple.has(item.kind));
  return bracketed(s, open, docs, (parts) => (words ? fill(parts) : join(line, parts)));
}

/** On one line with commas; over several lines, where it was so written or does not fit, without. */
export function record(s: TokenSource, expr: RecordExpr, depth: number): Doc {
  const open = s.take();
  if (expr.entries.length === 0) {
    const comments = dangling(s, true);
    return comments.length === 0 ? [open, s.take()] : [open, indent(2, ["", { kind: "hard" }, comments]), { kind: "hard" }, s.take()];
  }
  const expanded = s.breaksHere;
  const items: Item[] = [];
  const flat: Doc[] = [];
  for (const entry of expr.entries) {
    const leads = s.leads();
    const name = [s.take(), s.take()];
    const value = expression(s, entry.value, depth + 2);
    const separator = s.optionalComma();
    items.push({ leads, kind: "entry", columns: [name, [value, separator.doc]] });
    // A comma that stays has a comment, and nothing with a comment in it is ever on one line.
    flat.push([leads.comments.map((c): Doc => ({ kind: "own", text: c.text })), name, " ", value, separator.doc]);
  }
  const tail = dangling(s, false);
  const close = s.take();
  const broken: Doc = [open, indent(2, [{ kind: "hard" }, itemLines(items, depth + 2), tail]), { kind: "hard" }, close];
  if (expanded || tail.length > 0) return broken;
  return group(ifBroken(broken, [open, " ", join(", ", flat), " ", close]));
}
