/** Parsing: text in, syntax tree and diagnostics out. Never throws on bad input. */
import type { IToken } from "chevrotain";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.ts";
import { theParser } from "./grammar-file.ts";
import { Reporter } from "./report.ts";
import { scan } from "./scan.ts";
import type { Module, SourceFile } from "./tree.ts";

/** A token as it was written; `kind` is the name of its type in `tokens.ts`. Offsets are UTF-16, half-open. */
export interface Token {
  readonly kind: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Comment {
  /** `///` */
  readonly doc: boolean;
  /** With its slashes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The tree with everything else that the text holds: together they are lossless but for white space. */
export interface Parsed {
  readonly module: Module;
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Three slashes; four or more are a plain line of slashes. */
function isDoc(comment: IToken): boolean {
  return comment.image.startsWith("///") && comment.image.charAt(3) !== "/";
}

function run(source: SourceFile): {
  readonly module: Module;
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
  readonly reporter: Reporter;
} {
  const reporter = new Reporter(source.path);
  const scanned = scan(source, reporter);
  const module: Module = scanned.refused
    ? { source, imports: [], declarations: [], span: { start: 0, end: source.text.length } }
    : theParser().run(source, scanned.tokens, scanned.comments.filter(isDoc), reporter);
  return { module, tokens: scanned.tokens, comments: scanned.comments, reporter };
}

/**
 * The syntax tree of `source`. Where there are errors, the tree holds the declarations that could be read.
 * Sources above `sizeLimit` characters and nesting above `nestingLimit` are refused with a diagnostic.
 */
export function parse(source: SourceFile): Result<Module> {
  const { module, reporter } = run(source);
  return { value: module, diagnostics: reporter.sorted() };
}

/** As `parse`, with the tokens and comments, for tools that give the text back. */
export function parseWithTokens(source: SourceFile): Parsed {
  const { module, tokens, comments, reporter } = run(source);
  return {
    module,
    tokens: tokens
      .filter((t) => t.tokenType.name !== "EOF")
      .map((t) => ({ kind: t.tokenType.name, text: t.image, start: t.startOffset, end: t.startOffset + t.image.length })),
    comments: comments.map((c) => ({ doc: isDoc(c), text: c.image, start: c.startOffset, end: c.startOffset + c.image.length })),
    diagnostics: reporter.sorted(),
  };
}
