/** The shipped policies hold what they ask of others: they check, are formatted, pass their tests, and their mutants are noticed. */
import { describe, expect, it } from "vitest";
import { collectLibrary } from "../../compiler/bundle/library.ts";
import { runTest, TestPrograms } from "../../engine/decide/testing.ts";
import { type Compiled, compile } from "../../language/compile.ts";
import { canonicalLicenseId, isDeprecatedLicenseId } from "../../language/domains/license.ts";
import { formatSource } from "../../language/syntax/format.ts";
import { parse } from "../../language/syntax/parse.ts";
import type { SourceFile } from "../../language/syntax/tree.ts";
import { listFiles, read } from "../architecture/sources.ts";

const sources: readonly SourceFile[] = listFiles()
  .filter((path) => /^policies\/.*\.scp$/.test(path))
  .map((path) => ({ path, text: read(path) }));
const library = new Map<string, SourceFile>();
for (const [path, text] of Object.entries(await collectLibrary())) {
  const name = nameOf({ path, text });
  if (path.endsWith(".scp") && name !== undefined) library.set(name, { path, text });
}
for (const source of sources) {
  const name = nameOf(source);
  if (name !== undefined) library.set(name, source);
}

function nameOf(source: SourceFile): string | undefined {
  return parse(source)
    .value.name?.parts.map((part) => part.text)
    .join(".");
}

function compiled(files: readonly SourceFile[]): Compiled {
  return compile({
    deciding: files,
    load: (name) => library.get(name),
    file: (path, from) => read(`${from.slice(0, from.lastIndexOf("/") + 1)}${path}`),
    known: [...library.keys()],
  });
}

/** Packs and examples, by folder. */
const folders = [...new Set(sources.flatMap(({ path }) => /^policies\/(?:packs|examples)\/[^/]+\//.exec(path)?.[0] ?? []))];

it("are these", () => {
  expect(folders).toEqual(
    [
      "examples/deadlines",
      "examples/exploitability",
      "examples/first-gate",
      "examples/own-sbom",
      "examples/pods",
      "examples/provenance",
      "examples/release",
    ]
      .concat(["packs/bod-26-04", "packs/findings", "packs/licenses", "packs/pod-security", "packs/sbom-quality"])
      .map((name) => `policies/${name}/`),
  );
});

it("check together without a diagnostic", () => {
  expect(compiled(sources).diagnostics.map((diagnostic) => `${diagnostic.location?.path}: ${diagnostic.message}`)).toEqual([]);
});

it.each(sources.map((source) => [source.path, source] as const))("%s is formatted", (_path, source) => {
  expect(formatSource(source)).toMatchObject({ value: source.text, diagnostics: [] });
});

describe.each(folders)("%s", (folder) => {
  const own = sources.filter((source) => source.path.startsWith(folder));
  const program = compiled(own).value;

  it("passes its tests, and has some", () => {
    const programs = new TestPrograms(program);
    const failed = program.tests.map((test) => runTest(programs, test)).filter((result) => !result.passed);
    expect(program.tests.length).toBeGreaterThan(4);
    expect(failed.map((result) => `${result.test.title}: ${result.failures.map((failure) => failure.message).join(", ")}`)).toEqual([]);
  });

  it("names each clause in a test", () => {
    const tests = own.map((source) => source.text.slice(Math.max(0, source.text.indexOf("\ntest ")))).join("\n");
    const labels = program.policies.flatMap((policy) => policy.clauses.flatMap((clause) => clause.label ?? []));
    expect(labels.filter((label) => !new RegExp(`\\b${label}\\b`).test(tests))).toEqual([]);
  });

  it("is explained beside it", () => {
    expect(read(`${folder}README.md`)).toMatch(/waybill (?:gate|test) /);
  });
});

describe("waybill.license", () => {
  const text = read("policies/std/license.scp");
  const lists = new Map(
    [...text.matchAll(/^let (\w+): List<String> = \[([^\]]*)\]/gm)].map((match) => [
      match[1] ?? "",
      [...(match[2] ?? "").matchAll(/"([^"]*)"/g)].map((id) => id[1] ?? ""),
    ]),
  );
  const list = (name: string): readonly string[] => lists.get(name) ?? [];

  it("has five lists, of SPDX ids as SPDX writes them today", () => {
    expect([...lists.keys()]).toEqual(["network_copyleft", "strong_copyleft", "weak_copyleft", "share_alike", "permissive"]);
    const ids = [...lists.values()].flat();
    expect(ids.length).toBeGreaterThan(150);
    expect(ids.filter((id) => canonicalLicenseId(id) !== id || isDeprecatedLicenseId(id))).toEqual([]);
  });

  it("names a licence once in each list, and in one list only, but for network copyleft, which is strong", () => {
    for (const ids of lists.values()) expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(list("network_copyleft").filter((id) => !list("strong_copyleft").includes(id))).toEqual([]);
    const apart = ["strong_copyleft", "weak_copyleft", "share_alike", "permissive"].flatMap(list);
    expect(apart.filter((id, index) => apart.indexOf(id) !== index)).toEqual([]);
  });
});
