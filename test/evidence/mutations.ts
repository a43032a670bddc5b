/** Documents that differ from a good one in a few places: what the tests of adapters feed them. Not part of the product. */
import fc from "fast-check";

type Path = readonly (string | number)[];

const values = fc.oneof(
  fc.constantFrom<unknown>(
    "",
    "x",
    null,
    0,
    -1,
    1.5,
    true,
    [],
    {},
    [null],
    [{}],
    [[]],
    "__proto__",
    "NOASSERTION",
    "NONE",
    "pkg:npm/%",
    "a".repeat(300),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** `json` with up to four values replaced, removed, doubled in their list, or moved to another place. */
export function mutations(json: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(json, []);
  const change = fc.record({
    path: fc.constantFrom(...paths),
    other: fc.constantFrom(...paths),
    kind: fc.constantFrom("replace", "remove", "double", "copy"),
    value: values,
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy: unknown = structuredClone(json);
    for (const { path, other, kind, value } of changes) {
      const parent = at(copy, path.slice(0, -1));
      const key = path.at(-1);
      if (parent === null || typeof parent !== "object" || key === undefined) continue;
      const holder = parent as Record<string | number, unknown>;
      if (kind === "replace") holder[key] = structuredClone(value);
      else if (kind === "copy") holder[key] = structuredClone(at(json, other));
      else if (Array.isArray(parent))
        parent.splice(Number(key), 1, ...(kind === "double" ? [parent[Number(key)], structuredClone(parent[Number(key)])] : []));
      else if (kind === "remove") delete holder[key];
    }
    return copy;
  });
}

function pathsOf(json: unknown, path: Path): readonly Path[] {
  if (json === null || typeof json !== "object") return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(json).flatMap(([key, value]) => pathsOf(value, [...path, Array.isArray(json) ? Number(key) : key])),
  ];
}

function at(json: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === "object" ? (value as Record<string | number, unknown>)[key] : undefined),
    json,
  );
}
