/** Whole processes: a fresh bundle of the command line and of the peers, and what running them costs. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundle } from "../../compiler/bundle/build.ts";
import { median } from "./measure.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Workshop {
  /** A folder that is removed at the end. */
  readonly folder: string;
  /** The bundled command line. */
  readonly waybill: string;
  /** The bundled `peer.ts`. */
  readonly peer: string;
  /** The bundled `first-parse.ts`. */
  readonly parse: string;
}

/** Bundles into a folder of its own, so that nobody's build of `dist/` moves under the measurement. */
export async function openWorkshop(): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), "waybill-bench-"));
  await bundle(join(folder, "cli"));
  await build({
    absWorkingDir: root,
    entryPoints: { peer: "test/bench/peer.ts", parse: "test/bench/first-parse.ts" },
    outdir: join(folder, "peer"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
  });
  return {
    folder,
    waybill: join(folder, "cli", "waybill.js"),
    peer: join(folder, "peer", "peer.js"),
    parse: join(folder, "peer", "parse.js"),
  };
}

export function closeWorkshop(workshop: Workshop): void {
  rmSync(workshop.folder, { recursive: true, force: true });
}

export interface Cost {
  /** Milliseconds from start to end, of the whole process. */
  readonly wall: number;
  /** Milliseconds of processor time, of all its threads. */
  readonly cpu: number;
  /** Bytes: the most that it held. */
  readonly peak: number;
}

export interface Command {
  readonly words: readonly string[];
  readonly stdin?: Buffer;
  /** Exit codes that are as they should be; default 0. */
  readonly codes?: readonly number[];
}

/** Run in the process that is measured, before anything else: at its end it says what it used. */
function accountant(path: string): string {
  const source = `import{writeFileSync}from"node:fs";process.on("exit",()=>{const u=process.resourceUsage();writeFileSync(${JSON.stringify(path)},JSON.stringify([(u.userCPUTime+u.systemCPUTime)/1e3,u.maxRSS*1024]))})`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** Runs a program under the Node that runs the benchmarks; `account` costs it some milliseconds. */
export function runNode(command: Command, workshop: Workshop, account: boolean): Cost {
  const ledger = join(workshop.folder, "ledger.json");
  const words = account ? ["--import", accountant(ledger), ...command.words] : command.words;
  const wall = runProgram(process.execPath, { ...command, words });
  if (!account) return { wall, cpu: Number.NaN, peak: Number.NaN };
  const [cpu = Number.NaN, peak = Number.NaN] = JSON.parse(readFileSync(ledger, "utf8")) as readonly number[];
  return { wall, cpu, peak };
}

/** Milliseconds of a whole process. */
export function runProgram(program: string, { words, stdin, codes = [0] }: Command): number {
  const start = performance.now();
  const done = spawnSync(program, words, { cwd: root, input: stdin ?? "", maxBuffer: 1 << 30, stdio: ["pipe", "pipe", "pipe"] });
  const wall = performance.now() - start;
  if (done.error) throw done.error;
  if (!codes.includes(done.status ?? -1))
    throw new Error(`${program} ${words.join(" ").slice(0, 300)} ended with ${done.status}: ${done.stderr.toString().slice(0, 2000)}`);
  return wall;
}

/** Runs all in turn, `rounds` times, and gives the median of each figure of each. */
export function costs<K extends string>(runs: Readonly<Record<K, () => Cost>>, rounds: number): Readonly<Record<K, Cost>> {
  const names = Object.keys(runs) as K[];
  const seen = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<K, Cost[]>;
  for (let round = 0; round < rounds; round += 1) for (const name of names) seen[name].push(runs[name]());
  const middle = (of: readonly Cost[]): Cost => ({
    wall: median(of.map((cost) => cost.wall)),
    cpu: median(of.map((cost) => cost.cpu)),
    peak: median(of.map((cost) => cost.peak)),
  });
  return Object.fromEntries(names.map((name) => [name, middle(seen[name])])) as Record<K, Cost>;
}

export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
