/** RPM versions: `[epoch:]version[-release]` by `rpmvercmp` of rpm (`rpmio/rpmvercmp.cc`; tilde and caret included). */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

/** A number, letters, or `~` or `^`. What is none of these separates segments and does not count. */
type Segment = Natural | string;

interface RpmVersion {
  readonly epoch: Natural;
  readonly version: readonly Segment[];
  /** Undefined: none, which is below any. */
  readonly release: readonly Segment[] | undefined;
}

const shape = /^(?:(\d*):)?(.*?)(?:-([^-]*))?$/s;

function read(text: string): RpmVersion | undefined {
  const match = shape.exec(text);
  if (match === null || text === "") return undefined;
  const [, epoch = "", version = "", release] = match;
  if (version === "") return undefined;
  return { epoch: natural(epoch), version: segmentsOf(version), release: release === undefined ? undefined : segmentsOf(release) };
}

function segmentsOf(text: string): readonly Segment[] {
  return (text.match(/\d+|[A-Za-z]+|[~^]/g) ?? []).map((part) => (part.charCodeAt(0) < 58 ? natural(part) : part));
}

/** Of two that are equal so far, the longer is greater, but for a tilde. */
function orderParts(a: readonly Segment[], b: readonly Segment[]): Order {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const found = orderSegments(a[i], b[i]);
    if (found !== 0) return found;
  }
  return 0;
}

/** A tilde is below the end, a caret above it and below everything else, letters below digits. */
function orderSegments(a: Segment | undefined, b: Segment | undefined): Order {
  if (a === b) return 0;
  if (a === "~" || b === "~") return a === "~" ? -1 : 1;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  if (a === "^" || b === "^") return a === "^" ? -1 : 1;
  const [letters, others] = [typeof a === "string", typeof b === "string"];
  return letters === others ? order(a, b) : letters ? -1 : 1;
}

function orderReleases(a: readonly Segment[] | undefined, b: readonly Segment[] | undefined): Order {
  if (a === undefined || b === undefined) return order(a === undefined ? 0 : 1, b === undefined ? 0 : 1);
  return orderParts(a, b);
}

export const rpm: Scheme = schemeOf(
  read,
  (a, b) => order(a.epoch, b.epoch) || orderParts(a.version, b.version) || orderReleases(a.release, b.release),
);
