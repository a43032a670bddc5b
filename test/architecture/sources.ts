/** The files of the repository, read once for the tests of its invariants. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

const left = new Set(["node_modules", "dist", "coverage", ".git", ".cache"]);

/** Paths relative to the root, with forward slashes; what git ignores is left out. */
export function listFiles(): readonly string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (left.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else found.push(relative(root, path).split(sep).join("/"));
    }
  };
  walk(root);
  return found.sort();
}

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The product's own TypeScript, without tests and what `npm run gen` writes. */
export function productSources(): readonly string[] {
  return listFiles().filter(
    (path) => /^(language|engine|compiler|playground)\/.*\.ts$/.test(path) && !isTest(path) && !path.includes("/generated/"),
  );
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** What a module imports, dynamic imports and re-exports included; relative ones are resolved to the root. */
export function importsOf(path: string): readonly string[] {
  const text = withoutComments(read(path));
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]+)["']/g)].map((match) => match[1] ?? "");
  return specifiers.map((specifier) => (specifier.startsWith(".") ? posix.join(dirname(path), specifier) : specifier));
}

/** Comments blanked out, so that a sentence about `Date.now()` is not a use of it. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/(^|[^:"'`])\/\/[^\n]*/g, "$1");
}
