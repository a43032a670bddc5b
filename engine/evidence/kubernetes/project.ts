/**
 * Reads of a manifest only what a program asks (`FieldsRead`), for decisions that are not explained. What comes out says
 * of every field that is asked what `read.ts` says of it: where an object already stands as an API server would decode it,
 * it is handed on as it is, without a place in its document; where it does not, its part that is asked is copied.
 */
import type { DataValue, DocumentRef } from "../../../language/core/data.ts";
import type { FieldsRead } from "../../../language/core/reads.ts";
import { amounts, type Derived, ownSettings, sharedSettings } from "./complete.ts";
import { type Draft, dropped, type Json, readValue, zero } from "./read.ts";
import { type FieldShape, type Shape, structShape } from "./shape.ts";

/** A field of a struct that is asked. */
interface Asked {
  readonly key: string;
  readonly field: FieldShape;
  /** Those of the field. */
  readonly plain: boolean;
  readonly kept: boolean;
  /** Written although it is absent. */
  readonly always: boolean;
  /** Of a struct, or of a list of them: what is asked of it. */
  readonly struct: AskedStruct | undefined;
}

interface AskedStruct {
  readonly name: string;
  /** Filled once the struct is known by its name: structs may be recursive. */
  readonly fields: Asked[];
  /** Written to once it is read, so it is always a copy. */
  readonly changed: boolean;
}

/** What is asked of workloads. */
export interface Projection extends Derived {
  /** Whether a field of that name is asked, of whichever type. */
  named(name: string): boolean;
  readonly pod: AskedStruct;
  readonly metadata: AskedStruct;
  /** Where volumes come from. */
  readonly sources: boolean;
  /** Profiles in annotations. */
  readonly appArmor: boolean;
  readonly seccompOfPods: boolean;
}

/** The structs that get defaults and derived fields (`defaults.ts`, `complete.ts`, `workload.ts`). */
const changed: ReadonlySet<string> = new Set([
  "PodSpec",
  "Container",
  "EphemeralContainer",
  "ContainerPort",
  "ResourceRequirements",
  "Volume",
]);

const projections = new WeakMap<FieldsRead, Projection>();

/** Made once for a program. */
export function projectionOf(reads: FieldsRead): Projection {
  const known = projections.get(reads);
  if (known) return known;
  const names = new Set(reads.names);
  for (const [field, needed] of Object.entries(needs)) if (reads.names.has(field)) for (const name of needed) names.add(name);
  const structs = new Map<string, AskedStruct>();
  const struct = (name: string): AskedStruct => {
    const made = structs.get(name);
    if (made) return made;
    const one: AskedStruct = { name, fields: [], changed: changed.has(name) };
    structs.set(name, one);
    const { fields, always } = structShape(name);
    for (const [key, field] of fields) {
      if (!names.has(key)) continue;
      const written = always.some(([other]) => other === key);
      one.fields.push({ key, field, plain: field.plain, kept: field.kept, always: written, struct: structOf(field.shape, struct) });
    }
    return one;
  };
  const asks = (field: string): boolean => reads.fields.has(`waybill.kubernetes.${field}`);
  const metadata: AskedStruct = { name: "ObjectMeta", fields: [], changed: false };
  for (const [key, users] of Object.entries(ofMetadata)) {
    const field = structShape("ObjectMeta").fields.get(key);
    if (field && (users.length === 0 || users.some((user) => asks(`Workload.${user}`))))
      metadata.fields.push({ key, field, plain: field.plain, kept: field.kept, always: false, struct: undefined });
  }
  const own = ownSettings.filter((name) => asks(`Container.${name}`));
  const shared = sharedSettings.filter((name) => asks(`Container.${name}`));
  const seccomp = asks("Container.seccomp") || asks("Container.seccomp_profile");
  const numbers = amounts.some(([name]) => asks(`Resources.${name}`));
  const settings = own.length > 0 || shared.length > 0 || seccomp || numbers;
  const projection: Projection = {
    named: (name) => names.has(name),
    pod: struct("PodSpec"),
    metadata,
    sources: asks("Volume.source"),
    appArmor: asks("Workload.apparmor_annotations"),
    seccompOfPods: asks("Workload.seccomp_annotations"),
    roles: asks("Container.role"),
    lists: settings || asks("Workload.containers") || asks("Workload.volumes"),
    settings,
    own,
    shared,
    seccomp,
    amounts: numbers,
  };
  projections.set(reads, projection);
  return projection;
}

/** What is read of metadata, by the fields of a workload that it is read for; the others name the workload. */
const ofMetadata: Readonly<Record<string, readonly string[]>> = {
  name: [],
  generateName: [],
  namespace: [],
  labels: ["labels", "pod_labels"],
  annotations: ["annotations", "pod_annotations", "apparmor_annotations", "seccomp_annotations"],
};

