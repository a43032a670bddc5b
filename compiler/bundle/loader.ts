/**
 * The loader of the bundle, in place of `compiler/cli/load.ts`. `check`, which runs on every save and every commit, is a
 * script of its own with what V8 compiled of it kept beside it; the other verbs are modules that load what they use.
 * Node's own compile cache keeps the functions that a module begins with, and not those that a call then needs.
 */
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import type { Commands } from "../cli/load.ts";

/** The file of `check` beside the entry, by the name that its content has; put in by the build. */
declare const CHECK: string;

/** The other verbs, beside the entry. */
const modules = "./chunks/cli.js";

/** A script as Node makes one of a CommonJS module. */
export function wrapped(source: string): string {
  return `(function (exports, require, module, __filename, __dirname) { ${source}\n});`;
}

/** Code compiled by one V8 is of no use to another, nor on another processor. */
export function cacheFile(script: string): string {
  return `${script}.${process.version}-${process.platform}-${process.arch}.cache`;
}

export async function load(verb: string | undefined): Promise<Commands> {
  const compiled = verb === "check" ? compiledCheck() : undefined;
  if (compiled !== undefined) return compiled;
  enableCompileCache?.();
  return verb === "check" ? require(join(__dirname, CHECK)) : import(modules);
}

/** Undefined: the bundle was built by another Node. V8 itself refuses what was compiled under other flags, and compiles anew. */
function compiledCheck(): Commands | undefined {
  const path = join(__dirname, CHECK);
  let cachedData: Buffer;
  try {
    cachedData = readFileSync(join(__dirname, cacheFile(CHECK)));
  } catch {
    return undefined;
  }
  // The build writes nothing but ASCII, which is read faster as Latin-1.
  const script = new Script(wrapped(readFileSync(path, "latin1")), { filename: path, cachedData });
  const module: { exports: unknown } = { exports: {} };
  script.runInThisContext()(module.exports, require, module, path, __dirname);
  return module.exports as Commands;
}
