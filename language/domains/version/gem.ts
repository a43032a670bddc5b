/** RubyGems versions: `Gem::Version#<=>` of rubygems (`lib/rubygems/version.rb`); CocoaPods has the same order. */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

type Segment = Natural | string;

const shape = /^\s*([0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?\s*$/;

/** The canonical segments: no zeros at the end of the numbers, nor at the end of what follows them. */
function read(text: string): readonly Segment[] | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const segments = ((match[1] ?? "0").replaceAll("-", ".pre.").match(/[0-9]+|[a-zA-Z]+/g) ?? []).map((part) =>
    isNumeric(part) ? natural(part) : part,
  );
  const words = segments.findIndex((segment) => typeof segment === "string");
  const numbers = words < 0 ? segments : segments.slice(0, words);
  return [...withoutZeros(numbers), ...withoutZeros(words < 0 ? [] : segments.slice(words))];
}

function isNumeric(text: string): boolean {
  return text.charCodeAt(0) < 58;
}

function withoutZeros(segments: readonly Segment[]): readonly Segment[] {
  return segments.slice(0, segments.findLastIndex((segment) => segment !== 0) + 1);
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
