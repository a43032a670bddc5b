/** What all parts of the parser share: spans, names, literals and doc comments. */
import { EmbeddedActionsParser, type IParserConfig, type IToken } from "chevrotain";
import { type OnProblem, stringValue, templateOf } from "./literals.ts";
import { Reporter } from "./report.ts";
import { messageProvider } from "./syntax-errors.ts";
import { tokens, vocabulary } from "./tokens.ts";
import type { AdvisoryLiteral, DateLiteral, Expr, Name, QName, StringLiteral, Template } from "./tree.ts";
import { isReserved } from "./words.ts";

/** Deeper trees would overflow the stack of a pass that walks them. */
export const depthLimit = 400;

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
  /** The item that is being read has an expression that is too deep, and it is reported. */
  protected tooDeep = false;
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
}
