import { expect, it } from "vitest";
import { parse } from "../../../language/syntax/parse.ts";
import { libraryModules, libraryTree } from "./library.ts";

it("carries the trees that parsing its sources gives", () => {
  const standard = [...libraryModules().values()].filter((source) => source.path.startsWith("std:"));
  expect(standard.length).toBeGreaterThan(10);
  for (const source of standard) expect(libraryTree(source), source.path).toEqual(parse(source).value);
});

it("has no tree for a source that only has the name of one of its own", () => {
  expect(libraryTree({ path: "std:image.scp", text: "module waybill.image" })).toBeUndefined();
  expect(libraryTree({ path: "image.scp", text: "" })).toBeUndefined();
});
