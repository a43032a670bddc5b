/**
 * Collects what the command line carries as modules: the standard library and the packs (`policies/std`,
 * `policies/packs`), so that a policy checks without reading them from disk, and the pages of `explain`. Run by
 * `npm run gen`.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "../../language/syntax/parse.ts";

const policies = fileURLToPath(new URL("../../policies/", import.meta.url));
const pages = fileURLToPath(new URL("../../language/diagnostics/pages/", import.meta.url));
const target = fileURLToPath(new URL("generated/", import.meta.url));

/** Sources and the tables that they read `from`; keys are `std/image.scp`, `packs/pod-security/pod_security.scp`. */
export async function collectLibrary(): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const folder of ["std", "packs"]) {
    const entries = await readdir(join(policies, folder), { withFileTypes: true, recursive: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || !/\.(scp|csv|json)$/.test(entry.name) || entry.name.endsWith(".test.scp")) continue;
      const path = join(entry.parentPath, entry.name);
      texts[relative(policies, path).split(sep).join("/")] = await readFile(path, "utf8");
    }
  }
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Writes `generated/library.js` and its types. */
export async function generateLibrary(): Promise<void> {
  const texts = await collectLibrary();
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "library.js"), `export const library = ${JSON.stringify(texts, undefined, 1)};\n`);
  await writeFile(
    join(target, "library.d.ts"),
    "/** Text by path under `policies/`. */\nexport declare const library: Readonly<Record<string, string>>;\n",
  );
  process.stdout.write(`generated library of ${Object.keys(texts).length} files\n`);
}

/**
 * Writes `generated/trees.js`: the syntax tree of each module of the standard library as a function of its source, so
 * that a call does not parse what never changes. The engine compiles a function when it is first called.
 */
async function generateTrees(): Promise<void> {
  const entries: string[] = [];
  for (const [path, text] of Object.entries(await collectLibrary())) {
    if (!path.startsWith("std/") || !path.endsWith(".scp")) continue;
    const { value, diagnostics } = parse({ path, text });
    if (diagnostics.length > 0) throw new Error(`${path} has syntax errors`);
    const { source: _, ...tree } = value;
    entries.push(`${JSON.stringify(path)}:(source)=>({source,...${literal(tree)}})`);
  }
  await writeFile(join(target, "trees.js"), `export const trees = {\n${entries.join(",\n")}\n};\n`);
  await writeFile(
    join(target, "trees.d.ts"),
    `import type { Module, SourceFile } from "../../../language/syntax/tree.ts";
/** Trees by path under \`policies/\`. */
export declare const trees: Readonly<Record<string, (source: SourceFile) => Module>>;
`,
  );
  process.stdout.write(`generated ${entries.length} trees\n`);
}

/** A value of a syntax tree as JavaScript: JSON, and integers as `3n`. */
function literal(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(literal).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${literal(entry)}`).join(",")}}`;
}

/** Writes `generated/pages.js`: the page of each diagnostic by its code, for `explain`. */
async function generatePages(): Promise<void> {
  const texts: Record<string, string> = {};
  for (const name of (await readdir(pages).catch(() => [])).sort()) {
    if (/^WB\d{4}\.md$/.test(name)) texts[name.slice(0, -3)] = await readFile(join(pages, name), "utf8");
  }
  await writeFile(join(target, "pages.js"), `export const pages = ${JSON.stringify(texts, undefined, 1)};\n`);
  await writeFile(join(target, "pages.d.ts"), "/** Markdown by code. */\nexport declare const pages: Readonly<Record<string, string>>;\n");
  process.stdout.write(`generated ${Object.keys(texts).length} pages\n`);
}

if (import.meta.main) {
  await generateLibrary();
  await generateTrees();
  await generatePages();
}
