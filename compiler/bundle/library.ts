/**
 * Collects what the command line carries as modules: the standard library and the packs (`policies/std`,
 * `policies/packs`), so that a policy checks without reading them from disk, and the pages of `explain`. Run by
 * `npm run gen`.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

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
  await generatePages();
}
