/**
 * Markdown that is a test: every example of the language reference, of the page about SLSA levels, of the documents beside this file and of the packs'
 * documents does what it says. Diagnostics pages are held by `pages.test.ts`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { listFiles, root } from "../architecture/sources.ts";
import { consoleProblems } from "./console.ts";
import { exampleOf, preambleOf } from "./example.ts";
import { type Fence, fences } from "./markdown.ts";
import { problemsOf } from "./run.ts";

const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
const reference = "language/README.md";
const documents = [
  reference,
  "docs/slsa-levels.md",
  ...readdirSync(new URL(".", import.meta.url))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `test/literate/${name}`),
  ...listFiles().filter((path) => /^policies\/.*\/README\.md$/.test(path)),
];
const preamble = preambleOf(fences(reference, read(reference)));
/** Documents of policies show commands as they are typed in a checkout: what lies beside the document is there. */
function beside(path: string): readonly (readonly [string, string])[] {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  if (!folder.startsWith("policies/")) return [];
  return listFiles()
    .filter((file) => file.startsWith(folder) && /\.(?:scp|json|ya?ml|csv)$/.test(file))
    .map((file) => [file, read(file)]);
}

const title = (fence: Fence): string => `${fence.line}: ${fence.heading}`;

describe.each(documents)("%s", (path) => {
  const blocks = fences(path, read(path));
  const examples = blocks.filter((fence) => fence.language === "scp");
  for (const fence of examples) {
    it(`${title(fence)} holds`, () => {
      expect(problemsOf(exampleOf(fence, preamble))).toEqual([]);
    });
  }
  for (const fence of blocks.filter((one) => one.language === "console")) {
    it(`${title(fence)} prints what it shows`, async () => {
      const named = blocks.filter((one) => one.file !== undefined && one.line < fence.line);
      const files = new Map([...beside(path), ...named.map((one) => [one.file ?? "", one.text] as const)]);
      expect(await consoleProblems(fence, files)).toEqual([]);
    });
  }
  it("has examples, and closes every fence", () => {
    expect(path.startsWith("policies/") || examples.length > 0).toBe(true);
    expect(
      read(path)
        .split("\n")
        .filter((line) => line.startsWith("```")).length % 2,
    ).toBe(0);
  });
});
