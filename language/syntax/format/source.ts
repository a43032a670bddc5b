/**
 * The tokens and comments of a source, taken one after the other while the tree is walked. Every comment goes with the
 * token in front of which, or behind which, it was written, so none can be lost.
 */
import type { Comment, Token } from "../parse.ts";
import type { Doc } from "./doc.ts";

/** A comment on its own line in front of an item, and whether an empty line was above it. */
export interface Lead {
  readonly text: string;
  readonly blank: boolean;
}

/** Comments in front of an item; `blank` is true where an empty line is directly above the item. */
export interface Leads {
  readonly comments: readonly Lead[];
  readonly blank: boolean;
}

export class TokenSource {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #comments: readonly Comment[];
  #token = 0;
  #comment = 0;
  /** Where the last token or comment ended. */
  #end = 0;

  constructor(text: string, tokens: readonly Token[], comments: readonly Comment[]) {
    this.#text = text;
    this.#tokens = tokens;
    this.#comments = comments;
  }

  /** The token that comes next. */
  get next(): Token | undefined {
    return this.#tokens[this.#token];
  }

  /** The token after the next. */
  get second(): Token | undefined {
    return this.#tokens[this.#token + 1];
  }

  /** True where a line break stands in front of the next token. */
  get breaksHere(): boolean {
    const start = this.next?.start ?? this.#text.length;
    return /[\r\n]/.test(this.#text.slice(this.#tokens[this.#token - 1]?.end ?? 0, start));
  }

  /** The next token as it was written, with its comments. */
  take(): Doc {
    return this.takeAs(this.next?.text ?? "");
  }

  /** The next token, written as `text`; an empty text drops it, and keeps its comments. */
  takeAs(text: string): Doc {
    const token = this.next;
    if (token === undefined) return text;
    const before = this.#inner(token.start);
    this.#token++;
    this.#end = token.end;
    return [...before, text, ...this.#behind()];
  }

  /**
   * The comma that may come next, which the layout does without, with its comments. It stays where a comment is in front
   * of it: without it a doc comment would belong to what follows.
   */
  optionalComma(): { readonly doc: Doc; readonly kept: boolean } {
    const token = this.next;
    if (token?.kind !== "Comma") return { doc: "", kept: false };
    const comment = this.#comments[this.#comment];
    const behind = this.#end > (this.#tokens[this.#token - 1]?.end ?? 0);
    const kept = behind || (comment !== undefined && comment.start < token.start);
    return { doc: this.takeAs(kept ? "," : ""), kept };
  }

  /** The comments in front of the next item, which begins with the next token (or of the closing brace). */
  leads(): Leads {
    const limit = this.next?.start ?? this.#text.length;
    const comments: Lead[] = [];
    for (
      let comment = this.#comments[this.#comment];
      comment !== undefined && comment.start < limit;
      comment = this.#comments[++this.#comment]
    ) {
      comments.push({ text: comment.text.trimEnd(), blank: this.#blankBefore(comment.start) });
      this.#end = comment.end;
    }
    return { comments, blank: this.#blankBefore(limit) };
  }

  /** Comments in the middle of an item. */
  #inner(limit: number): Doc[] {
    const docs: Doc[] = [];
    for (
      let comment = this.#comments[this.#comment];
      comment !== undefined && comment.start < limit;
      comment = this.#comments[++this.#comment]
    ) {
      docs.push({ kind: "own", text: comment.text.trimEnd() });
      this.#end = comment.end;
    }
    return docs;
  }

  /** The comment on the same line behind what was taken last. */
  #behind(): Doc[] {
    const comment = this.#comments[this.#comment];
    if (comment === undefined || comment.start >= (this.next?.start ?? Number.POSITIVE_INFINITY)) return [];
    if (/[\r\n]/.test(this.#text.slice(this.#end, comment.start))) return [];
    this.#comment++;
    this.#end = comment.end;
    return [{ kind: "behind", text: comment.text.trimEnd() }];
  }

  #blankBefore(start: number): boolean {
    return (this.#text.slice(this.#end, start).match(/\r\n?|\n/g)?.length ?? 0) > 1;
  }
}
