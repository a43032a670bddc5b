/**
 * The fields of a workload that say again what others say, for policies that read better with them: `containers` of
 * every role, `c.privileged`, the user that a container runs as. Tests give workloads by a few fields and pass here too,
 * so a field that is there already is left as it is.
 */
import { type DataRecord, type DataValue, Known, Lack, type Origin, origin } from "../../../language/core/data.ts";
import { containerLists, draft, pointerOf } from "./defaults.ts";
import { amount, parseQuantity } from "./quantity.ts";
import type { Draft } from "./read.ts";

/** Settings of a container that its own security context says, and no other. */
export const ownSettings = ["privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem"] as const;
/** Settings that a container takes from its pod where it has none. */
export const sharedSettings = ["runAsNonRoot", "runAsUser", "runAsGroup"] as const;

/** A copy of the workload with the derived fields that it lacks. */
export function completeWorkload(workload: DataRecord): DataRecord {
  const pod = plain(workload["pod"]);
  const lists = containerLists.flatMap(([name]) => (pod?.[name] === undefined ? [] : [[name, copied(pod[name])] as const]));
  return completeDraft({
    ...workload,
    ...(pod ? { pod: { ...pod, ...Object.fromEntries(lists) } } : {}),
    ...(workload["containers"] === undefined ? {} : { containers: copied(workload["containers"]) }),
  });
}

/** Containers that can be changed without changing those of the caller. */
function copied(containers: DataValue): DataValue {
  if (!Array.isArray(containers)) return containers;
  return (containers as readonly DataValue[]).map((container) => {
    const record = plain(container);
    if (!record) return container;
    const resources = plain(record["resources"]);
    return { ...record, ...(resources ? { resources: { ...resources } } : {}) };
  });
}

/** What is derived: everything, or what somebody asks (`project.ts`). */
export interface Derived {
  readonly roles: boolean;
  /** The lists of the workload itself. */
  readonly lists: boolean;
  /** Anything of what follows. */
  readonly settings: boolean;
  /** The settings that a container has itself, and those that it takes from its pod. */
  readonly own: readonly string[];
  readonly shared: readonly string[];
  readonly seccomp: boolean;
  /** The numbers of its resources. */
  readonly amounts: boolean;
}

const everything: Derived = {
  ...{ roles: true, lists: true, settings: true },
  ...{ own: ownSettings, shared: sharedSettings, seccomp: true, amounts: true },
};

/** The same workload, with the derived fields that it lacks written into it and its containers. */
export function completeDraft(workload: Draft, derived: Derived = everything): DataRecord {
  const pod = plain(workload["pod"]);
  const context = pod && plain(pod["securityContext"]);
  if (pod) {
    if (derived.roles) giveRoles(pod);
    if (derived.lists) {
      workload["containers"] ??= united(containerLists.map(([name]) => pod[name]));
      workload["volumes"] ??= pod["volumes"];
    }
  }
  if (!derived.settings) return workload;
  const containers = workload["containers"];
  for (const container of Array.isArray(containers) ? (containers as readonly DataValue[]) : []) {
    const record = plain(container);
    if (record) completeContainer(record, context, derived);
  }
  return workload;
}

function giveRoles(pod: Draft): void {
  for (const [name, role] of containerLists) {
    if (!Array.isArray(pod[name])) continue;
    for (const container of pod[name] as readonly DataValue[]) {
      const record = plain(container);
      if (record) record["role"] ??= role;
    }
  }
}

/** The members of all lists; where one is no list, that one, since nothing is known of the whole then. */
function united(lists: readonly DataValue[]): DataValue {
  const present = lists.filter((list) => list !== undefined && list !== null);
  if (present.length < 2) return present[0];
  return present.find((list) => !Array.isArray(list)) ?? present.flat();
}

/** `context` is the pod's security context. */
function completeContainer(container: Draft, context: Draft | undefined, derived: Derived): void {
  const own = plain(container["securityContext"]);
  const places: Record<string, string> | undefined = container[origin] && { ...container[origin].fields };
  for (const name of derived.own) take(container, places, name, own, name);
  for (const name of derived.shared) {
    take(container, places, name, own, name);
    take(container, places, name, context, name);
  }
  if (derived.seccomp) {
    // The whole profile comes from one place: the pod's file is not that of a container with a profile of its own.
    const profile = plain(own?.["seccompProfile"]) ?? plain(context?.["seccompProfile"]);
    take(container, places, "seccomp", profile, "type");
    take(container, places, "seccomp_profile", profile, "localhostProfile");
  }
  const resources = derived.amounts ? plain(container["resources"]) : undefined;
  if (resources) completeResources(resources);
  if (places) placed(container, places);
}

/** Takes a field from another record, unless it is there already or not there. */
function take(
  container: Draft,
  places: Record<string, string> | undefined,
  field: string,
  from: DataRecord | undefined,
  name: string,
): void {
  const value = from?.[name];
  if (from === undefined || value === undefined || value === null || container[field] !== undefined) return;
  container[field] = value;
  if (places) places[field] = `#${pointerOf(from)}/${name}`;
}

function placed(record: Draft, fields: Record<string, string>): void {
  const place: Origin | undefined = record[origin];
  if (place) record[origin] = { document: place.document, pointer: place.pointer, fields };
}

/** Amounts that are numbers of their own, by their list, their name in it and their unit. */
export const amounts = [
  ["cpu_limit", "limits", "cpu", 1_000_000n],
  ["cpu_request", "requests", "cpu", 1_000_000n],
  ["memory_limit", "limits", "memory", 1_000_000_000n],
  ["memory_request", "requests", "memory", 1_000_000_000n],
] as const;

function completeResources(resources: Draft): void {
  const places: Record<string, string> = {};
  for (const [field, list, name, unit] of amounts) {
    const entries = plain(resources[list]);
    const raw = entries?.[name];
    const text = raw instanceof Known ? raw.value : raw;
    if (text === undefined || text === null || resources[field] !== undefined) continue;
    resources[field] = number(text, unit);
    places[field] = `#${entries ? pointerOf(entries) : ""}/${name}`;
  }
  placed(resources, places);
}

function number(text: unknown, unit: bigint): DataValue {
  const quantity = typeof text === "string" || typeof text === "number" ? parseQuantity(text) : undefined;
  return quantity ? Number(amount(quantity, unit)) : new Lack("malformed", `\`${String(text)}\` is not a quantity`);
}

/** The value as a plain record: neither absent, a list, nor a value that is not known. */
function plain(value: DataValue): Draft | undefined {
  if (value instanceof Known || value instanceof Lack) return undefined;
  return draft(value);
}
