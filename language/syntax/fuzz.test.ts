/** Nothing that a file can hold makes lexer, parser or formatter throw, and the formatter changes nothing but layout. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatSource } from "./format.ts";
import { parse, parseWithTokens } from "./parse.ts";
import { sameTree } from "./same-tree.ts";
import { contextualWords, reservedWords } from "./words.ts";

const examples = ["tour.scp", "more.scp"].map((file) => readFileSync(new URL(`fixtures/${file}`, import.meta.url), "utf8"));

const symbols = "-> .. == != <= >= < > = + - . , : | ? ( ) [ ] { } _".split(" ");
const wrong = [
  "=>",
  "&&",
  "||",
  "!",
  ";",
  "#",
  "*",
  "/",
  "%",
  "===",
  "/*",
  "*/",
  "$",
  "@",
  "\\",
  "ö",
  "\u202e",
  "\ud800",
  "\ufeff",
  "\u0000",
  '"',
  "'",
  "`",
];
const literals = [
  '"s"',
  '"{a.b} {{"',
  "'r'",
  "7",
  "0.10",
  "30 days",
  "2027-01-31",
  "CVE-2024-21538",
  "pkg:npm/x",
  "pkg:npm/x@<1",
  "spiffe://a/b",
  "10.0.0.0/8",
  "// c\n",
  "/// d\n",
  "\n",
];

const word = fc.constantFrom(...reservedWords, ...contextualWords, "a", "b", "image", "no", "`for`");
const token = fc.oneof(
  { weight: 6, arbitrary: word },
  { weight: 5, arbitrary: fc.constantFrom(...symbols) },
  { weight: 3, arbitrary: fc.constantFrom(...literals) },
  { weight: 1, arbitrary: fc.constantFrom(...wrong) },
);
const soup = fc.array(fc.tuple(token, fc.constantFrom(" ", "", "\n", "\r\n")), { maxLength: 120 }).map((parts) => parts.flat().join(""));
const anything = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((codes) => String.fromCharCode(...codes)),
  soup,
);
/** An example with some of its pieces cut out, doubled, moved or replaced by tokens. */
const mutated = fc
  .tuple(
    fc.constantFrom(...examples),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), fc.oneof(fc.constant(""), token, soup)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((now, [where, length, instead]) => {
      const at = Math.floor(where * now.length);
      return `${now.slice(0, at)}${instead}${now.slice(at + length)}`;
    }, text),
  );

/** What holds of any source at all. */
function sound(text: string): void {
  const { module, tokens, comments, diagnostics } = parseWithTokens({ path: "a.scp", text });
  expect(diagnostics.length).toBeLessThan(110);
  const seen = new Set<string>();
  for (const d of diagnostics) {
    const { start = -1, end = -1 } = d.location ?? {};
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length);
    expect(d.message).not.toMatch(/-->|Expecting|undefined|\[object/);
    for (const edit of d.fix?.edits ?? []) expect(edit.location.end).toBeLessThanOrEqual(text.length);
    const key = `${d.code} ${start} ${end}`;
    expect(seen).not.toContain(key);
    seen.add(key);
  }
  let last = 0;
  for (const t of tokens) {
    expect(t.start).toBeGreaterThanOrEqual(last);
    last = t.end;
  }
  expect(comments.length).toBeLessThanOrEqual((text.match(/\/\//g) ?? []).length);
  expect(module.declarations.length).toBeLessThanOrEqual(tokens.length);

  const formatted = formatSource({ path: "a.scp", text });
  if (diagnostics.some((d) => d.level === "error")) {
    expect(formatted.value).toBeUndefined();
    return;
  }
  const once = formatted.value ?? expect.fail("the formatter refused");
  const again = parseWithTokens({ path: "a.scp", text: once });
  expect(again.diagnostics.filter((d) => d.level === "error")).toEqual([]);
  expect(sameTree(module, again.module)).toBe(true);
  expect(again.comments.map((c) => c.text)).toEqual(comments.map((c) => c.text.trimEnd()));
  expect(formatSource({ path: "a.scp", text: once }).value).toBe(once);
}

it("reads any text without throwing", () => {
  fc.assert(fc.property(anything, sound), { numRuns: 1000 });
}, 60_000);

it("reads any mutated example without throwing", () => {
  fc.assert(fc.property(mutated, sound), { numRuns: 400 });
}, 60_000);

it("formats an example with comments and line breaks anywhere, and keeps them all", () => {
  const gap = fc.constantFrom("\n", "\n\n\n", " // c\n", "\n// own\n", "\r\n");
  fc.assert(
    fc.property(fc.constantFrom(...examples), fc.array(fc.tuple(fc.nat(2000), gap), { minLength: 1, maxLength: 12 }), (text, gaps) => {
      const { tokens } = parseWithTokens({ path: "a.scp", text });
      const at = new Map(gaps.map(([index, between]) => [index % tokens.length, between]));
      let source = "";
      let end = 0;
      tokens.forEach((t, i) => {
        source += text.slice(end, t.start) + (at.get(i) ?? "") + text.slice(t.start, t.end);
        end = t.end;
      });
      // A break inside `7 days`, or between `a` and the comment of its line, is a break between tokens.
      sound(source + text.slice(end));
    }),
    { numRuns: 300 },
  );
}, 60_000);

it("reads the declarations that a mistake in another leaves alone", () => {
  const neighbour = "policy neighbour for image {\n  require a\n}\n";
  fc.assert(
    fc.property(soup, (broken) => {
      // After a dot, `policy` is the name of a field, wherever it stands; and an open block comment swallows everything.
      const text = `${broken}\n${neighbour}`;
      fc.pre(!broken.includes("/*") && parseWithTokens({ path: "a.scp", text: broken }).tokens.at(-1)?.kind !== "Dot");
      const { value, diagnostics } = parse({ path: "a.scp", text });
      fc.pre(diagnostics.every((d) => !["WB0104", "WB0108"].includes(d.code)));
      expect(value.declarations.at(-1)).toMatchObject({ kind: "policy", name: { text: "neighbour" }, body: [{ kind: "clause" }] });
    }),
    { numRuns: 1000 },
  );
}, 60_000);
