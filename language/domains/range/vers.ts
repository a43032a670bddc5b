/** VERS version range specifiers: `vers:npm/>=1.0.0|<2.0.0` (package-url/vers-spec, clause 5). */
import { type Parsed, parsed, problem } from "../parsed.ts";
import { isVersion } from "../version.ts";
import { allBut, type Compare, type Interval, intersection, pointOf } from "./interval.ts";

interface Constraint {
  readonly comparator: "" | "!=" | "<" | "<=" | ">" | ">=";
  readonly version: string;
}

const shape = /^vers:([A-Za-z][A-Za-z0-9.-]*)\/(.+)$/;
const constraintShape = /^(!=|<=|>=|<|>)?([^<>=!*|\s]+)$/;
const mostConstraints = 2000;

/** VERS types whose name is not the purl type. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["alpine", "apk"],
  ["debian", "deb"],
  ["go", "golang"],
]);

/** The ecosystem that a VERS string is about, and its constraints as text; undefined: not of the shape of VERS. */
export function splitVers(text: string): { readonly ecosystem: string; readonly constraints: string } | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const type = match[1]?.toLowerCase() ?? "";
  return { ecosystem: aliases.get(type) ?? type, constraints: match[2] ?? "" };
}

/** Reads constraints into intervals. Versions must be in order and unique, and comparators alternate (clause 5.4). */
export function readConstraints(text: string, ecosystem: string, compare: Compare): Parsed<readonly Interval[]> {
  if (text === "*") return parsed([{}]);
  const parts = text.split("|");
  if (parts.length > mostConstraints) return problem(`a VERS string has at most ${mostConstraints} constraints`);
  const constraints: Constraint[] = [];
  for (const part of parts) {
    const constraint = readConstraint(part, ecosystem);
    if (!constraint.ok) return constraint;
    const last = constraints.at(-1);
    const found = last === undefined ? -1 : compare(last.version, constraint.value.version);
    if (found === 0) return problem(`\`${constraint.value.version}\` stands twice in a VERS string`);
    if (found > 0) {
      const wrong = `the versions of a VERS string must rise: \`${last?.version}\` stands before \`${constraint.value.version}\``;
      return problem(wrong, sorted(parts, ecosystem, compare));
    }
    constraints.push(constraint.value);
  }
  return intervalsOf(constraints, compare);
}

/** The constraints in the order of their versions, as a VERS string; undefined where one cannot be read. */
function sorted(parts: readonly string[], ecosystem: string, compare: Compare): string | undefined {
  const read = parts.map((part) => ({ part, constraint: readConstraint(part, ecosystem) }));
  const versions = read.flatMap(({ part, constraint }) => (constraint.ok ? [{ part, version: constraint.value.version }] : []));
  if (versions.length < parts.length) return undefined;
  versions.sort((a, b) => compare(a.version, b.version));
  return `vers:${ecosystem}/${versions.map(({ part }) => part).join("|")}`;
}

function readConstraint(text: string, ecosystem: string): Parsed<Constraint> {
  const match = constraintShape.exec(text);
  if (match === null) return problem(text === "*" ? "`*` stands alone in a VERS string" : `\`${text}\` is not a VERS constraint`);
  const [, comparator = "", encoded = ""] = match;
  const version = decoded(encoded);
  if (version === undefined) return problem(`\`${encoded}\` is not percent-encoded text`);
  if (!isVersion(ecosystem, version)) return problem(`\`${version}\` is not a version of ${ecosystem}`);
  return parsed({ comparator: comparator as Constraint["comparator"], version });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Bounds in pairs are intervals, versions alone are points, `!=` takes points away. */
function intervalsOf(constraints: readonly Constraint[], compare: Compare): Parsed<readonly Interval[]> {
  const intervals: Interval[] = [];
  const excluded: string[] = [];
  let low: Interval["low"];
  let previous = "";
  for (const { comparator, version } of constraints) {
    if (comparator === "!=") {
      excluded.push(version);
      continue;
    }
    const inclusive = comparator === "<=" || comparator === ">=";
    if (comparator.startsWith("<")) {
      if (previous === "" || previous.startsWith(">")) intervals.push({ ...(low && { low }), high: { version, inclusive } });
      if (previous.startsWith("<") || previous === "=") return outOfTurn(`${comparator}${version}`);
      low = undefined;
      previous = comparator;
    } else if (comparator.startsWith(">")) {
      if (previous.startsWith(">")) return outOfTurn(`${comparator}${version}`);
      low = { version, inclusive };
      previous = comparator;
    } else {
      if (low !== undefined) return outOfTurn(version);
      intervals.push(pointOf(version));
      previous = "=";
    }
  }
  if (low !== undefined) intervals.push({ low });
  const onlyExclusions = excluded.length === constraints.length;
  const all: readonly Interval[] = onlyExclusions ? [{}] : intervals;
  return parsed(excluded.reduce((rest, version) => intersection(rest, allBut(version), compare), all));
}

function outOfTurn(constraint: string): Parsed<never> {
  return problem(`\`${constraint}\` is out of turn: lower and upper bounds of a VERS string alternate`);
}
