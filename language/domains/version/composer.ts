/**
 * Composer versions: normalised by composer/semver (`VersionParser::normalize`), then in the order of PHP's
 * `version_compare`. A branch with a name (`dev-main`) has no place in the order and is no version here; one with a number
 * (`1.x-dev`) is above every release of its line.
 */
import { numbersIn } from "./digits.ts";
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

/** A number, or the rank of a stability. */
interface Part {
  readonly rank: number;
  readonly value: Natural;
}

const stability = "[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?\\d)*))?([.-]?dev)?";
const classical = new RegExp(`^v?(\\d{1,5})(\\.\\d+)?(\\.\\d+)?(\\.\\d+)?${stability}$`, "i");
const dated = new RegExp(`^v?(\\d{4}(?:[.:-]?\\d{2}){1,6}(?:[.:-]?\\d{1,3})?)${stability}$`, "i");

const branch = /^v?(\d+)((?:\.(?:\d+|[xX*])){0,3})[.-]?dev$/i;
const anyNumber = 9_999_999;

/** `version_compare`: dev < alpha < beta < RC < (nothing) < numbers < patch. */
const ranks: Readonly<Record<string, number>> = { dev: 0, a: 1, alpha: 1, b: 2, beta: 2, rc: 3, p: 6, pl: 6, patch: 6 };
const nothing: Part = { rank: 4, value: 0 };
const numeric = 5;

function read(text: string): readonly Part[] | undefined {
  const version = withoutNotes(text.trim());
  const found = classical.exec(version);
  if (found !== null) {
    const [, major = "", minor, patch, fourth, stage, numbers, dev] = found;
    return withStage([partOf(natural(major)), fractionOf(minor), fractionOf(patch), fractionOf(fourth)], stage, numbers, dev);
  }
  const date = dated.exec(version);
  if (date === null) return readBranch(version);
  const [, numbers = "", stage, stageNumbers, dev] = date;
  return withStage(numbersIn(numbers).map(partOf), stage, stageNumbers, dev);
}

/** Neither a stability flag nor build metadata counts. */
function withoutNotes(text: string): string {
  const unflagged = text.includes("@") ? text.replace(/@(?:stable|rc|beta|alpha|dev)$/i, "") : text;
  return unflagged.includes("+") ? unflagged.replace(/\+[^\s]+$/, "") : unflagged;
}

/** What is not said of a numbered branch is above every number that a release has. */
function readBranch(version: string): readonly Part[] | undefined {
  const match = branch.exec(version);
  if (match === null) return undefined;
  const [, major = "", rest = ""] = match;
  const numbers = [major, ...rest.split(".").slice(1), "x", "x", "x"].slice(0, 4);
  return [...numbers.map((part) => partOf(/\d/.test(part) ? natural(part) : anyNumber)), stageAt(0)];
}

function partOf(value: Natural): Part {
  return { rank: numeric, value };
}

/** Of `.1`, or of nothing, which is zero. */
function fractionOf(text: string | undefined): Part {
  return partOf(text === undefined ? 0 : natural(text, 1));
}

function stageAt(rank: number): Part {
  return { rank, value: 0 };
}

/** The parts with those of a stage after them. After `stable` nothing counts, not even `dev`. */
function withStage(parts: Part[], stage: string | undefined, numbers = "", dev?: string): readonly Part[] {
  if (stage !== undefined) {
    const name = stage.toLowerCase();
    if (name === "stable") return parts;
    parts.push(stageAt(ranks[name] ?? 0));
    for (const value of numbersIn(numbers)) parts.push(partOf(value));
  }
  if (dev !== undefined) parts.push(stageAt(0));
  return parts;
}

function compare(a: readonly Part[], b: readonly Part[]): Order {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a[i] ?? nothing, b[i] ?? nothing];
    const found = order(left.rank, right.rank) || order(left.value, right.value);
    if (found !== 0) return found;
  }
  return 0;
}

export const composer: Scheme = schemeOf(read, compare);
