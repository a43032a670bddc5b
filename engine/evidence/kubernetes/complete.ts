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
const ownSettings = ["privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem"] as const;
/** Settings that a container takes from its pod where it has none. */
const sharedSettings = ["runAsNonRoot", "runAsUser", "runAsGroup"] as const;

/** A copy of the workload with the derived fields that it lacks. */
export function completeWorkload(workload: DataRecord): DataRecord {
  const pod = plain(workload["pod"]);
  const context = pod && plain(pod["securityContext"]);
  const result: Draft = { ...workload };
  if (pod) {
    const lists = containerLists.map(([name, role]) => [name, completeContainers(pod[name], context, role)] as const);
    result["pod"] = { ...pod, ...Object.fromEntries(lists.filter(([, members]) => members !== undefined)) };
    result["containers"] ??= united(lists.map(([, members]) => members));
    result["volumes"] ??= pod["volumes"];
  }
  if (workload["containers"] !== undefined) result["containers"] = completeContainers(workload["containers"], context, undefined);
  return result;
}

/** The members of all lists; where one is no list, that one, since nothing is known of the whole then. */
function united(lists: readonly DataValue[]): DataValue {
  const present = lists.filter((list) => list !== undefined && list !== null);
  if (present.length === 0) return undefined;
  return present.find((list) => !Array.isArray(list)) ?? present.flat();
}

function completeContainers(containers: DataValue, context: Draft | undefined, role: string | undefined): DataValue {
  if (!Array.isArray(containers)) return containers;
  return (containers as readonly DataValue[]).map((container) => {
    const record = plain(container);
    return record ? completeContainer(role === undefined ? record : { role, ...record }, context) : container;
  });
}

/** `context` is the pod's security context. */
function completeContainer(container: DataRecord, context: Draft | undefined): DataRecord {
  const own = plain(container["securityContext"]);
  const result: Draft = { ...container };
  const places: Record<string, string> = { ...container[origin]?.fields };
  const take = (field: string, from: DataRecord | undefined, name: string): void => {
    const value = from?.[name];
    if (from === undefined || value === undefined || value === null || result[field] !== undefined) return;
    result[field] = value;
    places[field] = `${pointerOf(from)}/${name}`;
  };
  for (const name of ownSettings) take(name, own, name);
  for (const name of sharedSettings) {
    take(name, own, name);
    take(name, context, name);
  }
  take("seccomp", own && plain(own["seccompProfile"]), "type");
  take("seccomp", context && plain(context["seccompProfile"]), "type");
  const resources = plain(container["resources"]);
  if (resources) result["resources"] = completeResources(resources);
  const place = container[origin];
  if (place) result[origin] = { ...place, fields: places } satisfies Origin;
  return result;
}

const numbers = [
  ["cpu_limit", "limits", "cpu", 1_000_000n],
  ["cpu_request", "requests", "cpu", 1_000_000n],
  ["memory_limit", "limits", "memory", 1_000_000_000n],
  ["memory_request", "requests", "memory", 1_000_000_000n],
] as const;

function completeResources(resources: Draft): DataRecord {
  const result: Draft = { ...resources };
  const places: Record<string, string> = {};
  for (const [field, list, name, unit] of numbers) {
    const entries = plain(resources[list]);
    const raw = entries && (Object.hasOwn(entries, name) ? entries[name] : undefined);
    const text = raw instanceof Known ? raw.value : raw;
    if (result[field] !== undefined || text === undefined || text === null) continue;
    const quantity = typeof text === "string" || typeof text === "number" ? parseQuantity(text) : undefined;
    result[field] = quantity ? Number(amount(quantity, unit)) : new Lack("malformed", `\`${String(text)}\` is not a quantity`);
    places[field] = `${entries ? pointerOf(entries) : ""}/${name}`;
  }
  const place = resources[origin];
  if (place) result[origin] = { ...place, fields: places };
  return result;
}

/** The value as a plain record: neither absent, a list, nor a value that is not known. */
function plain(value: DataValue): Draft | undefined {
  if (value instanceof Known || value instanceof Lack) return undefined;
  return draft(value);
}
