/** Bytes of a YAML 1.2 file to the values of its documents, or the reason why not. */
import {
  type Document,
  isAlias,
  isCollection,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  visit,
} from "yaml";
import type { Diagnostic, Result, Span } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { decode, defaultLimits, type Limits, whole } from "../text.ts";

/** One document of the file. `part` is its number, from 1, where there are several. */
export interface YamlDocument {
  readonly json: unknown;
  readonly part: number | undefined;
}

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly text: string;
}

/** Nodes that aliases may add to what is written: enough for any manifest, too little for a bomb. */
const aliasBudget = 100_000;

/** Reads every document that is not empty. Keys are unique, tags of YAML 1.1 have no meaning, its merge keys are refused. Never throws. */
export function readYaml(bytes: Uint8Array, name: string, limits: Limits = defaultLimits): Result<YamlFile | undefined> {
  const text = decode(bytes, name, limits);
  if (typeof text !== "string") return { value: undefined, diagnostics: [text] };
  const deep = tooDeep(text, limits.depth);
  if (deep !== undefined) return refuse(diagnostic("WB0904", { name, limit: limits.depth }, { path: name, start: deep, end: deep + 1 }));
  try {
    return read(text, name, limits);
  } catch (error) {
    if (error instanceof RangeError) return refuse(diagnostic("WB0904", { name, limit: limits.depth }, whole(name)));
    const problem = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return refuse(diagnostic("WB0910", { name, problem }, whole(name)));
  }
}

function refuse(fault: Diagnostic): Result<undefined> {
  return { value: undefined, diagnostics: [fault] };
}

function read(text: string, name: string, limits: Limits): Result<YamlFile | undefined> {
  const lines = new LineCounter();
  const parsed = documentsOf(text, lines);
  const faults = parsed.flatMap((document) => [
    ...syntaxFaults(document, name, lines, limits),
    ...repeatedKeys(document, name, lines),
    ...inexactScalars(document, name, lines),
  ]);
  if (faults.length > 0) return { value: undefined, diagnostics: faults.slice(0, 20) };
  const values: unknown[] = [];
  for (const document of parsed) {
    if (isEmpty(document)) continue;
    const problem = unreadable(document, limits.depth);
    if (problem === "depth") return refuse(diagnostic("WB0904", { name, limit: limits.depth }, whole(name)));
    if (problem)
      return refuse(diagnostic("WB0910", { name, problem }, whole(name), { help: "write the repeated parts out, or split the file" }));
    values.push(document.toJS({ maxAliasCount: -1 }));
  }
  const documents = values.map((json, index) => ({ json, part: values.length > 1 ? index + 1 : undefined }));
  return { value: { documents, text }, diagnostics: [] };
}

function syntaxFaults(document: Document.Parsed, name: string, lines: LineCounter, limits: Limits): readonly Diagnostic[] {
  return document.errors.slice(0, 20).map((error) => {
    const [start, end] = error.pos;
    const { line, col } = lines.linePos(start);
    const location = { path: name, start, end: Math.max(start, end) };
    if (/call stack/i.test(error.message)) return diagnostic("WB0904", { name, limit: limits.depth }, location);
    const problem = (error.message.split(/ at line \d+/)[0] ?? error.message).replace(/[.:]$/, "");
    return diagnostic("WB0909", { problem: `${problem.charAt(0).toLowerCase()}${problem.slice(1)}`, line, column: col }, location);
  });
}

/** Keys that are given twice in one map; the library compares each with each, which is too slow for large maps. */
function repeatedKeys(document: Document.Parsed, name: string, lines: LineCounter): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  if (document.errors.length > 0) return faults;
  visit(document, {
    Map(_key, map) {
      const seen = new Map<string, readonly [number, number]>();
      for (const { key, value } of map.items) {
        const merged = isScalar(key) && key.type === "PLAIN" && key.value === "<<" && (isAlias(value) || isCollection(value));
        if (merged && key.range && faults.length < 20) {
          const [start, end] = key.range;
          const problem = "it has a merge key (`<<`), which some readers unfold and others do not";
          faults.push(diagnostic("WB0910", { name, problem }, { path: name, start, end }, { help: "write the repeated parts out" }));
        }
        const range = isScalar(key) ? key.range : undefined;
        if (!isScalar(key) || !range) continue;
        const place = [range[0], range[1]] as const;
        const first = seen.get(String(key.value));
        if (!first) seen.set(String(key.value), place);
        else if (faults.length < 20) {
          faults.push(
            diagnostic(
              "WB0906",
              { key: String(key.value), line: lines.linePos(place[0]).line },
              { path: name, start: place[0], end: place[1] },
              {
                label: "given again here",
                related: [{ location: { path: name, start: first[0], end: first[1] }, text: "first given here" }],
                notes: ["readers disagree on which of the two counts"],
              },
            ),
          );
        }
      }
    },
  });
  return faults;
}

