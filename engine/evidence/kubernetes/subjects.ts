/** The subjects of manifests and of admission requests (semantics, section 2). */
import type { DataRecord, DocumentRef } from "../../../language/core/data.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import type { Subject } from "../../evaluate/decision.ts";
import { draft, drafts } from "./defaults.ts";
import type { Json } from "./read.ts";
import { follow, readWorkload, templateOf } from "./workload.ts";

/** What is asked of an admission webhook, as far as subjects depend on it. The objects have passed the schema. */
export interface AdmissionRequest {
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly object?: unknown;
  readonly oldObject?: unknown;
  /** Of the request; stands where the object names none. */
  readonly namespace?: string;
}

/** A workload as a subject. */
export function workloadSubject(workload: DataRecord): Subject {
  return { kind: "workload", name: `${String(workload["kind"])}/${String(workload["name"])}`, data: workload };
}

/** The references that the workload pulls, each once: of its containers of every role and of its image volumes. */
export function imageReferences(workload: DataRecord): readonly string[] {
  const ofContainers = drafts(workload["containers"]).map((container) => container["image"]);
  const ofVolumes = drafts(workload["volumes"]).map((volume) => draft(volume["image"])?.["reference"]);
  return [...new Set([...ofContainers, ...ofVolumes].filter((reference) => typeof reference === "string"))];
}

/** An image of a workload as a subject. A reference that cannot be read stays one, with facts that are malformed. */
export function imageSubject(reference: string, namespace?: string): Subject {
  const where = namespace === undefined ? {} : { namespace };
  const read = parseImageRef(reference);
  if (!read.ok) return { kind: "image", name: reference, data: { ref: reference, ...where } };
  const { registry, path, repository, tag, digest } = read.value;
  const data: DataRecord = { ref: reference, registry, path, repository, tag, digest, name: path, ...where };
  return { kind: "image", name: reference, data, ...(digest === undefined ? {} : { digest }) };
}

/** The image subjects of a workload, in its namespace. */
export function imageSubjects(workload: DataRecord): readonly Subject[] {
  const namespace = workload["namespace"];
  return imageReferences(workload).map((reference) => imageSubject(reference, typeof namespace === "string" ? namespace : undefined));
}

/**
 * The subjects of an admission request. On UPDATE: only references that the old pod spec does not have, and the workload
 * only if its pod spec changed. On DELETE, and once the object is being deleted: none.
 */
export function admissionSubjects(request: AdmissionRequest, document: DocumentRef): readonly Subject[] {
  if (request.operation !== "CREATE" && request.operation !== "UPDATE") return [];
  const current = readObject(request.object, document, request.namespace);
  if (current === undefined || isLeaving(request.object)) return [];
  const images = imageSubjects(current);
  if (request.operation === "CREATE") return [workloadSubject(current), ...images];
  const previous = readObject(request.oldObject, document, request.namespace);
  if (previous === undefined) return [workloadSubject(current), ...images];
  const known = new Set(imageReferences(previous));
  const added = images.filter((image) => !known.has(image.name));
  return samePods(current, previous) ? added : [workloadSubject(current), ...added];
}

function readObject(object: unknown, document: DocumentRef, namespace: string | undefined): DataRecord | undefined {
  if (object === null || typeof object !== "object" || Array.isArray(object)) return undefined;
  const template = templateOf(object as Json);
  if (template === undefined) return undefined;
  const workload = readWorkload(object as Json, template, document, "");
  return workload["namespace"] === undefined && namespace !== undefined ? { ...workload, namespace } : workload;
}

/** The pod spec is what it was, as an API server reads it; and so are the annotations that set profiles. */
function samePods(a: DataRecord, b: DataRecord): boolean {
  const facts = (workload: DataRecord): unknown => [workload["pod"], workload["apparmor_annotations"], workload["seccomp_annotations"]];
  return canonical(facts(a)) === canonical(facts(b));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function isLeaving(object: unknown): boolean {
  const time = follow(object, "/metadata/deletionTimestamp");
  return time !== undefined && time !== null;
}
