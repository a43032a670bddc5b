/**
 * From text to tokens: runs the lexer, gives words their types, reports what the lexer alone can know to be wrong and
 * replaces it by a token that lets the parser go on. Refuses sources that are too large or nested too deeply, before
 * anything recursive looks at them.
 */
import type { IToken, TokenType } from "chevrotain";
import { tokenize } from "./lexer.ts";
import type { Reporter } from "./report.ts";
import { AnyWord, mistakes, TickedName, tokens, words, wordTypes } from "./tokens.ts";
import type { SourceFile } from "./tree.ts";

/** UTF-16 units. A package of a hundred thousand lines has fewer. */
export const sizeLimit = 4 * 1024 * 1024;
/** Brackets and quantifiers inside each other. */
export const nestingLimit = 200;

export interface Scan {
  readonly tokens: IToken[];
  /** `//` and `///` comments, in order. */
  readonly comments: readonly IToken[];
  /** Nothing may be parsed. */
  readonly refused: boolean;
}

const set = (...types: readonly TokenType[]): ReadonlySet<number> => new Set(types.map((t) => t.tokenTypeIdx as number));
const wordIdx = AnyWord.tokenTypeIdx as number;
const openers = set(tokens.LParen, tokens.LBracket, tokens.LBrace);
const closers = set(tokens.RParen, tokens.RBracket, tokens.RBrace);
const quantifiers = set(words.every, words.some);
/** After one of these a new expression begins, so quantifiers before it do not nest with those after it. */
const fresh = set(
  tokens.Comma,
  words.require,
  words.forbid,
  words.let,
  words.when,
  words.else,
  words.then,
  words.given,
  words.with,
  words.expect,
);
const special = set(AnyWord, TickedName, ...Object.values(mistakes));

/** What comes after `=>` where it was meant as `else`. */
const outcomes = new Set(["warn", "deny", "quarantine", "log", "notify", "errno", "kill", "otherwise", "under_investigation"]);

function retype(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}

/** The tokens of `source`; problems go to `reporter`. */
export function scan(source: SourceFile, reporter: Reporter): Scan {
  const { text } = source;
  if (text.length > sizeLimit) {
    reporter.report("WB0103", { size: text.length, limit: sizeLimit }, 0, 0, { help: "split it into modules" });
    return { tokens: [], comments: [], refused: true };
  }
  // A byte-order mark says nothing in UTF-8; a blank in its place keeps every offset.
  const result = tokenize(text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text);
  const foreign = checkCharacters(text, reporter);
  for (const { start, end } of result.strange) strangeCharacters(text, start, end, reporter);

  const scanned = result.tokens;
  let kept = 0;
  let depth = 0;
  let chained = 0;
  for (let i = 0; i < scanned.length; i++) {
    const token = scanned[i] as IToken;
    if (token.tokenTypeIdx === wordIdx) {
      retype(token, wordTypes.get(token.image) ?? tokens.Identifier);
      if (foreign) foreignLetters(token, reporter);
    } else if (special.has(token.tokenTypeIdx) && !replaceMistake(token, scanned[i + 1], text, reporter)) continue;
    scanned[kept++] = token;
    const type = token.tokenTypeIdx;
    if (openers.has(type)) depth++;
    else if (closers.has(type)) {
      depth = Math.max(0, depth - 1);
      chained = 0;
    } else if (quantifiers.has(type)) chained++;
    else if (fresh.has(type)) chained = 0;
    if (depth + chained > nestingLimit) {
      reporter.report("WB0104", { limit: nestingLimit }, token.startOffset, token.startOffset + token.image.length, {
        help: "name the inner parts with `let` or `function`",
      });
      return { tokens: [], comments: [], refused: true };
    }
  }
  scanned.length = kept;
  return { tokens: scanned, comments: result.comments, refused: false };
}

/** Reports bidirectional and broken characters, wherever they stand. True where there is more than ASCII. */
function checkCharacters(text: string, reporter: Reporter): boolean {
  if (!/[^\t\n\r\x20-\x7e]/.test(text)) return false;
  const strange = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]|\ufffd/g;
  for (let match = strange.exec(text); match !== null; match = strange.exec(text)) {
    if (match[0].length === 2) continue;
    const start = match.index;
    const codePoint = named(match[0]);
    if (/[\ud800-\udfff\ufffd]/.test(match[0])) {
      reporter.report("WB0112", { codePoint }, start, start + 1, { help: "save the file as UTF-8" });
    } else {
      const written = `\\u{${match[0].charCodeAt(0).toString(16).toUpperCase()}}`;
      reporter.report("WB0111", { codePoint }, start, start + 1, { help: `write \`${written}\` in a string, or delete it` });
    }
  }
  return true;
}

/** Reports the first letter of a word that is not ASCII. */
function foreignLetters(token: IToken, reporter: Reporter): void {
  const at = token.image.search(/[^\x20-\x7e]/);
  if (at === -1) return;
  const letter = token.image.charAt(at);
  const start = token.startOffset;
  reporter.report("WB0110", { found: `\`${letter}\` (${named(letter)})` }, start, start + token.image.length, {
    help: "names are ASCII letters, digits and `_`",
  });
}

const reportedElsewhere = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd]/;

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Characters that begin no token. */
function strangeCharacters(text: string, start: number, end: number, reporter: Reporter): void {
  const run = text.slice(start, end);
  const first = String.fromCodePoint(run.codePointAt(0) ?? 0);
  if (reportedElsewhere.test(first) && first.length === 1) return;
  const visible = first > " " && first < "\x7f" ? `\`${first}\`` : first > "\xa0" ? `\`${first}\` (${named(first)})` : named(first);
  if (/^[“”„‟″]+$/.test(run)) {
    reporter.report("WB0110", { found: visible }, start, end, {
      help: 'strings are written with `"`',
      fix: reporter.fix('replace by `"`', false, { start, end, text: '"' }),
    });
    return;
  }
  reporter.report("WB0110", { found: visible }, start, end, { help: "only ASCII is accepted outside strings and comments" });
}

