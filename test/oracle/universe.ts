/** The types, enums, tables and pools of values that random programs and random evidence share. */
import type { TableDefinition, Trust } from "../../language/core/ir.ts";
import type { Value } from "../../language/core/value.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import type { License } from "../../language/domains/license.ts";
import { parseLicense } from "../../language/domains/license.ts";
import type { Parsed } from "../../language/domains/parsed.ts";
import { parseGlob, parseRegex } from "../../language/domains/pattern.ts";
import { parsePurl, parsePurlSet } from "../../language/domains/purl.ts";
import { parseRange } from "../../language/domains/range.ts";
import { versionOf } from "../../language/domains/version.ts";
import type { EnumType, Field, FieldMode, RecordType, ScalarName, Type } from "../../language/semantics/types.ts";
import { scalar } from "../../language/semantics/types.ts";
import type { Choices } from "./choices.ts";

/** The oracle's programs stand in no text. */
export function place(path = "oracle.scp"): Location {
  return { path, start: 0, end: 0 };
}

export const level: EnumType = { kind: "enum", name: "oracle.Level", variants: ["low", "middle", "high"], ordered: true };
export const colour: EnumType = { kind: "enum", name: "oracle.Colour", variants: ["red", "green", "blue"], ordered: false };
export const bool = scalar("Bool");
export const int = scalar("Int");
export const text = scalar("String");
export const time = scalar("Time");

export function listOf(element: Type): Type {
  return { kind: "list", element };
}

function must<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

export const day = 86_400_000_000;
/** 2026-11-21T00:00Z, in microseconds. */
export const today = 1_795_219_200_000_000;

/** Values in run-time form, by the name of their type: few, so that equalities and orders come out each way. */
export const pools: Readonly<Partial<Record<ScalarName, readonly Value[]>>> = {
  Bool: [false, true],
  Int: [0, 1, 2, 3, 1, 2, 0, 3, Number.MAX_SAFE_INTEGER, 9_223_372_036_854_775_807n],
  Decimal: [0, 100_000_000, 500_000_000, 7_000_000_000],
  String: ["a", "b", "ab", "a", "b", "ab", "constructor", "v1.2"],
  Time: [today - day, today, today + day],
  Duration: [0, day, 2 * day],
  Version: [
    versionOf("npm", "1.0.0"),
    versionOf("npm", "1.2.0"),
    versionOf("npm", "2.0.0"),
    versionOf("npm", "?"),
    versionOf("pypi", "1.2"),
  ],
  Purl: ["pkg:npm/x@1.0.0", "pkg:npm/x@2.0.0", "pkg:npm/x", "pkg:pypi/y@1.2"].map((t) => must(parsePurl(t))),
  PurlSet: [must(parsePurlSet("pkg:npm/x")), must(parsePurlSet("pkg:npm/x", "<1.5.0")), must(parsePurlSet("pkg:pypi/y"))],
  Range: [must(parseRange("<1.1.0", "npm")), must(parseRange(">=1.2.0", "npm"))],
  License: ["MIT", "GPL-2.0-only", "MIT OR GPL-2.0-only", "MIT AND GPL-2.0-only"].map((t): License => must(parseLicense(t))),
  Digest: ["a", "b"].map((hex) => `sha256:${hex.repeat(64)}`),
  Glob: [must(parseGlob("a*")), must(parseGlob("*b"))],
  Regex: [must(parseRegex("a.*")), must(parseRegex("[ab]"))],
};

/** The same scalars as evidence writes them; where a type is absent, evidence holds `Known` values. */
export const rawPools: Readonly<Partial<Record<ScalarName, readonly (string | number | boolean)[]>>> = {
  Bool: [false, true],
  Int: [0, 1, 2, 3, 1, 2, 0, 3, 1, Number.MAX_SAFE_INTEGER],
  Decimal: [0, 0.1, 0.5, 7, "0.5"],
  String: ["a", "b", "ab", "a", "b", "ab", "constructor", "v1.2"],
  Time: ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"],
  Purl: ["pkg:npm/x@1.0.0", "pkg:npm/x@2.0.0", "pkg:npm/x", "pkg:pypi/y@1.2"],
  License: ["MIT", "GPL-2.0-only", "MIT OR GPL-2.0-only", "NOASSERTION", "MIT OR NOASSERTION"],
  Digest: ["a", "b"].map((hex) => `sha256:${hex.repeat(64)}`),
};

/** What a field of each name holds; every record type has some of them. */
const allFieldTypes: readonly (readonly [string, Type])[] = [
  ["k", text],
  ["b", bool],
  ["n", int],
  ["e", level],
  ["c", colour],
  ["d", scalar("Decimal")],
  ["t", time],
  ["v", scalar("Version")],
  ["p", scalar("Purl")],
  ["l", scalar("License")],
  ["tags", listOf(text)],
  ["nums", { kind: "set", element: int }],
  ["map", { kind: "map", value: int }],
];

/** Names that arrays, or what stands in the place of a value, have too. */
const strangelyNamed: readonly (readonly [string, Type])[] = [
  ["length", int],
  ["value", text],
];

export interface Universe {
  /** Only what can be written as source text over the standard library's subjects. */
  readonly written: boolean;
  /** The kind of subject that written programs judge. */
  readonly writtenKind: "artifact" | "workload";
  readonly types: ReadonlyMap<string, RecordType>;
  readonly leaf: RecordType;
  readonly item: RecordType;
  /** Evidence of two predicate types. */
  readonly bom: RecordType;
  readonly scan: RecordType;
  readonly subject: RecordType;
  readonly tables: readonly TableDefinition[];
  readonly trusts: readonly Trust[];
}

