/** Who is judged: from what the caller named to subjects with typed data (`cli.md`, "Subjects"). */

import { stat } from "node:fs/promises";
import type { Subject } from "../../../engine/evaluate/evaluate.ts";
import type { Evidence } from "../../../engine/evidence/evidence.ts";
import { imageSubject, workloadSubject } from "../../../engine/evidence/kubernetes/subjects.ts";
import { type DataRecord, type DataValue, Lack } from "../../../language/core/data.ts";
import type { Program } from "../../../language/core/ir.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { parseDigest } from "../../../language/domains/digest.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import { nearest } from "../../../language/domains/near.ts";
import { parsePurl, showPurl } from "../../../language/domains/purl.ts";
import { subjectKinds } from "../../../language/semantics/subjects.ts";
import type { Setting } from "./config.ts";
import type { Document, EvidenceFiles } from "./evidence.ts";
import { exit, Stop } from "./exit.ts";
import { expand } from "./files.ts";
import { readValue } from "./values.ts";

/** The kind of subject that a type of the standard library describes. */
const kindOfType: ReadonlyMap<string, string> = new Map(subjectKinds.map((kind) => [`${kind.module}.${kind.type}`, kind.kind]));

export function artifactSubject(name: string, purl: string | undefined, digest: string | undefined): Subject {
  const data: DataRecord = { name, ...(purl === undefined ? {} : { purl }), ...(digest === undefined ? {} : { digest }) };
  return { kind: "artifact", name: purl ?? name, ...(digest === undefined ? {} : { digest }), data };
}

/** An artifact with the digests that a document says it is about; an image ID is known as that, never as a manifest's. */
function boundSubject(name: string, purl: string | undefined, evidence: Evidence): Subject {
  const subject = artifactSubject(name, purl, evidence.about.find((binding) => binding.kind !== "config")?.digest);
  const config = evidence.about.find((binding) => binding.kind === "config")?.digest;
  return config === undefined ? subject : { ...subject, configDigest: config };
}

/** `pkg:…`, `sha256:…` or an image reference; the reason where it is none. */
export function subjectOfText(text: string): Subject | string {
  if (text.startsWith("pkg:")) {
    const purl = parsePurl(text);
    return purl.ok ? artifactSubject(purl.value.name, showPurl(purl.value), undefined) : purl.problem;
  }
  if (/^[a-z0-9+._-]+:[0-9a-fA-F]{32,}$/.test(text)) {
    const digest = parseDigest(text);
    return digest.ok ? artifactSubject(text, undefined, digest.value) : digest.problem;
  }
  const ref = parseImageRef(text);
  return ref.ok ? imageSubject(text) : ref.problem;
}

function text(value: DataValue): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function record(value: DataValue): DataRecord | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Lack)
    ? (value as DataRecord)
    : undefined;
}

/** A document that describes a subject: a workload, a workflow, a report, a package. */
export function subjectOfEvidence(evidence: Evidence): Subject | undefined {
  const kind = kindOfType.get(evidence.type);
  if (kind === undefined || kind === "image" || kind === "artifact") return undefined;
  const { data } = evidence;
  if (kind === "workload") return workloadSubject(data);
  const name = text(data["name"]) ?? text(data["id"]) ?? evidence.document.name;
  return { kind, name, data };
}

export interface NamedSubject {
  readonly subjects: readonly Subject[];
  /** What the named file says besides: an SBOM that was named is evidence too. */
  readonly evidence: readonly Evidence[];
  readonly documents: readonly Document[];
}

