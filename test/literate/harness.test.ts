/** The harness notices what is not as a document says. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { consoleProblems } from "./console.ts";
import { exampleOf, preambleOf } from "./example.ts";
import { type Fence, fences } from "./markdown.ts";
import { problemsOf } from "./run.ts";

const reference = readFileSync(new URL("../../language/README.md", import.meta.url), "utf8");
const preamble = preambleOf(fences("language/README.md", reference));

function blockOf(info: string, text: string): Fence {
  const [block] = fences("a.md", `# A\n\n\`\`\`${info}\n${text}\n\`\`\`\n`);
  if (block === undefined) throw new Error("no block");
  return block;
}

const problems = (info: string, text: string): readonly string[] => problemsOf(exampleOf(blockOf(info, text), preamble));

it("names file and line of an error that no marker expects", () => {
  expect(problems("scp", "let a = 1\nlet b = a +")).toEqual([expect.stringMatching(/^a\.md:5: error: WB0101 /)]);
});

it("misses a marker's diagnostic on another line, of another level or with another text", () => {
  const wrong = 'let a: Int = "x"';
  expect(problems("scp error", `${wrong} // error: WB0301 found a \`String\``)).toEqual([]);
  expect(problems("scp error", `${wrong}\n// error: WB0301`)).toEqual([]);
  expect(problems("scp error", `// error: WB0301\n${wrong}`)).toHaveLength(2);
  expect(problems("scp error", `${wrong} // warning: WB0301`)).toHaveLength(2);
  expect(problems("scp error", `${wrong} // error: WB0301 found a \`Bool\``)).toHaveLength(2);
  expect(problems("scp error", "let a = 1")).toEqual(["a.md:3: an error block without a marker"]);
});

it("notices a file that is not formatted, and warnings", () => {
  expect(problems("scp", "let  a = 1")).toEqual(["a.md:4: not formatted: `waybill fmt` writes `let a = 1`"]);
  expect(problems("scp unformatted", "let  a = 1")).toEqual([]);
  expect(problems("scp", "import waybill.slsa")).toEqual([expect.stringContaining("a.md:4: warning: WB0707")]);
  expect(problems("scp in policy", "let unused = 1")).toEqual([expect.stringContaining("a.md:4: warning: WB0707")]);
  expect(problems("scp in policy for workload", "require workload.nmae == 1")).toEqual([expect.stringContaining("a.md:4: error: WB0210")]);
});

it("runs tests, and says what they found", () => {
  const policy = 'policy p for image at ci {\n  require a: image.tag == "v1"\n}';
  const test = (effect: string): string => `test "t" {\n  given image { ref: "x:v1" }\n  expect ${effect}\n}`;
  expect(problems("scp", `${policy}\n\n${test("allow")}`)).toEqual([]);
  expect(problems("scp", `${policy}\n\n${test("deny")}`)).toEqual([
    'a.md:10: test "t": the decision is another one: expected deny, found allow (passed)',
  ]);
});

it("compares the end of a quarantine", () => {
  const policy = 'policy p for package at ci {\n  require a: package.name == "a" else quarantine until 2027-01-02\n}';
  const test = (until: string): string => `test "t" {\n  given package { name: "b" }\n  expect quarantine${until}\n}`;
  expect(problems("scp", `${policy}\n\n${test("")}`)).toEqual([]);
  expect(problems("scp", `${policy}\n\n${test(" until 2027-01-02")}`)).toEqual([]);
  expect(problems("scp", `${policy}\n\n${test(" until 2027-01-03")}`)).toEqual([
    'a.md:10: test "t": the quarantine ends at another time: expected until 2027-01-03T00:00:00Z, found until 2027-01-02T00:00:00Z',
  ]);
});

it("compares what expressions come to", () => {
  expect(problems("scp expr", "1 == 1 // true\n1 == 2 // false\nknown(image.digest) // false")).toEqual([]);
  expect(problems("scp expr", "1 == 1 // false")).toEqual(["a.md:4: comes to true"]);
  expect(problems("scp expr", "image.digest in [] // true\nimage.purl == image.purl // unknown: transient")).toEqual([
    "a.md:4: comes to false",
    "a.md:5: comes to unknown: missing",
  ]);
});

it("finds files of one block by name", () => {
  const files = "// file: x/a.scp\nmodule x.a\n\nimport x.b\n\nlet c = b.d\n\n// file: x/b.scp\nmodule x.b\n\nlet d = 1";
  expect(problems("scp", files)).toEqual([]);
  expect(problems("scp", files.replace("let d", "let e"))).toEqual([expect.stringContaining("a.md:9: error: WB0209")]);
});

it("refuses words that are no convention", () => {
  expect(() => problems("scp ok", "let a = 1")).toThrow("`ok` is no convention");
});

it("compares output and exit code of commands", async () => {
  const said = (text: string): Promise<readonly string[]> => consoleProblems(blockOf("console", text), new Map([["a.scp", "let a = 1\n"]]));
  expect(await said("$ waybill fmt --check a.scp")).toEqual([]);
  expect(await said("$ waybill fmt --check b.scp\n`b.scp` does not exist\n[exit 2]")).toEqual([]);
  expect(await said("$ waybill fmt --check b.scp\n`c.scp` does not exist\n[exit 1]")).toHaveLength(2);
});
