/**
 * Token types (language/README.md, tokens). Words are lexed by one pattern and looked up afterwards: a word is then never
 * a prefix of another (`at` in `attestation`). The order of `lexed` is the order in which patterns are tried.
 */
import { createToken, EOF, type ITokenConfig, Lexer, type TokenType } from "chevrotain";
import { type ContextualWord, contextualWords, type ReservedWord, reservedWords } from "./words.ts";

/** Any word: what may follow a dot. */
const Word = createToken({ name: "Word", pattern: Lexer.NA, label: "a name" });
/** An identifier or a contextual word. */
const Name = createToken({ name: "Name", pattern: Lexer.NA, categories: [Word], label: "a name" });
const Identifier = createToken({ name: "Identifier", pattern: Lexer.NA, categories: [Name], label: "a name" });
const Underscore = createToken({ name: "Underscore", pattern: Lexer.NA, label: "`_`" });

/**
 * A token of `categories`. Told of them at once, chevrotain would go through all tokens of the same categories anew for
 * each; it does so for all when a parser is made, as long as one of them, `Name`, was told at once.
 */
function tokenOf(config: Omit<ITokenConfig, "categories">, categories: TokenType[]): TokenType {
  const type = createToken(config);
  type.CATEGORIES = categories;
  return type;
}

/** Classes of tokens that the grammar treats alike. */
const Connective = createToken({ name: "Connective", pattern: Lexer.NA, label: "`and` or `or`" });
const Compare = createToken({ name: "Compare", pattern: Lexer.NA, label: "a comparison" });
const Additive = createToken({ name: "Additive", pattern: Lexer.NA, label: "`+` or `-`" });
const Literal = createToken({ name: "Literal", pattern: Lexer.NA, label: "a literal" });
const Mark = createToken({ name: "Mark", pattern: Lexer.NA, label: "`known`, `claimed` or `closed`" });
const Cause = createToken({ name: "Cause", pattern: Lexer.NA, label: "`missing`, `transient`, `conflict` or `malformed`" });
const EffectWord = createToken({ name: "EffectWord", pattern: Lexer.NA, label: "`allow`, `warn` or `deny`" });
const Dimension = createToken({ name: "Dimension", pattern: Lexer.NA, label: "a dimension such as `exec`" });
const Action = createToken({ name: "Action", pattern: Lexer.NA, label: "`log`, `notify`, `errno` or `kill`" });

const classes: Readonly<Partial<Record<string, TokenType>>> = {
  and: Connective,
  or: Connective,
  true: Literal,
  false: Literal,
  known: Mark,
  claimed: Mark,
  closed: Mark,
  missing: Cause,
  transient: Cause,
  conflict: Cause,
  malformed: Cause,
  allow: EffectWord,
  warn: EffectWord,
  deny: EffectWord,
  syscalls: Dimension,
  exec: Dimension,
  write: Dimension,
  connect: Dimension,
  listen: Dimension,
  peers: Dimension,
  capabilities: Dimension,
  log: Action,
  notify: Action,
  errno: Action,
  kill: Action,
};

function keyword(text: string, category: TokenType): TokenType {
  const more = classes[text];
  return tokenOf({ name: `word_${text}`, pattern: Lexer.NA, label: `\`${text}\`` }, more ? [category, more] : [category]);
}

/** The token type of each word that means something. */
export const words = Object.fromEntries([
  ...reservedWords.map((w) => [w, keyword(w, Word)]),
  ...contextualWords.map((w) => [w, keyword(w, Name)]),
]) as Readonly<Record<ReservedWord | ContextualWord, TokenType>>;

/** Looks up the type of an unquoted word; identifiers are not in it. */
export const wordTypes: ReadonlyMap<string, TokenType> = new Map([...Object.entries(words), ["_", Underscore]]);

const digits = [..."0123456789"];
const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];

function literal(name: string, label: string, pattern: RegExp, start: string[], categories: TokenType[] = [Literal]): TokenType {
  return tokenOf({ name, label, pattern, start_chars_hint: start, line_breaks: false }, categories);
}
function mistake(name: string, pattern: RegExp, start: string[]): TokenType {
  return createToken({ name, pattern, start_chars_hint: start, line_breaks: true });
}
function symbol(name: string, text: string, categories: TokenType[] = []): TokenType {
  return tokenOf({ name, pattern: text, label: `\`${text}\``, start_chars_hint: [text.slice(0, 1)] }, categories);
}

const purlRest = "[A-Za-z0-9._~%:/@?&=#+-]";

export const tokens = {
  Word,
  Name,
  Identifier,
  Underscore,
  Connective,
  Compare,
  Additive,
  Literal,
  Mark,
  Cause,
  EffectWord,
  Dimension,
  Action,
  String: literal("String", "a string", /"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*"/, ['"']),
  Raw: literal("Raw", "a raw string", /'[^'\r\n]*'/, ["'"]),
  Purl: literal("Purl", "a package URL", new RegExp(`pkg:[A-Za-z0-9.+-]+/${purlRest}+`), ["p"], []),
  Advisory: literal("Advisory", "an advisory id", /(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})(?![A-Za-z0-9_-])/, ["C", "G"]),
  Date: literal("Date", "a date", /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}Z)?(?![A-Za-z0-9_])/, digits),
  Duration: literal("Duration", "a duration", /\d+[ \t]+(?:second|minute|hour|day|week)s?(?![A-Za-z0-9_])/, digits),
  Decimal: literal("Decimal", "a decimal number", /\d+\.\d+/, digits),
  Int: literal("Int", "a number", /\d+/, digits),
  Arrow: symbol("Arrow", "->"),
  DotDot: symbol("DotDot", ".."),
  EqualsEquals: symbol("EqualsEquals", "==", [Compare]),
  BangEquals: symbol("BangEquals", "!=", [Compare]),
  LessEquals: symbol("LessEquals", "<=", [Compare]),
  GreaterEquals: symbol("GreaterEquals", ">=", [Compare]),
  Less: symbol("Less", "<", [Compare]),
  Greater: symbol("Greater", ">", [Compare]),
  Equals: symbol("Equals", "="),
  Plus: symbol("Plus", "+", [Additive]),
  Minus: symbol("Minus", "-", [Additive]),
  Dot: symbol("Dot", "."),
  Comma: symbol("Comma", ","),
  Colon: symbol("Colon", ":"),
  Bar: symbol("Bar", "|"),
  Question: symbol("Question", "?"),
  LParen: symbol("LParen", "("),
  RParen: symbol("RParen", ")"),
  LBracket: symbol("LBracket", "["),
  RBracket: symbol("RBracket", "]"),
  LBrace: symbol("LBrace", "{"),
  RBrace: symbol("RBrace", "}"),
} as const;

