/**
 * What a `scp` block of a document says: its files, and what a comment expects on which line. The conventions are those
 * of the language reference, "How to read the examples".
 */
import type { Fence } from "./markdown.ts";

/** One source of a block. `lines[n]` is the line of the Markdown file on which its line n (from 0) stands. */
export interface ExampleFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly (number | undefined)[];
}

/** `// error: WB0312 fits into 64 bits`, and the line (of the Markdown file) that it is about. */
export interface Marker {
  readonly level: string;
  readonly code: string;
  readonly text: string;
  readonly line: number;
}

/** `e // unknown: missing`: what an expression comes to. */
export interface Truth {
  readonly label: string;
  readonly outcome: "true" | "false" | "unknown";
  readonly causes: readonly string[];
  readonly line: number;
}

export interface Example {
  readonly fence: Fence;
  readonly kind: "module" | "policy" | "expr";
  /** It must give exactly the diagnostics of its markers; others must give no error and no warning. */
  readonly expectsErrors: boolean;
  readonly formatted: boolean;
  readonly files: readonly ExampleFile[];
  readonly markers: readonly Marker[];
  readonly truths: readonly Truth[];
}

const marker = /\/\/ (error|warning|note): (WB\d{4})\b *(.*?) *(?=\/\/ (?:error|warning|note): |$)/g;

/** The text around fragments: `before` and `after` the line `…`. */
export interface Preamble {
  readonly before: string;
  readonly after: string;
}

/** The block of the reference that has a line `// …` in it: fragments stand there. */
export function preambleOf(blocks: readonly Fence[]): Preamble {
  const block = blocks.find((fence) => fence.language === "scp" && /^ *\/\/ …$/m.test(fence.text));
  const [before, after] = (block?.text ?? "").split(/^ *\/\/ …\n/m);
  if (before === undefined || after === undefined) throw new Error("the language reference has no block with a line `// …`");
  return { before, after };
}

export function exampleOf(fence: Fence, preamble: Preamble): Example {
  const words = fence.words.split(/\s+/).filter((word) => word !== "");
  const subject = /\bin policy for (\w+)/.exec(fence.words)?.[1];
  const kind = words.includes("expr") ? "expr" : /\bin policy\b/.test(fence.words) ? "policy" : "module";
  const strange = fence.words.replace(/\bin policy( for \w+)?|\bexpr\b|\berror\b|\bunformatted\b/g, "").trim();
  if (strange !== "") throw new Error(`${fence.path}:${fence.line}: \`${strange}\` is no convention of the examples`);
  const expectsErrors = words.includes("error");
  const body = fence.text.split("\n").slice(0, -1);
  const truths: Truth[] = [];
  const files = kind === "module" ? modulesOf(fence, body) : [fragment(fence, body, kind, preamble, subject, truths)];
  return {
    fence,
    kind,
    expectsErrors,
    formatted: !expectsErrors && kind !== "expr" && !words.includes("unformatted"),
    files,
    markers: markersOf(fence, body),
    truths,
  };
}

/** One file, or several with a comment `// file: NAME` before each. */
function modulesOf(fence: Fence, body: readonly string[]): readonly ExampleFile[] {
  const files: { path: string; rows: string[]; first: number }[] = [];
  body.forEach((line, index) => {
    const path = /^\/\/ file: (\S+)$/.exec(line)?.[1];
    if (path !== undefined) files.push({ path, rows: [], first: index + 1 });
    else {
      if (files.length === 0) files.push({ path: fence.file ?? "example.scp", rows: [], first: index });
      files.at(-1)?.rows.push(line);
    }
  });
  return files.map(({ path, rows, first }) => {
    const kept = rows.join("\n").replace(/\n+$/, "");
    return { path, text: `${kept}\n`, lines: rows.map((_, index) => fence.line + 1 + first + index) };
  });
}

function fragment(
  fence: Fence,
  body: readonly string[],
  kind: "policy" | "expr",
  preamble: Preamble,
  subject: string | undefined,
  truths: Truth[],
): ExampleFile {
  const before = subject === undefined ? preamble.before : preamble.before.replace(/ for \w+ at [^{]*\{/, ` for ${subject} {`);
  const rows = body.map((line, index) => {
    if (line.trim() === "" || kind === "policy") return line === "" ? "" : `  ${line}`;
    return expressionLine(line, index, fence, truths);
  });
  const head = before.split("\n").slice(0, -1);
  const lines = [...head.map(() => undefined), ...rows.map((_, index) => fence.line + 1 + index)];
  const given = kind === "expr" ? exprTest : "";
  return { path: "example.scp", text: `${head.join("\n")}\n${rows.join("\n")}\n${preamble.after}${given}`, lines };
}

const exprTest = `
test "expressions" {
  with clock = 2026-11-21T12:00Z
  given image { ref: "ghcr.io/acme/shop:v1", namespace: "prod" }
  expect deny
}
`;

/** One expression a line; behind `//` what it comes to, where it is a condition. */
function expressionLine(line: string, index: number, fence: Fence, truths: Truth[]): string {
  const comment = /^(.*?)\s*\/\/ (true|false|unknown(?:: ([a-z, ]+))?)$/.exec(line);
  const outcome = comment?.[2];
  if (comment === null || outcome === undefined) return `  let _e${index} = ${line}`;
  truths.push({
    label: `e${index}`,
    outcome: outcome.startsWith("unknown") ? "unknown" : outcome === "true" ? "true" : "false",
    causes: (comment[3] ?? "").split(/, */).filter((cause) => cause !== ""),
    line: fence.line + 1 + index,
  });
  return `  require e${index}: ${comment[1] ?? ""}`;
}

/** A marker that stands alone is about the line above it. */
function markersOf(fence: Fence, body: readonly string[]): readonly Marker[] {
  const found: Marker[] = [];
  let last = 0;
  body.forEach((line, index) => {
    const matches = [...line.matchAll(marker)];
    const first = matches[0];
    const alone = first !== undefined && line.slice(0, first.index).trim() === "";
    if (!alone) last = index;
    for (const [, level = "", code = "", text = ""] of matches) found.push({ level, code, text, line: fence.line + 1 + last });
  });
  return found;
}
