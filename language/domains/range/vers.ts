/** VERS version range specifiers: `vers:npm/>=1.0.0|<2.0.0` (package-url/vers-spec, clause 5). */
import { type Parsed, parsed, problem } from "../parsed.ts";
import { isVersion } from "../version.ts";
import { allBut, type Compare, type Interval, intersection, pointOf } from "./interval.ts";

interface Constraint {
  readonly comparator: "" | "!=" | "<" | "<=" | ">" | ">=";
  readonly version: string;
}

const shape = /^vers:([A-Za-z][A-Za-z0-9.-]*)\/(.+)$/s;
/** A version is printable ASCII; what would be read as syntax is percent-encoded (clause 5.3.3.2). */
const constraintShape = /^(!=|<=|>=|<|>)?([^<>=!*|\s\p{Cc}\u007f-\u{10ffff}]+)$/u;
const mostConstraints = 2000;

/** VERS types whose name is not the purl type. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["alpine", "apk"],
  ["dart", "pub"],
  ["debian", "deb"],
  ["go", "golang"],
]);

/** The type of a VERS string as it was written, its ecosystem, and its constraints as text; undefined: not of the shape of VERS. */
export function splitVers(text: string): { readonly type: string; readonly ecosystem: string; readonly constraints: string } | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, type = "", constraints = ""] = match;
  const lower = type.toLowerCase();
  return { type, ecosystem: aliases.get(lower) ?? lower, constraints };
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
  if (match === null) return problem(notAConstraint(text));
  const [, comparator = "", encoded = ""] = match;
  const version = decoded(encoded);
  if (version === undefined) return problem(`\`${encoded}\` is not percent-encoded text`);
  const wrong = /%(?:[0-9A-F]?[a-f][0-9A-Fa-f]?|3[0-9]|[46][1-9A-F]|[57][0-9A]|2[DE]|5F|7E)/.exec(encoded)?.[0];
  if (wrong !== undefined) return problem(`\`${wrong}\` in \`${encoded}\` is not canonical: upper-case digits, and only of what needs it`);
  if (!/^[ -~]*$/.test(version)) return problem(`\`${encoded}\` stands for more than printable ASCII`);
  if (!isVersion(ecosystem, version)) return problem(`\`${version}\` is not a version of ${ecosystem}`);
  return parsed({ comparator: comparator as Constraint["comparator"], version });
}

/** What is wrong with constraints whatever the order of versions is, for people; undefined: nothing. */
export function syntaxProblem(constraints: string): string | undefined {
  if (constraints === "*") return undefined;
  const wrong = constraints.split("|").find((part) => !constraintShape.test(part));
  return wrong === undefined ? undefined : notAConstraint(wrong);
}

function notAConstraint(text: string): string {
  if (text === "") return "a VERS string has no empty constraint: no `|` stands first, last or twice";
  if (text === "*") return "`*` stands alone in a VERS string";
  if (/\s/.test(text)) return `there is white space in the VERS constraint \`${text}\``;
  return text.startsWith("=") ? `\`${text}\`: a version alone means equality in a VERS string` : `\`${text}\` is not a VERS constraint`;
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
