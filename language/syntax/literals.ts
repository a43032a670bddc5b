/** The text of string tokens: escapes, and templates with their `{a.b}` parts (language/README.md, tokens). */
import type { Name, Template } from "./tree.ts";

export type LiteralProblem = { readonly start: number; readonly end: number } & (
  | { readonly kind: "escape"; readonly text: string }
  | { readonly kind: "unclosed" }
  | { readonly kind: "not-a-path"; readonly text: string }
  | { readonly kind: "stray-brace" }
);
export type OnProblem = (problem: LiteralProblem) => void;

/** Offset of the first character after the opening quote, and of the closing quote or the end. */
function inside(image: string): { readonly from: number; readonly to: number } {
  const quote = image.charAt(0);
  if (quote !== '"' && quote !== "'") return { from: 0, to: image.length };
  const closed = image.length > 1 && image.endsWith(quote);
  return { from: 1, to: closed ? image.length - 1 : image.length };
}

const simpleEscapes: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", n: "\n", t: "\t" };
const unicodeEscape = /\\u\{([0-9A-Fa-f]{1,6})\}/y;

interface Escape {
  readonly text: string;
  readonly length: number;
}

/** Reads the escape at `at` of `image`, which is a backslash. An unknown escape is reported and stands for nothing. */
function readEscape(image: string, at: number, offset: number, problem: OnProblem): Escape {
  const next = image.charAt(at + 1);
  const simple = simpleEscapes[next];
  if (simple !== undefined) return { text: simple, length: 2 };
  unicodeEscape.lastIndex = at;
  const match = unicodeEscape.exec(image);
  const code = match ? Number.parseInt(match[1] ?? "", 16) : -1;
  if (match && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return { text: String.fromCodePoint(code), length: match[0].length };
  const length = match?.[0].length ?? 1 + (String.fromCodePoint(image.codePointAt(at + 1) ?? 0x20).length || 1);
  problem({ kind: "escape", text: image.slice(at, at + length), start: offset + at, end: offset + Math.min(at + length, image.length) });
  return { text: "", length };
}

/** The value of a string token that begins at `offset`. */
export function stringValue(image: string, offset: number, problem: OnProblem): string {
  const { from, to } = inside(image);
  if (image.charAt(0) === "'" || !image.includes("\\")) return image.slice(from, to);
  let value = "";
  let plain = from;
  for (let i = from; i < to; ) {
    if (image.charAt(i) !== "\\") {
      i++;
      continue;
    }
    const read = readEscape(image, i, offset, problem);
    value += image.slice(plain, i) + read.text;
    i += read.length;
    plain = i;
  }
  return value + image.slice(plain, to);
}

const path = /(?:`[A-Za-z_][A-Za-z0-9_]*`|[A-Za-z_][A-Za-z0-9_]*)(?:\.(?:`[A-Za-z_][A-Za-z0-9_]*`|[A-Za-z_][A-Za-z0-9_]*))*/y;

/** Names of `text`, which `path` matched, at `offset`. */
function pathNames(text: string, offset: number): Name[] {
  const names: Name[] = [];
  let at = offset;
  for (const part of text.split(".")) {
    names.push({ text: part.startsWith("`") ? part.slice(1, -1) : part, span: { start: at, end: at + part.length } });
    at += part.length + 1;
  }
  return names;
}

/** The parts of a template token that begins at `offset`. */
export function templateOf(image: string, offset: number, isName: (word: string) => boolean, problem: OnProblem): Template {
  const { from, to } = inside(image);
  const parts: Template["parts"][number][] = [];
  let text = "";
  let began = from;
  const flush = (end: number): void => {
    if (end > began) parts.push({ kind: "text", text, span: { start: offset + began, end: offset + end } });
    text = "";
  };
  for (let i = from; i < to; ) {
    const c = image.charAt(i);
    if (c === "\\") {
      const read = readEscape(image, i, offset, problem);
      text += read.text;
      i += read.length;
    } else if ((c === "{" || c === "}") && image.charAt(i + 1) === c && i + 1 < to) {
      text += c;
      i += 2;
    } else if (c === "}") {
      problem({ kind: "stray-brace", start: offset + i, end: offset + i + 1 });
      i++;
    } else if (c === "{") {
      flush(i);
      const close = image.indexOf("}", i);
      const end = close === -1 || close >= to ? to : close + 1;
      path.lastIndex = i + 1;
      const match = path.exec(image)?.[0];
      const first = match?.split(".")[0] ?? "";
      if (close === -1 || close >= to) problem({ kind: "unclosed", start: offset + i, end: offset + i + 1 });
      else if (match === undefined || match.length !== close - i - 1 || !isName(first)) {
        problem({ kind: "not-a-path", text: image.slice(i + 1, close), start: offset + i, end: offset + end });
      } else parts.push({ kind: "path", path: pathNames(match, offset + i + 1), span: { start: offset + i, end: offset + end } });
      i = end;
      began = end;
    } else {
      text += c;
      i++;
    }
  }
  flush(to);
  return { parts, span: { start: offset, end: offset + image.length } };
}
