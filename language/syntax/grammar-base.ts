/**
 * What all parts of the parser share: spans, names, doc comments, and recovery.
 *
 * Recovery is our own, around the items of a block and the declarations of a file: an item that fails is reported once
 * and skipped up to the next item word of its block. Chevrotain's own recovery guesses token by token, which turns one
 * mistake into several messages.
 */
import { EmbeddedActionsParser, type IParserConfig, type IToken, isRecognitionException } from "chevrotain";
import { type OnProblem, stringValue, templateOf } from "./literals.ts";
import { nearest } from "./nearest.ts";
import { Reporter } from "./report.ts";
import { expectedText, foundText, messageProvider, mismatch } from "./syntax-errors.ts";
import { tokens, vocabulary, words } from "./tokens.ts";
import type { AdvisoryLiteral, DateLiteral, Expr, Name, QName, StringLiteral, Template } from "./tree.ts";
import { isReserved } from "./words.ts";

/** Deeper trees would overflow the stack of a pass that walks them. */
export const depthLimit = 400;

/** What may begin an item of a block, and how messages call it. */
export interface Items {
  /** `a clause`: completes "`x` does not begin …". */
  readonly place: string;
  readonly words: readonly string[];
  /** The words are ordinary names elsewhere, so they only count at the beginning of a line. */
  readonly contextual: boolean;
  /** They stand in no braces. */
  readonly topLevel?: boolean;
}

export const declarations: Items = {
  place: "a declaration",
  words: [
    "input",
    "type",
    "enum",
    "let",
    "function",
    "table",
    "trust",
    "policy",
    "exempt",
    "waive",
    "vex",
    "runtime",
    "triage",
    "control",
    "test",
  ],
  contextual: false,
  topLevel: true,
};

/** A declaration word at the beginning of a line ends whatever was left open. `let` also begins clauses. */
const boundaries: ReadonlySet<unknown> = new Set([
  words.type,
  words.enum,
  words.function,
  words.table,
  words.trust,
  words.policy,
  words.exempt,
  words.waive,
  words.vex,
  words.runtime,
  words.triage,
  words.control,
  words.test,
  words.module,
  words.import,
] as const);

export abstract class Base extends EmbeddedActionsParser {
  protected reporter = new Reporter("");
  protected text = "";
  /** `///` comments, in order, and how many of them are attached or passed. */
  protected docs: readonly IToken[] = [];
  protected docsSeen = 0;
  /** Depth of the expression that the last expression rule returned. */
  protected depth = 0;
  /** Quantifiers met as operands, to be allowed by the expression they are the whole of, or reported. */
  protected loose: Expr[] = [];
  /** `List<T>=` was read as `>=`: the `=` is already consumed. */
  protected splitEquals = false;

  readonly #literalProblem: OnProblem = (problem) => this.literalProblem(problem);

  constructor(config: IParserConfig) {
    super(vocabulary, { maxLookahead: 2, recoveryEnabled: false, errorMessageProvider: messageProvider, ...config });
  }

  /** Points the parser at a new source. */
  protected begin(text: string, input: IToken[], docs: readonly IToken[], reporter: Reporter): void {
    this.text = text;
    this.reporter = reporter;
    this.docs = docs;
    this.docsSeen = 0;
    this.depth = 0;
    this.loose = [];
    this.splitEquals = false;
    this.input = input;
  }

  // ── spans ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Where the next token begins. */
  protected start(): number {
    return this.LA(1).startOffset;
  }

  /** Where the last consumed token ends. */
  protected end(): number {
    const token = this.LA(0);
    return token.startOffset + token.image.length;
  }

  protected span(start: number): { readonly start: number; readonly end: number } {
    const token = this.LA(0);
    return { start, end: token.startOffset + token.image.length };
  }

  // ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────

  protected nameOf(token: IToken): Name {
    const { image, startOffset } = token;
    const ticked = image.charCodeAt(0) === 96;
    return {
      text: ticked ? image.slice(1, image.endsWith("`") ? -1 : undefined) : image,
      span: { start: startOffset, end: startOffset + image.length },
    };
  }

  readonly qname = this.RULE("qname", (): QName => {
    const start = this.start();
    const parts = [this.nameOf(this.CONSUME(tokens.Name))];
    this.MANY(() => {
      this.CONSUME(tokens.Dot);
      parts.push(this.nameOf(this.CONSUME(tokens.Word)));
    });
    return { parts, span: this.span(start) };
  });

  readonly qnames = this.RULE("qnames", (): QName[] => {
    const names = [this.SUBRULE(this.qname)];
    this.MANY(() => {
      this.CONSUME(tokens.Comma);
      names.push(this.SUBRULE2(this.qname));
    });
    return names;
  });

