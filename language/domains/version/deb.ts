/** Debian versions: Debian policy manual, section 5.6.12; the order of `dpkg --compare-versions`. */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

/** What is no digit, as text whose code units are in Debian's order, and the number that follows. */
interface Stretch {
  readonly other: string;
  readonly number: Natural;
}

interface DebianVersion {
  readonly epoch: Natural;
  readonly upstream: readonly Stretch[];
  readonly revision: readonly Stretch[];
}

const shape = /^(?:(\d{1,10}):)?([A-Za-z0-9.+~:-]+?)(?:-([A-Za-z0-9.+~]+))?$/;

function read(text: string): DebianVersion | undefined {
  const match = shape.exec(text.trim());
  if (match === null) return undefined;
  const [, epoch, upstream = "", revision] = match;
  // The last hyphen ends the upstream version: neither it nor the revision may be empty.
  if ((revision === undefined && upstream.includes("-")) || (epoch === undefined && upstream.includes(":"))) return undefined;
  return { epoch: natural(epoch ?? ""), upstream: stretchesOf(upstream), revision: stretchesOf(revision ?? "") };
}

/** `~` is below the end, the end below letters, letters below the rest. */
const tilde = "\u0001";
const end = "\u0002";
const nothing: Stretch = { other: end, number: 0 };

function stretchesOf(text: string): readonly Stretch[] {
  const found: Stretch[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    while (at < text.length && !isDigit(text.charCodeAt(at))) at++;
    const digits = at;
    while (at < text.length && isDigit(text.charCodeAt(at))) at++;
    const other = digits === start ? end : text.slice(start, digits).replace(/[^A-Za-z]/g, weight) + end;
    found.push({ other, number: natural(text.slice(digits, at)) });
  }
  return found;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function weight(character: string): string {
  return character === "~" ? tilde : String.fromCharCode(character.charCodeAt(0) + 256);
}

/** Stretches of non-digits by the weight of characters, stretches of digits by value, in turn. */
function orderParts(a: readonly Stretch[], b: readonly Stretch[]): Order {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a[i] ?? nothing, b[i] ?? nothing];
    const found = order(left.other, right.other) || order(left.number, right.number);
    if (found !== 0) return found;
  }
  return 0;
}

/** No revision is revision 0. */
export const deb: Scheme = schemeOf(
  read,
  (a, b) => order(a.epoch, b.epoch) || orderParts(a.upstream, b.upstream) || orderParts(a.revision, b.revision),
);
