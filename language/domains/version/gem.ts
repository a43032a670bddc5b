/** RubyGems versions: `Gem::Version#<=>` of rubygems (`lib/rubygems/version.rb`); CocoaPods has the same order. */
import { endOfDigits, endOfLetters, isDigit, isLetter } from "./digits.ts";
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

type Segment = Natural | string;

const shape = /^\s*([0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?\s*$/;

/** The canonical segments: no zeros at the end of the numbers, nor at the end of what follows them. A hyphen is `.pre.`. */
function read(text: string): readonly Segment[] | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const version = match[1] ?? "0";
  const segments: Segment[] = [];
  let words = false;
  for (let at = 0; at < version.length; ) {
    const start = at;
    const code = version.charCodeAt(at);
    if (isDigit(code)) {
      at = endOfDigits(version, at, version.length);
      segments.push(natural(version, start, at));
      continue;
    }
    at = isLetter(code) ? endOfLetters(version, at, version.length) : at + 1;
    if (code === dot) continue;
    if (!words) dropZeros(segments);
    words = true;
    segments.push(code === hyphen ? "pre" : version.slice(start, at));
  }
  dropZeros(segments);
  return segments;
}

const dot = 46;
const hyphen = 45;

function dropZeros(segments: Segment[]): void {
  while (segments.at(-1) === 0) segments.pop();
}

/** Words, which mark prereleases, are below numbers; a segment that is not there is zero. */
function compare(a: readonly Segment[], b: readonly Segment[]): Order {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a[i] ?? 0, b[i] ?? 0];
    if (typeof left === "string" && typeof right !== "string") return -1;
    if (typeof right === "string" && typeof left !== "string") return 1;
    const found = order(left, right);
    if (found !== 0) return found;
  }
  return 0;
}

export const gem: Scheme = schemeOf(read, compare);
