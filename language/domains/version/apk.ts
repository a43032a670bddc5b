/** Alpine versions: apk-package(5) and `apk_version_compare` of apk-tools 3 (`src/version.c`). */
import { endOfDigits, endOfLetters, isDigit, isLetter, orderDigits, orderRuns } from "./digits.ts";
import { type Order, order, type Scheme, walkedScheme } from "./scheme.ts";

const shape = /^\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*(?:~[0-9a-f]+)?(?:-r\d+)?$/;

/** What a version is made of, in rising order of kind. A version that ends earlier is above one that goes on, except as below. */
const [number, letter, suffix, suffixNumber, hash, revision, nothing] = [0, 1, 2, 3, 4, 5, 6];

/** The kind of what begins there, in a text of the shape. Digits that follow no dot and no `-r` are those of a suffix. */
function kindAt(text: string, at: number): number {
  if (at === 0) return number;
  if (at >= text.length) return nothing;
  const code = text.charCodeAt(at);
  if (isDigit(code)) return suffixNumber;
  if (isLetter(code)) return letter;
  return code === 46 ? number : code === 95 ? suffix : code === 126 ? hash : revision;
}

/** Of the suffix whose underscore stands there: those of a negative rank come before the release. */
function rankAt(text: string, underscore: number): number {
  const first = text[underscore + 1];
  if (first === "p") return text[underscore + 2] === "r" ? -2 : 5;
  return first === undefined ? 0 : (ranks[first] ?? 0);
}

/** alpha, beta, rc, cvs, svn, git, hg; pre is -2, p is 5. */
const ranks: Readonly<Record<string, number>> = { a: -4, b: -3, r: -1, c: 1, s: 2, g: 3, h: 4 };

function compare(a: string, b: string): Order {
  let [i, j] = [0, 0];
  for (;;) {
    const kind = kindAt(a, i);
    const other = kindAt(b, j);
    if (kind !== other) return orderKinds(kind === suffix && rankAt(a, i) < 0, other === suffix && rankAt(b, j) < 0, order(other, kind));
    if (kind === nothing) return 0;
    const [iStart, jStart] = [i + leads(kind, i), j + leads(kind, j)];
    const [iEnd, jEnd] = [endOf(kind, a, iStart), endOf(kind, b, jStart)];
    // A fraction with a leading zero is compared as text, like a decimal fraction.
    const asText = kind === letter || kind === hash || (kind === number && i > 0 && (a[iStart] === "0" || b[jStart] === "0"));
    const found =
      kind === suffix
        ? order(rankAt(a, i), rankAt(b, j))
        : asText
          ? orderRuns(a, iStart, iEnd, b, jStart, jEnd)
          : orderDigits(a, iStart, iEnd, b, jStart, jEnd);
    if (found !== 0) return found;
    [i, j] = [iEnd, jEnd];
  }
}

/** Where the kinds differ: a prerelease suffix is below whatever the other has; else the kind that comes first is above. */
function orderKinds(aBefore: boolean, bBefore: boolean, kinds: Order): Order {
  return aBefore ? -1 : bBefore ? 1 : kinds;
}

/** How many characters only mark the kind: `.`, `_`, `~`, `-r`. */
function leads(kind: number, at: number): number {
  if (kind === revision) return 2;
  return kind === letter || kind === suffixNumber || at === 0 ? 0 : 1;
}

function endOf(kind: number, text: string, at: number): number {
  if (kind === letter) return at + 1;
  if (kind === suffix) return endOfLetters(text, at, text.length);
  if (kind !== hash) return endOfDigits(text, at, text.length);
  const end = text.indexOf("-", at);
  return end < 0 ? text.length : end;
}

/** A version is read where it stands. */
export const apk: Scheme = walkedScheme((text) => (shape.test(text) ? text : undefined), compare);
