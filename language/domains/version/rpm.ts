/** RPM versions: `[epoch:]version[-release]` by `rpmvercmp` of rpm (`rpmio/rpmvercmp.cc`; tilde and caret included). */
import { endOfDigits, endOfLetters, isDigit, isLetter, orderDigits, orderRuns } from "./digits.ts";
import { type Natural, natural, type Order, order, type Scheme, walkedScheme } from "./scheme.ts";

/** A version, and where its parts stand in it. */
interface RpmVersion {
  readonly text: string;
  readonly epoch: Natural;
  readonly start: number;
  /** The last hyphen, which ends the version; the text's length where there is none, and so no release. */
  readonly hyphen: number;
}

function read(text: string): RpmVersion | undefined {
  const colon = endOfDigits(text, 0, text.length);
  const start = text[colon] === ":" ? colon + 1 : 0;
  const last = text.lastIndexOf("-");
  const hyphen = last < 0 ? text.length : last;
  return hyphen === start ? undefined : { text, epoch: start === 0 ? 0 : natural(text, 0, colon), start, hyphen };
}

/** In rising order: a tilde is below the end, a caret above it and below everything else, letters below digits. */
const [tilde, nothing, caret, letters, digits] = [0, 1, 2, 3, 4];

/** What is none of these separates segments and does not count. */
function afterSeparators(text: string, at: number, end: number): number {
  let i = at;
  while (i < end && kindOf(text.charCodeAt(i)) === nothing) i++;
  return i;
}

function kindOf(code: number): number {
  if (isDigit(code)) return digits;
  if (isLetter(code)) return letters;
  return code === 126 ? tilde : code === 94 ? caret : nothing;
}

/** Segments in turn: by kind, then numbers by value and letters as text. */
function orderParts(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): Order {
  let [i, j] = [aStart, bStart];
  for (;;) {
    i = afterSeparators(a, i, aEnd);
    j = afterSeparators(b, j, bEnd);
    const kind = i < aEnd ? kindOf(a.charCodeAt(i)) : nothing;
    const found = order(kind, j < bEnd ? kindOf(b.charCodeAt(j)) : nothing);
    if (found !== 0 || kind === nothing) return found;
    const [iEnd, jEnd] = [endOf(kind, a, i, aEnd), endOf(kind, b, j, bEnd)];
    const inside = kind === digits ? orderDigits(a, i, iEnd, b, j, jEnd) : orderRuns(a, i, iEnd, b, j, jEnd);
    if (inside !== 0) return inside;
    [i, j] = [iEnd, jEnd];
  }
}

/** Where the segment that begins at `at` ends. */
function endOf(kind: number, text: string, at: number, end: number): number {
  if (kind === digits) return endOfDigits(text, at, end);
  return kind === letters ? endOfLetters(text, at, end) : at + 1;
}

/** A version without a release is below each with one. */
function compare(a: RpmVersion, b: RpmVersion): Order {
  const found = order(a.epoch, b.epoch) || orderParts(a.text, a.start, a.hyphen, b.text, b.start, b.hyphen);
  if (found !== 0) return found;
  const [left, right] = [a.hyphen < a.text.length, b.hyphen < b.text.length];
  if (!left || !right) return order(left ? 1 : 0, right ? 1 : 0);
  return orderParts(a.text, a.hyphen + 1, a.text.length, b.text, b.hyphen + 1, b.text.length);
}

export const rpm: Scheme = walkedScheme(read, compare);
