/**
 * How an API server decodes a pod template: the structs of `k8s.io/api` by name, each field in Go's notation, printed
 * by `test/e2e/pod-security/shape`. The reader and the JSON schema are both made from this one table.
 */
import table from "./shape.json" with { type: "json" };

export type Shape =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "struct"; readonly name: string }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "map"; readonly of: Shape };

export type ScalarName = "bool" | "int32" | "int64" | "string" | "bytes" | "Quantity" | "IntOrString" | "Time";

export interface FieldShape {
  readonly shape: Shape;
  readonly pointer: boolean;
  /** Without `omitempty`: written although it is absent. */
  readonly always: boolean;
  /** Kept although it is zero: a pointer, or one that is always written. */
  readonly kept: boolean;
  /** A scalar that is read as it stands. */
  readonly plain: boolean;
}

export interface StructShape {
  readonly fields: ReadonlyMap<string, FieldShape>;
  /** The scalars and structs that are written although they are absent. */
  readonly always: readonly (readonly [string, FieldShape])[];
}

const scalars: ReadonlySet<string> = new Set<ScalarName>(["bool", "int32", "int64", "string", "bytes", "Quantity", "IntOrString", "Time"]);

const structs = new Map<string, StructShape>();

/** The names of all structs, in the order in which the pod template reaches them. */
export const structNames: readonly string[] = Object.keys(table);

/** A struct of the API by its name in Go. */
export function structShape(name: string): StructShape {
  const known = structs.get(name);
  if (known) return known;
  const notations = (table as Readonly<Record<string, Readonly<Record<string, string>>>>)[name] ?? {};
  const fields = new Map(Object.entries(notations).map(([field, notation]) => [field, parseField(notation)]));
  const always = [...fields].filter(
    ([, field]) => field.always && !field.pointer && (field.shape.kind === "scalar" || field.shape.kind === "struct"),
  );
  const shape = { fields, always };
  structs.set(name, shape);
  return shape;
}

function parseField(notation: string): FieldShape {
  const always = notation.endsWith("!");
  const bare = always ? notation.slice(0, -1) : notation;
  const pointer = bare.startsWith("*");
  const shape = parseShape(pointer ? bare.slice(1) : bare);
  const plain = shape.kind === "scalar" && shape.name !== "Quantity" && shape.name !== "IntOrString";
  return { shape, pointer, always, kept: pointer || always, plain };
}

function parseShape(notation: string): Shape {
  if (notation.startsWith("[]")) return { kind: "list", of: parseShape(notation.slice(2)) };
  if (notation.startsWith("{}")) return { kind: "map", of: parseShape(notation.slice(2)) };
  if (scalars.has(notation)) return { kind: "scalar", name: notation as ScalarName };
  return { kind: "struct", name: notation };
}
