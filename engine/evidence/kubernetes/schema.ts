/**
 * The JSON schema of manifests, made from the table of the API's structs: what an API server would decode. Unknown
 * fields pass, as they do there; a wrong type is refused. `kubernetes-manifest.schema.json` is this, written down.
 */
import { quantityPattern } from "./quantity.ts";
import { type ScalarName, type Shape, structNames, structShape } from "./shape.ts";

type Schema = { readonly [keyword: string]: unknown };

const int32 = { type: ["integer", "null"], minimum: -2147483648, maximum: 2147483647 };

const scalars: Readonly<Record<ScalarName, Schema>> = {
  bool: { type: ["boolean", "null"] },
  int32,
  int64: { type: ["integer", "null"] },
  string: { type: ["string", "null"] },
  bytes: { type: ["string", "null"] },
  Quantity: { type: ["string", "number", "null"], pattern: quantityPattern },
  IntOrString: { type: ["string", "integer", "null"] },
  Time: { type: ["string", "null"], format: "date-time" },
};

function schemaOf(shape: Shape): Schema {
  switch (shape.kind) {
    case "scalar":
      return scalars[shape.name];
    case "struct":
      return { $ref: `#/definitions/${shape.name}` };
    case "list":
      return { type: ["array", "null"], items: schemaOf(shape.of) };
    case "map":
      return { type: ["object", "null"], additionalProperties: schemaOf(shape.of) };
  }
}

function struct(name: string): Schema {
  const fields = [...structShape(name).fields].map(([field, { shape }]) => [field, schemaOf(shape)]);
  return { type: ["object", "null"], properties: Object.fromEntries(fields) };
}

/** A schema for the value at a pointer of plain keys; everything on the way is required. */
function below(pointer: string, schema: Schema): Schema {
  return pointer
    .split("/")
    .slice(1)
    .reduceRight<Schema>((inner, key) => ({ type: "object", required: [key], properties: { [key]: inner } }), schema);
}

/** A pod spec without containers is no pod spec: a misspelled `containers` must not pass as a pod that runs nothing. */
const runnable: Schema = {
  allOf: [{ $ref: "#/definitions/PodSpec" }],
  type: "object",
  required: ["containers"],
  properties: { containers: { type: "array", minItems: 1 } },
};
const template: Schema = {
  type: "object",
  required: ["spec"],
  properties: { metadata: { $ref: "#/definitions/ObjectMeta" }, spec: { $ref: "#/definitions/Runnable" } },
};

/** Kinds of Kubernetes' own groups, and the schema of their objects. */
const kinds: Readonly<Record<string, Schema>> = {
  Pod: { required: ["spec"], properties: { spec: { $ref: "#/definitions/Runnable" } } },
  PodTemplate: below("/template", { $ref: "#/definitions/Template" }),
  ...Object.fromEntries(
    ["ReplicationController", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job"].map((kind) => [
      kind,
      below("/spec/template", { $ref: "#/definitions/Template" }),
    ]),
  ),
  CronJob: below("/spec/jobTemplate/spec/template", { $ref: "#/definitions/Template" }),
};

const ownGroup: Schema = { type: "string", pattern: "^(?:[^/]*|(?:apps|batch|extensions)/.*)$" };
const otherGroup: Schema = { type: "string", pattern: "^(?!(?:apps|batch|extensions)/)[^/]+/" };

/** What `templateOf` takes for a pod template in a kind that it does not know. */
const podLike: Schema = below("/spec/containers", {
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    anyOf: [
      { required: ["name"], properties: { name: { type: "string" } } },
      { required: ["image"], properties: { image: { type: "string" } } },
    ],
  },
});

/** Named, because an object with a literal `then` would pass for a promise. */
const consequenceKeyword = "then";

function conditional(condition: Schema, consequence: Schema): Schema {
  return { if: condition, [consequenceKeyword]: consequence };
}

function ofKind(kind: string): Schema {
  return conditional(
    { required: ["kind"], properties: { kind: { const: kind }, apiVersion: ownGroup } },
    { $ref: `#/definitions/kind.${kind}` },
  );
}

function ofCustomKind(pointer: string): Schema {
  const object = below(pointer, podLike);
  const condition = {
    ...object,
    required: ["apiVersion", "spec"],
    properties: { ...(object["properties"] as Schema), apiVersion: otherGroup },
  };
  return conditional(condition, below(pointer, { $ref: "#/definitions/Template" }));
}

/** The list types of the API (`PodList`), whose items need not repeat their kind. */
function ofListKind(kind: string): Schema {
  return conditional(
    { required: ["kind"], properties: { kind: { const: `${kind}List` }, apiVersion: ownGroup } },
    { properties: { items: { type: ["array", "null"], items: { $ref: `#/definitions/kind.${kind}` } } } },
  );
}

/** The schema of one document: an object of any kind, or a list of objects. */
export function manifestSchema(): Schema {
  const names = Object.keys(kinds);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "https://waybill.example/schemas/kubernetes-manifest.schema.json",
    title: "Kubernetes manifest",
    $comment: "Made by engine/evidence/kubernetes/schema.ts from the structs of k8s.io/api v0.37.2; do not edit.",
    type: "object",
    required: ["kind"],
    properties: { apiVersion: { type: "string" }, kind: { type: "string", minLength: 1 }, metadata: { $ref: "#/definitions/ObjectMeta" } },
    allOf: [
      ...names.map(ofKind),
      ...["/spec/template", "/spec/jobTemplate/spec/template"].map(ofCustomKind),
      conditional(
        { required: ["kind", "items"], properties: { kind: { const: "List" } } },
        { properties: { items: { type: ["array", "null"], items: { $ref: "#" } } } },
      ),
      ...names.map(ofListKind),
    ],
    definitions: {
      Template: template,
      Runnable: runnable,
      ...Object.fromEntries(
        Object.entries(kinds).map(([kind, schema]) => [
          `kind.${kind}`,
          {
            ...schema,
            type: "object",
            properties: { metadata: { $ref: "#/definitions/ObjectMeta" }, ...(schema["properties"] as Schema) },
          },
        ]),
      ),
      ...Object.fromEntries(structNames.map((name) => [name, struct(name)])),
    },
  };
}
