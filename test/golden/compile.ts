/** Compiles small policies against the standard library of this checkout. */
import { readdirSync, readFileSync } from "node:fs";
import { type Compiled, compile } from "../../language/compile.ts";
import type { SourceFile } from "../../language/syntax/tree.ts";

const folder = new URL("../../policies/std/", import.meta.url);

/** Modules of the standard library by qualified name. */
export const standardLibrary: ReadonlyMap<string, SourceFile> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".scp"))
    .map((name) => [`waybill.${name.slice(0, -4)}`, { path: `std:${name}`, text: readFileSync(new URL(name, folder), "utf8") }]),
);

/** `.scp` files decide; others are what tables are read `from`. `without`: a module that this library has not. */
export function compileFiles(files: ReadonlyMap<string, string>, without?: string): Compiled {
  return compile({
    deciding: [...files].filter(([path]) => path.endsWith(".scp")).map(([path, text]) => ({ path, text })),
    load: (name) => (name === without ? undefined : standardLibrary.get(name)),
    file: (path) => files.get(path),
    known: [...standardLibrary.keys()],
  });
}
