/**
 * Layout: what may stand on one line, and where it breaks when it does not fit. The algebra is Wadler's as prettier
 * knows it, cut down to what the formatter needs, with line comments as part of it: nothing may follow one on its line.
 */

/** `line` is a blank or a line break, `soft` nothing or a line break, `hard` always a line break. */
export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: "line" }
  | { readonly kind: "soft" }
  | { readonly kind: "hard" }
  | { readonly kind: "blank" }
  | { readonly kind: "indent"; readonly by: number; readonly doc: Doc }
  | { readonly kind: "group"; readonly doc: Doc }
  | { readonly kind: "if-broken"; readonly broken: Doc; readonly flat: Doc }
  /** As many of the parts on each line as fit. */
  | { readonly kind: "fill"; readonly parts: readonly Doc[]; readonly from: number }
  /** A comma behind the last part, which goes in front of a comment that is there already. */
  | { readonly kind: "comma" }
  /** A comment behind something on its line. */
  | { readonly kind: "behind"; readonly text: string }
  /** A comment on a line of its own. */
  | { readonly kind: "own"; readonly text: string };

export const line: Doc = { kind: "line" };
export const soft: Doc = { kind: "soft" };
export const hard: Doc = { kind: "hard" };
export const comma: Doc = { kind: "comma" };
/** An empty line, and then the next. */
export const blank: Doc = { kind: "blank" };

export function indent(by: number, doc: Doc): Doc {
  return { kind: "indent", by, doc };
}
export function group(doc: Doc): Doc {
  return { kind: "group", doc };
}
export function ifBroken(broken: Doc, flat: Doc): Doc {
  return { kind: "if-broken", broken, flat };
}
export function fill(parts: readonly Doc[]): Doc {
  return { kind: "fill", parts, from: 0 };
}
export function join(separator: Doc, docs: readonly Doc[]): Doc[] {
  return docs.flatMap((doc, i) => (i === 0 ? [doc] : [separator, doc]));
}

export const pageWidth = 100;

/** Columns of `doc` on one line; infinite where it cannot stand on one, or where a comment is not the last of it. */
export function flatWidth(doc: Doc): number {
  const measured = measure(doc, false);
  return measured.width;
}

interface Measure {
  readonly width: number;
  /** A comment was seen: nothing may follow. */
  readonly commented: boolean;
}

function measure(doc: Doc, commented: boolean): Measure {
  if (typeof doc === "string") {
    if (doc.trim() === "") return { width: columns(doc), commented };
    return { width: commented ? Number.POSITIVE_INFINITY : columns(doc), commented: false };
  }
  if (Array.isArray(doc)) {
    let width = 0;
    let seen = commented;
    for (const part of doc as readonly Doc[]) {
      const next = measure(part, seen);
      width += next.width;
      seen = next.commented;
    }
    return { width, commented: seen };
  }
  const node = doc as Exclude<Doc, string | readonly Doc[]>;
  switch (node.kind) {
    case "line":
      return { width: commented ? Number.POSITIVE_INFINITY : 1, commented };
    case "soft":
      return { width: 0, commented };
    case "comma":
      return { width: 1, commented };
    case "hard":
    case "blank":
      return { width: Number.POSITIVE_INFINITY, commented: false };
    case "own":
      return { width: Number.POSITIVE_INFINITY, commented: true };
    case "behind":
      return { width: 0, commented: true };
    case "indent":
    case "group":
      return measure(node.doc, commented);
    case "if-broken":
      return measure(node.flat, commented);
    case "fill":
      return measure(join(line, node.parts), commented);
  }
}