/** What the lexer knows to be wrong; `scan` reports each and puts a token in its place that lets the parser go on. */
export const mistakes = {
  UnclosedString: mistake("UnclosedString", /"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*\\?/, ['"']),
  UnclosedRaw: mistake("UnclosedRaw", /'[^'\r\n]*/, ["'"]),
  PurlRange: mistake("PurlRange", new RegExp(`pkg:[A-Za-z0-9.+-]+/${purlRest}*@[<>^*!](?:[^\\s"'()[\\]{},|]|,(?=[<>=!^]))*`), ["p"]),
  BareUri: mistake("BareUri", /(?:spiffe|https?|oci|file):\/\/[^\s,"'()[\]{}|]*/, ["s", "h", "o", "f"]),
  BareDigest: mistake("BareDigest", /sha(?:256|384|512):[0-9a-fA-F]{32,}/, ["s"]),
  BareAddress: mistake("BareAddress", /\d+(?:\.\d+){2,}(?:\/\d+)?/, digits),
  BareIpv6: mistake("BareIpv6", /(?:[0-9A-Fa-f]{1,4}:(?=[0-9A-Fa-f:])[0-9A-Fa-f:]{0,40}|::[0-9A-Fa-f:]{0,40})\/\d+/, [
    ...digits,
    ..."ABCDEFabcdef:",
  ]),
  BlockComment: mistake("BlockComment", /\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/)?/, ["/"]),
  HashComment: mistake("HashComment", /#[^\r\n]*/, ["#"]),
  Rejected: mistake("Rejected", /=>|===|!==|&&|\|\||<>|!(?!=)|[;*/%&]/, [..."=&|!;*/%<"]),
  BadTick: mistake("BadTick", /`[^`\r\n]*`?/, ["`"]),
} as const;

const lettersBeyond = "\\u00c0-\\u1fff\\u2c00-\\ud7ff\\uf900-\\ufaff";
/** One character code of each bucket by which chevrotain finds the patterns that can match beyond code 255. */
const beyond = Array.from({ length: 257 }, (_, i) => 256 + i * 255);
/** A word before it is looked up. Foreign letters are let in, to report a word with them once and as a whole. */
export const AnyWord = createToken({
  name: "AnyWord",
  pattern: new RegExp(`[A-Za-z_${lettersBeyond}][A-Za-z0-9_${lettersBeyond}]*`),
  start_chars_hint: [...letters, "_", ...Array.from({ length: 64 }, (_, i) => 0xc0 + i), ...beyond],
  line_breaks: false,
});
export const TickedName = createToken({
  name: "TickedName",
  pattern: /`[A-Za-z_][A-Za-z0-9_]*`/,
  start_chars_hint: ["`"],
  line_breaks: false,
});

const WhiteSpace = createToken({ name: "WhiteSpace", pattern: /[ \t\r\n]+/, group: Lexer.SKIPPED, line_breaks: true });
const Comment = createToken({ name: "Comment", pattern: /\/\/[^\r\n]*/, group: "comments", start_chars_hint: ["/"], line_breaks: false });

const t = tokens;
const m = mistakes;

/** What stands in a text, in the order in which it is tried. */
export const lexed: TokenType[] = [
  WhiteSpace,
  Comment,
  t.String,
  t.Raw,
  m.UnclosedString,
  m.UnclosedRaw,
  m.PurlRange,
  t.Purl,
  m.BareUri,
  m.BareDigest,
  m.BareIpv6,
  t.Advisory,
  t.Date,
  t.Duration,
  m.BareAddress,
  t.Decimal,
  t.Int,
  AnyWord,
  TickedName,
  m.BadTick,
  m.BlockComment,
  m.HashComment,
  m.Rejected,
  t.Arrow,
  t.DotDot,
  t.EqualsEquals,
  t.BangEquals,
  t.LessEquals,
  t.GreaterEquals,
  t.Less,
  t.Greater,
  t.Equals,
  t.Plus,
  t.Minus,
  t.Dot,
  t.Comma,
  t.Colon,
  t.Bar,
  t.Question,
  t.LParen,
  t.RParen,
  t.LBracket,
  t.RBracket,
  t.LBrace,
  t.RBrace,
];

/** Everything a parser may consume. */
export const vocabulary: TokenType[] = [...Object.values(tokens), ...Object.values(words), EOF];

/** Chevrotain's lexer of these tokens, for the tests of ours; it throws where a definition is wrong. */
export function checkedLexer(): Lexer {
  return new Lexer(lexed, { positionTracking: "onlyOffset", ensureOptimizations: true });
}
