import fc from "fast-check";
import { expect, it } from "vitest";
import { at } from "../fault.ts";
import { locate, locateAll, locateNearest } from "./locate.ts";
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

it("finds what is around a value that is not there, as far as it is asked to look", () => {
  const found = locateNearest(text, ["/a/1/z", "/a/7/x", "/a/7/x/y", "/q", "/a/1/b~1c"], 2);
  const shown = (pointer: string): string | undefined => {
    const span = found.get(pointer);
    return span && text.slice(span.start, span.end);
  };
  expect(shown("/a/1/z")).toBe('{"b/c": "x", "d~e": null}');
  expect(shown("/a/7/x")).toBe('[1, {"b/c": "x", "d~e": null}]');
  expect(shown("/a/7/x/y")).toBeUndefined();
  expect(shown("/q")).toBe(text);
  expect(shown("/a/1/b~1c")).toBe('"x"');
});

it("gives what is absent the innermost value around it, whatever else is looked for", () => {
  // No key ends in a backslash: V8 13.6 reads `{"\"":1}` as `{"\\":1}` once it has read the latter.
  const word = fc.constantFrom("a", "b", "0", "1", '"', '\\"', "\\\\x", "{", "]");
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, word, fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(word, tie("value"), { maxKeys: 3 })),
  })).value;
  const pointer = fc.array(word, { maxLength: 5 }).map((parts) => parts.map((part) => `/${part}`).join(""));
  fc.assert(
    fc.property(json, fc.array(pointer, { maxLength: 6 }), (value, pointers) => {
      const whole = JSON.stringify(value);
      const found = locateNearest(whole, pointers, 2);
      for (const wanted of pointers) {
        const parts = wanted.split("/");
        const around = [0, 1, 2].filter((up) => up < parts.length).map((up) => parts.slice(0, parts.length - up).join("/"));
        const nearest = around.map((place) => at(value, place)).find((inner) => inner !== undefined);
        const span = found.get(wanted);
        expect(span && JSON.parse(whole.slice(span.start, span.end))).toEqual(nearest);
      }
    }),
    { numRuns: 2000 },
  );
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
