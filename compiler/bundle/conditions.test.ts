import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { copies } from "../../engine/evaluate/generated/conditions.js";
import { conditionsAsFunction } from "./conditions.ts";

it("decides by conditions as they are written: `npm run gen` after a change", async () => {
  const written = await readFile(new URL("../../engine/evaluate/generated/conditions.js", import.meta.url), "utf8");
  const text = await conditionsAsFunction();
  expect(copies.length).toBeGreaterThan(1);
  expect(written.split(text).length - 1).toBe(copies.length);
});

it("makes functions of its own in each copy", () => {
  const [first, second] = copies.map((copy) => copy());
  expect(first?.both).not.toBe(second?.both);
  expect(Object.keys(first ?? {}).sort()).toEqual(Object.keys(second ?? {}).sort());
  expect(first?.isText("a", 1, 0)("a" as never, undefined as never)).toBe(1);
});
