/**
 * Ranges as package managers and advisories write them: comparators joined by blanks or commas ("and"), alternatives by
 * `||`; `^`, `~`, `~>`, `~=`, `1.2.x`, `1.2.*` and `1.2 - 2.3` where the ecosystem has them; Maven's and NuGet's brackets.
 * A version alone is that version: no ecosystem's implied caret or minimum applies. Prereleases are ordinary points.
 */
import { type Parsed, parsed, problem } from "../parsed.ts";
import { isVersion } from "../version.ts";
import { allBut, type Bound, type Compare, type Interval, intersection, intervalOf, isEmpty, pointOf } from "./interval.ts";

/** Where `^`, `~`, `~>`, `~=` and wildcards are read, and how. */
interface Dialect {
  /** The text that is below every prerelease of a version, and above everything before it. */
  readonly floor: (numbers: readonly string[]) => string;
  /** The least version that a wildcard stands for. */
  readonly least: (numbers: readonly string[]) => string;
  /** `~1.2` allows 1.x (as Composer's `~` and RubyGems' `~>`), not 1.2.x (as npm's `~`). */
  readonly pessimistic: readonly string[];
  readonly operators: readonly string[];
  /** `<= 1.2` means every 1.2.x, as in npm and Cargo. */
  readonly partial: boolean;
}

const padded = (numbers: readonly string[]) => [...numbers, "0", "0"].slice(0, 3).join(".");
const semver: Dialect = {
  floor: (numbers) => `${padded(numbers)}-0`,
  least: padded,
  pessimistic: [],
  operators: ["^", "~", "~>", "*"],
  partial: true,
};
const dialects: ReadonlyMap<string, Dialect> = new Map([
  ["npm", semver],
  ["cargo", { ...semver, operators: ["^", "~", "*"] }],
  ["semver", semver],
  ["hex", { ...semver, pessimistic: ["~>"], operators: ["~>"], partial: false }],
  ["pub", { ...semver, operators: ["^"], partial: false }],
  [
    "composer",
    {
      floor: (numbers) => `${numbers.join(".")}-dev`,
      least: (numbers) => `${numbers.join(".")}-dev`,
      pessimistic: ["~"],
      operators: ["^", "~", "*"],
      partial: false,
    },
  ],
  [
    "gem",
    // Upper-case letters are below lower-case ones, and letters below numbers: `2.A` is below every other 2.x.
    {
      floor: (numbers) => `${numbers.join(".")}.A`,
      least: (numbers) => numbers.join("."),
      pessimistic: ["~>"],
      operators: ["~>"],
      partial: false,
    },
  ],
  [
    "pypi",
    {
      floor: (numbers) => `${numbers.join(".")}.dev0`,
      least: (numbers) => `${numbers.join(".")}.dev0`,
      pessimistic: ["~="],
      operators: ["~=", "*"],
      partial: false,
    },
  ],
]);

const token = /^(>=|<=|===?|!=|~>|~=|=|>|<|\^|~)?\s*([^\s,|<>=!^~()[\]][^\s,|<>=!()[\]]*)\s*(?:,\s*(?=\S))?/;
const hyphenated = /^(\S+)\s+-\s+(\S+)$/;
const mostAlternatives = 1000;
/** Exclusions multiply intervals: an alternative with more comparators is no range that somebody wrote. */
const mostComparators = 100;

