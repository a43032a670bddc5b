/**
 * The loader of the bundle, in place of `compiler/cli/load.ts`. `check`, which runs on every save and every commit, and
 * `gate` and `vex decide`, which run in every build, are scripts of their own with what V8 compiled of them kept beside
 * them; the other verbs are modules that load what they use.
 * Node's own compile cache keeps the functions that a module begins with, and not those that a call then needs.
 */
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import type { Commands } from "../cli/load.ts";

/** The files of verbs beside the entry, by the names that their content has; put in by the build. */
declare const SCRIPTS: Readonly<Record<string, string>>;

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

const sealLength = 8;

/**
 * What stands before the compiled code: the checksums of the script and of that code. V8 looks at the lengths of both and
 * at no more, and runs what it finds.
 */
export function seal(source: Uint8Array, compiled: Uint8Array): Buffer {
  // Other calls need not load it.
  const { crc32 } = process.getBuiltinModule("node:zlib");
  const sums = Buffer.alloc(sealLength);
  sums.writeUInt32LE(crc32(source), 0);
  sums.writeUInt32LE(crc32(compiled), 4);
  return sums;
}

export async function load(words: readonly string[]): Promise<Commands> {
  const verb = [words[0], words.slice(0, 2).join(" ")].find((one) => one !== undefined && Object.hasOwn(SCRIPTS, one));
  const script = verb === undefined ? undefined : SCRIPTS[verb];
  const compiled = script === undefined ? undefined : compiledAhead(script);
  if (compiled !== undefined) return compiled;
  enableCompileCache?.();
  return script === undefined ? import(modules) : require(join(__dirname, script));
}

/**
 * Undefined: the bundle was built by another Node, or a file was damaged since. V8 itself refuses what was compiled under
 * other flags, and compiles anew.
 */
function compiledAhead(name: string): Commands | undefined {
  const path = join(__dirname, name);
  let cache: Buffer;
  try {
    cache = readFileSync(join(__dirname, cacheFile(name)));
  } catch {
    return undefined;
  }
  const source = readFileSync(path);
  const cachedData = cache.subarray(sealLength);
  if (!seal(source, cachedData).equals(cache.subarray(0, sealLength))) return undefined;
  // The build writes nothing but ASCII, which is read faster as Latin-1.
  const script = new Script(wrapped(source.toString("latin1")), { filename: path, cachedData });
  const module: { exports: unknown } = { exports: {} };
  // What it loads stands beside it, as what the entry loads does.
  script.runInThisContext()(module.exports, require, module, path, __dirname);
  return module.exports as Commands;
}