/** What `--subject` names: a file or folder where there is one of that name, else a purl, a digest or a reference. */
export async function nameSubject(subject: string, files: EvidenceFiles): Promise<NamedSubject> {
  const known = subject === "-" ? undefined : await stat(subject).catch(() => undefined);
  if (subject !== "-" && !known && !isDocumentName(subject) && !/^\.{0,2}\//.test(subject)) return subjectNamed(subject, undefined);
  const documents: Document[] = [];
  for (const path of await expand([subject], isDocumentName)) documents.push(await files.read(path));
  return subjectNamed(subject, documents);
}

function isDocumentName(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}

/** The same from what was read: `documents` are those of the file or folder that `subject` names, undefined where it is a text. */
export function subjectNamed(subject: string, documents: readonly Document[] | undefined): NamedSubject {
  if (documents === undefined) {
    const read = subjectOfText(subject);
    if (typeof read !== "string") return { subjects: [read], evidence: [], documents: [] };
    const help = "it takes an image reference, a purl, `sha256:…`, a manifest or a file";
    throw new Stop(exit.usage, [diagnostic("WB1013", { subject, reason: read }, undefined, { help })]);
  }
  const evidence = documents.flatMap((document) => document.evidence);
  const described = evidence.map(subjectOfEvidence).filter((one) => one !== undefined);
  if (described.length > 0) return { subjects: described, evidence: [], documents };
  const roots = subjectsOfEvidence(evidence);
  if (roots.length > 0) return { subjects: roots, evidence, documents };
  const [only] = documents;
  // Any file can be an artifact; one whose name says that it describes something is read as such, or refused.
  if (documents.length === 1 && only && !isDocumentName(subject)) {
    const name = only.path.split(/[\\/]/).at(-1) ?? only.path;
    return {
      subjects: [artifactSubject(name, undefined, only.digest)],
      evidence: [],
      documents: [{ ...only, diagnostics: [], refused: false }],
    };
  }
  if (documents.some((document) => document.refused)) return { subjects: [], evidence: [], documents };
  throw new Stop(exit.usage, [diagnostic("WB1013", { subject, reason: "nothing in it can be judged" }, undefined)]);
}

/**
 * Who is judged where nobody was named: the root components of SBOMs, else what scans say they scanned, else whatever
 * the one document is about, by the name of its file (a document that names nothing is bound by the caller).
 */
export function subjectsOfEvidence(evidence: readonly Evidence[]): readonly Subject[] {
  const roots = new Map<string, Subject>();
  for (const one of evidence.filter((piece) => piece.type === "waybill.sbom.Bom")) {
    const root = record(one.data["root"]);
    const name = root && text(root["name"]);
    if (!root || name === undefined) continue;
    const purl = text(root["purl"]);
    const group = text(root["group"]);
    const version = text(root["version"]) ?? text(record(root["version"])?.["text"]);
    const full = `${group === undefined ? "" : `${group}/`}${name}${version === undefined ? "" : `@${version}`}`;
    roots.set(purl ?? full, { ...boundSubject(name, purl, one), name: purl ?? full });
  }
  if (roots.size > 0) return [...roots.values()];
  for (const one of evidence.filter((piece) => piece.type === "waybill.vuln.Scan")) {
    const target = text(one.data["target"]);
    if (target === undefined || target === "") continue;
    roots.set(target, boundSubject(target, undefined, one));
  }
  const [first] = evidence;
  const oneDocument = first !== undefined && evidence.every((piece) => piece.document.digest === first.document.digest);
  if (roots.size === 0 && oneDocument && kindOfType.get(first.type) === undefined) {
    const name = first.document.name.split(/[\\/]/).at(-1) ?? first.document.name;
    roots.set(name, boundSubject(name, undefined, first));
  }
  return [...roots.values()];
}

/** Who is judged: whom the caller named, or what the evidence is about. */
export async function findSubjects(
  subject: string | undefined,
  files: EvidenceFiles,
  given: readonly Document[],
  verb: string,
): Promise<NamedSubject> {
  if (subject !== undefined) return nameSubject(subject, files);
  return subjectsGiven(given, verb);
}

/** Who is judged where nobody was named: what the evidence is about. */
export function subjectsGiven(given: readonly Document[], verb: string): NamedSubject {
  const subjects = subjectsOfEvidence(given.flatMap((document) => document.evidence));
  if (subjects.length === 1 || (subjects.length === 0 && given.some((document) => document.refused)))
    return { subjects, evidence: [], documents: [] };
  const names = subjects.map((one) => one.name).join(", ");
  throw new Stop(exit.usage, [
    diagnostic("WB1012", { verb }, undefined, {
      ...(subjects.length > 1
        ? { notes: [`the evidence is about ${names}`] }
        : { notes: ["no SBOM among the evidence names a root component"] }),
      help: "`--subject` takes an image reference, a purl, `sha256:…`, a manifest or a file",
    }),
  ]);
}

/** Puts facts that only the caller knows into the subjects they are about: `image.namespace=prod`. */
export function withGiven(subjects: readonly Subject[], given: readonly Setting[], program: Program): readonly Subject[] {
  const diagnostics: Diagnostic[] = [];
  const facts: { readonly kind: string; readonly field: string; readonly value: DataValue }[] = [];
  for (const setting of given) {
    const [kind = "", field = "", ...rest] = setting.key.split(".");
    const described = subjectKinds.find((one) => one.kind === kind);
    const type = described && program.types.get(`${described.module}.${described.type}`);
    const known = type?.fields.get(field);
    // Only what depends on where it is asked is the caller's to say: the rest is read from the subject, which may not be
    // contradicted (semantics, section 2).
    if (!type || known?.points === undefined || rest.length > 0) {
      const candidates = type
        ? [...type.fields.values()].filter((one) => one.points !== undefined).map((one) => `${kind}.${one.name}`)
        : subjectKinds.map((one) => `${one.kind}.${field}`);
      const near = nearest(setting.key, candidates);
      diagnostics.push(
        diagnostic("WB1015", { key: setting.key }, undefined, near === undefined ? {} : { help: `did you mean \`${near}\`?` }),
      );
      continue;
    }
    const read = readValue(known.type, setting.value);
    if (read.ok)
      facts.push({
        kind,
        field,
        value: typeof read.value === "boolean" || typeof read.value === "number" ? rawValue(setting.value, read.value) : setting.value,
      });
    else
      diagnostics.push(diagnostic("WB1009", { key: setting.key, value: setting.value, type: field }, undefined, { notes: [read.problem] }));
  }
  if (diagnostics.length > 0) throw new Stop(exit.usage, diagnostics);
  return subjects.map((subject) => {
    const own = facts.filter((fact) => fact.kind === subject.kind || (fact.kind === "artifact" && subject.kind === "image"));
    if (own.length === 0) return subject;
    return { ...subject, data: { ...subject.data, ...Object.fromEntries(own.map((fact) => [fact.field, fact.value])) } };
  });
}

/** Evidence holds raw forms: an enum by its variant's name, an integer as a number. */
function rawValue(written: string, read: boolean | number): DataValue {
  if (typeof read === "boolean") return read;
  return /^-?\d+$/.test(written) ? read : written;
}
