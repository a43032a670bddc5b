/**
 * Compiles the script of a verb ahead: runs it once on what it is for, in a process of its own, and keeps what V8 compiled
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

/** Writes the cache beside `script`, the path of the bundled script of `verb`. */
export function compileAhead(verb: string, script: string): void {
  const self = fileURLToPath(import.meta.url);
  const { status, stderr } = spawnSync(process.execPath, [self, verb, script], { encoding: "utf8", input: questionable });
  if (status !== 0) throw new Error(`\`${verb}\` could not be compiled ahead: ${stderr}`);
}

const example = (name: string): string => fileURLToPath(new URL(`../../policies/examples/${name}`, import.meta.url));
const statements = fileURLToPath(new URL("../../test/golden/vex-emit/openvex.json", import.meta.url));
const questionable = "import waybill.kubernetes\n\npolicy p for image {\n  require a: image.tag == 1\n}\n";

/** A call, and the exit code that it must end with. */
type Trial = readonly [words: readonly string[], code: number];

/**
 * What people call: policies with tests that import the library are checked, and, on stdin, one of which there is something
 * to say; an SBOM with a scan is let through and refused, and asked about with VEX.
 */
const trials: Readonly<Record<string, readonly Trial[]>> = {
  check: [
    [["check", example("pods")], 0],
    [["check", "-"], 1],
  ],
  gate: [
    [["gate", "-p", example("first-gate"), "-e", example("first-gate/shop.cdx.json"), example("first-gate/shop.grype.json")], 0],
    [["gate", "-p", example("own-sbom"), "-e", example("own-sbom/waybill.cdx.json"), "--set", "examples.own_sbom.tools=true"], 1],
  ],
  "vex decide": [
    [["vex", "decide", "--claimed", "-e", example("first-gate/shop.cdx.json"), example("first-gate/shop.grype.json"), statements], 1],
  ],
};

async function compile(verb: string, path: string): Promise<void> {
  const source = readFileSync(path);
  const script = new Script(wrapped(source.toString("latin1")), { filename: path });
  const module: { exports: unknown } = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path));
  const { run } = module.exports as Commands;
  for (const [words, expected] of trials[verb] ?? []) {
    await run(words, "0.0.0");
    if (process.exitCode !== expected) throw new Error(`waybill ${words.join(" ")} ended with ${process.exitCode}`);
  }
  process.exitCode = 0;
  const compiled = script.createCachedData();
  writeFileSync(cacheFile(path), Buffer.concat([seal(source, compiled), compiled]));
}

const [, , verb, path] = process.argv;
if (import.meta.main && verb !== undefined && path !== undefined) await compile(verb, path);
