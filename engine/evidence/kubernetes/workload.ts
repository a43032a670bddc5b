/** From a manifest to a `waybill.kubernetes.Workload`: which kinds run pods, and where they keep the pod template. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, type Origin, origin } from "../../../language/core/data.ts";
import { token } from "../fault.ts";
import { completeDraft } from "./complete.ts";
import { applyDefaults, containerLists, draft, drafts, volumeSources } from "./defaults.ts";
import { type Projection, readAsked } from "./project.ts";
import { type Draft, type Json, readStruct } from "./read.ts";
import { structShape } from "./shape.ts";

/** Where a kind keeps its pod template: the pointer below the object, `""` where the object itself is the pod. */
const templates: Readonly<Record<string, string>> = {
  Pod: "",
  PodTemplate: "/template",
  ReplicationController: "/spec/template",
  ReplicaSet: "/spec/template",
  Deployment: "/spec/template",
  StatefulSet: "/spec/template",
  DaemonSet: "/spec/template",
  Job: "/spec/template",
  CronJob: "/spec/jobTemplate/spec/template",
};

/** Groups whose kinds of these names are Kubernetes' own. Another group's `Deployment` is a kind that we do not know. */
const groups: ReadonlySet<string> = new Set(["", "apps", "batch", "extensions"]);

/** Places at which kinds that we do not know keep a pod template, when they have one. */
const customTemplates = ["/spec/template", "/spec/jobTemplate/spec/template"] as const;

export interface Template {
  /** Below the object. */
  readonly pointer: string;
  /** The kind is not Kubernetes' own: that it runs this template as pods is what its shape says. */
  readonly assumed: boolean;
}

/** The pod template of an object; undefined where it has none. */
export function templateOf(object: Json): Template | undefined {
  const kind = object["kind"];
  if (typeof kind !== "string") return undefined;
  const pointer = Object.hasOwn(templates, kind) && groups.has(groupOf(object)) ? templates[kind] : undefined;
  if (pointer !== undefined) return { pointer, assumed: false };
  if (groupOf(object) === "") return undefined;
  for (const place of customTemplates) if (looksLikePods(follow(object, place))) return { pointer: place, assumed: true };
  return undefined;
}

/** `apps` of `apps/v1`; `""` for the core group, and where the manifest does not say. */
function groupOf(object: Json): string {
  const version = object["apiVersion"];
  return typeof version === "string" && version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
}

function looksLikePods(template: unknown): boolean {
  const containers = objectAt(objectAt(template)["spec"])["containers"];
  return (
    Array.isArray(containers) &&
    containers.length > 0 &&
    containers.every((c) => ["name", "image"].some((key) => typeof objectAt(c)[key] === "string"))
  );
}

/** The value below an object; undefined where the way is not there. */
export function follow(object: unknown, pointer: string): unknown {
  let value = object;
  for (const key of pointer.split("/").slice(1)) value = objectAt(value)[key];
  return value;
}

function objectAt(value: unknown): Json {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Json) : {};
}

/** The object as a workload. `base` is the pointer of the object in its document; the schema has held. */
export function readWorkload(object: Json, template: Template, document: DocumentRef, base: string): DataRecord {
  const isPod = template.pointer === "" && !template.assumed;
  const place = `${base}${template.pointer}`;
  const metadata = readStruct(objectAt(object["metadata"]), "ObjectMeta", document, `${base}/metadata`);
  const raw = objectAt(follow(object, template.pointer));
  const pods = isPod ? metadata : readStruct(objectAt(raw["metadata"]), "ObjectMeta", document, `${place}/metadata`);
  const spec = readStruct(objectAt(raw["spec"]), "PodSpec", document, `${place}/spec`);
  applyDefaults(spec, isPod);
  nameSources(spec, objectAt(raw["spec"]));
  typeProfiles(spec);
  return completeDraft({
    [origin]: {
      document,
      pointer: base,
      fields: {
        name: `#${base}/metadata/${metadata["name"] === undefined ? "generateName" : "name"}`,
        namespace: `#${base}/metadata/namespace`,
        labels: `#${base}/metadata/labels`,
        annotations: `#${base}/metadata/annotations`,
        pod: `#${place}/spec`,
        pod_labels: `#${place}/metadata/labels`,
        pod_annotations: `#${place}/metadata/annotations`,
        apparmor_annotations: `#${place}/metadata/annotations`,
        seccomp_annotations: `#${place}/metadata/annotations`,
        volumes: `#${place}/spec/volumes`,
        containers: `#${place}/spec/containers`,
      },
    },
    ...facts(object, metadata, pods, spec),
    apparmor_annotations: profiles(pods, appArmorPrefix, undefined),
    seccomp_annotations: profiles(pods, seccompPrefix, seccompOfPod),
  });
}

