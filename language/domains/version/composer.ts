/**
 * Composer versions: normalised by composer/semver (`VersionParser::normalize`), then in the order of PHP's
 * `version_compare`. A branch with a name (`dev-main`) has no place in the order and is no version here; one with a number
 * (`1.x-dev`) is above every release of its line.
 */
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
const anyNumber = "9999999";

/** `version_compare`: dev < alpha < beta < RC < (nothing) < numbers < patch. */
const ranks: Readonly<Record<string, number>> = { dev: 0, a: 1, alpha: 1, b: 2, beta: 2, rc: 3, p: 6, pl: 6, patch: 6 };
const nothing: Part = { rank: 4, value: 0 };
const numeric = 5;

function read(text: string): readonly Part[] | undefined {
  const version = text
    .trim()
    .replace(/@(?:stable|rc|beta|alpha|dev)$/i, "")
    .replace(/\+[^\s]+$/, "");
  const found = classical.exec(version);
  if (found !== null) {
    const [, major = "", minor = ".0", patch = ".0", fourth = ".0", stage, numbers, dev] = found;
    const release = [major, minor.slice(1), patch.slice(1), fourth.slice(1)];
    return [...release.map(partOf), ...stageOf(stage, numbers, dev)];
  }
  const date = dated.exec(version);
  if (date === null) return readBranch(version);
  const [, numbers = "", stage, stageNumbers, dev] = date;
  return [...(numbers.match(/\d+/g) ?? []).map(partOf), ...stageOf(stage, stageNumbers, dev)];
}

/** What is not said of a numbered branch is above every number that a release has. */
function readBranch(version: string): readonly Part[] | undefined {
  const match = branch.exec(version);
  if (match === null) return undefined;
  const [, major = "", rest = ""] = match;
  const numbers = [major, ...rest.split(".").slice(1), "x", "x", "x"].slice(0, 4);
  return [...numbers.map((part) => partOf(/\d/.test(part) ? part : anyNumber)), { rank: 0, value: 0 }];
}

function partOf(digits: string): Part {
  return { rank: numeric, value: natural(digits) };
}

/** After `stable` nothing counts, not even `dev`. */
function stageOf(stage: string | undefined, numbers: string | undefined, dev: string | undefined): readonly Part[] {
  const end: readonly Part[] = dev === undefined ? [] : [{ rank: 0, value: 0 }];
  if (stage === undefined) return end;
  if (stage.toLowerCase() === "stable") return [];
  const rank = ranks[stage.toLowerCase()] ?? 0;
  return [{ rank, value: 0 }, ...(numbers?.match(/\d+/g) ?? []).map(partOf), ...end];
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
