/**
 * Collects the standard library and the packs (`policies/std`, `policies/packs`) into one module that the command
 * line carries, so that a policy checks without reading them from disk. Run by `npm run gen`.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const policies = fileURLToPath(new URL("../../policies/", import.meta.url));
const target = fileURLToPath(new URL("generated/", import.meta.url));

/** Sources and the tables that they read `from`; keys are `std/image.scp`, `packs/pod-security/pod_security.scp`. */
export async function collectLibrary(): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const folder of ["std", "packs"]) {
    const entries = await readdir(join(policies, folder), { withFileTypes: true, recursive: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || !/\.(scp|csv|json)$/.test(entry.name)) continue;
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

if (import.meta.main) await generateLibrary();
