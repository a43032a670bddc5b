/** Runs the built command line, as people do. */
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { bundle } from "../../../compiler/bundle/build.ts";

export const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** Bundled as `npm run build` does it, once a test file, so that what is tested is never older than the sources. */
const outdir = join(repository, ".cache", `e2e-${process.pid}-${process.env["VITEST_POOL_ID"] ?? 0}`);
export const built = bundle(outdir).then(() => join(outdir, "waybill.js"));
afterAll(() => rm(outdir, { recursive: true, force: true }));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

export async function waybill(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const binary = await built;
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: tmpdir(), ...options.env };
    const child = spawn(process.execPath, [binary, ...words], { cwd: options.cwd ?? repository, env, stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }));
    // A verb that does not read stdin may be gone before it is written.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin ?? "");
  });
}

/** Runs it with a stdout that is closed before anything is written. */
export async function unread(words: readonly string[], cwd: string): Promise<{ readonly code: number; readonly err: string }> {
  const child = spawn(process.execPath, [await built, ...words], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? -1, err })));
}

/** Starts it and leaves it running; `until` waits for output. */
export async function start(
  words: readonly string[],
  cwd: string,
): Promise<{ until(text: string, times: number): Promise<void>; stop(): void }> {
  const child = spawn(process.execPath, [await built, ...words], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  const until = async (text: string, times: number): Promise<void> => {
    for (let waited = 0; out.split(text).length - 1 < times; waited += 50) {
      if (waited > 90_000) throw new Error(`no \`${text}\` in: ${out}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { until, stop: () => child.kill() };
}

/** A fresh folder with the given files. */
export async function folder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const path = mkdtempSync(join(tmpdir(), "waybill-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}