/** Fields that are made from others, by what they are made from. */
const needs: Readonly<Record<string, readonly string[]>> = {
  containers: ["initContainers", "ephemeralContainers"],
  privileged: ["securityContext"],
  allowPrivilegeEscalation: ["securityContext"],
  readOnlyRootFilesystem: ["securityContext"],
  runAsNonRoot: ["securityContext"],
  runAsUser: ["securityContext"],
  runAsGroup: ["securityContext"],
  seccomp: ["securityContext", "seccompProfile", "type"],
  seccomp_profile: ["securityContext", "seccompProfile", "type", "localhostProfile"],
  imagePullPolicy: ["image"],
  hostPort: ["containerPort", "hostNetwork"],
  requests: ["limits"],
  cpu_limit: ["limits"],
  memory_limit: ["limits"],
  cpu_request: ["requests", "limits"],
  memory_request: ["requests", "limits"],
  serviceAccountName: ["serviceAccount"],
};

function structOf(shape: Shape, struct: (name: string) => AskedStruct): AskedStruct | undefined {
  if (shape.kind === "struct") return struct(shape.name);
  return shape.kind === "list" || shape.kind === "map" ? structOf(shape.of, struct) : undefined;
}

/**
 * The object as the struct, as far as it is asked; the object itself where that says the same. The schema has held.
 * `pointer` is that of the workload: what is copied has no place of its own.
 */
export function readAsked(raw: Json, struct: AskedStruct, document: DocumentRef, pointer: string): Draft {
  const { fields } = struct;
  let draft: Draft | undefined = struct.changed ? {} : undefined;
  for (let index = 0; index < fields.length; index += 1) {
    const asked = fields[index] as Asked;
    const value = raw[asked.key];
    if (value === undefined && !asked.always) continue;
    let read: DataValue;
    if (value === undefined || value === null) read = absent(asked, document, pointer);
    else if (!asked.plain) read = present(value, asked, document, pointer);
    else if (asked.kept || (value !== "" && value !== 0 && value !== false)) read = value as DataValue;
    if (draft === undefined) {
      if (read === value) continue;
      draft = copied(raw, fields, index);
    }
    if (read !== undefined) draft[asked.key] = read;
  }
  return draft ?? (raw as Draft);
}

/** The fields before `end`, which stand as they are read. */
function copied(raw: Json, fields: readonly Asked[], end: number): Draft {
  const draft: Draft = {};
  for (let index = 0; index < end; index += 1) {
    const { key } = fields[index] as Asked;
    const value = raw[key];
    if (value !== undefined) draft[key] = value as DataValue;
  }
  return draft;
}

function absent({ field, always, struct }: Asked, document: DocumentRef, pointer: string): DataValue {
  if (!always) return undefined;
  return struct ? readAsked({}, struct, document, pointer) : zero(field.shape);
}

/** A value that is more than a scalar as it stands. */
function present(value: unknown, asked: Asked, document: DocumentRef, pointer: string): DataValue {
  const { field, struct } = asked;
  const { shape } = field;
  // A struct is there or not; it is never dropped for being zero.
  if (shape.kind === "struct" && struct) return readAsked(value as Json, struct, document, pointer);
  let read: DataValue;
  if (shape.kind === "list" && isUnchanged(value as readonly unknown[], shape.of, struct)) read = value as DataValue;
  else if (shape.kind === "list" && shape.of.kind === "struct" && struct)
    read = members(value as readonly unknown[], struct, document, pointer);
  else if (shape.kind === "map" && isText(shape.of) && !Object.values(value as Json).includes(null)) read = value as DataValue;
  else read = readValue(value, shape, document, pointer);
  return dropped(read, field) ? undefined : read;
}

/** A list of scalars that stand as they are read. */
function isUnchanged(items: readonly unknown[], of: Shape, struct: AskedStruct | undefined): boolean {
  return struct === undefined && isText(of) && !items.includes(null);
}

/** Read as it stands, unless it is null. */
function isText(shape: Shape): boolean {
  return shape.kind === "scalar" && shape.name !== "Quantity" && shape.name !== "IntOrString";
}

/** The members of a list of structs; the list itself where each is what it was. */
function members(items: readonly unknown[], struct: AskedStruct, document: DocumentRef, pointer: string): readonly DataValue[] {
  let changedItems: DataValue[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    const read = readAsked((item ?? {}) as Json, struct, document, pointer);
    if (changedItems !== undefined) changedItems.push(read);
    else if (read !== item) {
      changedItems = (items as DataValue[]).slice(0, index);
      changedItems.push(read);
    }
  }
  return changedItems ?? (items as readonly DataValue[]);
}
