import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { locateYaml, readYaml } from "./read.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const values = (text: string): readonly unknown[] | undefined =>
  readYaml(bytesOf(text), "x.yaml").value?.documents.map((document) => document.json);

function refused(text: string) {
  const { value, diagnostics } = readYaml(bytesOf(text), "x.yaml");
  expect(value).toBeUndefined();
  const [fault] = diagnostics;
  if (!fault) throw new Error("no diagnostic");
  return fault;
}

it.each([
  ["a: 1\na: 2\n", 2],
  ["a: 1\nb:\n  c: 1\n  c: 2\n", 4],
  ["{a: 1, a: 2}", 1],
  ["1: a\n'1': b\n", 2],
])("refuses a key that is given twice: %j", (text, line) => {
  const fault = refused(text);
  expect(fault.code).toBe("WB0906");
  expect(fault.message).toMatch(new RegExp(`^key .* is given twice in one object, again on line ${line}$`));
  expect(fault.related).toHaveLength(1);
});

it.each(["a: [1", "a:\n\t- b", 'a: "b', "a: b: c", "- a\nb: c", "a: &x 1\nb: *y"])("says where %j is not YAML", (text) => {
  expect(["WB0909", "WB0910"]).toContain(refused(text).code);
});

it.each(["a: &a {x: 1}\nb:\n  <<: *a\n", "b: {<<: {x: 1}}", "a: &a {x: 1}\nb:\n  <<: [*a]\n"])(
  "refuses a merge key, which Kubernetes would unfold: %j",
  (text) => {
    const fault = refused(text);
    expect(fault.code).toBe("WB0910");
    expect(fault.message).toContain("merge key");
  },
);

it("reads `<<` where it merges nothing", () => {
  expect(values("'<<': {x: 1}")).toEqual([{ "<<": { x: 1 } }]);
  expect(values("<<: here")).toEqual([{ "<<": "here" }]);
});

it("refuses aliases that unfold to very much, and ones that contain themselves", () => {
  const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 10; i++) bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`);
  const fault = refused(bomb.join("\n"));
  expect(fault.code).toBe("WB0910");
  expect(fault.message).toMatch(/its aliases unfold to \d{6,} nodes/);
  expect(refused("a: &a [*a]").message).toContain("contains itself");
});

it("reads aliases in reason", () => {
  expect(values("a: &a {x: 1}\nb: *a\nc: [*a, *a]")).toEqual([{ a: { x: 1 }, b: { x: 1 }, c: [{ x: 1 }, { x: 1 }] }]);
});

it("refuses nesting beyond the limit, in flow and in block style, without running out of stack", () => {
  expect(refused("[".repeat(100_000)).code).toBe("WB0904");
  expect(refused(`${"[".repeat(300)}${"]".repeat(300)}`).code).toBe("WB0904");
  const block = Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
  expect(refused(block).code).toBe("WB0904");
  expect(refused("- ".repeat(5000)).code).toBe("WB0904");
});

it("refuses keys that are no names", () => {
  expect(refused("? [a, b]\n: 1").message).toContain("a key that is itself a list or a map");
});

it("reads YAML 1.2: `yes` and `on` are text, and numbers with colons are not numbers", () => {
  expect(values("a: yes\nb: on\nc: 12:30\nd: 0o17\ne: ~\nf: 1e3")).toEqual([{ a: "yes", b: "on", c: "12:30", d: 15, e: null, f: 1000 }]);
});

it("refuses halves of surrogate pairs and fractions that would be rounded", () => {
  expect(refused('a: "\\uD800"').code).toBe("WB0908");
  expect(refused("a: 0.123456789012345678").code).toBe("WB0907");
  expect(values("a: 0.12345678901234567\nb: 12345678901234567890123\nc: '0.123456789012345678'")).toHaveLength(1);
});

it("reads several documents and leaves out the empty ones", () => {
  const { value } = readYaml(bytesOf("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n"), "x.yaml");
  expect(value?.documents).toEqual([
    { json: { a: 1 }, part: 1 },
    { json: { b: 2 }, part: 2 },
  ]);
  expect(values("# only a comment\n")).toEqual([]);
});

it("leaves `__proto__` a harmless name", () => {
  const [json] = values("__proto__: {polluted: true}\nconstructor: 1") ?? [];
  expect(Object.keys(json as object)).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

it("finds the place of a pointer, in each document and through aliases", () => {
  const text = "a: &x\n  b: [1, two]\nc: *x\n---\nd/e: 3\n";
  const found = (pointer: string, part?: number): string | undefined => {
    const span = locateYaml(text, pointer, part);
    return span && text.slice(span.start, span.end);
  };
  expect(found("/a/b/1")).toBe("two");
  expect(found("/c/b/0")).toBe("1");
  expect(found("/d~1e", 2)).toBe("3");
  expect(found("/nowhere")).toBeUndefined();
});

it("reads what the library writes, and never throws on anything", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
      const plain: unknown = JSON.parse(JSON.stringify(json));
      const { value, diagnostics } = readYaml(bytesOf(stringify(plain)), "x.yaml");
      if (diagnostics.length > 0) return;
      if (plain !== null) expect(JSON.parse(JSON.stringify(value?.documents[0]?.json))).toEqual(plain);
    }),
    { numRuns: 300 },
  );
  const pieces = fc.constantFrom(
    "a",
    ":",
    " ",
    "\n",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    "|",
    ">",
    "#",
    "'",
    '"',
    "!!x",
    "---",
    "%",
    "?",
    "\t",
    "<<",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
      const { value, diagnostics } = readYaml(bytesOf(parts.join("")), "x.yaml");
      expect(value === undefined).toBe(diagnostics.length > 0);
    }),
    { numRuns: 1000 },
  );
});
