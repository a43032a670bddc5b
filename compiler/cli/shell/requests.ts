/** One request of `eval`: JSON in, answer out. A bad one is answered with an error; it never stops a stream. */
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { rfc3339 } from "../../../engine/decide/instant.ts";
import { jsonClause } from "../../../engine/decide/json.ts";
import { overall } from "../../../engine/decide/report.ts";
import { documentSubject } from "../../../engine/decide/subjects.ts";
import { type Decision, decide, type Refusal, type Subject } from "../../../engine/evaluate/evaluate.ts";
import { admitValue } from "../../../engine/evidence/door.ts";
import type { Evidence } from "../../../engine/evidence/evidence.ts";
import { readJson } from "../../../engine/evidence/json/read.ts";
import { imageSubject } from "../../../engine/evidence/kubernetes/subjects.ts";
import { type DataRecord, type DocumentRef, origin } from "../../../language/core/data.ts";
import type { Program } from "../../../language/core/ir.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { sourcesOf } from "../../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { enforcementPoints, subjectKind } from "../../../language/semantics/subjects.ts";
import { expandSubject, type Policies, refusalDiagnostic } from "../judgement.ts";
import { sha256 } from "./digest.ts";
import { EvidenceFiles } from "./evidence.ts";
import { exit, Stop } from "./exit.ts";
import { artifactSubject, subjectOfEvidence, subjectOfText } from "./subjects.ts";

export interface AnswerOptions {
  readonly policies: Policies;
  readonly effectsOnly: boolean;
  readonly evidenceRoot: string;
}

