/**
 * From characters to tokens, by the patterns of `tokens.ts` in their order. Chevrotain's lexer, made from the same
 * definitions, takes as long to set up as a policy takes to read; a test holds the two against each other.
 */
import type { IToken, TokenType } from "chevrotain";
import { AnyWord, lexed } from "./tokens.ts";

/** A run of characters that begins no token. */
export interface Strange {
  readonly start: number;
  readonly end: number;
}

export interface Lexed {
  readonly tokens: IToken[];
  readonly comments: IToken[];
  readonly strange: readonly Strange[];
}

interface Candidate {
  readonly type: TokenType;
  readonly isComment: boolean;
  /** Absent: the token is exactly `text`. */
  readonly pattern: RegExp | undefined;
  readonly text: string;
}

const space: ReadonlySet<number> = new Set([9, 10, 13, 32]);
const firstBeyond = 128;
const zero = 48;
const nine = 57;
const colon = 58;
const hyphen = 45;

/** What may begin with a character, by its code; the last entry is for all beyond ASCII. */
let table: readonly (readonly Candidate[])[] | undefined;

function candidates(): readonly (readonly Candidate[])[] {
  const byCode: Candidate[][] = Array.from({ length: firstBeyond + 1 }, () => []);
  for (const type of lexed) {
    const { PATTERN, START_CHARS_HINT = [] } = type;
    const candidate: Candidate = {
      type,
      isComment: type.GROUP === "comments",
      pattern: PATTERN instanceof RegExp ? new RegExp(PATTERN.source, "y") : undefined,
      text: typeof PATTERN === "string" ? PATTERN : "",
    };
    const codes = START_CHARS_HINT.map((start) => Math.min(typeof start === "number" ? start : start.charCodeAt(0), firstBeyond));
    for (const code of new Set(codes)) byCode[code]?.push(candidate);
  }
  return byCode;
}

/** Where the candidate ends that stands at `start`; -1 where it does not. */
function endOf(candidate: Candidate, text: string, start: number): number {
  const { pattern } = candidate;
  if (pattern === undefined) return text.startsWith(candidate.text, start) ? start + candidate.text.length : -1;
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function tokenOf(type: TokenType, image: string, start: number): IToken {
  return { image, startOffset: start, tokenTypeIdx: type.tokenTypeIdx ?? -1, tokenType: type };
}

const isWord = Array.from({ length: firstBeyond }, (_, code) => /\w/.test(String.fromCharCode(code)));

/**
 * Where the plain word ends that begins at `start`; -1 where another pattern might have it. Those that begin with a
 * letter and are no words have `:` or `-` after their first letters and digits (`pkg:`, `https:`, `sha256:`, `fe80:`, `CVE-`).
 */
function endOfWord(text: string, start: number): number {
  let end = start + 1;
  while (isWord[text.charCodeAt(end)] === true) end += 1;
  const next = text.charCodeAt(end);
  return next === colon || next === hyphen || next >= firstBeyond ? -1 : end;
}

/** Reads the whole text; blanks are left out. */
export function tokenize(text: string): Lexed {
  table ??= candidates();
  const tokens: IToken[] = [];
  const comments: IToken[] = [];
  const strange: Strange[] = [];
  let unknownFrom = -1;
  let offset = 0;
  while (offset < text.length) {
    const code = text.charCodeAt(offset);
    let end = space.has(code) ? offset + 1 : -1;
    if (isWord[code] === true && (code < zero || code > nine)) {
      end = endOfWord(text, offset);
      if (end >= 0) tokens.push(tokenOf(AnyWord, text.slice(offset, end), offset));
    }
    if (end < 0) {
      for (const candidate of table[Math.min(code, firstBeyond)] ?? []) {
        end = endOf(candidate, text, offset);
        if (end < 0) continue;
        const image = candidate.pattern === undefined ? candidate.text : text.slice(offset, end);
        (candidate.isComment ? comments : tokens).push(tokenOf(candidate.type, image, offset));
        break;
      }
    }
    if (end < 0) {
      if (unknownFrom < 0) unknownFrom = offset;
      offset += 1;
      continue;
    }
    if (unknownFrom >= 0) strange.push({ start: unknownFrom, end: offset });
    unknownFrom = -1;
    offset = end;
  }
  if (unknownFrom >= 0) strange.push({ start: unknownFrom, end: offset });
  return { tokens, comments, strange };
}
