import fc from "fast-check";
import { expect, it } from "vitest";
import { AliasClasses, canonicalId, idsOf } from "./aliases.ts";

it("ids that were never linked are classes of their own", () => {
  const classes = new AliasClasses();
  classes.link([]);
  classes.link(["CVE-2024-0001"]);
  expect(classes.of("CVE-2024-0001")).toBe("CVE-2024-0001");
  expect(classes.of("CVE-2024-0002")).not.toBe(classes.of("CVE-2024-0001"));
});

it("cycles and repetitions of aliases are harmless", () => {
  const classes = new AliasClasses();
  classes.link(["a", "b", "a"]);
  classes.link(["b", "c"]);
  classes.link(["c", "a"]);
  expect(new Set(["a", "b", "c"].map((id) => classes.of(id))).size).toBe(1);
});

it("names of prototypes are ids like any other", () => {
  const classes = new AliasClasses();
  classes.link(["__proto__", "constructor"]);
  expect(classes.of("__proto__")).toBe(classes.of("constructor"));
  expect(classes.of("toString")).toBe("toString");
});

it("classes are the symmetric and transitive closure of what was linked", () => {
  const ids = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");
  fc.assert(
    fc.property(fc.array(fc.array(ids, { maxLength: 4 }), { maxLength: 8 }), (links) => {
      const classes = new AliasClasses();
      for (const link of links) classes.link(link);
      const reach = (from: string): ReadonlySet<string> => {
        const found = new Set([from]);
        for (let grown = true; grown; ) {
          grown = false;
          for (const link of links) {
            if (!link.some((id) => found.has(id))) continue;
            for (const id of link) {
              grown ||= !found.has(id);
              found.add(id);
            }
          }
        }
        return found;
      };
      for (const a of "abcdefg") for (const b of "abcdefg") expect(classes.of(a) === classes.of(b)).toBe(reach(a).has(b));
    }),
    { numRuns: 300 },
  );
});

it("a chain of 100,000 aliases is linked without deep recursion", () => {
  const classes = new AliasClasses();
  for (let i = 0; i < 100_000; i++) classes.link([`id-${i}`, `id-${i + 1}`]);
  expect(classes.of("id-0")).toBe(classes.of("id-100000"));
});

it("ids are compared in the case of their databases", () => {
  expect(canonicalId("cve-2021-44228")).toBe("CVE-2021-44228");
  expect(canonicalId("not an id!")).toBe("not an id!");
  expect(idsOf({ id: "cve-2021-44228", aliases: ["CVE-2021-44228", "ghsa-jfh8-c2jp-5v3q"] }, "id")).toEqual([
    "CVE-2021-44228",
    "GHSA-jfh8-c2jp-5v3q",
  ]);
  expect(idsOf({ aliases: [null, 7, "A-1"] }, "id")).toEqual(["A-1"]);
});
