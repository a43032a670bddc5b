/** One request of `eval`: JSON in, answer out. A bad one is answered with an error; it never stops a stream. */
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { rfc3339 } from "../../../engine/decide/instant.ts";
import { jsonClause } from "../../../engine/decide/json.ts";
import { overall } from "../../../engine/decide/report.ts";
import { documentSubject } from "../../../engine/decide/subjects.ts";
import { type Decision, decide, type Refusal, type Subject } from "../../../engine/evaluate/evaluate.ts";
import { admitLoaded, admitValue } from "../../../engine/evidence/door.ts";
import type { Evidence, Source } from "../../../engine/evidence/evidence.ts";
import { readJson } from "../../../engine/evidence/json/read.ts";
import { imageSubject } from "../../../engine/evidence/kubernetes/subjects.ts";
import { type DataRecord, type DocumentRef, origin } from "../../../language/core/data.ts";
import type { Program } from "../../../language/core/ir.ts";
import { type FieldsRead, fieldsRead } from "../../../language/core/reads.ts";
import type { Diagnostic, Result } from "../../../language/diagnostics/diagnostic.ts";
import { sourcesOf } from "../../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { enforcementPoints, subjectKind } from "../../../language/semantics/subjects.ts";
import { type Fed, failedLookups, feedRequest, judgedFindings } from "../feeding.ts";
import { expandSubject, type Policies, refusalDiagnostic } from "../policies.ts";
import type { Judged } from "../vex-reports.ts";
import { sha256 } from "./digest.ts";
import { EvidenceFiles } from "./evidence.ts";
import { exit, Stop } from "./exit.ts";
import type { OpenedFeeds } from "./feeds/opened.ts";
import { artifactSubject, subjectOfEvidence, subjectOfText } from "./subjects.ts";

export interface AnswerOptions {
  readonly policies: Policies;
  readonly effectsOnly: boolean;
  readonly evidenceRoot: string;
  /** The feeds that the project names, without CVE records; absent: it names none. */
  readonly feeds?: OpenedFeeds;
  /** The fields that decisions read where nothing else is wanted; undefined: all may be. */
  readonly reads: FieldsRead | undefined;
}

/** What is read of the workloads of a stream: their images are subjects of their own where a policy judges them. */
export function readsOf({ compiled }: Policies, effectsOnly: boolean): FieldsRead | undefined {
  const { program } = compiled;
  const images = program.policies.some((policy) => policy.subject === "image" || policy.subject === "artifact");
  return effectsOnly && !images ? fieldsRead(program) : undefined;
}

export interface LineAnswer {
  readonly json: object;
  /** What the exit code would be if this were the only request. */
  readonly code: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent: nothing was decided, or nobody asked for more than the effect. */
  readonly judged?: readonly Judged[];
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

/**
 * Answers one request; `line` counts from 1. At once where nothing has to be loaded or read for it: a promise a request
 * would be a good part of what it costs.
 */
export function answerLine(bytes: Uint8Array, line: number, options: AnswerOptions): LineAnswer | Promise<LineAnswer> {
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
    const answered = answer(request, bytes, options);
    return answered instanceof Promise ? answered.catch((problem: unknown) => refusedRequest(id, problem)) : answered;
  } catch (problem) {
    return refusedRequest(id, problem);
  }
}

function refusedRequest(id: unknown, problem: unknown): LineAnswer {
  if (problem instanceof BadRequest) return failed(id, problem.code, problem.message, problem.exitCode, problem.diagnostics);
  if (problem instanceof Stop) return failed(id, "evidence", problem.message, exit.usage, problem.diagnostics);
  throw problem;
}

function failed(id: unknown, code: string, message: string, exitCode: number, diagnostics: readonly Diagnostic[]): LineAnswer {
  // Evidence or a subject that was refused is no verdict, and the effect still says deny (`cli.md`, exit code 3).
  const effect = exitCode === exit.noVerdict ? { effect: "deny", reason: "fault" } : { effect: "error" };
  const json = { ...(id === undefined ? {} : { id }), ...effect, error: { code, message } };
  return { json, code: exitCode, diagnostics };
}

