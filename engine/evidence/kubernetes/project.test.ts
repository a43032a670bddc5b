import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../../language/compile.ts";
import { type DataRecord, type DataValue, Lack, origin } from "../../../language/core/data.ts";
import type { FieldsRead } from "../../../language/core/reads.ts";
import type { RecordType, Type } from "../../../language/semantics/types.ts";
import { projectionOf } from "./project.ts";
import type { Json } from "./read.ts";
import { type Shape, structShape } from "./shape.ts";
import { readAskedWorkload, readWorkload, templateOf } from "./workload.ts";

const standard = new URL("../../../policies/std/", import.meta.url);
const { types } = compile({
  deciding: [{ path: "a.scp", text: "module a\nimport waybill.kubernetes\npolicy p for workload { require a: true }" }],
  load: (module) => {
    const path = `${module.replace("waybill.", "")}.scp`;
    return { path, text: readFileSync(new URL(path, standard), "utf8") };
  },
}).value;
const workload = types.get("waybill.kubernetes.Workload") as RecordType;
const document = { digest: "sha256:00", name: "pod.json", format: "kubernetes", predicateType: "waybill.kubernetes.Workload" };

/** `Container.privileged`: every field that a policy can read of a workload. */
const fields = [...types.values()]
  .filter((type) => type.name.startsWith("waybill.kubernetes."))
  .flatMap((type) => [...type.fields.keys()].map((field) => `${type.name.slice("waybill.kubernetes.".length)}.${field}`));

/** The fields on the way from a workload to each type, by the type's name. */
const ways = new Map<string, readonly string[]>([["Workload", []]]);
for (const [name, way] of ways) {
  for (const field of types.get(`waybill.kubernetes.${name}`)?.fields.values() ?? []) {
    const inner = field.type.kind === "list" ? field.type.element : field.type;
    const inside = inner.kind === "record" ? inner.name.slice("waybill.kubernetes.".length) : undefined;
    if (inside !== undefined && !ways.has(inside)) ways.set(inside, [...way, `${name}.${field.name}`]);
  }
}

function readsOf(asked: readonly string[]): FieldsRead {
  return {
    names: new Set(asked.map((field) => field.slice(field.indexOf(".") + 1))),
    fields: new Set(asked.map((field) => `waybill.kubernetes.${field}`)),
  };
}

/** What a policy sees that reads these fields and no others: null is absence, and only fields of the type are there. */
function seen(type: Type, value: DataValue, asked: ReadonlySet<string>): unknown {
  if (value === null || value === undefined) return "absent";
  if (value instanceof Lack) return { cause: value.cause, detail: value.detail };
  if (type.kind === "list" && Array.isArray(value)) return value.map((item: DataValue) => seen(type.element, item, asked));
  if (type.kind === "map") return Object.entries(value).map(([key, entry]) => [key, seen(type.value, entry as DataValue, asked)]);
  if (type.kind !== "record") return value;
  const record = value as DataRecord;
  return Object.fromEntries(
    [...type.fields.values()]
      .filter((field) => asked.has(`${type.name}.${field.name}`))
      .map((field) => [field.name, seen(field.type, Object.hasOwn(record, field.name) ? record[field.name] : undefined, asked)]),
  );
}

const quantity = fc.constantFrom("1", "100m", "1.5Gi", "0", "1e3", "0.5", 2, 1.25, "500000u");

/** Any JSON that the schema takes for the shape: absent, null, zero and written values of every field. */
function jsonOf(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "struct":
      return depth === 0 ? fc.constant({}) : objectOf(shape.name, depth - 1);
    case "list":
      return fc.array(fc.oneof({ weight: 8, arbitrary: jsonOf(shape.of, depth) }, fc.constant(null)), { maxLength: 2 });
    case "map":
      return fc.dictionary(
        fc.constantFrom("cpu", "memory", "a/b", "__proto__", "image"),
        fc.oneof(jsonOf(shape.of, depth), fc.constant(null)),
        {
          maxKeys: 2,
        },
      );
    case "scalar":
      switch (shape.name) {
        case "bool":
          return fc.boolean();
        case "Quantity":
          return quantity;
        case "IntOrString":
          return fc.constantFrom("http", 80, 0);
        case "string":
        case "bytes":
          return fc.constantFrom("", "x", "nginx:latest", "RuntimeDefault", "Always");
        case "Time":
          return fc.constant("2026-01-01T00:00:00Z");
        default:
          return fc.constantFrom(0, 1, 1000);
      }
  }
}

