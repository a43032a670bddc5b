/**
 * What a regular expression means, for those that need no more than regular languages have: literals, classes, groups,
 * choices and repetition, `^` and `$`. The syntax is RE2's (semantics, section 4); whoever reads here has let RE2 accept
 * the text. Everything else of it (word boundaries, Unicode properties, case folding beyond ASCII) is left to RE2.
 */

/** Code points from the first to the second, inclusive; sorted, and apart from each other. */
export type Ranges = readonly (readonly [number, number])[];

export type RegexNode =
  | { readonly kind: "one"; readonly of: Ranges }
  | { readonly kind: "sequence"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly parts: readonly RegexNode[] }
  /** `most` may be Infinity. */
  | { readonly kind: "repeat"; readonly part: RegexNode; readonly least: number; readonly most: number }
  | { readonly kind: "start" }
  | { readonly kind: "end" };

interface Flags {
  readonly ignoresCase: boolean;
  readonly dotIsAll: boolean;
}

interface Cursor {
  readonly text: string;
  at: number;
}

export const lastCodePoint = 0x10ffff;
const newline = 0x0a;

/** The expression as a tree; undefined where it has what is left to RE2. */
export function readRegex(text: string): RegexNode | undefined {
  const cursor: Cursor = { text, at: 0 };
  const node = choice(cursor, { ignoresCase: false, dotIsAll: false });
  return cursor.at === text.length ? node : undefined;
}

/** Alternatives up to the end of the group. Flags that are set in one hold in the next, too. */
function choice(cursor: Cursor, given: Flags): RegexNode | undefined {
  const parts: RegexNode[] = [];
  let sequence: RegexNode[] = [];
  let flags = given;
  for (;;) {
    const next = cursor.text[cursor.at];
    if (next === undefined || next === ")" || next === "|") {
      parts.push({ kind: "sequence", parts: sequence });
      if (next !== "|") return parts.length === 1 ? parts[0] : { kind: "choice", parts };
      sequence = [];
      cursor.at += 1;
      continue;
    }
    const set = next === "(" ? flagsHere(cursor, flags) : undefined;
    if (set !== undefined) {
      flags = set;
      continue;
    }
    const atom = atomOf(cursor, flags);
    const repeated = atom && repeat(cursor, atom);
    if (repeated === undefined) return undefined;
    sequence.push(repeated);
  }
}

const flagGroup = /\(\?([isU]*)(?:-([isU]+))?([:)])/y;

/** `(?i)`: the flags from here to the end of the group; undefined where something else stands here. */
function flagsHere(cursor: Cursor, flags: Flags): Flags | undefined {
  const found = matchHere(flagGroup, cursor);
  if (found?.[3] !== ")") return undefined;
  cursor.at += found[0].length;
  return withFlags(flags, found);
}

function withFlags(flags: Flags, [, on = "", off = ""]: readonly string[]): Flags {
  const flag = (letter: string, now: boolean): boolean => (on.includes(letter) || now) && !off.includes(letter);
  return { ignoresCase: flag("i", flags.ignoresCase), dotIsAll: flag("s", flags.dotIsAll) };
}

function matchHere(pattern: RegExp, cursor: Cursor): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  return pattern.exec(cursor.text) ?? undefined;
}

function atomOf(cursor: Cursor, flags: Flags): RegexNode | undefined {
  const next = cursor.text[cursor.at];
  switch (next) {
    case "(":
      return group(cursor, flags);
    case "[":
      return one(classOf(cursor, flags));
    case ".":
      cursor.at += 1;
      return one(flags.dotIsAll ? complement([]) : complement([[newline, newline]]));
    case "^":
    case "$":
      cursor.at += 1;
      return assertion(cursor, next === "^" ? "start" : "end");
    case "*":
    case "+":
    case "?":
    case "{":
      return undefined;
    case "\\":
      return escaped(cursor, flags);
    default:
      return one(folded(single(codePoint(cursor)), flags));
  }
}

