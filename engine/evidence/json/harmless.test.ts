import fc from "fast-check";
import { expect, it } from "vitest";
import { guard } from "./guard.ts";
import { isHarmless } from "./harmless.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

it.each([
  ["a key given twice", '{"a":1,"b":{"a":2},"a":3}'],
  ["a key given twice by an escape", '{"a":1,"\\u0061":2}'],
  ["an empty key given twice", '{"":1,"":2}'],
  ["half a surrogate pair", '["\\ud800"]'],
  ["too deep nesting", "[".repeat(9) + "]".repeat(9)],
  ["a number that is rounded", "[0.12345678901234567891]"],
])("passes nothing over: %s", (_, text) => {
  expect(guard(bytesOf(text), 0, 8)).toBeDefined();
  expect(isHarmless(bytesOf(text), 0, 8)).toBe(false);
});

it.each([
  ["objects in lists", '[{"a":1,"b":[{"a":{"a":"x"}}]},{"a":1}]'],
  ["keys of the same length, ends and middle", '{"axbxc":1,"aybxc":2,"axbyc":3}'],
  ["escapes in texts", '{"a":"x\\"y\\\\","b":"\\n"}'],
  ["what is not ASCII", '{"ä":"ö","å":"€"}'],
])("looks at it once: %s", (_, text) => {
  expect(isHarmless(bytesOf(text), 0, 8)).toBe(true);
});

it("leaves an object of very many keys to the scan that remembers them", () => {
  const keys = Array.from({ length: 5000 }, (_, index) => `"k${index}":0`);
  expect(isHarmless(bytesOf(`{${keys.join(",")}}`), 0, 8)).toBe(false);
  expect(isHarmless(bytesOf(`[${keys.map((key) => `{${key}}`).join(",")}]`), 0, 8)).toBe(true);
});

it("says nothing of any bytes that the scan would not say, JSON or not", () => {
  const pieces = fc.constantFrom(
    ...["{", "}", "[", "]", ",", ":", '"', "\\", "\\u", "d800", "dc00", '"a"', '"a":', '"b":', '"\\u0061":', '"ab":', '"aab":', '"acb":'],
    ...["1", "-0.5e3", "0.123456789012345678901", " ", "\n", "ä", "null", '"x\\"y"', '"\\ud83d\\ude00"', '"\\ud83d"', '""', '"":'],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (parts, depth) => {
      const bytes = bytesOf(parts.join(""));
      if (isHarmless(bytes, 0, depth)) expect(guard(bytes, 0, depth)).toBeUndefined();
    }),
    { numRuns: 5000 },
  );
});

it("is sure of most documents", () => {
  fc.assert(
    fc.property(
      fc.object({ key: fc.stringMatching(/^[a-c]{0,3}$/), values: [fc.integer(), fc.stringMatching(/^[ -~]{0,8}$/)] }),
      (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes("\\"));
        expect(isHarmless(bytesOf(text), 0, 100)).toBe(true);
      },
    ),
  );
});
