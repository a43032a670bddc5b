/** The published cases of package-url/purl-spec: all but the ones named below. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Parsed } from "../../language/domains/parsed.ts";
import { buildPurl, type Purl, parsePurl } from "../../language/domains/purl.ts";

interface Components {
  readonly type: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly qualifiers: Readonly<Record<string, string>> | null;
  readonly subpath: string | null;
}

interface Case {
  readonly description: string;
  readonly test_type: "parse" | "build" | "validate";
  readonly input: string | Components;
  readonly expected_output?: string | Components | null;
  readonly expected_failure: boolean;
}

/** What is not met, by input, and why. */
const exceptions: ReadonlyMap<string, string> = new Map([
  ["pkg:gem/jruby-launcher@1.1.2?Platform=java", "another case wants the same text read, with the key in lower case"],
  ["pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25", "another case wants the same text read, with the keys in lower case"],
  ["pkg:npm/@babel/core#/googleapis/api/annotations/", "the language refuses an unencoded scope and offers %40"],
  ["pkg:git/codeberg.org/forgejo/forgejo@a72d2c07cfca03b55371089de6aa230d8c951fa0", "a name with a slash is read as a longer namespace"],
  ["pkg:git/codeberg.org/forgejo/forgejo@a72d2c07cfca03b55371089de6aa230d8c951fa0#options/locale_readme.md", "likewise"],
  ["forgejo/forgejo", "likewise"],
]);

const root = new URL("../../../shared/corpus/purl-spec/", import.meta.url);
const present = existsSync(root);

function files(): readonly URL[] {
  const types = new URL("types/", root);
  return [new URL("spec/specification-test.json", root), ...readdirSync(types).map((name) => new URL(name, types))];
}

function run({ test_type, input }: Case): Parsed<Purl> {
  if (typeof input === "string") return parsePurl(input);
  if (test_type !== "build" || input.type === null || input.name === null) return { ok: false, problem: "a purl needs a type and a name" };
  return buildPurl({
    type: input.type,
    namespace: input.namespace ?? undefined,
    name: input.name,
    version: input.version ?? undefined,
    qualifiers: input.qualifiers ?? undefined,
    subpath: input.subpath ?? undefined,
  });
}

function components(purl: Purl): Components {
  return {
    type: purl.type,
    namespace: purl.namespace ?? null,
    name: purl.name,
    version: purl.version ?? null,
    qualifiers: purl.qualifiers.size === 0 ? null : Object.fromEntries(purl.qualifiers),
    subpath: purl.subpath ?? null,
  };
}

function isMet(test: Case): boolean {
  const result = run(test);
  if (test.expected_failure || !result.ok) return test.expected_failure !== result.ok;
  const expected = test.expected_output;
  if (typeof expected === "string") return result.value.text === expected;
  if (expected === null || expected === undefined) return true;
  const sorted = Object.entries(expected.qualifiers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const wanted = { ...expected, qualifiers: sorted.length === 0 ? null : Object.fromEntries(sorted) };
  const found = components(result.value);
  return (Object.keys(found) as (keyof Components)[]).every((key) => JSON.stringify(found[key]) === JSON.stringify(wanted[key] ?? null));
}

function nameOf(input: string | Components): string {
  return typeof input === "string" ? input : (input.name ?? "");
}

it.skipIf(!present)(`reads and builds the purls of purl-spec${present ? "" : " (skipped: no shared corpus here)"}`, () => {
  const cases = files().flatMap((file) => (JSON.parse(readFileSync(file, "utf8")) as { readonly tests: readonly Case[] }).tests);
  expect(cases.length).toBeGreaterThan(500);
  const unmet = cases.filter((test) => !isMet(test)).map((test) => nameOf(test.input));
  expect(unmet.filter((name) => !exceptions.has(name))).toEqual([]);
  expect([...exceptions.keys()].filter((name) => !unmet.includes(name))).toEqual([]);
});
