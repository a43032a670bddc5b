/** Debian versions: Debian policy manual, section 5.6.12; the order of `dpkg --compare-versions`. */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

interface DebianVersion {
  readonly epoch: Natural;
  readonly upstream: string;
  readonly revision: string;
}

const shape = /^(?:(\d{1,10}):)?([A-Za-z0-9.+~:-]+?)(?:-([A-Za-z0-9.+~]+))?$/;

function read(text: string): DebianVersion | undefined {
  const match = shape.exec(text.trim());
  if (match === null) return undefined;
  const [, epoch, upstream = "", revision] = match;
  if ((revision === undefined && upstream.endsWith("-")) || (epoch === undefined && upstream.includes(":"))) return undefined;
  return { epoch: natural(epoch ?? ""), upstream, revision: revision ?? "" };
}

/** `~` is below the end, the end below letters, letters below the rest. */
function weight(code: number): number {
  if (Number.isNaN(code) || isDigit(code)) return 0;
  if (code === 126) return -1;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? code : code + 256;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Stretches of non-digits by character weight, stretches of digits by value, in turn. */
function orderParts(a: string, b: string): Order {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a.charCodeAt(i))) || (j < b.length && !isDigit(b.charCodeAt(j)))) {
      const found = order(weight(a.charCodeAt(i)), weight(b.charCodeAt(j)));
      if (found !== 0) return found;
      i++;
      j++;
    }
    const [endA, endB] = [endOfDigits(a, i), endOfDigits(b, j)];
    const found = order(natural(a.slice(i, endA)), natural(b.slice(j, endB)));
    if (found !== 0) return found;
    [i, j] = [endA, endB];
  }
  return 0;
}

function endOfDigits(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end;
}

/** No revision is revision 0. */
export const deb: Scheme = schemeOf(
  read,
  (a, b) => order(a.epoch, b.epoch) || orderParts(a.upstream, b.upstream) || orderParts(a.revision, b.revision),
);
