import fc from "fast-check";
import { expect, it } from "vitest";
import { at } from "../fault.ts";
import { locate, locateAll } from "./locate.ts";
import { pointerAt, syntaxFault } from "./walk.ts";

const text = '{\n  "a": [1, {"b/c": "x", "d~e": null}],\n  "": true\n}';

it("finds no span for a pointer that leads nowhere", () => {
  for (const pointer of ["/z", "/a/2", "/a/1/b", "/a/0/0", "a"]) expect(locate(text, pointer)).toBeUndefined();
});

it.each([
  ["", text],
  ["/a/0", "1"],
  ["/a/1/b~1c", '"x"'],
  ["/a/1/d~0e", "null"],
  ["/", "true"],
])("finds the value of %j", (pointer, expected) => {
  const span = locate(text, pointer);
  expect(text.slice(span?.start, span?.end)).toBe(expected);
});

it("finds several pointers in one reading", () => {
  expect([...locateAll(text, ["/a/0", "/nowhere", "/"]).keys()]).toEqual(["/a/0", "/"]);
});

it("names the pointer of an offset in a key, in a value, and between them", () => {
  expect(pointerAt(text, text.indexOf("b/c"))).toBe("/a/1/b~1c");
  expect(pointerAt(text, text.indexOf("null"))).toBe("/a/1/d~0e");
  expect(pointerAt(text, text.indexOf(", {"))).toBe("/a");
  expect(pointerAt(text, 0)).toBe("");
});

it("finds a fault exactly where JSON.parse does, and every value where it stands", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), fc.boolean(), (json, seed, cut) => {
      const whole = JSON.stringify(json, undefined, 1);
      const given = cut ? whole.slice(0, seed % (whole.length + 1)) : whole;
      let valid = true;
      try {
        JSON.parse(given);
      } catch {
        valid = false;
      }
      expect(syntaxFault(given) === undefined).toBe(valid);
      if (cut) return;
      const pointers: string[] = [];
      const collect = (value: unknown, pointer: string): void => {
        pointers.push(pointer);
        if (value !== null && typeof value === "object")
          for (const [key, inner] of Object.entries(value)) collect(inner, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
      };
      collect(JSON.parse(whole), "");
      const spans = locateAll(whole, pointers);
      for (const pointer of pointers) {
        const span = spans.get(pointer);
        expect(JSON.parse(whole.slice(span?.start, span?.end))).toEqual(at(JSON.parse(whole), pointer));
      }
    }),
    { numRuns: 500 },
  );
});