  // ── literals ───────────────────────────────────────────────────────────────────────────────────────────────────

  protected stringOf(token: IToken): StringLiteral {
    const { image, startOffset } = token;
    return {
      kind: "string",
      value: stringValue(image, startOffset, this.#literalProblem),
      raw: image.charCodeAt(0) === 39,
      span: { start: startOffset, end: startOffset + image.length },
    };
  }

  /** The value that the word just consumed stands for. */
  protected after<const T>(_word: IToken, value: T): T {
    return value;
  }

  protected dateOf(token: IToken): DateLiteral {
    return { kind: "date", text: token.image, span: { start: token.startOffset, end: token.startOffset + token.image.length } };
  }

  protected advisoryOf(token: IToken): AdvisoryLiteral {
    return { kind: "advisory", text: token.image, span: { start: token.startOffset, end: token.startOffset + token.image.length } };
  }

  protected integerOf(token: IToken): bigint {
    return this.RECORDING_PHASE ? 0n : BigInt(token.image);
  }

  readonly template = this.RULE("template", (): Template => {
    const token = this.CONSUME(tokens.String);
    return templateOf(token.image, token.startOffset, (word) => word.startsWith("`") || !isReserved(word), this.#literalProblem);
  });

  private literalProblem(problem: Parameters<OnProblem>[0]): void {
    const { start, end } = problem;
    switch (problem.kind) {
      case "escape":
        this.reporter.report("WB0114", { escape: problem.text }, start, end, {
          help: 'the escapes are `\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}`; a string in single quotes has none',
        });
        return;
      case "unclosed":
        this.reporter.report("WB0130", {}, start, end, {
          help: "close it with `}`, or write `{{` for a brace",
          fix: this.reporter.fix("write `{{`", false, { start, end, text: "{{" }),
        });
        return;
      case "not-a-path":
        this.reporter.report("WB0131", { part: problem.text }, start, end, {
          help: "a part of a template is a path such as `{image.tag}`; a brace is written `{{`",
        });
        return;
      case "stray-brace":
        this.reporter.report("WB0132", {}, start, end, {
          help: "write `}}` for a brace",
          fix: this.reporter.fix("write `}}`", true, { start, end, text: "}}" }),
        });
    }
  }

  // ── doc comments ───────────────────────────────────────────────────────────────────────────────────────────────

  /** The doc comment in front of the next token, as `{ doc }` or nothing. Earlier unattached ones are reported. */
  protected doc(): { readonly doc?: string } {
    if (this.docsSeen >= this.docs.length) return {};
    const before = this.start();
    const after = this.end();
    const lines: string[] = [];
    for (let next = this.docs[this.docsSeen]; next !== undefined && next.startOffset < before; next = this.docs[++this.docsSeen]) {
      if (next.startOffset >= after) lines.push(next.image.slice(next.image.charAt(3) === " " ? 4 : 3).trimEnd());
      else this.strayDoc(next);
    }
    return lines.length > 0 ? { doc: lines.join("\n") } : {};
  }

  protected remainingDocs(): void {
    for (let next = this.docs[this.docsSeen]; next !== undefined; next = this.docs[++this.docsSeen]) this.strayDoc(next);
  }

  private strayDoc(token: IToken): void {
    // What stands in skipped text documents something that could not be read.
    if (this.reporter.errors > 0) return;
    const start = token.startOffset;
    this.reporter.report("WB0140", {}, start, start + token.image.length, {
      help: "`///` documents the declaration, field or labelled clause after it; write `//` for a plain comment",
      fix: this.reporter.fix("make it a plain comment", true, { start, end: start + 3, text: "//" }),
    });
  }

  // ── recovery ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Runs `parse`; a syntax error in it is reported and its tokens are skipped up to where `items` can go on. */
  protected attempt<T>(items: Items, parse: () => T): T | undefined {
    if (this.RECORDING_PHASE) return parse();
    const first = this.LA(1);
    const loose = this.loose.length;
    try {
      const value = parse();
      this.reportLoose(loose);
      return value;
    } catch (error) {
      if (!isRecognitionException(error as Error)) throw error;
      this.loose.length = loose;
      this.splitEquals = false;
      this.reportMismatch(error as Error & { token: IToken; previousToken?: IToken });
      this.skipItem(items, first);
      return undefined;
    }
  }

  /** After the items of a block: true where an item was misspelt and skipped, and further items follow. */
  protected resume(items: Items): boolean {
    const topLevel = items.topLevel === true;
    if (this.RECORDING_PHASE) return false;
    const next = this.LA(1);
    if (this.atEnd(next) || (!topLevel && (next.tokenType === tokens.RBrace || this.isBoundary(next)))) return false;
    this.reportUnknownItem(items, next);
    this.skipItem(items, next);
    const after = this.LA(1);
    return !this.atEnd(after) && (topLevel || (after.tokenType !== tokens.RBrace && !this.isBoundary(after)));
  }

  protected atEnd(token: IToken): boolean {
    return token.tokenType.name === "EOF";
  }

  /** True where the closing brace is there. Reports its absence once, in front of whatever stands there. */
  protected closes(what: string, open: number): boolean {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === tokens.RBrace) return true;
    const end = this.end();
    this.reporter.report("WB0107", { what }, open, open + 1, {
      label: "opened here",
      help: "add `}`",
      expected: "`}`",
      found: foundText(this.LA(1)),
      fix: this.reporter.fix("add `}`", false, { start: end, end, text: "\n}" }),
    });
    return false;
  }

  private reportMismatch(error: Error & { token: IToken; previousToken?: IToken }): void {
    const previous = this.LA(0);
    mismatch(this.reporter, error.message, error.token, previous, this.text);
  }

  private reportUnknownItem(items: Items, token: IToken): void {
    const start = token.startOffset;
    const end = start + token.image.length;
    const guess = /^[A-Za-z_]/.test(token.image) ? nearest(token.image, items.words) : undefined;
    this.reporter.report("WB0102", { word: foundText(token), place: items.place }, start, end, {
      help: guess !== undefined ? `did you mean \`${guess}\`?` : `${items.place} begins with ${expectedText(items.words)}`,
      ...(guess !== undefined ? { fix: this.reporter.fix(`replace by \`${guess}\``, false, { start, end, text: guess }) } : {}),
    });
  }

  /** Reports each quantifier that was used as an operand since `from`. */
  protected reportLoose(from: number): void {
    for (const node of this.loose.splice(from)) {
      const { start, end } = node.span;
      const word = node.kind === "every" ? "every" : "some";
      this.reporter.report("WB0120", { word }, start, end, {
        help: "put the quantifier in parentheses",
        fix: this.reporter.fix("put it in parentheses", false, { start, end: start, text: "(" }, { start: end, end, text: ")" }),
      });
    }
  }

  /** First on its line. */
  private leads(token: IToken): boolean {
    for (let i = token.startOffset - 1; i >= 0; i--) {
      const code = this.text.charCodeAt(i);
      if (code === 10 || code === 13) return true;
      if (code !== 32 && code !== 9 && code !== 0xfeff) return false;
    }
    return true;
  }

  private isBoundary(token: IToken): boolean {
    if (!boundaries.has(token.tokenType)) return false;
    const before = this.text.charCodeAt(token.startOffset - 1);
    return token.startOffset === 0 || before === 10 || before === 13;
  }

  /** The index of `token` in the input, by its offset. */
  private indexOf(token: IToken): number {
    const all = this.input;
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle]?.startOffset ?? Number.POSITIVE_INFINITY) < token.startOffset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Skips the rest of the item that began at `first`: up to an item word outside the item's own braces, the brace that
   * closes the block, or a declaration at the beginning of a line.
   */
  private skipItem(items: Items, first: IToken): void {
    const begin = this.indexOf(first);
    const here = this.LA(1);
    const reached = this.atEnd(here) ? this.input.length : this.indexOf(here);
    let braces = 0;
    let brackets = 0;
    let index = begin;
    for (; index < this.input.length; index++) {
      const token = this.input[index] as IToken;
      if (this.atEnd(token)) break;
      const type = token.tokenType;
      if (index >= reached && index > begin && this.isBoundary(token)) break;
      if (type === tokens.LBrace) braces++;
      else if (type === tokens.LParen || type === tokens.LBracket) brackets++;
      else if (type === tokens.RParen || type === tokens.RBracket) brackets = Math.max(0, brackets - 1);
      else if (type === tokens.RBrace) {
        if (braces === 0 && items.topLevel !== true && index >= reached) break;
        braces = Math.max(0, braces - 1);
      } else if (index > begin && index >= reached && braces === 0 && this.beginsItem(items, index, brackets)) break;
    }
    while (!this.atEnd(this.LA(1)) && this.LA(1) !== this.input[index]) this.consume(0, this.LA(1).tokenType);
  }

  private beginsItem(items: Items, index: number, brackets: number): boolean {
    const token = this.input[index] as IToken;
    if (!items.words.includes(token.image) || this.input[index - 1]?.tokenType === tokens.Dot) return false;
    const contextual = items.contextual || token.image === "input";
    return !contextual || (brackets === 0 && this.leads(token));
  }
}
