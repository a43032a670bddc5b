/** Python versions: PEP 440, "Summary of permitted suffixes and relative ordering"; the reading of `packaging.version`. */
import { isDigits, numbersIn } from "./digits.ts";
import { type Natural, natural, type Order, order, orderLists, orderPadded, type Scheme, schemeOf } from "./scheme.ts";

interface PythonVersion {
  readonly epoch: Natural;
  readonly release: readonly Natural[];
  /** Rank and number; the rank also says where a version without a prerelease stands. */
  readonly pre: readonly [number, Natural];
  /** -1: none. */
  readonly post: Natural;
  /** Infinity: none. */
  readonly dev: Natural;
  /** Empty: none. */
  readonly local: readonly (Natural | string)[];
}

const shape =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

const ranks: Readonly<Record<string, number>> = { a: 1, alpha: 1, b: 2, beta: 2, c: 3, rc: 3, pre: 3, preview: 3 };
/** `1.0.dev1` is below `1.0a1`; `1.0` above `1.0rc1`. */
const [beforePrereleases, afterPrereleases] = [0, 4];

function read(text: string): PythonVersion | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, epoch = "0", release = "", stage, stageNumber = "", implicitPost, postWord, postNumber = "", devWord, devNumber = "", local] =
    match;
  const post = implicitPost !== undefined ? natural(implicitPost) : postWord !== undefined ? natural(postNumber) : -1;
  const dev = devWord === undefined ? Number.POSITIVE_INFINITY : natural(devNumber);
  const bare = post === -1 && devWord !== undefined ? beforePrereleases : afterPrereleases;
  return {
    epoch: natural(epoch),
    release: numbersIn(release),
    pre: stage === undefined ? [bare, 0] : [ranks[stage.toLowerCase()] ?? 0, natural(stageNumber)],
    post,
    dev,
    local: local === undefined ? [] : local.toLowerCase().split(/[-_.]/).map(segmentOf),
  };
}

function segmentOf(text: string): Natural | string {
  return isDigits(text) ? natural(text) : text;
}

/** Segments of letters are below numeric ones. */
function orderSegments(a: Natural | string, b: Natural | string): Order {
  if (typeof a === "string") return typeof b === "string" ? order(a, b) : -1;
  return typeof b === "string" ? 1 : order(a, b);
}

function compare(a: PythonVersion, b: PythonVersion): Order {
  return (
    order(a.epoch, b.epoch) ||
    orderPadded(a.release, b.release) ||
    order(a.pre[0], b.pre[0]) ||
    order(a.pre[1], b.pre[1]) ||
    order(a.post, b.post) ||
    order(a.dev, b.dev) ||
    orderLists(a.local, b.local, orderSegments)
  );
}

export const pypi: Scheme = schemeOf(read, compare);