/** What stands at an end is not repeated, which would be legal and senseless. */
function assertion(cursor: Cursor, kind: "start" | "end"): RegexNode | undefined {
  return "*+?{".includes(cursor.text[cursor.at] ?? " ") ? undefined : { kind };
}

const groupStart = /\((?!\?)|\(\?P?<\w+>/y;

function group(cursor: Cursor, flags: Flags): RegexNode | undefined {
  const withOwn = matchHere(flagGroup, cursor);
  const plain = matchHere(groupStart, cursor);
  const start = plain ?? withOwn;
  if (start === undefined) return undefined;
  cursor.at += start[0].length;
  const inner = choice(cursor, plain === undefined && withOwn !== undefined ? withFlags(flags, withOwn) : flags);
  if (inner === undefined || cursor.text[cursor.at] !== ")") return undefined;
  cursor.at += 1;
  return inner;
}

const repetition = /[*+?]|\{(\d+)(?:(,)(\d*))?\}/y;

/** A quantifier. That it takes as little as it can (`*?`) makes no difference to whether the whole value matches. */
function repeat(cursor: Cursor, part: RegexNode): RegexNode | undefined {
  const found = matchHere(repetition, cursor);
  if (found === undefined) return part;
  cursor.at += found[0].length;
  if (cursor.text[cursor.at] === "?") cursor.at += 1;
  const [sign, low = "", comma, high = ""] = found;
  if (sign === "*") return { kind: "repeat", part, least: 0, most: Number.POSITIVE_INFINITY };
  if (sign === "+") return { kind: "repeat", part, least: 1, most: Number.POSITIVE_INFINITY };
  if (sign === "?") return { kind: "repeat", part, least: 0, most: 1 };
  const least = Number(low);
  return { kind: "repeat", part, least, most: comma === undefined ? least : high === "" ? Number.POSITIVE_INFINITY : Number(high) };
}

function escaped(cursor: Cursor, flags: Flags): RegexNode | undefined {
  const letter = cursor.text[cursor.at + 1] ?? "";
  if (letter === "A" || letter === "z") {
    cursor.at += 2;
    return assertion(cursor, letter === "A" ? "start" : "end");
  }
  return one(perlClass(cursor, flags) ?? folded(single(escapedCodePoint(cursor)), flags));
}

const perlClasses: Readonly<Record<string, Ranges>> = {
  d: [[0x30, 0x39]],
  s: [
    [0x09, 0x0a],
    [0x0c, 0x0d],
    [0x20, 0x20],
  ],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
};

/** `\d`, `\D` and their like. Case is folded before the class is turned around. */
function perlClass(cursor: Cursor, flags: Flags): Ranges | undefined {
  const letter = cursor.text[cursor.at + 1] ?? "";
  const positive = Object.hasOwn(perlClasses, letter.toLowerCase()) ? perlClasses[letter.toLowerCase()] : undefined;
  const ranges = positive && folded(positive, flags);
  if (ranges === undefined) return undefined;
  cursor.at += 2;
  return letter === letter.toLowerCase() ? ranges : complement(ranges);
}

const controls: Readonly<Record<string, number>> = { a: 0x07, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b };
const hexadecimal = /\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/y;

/** A character that is escaped, or written by its number; undefined where the escape is none of these. */
function escapedCodePoint(cursor: Cursor): number | undefined {
  const letter = cursor.text[cursor.at + 1] ?? "";
  const number = matchHere(hexadecimal, cursor);
  if (number !== undefined) {
    cursor.at += number[0].length;
    return Number.parseInt(number[1] ?? number[2] ?? "", 16);
  }
  const control = Object.hasOwn(controls, letter) ? controls[letter] : undefined;
  if (control === undefined && !/^[!-/:-@[-`{-~]$/.test(letter)) return undefined;
  cursor.at += 2;
  return control ?? letter.charCodeAt(0);
}

function codePoint(cursor: Cursor): number | undefined {
  const value = cursor.text.codePointAt(cursor.at);
  if (value === undefined || (value >= 0xd800 && value <= 0xdfff)) return undefined;
  cursor.at += value > 0xffff ? 2 : 1;
  return value;
}

/** `[…]`. A `]` that is the first of the class, and a `-` that is the first or last, is itself. */
function classOf(cursor: Cursor, flags: Flags): Ranges | undefined {
  cursor.at += 1;
  const negated = cursor.text[cursor.at] === "^";
  if (negated) cursor.at += 1;
  const start = cursor.at;
  const ranges: (readonly [number, number])[] = [];
  for (;;) {
    const next = cursor.text[cursor.at];
    if (next === "]" && cursor.at > start) break;
    if (next === undefined || cursor.text.startsWith("[:", cursor.at)) return undefined;
    const member = classMember(cursor, flags, start);
    if (member === undefined) return undefined;
    ranges.push(...member);
  }
  cursor.at += 1;
  const all = folded(united(ranges), flags);
  return all && (negated ? complement(all) : all);
}

function classMember(cursor: Cursor, flags: Flags, start: number): Ranges | undefined {
  const { text } = cursor;
  const isDash = text[cursor.at] === "-";
  if (isDash && cursor.at > start && text[cursor.at + 1] !== "]") return undefined;
  const perl = text[cursor.at] === "\\" ? perlClass(cursor, flags) : undefined;
  if (perl !== undefined) return perl;
  const low = classCodePoint(cursor);
  if (low === undefined || text[cursor.at] !== "-" || text[cursor.at + 1] === "]") return single(low);
  cursor.at += 1;
  const high = classCodePoint(cursor);
  return high === undefined || high < low ? undefined : [[low, high]];
}

function classCodePoint(cursor: Cursor): number | undefined {
  return cursor.text[cursor.at] === "\\" ? escapedCodePoint(cursor) : codePoint(cursor);
}

function one(of: Ranges | undefined): RegexNode | undefined {
  return of && { kind: "one", of };
}

function single(value: number | undefined): Ranges | undefined {
  return value === undefined || value > lastCodePoint ? undefined : [[value, value]];
}

/** Letters of ASCII that a sign beyond it folds to: the sign of Kelvin, and the long s. */
const signs: Readonly<Record<string, number>> = { k: 0x212a, s: 0x17f };
const signValues = new Map(Object.entries(signs).map(([letter, sign]) => [sign, letter.charCodeAt(0)]));

/** With what differs from them in case only, where case is ignored: for ASCII, and the signs that fold to it. */
function folded(ranges: Ranges | undefined, { ignoresCase }: Flags): Ranges | undefined {
  if (ranges === undefined || !ignoresCase) return ranges;
  const more: (readonly [number, number])[] = [...ranges];
  for (const [low, high] of ranges) {
    const sign = low === high ? signValues.get(low) : undefined;
    if (sign === undefined && high > 0x7f) return undefined;
    if (sign !== undefined) more.push([sign, sign], [sign ^ 0x20, sign ^ 0x20]);
    for (let value = low; value <= high && value <= 0x7f; value += 1) {
      const letter = String.fromCharCode(value);
      if (!/^[a-zA-Z]$/.test(letter)) continue;
      more.push([value ^ 0x20, value ^ 0x20]);
      const folds = signs[letter.toLowerCase()];
      if (folds !== undefined) more.push([folds, folds]);
    }
  }
  return united(more);
}

/** Sorted, those that touch made one. */
function united(ranges: Ranges): Ranges {
  const result: [number, number][] = [];
  for (const [low, high] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else result.push([low, high]);
  }
  return result;
}

function complement(ranges: Ranges): Ranges {
  const result: [number, number][] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) result.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= lastCodePoint) result.push([from, lastCodePoint]);
  return result;
}
