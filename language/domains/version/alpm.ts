/**
 * Arch Linux versions: `[epoch:]pkgver[-pkgrel]` (PKGBUILD(5)) in the order of `vercmp` (pacman, `lib/libalpm/version.c`),
 * which is RPM's of 2008: `1.0a` is below `1.0`, and neither tilde nor caret has a meaning. As `vercmp` does, a version
 * without a pkgrel equals each with one, and separators of different lengths count before what follows them: among such
 * texts (`1..a`, `1.`, `1.0`) its order is no total one, and is followed nonetheless.
 */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

interface Segment {
  /** How many separators stand before it. */
  readonly separators: number;
  /** Undefined: letters. */
  readonly value: Natural | undefined;
  readonly letters: string;
}

interface Part {
  readonly segments: readonly Segment[];
  /** Separators at the end. */
  readonly trailing: number;
}

interface ArchVersion {
  readonly epoch: Natural;
  readonly version: Part;
  /** Undefined: none. */
  readonly release: Part | undefined;
}

/** Printable ASCII without what PKGBUILD(5) forbids in every part: white space, slashes and further colons. */
const shape = /^(?:(\d*):)?([!-.0-9;-~]+?)(?:-([!-,.0-9;-~]+))?$/;

function read(text: string): ArchVersion | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, epoch = "", version = "", release] = match;
  // The last hyphen begins the pkgrel: neither it nor the pkgver may be empty.
  if (release === undefined && version.includes("-")) return undefined;
  return { epoch: natural(epoch), version: partOf(version), release: release === undefined ? undefined : partOf(release) };
}

function partOf(text: string): Part {
  const segments: Segment[] = [];
  let end = 0;
  for (let at = 0; at < text.length; ) {
    const kind = kindOf(text.charCodeAt(at));
    const start = at++;
    if (kind === "separator") continue;
    while (at < text.length && kindOf(text.charCodeAt(at)) === kind) at++;
    const found = text.slice(start, at);
    segments.push({
      separators: start - end,
      value: kind === "digit" ? natural(found) : undefined,
      letters: kind === "digit" ? "" : found,
    });
    end = at;
  }
  return { segments, trailing: text.length - end };
}

function kindOf(code: number): "digit" | "letter" | "separator" {
  if (code >= 48 && code <= 57) return "digit";
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? "letter" : "separator";
}

function orderParts(a: Part, b: Part): Order {
  const shared = Math.min(a.segments.length, b.segments.length);
  for (let i = 0; i < shared; i++) {
    const [left, right] = [a.segments[i] as Segment, b.segments[i] as Segment];
    const found = order(left.separators, right.separators) || orderSegments(left, right);
    if (found !== 0) return found;
  }
  return orderRests(a, b, shared);
}

/** Numbers are above letters. */
function orderSegments(a: Segment, b: Segment): Order {
  if (a.value === undefined) return b.value === undefined ? order(a.letters, b.letters) : -1;
  return b.value === undefined ? 1 : order(a.value, b.value);
}

/** Where one has no segment left: letters without a separator are below the end, anything else is above it. */
function orderRests(a: Part, b: Part, shared: number): Order {
  const [left, right] = [a.segments[shared], b.segments[shared]];
  if (left === undefined && right === undefined) return order(Math.min(a.trailing, 1), Math.min(b.trailing, 1));
  if (left !== undefined) return beats(left, b.trailing) ? 1 : -1;
  return right !== undefined && beats(right, a.trailing) ? -1 : 1;
}

/** Whether what goes on with the segment is above what ends, after so many separators of its own. */
function beats(segment: Segment, trailing: number): boolean {
  return segment.value !== undefined || (trailing === 0 && segment.separators > 0);
}

function compare(a: ArchVersion, b: ArchVersion): Order {
  const found = order(a.epoch, b.epoch) || orderParts(a.version, b.version);
  if (found !== 0 || a.release === undefined || b.release === undefined) return found;
  return orderParts(a.release, b.release);
}

export const alpm: Scheme = schemeOf(read, compare);
