/** Random evidence for a universe: every state that section 2 tells apart, several documents of a type, failed look-ups. */
import type { Attested, FailedLookup, Request } from "../../engine/evaluate/decision.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { DataRecord, DataValue } from "../../language/core/data.ts";
import { Known, Lack, OpenList } from "../../language/core/data.ts";
import { causes } from "../../language/core/ir.ts";
import type { Field, RecordType, Type } from "../../language/semantics/types.ts";
import type { Choices } from "./choices.ts";
import { day, pools, rawPools, today, trusts, type Universe } from "./universe.ts";

export function requestOf(universe: Universe, choices: Choices): Request {
  const predicates = [universe.bom, universe.scan];
  const evidence = predicates.flatMap((type) => documents(type, "bare", choices));
  const attested = predicates.flatMap((type) => documents(type, "signed", choices).map((d) => attestedOf(d, universe, choices)));
  return {
    subject: {
      kind: choices.weighted([
        [universe.written ? 0 : 14, "image"],
        [1, universe.writtenKind],
        [universe.written ? 0 : 1, "workload"],
      ]),
      name: "subject",
      digest: digest("subject"),
      configDigest: digest("config"),
      data: dataOf(universe.subject, choices, documentDepth),
    },
    point: choices.chance(12) ? "admission" : "ci",
    ...(choices.chance(8) ? {} : { now: today + choices.pick([0, 1, -1, day - 1, day]) }),
    evidence,
    attested,
    failed: choices.chance(12) ? [failedLookup(choices.pick(predicates).name, choices)] : [],
  };
}

export function digest(of: string): string {
  const hex = [...of].map((c) => c.charCodeAt(0).toString(16)).join("");
  return `sha256:${hex.padEnd(64, "0")}`;
}

/** Mostly one document; often a second that says the same, something else, or is the same document once more. */
function documents(type: RecordType, name: string, choices: Choices): readonly Evidence[] {
  const first = documentOf(type, dataOf(type, choices, documentDepth), `${name} 1`, choices);
  const made = choices.weighted<() => readonly Evidence[]>([
    [12, () => [first]],
    [2, () => []],
    [2, () => [first, documentOf(type, dataOf(type, choices, 2), `${name} 2`, choices)]],
    [2, () => [first, documentOf(type, first.data, `${name} 2`, choices)]],
    [1, () => [first, first]],
    [1, () => [first, documentOf(type, changed(first.data, type, choices), `${name} 2`, choices)]],
  ]);
  return made();
}

function documentOf(type: RecordType, data: DataRecord, name: string, choices: Choices): Evidence {
  const about = choices.weighted<Evidence["about"]>([
    [10, []],
    [6, [{ kind: "manifest", digest: digest("subject") }]],
    [1, [{ kind: "config", digest: digest("config") }]],
    [1, [{ kind: "manifest", digest: digest("other") }]],
    [1, [{ kind: "config", digest: digest("subject") }]],
    [
      1,
      [
        { kind: "manifest", digest: digest("other") },
        { kind: "manifest", digest: digest("subject") },
      ],
    ],
  ]);
  return {
    type: type.name,
    document: { digest: digest(`${name} ${type.name}`.slice(0, 30)), name, format: "oracle", predicateType: type.name },
    data,
    about,
    counts: {},
  };
}

/** The same document but for one field. */
function changed(data: DataRecord, type: RecordType, choices: Choices): DataRecord {
  const other = choices.pick([...type.fields.values()]);
  return { ...data, [other.name]: fieldData(other, choices, 2) };
}

function attestedOf(evidence: Evidence, universe: Universe, choices: Choices): Attested {
  const [release, security] = universe.trusts.map((t) => t.key) as [string, string];
  return {
    trusts: choices.weighted<readonly string[]>([
      [6, [release, security]],
      [1, [release]],
      [1, [security]],
      [1, []],
    ]),
    evidence,
    ...(choices.chance(75) ? { time: today - choices.below(3) * day } : {}),
  };
}

function failedLookup(name: string, choices: Choices): FailedLookup {
  return { name, cause: choices.pick(causes.filter((c) => c !== "missing")), detail: "the oracle said so" };
}

/** How far records nest in a document. */
const documentDepth = 3;

/** `depth` bounds how far records nest. */
function dataOf(type: RecordType, choices: Choices, depth: number): DataRecord {
  const fields = [...type.fields.values()].map((f) => [f.name, fieldData(f, choices, depth)] as const);
  const predicates = [...type.predicates.values()].map(({ name, by }) => [name, by ? markData(choices) : stateData(choices)] as const);
  return Object.fromEntries([...fields, ...predicates].filter(([, value]) => value !== undefined));
}

function stateData(choices: Choices): DataValue {
  return choices.chance(60) ? choices.chance(50) : undefined;
}

