/** Whole processes of everyday calls, against `node -e 0` and against conftest. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sbomOf } from "./documents.ts";
import { type Bar, median } from "./measure.ts";
import { runNode, runProgram, seconds, type Workshop } from "./processes.ts";

const small = fileURLToPath(new URL("pod.scp", import.meta.url));
const sbomPolicy = fileURLToPath(new URL("sbom.scp", import.meta.url));
const conftestVersion = "v0.71.1";

/** The same rule: an identifier of a strong copyleft licence among the licences of a component. */
const rego = `package main

import rego.v1

strong := {"GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "AGPL-3.0-only", "AGPL-3.0-or-later"}

deny contains msg if {
	some component in input.components
	some entry in component.licenses
	strong[entry.license.id]
	msg := sprintf("%s is licensed %s", [component.purl, entry.license.id])
}

deny contains msg if {
	some component in input.components
	not component.licenses
	msg := sprintf("%s states no licence", [component.purl])
}
`;

function inTurns(works: Readonly<Record<string, () => number>>, rounds: number): Readonly<Record<string, number>> {
  const names = Object.keys(works);
  const samples = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) for (const name of names) samples.get(name)?.push(works[name]?.() ?? Number.NaN);
  return Object.fromEntries(names.map((name) => [name, median(samples.get(name) ?? [])]));
}

export function startupBars(workshop: Workshop, rounds = 25): readonly Bar[] {
  const node =
    (words: readonly string[]): (() => number) =>
    () =>
      runNode({ words }, workshop, false).wall;
  const cost = inTurns(
    { idle: node(["-e", "0"]), version: node([workshop.waybill, "--version"]), check: node([workshop.waybill, "check", small]) },
    rounds,
  );
  const { idle = Number.NaN, version = Number.NaN, check = Number.NaN } = cost;
  const against = (value: number): string => `${seconds(value)} against ${seconds(idle)}, median of ${rounds}`;
  return [
    { work: "`waybill --version` / `node -e 0`", ratio: version / idle, direction: "<=", bar: 1.5, detail: against(version) },
    { work: "`waybill check` of one small file / `node -e 0`", ratio: check / idle, direction: "<=", bar: 4, detail: against(check) },
  ];
}

/** conftest on the PATH or among Go's programs, installed with Go where neither has it; or why there is none. */
export function findConftest(): string | { readonly skipped: string } {
  const name = process.platform === "win32" ? "conftest.exe" : "conftest";
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  if (onPath !== undefined) return onPath;
  const go = spawnSync("go", ["env", "GOPATH"], { encoding: "utf8" });
  if (go.status !== 0) return { skipped: "conftest is not on the PATH, and there is no Go to install it with" };
  const installed = join(go.stdout.trim(), "bin", name);
  if (existsSync(installed)) return installed;
  const install = spawnSync("go", ["install", `github.com/open-policy-agent/conftest@${conftestVersion}`], { encoding: "utf8" });
  return install.status === 0 && existsSync(installed) ? installed : { skipped: `go install of conftest ${conftestVersion} failed` };
}

export function conftestBars(workshop: Workshop, rounds = 11): readonly (Bar | { readonly work: string; readonly skipped: string })[] {
  const work = "`waybill gate` of a 2 MB SBOM / `conftest test`";
  const conftest = findConftest();
  if (typeof conftest !== "string") return [{ work, skipped: conftest.skipped }];
  const folder = join(workshop.folder, "conftest");
  mkdirSync(join(folder, "policy"), { recursive: true });
  const sbom = join(folder, "sbom.json");
  const text = sbomOf(2100);
  writeFileSync(sbom, text);
  writeFileSync(join(folder, "policy", "main.rego"), rego);
  const cost = inTurns(
    {
      gate: () => runNode({ words: [workshop.waybill, "gate", "-p", sbomPolicy, "-e", sbom] }, workshop, false).wall,
      conftest: () => runProgram(conftest, { words: ["test", "--policy", join(folder, "policy"), sbom] }),
    },
    rounds,
  );
  const { gate = Number.NaN, conftest: peer = Number.NaN } = cost;
  const detail = `${seconds(gate)} against ${seconds(peer)}, ${(text.length / 1e6).toFixed(1)} MB, median of ${rounds}; conftest validates no schema`;
  return [{ work, ratio: gate / peer, direction: "<=", bar: 3, detail }];
}
