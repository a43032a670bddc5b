/**
 * The slow reading of JSON text, for messages only: what breaks the grammar (RFC 8259) and where, and which pointer an
 * offset has.
 */
import type { Span } from "../../../language/diagnostics/diagnostic.ts";
import { token } from "../fault.ts";

/** The first place that is not JSON. */
export interface SyntaxFault {
  readonly offset: number;
  readonly problem: string;
}

/** What a walk is told; `value` is called when a value ends, `key` when a key was read. */
interface Visitor {
  value?(path: readonly (string | number)[], span: Span): void;
  key?(path: readonly (string | number)[], span: Span): void;
}

/** The first fault of the grammar; undefined where the text is JSON. */
export function syntaxFault(text: string): SyntaxFault | undefined {
  return walk(text, {});
}

/** The pointer of the smallest value or key that holds `offset`; keys have the pointer of their object's member. */
export function pointerAt(text: string, offset: number): string {
  let found: readonly (string | number)[] | undefined;
  const see = (path: readonly (string | number)[], span: Span): void => {
    if (found === undefined && span.start <= offset && offset < span.end) found = [...path];
  };
  walk(text, { value: see, key: see });
  return (found ?? []).map((part) => `/${token(String(part))}`).join("");
}

const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const word = /[A-Za-z_$][A-Za-z0-9_$]*/y;
/** Everything from the space on, but quotes and backslashes. */
const plain = /[ !#-[\]-\uffff]*/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

/** Reads the text without recursion, so that depth costs no stack. */
function walk(text: string, visitor: Visitor): SyntaxFault | undefined {
  const path: (string | number)[] = [];
  const opened: { readonly start: number; readonly list: boolean }[] = [];
  let i = 0;
  const skip = (): void => {
    space.lastIndex = i;
    space.test(text);
    i = space.lastIndex;
  };
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = i;
    if (!pattern.test(text)) return false;
    i = pattern.lastIndex;
    return true;
  };
  const fault = (problem: string, offset = i): SyntaxFault => ({ offset, problem });
  const string = (): string | SyntaxFault => {
    const start = i++;
    for (;;) {
      match(plain);
      const c = text[i];
      if (c === '"') {
        i++;
        return JSON.parse(text.slice(start, i)) as string;
      }
      if (c === undefined) return fault("the text is never closed", start);
      if (c !== "\\") return fault(c === "\n" || c === "\r" ? "a line ends inside text" : "a control character inside text");
      if (!match(escaped)) return fault("an escape that JSON does not know");
    }
  };
  const member = (): SyntaxFault | undefined => {
    skip();
    if (text[i] !== '"')
      return fault(i >= text.length ? "the object is never closed" : `expected a key in double quotes, found ${seen(text, i)}`);
    const start = i;
    const name = string();
    if (typeof name !== "string") return name;
    path.push(name);
    visitor.key?.(path, { start, end: i });
    skip();
    if (text[i] !== ":") return fault(`expected \`:\` after the key \`${name}\`, found ${seen(text, i)}`);
    i++;
    return undefined;
  };

  value: for (;;) {
    skip();
    const start = i;
    const c = text[i];
    if (c === "{" || c === "[") {
      i++;
      skip();
      opened.push({ start, list: c === "[" });
      if (text[i] !== (c === "[" ? "]" : "}")) {
        if (c === "[") path.push(0);
        else {
          const wrong = member();
          if (wrong) return wrong;
        }
        continue;
      }
      i++;
      opened.pop();
      visitor.value?.(path, { start, end: i });
    } else if (c === '"') {
      const read = string();
      if (typeof read !== "string") return read;
      visitor.value?.(path, { start, end: i });
    } else if (c !== undefined && match(number)) {
      const next = text[i];
      if (next !== undefined && /[0-9A-Za-z.+-]/.test(next)) return fault(`a number that JSON does not know`, start);
      visitor.value?.(path, { start, end: i });
    } else if (match(word)) {
      const name = text.slice(start, i);
      if (name !== "true" && name !== "false" && name !== "null") return fault(`expected a value, found \`${name.slice(0, 40)}\``, start);
      visitor.value?.(path, { start, end: i });
    } else return fault(i >= text.length ? "the document ends where a value must be" : `expected a value, found ${seen(text, i)}`);

    for (;;) {
      skip();
      const open = opened.at(-1);
      if (!open) return i < text.length ? fault(`the document goes on after its end with ${seen(text, i)}`) : undefined;
      const d = text[i];
      if (d === ",") {
        i++;
        const last = path.pop();
        if (open.list) {
          skip();
          if (text[i] === "]") return fault("a comma before `]`", i);
          path.push((last as number) + 1);
        } else {
          skip();
          if (text[i] === "}") return fault("a comma before `}`", i);
          const wrong = member();
          if (wrong) return wrong;
        }
        continue value;
      }
      if (d !== (open.list ? "]" : "}")) {
        if (d === undefined) return fault(open.list ? "the list is never closed" : "the object is never closed", open.start);
        return fault(`expected \`,\` or \`${open.list ? "]" : "}"}\`, found ${seen(text, i)}`);
      }
      i++;
      path.pop();
      opened.pop();
      visitor.value?.(path, { start: open.start, end: i });
    }
  }
}

function seen(text: string, offset: number): string {
  const point = text.codePointAt(offset);
  if (point === undefined) return "the end of the document";
  if (point < 0x20 || point === 0x7f) return "a control character";
  return `\`${String.fromCodePoint(point)}\``;
}
