/**
 * Every construct of the language is shown where it decides: what compiles, by the tests of the packs and examples, but for
 * clauses, conditions and rows that decide in none of them; what is checked and not yet compiled, by the examples of the
 * language reference.
 */
import { describe, expect, it } from "vitest";
import { runWithCoverage } from "../../compiler/analysis/coverage.ts";
import { compile } from "../../language/compile.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { parse } from "../../language/syntax/parse.ts";
import { listFiles, read } from "../architecture/sources.ts";
import { standardLibrary } from "../golden/compile.ts";
import { fences } from "../literate/markdown.ts";
import { constructsOf, type Stretch } from "./constructs.ts";

/** Clauses, conditions, rows of tables and of `vex` of a folder that no `test` block decided, by path. */
function undecidedIn(folder: string): ReadonlyMap<string, readonly Stretch[]> {
  const deciding = policies.filter((path) => path.startsWith(folder)).map((path) => ({ path, text: read(path) }));
  const { value: program } = compile({
    deciding,
    load: (name) => standardLibrary.get(name),
    file: (path, from) => read(`${from.slice(0, from.lastIndexOf("/") + 1)}${path}`),
  });
  const { results, coverage } = runWithCoverage(program, new Map(), program.tests, (path) => path.startsWith(folder));
  expect(results.length).toBeGreaterThan(4);
  expect(results.filter(({ passed }) => !passed).map(({ test }) => test.title)).toEqual([]);
  const found: Location[] = [];
  for (const { outcomes, at } of coverage.clauses) if (outcomes.every((outcome) => outcome === "undecided")) found.push(at);
  for (const { gaps } of [...coverage.clauses, ...coverage.vexes]) {
    const never = (value: string) => new Set(gaps.filter((gap) => gap.never === value).map(({ at }) => at));
    const [neverTrue, neverFalse] = [never("true"), never("false")];
    found.push(...[...neverTrue].filter((at) => neverFalse.has(at)));
  }
  for (const { unreached } of [...coverage.tables, ...coverage.vexes]) found.push(...unreached.map(({ at }) => at));
  return Map.groupBy(found, ({ path }) => path);
}

function constructsIn(texts: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const text of texts) constructsOf(parse({ path: "a.scp", text }).value, "module", found);
  return found;
}

const policies = listFiles().filter((path) => /^policies\/.*\.scp$/.test(path));
/** Packs and examples. */
const folders = [...new Set(policies.flatMap((path) => /^policies\/(?:packs|examples)\/[^/]+\//.exec(path)?.[0] ?? []))];
const tour = ["language/syntax/fixtures/tour.scp", "language/syntax/fixtures/more.scp"].map(read);
const run = new Set<string>();
const undecided = new Map(folders.flatMap((folder) => [...undecidedIn(folder)]));
for (const path of policies) constructsOf(parse({ path, text: read(path) }).value, "module", run, undecided.get(path));
const reference = constructsIn(
  fences("language/README.md", read("language/README.md"))
    .filter((fence) => fence.language === "scp" && !fence.words.includes("error"))
    .map((fence) => fence.text),
);

/** Declarations that `check` reads and no target compiles yet, with all that stands in them. */
const uncompiled = constructsIn(
  tour.flatMap((text) => {
    const module = parse({ path: "a.scp", text }).value;
    return module.declarations
      .filter((declaration) => ["runtime", "triage"].includes(declaration.kind))
      .map((declaration) => text.slice(declaration.span.start, declaration.span.end));
  }),
);

const sorted = (items: Iterable<string>): readonly string[] => [...items].sort();

describe("the grammar's two tours", () => {
  const all = constructsIn(tour);

  it("use nothing that no policy shows where a test decides by it, but for what is not yet compiled", () => {
    expect(all.size).toBeGreaterThan(250);
    expect(sorted(all).filter((construct) => !run.has(construct) && !uncompiled.has(construct))).toEqual([]);
  });

  it("use nothing that is in neither a policy nor the language reference", () => {
    expect(uncompiled.size).toBeGreaterThan(50);
    expect(sorted(all).filter((construct) => !run.has(construct) && !reference.has(construct))).toEqual([]);
  });
});

describe("the syntax tree", () => {
  const code = read("language/syntax/tree.ts").replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
  const words = new Set([...code.matchAll(/"([^"\n]*)"/g)].map((match) => match[1] ?? "").filter((word) => !word.endsWith(".ts")));

  it("has no form that is shown nowhere", () => {
    const shown = new Set([...run, ...reference].flatMap((construct) => construct.split(" ")));
    const left = [
      "error", // stands where a file does not parse
      ...["log", "capabilities", "udp"], // words of `runtime`, of which the reference shows others
      ...["hour", "minute", "second", "week"], // units, of which days are shown
    ];
    expect(sorted(words).filter((word) => !shown.has(word))).toEqual([...left].sort());
  });
});

it("notices a construct that nothing shows", () => {
  const one = constructsIn(['policy p for image { require a: image.tag glob "v*" }']);
  expect(one).toContain("pattern.op glob");
  expect(one).toContain("clause.polarity require");
  expect(one).not.toContain("pattern.op matches");
  expect(constructsIn(["let a = -1"])).toContain("negate");
});

it("leaves out what stands where no test decides", () => {
  const text = 'policy p for image { require a: image.tag glob "v*"\n forbid b: image.tag matches "v.*" }';
  const module = parse({ path: "a.scp", text }).value;
  const without = [{ start: text.indexOf("forbid"), end: text.lastIndexOf("}") }];
  const found = constructsOf(module, "module", new Set(), without);
  expect(found).toContain("pattern.op glob");
  expect(found).not.toContain("pattern.op matches");
  expect(found).not.toContain("clause.polarity forbid");
});
