/**
 * Versions of documents, by which a later one takes back what an earlier one says: whole numbers, or numbers with dots
 * (CSAF 2.0, 3.1.11: integer or semantic versioning).
 */
import { type DataValue, Known } from "../../../language/core/data.ts";
import { cacheOf } from "../../../language/domains/cache.ts";

/**
 * The version of a document: `raw` where it is a number, else `written`. A number above 2^53 is told with an exponent
 * (`9.007199254740992e+15`), as JSON readers round it: it may be another than the one that stands in the document.
 */
export function revisionText(raw: DataValue, written: string | undefined): string | undefined {
  const number: unknown = raw instanceof Known ? raw.value : raw;
  if (typeof number !== "number") return written;
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? String(number) : number.toExponential();
}

interface Exact {
  readonly kind: "exact";
  /** Major, minor and patch, without zeros before them. */
  readonly numbers: readonly string[];
  /** The identifiers of a pre-release. */
  readonly stage: readonly string[] | undefined;
  /** Whether all three numbers are written, without which a stage is no pre-release but anything (`2024-9-1`). */
  readonly isSemantic: boolean;
}
interface Rounded {
  readonly kind: "rounded";
  readonly value: number;
}

/** What is longer counts as no version: all of 300 digits are below the greatest number of JSON. */
const shape = /^(\d{1,300})(?:\.(\d{1,300})(?:\.(\d{1,300}))?)?(?:-([0-9A-Za-z.-]{1,300}))?(?:\+[0-9A-Za-z.-]{1,300})?$/;
const roundedShape = /^\d(?:\.\d{1,20})?e\+\d{1,3}$/;
/** What readers make of a number that is too large for them: any that is. */
const boundless = "Infinity";

const known = cacheOf(16_384, (text): Exact | Rounded | undefined => {
  if (roundedShape.test(text)) return { kind: "rounded", value: Number(text) };
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, major = "", minor, patch, stage] = match;
  const numbers = [major, minor ?? "", patch ?? ""].map((digits) => digits.replace(/^0+/, ""));
  return { kind: "exact", numbers, stage: stage?.split("."), isSemantic: patch !== undefined };
});

/**
 * The order of document versions: below 0 where `a` is the earlier. Undefined: which is the later cannot be told, as of
 * texts that are no versions, and of numbers that were rounded to the same one.
 */
export function compareRevisions(a: string, b: string): number | undefined {
  const [left, right] = [known.of(a), known.of(b)];
  if (left === undefined || right === undefined) return a === b && a !== boundless ? 0 : undefined;
  if (left.kind === "exact" && right.kind === "exact") return compareExact(left, right);
  // Rounding keeps the order but for what it makes equal.
  const [value, other] = [numberOf(left), numberOf(right)];
  return value === other ? undefined : value < other ? -1 : 1;
}

function numberOf(version: Exact | Rounded): number {
  return version.kind === "rounded" ? version.value : Number(version.numbers[0]);
}

function compareExact(a: Exact, b: Exact): number | undefined {
  for (let part = 0; part < 3; part++) {
    const found = compareDigits(a.numbers[part] ?? "", b.numbers[part] ?? "");
    if (found !== 0) return found;
  }
  if (a.stage === undefined || b.stage === undefined) return (a.stage === undefined ? 1 : 0) - (b.stage === undefined ? 1 : 0);
  const found = compareStages(a.stage, b.stage);
  return found === 0 || (a.isSemantic && b.isSemantic) ? found : undefined;
}

/** Semantic Versioning 2.0.0, clause 11.4: numbers by value and below words, and fewer identifiers below more. */
function compareStages(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i] as string, b[i] as string];
    const [number, other] = [digits.test(left), digits.test(right)];
    const found =
      number !== other
        ? Number(other) - Number(number)
        : number
          ? compareDigits(left.replace(/^0+/, ""), right.replace(/^0+/, ""))
          : compareText(left, right);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}

const digits = /^\d+$/;

/** Without zeros before them the longer is the greater. */
function compareDigits(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The whole number of a version: of `1.0.3` the first; rounded where a double must be; undefined: it is no version. */
export function majorOf(text: string): number | undefined {
  const version = known.of(text);
  return version === undefined ? undefined : numberOf(version);
}

/** The next version: a whole number more; of a semantic version the next major one, as a status may have changed (CSAF 2.0, 3.1.11.2). */
export function followingRevision(text: string | undefined): string {
  const version = known.of(text ?? "1");
  if (version === undefined) return "2";
  if (version.kind === "rounded") return nextAbove(version.value).toExponential();
  const next = String(BigInt(version.numbers[0] || "0") + 1n);
  return version.isSemantic || text?.includes(".") ? `${next}.0.0` : next;
}

/** The next number that JSON can tell from one above 2^53. */
function nextAbove(value: number): number {
  for (let step = 1; ; step *= 2) if (value + step > value) return value + step;
}
