/** From options to a program that decides, and what every verb that decides says in the same way. */

import { overall, type Report } from "../../engine/decide/report.ts";
import { type CompiledProgram, compileProgram, type Refusal, type Subject } from "../../engine/evaluate/evaluate.ts";
import { imageSubjects } from "../../engine/evidence/kubernetes/subjects.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import type { Call } from "./cli.ts";
import { texts } from "./options.ts";
import { readClock } from "./shell/clock.ts";
import { type Config, ofItself, passedNote, readConfig, readSettings, type Setting, settingsFor } from "./shell/config.ts";
import { exit, Stop } from "./shell/exit.ts";
import { loadProject, type Project } from "./shell/project.ts";
import { note, tell } from "./shell/report.ts";
import { readInputs, unsetInputs } from "./shell/values.ts";

/** A program that decides, with where its texts are. */
export interface Policies {
  readonly project: Project;
  readonly compiled: CompiledProgram;
  readonly policyDigest: string;
  /** Values of inputs, as they were written. */
  readonly settings: readonly Setting[];
  readonly config: Config;
  readonly time: number;
}

/** Loads, checks and compiles the policies that options and `waybill.toml` name; anything wrong is wrong use. */
export async function openPolicies(call: Call, verb: string, options: Readonly<Record<string, unknown>>): Promise<Policies> {
  const time = readClock(typeof options["now"] === "string" ? options["now"] : undefined);
  if (typeof time !== "number") throw new Stop(exit.usage, [time]);
  const named = texts(options, "policy");
  const found = named.length > 0 ? await settingsFor(options, named) : await readConfig(options);
  const [paths, config] = named.length > 0 ? [named, found] : [found.policy, ofItself(found)];
  if (config.passed !== undefined) await note(call.terminal, passedNote(config.passed, `is not of the project of ${paths.join(", ")}`));
  if (paths.length === 0) {
    const help = `\`waybill ${verb} --policy policies …\`, or \`policy = ["policies"]\` in waybill.toml`;
    throw new Stop(exit.usage, [diagnostic("WB1016", { verb }, undefined, { help })]);
  }
  const project = await loadProject(paths, config);
  const errors = project.diagnostics.filter((one) => one.level === "error");
  if (errors.length > 0) {
    throw new Stop(exit.usage, [...errors, diagnostic("WB1017", { errors: errors.length }, undefined)], project.sources);
  }
  if (call.terminal.verbose) await tell(call.terminal, project.diagnostics, project.sources);
  const settings = [...config.inputs, ...readSettings("--set", "MODULE.NAME=VALUE", texts(options, "set"))];
  return policiesOf(project, settings, config, time);
}

/** A program with its inputs; an input that is wrong or has no value is wrong use. */
export function policiesOf(project: Project, settings: readonly Setting[], config: Config, time: number): Policies {
  const inputs = readInputs(project.program, settings);
  const unset = unsetInputs(project.program, inputs);
  if (unset.length > 0) throw new Stop(exit.usage, unset, project.sources);
  const compiled = compileProgram(project.program, inputs);
  return { project, compiled, policyDigest: project.digest(settings), settings, config, time };
}

/** Says how a call was wrong; not an answer of the policy. */
export function refusalDiagnostic(refusal: Refusal): Diagnostic {
  switch (refusal.code) {
    case "no-policy":
      return diagnostic("WB1010", { kind: refusal.kind, point: refusal.point, loaded: refusal.loaded }, undefined, {
        help: `add a policy for \`${refusal.kind}\`, or judge at another point with \`--at\``,
      });
    case "not-given":
      return diagnostic("WB1011", { fact: refusal.fact }, refusal.at, { label: "read here", help: `\`--given ${refusal.fact}=VALUE\`` });
    case "no-clock":
      return diagnostic("WB1000", { problem: "the policy reads time, and there is none" }, refusal.at, { help: "`--now RFC3339`" });
    case "input":
      return diagnostic("WB1000", { problem: refusal.message }, undefined);
  }
}

/** Which kinds the program speaks about at a point. */
export function speaksAbout(compiled: CompiledProgram, kind: string, point: string): boolean {
  return compiled.program.policies.some(
    (policy) =>
      (policy.subject === kind || (policy.subject === "artifact" && kind === "image")) &&
      (policy.points === undefined || policy.points.includes(point)),
  );
}

/** A manifest yields its workload and its images, each where a policy speaks about it (semantics, section 2). */
export function expandSubject(compiled: CompiledProgram, subject: Subject, point: string): readonly Subject[] {
  if (subject.kind !== "workload") return [subject];
  const images = speaksAbout(compiled, "image", point) ? imageSubjects(subject.data) : [];
  return speaksAbout(compiled, "workload", point) || images.length === 0 ? [subject, ...images] : images;
}

/** The exit code of a report (`cli.md`). */
export function codeOf(report: Report): number {
  const { effect, reason } = overall(report);
  if (effect === "allow" || effect === "warn") return exit.done;
  return reason === "fault" ? exit.noVerdict : exit.no;
}