/** A mark of who vouches, which only verification (or a test) makes; a bare `true` in a document is a forged one. */
function markData(choices: Choices): DataValue {
  const made = choices.weighted<() => DataValue>([
    [4, () => new Known([choices.pick(trusts).key])],
    [2, () => undefined],
    [1, () => true],
    [1, () => new Known(choices.chance(50))],
    [1, () => lack(choices)],
  ]);
  return made();
}

/** Known more often than not: one condition reads several facts, and one unknown among them is enough. */
function fieldData(field: Field, choices: Choices, depth: number): DataValue {
  const absent = field.mode.kind === "required" ? 1 : 6;
  const state = choices.weighted([
    [88, "present"],
    [absent, "absent"],
    [1, "null"],
    [1, "wrong"],
    [3, "lack"],
  ] as const);
  switch (state) {
    case "present":
      return presentData(field.type, choices, depth);
    case "absent":
      return undefined;
    case "null":
      return null;
    case "wrong":
      return wrongData(field.type, choices);
    case "lack":
      return lack(choices);
  }
}

function lack(choices: Choices): Lack {
  return new Lack(choices.pick(causes), "the oracle said so");
}

/** What no type reads, or not this one: numbers that are none, texts that are not, keys that every object inherits. */
const junk: readonly DataValue[] = [
  "%",
  "",
  "\ud800",
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0.12345678901,
  [["%"]],
  [],
  JSON.parse('{"__proto__":1,"toString":null}'),
];

function wrongData(type: Type, choices: Choices): DataValue {
  switch (type.kind) {
    case "list":
    case "set":
      return choices.pick(junk.filter((j) => !Array.isArray(j)));
    case "record":
    case "map":
      return choices.pick(junk.filter((j) => typeof j !== "object" || Array.isArray(j)));
    default:
      return choices.pick(type.kind === "scalar" && type.name === "String" ? junk.filter((j) => typeof j !== "string") : junk);
  }
}

/** Data that reads as a value of the type. */
export function presentData(type: Type, choices: Choices, depth: number): DataValue {
  switch (type.kind) {
    case "scalar":
      return scalarData(type, choices);
    case "enum":
      return choices.chance(8) ? new Known(choices.below(type.variants.length)) : choices.pick(type.variants);
    case "record": {
      if (depth <= 0) return undefined;
      const data = dataOf(type, choices, depth - 1);
      return choices.chance(3) ? new Known(data) : data;
    }
    case "list":
    case "set":
      return listData(type.element, choices, depth);
    case "map":
      return Object.fromEntries(["a", "b"].filter(() => choices.chance(60)).map((k) => [k, elementData(type.value, choices, 0)]));
    default:
      return undefined;
  }
}

function scalarData(type: Extract<Type, { kind: "scalar" }>, choices: Choices): DataValue {
  const raw = rawPools[type.name] ?? [];
  return raw.length === 0 || choices.chance(8) ? new Known(choices.pick(pools[type.name] ?? [])) : choices.pick(raw);
}

function elementData(type: Type, choices: Choices, depth: number): DataValue {
  const state = choices.weighted([
    [30, "present"],
    [1, "null"],
    [1, "wrong"],
    [1, "lack"],
  ] as const);
  if (state === "null") return null;
  if (state === "wrong") return wrongData(type, choices);
  return state === "lack" ? lack(choices) : presentData(type, choices, depth);
}

/** Enough members for an index to pay: copies of a few that differ in what joins look at. */
function many(few: readonly DataValue[], choices: Choices): readonly DataValue[] {
  return choices.times(12, 20, () => {
    const item = few.length === 0 ? {} : choices.pick(few);
    const isRecord = typeof item === "object" && item !== null && !Array.isArray(item) && !(item instanceof Lack);
    if (!isRecord) return choices.chance(90) ? {} : item;
    return { ...(item as DataRecord), ...(choices.chance(90) ? { k: choices.pick(["a", "b", "ab", "c"]), n: choices.below(4) } : {}) };
  });
}

function listData(element: Type, choices: Choices, depth: number): DataValue {
  if (element.kind === "record" && depth <= 0) return [];
  const few = choices.times(0, element.kind === "record" ? 3 : 2, () => elementData(element, choices, depth - 1));
  const items = element.kind === "record" && depth === documentDepth && choices.chance(16) ? many(few, choices) : few;
  const state = choices.weighted([
    [12, "closed"],
    [3, "undeclared"],
    [1, "lacks"],
    [1, "both"],
    [1, "declared"],
  ] as const);
  switch (state) {
    case "closed":
      return items;
    case "undeclared":
      return new OpenList(items, true);
    case "lacks":
      return new OpenList(items, false, [lack(choices)]);
    case "both":
      return new OpenList(items, true, [lack(choices)]);
    case "declared":
      return new OpenList(items, false);
  }
}
