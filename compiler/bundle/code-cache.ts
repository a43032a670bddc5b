/**
 * Compiles the script of `check` ahead: runs it once on policies, in a process of its own, and keeps what V8 compiled
 * meanwhile. Node must be the one that will run it (`npm run build` is, for the pinned one).
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import type { Commands } from "../cli/load.ts";
import { cacheFile, seal, wrapped } from "./loader.ts";

/** Writes the cache beside `script`, the path of the bundled script of `check`. */
export function compileAhead(script: string): void {
  const self = fileURLToPath(import.meta.url);
  const { status, stderr } = spawnSync(process.execPath, [self, script], { encoding: "utf8", input: questionable });
  if (status !== 0) throw new Error(`\`check\` could not be compiled ahead: ${stderr}`);
}

/** What people check: policies with tests that import the library, and, on stdin, one of which there is something to say. */
const examples = fileURLToPath(new URL("../../policies/examples/pods", import.meta.url));
const questionable = "import waybill.kubernetes\n\npolicy p for image {\n  require a: image.tag == 1\n}\n";

async function compile(path: string): Promise<void> {
  const source = readFileSync(path);
  const script = new Script(wrapped(source.toString("latin1")), { filename: path });
  const module: { exports: unknown } = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path));
  const { run } = module.exports as Commands;
  for (const [words, expected] of [
    [["check", examples], 0],
    [["check", "-"], 1],
  ] as const) {
    await run(words, "0.0.0");
    if (process.exitCode !== expected) throw new Error(`waybill ${words.join(" ")} ended with ${process.exitCode}`);
  }
  process.exitCode = 0;
  const compiled = script.createCachedData();
  writeFileSync(cacheFile(path), Buffer.concat([seal(source, compiled), compiled]));
}

if (import.meta.main && process.argv[2] !== undefined) await compile(process.argv[2]);
