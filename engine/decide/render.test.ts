import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import { decision, hostile, policyPath, report, texts } from "./fixtures/hostile.ts";
import { renderGithub } from "./github.ts";
import { renderGitlab } from "./gitlab.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { overall, type Report } from "./report.ts";
import { renderSarif } from "./sarif.ts";
import { renderText } from "./text.ts";

const load = (path: string): object => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as object;

function problems(schema: object, value: unknown): unknown {
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv.compile(schema)(value) ? [] : ajv.errors;
}

/** Characters that a terminal, a log or a parser would act on. */
const acting = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;

const plainText = renderText(report, texts, { colour: false, width: 100, verbose: true });

it.each([
  ["text", plainText],
  ["JUnit", renderJunit(report, texts)],
  ["GitHub", renderGithub(report, texts)],
  ["Markdown", renderMarkdown(report, texts)],
])("lets no name move the cursor, reorder text or hide in %s", (_, output) => {
  expect(acting.test(output.replaceAll("\n", ""))).toBe(false);
  expect(output).toContain("\\u{1b}");
  expect(output).toContain("\\u{202e}");
});

it("lets no name begin a GitHub workflow command or end one", () => {
  const lines = renderGithub(report, texts).split("\n");
  const commands = lines.filter((line) => line.includes("::error") && line.startsWith("::"));
  expect(commands.every((line) => /^::(error|warning|notice) [^:\n]*::/.test(line))).toBe(true);
  expect(lines.filter((line) => line.startsWith("::"))).toHaveLength(4);
  expect(lines.filter((line) => !line.startsWith("::")).every((line) => line.startsWith("waybill: "))).toBe(true);
  expect(lines[0]).toContain("%250A%2525");
  expect(lines[0]).toContain("file=policies/p%2C1%3Ax.scp");
});

it("writes JUnit that the schema of Jenkins accepts, with every hostile name in it", async () => {
  const xml = renderJunit(report, texts);
  const schema = readFileSync(new URL("fixtures/junit-10.xsd", import.meta.url), "utf8");
  const result = await validateXML({
    xml: [{ fileName: "report.xml", contents: xml }],
    schema: [{ fileName: "junit-10.xsd", contents: schema }],
  });
  expect(result.errors).toEqual([]);
  expect(result.valid).toBe(true);
  expect(xml).not.toContain("</failure><system-out>&]");
  expect(xml).toContain('tests="5" failures="2" errors="0"');
});

it("notices XML that the schema refuses", async () => {
  const schema = readFileSync(new URL("fixtures/junit-10.xsd", import.meta.url), "utf8");
  const xml = renderJunit(report, texts).replace("<testcase", "<case").replace("</testcase>", "</case>");
  const result = await validateXML({
    xml: [{ fileName: "report.xml", contents: xml }],
    schema: [{ fileName: "junit-10.xsd", contents: schema }],
  });
  expect(result.valid).toBe(false);
});

it("writes SARIF that the official schema accepts, policy span and evidence span together", () => {
  const log = JSON.parse(renderSarif(report, texts));
  expect(problems(load("../evidence/sarif/sarif-2.1.0.schema.json"), log)).toEqual([]);
  const [first] = log.runs[0].results;
  expect(first.level).toBe("error");
  expect(first.locations[0].physicalLocation.artifactLocation.uri).toBe("policies/p%2C1%3Ax.scp");
  expect(first.locations[0].physicalLocation.region.startLine).toBe(3);
  expect(first.relatedLocations[0].physicalLocation.artifactLocation.uri).toBe("sbom.json");
  expect(first.relatedLocations[0].physicalLocation.region.startLine).toBe(3);
  expect(log.runs[0].tool.driver.rules[first.ruleIndex].id).toBe(first.ruleId);
});

it("gives every SARIF result and GitLab row a fingerprint of its own", () => {
  const results: { partialFingerprints: Record<string, string> }[] = JSON.parse(renderSarif(report, texts)).runs[0].results;
  const prints = results.map((result) => result.partialFingerprints["waybillClause/v1"]);
  expect(new Set(prints).size).toBe(prints.length);
  const rows: { fingerprint: string }[] = JSON.parse(renderGitlab(report, texts));
  expect(new Set(rows.map((row) => row.fingerprint)).size).toBe(rows.length);
});

it("writes a Code Quality report that GitLab's schema accepts", () => {
  const rows: { severity: string; description: string; location: { path: string; lines: { begin: number } } }[] = JSON.parse(
    renderGitlab(report, texts),
  );
  for (const row of rows) expect(problems(load("../../docs/schemas/gitlab-codequality.schema.json"), row)).toEqual([]);
  expect(rows[0]?.severity).toBe("critical");
  expect(rows[0]?.location).toEqual({ path: policyPath, lines: { begin: 3, end: 4 } });
  expect(rows.every((row) => !row.description.includes("\n"))).toBe(true);
});

it("writes JSON that the published schema accepts", () => {
  const document = JSON.parse(renderJson(report, texts));
  expect(problems(load("../../docs/schemas/gate.schema.json"), document)).toEqual([]);
  expect(document.decisions[0].clauses[0].span).toBe(`${policyPath}:3:3`);
  expect(document.decisions[0].clauses[1].missing[0].count).toBe(8);
});

it("refuses, in the published schema, a document that lacks its effect", () => {
  const { effect: _, ...rest } = JSON.parse(renderJson(report, texts));
  expect(problems(load("../../docs/schemas/gate.schema.json"), rest)).not.toEqual([]);
});