/** Reports the mistake, if it is one, and makes the token one the grammar knows. False: the token is dropped. */
function replaceMistake(token: IToken, next: IToken | undefined, text: string, reporter: Reporter): boolean {
  const start = token.startOffset;
  const end = start + token.image.length;
  const quoted = (what: string): void => {
    reporter.report("WB0117", { what }, start, end, {
      help: "put it in quotes",
      fix: reporter.fix("put it in quotes", true, { start, end, text: JSON.stringify(token.image) }),
    });
    retype(token, tokens.String);
  };
  switch (token.tokenType) {
    case TickedName:
      retype(token, tokens.Identifier);
      return true;
    case mistakes.UnclosedString:
      reporter.report("WB0113", {}, start, end, { help: 'close it with `"`; a line break in a string is written `\\n`' });
      retype(token, tokens.String);
      return true;
    case mistakes.UnclosedRaw:
      reporter.report("WB0113", {}, start, end, { help: "close it with `'`" });
      retype(token, tokens.Raw);
      return true;
    case mistakes.BareUri:
      quoted(token.image.startsWith("spiffe") ? "a SPIFFE id" : "a URL");
      return true;
    case mistakes.BareDigest:
      quoted("a digest");
      return true;
    case mistakes.BareAddress:
      quoted(/^\d+(\.\d+){3}(\/\d+)?$/.test(token.image) ? "an IP address" : "a version");
      return true;
    case mistakes.BareIpv6:
      quoted("an IP address");
      return true;
    case mistakes.PurlRange:
      purlRange(token, reporter);
      return true;
    case mistakes.BadTick:
      reporter.report("WB0119", { found: token.image }, start, end, {
        help: "a name is letters, digits and `_`, and does not begin with a digit",
      });
      retype(token, tokens.Identifier);
      return true;
    case mistakes.BlockComment:
    case mistakes.HashComment: {
      const block = token.tokenType === mistakes.BlockComment;
      const lines = token.image.replace(block ? /^\/\*|\*\/$/g : /^#/, "").split(/\r\n?|\n/);
      reporter.report("WB0115", { written: block ? "/*" : "#", instead: "`//`" }, start, start + (block ? 2 : 1), {
        help: "a comment begins with `//` and ends with its line",
        ...(block && next !== undefined
          ? {}
          : { fix: reporter.fix("make it a `//` comment", true, { start, end, text: lines.map((l) => `//${l}`).join("\n") }) }),
      });
      return false;
    }
    default:
      return replaceSymbol(token, next, text, reporter);
  }
}

function purlRange(token: IToken, reporter: Reporter): void {
  const start = token.startOffset;
  const end = start + token.image.length;
  const at = token.image.search(/@[<>^*!]/);
  const purl = token.image.slice(0, at);
  const versions = token.image.slice(at + 1);
  const text = `${purl} versions ${JSON.stringify(versions)}`;
  reporter.report("WB0118", { purl }, start, end, {
    help: `write \`${text}\``,
    fix: reporter.fix("split off `versions`", true, { start, end, text }),
  });
  token.image = purl;
  retype(token, tokens.Purl);
}

const spelling: Readonly<Record<string, { readonly text: string; readonly type: TokenType }>> = {
  "===": { text: "==", type: tokens.EqualsEquals },
  "!==": { text: "!=", type: tokens.BangEquals },
  "<>": { text: "!=", type: tokens.BangEquals },
  "&&": { text: "and", type: words.and },
  "&": { text: "and", type: words.and },
  "||": { text: "or", type: words.or },
  "!": { text: "not", type: words.not },
  "=>": { text: ">=", type: tokens.GreaterEquals },
};

function replaceSymbol(token: IToken, next: IToken | undefined, source: string, reporter: Reporter): boolean {
  const start = token.startOffset;
  const end = start + token.image.length;
  const written = token.image;
  if (written === ";") {
    reporter.report("WB0115", { written, instead: "as nothing at all: items need no end" }, start, end, {
      help: "delete it",
      fix: reporter.fix("delete it", true, { start, end, text: "" }),
    });
    return false;
  }
  const meant = written === "=>" && next !== undefined && outcomes.has(next.image) ? { text: "else", type: words.else } : spelling[written];
  if (meant === undefined) {
    reporter.report("WB0116", { written }, start, end, {
      help: "there is no multiplication, so that policies stay decidable; `+` and `-` exist",
    });
    retype(token, tokens.Plus);
    return true;
  }
  const inRow = written === "||" && /(?:^|[\r\n])[ \t]*\|[^\r\n]*$/.test(source.slice(Math.max(0, start - 200), start));
  if (inRow) {
    reporter.report("WB0115", { written, instead: "`| _ |` in a row" }, start, end, {
      help: "a cell that matches anything is `_`",
      fix: reporter.fix("replace by `| _ |`", true, { start, end, text: "| _ |" }),
    });
    retype(token, tokens.Bar);
    return true;
  }
  // Other languages need no blank around `&&` and after `!`; a word does.
  const word = /^[a-z]/.test(meant.text);
  const text = `${word && /\w/.test(source.charAt(start - 1)) ? " " : ""}${meant.text}${word && next?.startOffset === end ? " " : ""}`;
  reporter.report("WB0115", { written, instead: `\`${meant.text}\`` }, start, end, {
    help: `write \`${meant.text}\``,
    fix: reporter.fix(`replace by \`${meant.text}\``, true, { start, end, text }),
  });
  retype(token, meant.type);
  return true;
}