/** What of the object as a workload is asked; nothing in it has a place. Parts of the object become parts of the workload. */
export function readAskedWorkload(object: Json, template: Template, document: DocumentRef, base: string, asked: Projection): DataRecord {
  const isPod = template.pointer === "" && !template.assumed;
  const metadata = readAsked(objectAt(object["metadata"]), asked.metadata, document, base);
  const raw = isPod ? object : objectAt(follow(object, template.pointer));
  const pods = isPod ? metadata : readAsked(objectAt(raw["metadata"]), asked.metadata, document, base);
  const spec = readAsked(objectAt(raw["spec"]), asked.pod, document, base);
  applyDefaults(spec, isPod, asked.named);
  if (asked.sources) nameSources(spec, objectAt(raw["spec"]));
  if (asked.named("type")) typeProfiles(spec);
  const workload: Draft = facts(object, metadata, pods, spec);
  if (asked.appArmor) workload["apparmor_annotations"] = profiles(pods, appArmorPrefix, undefined);
  if (asked.seccompOfPods) workload["seccomp_annotations"] = profiles(pods, seccompPrefix, seccompOfPod);
  return completeDraft(workload, asked);
}

function facts(object: Json, metadata: Draft, pods: Draft, spec: Draft): Draft {
  return {
    apiVersion: object["apiVersion"] as DataValue,
    kind: object["kind"] as DataValue,
    name: metadata["name"] ?? metadata["generateName"] ?? "",
    namespace: metadata["namespace"],
    labels: metadata["labels"],
    annotations: metadata["annotations"],
    pod: spec,
    pod_labels: pods["labels"],
    pod_annotations: pods["annotations"],
  };
}

/** Says of each volume where it comes from. `raw` still has the fields that this version does not know. */
function nameSources(spec: Draft, raw: Json): void {
  const written = Array.isArray(raw["volumes"]) ? raw["volumes"] : [];
  drafts(spec["volumes"]).forEach((volume, index) => {
    const all = sourcesOf(objectAt(written[index]));
    const [first] = all;
    const place = volume[origin];
    if (place && first !== undefined) volume[origin] = { ...place, fields: { source: `${place.pointer}/${token(first)}` } };
    if (all.length > 1) volume["source"] = new Lack("malformed", `the volume names several sources: ${all.join(", ")}`);
    else volume["source"] = first === undefined ? "emptyDir" : sourceOrder.has(first) ? first : "other";
  });
}

/** The API's order, in which several sources are named. */
const sourceOrder: ReadonlyMap<string, number> = new Map(volumeSources.map((source, index) => [source, index]));

/** The names of the sources that a volume gives, those that we do not know last. */
function sourcesOf(raw: Json): readonly string[] {
  const known: string[] = [];
  const strange: string[] = [];
  for (const key of Object.keys(raw)) {
    if (raw[key] === null) continue;
    if (sourceOrder.has(key)) known.push(key);
    else if (!structShape("Volume").fields.has(key)) strange.push(key);
  }
  if (known.length > 1) known.sort((a, b) => (sourceOrder.get(a) ?? 0) - (sourceOrder.get(b) ?? 0));
  return strange.length === 0 ? known : [...known, ...strange];
}

/** A profile without a type, which the API refuses, is not the same as no profile. */
function typeProfiles(spec: Draft): void {
  typeProfilesOf(spec);
  for (const [list] of containerLists) for (const container of drafts(spec[list])) typeProfilesOf(container);
}

function typeProfilesOf(holder: Draft): void {
  for (const kind of ["seccompProfile", "appArmorProfile"]) {
    const context = draft(holder["securityContext"]);
    const profile = draft(context?.[kind]);
    if (!context || profile?.["type"] !== "") continue;
    // The context may still be the caller's: it is not written to.
    holder["securityContext"] = { ...context, [kind]: { ...profile, type: new Lack("malformed", `the ${kind} has no type`) } };
  }
}

const appArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";
const seccompPrefix = "container.seccomp.security.alpha.kubernetes.io/";
const seccompOfPod = "seccomp.security.alpha.kubernetes.io/pod";

/** Annotations that set a profile, for a container by its name after the prefix or for the pod. */
function profiles(metadata: Draft, prefix: string, ofPod: string | undefined): readonly DataRecord[] {
  const annotations = draft(metadata["annotations"]);
  if (!annotations) return [];
  const place = annotations[origin];
  return Object.entries(annotations).flatMap(([key, value]) => {
    if (!key.startsWith(prefix) && key !== ofPod) return [];
    const container = key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    return [{ key, container, value, ...(place ? { [origin]: entryOrigin(place, key) } : {}) }];
  });
}

/** All that is read of a map's entry stands at the entry. */
function entryOrigin(map: Origin, key: string): Origin {
  const entry = `${map.pointer}/${token(key)}`;
  return { document: map.document, pointer: entry, fields: { key: "", value: "", container: "" } };
}
