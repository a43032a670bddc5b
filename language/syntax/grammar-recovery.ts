/**
 * Recovery, around the items of a block and the declarations of a file: an item that fails is reported once and skipped
 * up to the next item word of its block. Chevrotain's own recovery guesses token by token, which turns one mistake into
 * several messages.
 */
import { type IToken, isRecognitionException } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { Base } from "./grammar-base.ts";
import { continuations, elsewhere, type Items } from "./items.ts";
import { nearest } from "./nearest.ts";
import { errorLimit } from "./report.ts";
import { expectation, expectedText, foundText, unexpected } from "./syntax-errors.ts";
import { tokens, words } from "./tokens.ts";
import type { Name } from "./tree.ts";
import { isReserved } from "./words.ts";

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
]);

/** The item word that was meant by `word`: a near one, or the one that another language calls so. */
function meant(word: string, items: Items): string | undefined {
  const foreign = Object.keys(elsewhere).filter((w) => items.words.includes(elsewhere[w] ?? ""));
  const guess = nearest(word, [...items.words, ...foreign]) ?? word;
  return items.words.includes(guess) ? guess : foreign.includes(guess) ? elsewhere[guess] : undefined;
}

export abstract class Recovering extends Base {
  /** Runs `parse`; a syntax error in it is reported and its tokens are skipped up to where `items` can go on. */
  protected attempt<T>(items: Items, parse: () => T): T | undefined {
    if (this.RECORDING_PHASE) return parse();
    const first = this.LA(1);
    const loose = this.loose.length;
    this.tooDeep = false;
    try {
      const value = parse();
      this.reportLoose(loose);
      return value;
    } catch (error) {
      if (!isRecognitionException(error as Error)) throw error;
      this.loose.length = loose;
      this.splitEquals = false;
      const isName = this.reportMismatch(error as Error & { token: IToken });
      this.skipItem(items, first, isName);
      return undefined;
    }
  }

  /** Runs `parse` on the header of a block. Where it fails and a block follows, the block is still read for its own errors. */
  protected header<T>(parse: () => T): T | undefined {
    if (this.RECORDING_PHASE) return parse();
    const loose = this.loose.length;
    try {
      return parse();
    } catch (error) {
      if (!isRecognitionException(error as Error)) throw error;
      const open = this.blockAhead();
      if (open === undefined) throw error;
      this.loose.length = loose;
      this.splitEquals = false;
      this.reportMismatch(error as Error & { token: IToken });
      while (this.LA(1) !== open) this.consume(0, this.LA(1).tokenType);
      return undefined;
    }
  }

  /** The brace on this or the next lines that opens the block of the header here. */
  private blockAhead(): IToken | undefined {
    for (let ahead = 1; ; ahead++) {
      const token = this.LA(ahead);
      if (token.tokenType === tokens.LBrace) return token;
      if (this.atEnd(token) || token.tokenType === tokens.RBrace || token.tokenType === words.let || boundaries.has(token.tokenType))
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
  protected closes(kind: string, name: Name | undefined, open: number): boolean {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === tokens.RBrace) return true;
    const end = this.end();
    const what = name === undefined ? `this ${kind}` : `\`${kind} ${name.text}\``;
    this.reporter.report("WB0107", { what }, open, open + 1, {
      label: "opened here",
      help: "add `}`",
      expected: "`}`",
      found: foundText(this.LA(1)),
      fix: this.reporter.fix("add `}`", false, { start: end, end, text: "\n}" }),
    });
    return false;
  }

  /**
   * Reports what `error` says; the parser stands in front of the token that did not fit. True where that is a word that
   * was meant as a name, and so begins no item.
   */
  private reportMismatch(error: Error & { readonly token: IToken }): boolean {
    const { expected, second } = expectation(error.message);
    const token = second ? this.LA(2) : error.token;
    const before = this.LA(second ? 1 : 0);
    unexpected(this.reporter, expected, token, before.startOffset + before.image.length);
    return expected === "a name" && !this.leads(token);
  }

  private reportUnknownItem(items: Items, token: IToken): void {
    const start = token.startOffset;
    const end = start + token.image.length;
    const isWord = /^[A-Za-z_]/.test(token.image);
    const suggest = (guess: string | undefined, otherwise: string): Pick<Diagnostic, "help" | "fix"> =>
      guess === undefined
        ? { help: otherwise }
        : {
            help: `did you mean \`${guess}\`?`,
            fix: this.reporter.fix(`replace by \`${guess}\``, false, { start, end, text: guess }),
          };
    const begins = `${items.place} begins with ${expectedText(items.words)}`;
    if (token.startOffset > 0 && !this.leads(token) && this.LA(0).startOffset >= 0 && token.tokenType !== tokens.RBrace) {
      const found = foundText(token);
      const expected = `${items.or} or ${items.place}`;
      const guess = isWord ? nearest(token.image, [...continuations, ...items.words]) : undefined;
      this.reporter.report("WB0101", { expected, found }, start, end, { expected, found, ...suggest(guess, begins) });
      return;
    }
    if (token.tokenType === words.import || token.tokenType === words.module) {
      const help = "`module` comes first, then every `import`, then the declarations";
      this.reporter.report("WB0102", { word: foundText(token), place: items.place }, start, end, { help });
      return;
    }
    this.reporter.report(
      "WB0102",
      { word: foundText(token), place: items.place },
      start,
      end,
      suggest(isWord ? meant(token.image, items) : undefined, begins),
    );
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
   * closes the block, or a declaration at the beginning of a line. After too many errors, the rest of the file.
   */
  private skipItem(items: Items, first: IToken, isName = false): void {
    if (this.reporter.errors > errorLimit) {
      while (!this.atEnd(this.LA(1))) this.consume(0, this.LA(1).tokenType);
      return;
    }
    const begin = this.indexOf(first);
    const here = this.LA(1);
    const reached = (this.atEnd(here) ? this.input.length : this.indexOf(here)) + (isName ? 1 : 0);
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
    const named = items.named === true && !isReserved(token.image) && this.input[index + 1]?.tokenType === tokens.Colon;
    if (!(named || items.words.includes(token.image)) || this.input[index - 1]?.tokenType === tokens.Dot) return false;
    const contextual = items.contextual || token.image === "input";
    return !contextual || (brackets === 0 && this.leads(token));
  }
}