/** Texts with half a surrogate pair and fractions that a double cannot name, as in JSON. */
function inexactScalars(document: Document.Parsed, name: string, lines: LineCounter): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  visit(document, {
    Scalar(_key, { value, source = "", range }) {
      const [start, end] = range ?? [0, 0];
      const location = { path: name, start, end };
      const { line, col } = lines.linePos(start);
      if (typeof value === "string" && !value.isWellFormed()) faults.push(diagnostic("WB0908", { line, column: col }, location));
      if (typeof value === "number" && /[.e]/i.test(source) && digitsOf(source) > 17) {
        faults.push(diagnostic("WB0907", { number: source, line }, location, { help: "write it with at most 17 digits" }));
      }
    },
  });
  return faults;
}

function digitsOf(number: string): number {
  const mantissa = number.split(/e/i, 1)[0] ?? "";
  return mantissa.replace(/\D/g, "").replace(/^0+|0+$/g, "").length;
}

function documentsOf(text: string, lines?: LineCounter): readonly Document.Parsed[] {
  const options = { version: "1.2", schema: "core", uniqueKeys: false, merge: false, prettyErrors: false, logLevel: "silent" } as const;
  const parsed = parseAllDocuments(text, lines ? { ...options, lineCounter: lines } : options);
  return Array.isArray(parsed) ? (parsed as readonly Document.Parsed[]) : [];
}

/** Nothing, only comments, or null: what editors and templates leave behind. */
function isEmpty(document: Document.Parsed): boolean {
  return document.contents === null || (isScalar(document.contents) && document.contents.value === null);
}

/**
 * Flow collections nest without indentation, and the parser takes seconds to fail on a million of them. Brackets in texts
 * are counted too, so that only an absurd number of open ones refuses the file.
 */
function tooDeep(text: string, limit: number): number | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) {
      if (++depth > limit * 100) return i;
    } else if ((c === 0x5d || c === 0x7d) && depth > 0) depth--;
  }
  return undefined;
}

/** Depth, and what aliases unfold to; keys that are not scalars have no place in JSON. */
function unreadable(document: Document.Parsed, maxDepth: number): "depth" | string | undefined {
  let complex: string | undefined;
  const anchors = new Map<string, Node>();
  let aliases = false;
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) aliases = true;
      else if ("anchor" in node && node.anchor) anchors.set(node.anchor, node);
    },
    Pair(_key, pair) {
      if (!isScalar(pair.key) && !isAlias(pair.key)) complex = "a key that is itself a list or a map";
    },
  });
  if (complex) return complex;
  const depth = depthOf(document.contents, 0, maxDepth);
  if (depth > maxDepth) return "depth";
  if (!aliases) return undefined;
  return unfolded(document);
}

function depthOf(node: unknown, depth: number, limit: number): number {
  if (depth > limit || !isCollection(node)) return depth;
  let deepest = depth + 1;
  for (const item of node.items) {
    const inner = isPair(item) ? item.value : item;
    deepest = Math.max(deepest, depthOf(inner, depth + 1, limit));
    if (deepest > limit) return deepest;
  }
  return deepest;
}

/** Sizes with aliases followed, each anchor measured once; a cycle is an error. */
function unfolded(document: Document.Parsed): string | undefined {
  const sizes = new Map<Node, number>();
  const open = new Set<Node>();
  const measure = (node: unknown): number => {
    if (isAlias(node)) {
      const target = node.resolve(document) as Node | undefined;
      if (!target || open.has(target)) throw new SyntaxError(`alias \`*${node.source}\` ${target ? "contains itself" : "has no anchor"}`);
      return measure(target);
    }
    if (!isCollection(node)) return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    open.add(node);
    let size = 1;
    for (const item of node.items) size += isPair(item) ? 1 + measure(item.value) : measure(item);
    open.delete(node);
    sizes.set(node, size);
    return size;
  };
  const total = measure(document.contents);
  let written = 0;
  visit(document, { Node: () => void written++ });
  return total - written > aliasBudget ? `its aliases unfold to ${total} nodes` : undefined;
}

/** Places are asked for one after the other, and most often in one file. */
let last: { readonly text: string; readonly documents: readonly Document.Parsed[] } | undefined;

function parsedAgain(text: string): readonly Document.Parsed[] {
  if (last?.text !== text) last = { text, documents: documentsOf(text).filter((document) => !isEmpty(document)) };
  return last.documents;
}

/** The span of the node at a JSON pointer; `part` counts documents that are not empty, from 1. */
export function locateYaml(text: string, pointer: string, part = 1): Span | undefined {
  try {
    const document = parsedAgain(text)[part - 1];
    let node: unknown = document?.contents;
    for (const piece of pointer === "" ? [] : pointer.slice(1).split("/")) {
      const key = piece.replaceAll("~1", "/").replaceAll("~0", "~");
      if (isAlias(node) && document) node = node.resolve(document);
      if (!isCollection(node)) return undefined;
      const item: unknown = node.items.find((candidate, index) =>
        isPair(candidate) ? keyOf(candidate.key) === key : String(index) === key,
      );
      node = isPair(item) ? item.value : item;
    }
    const range = (node as ParsedNode | null | undefined)?.range;
    return range ? { start: range[0], end: range[1] } : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}