/** Reads the text into intervals, not yet united. Problems name the part that is wrong. */
export function readComparators(text: string, ecosystem: string, compare: Compare): Parsed<readonly Interval[]> {
  const trimmed = text.trim();
  if (trimmed === "") return problem("a version range cannot be empty; `*` is every version");
  if (/^[[(]/.test(trimmed)) return readBrackets(trimmed, ecosystem, compare);
  const alternatives = trimmed.split(ecosystem === "composer" ? /\|\|?/ : "||");
  if (alternatives.length > mostAlternatives) return problem(`a version range has at most ${mostAlternatives} alternatives`);
  const result: Interval[] = [];
  for (const alternative of alternatives) {
    const read = readAlternative(alternative.trim(), ecosystem, compare);
    if (!read.ok) return read;
    result.push(...read.value);
  }
  return parsed(result);
}

function readAlternative(text: string, ecosystem: string, compare: Compare): Parsed<readonly Interval[]> {
  if (text === "") return problem("an alternative of a version range cannot be empty; `*` is every version");
  const hyphen = hyphenated.exec(text);
  const hasHyphens = ecosystem === "npm" || ecosystem === "semver";
  if (hyphen !== null && hasHyphens) return readAlternative(`>=${hyphen[1]} <=${hyphen[2]}`, ecosystem, compare);
  let rest = text;
  let meet: readonly Interval[] = [{}];
  for (let count = 0; rest !== ""; count++) {
    if (count === mostComparators) return problem(`an alternative of a version range has at most ${mostComparators} comparators`);
    const match = token.exec(rest);
    if (match === null) return problem(`\`${rest}\` is not a version range`);
    const [whole, operator = "", version = ""] = match;
    const read = readComparator(operator, version, ecosystem);
    if (!read.ok) return read;
    meet = intersection(meet, read.value, compare);
    rest = rest.slice(whole.length);
  }
  return meet.length === 0 ? problem(`no version can be in \`${text}\``, reversed(text)) : parsed(meet);
}

function readComparator(operator: string, text: string, ecosystem: string): Parsed<readonly Interval[]> {
  const dialect = dialects.get(ecosystem);
  if (text === "*" && operator === "") return parsed([{}]);
  const wildcard = /^v?((?:\d+\.)*?)(?:[xX*])(?:\.[xX*])*$/.exec(text);
  if (wildcard !== null) return readWildcard(operator, text, wildcard[1] ?? "", ecosystem);
  if (!isVersion(ecosystem, text)) return problem(`\`${text}\` is not a version of ${ecosystem}`);
  if (["^", "~", "~>", "~="].includes(operator)) return readSugar(operator, text, ecosystem);
  const numbers = partialNumbers(text);
  if (dialect?.partial && numbers !== undefined) {
    const after: Bound = { version: dialect.floor(bumped(numbers)), inclusive: false };
    if (operator === "" || operator === "=") return parsed([intervalOf({ version: dialect.least(numbers), inclusive: true }, after)]);
    if (operator === "<=") return parsed([intervalOf(undefined, after)]);
    if (operator === ">") return parsed([intervalOf({ version: dialect.least(bumped(numbers)), inclusive: true }, undefined)]);
  }
  return parsed(plain(operator, text));
}

function plain(operator: string, version: string): readonly Interval[] {
  switch (operator) {
    case "<":
    case "<=":
      return [{ high: { version, inclusive: operator === "<=" } }];
    case ">":
    case ">=":
      return [{ low: { version, inclusive: operator === ">=" } }];
    case "!=":
      return allBut(version);
    default:
      return [pointOf(version)];
  }
}

function readWildcard(operator: string, text: string, prefix: string, ecosystem: string): Parsed<readonly Interval[]> {
  const dialect = dialects.get(ecosystem);
  if (!dialect?.operators.includes("*")) return problem(`\`${text}\`: ranges of ${ecosystem} have no wildcards`);
  const numbers = prefix.split(".").filter((part) => part !== "");
  if (!["", "=", "==", "!=", "^", "~"].includes(operator)) return problem(`\`${operator}\` cannot stand before the wildcard \`${text}\``);
  if (numbers.length === 0) return operator === "!=" ? problem(`no version can be in \`!=${text}\``) : parsed([{}]);
  if (operator === "^" || operator === "~") return readSugar(operator, numbers.join("."), ecosystem);
  const low: Bound = { version: dialect.least(numbers), inclusive: true };
  const high: Bound = { version: dialect.floor(bumped(numbers)), inclusive: false };
  if (operator !== "!=") return parsed([{ low, high }]);
  return parsed([{ high: { version: low.version, inclusive: false } }, { low: { version: high.version, inclusive: true } }]);
}

/** `^`, `~`, `~>`, `~=`: from the version up to the next one that may break. */
function readSugar(operator: string, text: string, ecosystem: string): Parsed<readonly Interval[]> {
  const dialect = dialects.get(ecosystem);
  if (!dialect?.operators.includes(operator)) return problem(`ranges of ${ecosystem} have no \`${operator}\``);
  const numbers = leadingNumbers(text);
  if (numbers === undefined) return problem(`\`${operator}\` needs a version that begins with numbers, not \`${text}\``);
  if (operator === "~=" && numbers.length < 2) return problem(`\`~=\` needs a version of two numbers or more, not \`${text}\``);
  const low: Bound = { version: text, inclusive: true };
  return parsed([{ low, high: { version: dialect.floor(bumped(keptBy(operator, numbers, dialect))), inclusive: false } }]);
}

/** The numbers of which the last may not rise. */
function keptBy(operator: string, numbers: readonly string[], dialect: Dialect): readonly string[] {
  if (operator === "^") {
    const first = numbers.findIndex((part) => Number(part) !== 0);
    return first < 0 ? numbers : numbers.slice(0, first + 1);
  }
  if (dialect.pessimistic.includes(operator)) return numbers.slice(0, Math.max(1, numbers.length - 1));
  return numbers.slice(0, 2);
}

/** `v1.2.3-rc1` begins with 1, 2, 3. */
function leadingNumbers(text: string): readonly string[] | undefined {
  return /^v?(\d+(?:\.\d+)*)/.exec(text)?.[1]?.split(".");
}

/** The numbers of `1` and `1.2`; undefined for a version with all three, or with more to it. */
function partialNumbers(text: string): readonly string[] | undefined {
  return /^v?(\d+(?:\.\d+)?)$/.exec(text)?.[1]?.split(".");
}

/** The last number one higher. */
function bumped(numbers: readonly string[]): readonly string[] {
  return [...numbers.slice(0, -1), (BigInt(numbers.at(-1) ?? "0") + 1n).toString()];
}

/** `>=2.0 <1.0` most likely meant `>=1.0 <2.0`. */
function reversed(text: string): string | undefined {
  const match = /^(>=?)\s*([^\s,<>=|]+)(\s*,\s*|\s+)(<=?)\s*([^\s,<>=|]+)$/.exec(text);
  if (match === null || match[2] === match[5]) return undefined;
  return `${match[1]}${match[5]}${match[3]}${match[4]}${match[2]}`;
}

const bracket = /^([[(])([^\][(),]*)(?:(,)([^\][(),]*))?([\])])\s*(?:,\s*(?=[[(]))?/;

/** `[1.0,2.0)`, `(,1.0]`, `[1.0]`, and several of them (Maven POM reference, NuGet package versioning). */
function readBrackets(text: string, ecosystem: string, compare: Compare): Parsed<readonly Interval[]> {
  if (ecosystem !== "maven" && ecosystem !== "nuget") return problem(`ranges of ${ecosystem} have no brackets: write \`>=1.0 <2.0\``);
  const result: Interval[] = [];
  let rest = text;
  while (rest !== "") {
    const match = bracket.exec(rest);
    if (match === null) return problem(`\`${rest}\` is not a version range`);
    const [whole, open = "", first = "", comma, second = "", close = ""] = match;
    const [lowText, highText] = [first.trim(), comma === undefined ? first.trim() : second.trim()];
    const wrong = [lowText, highText].find((version) => version !== "" && !isVersion(ecosystem, version));
    if (wrong !== undefined) return problem(`\`${wrong}\` is not a version of ${ecosystem}`);
    const interval = intervalOf(
      lowText === "" ? undefined : { version: lowText, inclusive: open === "[" },
      highText === "" ? undefined : { version: highText, inclusive: close === "]" },
    );
    if ((comma === undefined && lowText === "") || isEmpty(interval, compare)) return problem(`no version can be in \`${whole.trim()}\``);
    result.push(interval);
    rest = rest.slice(whole.length);
  }
  return parsed(result);
}
