/** Changes of evidence that the laws speak about: settling what is not settled, failing what was had, permuting. */
import type { Request } from "../../engine/evaluate/decision.ts";
import type { DataRecord, DataValue } from "../../language/core/data.ts";
import { Known, Lack, OpenList } from "../../language/core/data.ts";
import type { RecordType, Type } from "../../language/semantics/types.ts";
import type { Choices } from "./choices.ts";
import { presentData } from "./facts.ts";
import { readScalar } from "./scalars.ts";
import type { Universe } from "./universe.ts";

type Change = (type: Type, value: DataValue, element: boolean) => DataValue;

function everyDocument(request: Request, universe: Universe, change: (data: DataRecord, type: RecordType) => DataRecord): Request {
  const typeOf = (name: string) => universe.types.get(name) ?? universe.subject;
  return {
    ...request,
    subject: { ...request.subject, data: change(request.subject.data, universe.subject) },
    evidence: request.evidence.map((e) => ({ ...e, data: change(e.data, typeOf(e.type)) })),
    attested: request.attested.map((a) => ({ ...a, evidence: { ...a.evidence, data: change(a.evidence.data, typeOf(a.evidence.type)) } })),
  };
}

/** Applies the change to each field and element, then goes into what it left. */
function throughout(data: DataRecord, type: RecordType, change: Change): DataRecord {
  const own = Object.fromEntries([...type.fields.values()].map((f) => [f.name, into(f.type, data[f.name], change, false)]));
  return { ...data, ...own };
}

function into(type: Type, value: DataValue, change: Change, element: boolean): DataValue {
  const changed = change(type, value, element);
  if (changed === undefined || changed === null || changed instanceof Lack || changed instanceof Known) return changed;
  if (type.kind === "record" && isRecord(changed)) return throughout(changed, type, change);
  if (type.kind !== "list" && type.kind !== "set") return changed;
  if (Array.isArray(changed)) return changed.map((item) => into(type.element, item, change, true));
  if (!(changed instanceof OpenList)) return changed;
  return new OpenList(
    changed.items.map((item) => into(type.element, item, change, true)),
    changed.undeclared,
    changed.lacks,
  );
}

function isRecord(value: DataValue): value is DataRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof OpenList) &&
    !(value instanceof Known) &&
    !(value instanceof Lack)
  );
}

function isUnreadable(type: Type, value: DataValue): boolean {
  if (value instanceof Known) return false;
  if (type.kind === "list" || type.kind === "set") return !Array.isArray(value) && !(value instanceof OpenList);
  if (type.kind === "record" || type.kind === "map") return !isRecord(value);
  return readScalar(type, value, undefined) === undefined;
}

/** Whether the fact is unknown for another cause than that it is missing. */
function isUnsettled(type: Type, value: DataValue, element: boolean): boolean {
  if (value instanceof Lack) return value.cause !== "missing";
  if (value === undefined || value === null) return element;
  return isUnreadable(type, value);
}

/**
 * Every transient, conflicting or malformed fact replaced by some value or by its absence; look-ups succeed. Where
 * documents are always `united`, what they say differently is a conflict, and settles too.
 */
export function settled(request: Request, universe: Universe, choices: Choices, united: boolean): Request {
  const change: Change = (type, value, element) => {
    if (value instanceof OpenList) {
      const rest = value.lacks.filter((l) => l.cause === "missing");
      if (rest.length === value.lacks.length) return value;
      const more = choices.times(0, 2, () => (type.kind === "list" || type.kind === "set" ? presentData(type.element, choices, 1) : null));
      return new OpenList([...value.items, ...more], value.undeclared, rest);
    }
    if (type.kind === "map" && isRecord(value)) return settledEntries(type.value, value, choices);
    if (!isUnsettled(type, value, element)) return value;
    return element || choices.chance(60) ? presentData(type, choices, 1) : undefined;
  };
  const documents = everyDocument(request, universe, (data, type) => throughout(data, type, change));
  const had = { ...documents, failed: request.failed.filter((f) => f.cause === "missing") };
  return united ? agreeing(had, universe, choices) : had;
}

/**
 * Where documents of a type that are read together give different values for a field, they may come to say what the
 * first of them says.
 */
function agreeing(request: Request, universe: Universe, choices: Choices): Request {
  const first = new Map<string, DataRecord>();
  const after = (key: string, data: DataRecord, type: RecordType | undefined): DataRecord => {
    const before = first.get(key);
    if (before === undefined || type === undefined) {
      first.set(key, data);
      return data;
    }
    return agreeingRecord(before, data, type, choices);
  };
  return {
    ...request,
    evidence: request.evidence.map((e) => ({ ...e, data: after(JSON.stringify([e.type, e.about]), e.data, universe.types.get(e.type)) })),
    attested: request.attested.map(({ evidence: e, ...rest }) => ({
      ...rest,
      evidence: { ...e, data: after(JSON.stringify([e.type, e.about, rest.trusts]), e.data, universe.types.get(e.type)) },
    })),
  };
}

/** A licence that says that nothing is said is missing, however it is spelled: that is settled. */
function isUnstated(type: Type, value: DataValue): boolean {
  return type.kind === "scalar" && type.name === "License" && (value === "NOASSERTION" || value === "NONE" || value === "");
}

