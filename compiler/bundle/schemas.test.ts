import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Validate } from "../../engine/evidence/schema/validate.ts";
import { slim, validatorSource } from "./schemas.ts";

it("drops what is for people, and keeps properties that are named like it", () => {
  expect(
    slim({
      title: "T",
      properties: { description: { type: "string", description: "d" }, title: { const: { title: "kept" } } },
      required: ["title"],
    }),
  ).toEqual({ properties: { description: { type: "string" }, title: { const: { title: "kept" } } }, required: ["title"] });
});

it("looks long enumerations up in a set, and short ones as they are", () => {
  const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
  expect(slim({ enum: names })).toEqual({ names });
  expect(slim({ enum: ["a", "b"] })).toEqual({ enum: ["a", "b"] });
  expect(slim({ properties: { enum: { enum: [...names, 1] } } })).toEqual({ properties: { enum: { enum: [...names, 1] } } });
});

function folderOfSchemas(): { readonly folder: string; readonly write: (name: string, json: object) => string } {
  const folder = mkdtempSync(join(tmpdir(), "waybill-schema-"));
  const write = (name: string, json: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(json));
    return join(folder, name);
  };
  return { folder, write };
}

it("compiles a schema to a module that imports nothing", async () => {
  const { folder, write } = folderOfSchemas();
  const part = write("part.schema.json", { $id: "https://acme.example/part", enum: Array.from({ length: 50 }, (_, i) => `n${i}`) });
  const main = write("main.schema.json", {
    $id: "https://acme.example/main",
    type: "object",
    properties: { names: { type: "array", uniqueItems: true, items: { $ref: "part" } }, at: { type: "string", format: "iri-reference" } },
  });
  const source = await validatorSource(main, [part]);
  expect(source).not.toMatch(/\b(?:require|import)\s*\(/);
  writeFileSync(join(folder, "main.mjs"), source);
  const { validate } = (await import(pathToFileURL(join(folder, "main.mjs")).href)) as { validate: Validate };
  expect(validate({ names: ["n1", "n2"], at: "{project.url}" })).toBe(true);
  expect(validate({ names: ["n1", "x"], at: "two\nlines" })).toBe(false);
  expect(validate.errors?.map((error) => [error.instancePath, error.keyword])).toEqual([
    ["/names/1", "names"],
    ["/at", "format"],
  ]);
  expect(validate({ names: ["n1", "n2", "n1"] })).toBe(false);
  expect(validate.errors?.[0]?.params).toEqual({ pair: [0, 2] });
});

it("keeps the first errors in their order and says of the same documents that they hold, whatever the bound", async () => {
  const { folder, write } = folderOfSchemas();
  const part = write("part.schema.json", {
    $id: "https://acme.example/part",
    $defs: {
      node: {
        type: "object",
        required: ["a"],
        properties: {
          a: { type: "integer", minimum: 2 },
          b: { type: "array", items: { $ref: "#/$defs/node" } },
          c: {
            anyOf: [
              { type: "array", items: { type: "string" } },
              { type: "array", items: { $ref: "#/$defs/node" } },
            ],
          },
          d: { oneOf: [{ $ref: "#/$defs/node" }, { type: "array", items: { type: "integer" }, uniqueItems: true }] },
          e: { not: { $ref: "#/$defs/node" } },
          f: { if: { $ref: "#/$defs/node" }, else: { type: ["array", "integer"] } },
        },
        additionalProperties: false,
      },
    },
  });
  const main = write("main.schema.json", { $id: "https://acme.example/main", type: "array", items: { $ref: "part#/$defs/node" } });
  const load = async (most: number): Promise<Validate> => {
    const path = join(folder, `main-${most}.mjs`);
    writeFileSync(path, await validatorSource(main, [part], most));
    return ((await import(pathToFileURL(path).href)) as { validate: Validate }).validate;
  };
  const all = await load(Number.POSITIVE_INFINITY);
  const bounded = [await load(1), await load(2), await load(5)] as const;
  const leaf = fc.constantFrom<unknown>(1, 2, "x", null, [], {}, { a: 2 }, { a: 1 }, ["x", 3], [3, 3], [3, 4]);
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("node"), { maxLength: 4 }),
      fc.record(
        { a: fc.constantFrom(2, 3, 1, "x"), b: tie("node"), c: tie("node"), d: tie("node"), e: tie("node"), f: tie("node") },
        { requiredKeys: ["a"] },
      ),
    ),
  }));
  let broken = 0;
  fc.assert(
    fc.property(fc.array(node, { maxLength: 4 }), (json) => {
      const holds = all(json);
      const errors = structuredClone(all.errors ?? []);
      if (errors.length > 5) broken++;
      for (const [index, check] of bounded.entries()) {
        expect(check(json)).toBe(holds);
        expect(check.errors ?? []).toEqual(errors.slice(0, [1, 2, 5][index]));
      }
    }),
    { numRuns: 1000 },
  );
  expect(broken).toBeGreaterThan(50);
});
