/** Parsing and checking a package of 2,000 lines in this process, and the first parse of a new one. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../../language/compile.ts";
import type { Result } from "../../language/diagnostics/diagnostic.ts";
import { parse } from "../../language/syntax/parse.ts";
import type { Module } from "../../language/syntax/tree.ts";
import { type Bar, median, nanoseconds } from "./measure.ts";
import { costs, runNode, seconds, type Workshop } from "./processes.ts";
import { loadStandard } from "./project.ts";

/** A policy as people write them, of about 26 lines; the package is 77 of them. */
function section(index: number): string {
  const name = `part${index}`;
  return `
/// What ${name} may have: ${index} of the rules that the platform team keeps.
enum Level${index} { none < low < medium < high < critical }

input limit${index}: Level${index} = high

/// Whether a container of ${name} is one that the platform runs itself.
function own${index}(name: String, image: String) -> Bool =
  name glob "platform-${index}-**" and image glob "registry.acme.example/**"

table grade${index}(exposed: Bool, level: Level${index}) -> Level${index} {
  | true  | critical -> critical
  | true  | high     -> high
  | true  | <= medium -> medium
  | false | critical -> medium
  | false | <= high  -> low
}

policy ${name} for workload at ci where workload.kind == "Deployment" {
  let shared = workload.pod.hostNetwork or workload.pod.hostPID

  /// Nothing of ${name} gains privileges.
  forbid privileged: some c in workload.containers where c.privileged else "{c.name} is privileged"
  require nonroot: every c in workload.containers where c.name != "init-${index}": (c.runAsUser otherwise 0) >= ${1000 + index}
    else "{c.name} runs as {c.runAsUser}"
  forbid keys: some c in workload.containers where (some e in c.env where e.name in ["KEY_${index}", "TOKEN_${index}"] and e.value != "")
    else "{c.name} holds a key of ${name}"
  require grade: grade${index}(shared, limit${index}) <= medium else warn "${name} shares the node"
  forbid foreign: some c in workload.containers where not own${index}(c.name, c.workingDir otherwise "") and c.tty
    else warn "{c.name} has a terminal"
}
`;
}

/** Policies of 2,000 lines in one module. */
export function packageText(lines = 2000): string {
  let text = "/// Made for benchmarks.\nmodule bench.large\n\nimport waybill.kubernetes\n";
  for (let index = 0; text.split("\n").length < lines; index += 1) text += section(index);
  return text;
}

export function checkBars(workshop: Workshop): readonly Bar[] {
  const text = packageText();
  const source = { path: "large.scp", text };
  // The standard library is parsed once: what is compared is the package's own check with its own parse.
  const parsed = new Map<string, Result<Module>>();
  const check = (): unknown => {
    parsed.delete(source.path);
    return compile({ deciding: [source], load: loadStandard, parsed });
  };
  const first = compile({ deciding: [source], load: loadStandard, parsed });
  const errors = first.diagnostics.filter((one) => one.level === "error");
  if (errors.length > 0)
    throw new Error(`the benchmark's package does not compile: ${errors[0]?.message} at ${errors[0]?.location?.start}`);
  const ns = processorTimes({ parse: () => parse(source), check });
  const speed = text.length / 1e6 / (ns.parse / 1e9);
  const kilobytes = text.length / 1000;

  const folder = join(workshop.folder, "package");
  mkdirSync(folder);
  const path = join(folder, "large.scp");
  writeFileSync(path, firstDeclarations(text, 88_000));
  const account = (words: readonly string[]) => () => runNode({ words }, workshop, true);
  const cost = costs({ idle: account(["-e", "0"]), cold: account([workshop.parse, path]) }, 15);
  const cold = cost.cold.cpu - cost.idle.cpu;
  return [
    {
      work: "check of a package of 2,000 lines / its parse",
      ratio: ns.check / ns.parse,
      direction: "<=",
      bar: 3,
      detail: `${nanoseconds(ns.check)} of processor against ${nanoseconds(ns.parse)}, ${text.split("\n").length} lines, ${kilobytes.toFixed(0)} kB`,
    },
    {
      work: "parse, warm, MB/s",
      ratio: speed,
      direction: ">=",
      bar: 10,
      detail: `${kilobytes.toFixed(0)} kB in ${nanoseconds((text.length / speed) * 1000)} of processor`,
    },
    {
      work: "first parse of 88 kB in a new process, ms over `node -e 0`",
      ratio: cold,
      direction: "<=",
      bar: 120,
      detail: `${seconds(cost.cold.cpu)} of processor (${seconds(cost.cold.wall)} passed) against ${seconds(cost.idle.cpu)} (${seconds(cost.idle.wall)})`,
    },
  ];
}

/** Nanoseconds of this process's processor a call, in turns: what others do on the machine is in no figure. */
function processorTimes<K extends string>(works: Readonly<Record<K, () => unknown>>): Readonly<Record<K, number>> {
  const names = Object.keys(works) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  // The first rounds are for the compiler.
  for (let round = -15; round < 15; round += 1) {
    for (const name of names) {
      const start = process.cpuUsage();
      for (let call = 0; call < 10; call += 1) works[name]();
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) samples[name].push(((user + system) * 1000) / 10);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples[name])])) as Record<K, number>;
}

/** The text up to the last whole policy before `most` characters. */
function firstDeclarations(text: string, most: number): string {
  return text.slice(0, text.lastIndexOf("\n}\n", most) + 3);
}