/** As the standard library has it. */
const artifact: RecordType = {
  kind: "record",
  name: "waybill.artifact.Artifact",
  fields: new Map<string, Field>([
    ["name", { name: "name", type: text, mode: { kind: "required" }, claimed: false }],
    ["purl", { name: "purl", type: scalar("Purl"), mode: { kind: "optional" }, claimed: false }],
    ["digest", { name: "digest", type: scalar("Digest"), mode: { kind: "optional" }, claimed: false }],
  ]),
  predicates: new Map(),
};

/** As the standard library has it, as far as programs read it: whoever sends a workload writes its labels and annotations. */
const workload: RecordType = {
  kind: "record",
  name: "waybill.kubernetes.Workload",
  fields: new Map<string, Field>([
    ...["apiVersion", "kind", "name"].map((name): [string, Field] => [
      name,
      { name, type: text, mode: { kind: "required" }, claimed: false },
    ]),
    ...["labels", "annotations", "pod_labels", "pod_annotations"].map((name): [string, Field] => [
      name,
      { name, type: { kind: "map", value: text }, mode: { kind: "default", value: {} }, claimed: true },
    ]),
  ]),
  predicates: new Map(),
};

export const trusts: readonly Trust[] = ["oracle.release", "oracle.security"].map((key) => ({
  key,
  body: { kind: "key", fields: {} },
  at: place(),
}));

/** `claims`: some fields are claims, those of the subject as the standard library has them. */
export function universe(choices: Choices, written = false, claims = false): Universe {
  // Versions take their ecosystem from where they stand, so literals of them cannot be written as they are.
  const fieldTypes = allFieldTypes.filter(([name]) => !written || name !== "v");
  const recordType = (name: string, fields: readonly (readonly [string, Type])[]) => recordOf(name, fields, choices, claims);
  const leaf = recordType("oracle.Leaf", [...fieldTypes.slice(0, 5), ...strangelyNamed]);
  const item = recordType("oracle.Item", [...fieldTypes, ...strangelyNamed, ["sub", leaf], ["leaves", listOf(leaf)]]);
  const inner: readonly (readonly [string, Type])[] = [
    ["items", listOf(item)],
    ["others", listOf(item)],
    ["leaves", listOf(leaf)],
    ["sub", item],
  ];
  const bom = recordType("oracle.Bom", [...fieldTypes.slice(0, 5), ...inner]);
  const scan = recordType("oracle.Scan", [...fieldTypes, ...inner]);
  const ofLibrary = claims ? workload : artifact;
  const subject = written ? ofLibrary : recordType("oracle.Subject", [...fieldTypes, ...inner]);
  return {
    written,
    writtenKind: claims ? "workload" : "artifact",
    types: new Map([leaf, item, bom, scan, subject].map((t) => [t.name, t])),
    leaf,
    item,
    bom,
    scan,
    subject,
    tables: tablesOf(choices),
    trusts,
  };
}

function recordOf(name: string, fields: readonly (readonly [string, Type])[], choices: Choices, claims: boolean): RecordType {
  return {
    kind: "record",
    name,
    fields: new Map(
      fields.map(([field, type]) => {
        const made = fieldOf(field, type, name !== "oracle.Subject", choices);
        return [field, claims && choices.chance(4) ? { ...made, claimed: true } : made];
      }),
    ),
    predicates: new Map([
      ["pinned", { name: "pinned", by: false, closed: false }],
      ["fixed", { name: "fixed", by: false, closed: true }],
      ["vouched", { name: "vouched", by: true, closed: false }],
      ["cleared", { name: "cleared", by: true, closed: true }],
    ]),
  };
}

/** `partial`: some fields exist at one point only. Not those of the subject, which headers may read. */
function fieldOf(name: string, type: Type, partial: boolean, choices: Choices): Field {
  const elsewhere = partial && choices.chance(3);
  return { name, type, mode: modeOf(type, choices), claimed: false, ...(elsewhere ? { points: ["admission"] } : {}) };
}

function modeOf(type: Type, choices: Choices): FieldMode {
  const kind = choices.weighted([
    [4, "optional"],
    [2, "default"],
    [2, "required"],
  ] as const);
  if (kind !== "default") return { kind };
  const value = defaultOf(type, choices);
  return value === undefined ? { kind: "optional" } : { kind, value };
}

/** Records have no literal defaults; collections default to the empty one. */
function defaultOf(type: Type, choices: Choices): Value | undefined {
  switch (type.kind) {
    case "scalar":
      return choices.pick(pools[type.name] ?? []);
    case "enum":
      return choices.below(type.variants.length);
    case "list":
    case "set":
      return [];
    case "map":
      return {};
    default:
      return undefined;
  }
}

function tablesOf(choices: Choices): readonly TableDefinition[] {
  const table = (key: string, operands: TableDefinition["operands"], result: TableDefinition["result"]): TableDefinition => {
    const size = operands.reduce((n, o) => n * (o.kind === "enum" ? o.variants.length : 2), 1);
    const outcomes = Array.from({ length: size }, () => choices.below(result.kind === "enum" ? result.variants.length : 2));
    const names = operands.map((_, i) => `o${i}`);
    return {
      key,
      names,
      operands,
      result,
      outcomes,
      rows: outcomes.map((_, i) => i),
      rowLocations: outcomes.map(() => place()),
      at: place(),
    };
  };
  const truth = { kind: "scalar", name: "Bool" } as const;
  return [
    table("oracle.rank", [level, truth], level),
    table("oracle.mix", [colour, level], colour),
    table("oracle.urgent", [level, colour, truth], truth),
  ];
}