function agreeingRecord(before: DataRecord, data: DataRecord, type: RecordType, choices: Choices): DataRecord {
  const said = (value: DataValue, of: Type) => value !== undefined && value !== null && !(value instanceof Lack) && !isUnstated(of, value);
  const fields = [...type.fields.values()].map(({ name, type: of }) => {
    const [ours, theirs] = [before[name], data[name]];
    if (!said(ours, of) || !said(theirs, of)) return [name, theirs] as const;
    if (of.kind === "record" && isRecord(ours) && isRecord(theirs)) return [name, agreeingRecord(ours, theirs, of, choices)] as const;
    const scalar = of.kind === "scalar" || of.kind === "enum";
    return [name, scalar && choices.chance(50) ? ours : theirs] as const;
  });
  return { ...data, ...Object.fromEntries(fields) };
}

function settledEntries(type: Type, map: DataRecord, choices: Choices): DataRecord {
  const entries = Object.entries(map).map(([key, value]) => {
    const unsettled = value !== undefined && value !== null && isUnsettled(type, value, false);
    return [key, unsettled ? presentData(type, choices, 0) : value] as const;
  });
  return Object.fromEntries(entries);
}

/** Some facts, present or absent, and sometimes all evidence of a type, replaced by a look-up that failed. */
export function failing(request: Request, universe: Universe, choices: Choices): Request {
  const transient = new Lack("transient", "the service did not answer");
  const change: Change = (_, value) => {
    if (!choices.chance(12)) return value;
    if (!Array.isArray(value) && !(value instanceof OpenList)) return transient;
    const [items, undeclared, lacks] = value instanceof OpenList ? [value.items, value.undeclared, value.lacks] : [value, false, []];
    return choices.chance(50) ? transient : new OpenList(items, undeclared, [...lacks, transient]);
  };
  const changed = everyDocument(request, universe, (data, type) => throughout(data, type, change));
  if (!choices.chance(40)) return changed;
  const { name } = choices.pick([universe.bom, universe.scan]);
  const keep = choices.chance(50);
  return {
    ...changed,
    evidence: changed.evidence.filter((e) => keep || e.type !== name),
    attested: changed.attested.filter((a) => keep || a.evidence.type !== name),
    failed: [...changed.failed, { name, cause: "transient", detail: "the service did not answer" }],
  };
}

/** The same shapes with other names in them: what was `a` is `b`, and the other way round. */
export function renamed(request: Request, universe: Universe): Request {
  const change: Change = (_, value) => (value === "a" ? "b" : value === "b" ? "a" : value);
  return everyDocument(request, universe, (data, type) => throughout(data, type, change));
}

/** Members of lists of records, documents, statements and look-ups in another order. */
export function permuted(request: Request, universe: Universe, choices: Choices): Request {
  const change: Change = (type, value) => {
    if ((type.kind !== "list" && type.kind !== "set") || type.element.kind !== "record") return value;
    if (Array.isArray(value)) return shuffled(value as readonly DataValue[], choices);
    if (value instanceof OpenList) return new OpenList(shuffled(value.items, choices), value.undeclared, shuffled(value.lacks, choices));
    return value;
  };
  const changed = everyDocument(request, universe, (data, type) => throughout(data, type, change));
  return {
    ...changed,
    evidence: shuffled(changed.evidence, choices),
    attested: shuffled(changed.attested, choices),
    failed: shuffled(changed.failed, choices),
  };
}

export function shuffled<T>(list: readonly T[], choices: Choices): readonly T[] {
  return list
    .map((item) => [choices.below(1_000_000), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** The evidence with another value in each claimed field: that of the subject and of documents, and all that is bare or unverified. */
export function otherClaims(request: Request, universe: Universe, claim: (type: Type) => DataValue): Request {
  const changed = everyDocument(request, universe, (data, type) => otherClaimsIn(data, type, claim));
  return { ...changed, evidence: [], attested: changed.attested.filter((a) => a.trusts.length > 0) };
}

function otherClaimsIn(data: DataRecord, type: RecordType, claim: (type: Type) => DataValue): DataRecord {
  const own = [...type.fields.values()].map(
    (f) => [f.name, f.claimed ? claim(f.type) : within(f.type, data[f.name], (item, of) => otherClaimsIn(item, of, claim))] as const,
  );
  return { ...data, ...Object.fromEntries(own) };
}

/** The value with each record in it changed, whatever it stands in. */
function within(type: Type, value: DataValue, change: (data: DataRecord, type: RecordType) => DataRecord): DataValue {
  if (value instanceof Known) {
    const inner = value.value as DataValue;
    return type.kind === "record" && isRecord(inner) ? new Known(change(inner, type)) : value;
  }
  if (type.kind === "record") return isRecord(value) ? change(value, type) : value;
  if (type.kind !== "list" && type.kind !== "set") return value;
  const each = (items: readonly DataValue[]) => items.map((item) => within(type.element, item, change));
  if (Array.isArray(value)) return each(value);
  return value instanceof OpenList ? new OpenList(each(value.items), value.undeclared, value.lacks) : value;
}
