/**
 * Components of an SBOM that a finding cannot tell apart: entries with the same purl (an npm tree lists a package once
 * a path), or variants of which the finding does not say which. They are read as one component, of which only what
 * they agree on is known. Taking any single one of them would let an entry hide what another one says.
 */
import { type DataRecord, type DataValue, Known, Lack, OpenList } from "../../../language/core/data.ts";

/** The component as part of the product: `present` is true unless the document says something else. */
export function presence(component: DataRecord): DataRecord {
  const present = component["present"];
  return present === undefined || present === null ? { ...component, present: true } : component;
}

/**
 * One component for several. Present or direct if any of them is, optional only if all are; lists are united and open
 * where they differ; of every other field, what all say alike, or else a conflict (missing where some say nothing).
 */
export function asOneComponent(components: readonly DataRecord[]): DataRecord {
  const all = components.map(presence);
  const [first] = all;
  if (first === undefined) return {};
  if (all.length === 1) return first;
  const joined: Record<string, DataValue> & DataRecord = { ...first };
  const fields = new Set(all.flatMap((component) => Object.keys(component)));
  for (const field of fields) {
    const values = all.map((component) => component[field]);
    joined[field] = field === "id" ? first["id"] : joinField(field, values);
  }
  return joined;
}

function joinField(field: string, values: readonly DataValue[]): DataValue {
  if (field === "present" || field === "direct") return anyTrue(field, values);
  if (field === "optional")
    return values.every((value) => plain(value) === true) ? true : (values.find((value) => value instanceof Lack) ?? false);
  const [first] = values;
  if (values.every((value) => sameValue(value, first))) return first;
  if (values.some(isList)) return unitedLists(field, values);
  const unsettled = values.find((value) => value instanceof Lack && value.cause !== "missing");
  if (unsettled !== undefined) return unsettled;
  if (values.some(saysNothing)) return new Lack("missing", `not every component of the SBOM with this purl says its ${field}`);
  return new Lack("conflict", `components of the SBOM with this purl disagree on ${field}`);
}

/** Strong Kleene `or`. */
function anyTrue(field: string, values: readonly DataValue[]): DataValue {
  if (values.some((value) => plain(value) === true)) return true;
  const unknown = values.find((value) => plain(value) !== false);
  if (values.every((value) => plain(value) === false)) return false;
  return unknown ?? new Lack("missing", `not every component of the SBOM with this purl says whether it is ${field}`);
}

function unitedLists(field: string, values: readonly DataValue[]): OpenList {
  const items = new Set<DataValue>();
  const lacks: Lack[] = [];
  let undeclared = false;
  for (const value of values) {
    if (value instanceof Lack) lacks.push(value);
    else if (value instanceof OpenList) {
      for (const item of value.items) items.add(item);
      lacks.push(...value.lacks);
      undeclared ||= value.undeclared;
    } else if (Array.isArray(value)) for (const item of value as readonly DataValue[]) items.add(item);
    else lacks.push(new Lack("missing", `not every component of the SBOM with this purl says its ${field}`));
  }
  return new OpenList(
    [...items],
    undeclared,
    lacks.length > 0 || undeclared ? lacks : [new Lack("conflict", `components of the SBOM with this purl disagree on ${field}`)],
  );
}

function isList(value: DataValue): boolean {
  return Array.isArray(value) || value instanceof OpenList;
}

function saysNothing(value: DataValue): boolean {
  return value === undefined || value === null || value instanceof Lack;
}

function plain(value: DataValue): DataValue {
  return value instanceof Known ? (value.value as DataValue) : value;
}

/**
 * Equal as far as a look at the first two levels tells: nested records are the same or hold the same scalars. What is
 * deeper counts as different, which costs a decision but never makes one; components may refer to each other in cycles.
 */
export function sameValue(a: DataValue, b: DataValue, levels = 2): boolean {
  const left = plain(a) ?? undefined;
  const right = plain(b) ?? undefined;
  if (left === right) return true;
  if (levels === 0 || typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (left instanceof Lack || right instanceof Lack)
    return left instanceof Lack && right instanceof Lack && left.cause === right.cause && left.detail === right.detail;
  if (Array.isArray(left) !== Array.isArray(right) || left.constructor !== right.constructor) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  const entries = left as Readonly<Record<string, DataValue>>;
  const others = right as Readonly<Record<string, DataValue>>;
  return names.every((name) => Object.hasOwn(others, name) && sameValue(entries[name], others[name], levels - 1));
}
