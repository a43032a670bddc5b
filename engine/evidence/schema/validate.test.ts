import { expect, it } from "vitest";
import { mostErrors } from "./errors.ts";
import { everyFault, validate } from "./validate.ts";

const bom = (parts: object) => ({ bomFormat: "CycloneDX", specVersion: "1.6", ...parts });
const component = (parts: object) => bom({ components: [{ type: "library", name: "a", ...parts }] });

it.each([
  [component({ type: "libary" }), "/components/0/type", 'must be one of "application"', "did you mean `library`?"],
  [
    component({ licenses: [{ license: { id: "Apache-2" } }] }),
    "/components/0/licenses/0/license/id",
    "(826 values)",
    "did you mean `Apache-2.0`?",
  ],
  [component({ name: 3 }), "/components/0/name", "must be text, found 3", undefined],
  [component({ nmae: "a" }), "/components/0", "has a property `nmae` that the format does not know", undefined],
  [bom({ components: [{ type: "library" }] }), "/components/0", "lacks the property `name`", undefined],
  [bom({ metadata: { timestamp: "yesterday" } }), "/metadata/timestamp", "must be a time with a zone", undefined],
  [bom({ version: 0 }), "/version", "must be >= 1, found 0", undefined],
  [bom({ components: [1, { type: "library", name: "a" }] }), "/components/0", "must be an object, found 1", undefined],
  [
    bom({
      components: [
        { type: "library", name: "a" },
        { name: "a", type: "library" },
      ],
    }),
    "/components/1",
    "is the same as item 0 of the list",
    undefined,
  ],
])("tells where and what: %j", async (json, pointer, message, help) => {
  const [fault, ...others] = await validate("cyclonedx-1.6", json, "/predicate");
  expect(others).toEqual([]);
  expect(fault?.pointer).toBe(`/predicate${pointer}`);
  expect(fault?.message).toContain(`\`/predicate${pointer}\` `);
  expect(fault?.message).toContain(message);
  expect(fault?.help).toBe(help);
});

it("tells of alternatives the one that came nearest", async () => {
  const named = await validate("cyclonedx-1.6", component({ licenses: [{ license: { name: "x", text: { content: 3 } } }] }), "");
  expect(named.map((fault) => fault.pointer)).toEqual(["/components/0/licenses/0/license/text/content"]);
  const neither = await validate("cyclonedx-1.6", component({ licenses: [{ license: {} }] }), "");
  expect(neither.map((fault) => fault.message)).toEqual([
    "`/components/0/licenses/0/license` fits none of the allowed shapes: expected property `id` or property `name`, found an object",
  ]);
});

it("tells twenty errors and counts the rest", async () => {
  const faults = await validate(
    "cyclonedx-1.6",
    bom({ components: Array.from({ length: 50 }, (_, i) => ({ type: "x", name: `${i}` })) }),
    "",
  );
  expect(faults).toHaveLength(21);
  expect(faults.at(-1)?.message).toBe("30 more places break the schema");
});

it("names the kind of an SPDX 3 element that it does not know", async () => {
  const context = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
  const faults = await validate(
    "spdx-3.0.1",
    { "@context": context, "@graph": [{ type: "Foo" }, { type: "https://acme.example/Own", x: 1 }] },
    "",
  );
  expect(faults.map((fault) => fault.message)).toEqual(['`/@graph/0/type` must be a kind that the format knows, found "Foo"']);
});

it("takes its time from the size of a list, not from its square", async () => {
  const components = Array.from({ length: 200_000 }, (_, i) => ({ type: "library", name: `package-${i}` }));
  expect(await validate("cyclonedx-1.6", bom({ components }), "")).toEqual([]);
}, 120_000);

it("does not guess for hours at what a thoroughly broken document meant", async () => {
  const components = Array.from({ length: 30_000 }, (_, i) => ({
    type: "library",
    name: `a${i}`,
    licenses: [{ license: { id: `Apache-${i}` } }],
  }));
  expect((await validate("cyclonedx-1.6", bom({ components }), "")).at(-1)?.message).toBe("29980 more places break the schema");
}, 120_000);

it("keeps the first errors of a document that is wrong in each of millions of items, and says that there may be others", async () => {
  const document = { "@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", author: "Acme", version: 1 };
  const statements = Array.from({ length: 3_000_000 }, () => []);
  const faults = await validate("openvex-0.2.0", { ...document, statements }, "");
  expect(faults.at(-1)?.message).toBe("199980 more places break the schema, and there may be others");
  expect(faults[1]?.pointer).toBe("/statements/0");
  const every = await everyFault("openvex-0.2.0", { ...document, statements });
  expect(every).toHaveLength(mostErrors + 1);
  expect(every.at(-1)).toEqual({ pointer: "", problem: `may break the schema in more places than these ${mostErrors}` });
}, 120_000);
