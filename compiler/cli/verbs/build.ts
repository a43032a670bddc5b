/** `waybill build`: compiles what policies say to what other tools read, and says what each of them cannot be told. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { profilePath } from "../../../engine/evaluate/compile/runtime.ts";
import { declaredKeys } from "../../../engine/trust/fingerprints.ts";
import type { Program } from "../../../language/core/ir.ts";
import { hasErrors } from "../../../language/diagnostics/diagnostic.ts";
import { plural } from "../../../language/diagnostics/render/wrap.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import { compileIdentities, machineReport, textReport } from "../../targets/identity/compile.ts";
import { compileProfiles, profileText } from "../../targets/seccomp/compile.ts";
import type { Call } from "../cli.ts";
import { readTrustFiles } from "../shell/believed.ts";
import { settingsFor } from "../shell/config.ts";
import { exit, Stop } from "../shell/exit.ts";
import { fileProblem } from "../shell/files.ts";
import { loadProject, policyPaths, stdinFolder } from "../shell/project.ts";
import { note, tell } from "../shell/report.ts";
import { buildTargets } from "../vocabulary.ts";

/** Writes the files below `--out`, each target in a folder of its own, and the compile report to stdout. */
export async function build(call: Call, paths: readonly string[], options: Readonly<Record<string, unknown>>): Promise<number> {
  const { terminal } = call;
  const out = typeof options["out"] === "string" ? options["out"] : ".";
  const asked = Array.isArray(options["target"]) ? options["target"].map(String) : [];
  checkTargets(asked);
  const named = await policyPaths(paths, options);
  const settings = await settingsFor(options, named, paths.length > 0 ? "caller" : "itself");
  const project = await loadProject(named, settings);
  if (hasErrors(project.diagnostics)) throw new Stop(exit.usage, project.diagnostics, project.sources);
  await tell(terminal, project.diagnostics, project.sources);
  const wants = (target: (typeof buildTargets)[number]): boolean => asked.length === 0 || asked.includes(target);
  const { files, report } = wants("identity")
    ? compileIdentities(project.program, await publicKeys(call, project.program, stdinFolder(settings)))
    : { files: [], report: [] };
  const profiles = compileProfiles(wants("seccomp") ? project.program : { runtimes: [] }, profilePath);
  for (const { path, text } of files) await write(join(out, "identity", path), text);
  for (const { path, text } of profiles.files) await write(join(out, "seccomp", path), text);
  if (options["format"] === "json") {
    const made = { ...machineReport(report), ...(wants("identity") ? {} : { target: "seccomp" }) };
    const more = profiles.report.length === 0 ? {} : { profiles: profiles.report };
    await terminal.out(`${JSON.stringify({ schema: "waybill/build/1", ...made, ...more }, undefined, 2)}\n`);
    return exit.done;
  }
  if (wants("identity")) {
    for (const line of textReport(report)) await terminal.out(`${line}\n`);
    await terminal.out(`compiled ${plural(report.length, "trust declaration")} to ${join(out, "identity")}\n`);
    if (report.length === 0) await note(terminal, "the policies declare nobody whom they believe");
  }
  for (const line of profileText(profiles)) await terminal.out(`${line}\n`);
  if (profiles.files.length > 0 || asked.includes("seccomp"))
    await terminal.out(`compiled ${plural(profiles.files.length, "runtime profile")} to ${join(out, "seccomp")}\n`);
  return exit.done;
}

function checkTargets(asked: readonly string[]): void {
  for (const target of asked) {
    if (buildTargets.some((known) => known === target)) continue;
    const near = nearest(target, buildTargets);
    const help = near === undefined ? `targets are ${buildTargets.join(", ")}` : `did you mean \`${near}\`?`;
    throw new Stop(exit.usage, [diagnostic("WB1120", { target }, undefined, { help })]);
  }
}

/** The keys in PEM that declarations name; one that is not at hand is told, and what needs it is lost in the report. */
async function publicKeys(call: Call, program: Program, stdin: string | undefined): Promise<ReadonlyMap<string, string>> {
  const beside = new Map((await readTrustFiles(program, [], [], stdin)).map(({ name, bytes }) => [name, bytes.toString("utf8")]));
  const { keys, unread } = declaredKeys(program, (file, from) => beside.get(`${from}\n${file}`));
  const missing = unread.map(({ trust, file, problem }) =>
    diagnostic("WB1034", { trust: trust.key, file, problem }, trust.at, { label: "its key is not at hand" }),
  );
  await tell(call.terminal, missing);
  return new Map(keys.flatMap(({ trust, pem }) => (pem === undefined ? [] : [[trust, pem]])));
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (problem) {
    throw new Stop(exit.usage, [fileProblem(path, problem)]);
  }
}
