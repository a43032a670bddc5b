/**
 * Semantic versions (semver.org 2.0.0, clause 11), and the ecosystems that use them. The `semver` library compares
 * the same but throws above 2^53 and on partial versions, which advisories write ("< 1.2"); both are read here. As npm
 * does (its loose mode), leading zeros, `v` and `=` are allowed. Prereleases are ordinary points of the order.
 */
import { endOfDigits, orderDigits, orderRuns } from "./digits.ts";
import { type Natural, natural, type Order, order, orderPadded, type Scheme, schemeOf } from "./scheme.ts";

interface Semver {
  readonly numbers: readonly Natural[];
  /** Dot-separated identifiers, as they stand; "" for a release. */
  readonly prerelease: string;
  readonly build: string;
}

const shape = /^[v=]?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
/** `go1.22.1`, `go1.21rc2`: tool chain and standard library (go.dev/doc/toolchain, "Version names"). */
const toolchain = /^(?:go)?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(rc|beta)(\d+))?$/;

function read(text: string): Semver | undefined {
  const match = shape.exec(text.trim());
  if (match === null) return undefined;
  const [, major = "", minor = "", patch = "", prerelease = "", build = ""] = match;
  return { numbers: [natural(major), natural(minor), natural(patch)], prerelease, build };
}

function readGo(text: string): Semver | undefined {
  const match = toolchain.exec(text);
  if (match === null) return read(text);
  const [, major = "", minor = "", patch = "", stage, number = ""] = match;
  return {
    numbers: [natural(major), natural(minor), natural(patch)],
    prerelease: stage === undefined ? "" : `${stage}.${number}`,
    build: "",
  };
}

/** Identifiers in turn, numeric ones below the others; of two lists of which one begins the other, the longer is greater. */
function orderIdentifiers(a: string, b: string): Order {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [iEnd, jEnd] = [endOfIdentifier(a, i), endOfIdentifier(b, j)];
    const numeric = endOfDigits(a, i, iEnd) === iEnd;
    if (numeric !== (endOfDigits(b, j, jEnd) === jEnd)) return numeric ? -1 : 1;
    const found = numeric ? orderDigits(a, i, iEnd, b, j, jEnd) : orderRuns(a, i, iEnd, b, j, jEnd);
    if (found !== 0) return found;
    [i, j] = [iEnd + 1, jEnd + 1];
  }
  return order(i < a.length ? 1 : 0, j < b.length ? 1 : 0);
}

function endOfIdentifier(text: string, at: number): number {
  const dot = text.indexOf(".", at);
  return dot < 0 ? text.length : dot;
}

/** Clause 11.3 and 11.4: any prerelease is below its release, which has none (""). */
export function orderPrereleases(a: string, b: string): Order {
  if (a === "" || b === "") return order(b === "" ? 0 : 1, a === "" ? 0 : 1);
  return orderIdentifiers(a, b);
}

const plain = "(?:0|[1-9]\\d*)";
const identifier = `(?:${plain}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const tail = `(?:-${identifier}(?:\\.${identifier})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
/** The grammar of semver.org; `v` and white space around it as node-semver allows them. */
const strict = new RegExp(`^\\s*v?${plain}\\.${plain}\\.${plain}${tail}\\s*$`);
/** golang.org/x/mod/semver takes `v1` and `v1.2` too, without more; `v` is left out where OSV leaves it out. */
const strictGo = new RegExp(`^(?:v?${plain}(?:\\.${plain})?|v?${plain}\\.${plain}\\.${plain}${tail}|go${plain}.*)$`);
const strictCargo = new RegExp(`^${plain}\\.${plain}\\.${plain}${tail}$`);
/** pub_semver allows zeros before numbers. */
const strictPub = /^\d+\.\d+\.\d+(?:[-+]|$)/;
const bare = /^\d(?:.*\S)?$/s;

/** Cargo's crate and pub_semver allow neither `v` nor `=` nor white space. */
function readBare(text: string): Semver | undefined {
  return bare.test(text) ? read(text) : undefined;
}

function compare(a: Semver, b: Semver): Order {
  return orderPadded(a.numbers, b.numbers) || orderPrereleases(a.prerelease, b.prerelease);
}

/** npm, Hex, Swift. Build metadata does not count (clause 10). */
export const semver: Scheme = schemeOf(read, compare, strict);

/**
 * Of the two orders of Cargo's crate `cmp_precedence`; its `Ord` goes on to build metadata, which no requirement can name, and in which alone
 * no two versions on crates.io differ.
 */
export const cargo: Scheme = schemeOf(readBare, compare, strictCargo);

/** Go modules (golang.org/x/mod/semver, pseudo-versions included) and tool chains. */
export const golang: Scheme = schemeOf(readGo, compare, strictGo);

/** Dart's pub orders by build metadata too, a version without it first (pub_semver, `Version.compareTo`). */
export const pub: Scheme = schemeOf(readBare, (a, b) => compare(a, b) || orderIdentifiers(a.build, b.build), strictPub);
