import fc from "fast-check";
import { expect, it } from "vitest";
import { defaultLimits } from "../text.ts";
import { readJson } from "./read.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function refused(source: string | Uint8Array, limits = defaultLimits) {
  const { value, diagnostics } = readJson(typeof source === "string" ? bytesOf(source) : source, "x.json", limits);
  expect(value).toBeUndefined();
  expect(diagnostics).toHaveLength(1);
  const [fault] = diagnostics;
  if (!fault) throw new Error("no diagnostic");
  return fault;
}

it("refuses a key that is given twice, with its pointer, its line and both places", () => {
  const text = '{\n "a": [\n  {"b": 1,\n   "c": 2, "b": 3}]}';
  const fault = refused(text);
  expect(fault.code).toBe("WB0906");
  expect(fault.message).toBe("key `b` is given twice in one object, again on line 4");
  expect(fault.pointer).toBe("/a/0/b");
  expect(text.slice(fault.location?.start, fault.location?.end)).toBe('"b"');
  expect(fault.location?.start).toBe(text.lastIndexOf('"b"'));
  expect(fault.related?.[0]?.location.start).toBe(text.indexOf('"b"'));
});

it.each([
  ['{"a":1,"\\u0061":2}', "an escape"],
  ['{"\\u0061":1,"a":2}', "an escape first"],
  ['{"":1,"":2}', "the empty key"],
  ['{"__proto__":1,"__proto__":2}', "a name of the language"],
  ['{"é":1,"\\u00e9":2}', "a letter beyond ASCII"],
  ['{"a":{"a":1},"b":[{"a":1},{"a":1}],"a":3}', "objects in between"],
])("sees %s as the same key: %s", (text) => {
  expect(refused(text).code).toBe("WB0906");
});

it("finds a key given twice among very many", () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `"k${i}":${i}`);
  expect(refused(`{${keys.join(",")},"k17":0}`).message).toContain("`k17`");
  expect(readJson(bytesOf(`{${keys.join(",")}}`), "x").diagnostics).toEqual([]);
});

it("does not mix the keys of neighbours, parents and children", () => {
  const text = '[{"a":1,"b":{"a":2,"b":3}},{"a":4,"b":{"a":5}},"a",{"c":["a","a",{"a":1}],"a":2}]';
  expect(readJson(bytesOf(text), "x").value?.json).toEqual(JSON.parse(text));
});

it.each([
  ['{"a" 1}', "expected `:` after the key `a`, found `1`", 1, 6],
  ['{"a":1,}', "a comma before `}`", 1, 8],
  ["[1,]", "a comma before `]`", 1, 4],
  ["[1 2]", "expected `,` or `]`, found `2`", 1, 4],
  ['{"a":1', "the object is never closed", 1, 1],
  ['{\n  "a": [1\n}', "expected `,` or `]`, found `}`", 3, 1],
  ['{"a": "b\n"}', "a line ends inside text", 1, 9],
  ['{"a": "b', "the text is never closed", 1, 7],
  ['{"a": "\\x"}', "an escape that JSON does not know", 1, 8],
  ["{'a': 1}", "expected a key in double quotes, found `'`", 1, 2],
  ['{"a": undefined}', "expected a value, found `undefined`", 1, 7],
  ['{"a": 01}', "a number that JSON does not know", 1, 7],
  ['{"a": NaN}', "expected a value, found `NaN`", 1, 7],
  ['{"a": 1} {"b": 2}', "the document goes on after its end with `{`", 1, 10],
  ['{"a": }', "expected a value, found `}`", 1, 7],
  ['{"a":', "the document ends where a value must be", 1, 6],
  ['// comment\n{"a": 1}', "expected a value, found `/`", 1, 1],
])("says what is wrong with %j, and where", (text, problem, line, column) => {
  const fault = refused(text);
  expect(fault.code).toBe("WB0905");
  expect(fault.message).toBe(`not valid JSON: ${problem} at ${line}:${column}`);
});

it.each([
  '{"a": 0.123456789012345678}',
  '{"a": 1234567890123456.789}',
  '{"a": -1.00000000000000000001e3}',
  '{"a": 1234567890123456789e-3}',
])("refuses a fraction that would be rounded: %s", (text) => {
  const fault = refused(text);
  expect(fault.code).toBe("WB0907");
  expect(fault.pointer).toBe("/a");
});

it.each(["0.12345678901234567", "9.8", "1e300", "12345678901234567890", "0.000000000000000000000001", "100000000000000000000.0"])(
  "takes the number %s",
  (number) => {
    expect(readJson(bytesOf(`[${number}]`), "x").diagnostics).toEqual([]);
  },
);