function answer(request: JsonObject, bytes: Uint8Array, options: AnswerOptions): LineAnswer | Promise<LineAnswer> {
  const { policies } = options;
  const named = request["subject"];
  if (!isObject(named)) throw new BadRequest("request", '`subject` is an object: {"kind":"workload","object":{…}}');
  const kind = named["kind"];
  const described = typeof kind === "string" ? subjectKind(kind) : undefined;
  if (!described) throw new BadRequest("request", `\`${String(kind)}\` is not a subject kind`);
  const point = request["at"] ?? described.points[0];
  if (typeof point !== "string" || !enforcementPoints.includes(point))
    throw new BadRequest("request", `\`${String(point)}\` is not an enforcement point`);
  const time = timeOf(request["time"]) ?? policies.time;
  const source = new RequestSource(bytes);
  const decided = (subject: Subject, evidence: readonly Evidence[]): LineAnswer =>
    decideAll(request["id"], subject, { point, now: time, evidence }, options);

  const subject = readSubject(described.kind, named["object"], source, options);
  if (!(subject instanceof Promise) && request["evidence"] === undefined && options.feeds === undefined) return decided(subject, []);
  return Promise.resolve(subject).then(async (read) => {
    const { subjects, evidence } = await readEvidence(read, request["evidence"], source.digest, options);
    return decided(subjects[0] ?? read, evidence);
  });
}

/** Where a request's object is from; its digest is computed when somebody asks for it. */
class RequestSource implements Source {
  readonly name = "inline";
  readonly base = "/subject/object";
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  get digest(): string {
    return sha256(this.bytes);
  }
}

function decideAll(
  id: unknown,
  subject: Subject,
  asked: { readonly point: string; readonly now: number; readonly evidence: readonly Evidence[] },
  options: AnswerOptions,
): LineAnswer {
  const { policies } = options;
  const decisions: Decision[] = [];
  for (const one of expandSubject(policies.compiled, subject, asked.point)) {
    const result = decide(
      policies.compiled,
      { subject: one, ...asked, attested: [], failed: failedLookups(options.feeds) },
      { explain: !options.effectsOnly },
    );
    if (result.kind === "refusal") throw new BadRequest(result.refusal.code, refusalText(result.refusal));
    decisions.push(result.decision);
  }
  const [only] = decisions;
  const conclusion = only && decisions.length === 1 ? { effect: only.effect, reason: only.reason } : overall({ decisions, refused: false });
  const answered = { json: written(id, decisions, conclusion, options), code: codeFor(conclusion), diagnostics: [] };
  return options.effectsOnly ? answered : { ...answered, judged: decisions.map((decision) => ({ decision, evidence: asked.evidence })) };
}

type Conclusion = ReturnType<typeof overall>;

function refusalText(refusal: Refusal): string {
  const one = refusalDiagnostic(refusal);
  return one.help === undefined || refusal.code === "no-policy" ? one.message : `${one.message}: ${one.help}`;
}

function codeFor({ effect, reason }: Conclusion): number {
  return effect === "allow" || effect === "warn" ? exit.done : reason === "fault" ? exit.noVerdict : exit.no;
}

const noTexts = sourcesOf(() => undefined);

function written(id: unknown, decisions: readonly Decision[], conclusion: Conclusion, options: AnswerOptions): object {
  const head = id === undefined ? conclusion : { id, ...conclusion };
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
function readSubject(kind: string, object: unknown, source: Source, options: AnswerOptions): Subject | Promise<Subject> {
  if (kind === "image") return readImage(object);
  if (kind === "artifact") return readArtifact(object);
  if (!isObject(object)) throw new BadRequest("subject", `the object of a \`${kind}\` is a document`);
  const told = (read: Result<readonly Evidence[]>): Subject => subjectOf(kind, object, source, read, options.policies.compiled.program);
  const read = admitLoaded(object, source, kind === "workload" ? options.reads : undefined);
  return read === undefined ? admitValue(object, source).then(told) : told(read);
}

function subjectOf(kind: string, object: JsonObject, source: Source, read: Result<readonly Evidence[]>, program: Program): Subject {
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
  const { digest, name, base } = source;
  const document: DocumentRef = { digest, name, format: kind, predicateType: typeName };
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
async function readEvidence(
  subject: Subject,
  value: unknown,
  digest: string,
  options: AnswerOptions,
): Promise<Pick<Fed, "subjects" | "evidence">> {
  const files = new EvidenceFiles();
  const found = value === undefined ? [] : await readGiven(value, files, digest, options);
  if (options.feeds === undefined && !found.some(({ feed }) => feed !== undefined)) return { subjects: [subject], evidence: found };
  const { withRecords } = await import("./feeds/configured.ts");
  const opened =
    options.feeds && (await withRecords(options.policies.config.feeds, files, options.feeds, [...found, ...judgedFindings([subject])]));
  const wrong = opened?.documents.find(({ document }) => document.refused)?.document;
  if (wrong !== undefined) throw refused(wrong.path, wrong.diagnostics);
  return feedRequest(subject, found, opened);
}

async function readGiven(value: unknown, files: EvidenceFiles, digest: string, options: AnswerOptions): Promise<readonly Evidence[]> {
  if (!Array.isArray(value)) throw new BadRequest("request", '`evidence` is a list of paths and {"inline": …} objects');
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
