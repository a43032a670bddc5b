/** What `waybill new` writes checks without a diagnostic, is formatted, and passes tests that each clause is named in. */
import { describe, expect, it } from "vitest";
import { collectLibrary } from "../../compiler/bundle/library.ts";
import { templates } from "../../compiler/cli/templates.ts";
import { runTest, TestPrograms } from "../../engine/decide/testing.ts";
import { compile } from "../../language/compile.ts";
import { formatSource } from "../../language/syntax/format.ts";
import { parse } from "../../language/syntax/parse.ts";
import type { SourceFile } from "../../language/syntax/tree.ts";

const library = new Map<string, SourceFile>();
for (const [path, text] of Object.entries(await collectLibrary())) {
  const name = path.endsWith(".scp") ? parse({ path, text }).value.name : undefined;
  if (name !== undefined) library.set(name.parts.map((part) => part.text).join("."), { path, text });
}

const policies = Object.entries(templates).flatMap(([kind, template]) =>
  template(`acme.${kind}`)
    .filter((file) => file.path.endsWith(".scp"))
    .map((file) => [kind, { path: file.path, text: file.text }, file.next(file.path)] as const),
);

it("there are some", () => {
  expect(policies.map(([kind]) => kind)).toEqual(["policy", "licences", "findings", "pods"]);
});

describe.each(policies)("%s", (_kind, source, next) => {
  const { value, diagnostics } = compile({
    deciding: [source],
    load: (name) => library.get(name),
    file: () => undefined,
    known: [...library.keys()],
  });

  it("checks, and is formatted", () => {
    expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual([]);
    expect(formatSource(source)).toMatchObject({ value: source.text, diagnostics: [] });
  });

  it("passes its tests, which name each clause", () => {
    const programs = new TestPrograms(value);
    const results = value.tests.map((test) => runTest(programs, test));
    expect(results.length).toBeGreaterThan(2);
    expect(results.filter((result) => !result.passed).map((result) => result.test.title)).toEqual([]);
    const labels = value.policies.flatMap((policy) => policy.clauses.flatMap((clause) => clause.label ?? []));
    const tests = source.text.slice(source.text.indexOf('\ntest "'));
    expect(labels.filter((label) => !tests.includes(`.${label}`))).toEqual([]);
  });

  it("says what to do next, with the file that it wrote", () => {
    expect(next).toMatch(new RegExp(`^waybill test ${source.path} && waybill gate --policy ${source.path} `));
  });
});
