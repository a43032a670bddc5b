import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { unreadFields } from "./unread.ts";

it("leaves nothing out that a policy names, wherever and however", () => {
  expect([...unreadFields(["policy p for artifact {}", 'require c.`properties`["a"] == "b"'])]).toEqual([]);
  expect([...unreadFields(["policy p for artifact {}"])]).toEqual(["properties"]);
});

it("may leave out what no function of the standard library reads", () => {
  const folder = new URL("../../policies/std/", import.meta.url);
  const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8").replaceAll(/\/\/.*/g, ""));
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.filter((text) => /\.\s*`?properties/.test(text))).toEqual([]);
});
