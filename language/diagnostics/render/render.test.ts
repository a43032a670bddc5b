import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import type { Diagnostic } from "../diagnostic.ts";
import { renderGithub } from "./github.ts";
import { renderJson } from "./json.ts";
import { linesOf, positionOf, sourcesOf } from "./lines.ts";
import { renderSarif } from "./sarif.ts";
import { renderText, summary } from "./text.ts";
import { githubData, githubProperty, markdown, markdownCode, uri, visible, xml } from "./untrusted.ts";

const text = 'module acme\n\tlet a = "日本" + 1\npolicy p for image { require x == "1" }\n';
const sources = sourcesOf((path) => (path === "p.scp" ? text : undefined));
const at = (needle: string, path = "p.scp") => ({ path, start: text.indexOf(needle), end: text.indexOf(needle) + needle.length });

const full: Diagnostic = {
  code: "WB1001",
  level: "error",
  message: "expected `Int`, found `String`",
  location: at('"1"'),
  label: "this is a `String`",
  related: [
    { location: at("x"), text: "because `x` is an `Int`" },
    { location: { path: "std:image.scp", start: 3, end: 4 }, text: "declared here" },
  ],
  expected: "Int",
  found: "String",
  notes: ["strings have no order"],
  help: "write a number",
  fix: { title: "write 1", safe: true, edits: [{ location: at('"1"'), text: "1" }] },
};
const wide: Diagnostic = { code: "WB1002", level: "warning", message: "wide", location: at("+"), label: "here" };
const placeless: Diagnostic = { code: "WB1003", level: "note", message: "nowhere", pointer: "/a/b" };

const plain = (diagnostics: readonly Diagnostic[], width = 100) => renderText(diagnostics, { sources, colour: false, width });

it("shows place, excerpt, label, second span, expected and found aligned, note, help and fix", () => {
  expect(plain([full])).toBe(
    [
      "error[WB1001]: expected `Int`, found `String`",
      " --> p.scp:3:35",
      "  |",
      '3 | policy p for image { require x == "1" }',
      "  |                                   ^^^ this is a `String`",
      "  |                              - because `x` is an `Int`",
      " --> std:image.scp",
      "  = declared here",
      "  |",
      "  = expected: Int",
      "  =    found: String",
      "  = note: strings have no order",
      "  = help: write a number",
      "  = help: write 1",
      '3 - policy p for image { require x == "1" }',
      "3 + policy p for image { require x == 1 }",
    ].join("\n"),
  );
});

it("puts the mark under the right column after tabs and wide characters", () => {
  const [, , , line = "", mark = ""] = plain([wide]).split("\n");
  expect(line).toBe('2 |     let a = "日本" + 1');
  expect(mark).toBe("  |                    ^ here");
});

it("says the pointer where there is no text", () => {
  expect(plain([placeless])).toBe("note[WB1003]: nowhere\n --> /a/b");
});

it("cuts a line of a megabyte to the window around the mark", () => {
  const long = `{"a":"${"x".repeat(1_000_000)}","bad":1}`;
  const start = long.indexOf('"bad"');
  const shown = renderText([{ ...wide, location: { path: "m.json", start, end: start + 5 } }], {
    sources: sourcesOf(() => long),
    colour: false,
    width: 80,
  });
  expect(shown).toContain('"bad"');
  expect(shown.split("\n")[3]?.length).toBeLessThanOrEqual(80);
});

it("survives spans outside the text and an empty text", () => {
  const broken: Diagnostic = { ...wide, location: { path: "p.scp", start: 9_999, end: 10_000 } };
  expect(plain([broken])).toContain("p.scp:4:1");
  expect(renderText([broken], { sources: sourcesOf(() => ""), colour: false, width: 80 })).toContain(":1:1");
});

it("counts lines at LF, CRLF and a lone CR", () => {
  const lines = linesOf("a\r\nb\rc\nd");
  expect([0, 3, 5, 7].map((offset) => positionOf(lines, offset).line)).toEqual([1, 2, 3, 4]);
});

it("sums up by level", () => {
  expect(summary([full, full, wide])).toBe("2 errors and 1 warning");
  expect(summary([full, wide, placeless])).toBe("1 error, 1 warning and 1 note");
  expect(summary([])).toBe("");
});

function accepted(schema: string, document: unknown): unknown {
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const path = new URL(schema, import.meta.url);
  return ajv.compile(JSON.parse(readFileSync(path, "utf8")) as object)(document) ? [] : ajv.errors;
}

it("writes JSON that the published schema accepts", () => {
  const document = JSON.parse(renderJson([full, wide, placeless], sources));
  expect(accepted("../../../docs/schemas/diagnostics.schema.json", document)).toEqual([]);
  expect(document.diagnostics[0].location.start).toEqual({ line: 3, column: 35, offset: text.indexOf('"1"') });
});

it("writes SARIF that the official schema accepts, with rules, related places and fixes", () => {
  const log = JSON.parse(renderSarif([full, wide, placeless], sources, "1.2.3"));
  expect(accepted("../../../engine/evidence/sarif/sarif-2.1.0.schema.json", log)).toEqual([]);
  const [first] = log.runs[0].results;
  expect(first.locations[0].physicalLocation.region).toEqual({ startLine: 3, startColumn: 35, endLine: 3, endColumn: 38 });
  expect(first.relatedLocations).toHaveLength(2);
  expect(first.fixes[0].artifactChanges[0].replacements[0].insertedContent.text).toBe("1");
  expect(log.runs[0].tool.driver.rules[first.ruleIndex].id).toBe("WB1001");
});

it("writes one GitHub command a diagnostic", () => {
  expect(renderGithub([full, wide], sources).split("\n")).toEqual([
    "::error file=p.scp,line=3,endLine=3,col=35,endColumn=38,title=WB1001::expected `Int`, found `String`%0Athis is a `String`%0Ahelp: write a number",
    "::warning file=p.scp,line=2,endLine=2,col=15,endColumn=16,title=WB1002::wide%0Ahere",
  ]);
});

it("shows what would act on a terminal instead of sending it", () => {
  expect(visible("a\u001b[31m\u0007\u202e\n\tb\u{e0041}\ud800")).toBe("a\\u{1b}[31m\\u{7}\\u{202e}\\n\\tb\\u{e0041}\\u{d800}");
  expect(visible("日本 é ✓")).toBe("日本 é ✓");
});

it("escapes for each format what the format acts on", () => {
  expect(xml('<a b="c">&\u0000\ufffe')).toBe("&#60;a b=&#34;c&#34;&#62;&#38;\\u{0}\\u{fffe}");
  expect(githubData("100%\n::error::x")).toBe("100%25%0A::error::x");
  expect(githubProperty("a:b,c")).toBe("a%3Ab%2Cc");
  expect(markdown("*a* <b> @c #1")).toBe("\\*a\\* &#60;b&#62; &#64;c \\#1");
  expect(markdown("- see http://x.example, www.x.example, GH-1")).toBe("\\- see http&#58;//x.example, www&#46;x.example, GH&#45;1");
  expect(markdown("1. &lt; pkg:npm/a@1.0.0")).toBe("1\\. &#38;lt; pkg:npm/a&#64;1.0.0");
  expect(markdownCode("a `b` | c")).toBe("``a `b` ¦ c``");
  expect(markdownCode("`x`")).toBe("`` `x` ``");
  expect(uri("a b/ü#?.scp")).toBe("a%20b/%C3%BC%23%3F.scp");
  expect(uri("/abs/p.scp")).toBe("file:///abs/p.scp");
});
