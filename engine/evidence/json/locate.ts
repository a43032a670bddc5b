/**
 * Where JSON pointers are in a text that was parsed before. Documents are large and citations few, so everything that
 * no pointer leads into is passed over without being looked at.
 */
import type { Span } from "../../../language/diagnostics/diagnostic.ts";

/** The pointers that lead through or to a value. */
interface Node {
  pointer: string | undefined;
  /** How many they are. */
  size: number;
  readonly below: Map<string, Node>;
}

interface Search {
  readonly text: string;
  /** How many records around what is absent may stand for it. */
  readonly around: number;
  readonly spans: Map<string, Span>;
  /** Pointers that may still be found: those into what was read are settled, found or not. */
  left: number;
}

/** The span of the value at a JSON pointer; undefined where there is none. */
export function locate(text: string, pointer: string): Span | undefined {
  return locateAll(text, [pointer]).get(pointer);
}

/** The spans of several pointers, in one reading. The text is JSON; of any other, some spans may be missing or wrong. */
export function locateAll(text: string, pointers: readonly string[]): ReadonlyMap<string, Span> {
  return search(text, pointers, 0);
}

/**
 * The same, where what is absent stands at the innermost of the `around` values around it that is there: a reading that
 * finds it absent has just read that.
 */
export function locateNearest(text: string, pointers: readonly string[], around: number): ReadonlyMap<string, Span> {
  return search(text, pointers, around);
}

function search(text: string, pointers: readonly string[], around: number): ReadonlyMap<string, Span> {
  const wanted = new Set(pointers.filter((pointer) => pointer === "" || pointer.startsWith("/")));
  const root: Node = { pointer: undefined, size: 0, below: new Map() };
  for (const pointer of wanted) add(root, pointer);
  const state: Search = { text, around, spans: new Map(), left: wanted.size };
  visit(state, root, afterSpace(text, 0));
  return state.spans;
}

function add(root: Node, pointer: string): void {
  let node = root;
  node.size += 1;
  for (const token of pointer.split("/").slice(1)) {
    const key = token.includes("~") ? token.replaceAll("~1", "/").replaceAll("~0", "~") : token;
    let next = node.below.get(key);
    if (next === undefined) {
      next = { pointer: undefined, size: 0, below: new Map() };
      node.below.set(key, next);
    }
    node = next;
    node.size += 1;
  }
  node.pointer = pointer;
}

/** Reads the value at `from`, which pointers lead to; gives the offset after it. Recurses as deep as pointers are long. */
function visit(search: Search, node: Node, from: number): number {
  const { text, left } = search;
  const c = text.charCodeAt(from);
  let end: number;
  if (node.below.size === 0 || (c !== 0x7b && c !== 0x5b)) end = afterValue(text, from);
  else end = c === 0x7b ? visitObject(search, node, from) : visitList(search, node, from);
  if (node.pointer !== undefined && !search.spans.has(node.pointer)) search.spans.set(node.pointer, { start: from, end });
  if (search.around > 0) lend(search.spans, node, { start: from, end }, search.around);
  search.left = left - node.size;
  return end;
}

/** Gives the span of a value to what is absent in it. */
function lend(spans: Map<string, Span>, node: Node, span: Span, depth: number): void {
  for (const inside of node.below.values()) {
    if (inside.pointer !== undefined && !spans.has(inside.pointer)) spans.set(inside.pointer, span);
    if (depth > 1) lend(spans, inside, span, depth - 1);
  }
}

function visitObject(search: Search, node: Node, from: number): number {
  const { text } = search;
  let i = afterSpace(text, from + 1);
  while (text.charCodeAt(i) === 0x22) {
    const end = afterText(text, i);
    const inside = node.below.get(keyText(text, i, end));
    const value = afterSpace(text, afterSpace(text, end) + 1);
    i = inside === undefined ? afterValue(text, value) : visit(search, inside, value);
    if (search.left === 0) return i;
    i = afterSpace(text, i);
    if (text.charCodeAt(i) === 0x2c) i = afterSpace(text, i + 1);
  }
  return i + 1;
}

function visitList(search: Search, node: Node, from: number): number {
  const { text } = search;
  let i = afterSpace(text, from + 1);
  for (let index = 0; i < text.length && text.charCodeAt(i) !== 0x5d; index += 1) {
    const inside = node.below.get(String(index));
    i = inside === undefined ? afterValue(text, i) : visit(search, inside, i);
    if (search.left === 0) return i;
    i = afterSpace(text, i);
    if (text.charCodeAt(i) === 0x2c) i = afterSpace(text, i + 1);
    else break;
  }
  return i + 1;
}

function afterSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && text.charCodeAt(i) <= 0x20) i += 1;
  return i;
}

/** The offset after the text whose quote is at `from`. A quote belongs to the text after an odd number of backslashes. */
function afterText(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let i = quote;
    while (text.charCodeAt(i - 1) === 0x5c && i - 1 > from) i -= 1;
    if ((quote - i) % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** The offset after the value at `from`, whatever it is: brackets are counted, and texts may hold them. */
function afterValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === 0x22) return afterText(text, from);
  if (first !== 0x7b && first !== 0x5b) return afterScalar(text, from);
  let depth = 0;
  let i = from;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      i = afterText(text, i);
      continue;
    }
    i += 1;
    if (c === 0x7b || c === 0x5b) depth += 1;
    else if ((c === 0x7d || c === 0x5d) && --depth === 0) return i;
  }
  return text.length;
}

function afterScalar(text: string, from: number): number {
  let i = from;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c <= 0x20 || c === 0x2c || c === 0x5d || c === 0x7d) break;
    i += 1;
  }
  return Math.max(i, Math.min(from + 1, text.length));
}

/** The key between the quotes at `start` and before `end`. */
function keyText(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}