/** Columns of a text on screens that give each code point one. */
function columns(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

interface Command {
  readonly indent: number;
  readonly broken: boolean;
  readonly doc: Doc;
}

interface Line {
  readonly code: string;
  readonly comment?: string;
}

/** Blanks between the longest line of a run and the comments behind it. */
const commentGap = 3;

/** The text of `doc`, with a line break at its end. */
export function render(doc: Doc): string {
  const lines: Line[] = [];
  let current = "";
  let comment: string | undefined;
  // A comment was written: whatever comes next begins a new line.
  let ended = false;

  const flush = (): void => {
    const code = current.trimEnd();
    lines.push(comment === undefined ? { code } : { code, comment });
    current = "";
    comment = undefined;
    ended = false;
  };
  const newline = (by: number): void => {
    flush();
    current = " ".repeat(by);
  };
  const write = (text: string, by: number): void => {
    const begins = ended && text.trim() !== "";
    if (begins) newline(by);
    if (ended) return;
    // A dot or colon right behind a package URL would be read as part of it.
    if (/^[.:]/.test(text) && /(?:^|\W)pkg:[^\s"'()[\]{},|]+$/.test(current)) current += " ";
    current += begins ? text.trimStart() : text;
  };

  const stack: Command[] = [{ indent: 0, broken: true, doc }];
  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { indent: by, broken, doc: next } = command;
    if (typeof next === "string") {
      write(next, by);
      continue;
    }
    if (Array.isArray(next)) {
      for (let i = next.length - 1; i >= 0; i--) stack.push({ indent: by, broken, doc: next[i] as Doc });
      continue;
    }
    const node = next as Exclude<Doc, string | readonly Doc[]>;
    switch (node.kind) {
      case "line":
        if (broken) newline(by);
        else write(" ", by);
        break;
      case "soft":
        if (broken) newline(by);
        break;
      case "hard":
        newline(by);
        break;
      case "blank":
        newline(0);
        newline(by);
        break;
      case "indent":
        stack.push({ indent: by + node.by, broken, doc: node.doc });
        break;
      case "group":
        stack.push({
          indent: by,
          broken: !fits({ indent: by, broken: false, doc: node.doc }, stack, pageWidth - columns(current), ended),
          doc: node.doc,
        });
        break;
      case "if-broken":
        stack.push({ indent: by, broken, doc: broken ? node.broken : node.flat });
        break;
      case "fill": {
        const { parts, from } = node;
        const first = parts[from];
        if (first === undefined) break;
        // The blank before the rest becomes a line break where the next part does not fit.
        const second = parts[from + 1];
        if (second !== undefined) {
          const together = fits({ indent: by, broken: false, doc: [first, " ", second] }, [], pageWidth - columns(current), ended);
          stack.push(
            { indent: by, broken: true, doc: { kind: "fill", parts, from: from + 1 } },
            { indent: by, broken: !together, doc: line },
          );
        }
        stack.push({ indent: by, broken: false, doc: first });
        break;
      }
      case "comma":
        current += ",";
        break;
      case "behind":
        if (ended) newline(by);
        if (current.trim() === "") current += node.text;
        else comment = node.text;
        ended = true;
        break;
      case "own":
        if (ended || current.trim() !== "") newline(by);
        current += node.text;
        ended = true;
        break;
    }
  }
  flush();
  return `${alignComments(lines).join("\n").trimEnd()}\n`;
}

/** Does `first`, and what follows it up to the next possible line break, fit into `width` columns? */
function fits(first: Command, rest: readonly Command[], width: number, ended: boolean): boolean {
  let left = width;
  let commented = ended;
  let below = rest.length;
  const stack: Command[] = [first];
  while (left >= 0) {
    const command = stack.pop() ?? rest[--below];
    if (command === undefined) return true;
    const { doc, broken } = command;
    if (typeof doc === "string") {
      if (commented && doc.trim() !== "") return false;
      left -= columns(doc);
      continue;
    }
    if (Array.isArray(doc)) {
      for (let i = doc.length - 1; i >= 0; i--) stack.push({ ...command, doc: doc[i] as Doc });
      continue;
    }
    const node = doc as Exclude<Doc, string | readonly Doc[]>;
    switch (node.kind) {
      case "line":
        if (broken) return true;
        if (commented) return false;
        left -= 1;
        break;
      case "soft":
        if (broken) return true;
        break;
      case "hard":
      case "blank":
        return broken;
      case "own":
        return false;
      case "comma":
        left -= 1;
        break;
      case "behind":
        commented = true;
        break;
      case "indent":
        stack.push({ ...command, doc: node.doc });
        break;
      case "group":
        stack.push({ ...command, doc: node.doc });
        break;
      case "if-broken":
        stack.push({ ...command, doc: broken ? node.broken : node.flat });
        break;
      case "fill":
        if (broken) stack.push({ ...command, doc: line }, { ...command, doc: node.parts[node.from] ?? "" });
        else stack.push({ ...command, doc: join(line, node.parts.slice(node.from)) });
        break;
    }
  }
  return false;
}

/** Comments behind the code of neighbouring lines begin in one column. */
function alignComments(lines: readonly Line[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < lines.length; ) {
    let end = i;
    let width = 0;
    while (lines[end]?.comment !== undefined) width = Math.max(width, columns(lines[end++]?.code ?? ""));
    if (end === i) {
      out.push(lines[i++]?.code ?? "");
      continue;
    }
    for (; i < end; i++) {
      const { code = "", comment = "" } = lines[i] ?? {};
      out.push(code + " ".repeat(width - columns(code) + commentGap) + comment);
    }
  }
  return out;
}
