/**
 * Arch Linux versions: `[epoch:]pkgver[-pkgrel]` (PKGBUILD(5)) in the order of `vercmp` (pacman, `lib/libalpm/version.c`),
 * which is RPM's of 2008: `1.0a` is below `1.0`, and neither tilde nor caret has a meaning. As `vercmp` does, a version
 * without a pkgrel equals each with one, and separators of different lengths count before what follows them: among such
 * texts (`1..a`, `1.`, `1.0`) its order is no total one, and is followed nonetheless.
 */
import { endOfDigits, endOfLetters, isDigit, isLetter, orderDigits, orderRuns } from "./digits.ts";
import { type Natural, natural, type Order, order, type Scheme, walkedScheme } from "./scheme.ts";

/** A version, and where its parts stand in it. */
interface ArchVersion {
  readonly text: string;
  readonly epoch: Natural;
  readonly start: number;
  /** The last hyphen, which ends the pkgver; the text's length where there is none, and so no pkgrel. */
  readonly hyphen: number;
}

/** Printable ASCII without what PKGBUILD(5) forbids in every part: white space, slashes and further colons. */
const shape = /^(?:\d*:)?[!-.0-9;-~]+$/;

function read(text: string): ArchVersion | undefined {
  if (!shape.test(text)) return undefined;
  const [colon, last] = [text.indexOf(":"), text.lastIndexOf("-")];
  const start = colon + 1;
  // The last hyphen begins the pkgrel: neither it nor the pkgver may be empty.
  if (last === start || last === text.length - 1) return undefined;
  return { text, epoch: colon < 0 ? 0 : natural(text, 0, colon), start, hyphen: last < 0 ? text.length : last };
}

function afterSeparators(text: string, at: number, end: number): number {
  let i = at;
  while (i < end && !isDigit(text.charCodeAt(i)) && !isLetter(text.charCodeAt(i))) i++;
  return i;
}

/** Segments in turn: by how many separators stand before them, then letters below numbers, those by value. */
function orderParts(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): Order {
  let [i, j] = [aStart, bStart];
  for (;;) {
    const [left, right] = [afterSeparators(a, i, aEnd), afterSeparators(b, j, bEnd)];
    // Where both end, separators at the end are above none.
    if (left === aEnd && right === bEnd) return order(i < aEnd ? 1 : 0, j < bEnd ? 1 : 0);
    if (right === bEnd) return goesAbove(a, i, left, j < bEnd) ? 1 : -1;
    if (left === aEnd) return goesAbove(b, j, right, i < aEnd) ? -1 : 1;
    const separators = order(left - i, right - j);
    if (separators !== 0) return separators;
    const digits = isDigit(a.charCodeAt(left));
    if (digits !== isDigit(b.charCodeAt(right))) return digits ? 1 : -1;
    [i, j] = digits
      ? [endOfDigits(a, left, aEnd), endOfDigits(b, right, bEnd)]
      : [endOfLetters(a, left, aEnd), endOfLetters(b, right, bEnd)];
    const found = digits ? orderDigits(a, left, i, b, right, j) : orderRuns(a, left, i, b, right, j);
    if (found !== 0) return found;
  }
}

/**
 * Whether what goes on, from `at` by separators to a segment, is above what ends, by separators of its own or none:
 * letters without a separator are below the end, anything else is above it.
 */
function goesAbove(text: string, at: number, segment: number, endsInSeparators: boolean): boolean {
  return isDigit(text.charCodeAt(segment)) || (!endsInSeparators && segment > at);
}

function compare(a: ArchVersion, b: ArchVersion): Order {
  const found = order(a.epoch, b.epoch) || orderParts(a.text, a.start, a.hyphen, b.text, b.start, b.hyphen);
  if (found !== 0 || a.hyphen === a.text.length || b.hyphen === b.text.length) return found;
  return orderParts(a.text, a.hyphen + 1, a.text.length, b.text, b.hyphen + 1, b.text.length);
}

export const alpm: Scheme = walkedScheme(read, compare);