it("leaves no markup of a name alive in Markdown", () => {
  const output = renderMarkdown(report, texts).replace(/(`+)[\s\S]*?\1/g, "");
  expect(output).not.toMatch(/<img/);
  expect(output).not.toMatch(/(?<!\\)\[link(?<!\\)\]/);
  expect(output).not.toMatch(/(?<!&#64;)@team/);
  expect(output).not.toMatch(/(?<!\\)\*\*bold/);
});

it("shows the policy's line, the evidence's line and pointer, other members, wants and advice", () => {
  expect(plainText).toContain(`--> ${policyPath}:3:3`);
  expect(plainText).toContain(" 3 |   forbid bad: some c in xs where c.x");
  expect(plainText).toContain("--> sbom.json:3:15 /components/0/name");
  expect(plainText).toContain("28 more");
  expect(plainText).toContain("8 of 201");
  expect(plainText).toContain("closed(attestation sbom.Bom claimed)");
  expect(plainText).toContain("assumes");
  expect(plainText).toContain("valid until 2026-11-");
  expect(plainText).toContain("no policy covers");
});

it("never prints raw escape codes in plain text, and only its own in colour", () => {
  const coloured = renderText(report, texts, { colour: true, width: 100, verbose: false });
  expect(coloured).toContain("\u001b[");
  const [, ...escapes] = coloured.split("\u001b");
  expect(escapes.filter((rest) => !/^\[(?:1;3[1-6]|22;39|1|2|22)m/.test(rest))).toEqual([]);
});

it("takes the greatest effect over subjects, and the weightiest reason for it", () => {
  const of = (effect: "allow" | "deny", reason: "passed" | "fault" | "violated" | "uncovered") => ({ ...decision, effect, reason });
  expect(overall({ decisions: [of("allow", "passed"), of("deny", "fault")], refused: false })).toEqual({ effect: "deny", reason: "fault" });
  expect(overall({ decisions: [of("deny", "fault"), of("deny", "violated")], refused: false }).reason).toBe("violated");
  expect(overall({ decisions: [of("deny", "fault"), of("deny", "uncovered")], refused: false }).reason).toBe("uncovered");
  expect(overall({ decisions: [of("allow", "passed")], refused: true })).toEqual({ effect: "deny", reason: "fault" });
});

it("keeps hostile text whole in JSON, where it is data", () => {
  expect(JSON.parse(renderJson(report, texts)).decisions[0].subject.name).toBe(hostile);
});

const refusedReport: Report = {
  ...report,
  refused: true,
  // Nothing but a warning is left of the clauses, and none of the subjects is uncovered.
  decisions: [{ ...decision, effect: "deny", reason: "fault", clauses: decision.clauses.filter((clause) => clause.effect === "warn") }],
  diagnostics: report.diagnostics.map((one) => ({ ...one, level: "error" })),
};

it("shows in JUnit that evidence was refused where the clauses only warn", async () => {
  const xml = renderJunit(refusedReport, texts);
  expect(xml).toMatch(/<testsuites name="waybill gate" tests="3" failures="0" errors="1">/);
  expect(xml).toMatch(/<testcase classname="waybill" name="evidence WB0911">\n\s*<error type="fault" message="no verdict/);
  const schema = readFileSync(new URL("fixtures/junit-10.xsd", import.meta.url), "utf8");
  const result = await validateXML({
    xml: [{ fileName: "report.xml", contents: xml }],
    schema: [{ fileName: "junit-10.xsd", contents: schema }],
  });
  expect(result.errors).toEqual([]);
  expect(renderJunit({ ...refusedReport, decisions: [], diagnostics: [] }, texts)).toContain('errors="1"');
});

it("shows in every other machine format that there is no verdict", () => {
  const log = JSON.parse(renderSarif(refusedReport, texts));
  expect(problems(load("../evidence/sarif/sarif-2.1.0.schema.json"), log)).toEqual([]);
  expect(log.runs[0].invocations).toMatchObject([
    { executionSuccessful: false, toolExecutionNotifications: [{ level: "error", descriptor: { id: "WB0911" } }] },
  ]);
  expect(JSON.parse(renderSarif(report, texts)).runs[0].invocations).toEqual([{ executionSuccessful: true }]);

  const rows: { severity: string; check_name: string }[] = JSON.parse(renderGitlab(refusedReport, texts));
  for (const row of rows) expect(problems(load("../../docs/schemas/gitlab-codequality.schema.json"), row)).toEqual([]);
  expect(rows[0]).toMatchObject({ severity: "blocker", check_name: "WB0911" });

  expect(renderGithub(refusedReport, texts)).toMatch(
    /^::error file=sbom\.json,line=.*title=no verdict%3A WB0911::no verdict, evidence was refused/,
  );
  expect(renderMarkdown(refusedReport, texts)).toContain("- `WB0911` no verdict");
  expect(JSON.parse(renderJson(refusedReport, texts))).toMatchObject({
    effect: "deny",
    reason: "fault",
    diagnostics: [{ level: "error" }],
  });
});

it("says in SARIF that a run did not succeed where a look-up failed", () => {
  const failed = { ...report, decisions: [{ ...decision, reason: "fault" as const }] };
  expect(JSON.parse(renderSarif(failed, texts)).runs[0].invocations[0]).toMatchObject({
    executionSuccessful: false,
    toolExecutionNotifications: [{ level: "error" }],
  });
});