export interface LineAnswer {
  readonly json: object;
  /** What the exit code would be if this were the only request. */
  readonly code: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Why a request has no answer. */
class BadRequest extends Error {
  readonly code: string;
  readonly exitCode: number;
  readonly diagnostics: readonly Diagnostic[];
  constructor(code: string, message: string, exitCode: number = exit.usage, diagnostics: readonly Diagnostic[] = []) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
    this.diagnostics = diagnostics;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

const requestKeys = ["id", "at", "subject", "evidence", "time"];

/** Answers one request; `line` counts from 1. */
export async function answerLine(bytes: Uint8Array, line: number, options: AnswerOptions): Promise<LineAnswer> {
  let id: unknown;
  try {
    const read = readJson(bytes, `line ${line}`);
    if (read.value === undefined)
      throw new BadRequest("request", read.diagnostics[0]?.message ?? "it is not JSON", exit.usage, read.diagnostics);
    const request = read.value.json;
    if (!isObject(request)) throw new BadRequest("request", "a request is a JSON object");
    if (typeof request["id"] === "number" && !Number.isSafeInteger(request["id"]))
      throw new BadRequest("request", "`id` is a number that cannot be repeated exactly: write it as a string");
    id = request["id"];
    const unknown = Object.keys(request).find((key) => !requestKeys.includes(key));
    if (unknown !== undefined)
      throw new BadRequest("request", `\`${unknown}\` is not a key of a request; keys are ${requestKeys.join(", ")}`);
    return await answer(request, bytes, options);
  } catch (problem) {
    if (problem instanceof BadRequest) return failed(id, problem.code, problem.message, problem.exitCode, problem.diagnostics);
    if (problem instanceof Stop) return failed(id, "evidence", problem.message, exit.usage, problem.diagnostics);
    throw problem;
  }
}

function failed(id: unknown, code: string, message: string, exitCode: number, diagnostics: readonly Diagnostic[]): LineAnswer {
  // Evidence or a subject that was refused is no verdict, and the effect still says deny (`cli.md`, exit code 3).
  const effect = exitCode === exit.noVerdict ? { effect: "deny", reason: "fault" } : { effect: "error" };
  const json = { ...(id === undefined ? {} : { id }), ...effect, error: { code, message } };
  return { json, code: exitCode, diagnostics };
}

async function answer(request: JsonObject, bytes: Uint8Array, options: AnswerOptions): Promise<LineAnswer> {
  const { policies } = options;
  const digest = sha256(bytes);
  const named = request["subject"];
  if (!isObject(named)) throw new BadRequest("request", '`subject` is an object: {"kind":"workload","object":{…}}');
  const kind = named["kind"];
  const described = typeof kind === "string" ? subjectKind(kind) : undefined;
  if (!described) throw new BadRequest("request", `\`${String(kind)}\` is not a subject kind`);
  const point = request["at"] ?? described.points[0];
  if (typeof point !== "string" || !enforcementPoints.includes(point))
    throw new BadRequest("request", `\`${String(point)}\` is not an enforcement point`);
  const time = timeOf(request["time"]) ?? policies.time;

  const subject = await readSubject(described.kind, named["object"], digest, policies.compiled.program);
  const evidence = await readEvidence(request["evidence"], digest, options);
  const decisions: Decision[] = [];
  for (const one of expandSubject(policies.compiled, subject, point)) {
    const result = decide(
      policies.compiled,
      { subject: one, point, now: time, evidence, attested: [], failed: [] },
      { explain: !options.effectsOnly },
    );
    if (result.kind === "refusal") throw new BadRequest(result.refusal.code, refusalText(result.refusal));
    decisions.push(result.decision);
  }
  return { json: written(request["id"], decisions, options), code: codeFor(decisions), diagnostics: [] };
}

function refusalText(refusal: Refusal): string {
  const one = refusalDiagnostic(refusal);
  return one.help === undefined || refusal.code === "no-policy" ? one.message : `${one.message}: ${one.help}`;
}

function codeFor(decisions: readonly Decision[]): number {
  const { effect, reason } = overall({ decisions, refused: false });
  return effect === "allow" || effect === "warn" ? exit.done : reason === "fault" ? exit.noVerdict : exit.no;
}

const noTexts = sourcesOf(() => undefined);

function written(id: unknown, decisions: readonly Decision[], options: AnswerOptions): object {
  const head = { ...(id === undefined ? {} : { id }), ...overall({ decisions, refused: false }) };
  if (options.effectsOnly) return head;
  const texts = { policies: options.policies.project.sources, evidence: noTexts };
  const clauses = decisions.flatMap((decision) =>
    decision.clauses.map((clause) => ({
      ...(decisions.length > 1 ? { subject: decision.subject.name } : {}),
      ...jsonClause(clause, texts),
    })),
  );
  const missing = decisions.flatMap((decision) =>
    decision.clauses.flatMap((clause) => clause.wants.map(({ cause, fact, detail, count }) => ({ cause, fact, detail, count }))),
  );
  const times = decisions.flatMap((decision) => (decision.validUntil === undefined ? [] : [decision.validUntil]));
  const [first] = decisions;
  return {
    ...head,
    clauses,
    missing: [...new Map(missing.map((want) => [JSON.stringify(want), want])).values()],
    ...(first?.time === undefined ? {} : { time: rfc3339(first.time) }),
    ...(times.length === 0 ? {} : { validUntil: rfc3339(Math.min(...times)) }),
  };
}

function timeOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === "string" ? parseTime(value) : undefined;
  if (!time?.ok) throw new BadRequest("request", `\`${String(value)}\` is not an RFC 3339 time`);
  return time.value;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** The subject of a request, by its kind (`cli.md`, "Subjects"). */
async function readSubject(kind: string, object: unknown, digest: string, program: Program): Promise<Subject> {
  if (kind === "image") return readImage(object);
  if (kind === "artifact") return readArtifact(object);
  if (!isObject(object)) throw new BadRequest("subject", `the object of a \`${kind}\` is a document`);
  const base = "/subject/object";
  const read = await admitValue(object, { name: "inline", digest, base });
  const found = read.value.map(subjectOfEvidence).find((subject) => subject?.kind === kind);
  if (found) return found;
  const error = read.diagnostics.find((one) => one.level === "error");
  if (kind === "workload" || (error && error.code !== "WB0911")) {
    const where = error?.pointer === undefined ? "" : ` at \`${error.pointer}\``;
    throw new BadRequest("subject", `${error?.message ?? `it is no \`${kind}\``}${where}`, exit.noVerdict, read.diagnostics);
  }
  const described = subjectKind(kind);
  const typeName = `${described?.module}.${described?.type}`;
  const type = program.types.get(typeName);
  // No policy that was loaded speaks about the kind, which the evaluator says with what is loaded.
  if (!type) return { kind, name: kind, data: {} };
  const document: DocumentRef = { digest, name: "inline", format: kind, predicateType: typeName };
  return documentSubject(kind, type, { ...(object as DataRecord), [origin]: { document, pointer: base } });
}

function readImage(object: unknown): Subject {
  const ref = typeof object === "string" ? object : isObject(object) ? text(object["ref"]) : undefined;
  if (ref === undefined) throw new BadRequest("subject", 'the object of an `image` is a reference, or {"ref", "digest"?, "namespace"?}');
  const read = subjectOfText(ref);
  if (typeof read === "string" || read.kind !== "image")
    throw new BadRequest("subject", typeof read === "string" ? read : `\`${ref}\` is not an image reference`);
  if (!isObject(object)) return read;
  onlyTexts("image", object, ["ref", "digest", "namespace"]);
  const image = imageSubject(ref, text(object["namespace"]));
  const digest = text(object["digest"]);
  if (digest === undefined) return image;
  const known = subjectOfText(digest);
  if (typeof known === "string" || known.digest === undefined) throw new BadRequest("subject", `\`${digest}\` is not a digest`);
  if (image.digest !== undefined && image.digest !== known.digest)
    throw new BadRequest("subject", `\`${ref}\` names another digest than \`${digest}\``);
  return { ...image, digest: known.digest, data: { ...image.data, digest: known.digest } };
}

/** A key that nobody reads, or a value that is passed over, would be lost without a word. */
function onlyTexts(kind: string, object: JsonObject, keys: readonly string[]): void {
  for (const [key, value] of Object.entries(object)) {
    if (!keys.includes(key)) throw new BadRequest("subject", `\`${key}\` is not a fact of an \`${kind}\` that can be given`);
    if (value !== null && typeof value !== "string") throw new BadRequest("subject", `\`${key}\` of an \`${kind}\` is a text`);
  }
}

function readArtifact(object: unknown): Subject {
  if (typeof object === "string") {
    const read = subjectOfText(object);
    if (typeof read === "string") throw new BadRequest("subject", read);
    return read;
  }
  const name = isObject(object) ? (text(object["name"]) ?? text(object["purl"]) ?? text(object["digest"])) : undefined;
  if (!isObject(object) || name === undefined)
    throw new BadRequest("subject", 'the object of an `artifact` is a purl or digest, or {"name", "purl"?, "digest"?}');
  onlyTexts("artifact", object, ["name", "purl", "digest"]);
  for (const key of ["purl", "digest"]) {
    const written = text(object[key]);
    const known = written === undefined ? undefined : subjectOfText(written);
    if (typeof known === "string" || (known && known.data[key] === undefined))
      throw new BadRequest("subject", `\`${written}\` is not a ${key}${typeof known === "string" ? `: ${known}` : ""}`);
  }
  return artifactSubject(name, text(object["purl"]), text(object["digest"]));
}

/** Documents by path below the evidence root, or inline. */
async function readEvidence(value: unknown, digest: string, options: AnswerOptions): Promise<readonly Evidence[]> {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new BadRequest("request", '`evidence` is a list of paths and {"inline": …} objects');
  const files = new EvidenceFiles();
  const found: Evidence[] = [];
  for (const [i, item] of value.entries()) {
    if (typeof item === "string") {
      const document = await files.read(await within(item, options.evidenceRoot), item);
      if (document.refused) throw refused(item, document.diagnostics);
      found.push(...document.evidence);
    } else if (isObject(item) && "inline" in item) {
      const read = await admitValue(item["inline"], { name: "inline", digest, base: `/evidence/${i}/inline` });
      if (read.diagnostics.some((one) => one.level === "error")) throw refused(`evidence ${i}`, read.diagnostics);
      found.push(...read.value);
    } else throw new BadRequest("request", `evidence ${i} is neither a path nor {"inline": …}`);
  }
  return found;
}

function refused(name: string, diagnostics: readonly Diagnostic[]): BadRequest {
  const error = diagnostics.find((one) => one.level === "error");
  const where = error?.pointer ? ` at \`${error.pointer}\`` : "";
  return new BadRequest(
    "evidence",
    `\`${name}\` was refused: ${error?.message ?? "it cannot be read"}${where}`,
    exit.noVerdict,
    diagnostics,
  );
}

/** A path stays below the root, symbolic links followed. */
async function within(path: string, root: string): Promise<string> {
  const outside = new BadRequest("evidence", diagnostic("WB1019", { path, root }, undefined).message);
  const base = await realpath(root).catch(() => resolve(root));
  const wanted = resolve(base, path);
  const inside = (candidate: string): boolean => {
    const way = relative(base, candidate);
    return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
  };
  if (!inside(wanted)) throw outside;
  const real = await realpath(wanted).catch(() => wanted);
  if (!inside(real)) throw outside;
  const found = await stat(wanted).catch(() => undefined);
  if (found && !found.isFile() && !found.isDirectory())
    throw new BadRequest("evidence", diagnostic("WB1002", { path, reason: "it is not a regular file" }, undefined).message);
  return wanted;
}
