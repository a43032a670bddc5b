import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { repeatedItems } from "./named-lists.ts";
import { everyFault } from "./validate.ts";

const product = fc.record(
  {
    "@id": fc.constantFrom("pkg:npm/a", "pkg:npm/b"),
    subcomponents: fc.array(fc.record({ "@id": fc.constantFrom("pkg:npm/c", "") }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const statement = fc.record(
  {
    vulnerability: fc.record({ name: fc.constantFrom("CVE-2026-1", "CVE-2026-2") }, { requiredKeys: [] }),
    products: fc.array(product, { maxLength: 2 }),
    status: fc.constantFrom("fixed", "under_investigation"),
  },
  { requiredKeys: [] },
);

/** The first item that is equal to one before it, and the first such. */
function eachWithEach(items: readonly unknown[]): readonly [number, number] | undefined {
  for (const [later, item] of items.entries()) {
    const first = items.slice(0, later).findIndex((other) => isDeepStrictEqual(other, item));
    if (first >= 0) return [first, later];
  }
  return undefined;
}

it("finds the items that comparing each with each finds, whatever they are", () => {
  const item = fc.oneof({ arbitrary: statement, weight: 3 }, { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 12 }), (items) => {
      const statements: readonly unknown[] = JSON.parse(JSON.stringify(items));
      expect(repeatedItems("openvex-0.2.0", { statements })?.params["pair"]).toEqual(eachWithEach(statements));
    }),
    { numRuns: 2000 },
  );
});

it("is told as the schema tells it, beside what else is wrong", async () => {
  const twice = { vulnerability: { name: "CVE-2026-1" }, products: [{ "@id": "pkg:npm/a" }], status: "fixed" };
  const document = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "urn:x",
    author: "Acme",
    version: 1,
    statements: [twice, {}, twice],
  };
  const faults = await everyFault("openvex-0.2.0", document);
  expect(faults).toContainEqual({ pointer: "/statements/2", problem: "is the same as item 0 of the list; the items must differ" });
  expect(faults.map(({ pointer }) => pointer)).toContain("/statements/1");
});

it("says nothing of other schemas, and of what is no list", () => {
  expect(repeatedItems("openvex-0.2.0", { statements: { length: 2, 0: "a", 1: "a" } })).toBeUndefined();
  expect(repeatedItems("openvex-0.2.0", null)).toBeUndefined();
  expect(repeatedItems("grype-report", { statements: ["a", "a"] })).toBeUndefined();
});
