/** Random pod specs of the API's whole shape, now and then with a value of the wrong type. */
import fc from "fast-check";
import { type Shape, structShape } from "../../../engine/evidence/kubernetes/shape.ts";

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int32: fc.constantFrom(0, 1, 7, -3),
  int64: fc.constantFrom(0, 1, 7, -3),
  string: fc.constantFrom("", "a", "Always"),
  bytes: fc.constant("YQ=="),
  // Nothing below a thousandth: what resource lists round is a default, and not decoding.
  Quantity: fc.constantFrom("1", "0", "1.5Gi", "1024Mi", "100m", 2, 0.5, "1e3", "1500m", "1000k", ".5", "12345678901234567890", "-1"),
  IntOrString: fc.constantFrom(80, "http", 0, ""),
  Time: fc.constant("2026-01-01T00:00:00Z"),
};

const wrong: fc.Arbitrary<unknown> = fc.constantFrom<unknown>("x", 1, true, [], {});

function value(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 300, arbitrary: right(shape, depth) },
    { weight: 25, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: wrong },
  );
}

function right(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "scalar":
      return scalars[shape.name] ?? fc.constant(null);
    case "list":
      return depth <= 0 ? fc.constant([]) : fc.array(value(shape.of, depth - 1), { maxLength: 2 });
    case "map":
      return fc.dictionary(fc.constantFrom("cpu", "memory", "a/b"), value(shape.of, depth - 1), { maxKeys: 2 });
    case "struct":
      return depth <= 0 ? fc.constant({}) : struct(shape.name, depth);
  }
}

/** A few of the struct's fields each time, made only when they are drawn. */
function struct(name: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = [...structShape(name).fields];
  return fc.uniqueArray(fc.constantFrom(...fields.map((_, index) => index)), { maxLength: 5 }).chain((drawn) =>
    fc.record(
      Object.fromEntries(
        drawn.flatMap((index) => {
          const field = fields[index];
          return field ? [[field[0], value(field[1].shape, depth - 1)]] : [];
        }),
      ),
    ),
  );
}

export const anySpec: fc.Arbitrary<Record<string, unknown>> = struct("PodSpec", 6);