/** Fields that others are made from are given more often than the hundreds of others. */
const frequent: ReadonlySet<string> = new Set([
  ...["containers", "initContainers", "securityContext", "seccompProfile", "appArmorProfile", "type", "runAsUser", "privileged"],
  ...["resources", "limits", "requests", "ports", "containerPort", "hostNetwork", "image", "serviceAccount", "volumes"],
]);

const objects = new Map<string, fc.Arbitrary<object>>();

function objectOf(name: string, depth: number): fc.Arbitrary<object> {
  const known = objects.get(`${name} ${depth}`);
  if (known) return known;
  const made = anyObject(name, depth);
  objects.set(`${name} ${depth}`, made);
  return made;
}

function anyObject(name: string, depth: number): fc.Arbitrary<object> {
  const entries = [...structShape(name).fields].map(([key, { shape }]) => {
    const given = fc.oneof({ weight: 6, arbitrary: jsonOf(shape, depth) }, fc.constant(null));
    const absent = fc.constant(undefined);
    const [never, ever] = frequent.has(key) ? [1, 4] : [12, 1];
    return [key, fc.oneof({ weight: never, arbitrary: absent }, { weight: ever, arbitrary: given })] as const;
  });
  return fc
    .tuple(fc.record(Object.fromEntries(entries)), fc.option(fc.constantFrom("futureSource", "image", "name"), { freq: 4, nil: undefined }))
    .map(([fieldsGiven, strange]) => {
      const object = Object.fromEntries(Object.entries(fieldsGiven).filter(([, value]) => value !== undefined));
      return strange === undefined || strange in object
        ? object
        : name === "Volume" && strange === "futureSource"
          ? { ...object, [strange]: {} }
          : object;
    });
}

const annotations = fc.option(
  fc.dictionary(
    fc.constantFrom("container.apparmor.security.beta.kubernetes.io/c", "seccomp.security.alpha.kubernetes.io/pod", "a"),
    fc.constantFrom("runtime/default", ""),
  ),
  { nil: null },
);
const metadata = fc.record(
  { name: fc.constantFrom("web", ""), generateName: fc.constant("web-"), annotations, labels: annotations },
  { requiredKeys: [] },
);
const manifest: fc.Arbitrary<Json> = fc
  .tuple(fc.boolean(), metadata, objectOf("PodSpec", 5))
  .map(([isPod, meta, spec]) =>
    isPod
      ? { apiVersion: "v1", kind: "Pod", metadata: meta, spec }
      : { apiVersion: "apps/v1", kind: "Deployment", metadata: meta, spec: { template: { metadata: meta, spec } } },
  );

/** Each field alone, with what is read on the way to it: the least that a policy asks. */
const single = fields.map((field) => readsOf([...(ways.get(field.slice(0, field.indexOf("."))) ?? []), field]));

it("says of every field that is asked what the whole reading says", () => {
  fc.assert(
    fc.property(manifest, fc.subarray(fields), (object, some) => {
      const template = templateOf(object);
      if (template === undefined) throw new Error("no template");
      const before = structuredClone(object);
      const whole = readWorkload(structuredClone(object), template, document, "");
      for (const reads of [readsOf(some), readsOf(fields), ...single]) {
        const part = readAskedWorkload(object, template, document, "", projectionOf(reads));
        const saw = JSON.stringify(seen(workload, part, reads.fields));
        const told = JSON.stringify(seen(workload, whole, reads.fields));
        if (saw !== told) expect({ reads: [...reads.fields].join(", "), saw }).toEqual({ reads: "", saw: told });
      }
      expect(object).toEqual(before);
    }),
    { numRuns: 200 },
  );
});

it("hands on what already stands as an API server reads it, without a copy", () => {
  const env = [{ name: "A", value: "b" }];
  const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: { containers: [{ name: "c", image: "x", env }] } };
  const reads = readsOf(["Workload.pod", "Pod.containers", "Container.env", "EnvVar.value"]);
  const read = readAskedWorkload(object, { pointer: "", assumed: false }, document, "", projectionOf(reads));
  const [container] = (read["pod"] as DataRecord)["containers"] as readonly DataRecord[];
  expect(container?.["env"]).toBe(env);
  expect(container).not.toHaveProperty("image");
  expect(container?.[origin]).toBeUndefined();
});
