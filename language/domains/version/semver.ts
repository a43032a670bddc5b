/**
 * Semantic versions (semver.org 2.0.0, clause 11), and the ecosystems that use them. The `semver` library compares
 * the same but throws above 2^53 and on partial versions, which advisories write ("< 1.2"); both are read here. As npm
 * does (its loose mode), leading zeros, `v` and `=` are allowed. Prereleases are ordinary points of the order.
 */
import { dottedParts, isDigits } from "./digits.ts";
import { type Natural, natural, type Order, order, orderLists, orderPadded, type Scheme, schemeOf } from "./scheme.ts";

/** A dot-separated identifier: numeric ones are below the others. */
export type Identifier = Natural | string;

export interface Semver {
  readonly numbers: readonly Natural[];
  /** Empty: a release. */
  readonly prerelease: readonly Identifier[];
  readonly build: readonly Identifier[];
}

const shape = /^[v=]?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
/** `go1.22.1`, `go1.21rc2`: tool chain and standard library (go.dev/doc/toolchain, "Version names"). */
const toolchain = /^(?:go)?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(rc|beta)(\d+))?$/;

function read(text: string): Semver | undefined {
  const match = shape.exec(text.trim());
  if (match === null) return undefined;
  const [, major = "", minor = "", patch = "", prerelease, build] = match;
  return {
    numbers: [natural(major), natural(minor), natural(patch)],
    prerelease: identifiersOf(prerelease),
    build: identifiersOf(build),
  };
}

function readGo(text: string): Semver | undefined {
  const match = toolchain.exec(text);
  if (match === null) return read(text);
  const [, major = "", minor = "", patch = "", stage, number = ""] = match;
  return {
    numbers: [natural(major), natural(minor), natural(patch)],
    prerelease: stage === undefined ? [] : [stage, natural(number)],
    build: [],
  };
}

/** The identifiers of `a.1.b`; none for undefined. */
export function identifiersOf(text: string | undefined): readonly Identifier[] {
  return text === undefined ? [] : dottedParts(text).map((part) => (isDigits(part) ? natural(part) : part));
}

function orderIdentifiers(a: Identifier, b: Identifier): Order {
  if (typeof a === "string") return typeof b === "string" ? order(a, b) : 1;
  return typeof b === "string" ? -1 : order(a, b);
}

/** Clause 11.3 and 11.4: any prerelease is below its release. */
export function orderPrereleases(a: readonly Identifier[], b: readonly Identifier[]): Order {
  if (a.length === 0 || b.length === 0) return order(b.length === 0 ? 0 : 1, a.length === 0 ? 0 : 1);
  return orderLists(a, b, orderIdentifiers);
}

const plain = "(?:0|[1-9]\\d*)";
const identifier = `(?:${plain}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const tail = `(?:-${identifier}(?:\\.${identifier})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
/** The grammar of semver.org; `v` and white space around it as node-semver allows them. */
const strict = new RegExp(`^\\s*v?${plain}\\.${plain}\\.${plain}${tail}\\s*$`);
/** golang.org/x/mod/semver takes `v1` and `v1.2` too, without more; `v` is left out where OSV leaves it out. */
const strictGo = new RegExp(`^(?:v?${plain}(?:\\.${plain})?|v?${plain}\\.${plain}\\.${plain}${tail}|go${plain}.*)$`);
/** pub_semver allows zeros before numbers. */
const strictPub = /^v?\d+\.\d+\.\d+(?:[-+]|$)/;

function compare(a: Semver, b: Semver): Order {
  return orderPadded(a.numbers, b.numbers) || orderPrereleases(a.prerelease, b.prerelease);
}

/**
 * npm, Cargo, Hex, Swift. Build metadata does not count (clause 10). Of the two orders of Cargo's crate this is
 * `cmp_precedence`; its `Ord` goes on to build metadata, which no requirement can name, and in which alone no two versions on crates.io differ.
 */
export const semver: Scheme = schemeOf(read, compare, strict);

/** Go modules (golang.org/x/mod/semver, pseudo-versions included) and tool chains. */
export const golang: Scheme = schemeOf(readGo, compare, strictGo);

/** Dart's pub orders by build metadata too, a version without it first (pub_semver, `Version.compareTo`). */
export const pub: Scheme = schemeOf(read, (a, b) => compare(a, b) || orderLists(a.build, b.build, orderIdentifiers), strictPub);