it.each(['["\\ud800"]', '["\\udc00"]', '["\\ud800\\ud800"]', '["\\ud83dx"]', '["a\\n\\ud83d"]', '{"\\ud83d":1}', '["\\ud83d\\n"]'])(
  "refuses half of a surrogate pair: %s",
  (text) => {
    expect(refused(text).code).toBe("WB0908");
  },
);

it("takes whole surrogate pairs, and backslashes before what looks like one", () => {
  const text = '["\\ud83d\\ude00", "\\\\ud800", "\\"\\\\\\"", "\\ud83d\\ude00\\ud83d\\ude00"]';
  expect(readJson(bytesOf(text), "x").value?.json).toEqual(JSON.parse(text));
});

it("refuses nesting beyond the limit without running out of stack", () => {
  for (const text of ["[".repeat(1_000_000), '{"a":'.repeat(300_000), `${"[".repeat(201)}${"]".repeat(201)}`]) {
    expect(refused(text).code).toBe("WB0904");
  }
  expect(readJson(bytesOf(`${"[".repeat(200)}${"]".repeat(200)}`), "x").diagnostics).toEqual([]);
});

it("refuses what is too large, empty, not text, or not UTF-8", () => {
  expect(refused("[1,2,3]", { size: 5, depth: 10 }).code).toBe("WB0903");
  expect(refused("").code).toBe("WB0900");
  expect(refused(" \n\t ").code).toBe("WB0900");
  expect(refused(new Uint8Array([0x1f, 0x8b, 8, 0])).message).toContain("a gzip archive");
  expect(refused(new Uint8Array([0xff, 0xfe, 0x7b, 0])).help).toContain("UTF-8");
  expect(refused(new Uint8Array([0x7b, 0x00, 0x7d])).code).toBe("WB0901");
  const broken = refused(new Uint8Array([0x5b, 0x22, 0xc3, 0xa9, 0xc3, 0x28, 0x22, 0x5d]));
  expect(broken.code).toBe("WB0902");
  expect(broken.message).toContain("byte 5");
  // A surrogate written in UTF-8 is not UTF-8.
  expect(refused(new Uint8Array([0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d])).code).toBe("WB0902");
});

it("tolerates a byte-order mark, and counts places without it", () => {
  const mark = [0xef, 0xbb, 0xbf];
  expect(readJson(new Uint8Array([...mark, ...bytesOf('{"a":1}')]), "x").value).toEqual({ json: { a: 1 }, text: '{"a":1}' });
  const fault = refused(new Uint8Array([...mark, ...bytesOf('{"ä":1,"ä":2}')]));
  expect(fault.location).toMatchObject({ start: 7, end: 10 });
});

it("leaves `__proto__` and `constructor` harmless names", () => {
  const { value } = readJson(bytesOf('{"__proto__":{"polluted":true},"constructor":1}'), "x");
  expect(Object.keys(value?.json as object)).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

it("agrees with JSON.parse on whatever JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, "\t"), (text, indent) => {
      const written = JSON.stringify(JSON.parse(text), undefined, indent);
      const { value, diagnostics } = readJson(bytesOf(written), "x");
      const lone = /\\ud[89a-f]/i.test(written);
      if (diagnostics.length > 0) return lone || diagnostics[0]?.code === "WB0907";
      expect(value?.json).toEqual(JSON.parse(written));
      return true;
    }),
    { numRuns: 1000 },
  );
});

it("never throws, and refuses whatever JSON.parse refuses", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "\\u",
    "d8",
    "00",
    "a",
    "1",
    "e",
    "-",
    ".",
    "true",
    " ",
    "\n",
    "é",
    "\u0000",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
      const text = parts.join("");
      const { value, diagnostics } = readJson(bytesOf(text), "x");
      expect(value === undefined).toBe(diagnostics.length > 0);
      if (!value) return;
      expect(JSON.parse(text)).toEqual(value.json);
    }),
    { numRuns: 1000 },
  );
});

it("finds every key that is given twice, and no other", () => {
  const keys = fc.array(fc.constantFrom("a", "b", "aa", "\\u0061", "ä", "\\u00e4", "", "\\\\", "k1", "k2"), { maxLength: 40 });
  fc.assert(
    fc.property(keys, (names) => {
      const text = `{${names.map((name) => `"${name}":{"a":1}`).join(",")}}`;
      const plain = names.map((name) => JSON.parse(`"${name}"`));
      const twice = new Set(plain).size < plain.length;
      expect(readJson(bytesOf(text), "x").diagnostics.map((d) => d.code)).toEqual(twice ? ["WB0906"] : []);
    }),
    { numRuns: 1000 },
  );
});
