/** Do two trees mean the same? Spans, parentheses and the place of a `not` before `in` are how, not what. */
import type { Module, Node } from "./tree.ts";

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

function isNode(value: Value): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value` without parentheses, and with `not x in xs` read as `x not in xs`. */
function essence(value: Fields): Fields {
  let node = value;
  while (node["kind"] === "paren" && isNode(node["inner"])) node = node["inner"];
  const { inner } = node;
  if (node["kind"] !== "not" || !isNode(inner)) return node;
  const negated = essence(inner);
  return inner["kind"] === "in" && negated["negated"] === false ? { ...negated, negated: true } : node;
}

function same(a: Value, b: Value, layout: ReadonlySet<string>): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i], layout));
  if (!isNode(a) || !isNode(b)) return Object.is(a, b);
  const left = essence(a);
  const right = essence(b);
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) {
    if (!layout.has(key) && !same(left[key], right[key], layout)) return false;
  }
  return true;
}

/** True where the modules differ in nothing but layout. */
export function sameTree(a: Module, b: Module): boolean {
  return same(a, b, new Set(["span", "source"]));
}

/** True where two parts of trees say the same to a reader who skips comments: doc comments do not count either. */
export function sameMeaning(a: readonly Node[], b: readonly Node[]): boolean {
  return same(a, b, new Set(["span", "source", "doc"]));
}
