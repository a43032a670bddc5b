/** RPM versions: `[epoch:]version[-release]` by `rpmvercmp` of rpm (`rpmio/rpmvercmp.cc`; tilde and caret included). */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

interface RpmVersion {
  readonly epoch: Natural;
  readonly version: string;
  /** Undefined: none, which is below any. */
  readonly release: string | undefined;
}

const shape = /^(?:(\d*):)?(.*?)(?:-([^-]*))?$/s;

function read(text: string): RpmVersion | undefined {
  const match = shape.exec(text);
  if (match === null || text === "") return undefined;
  const [, epoch = "", version = "", release] = match;
  return version === "" ? undefined : { epoch: natural(epoch), version, release };
}

/** Neither letter nor digit, tilde nor caret: separates segments and does not count. */
const separators = /[^A-Za-z0-9~^]+/y;
const segment = /\d+|[A-Za-z]+/y;

function skip(text: string, from: number): number {
  separators.lastIndex = from;
  return separators.test(text) ? separators.lastIndex : from;
}

function segmentAt(text: string, from: number): string {
  segment.lastIndex = from;
  return segment.exec(text)?.[0] ?? "";
}

function orderParts(a: string, b: string): Order {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    [i, j] = [skip(a, i), skip(b, j)];
    const [markA, markB] = [a[i], b[j]];
    if (markA === "~" || markB === "~") {
      if (markA !== markB) return markA === "~" ? -1 : 1;
      [i, j] = [i + 1, j + 1];
      continue;
    }
    if (markA === "^" || markB === "^") {
      // A caret is above the end and below everything else.
      if (markA === undefined) return -1;
      if (markB === undefined) return 1;
      if (markA !== markB) return markA === "^" ? -1 : 1;
      [i, j] = [i + 1, j + 1];
      continue;
    }
    if (markA === undefined || markB === undefined) break;
    const [left, right] = [segmentAt(a, i), segmentAt(b, j)];
    const found = orderSegments(left, right);
    if (found !== 0) return found;
    [i, j] = [i + left.length, j + right.length];
  }
  return order(i < a.length ? 1 : 0, j < b.length ? 1 : 0);
}

/** Digits are above letters. */
function orderSegments(a: string, b: string): Order {
  const [numericA, numericB] = [isNumeric(a), isNumeric(b)];
  if (numericA !== numericB) return numericA ? 1 : -1;
  return numericA ? order(natural(a), natural(b)) : order(a, b);
}

function isNumeric(text: string): boolean {
  return text.charCodeAt(0) < 58;
}

function orderReleases(a: string | undefined, b: string | undefined): Order {
  if (a === undefined || b === undefined) return order(a === undefined ? 0 : 1, b === undefined ? 0 : 1);
  return orderParts(a, b);
}

export const rpm: Scheme = schemeOf(
  read,
  (a, b) => order(a.epoch, b.epoch) || orderParts(a.version, b.version) || orderReleases(a.release, b.release),
);
