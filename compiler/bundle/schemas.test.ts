import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
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

it("compiles a schema to a module that imports nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-schema-"));
  const write = (name: string, json: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(json));
    return join(folder, name);
  };
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
