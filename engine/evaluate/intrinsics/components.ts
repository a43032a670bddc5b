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
 * `joined`: some of them are several themselves. What one of these says is then no longer known where others of it say
 * nothing, so that whether they disagree cannot be told, and they are taken to.
 */
export function asOneComponent(components: readonly DataRecord[], joined = false): DataRecord {
  const all = components.map(presence);
  const [first] = all;
  if (first === undefined) return {};
  if (all.length === 1) return first;
  const one: Record<string, DataValue> & DataRecord = { ...first };
  const fields = new Set(all.flatMap((component) => Object.keys(component)));
  for (const field of fields) {
    const values = all.map((component) => component[field]);
    const value = field === "id" ? first["id"] : joinField(field, values);
    const isOpen =
      joined && value instanceof Lack && value.cause === "missing" && field !== "present" && field !== "direct" && field !== "optional";
    one[field] = isOpen ? disagreement(field) : value;
  }
  return one;
}

function disagreement(field: string): Lack {
  return new Lack("conflict", `components of the SBOM with this purl disagree on ${field}`);
}

function joinField(field: string, values: readonly DataValue[]): DataValue {
  if (field === "present" || field === "direct") return anyTrue(field, values);
  if (field === "optional")
    return values.every((value) => plain(value) === true) ? true : (gravest(values.filter((value) => value instanceof Lack)) ?? false);
  const [first] = values;
  if (values.every((value) => sameValue(value, first))) return first;
  if (values.some(isList)) return unitedLists(field, values);
  const unsettled = values.find(isUnsettled);
  if (unsettled !== undefined) return unsettled;
  // Two that disagree do so too where a third says nothing: `otherwise` would take a default for what one of them denies.
  const [said, ...others] = values.filter((value) => !saysNothing(value));
  const agree = others.every((value) => sameValue(value, said));
  if (agree) return new Lack("missing", `not every component of the SBOM with this purl says its ${field}`);
  return disagreement(field);
}

/** Strong Kleene `or`. */
function anyTrue(field: string, values: readonly DataValue[]): DataValue {
  if (values.some((value) => plain(value) === true)) return true;
  if (values.every((value) => plain(value) === false)) return false;
  return (
    gravest(values.filter((value) => plain(value) !== false)) ??
    new Lack("missing", `not every component of the SBOM with this purl says whether it is ${field}`)
  );
}

/** Of several reasons why something is not known one that is not `missing`, which alone can be seen through. */
function gravest(unknown: readonly DataValue[]): DataValue {
  return unknown.find(isUnsettled) ?? unknown[0];
}

function isUnsettled(value: DataValue): boolean {
  return value instanceof Lack && value.cause !== "missing";
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
  return new OpenList([...items], undeclared, lacks.length > 0 || undeclared ? lacks : [disagreement(field)]);
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
