import fc from "fast-check";
import { expect, it } from "vitest";
import { linesOfStream } from "./stream.ts";

async function* pieces(text: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const end = Math.min(cut, text.length);
    if (end > start) yield text.subarray(start, end);
    start = Math.max(start, end);
  }
  if (start < text.length) yield text.subarray(start);
}

async function lines(text: string, cuts: readonly number[] = []): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const group of linesOfStream(pieces(Buffer.from(text), cuts))) found.push(...group.map(String));
  return found;
}

it("takes a last line without an end, and empty lines", async () => {
  expect(await lines("a\n\nb")).toEqual(["a", "", "b"]);
  expect(await lines("")).toEqual([]);
  expect(await lines("a\n")).toEqual(["a"]);
});

it("finds the same lines however the stream is cut, inside characters too", async () => {
  const text = fc.array(fc.constantFrom("a", "\n", "日", "🚢", "\r"), { maxLength: 40 }).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(120)), async (written, cuts) => {
      const expected = written.split("\n");
      if (expected.at(-1) === "") expected.pop();
      expect(await lines(written, cuts)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
