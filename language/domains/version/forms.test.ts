import fc from "fast-check";
import { expect, it } from "vitest";
import { remembering } from "./forms.ts";

it("reads a text that comes once, comes twice, and no more after that", () => {
  const read: string[] = [];
  const of = remembering((text) => {
    read.push(text);
    return { text };
  });
  expect(of("a")).toEqual({ text: "a" });
  expect(of("a")).toEqual({ text: "a" });
  expect(of("a")).toBe(of("a"));
  expect(of("b")).toEqual({ text: "b" });
  expect(read).toEqual(["a", "a", "b"]);
});

it("goes on keeping what comes often, whatever streams by, and forgets the rest", () => {
  let reads = 0;
  const of = remembering((text) => {
    reads++;
    return { text };
  });
  for (let i = 0; i < 40_000; i++) {
    of(`${i}`);
    of(`${i}`);
    of("often");
  }
  expect(reads).toBe(80_002);
  of("39999");
  expect(reads).toBe(80_002);
  of("0");
  expect(reads).toBe(80_003);
});

it("answers as the function does, whatever came before", () => {
  // Few texts and many, some of which have no value.
  const of = remembering((text) => (text.includes("x") ? undefined : { text }));
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom("", "a", "x", "0x"), fc.string())), (texts) => {
      for (const text of texts) expect(of(text)).toEqual(text.includes("x") ? undefined : { text });
    }),
  );
});
