import { expect, it } from "vitest";
import { importsOf, productSources } from "./sources.ts";

/** docs/architecture.md, "Folders": what each may import of ours. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  language: ["language"],
  engine: ["language", "engine"],
  compiler: ["language", "engine", "compiler"],
  playground: ["language", "engine", "compiler", "playground"],
};

/** Inside language/: data first, then syntax, then what reads it. */
const insideLanguage: Readonly<Record<string, readonly string[]>> = {
  diagnostics: ["diagnostics"],
  domains: ["diagnostics", "domains"],
  syntax: ["diagnostics", "syntax"],
};

it("lets imports go down the table of folders and never up", () => {
  const wrong: string[] = [];
  for (const path of productSources()) {
    const layer = path.split("/")[0] ?? "";
    for (const target of importsOf(path)) {
      const to = target.split("/")[0] ?? "";
      if (to in mayImport && !(mayImport[layer] ?? []).includes(to)) wrong.push(`${path} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

it("keeps diagnostics, domains and syntax free of the passes that follow them", () => {
  const wrong: string[] = [];
  for (const path of productSources().filter((name) => name.startsWith("language/"))) {
    const allowed = insideLanguage[path.split("/")[1] ?? ""];
    if (!allowed) continue;
    for (const target of importsOf(path).filter((name) => name.startsWith("language/"))) {
      if (!allowed.includes(target.split("/")[1] ?? "")) wrong.push(`${path} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

it("never lets the product import its tests", () => {
  const wrong = productSources().flatMap((path) =>
    importsOf(path)
      .filter((target) => target.startsWith("test/") || target.endsWith(".test.ts"))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});
