/**
 * Every construct of the language is shown where it runs: what compiles, by the tests of the packs and examples; what is
 * checked and not yet compiled, by the examples of the language reference.
 */
import { describe, expect, it } from "vitest";
import { parse } from "../../language/syntax/parse.ts";
import { listFiles, read } from "../architecture/sources.ts";
import { fences } from "../literate/markdown.ts";
import { constructsOf } from "./constructs.ts";

function constructsIn(texts: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const text of texts) constructsOf(parse({ path: "a.scp", text }).value, "module", found);
  return found;
}

const tour = ["language/syntax/fixtures/tour.scp", "language/syntax/fixtures/more.scp"].map(read);
const run = constructsIn(
  listFiles()
    .filter((path) => /^policies\/.*\.scp$/.test(path))
    .map(read),
);
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

  it("use nothing that no policy shows, but for what is not yet compiled", () => {
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
