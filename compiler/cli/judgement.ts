/** What `gate` and `why` share: from options to decisions with what they rest on. */

import { overall, type Report, type Texts } from "../../engine/decide/report.ts";
import { type CompiledProgram, compileProgram, type Decision, decide, type Refusal, type Subject } from "../../engine/evaluate/evaluate.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import { imageSubjects } from "../../engine/evidence/kubernetes/subjects.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { nearest } from "../../language/domains/near.ts";
import { enforcementPoints } from "../../language/semantics/subjects.ts";
import type { Call } from "./cli.ts";
import { readClock } from "./shell/clock.ts";
import { type Config, readConfig, readSettings, type Setting } from "./shell/config.ts";
import { bind, type Document, EvidenceFiles, evidenceDigest, evidenceRead, readEvidence } from "./shell/evidence.ts";
import { exit, Stop } from "./shell/exit.ts";
import { loadProject, type Project } from "./shell/project.ts";
import { tell } from "./shell/report.ts";
import { nameSubject, subjectsOfEvidence, withGiven } from "./shell/subjects.ts";
import { readInputs, unsetInputs } from "./shell/values.ts";

/** A program that decides, with where its texts are. */
export interface Policies {
  readonly project: Project;
  readonly compiled: CompiledProgram;
  readonly policyDigest: string;
  readonly config: Config;
  readonly time: number;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Loads, checks and compiles the policies that options and `waybill.toml` name; anything wrong is wrong use. */
export async function openPolicies(call: Call, verb: string, options: Readonly<Record<string, unknown>>): Promise<Policies> {
  const time = readClock(typeof options["now"] === "string" ? options["now"] : undefined);
  if (typeof time !== "number") throw new Stop(exit.usage, [time]);
  const config = await readConfig();
  const named = texts(options["policy"]);
  const paths = named.length > 0 ? named : config.policy;
  if (paths.length === 0) {
    const help = `\`waybill ${verb} --policy policies …\`, or \`policy = ["policies"]\` in waybill.toml`;
    throw new Stop(exit.usage, [diagnostic("WB1016", { verb }, undefined, { help })]);
  }
  const project = await loadProject(paths);
  const errors = project.diagnostics.filter((one) => one.level === "error");
  if (errors.length > 0) {
    throw new Stop(exit.usage, [...errors, diagnostic("WB1017", { errors: errors.length }, undefined)], project.sources);
  }
  if (call.terminal.verbose) await tell(call.terminal, project.diagnostics, project.sources);
  const settings = [...config.inputs, ...readSettings("--set", "MODULE.NAME=VALUE", texts(options["set"]))];
  const inputs = readInputs(project.program, settings);
  const unset = unsetInputs(project.program, inputs);
  if (unset.length > 0) throw new Stop(exit.usage, unset, project.sources);
  return { project, compiled: compileProgram(project.program, inputs), policyDigest: project.digest(settings), config, time };
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

export interface Judgement {
  readonly report: Report;
  readonly texts: Texts;
  readonly code: number;
}

interface Named {
  readonly subjects: readonly Subject[];
  readonly evidence: readonly Evidence[];
  readonly documents: readonly Document[];
}

async function findSubjects(subject: string | undefined, files: EvidenceFiles, given: readonly Document[]): Promise<Named> {
  const evidence = given.flatMap((document) => document.evidence);
  if (subject === undefined) {
    const subjects = subjectsOfEvidence(evidence);
    if (subjects.length === 1) return { subjects, evidence, documents: given };
    if (subjects.length === 0 && given.some((document) => document.refused)) return { subjects, evidence, documents: given };
    const names = subjects.map((one) => one.name).join(", ");
    throw new Stop(exit.usage, [
      diagnostic("WB1012", { verb: "gate" }, undefined, {
        ...(subjects.length > 1
          ? { notes: [`the evidence is about ${names}`] }
          : { notes: ["no SBOM among the evidence names a root component"] }),
        help: "`--subject` takes an image reference, a purl, `sha256:…`, a manifest or a file",
      }),
    ]);
  }
  const named = await nameSubject(subject, files);
  return { subjects: named.subjects, evidence: [...evidence, ...named.evidence], documents: [...given, ...named.documents] };
}

/** Decides what the options name. */
export async function judge(
  call: Call,
  verb: string,
  subject: string | undefined,
  options: Readonly<Record<string, unknown>>,
  derivations: boolean,
): Promise<Judgement> {
  const point = String(options["at"] ?? "ci");
  if (!enforcementPoints.includes(point)) {
    const near = nearest(point, enforcementPoints);
    const help = near === undefined ? `points are ${enforcementPoints.join(", ")}` : `did you mean \`${near}\`?`;
    throw new Stop(exit.usage, [diagnostic("WB1024", { value: point, what: "an enforcement point" }, undefined, { help })]);
  }
  const policies = await openPolicies(call, verb, options);
  const { project, compiled } = policies;
  const given: readonly Setting[] = [...policies.config.given, ...readSettings("--given", "KIND.FACT=VALUE", texts(options["given"]))];
  const files = new EvidenceFiles();
  const documents = await readEvidence(files, texts(options["evidence"]), call.terminal);
  const found = await findSubjects(subject, files, documents);
  const named = withGiven(
    found.subjects.flatMap((one) => expandSubject(compiled, one, point)),
    given,
    project.program,
  ).map((one) => bind(one, found.evidence));
  const subjects = named.map((one) => one.subject);
  const refused = found.documents.some((document) => document.refused);
  const decisions: Decision[] = [];
  for (const one of subjects) {
    const request = { subject: one, point, now: policies.time, evidence: found.evidence, attested: [], failed: [] };
    const answer = decide(compiled, request, { explain: true, derivations });
    if (answer.kind === "refusal") throw new Stop(exit.usage, [refusalDiagnostic(answer.refusal)], project.sources);
    // A document that was refused might have said anything: whatever the rest says is no verdict.
    decisions.push(refused ? { ...answer.decision, effect: "deny", reason: "fault" } : answer.decision);
  }
  const report: Report = {
    version: call.version,
    decisions,
    refused,
    policyDigest: policies.policyDigest,
    evidenceDigest: evidenceDigest(found.documents, []),
    evidence: evidenceRead(found.documents),
    diagnostics: [...found.documents.flatMap((document) => document.diagnostics), ...named.flatMap((one) => one.diagnostics)],
  };
  return { report, texts: { policies: project.sources, evidence: files.sources }, code: codeOf(report) };
}

/** The exit code of a report (`cli.md`). */
export function codeOf(report: Report): number {
  const { effect, reason } = overall(report);
  if (effect === "allow" || effect === "warn") return exit.done;
  return reason === "fault" ? exit.noVerdict : exit.no;
}
