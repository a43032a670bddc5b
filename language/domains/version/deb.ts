/** Debian versions: Debian policy manual, section 5.6.12; the order of `dpkg --compare-versions`. */
import { endOfDigits, isDigit, isLetter, orderDigits } from "./digits.ts";
import { type Natural, natural, type Order, order, type Scheme, walkedScheme } from "./scheme.ts";

/** A version, and where its parts stand in it. */
interface DebianVersion {
  readonly text: string;
  readonly epoch: Natural;
  readonly start: number;
  /** The last hyphen, which ends the upstream version; the text's length where there is none, and so no revision. */
  readonly hyphen: number;
}

const characters = /^[A-Za-z0-9.+~:-]+$/;
const longestEpoch = 10;

function read(text: string): DebianVersion | undefined {
  const version = text.trim();
  if (!characters.test(version)) return undefined;
  const colon = version.indexOf(":");
  if (colon === 0 || colon > longestEpoch || (colon > 0 && endOfDigits(version, 0, colon) < colon)) return undefined;
  const [start, last] = [colon + 1, version.lastIndexOf("-")];
  // Neither the upstream version nor the revision may be empty, and a revision has no colon.
  if (last === version.length - 1 || (last >= 0 && version.indexOf(":", last) >= 0)) return undefined;
  const hyphen = last < 0 ? version.length : last;
  if (hyphen <= start) return undefined;
  return { text: version, epoch: colon < 0 ? 0 : natural(version, 0, colon), start, hyphen };
}

/** `~` is below the end, the end below letters, letters below the rest; digits end a stretch of what is no digit. */
function weightAt(text: string, at: number, end: number): number {
  if (at >= end) return 0;
  const code = text.charCodeAt(at);
  if (isDigit(code)) return 0;
  if (isLetter(code)) return code;
  return code === tilde ? -1 : code + 256;
}

const tilde = 126;

/** Stretches of non-digits by the weight of characters, stretches of digits by value, in turn. */
function orderParts(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): Order {
  let [i, j] = [aStart, bStart];
  while (i < aEnd || j < bEnd) {
    for (;;) {
      const [left, right] = [weightAt(a, i, aEnd), weightAt(b, j, bEnd)];
      if (left !== right) return order(left, right);
      if (left === 0) break;
      i++;
      j++;
    }
    const [iEnd, jEnd] = [endOfDigits(a, i, aEnd), endOfDigits(b, j, bEnd)];
    const found = orderDigits(a, i, iEnd, b, j, jEnd);
    if (found !== 0) return found;
    [i, j] = [iEnd, jEnd];
  }
  return 0;
}

/** No revision is revision 0. */
function compare(a: DebianVersion, b: DebianVersion): Order {
  return (
    order(a.epoch, b.epoch) ||
    orderParts(a.text, a.start, a.hyphen, b.text, b.start, b.hyphen) ||
    orderParts(a.text, a.hyphen + 1, a.text.length, b.text, b.hyphen + 1, b.text.length)
  );
}

export const deb: Scheme = walkedScheme(read, compare);
