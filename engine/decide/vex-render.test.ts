import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import { type DataRecord, origin } from "../../language/core/data.ts";
import { report, texts } from "./fixtures/hostile.ts";
import { renderGithub } from "./github.ts";
import { renderGitlab } from "./gitlab.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import type { Report } from "./report.ts";
import { renderSarif } from "./sarif.ts";
import { renderText } from "./text.ts";
import type { Claim, Rejection, VexVerdict } from "./vex/verdict.ts";
import { vexDocument } from "./vex-json.ts";
import { leavesOpen, type VexFinding, type VexReport, vexKinds } from "./vex-report.ts";
import { renderVex } from "./vex-text.ts";
import { rejectionText } from "./vex-words.ts";

const load = (path: string): object => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as object;

function problems(schema: object, value: unknown): unknown {
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv.compile(schema)(value) ? [] : ajv.errors;
}

const document = (name: string) => ({ name, digest: `sha256:${"0".repeat(64)}`, format: "openvex", predicateType: "waybill.vex.Document" });

function finding(index: number, id: string, purl: string): DataRecord {
  return {
    id,
    aliases: [],
    component: { name: "left", purl },
    [origin]: { document: document("scan.json"), pointer: `/matches/${index}` },
  };
}

function claim(index: number, status: Claim["status"], more: Partial<Claim> = {}): Claim {
  const record: DataRecord = {
    vulnerability: "CVE-2026-0001",
    status,
    impact: status === "not_affected" ? "it is not called" : undefined,
    [origin]: { document: document("acme.openvex.json"), pointer: `/statements/${index}` },
  };
  const justification = status === "not_affected" ? "vulnerable_code_not_in_execute_path" : undefined;
  const time = Date.UTC(2026, 10, 1) * 1000;
  return {
    record,
    author: "Acme",
    status,
    justification,
    tier: 0,
    by: "claimed",
    specificity: 3,
    time,
    about: "subject",
    product: "pkg:npm/shop@1",
    ...more,
  };
}

const verdict = (kind: VexVerdict["kind"], more: Partial<VexVerdict> = {}): VexVerdict => ({
  kind,
  status: undefined,
  used: [],
  shadowed: [],
  rejected: [],
  flipsAt: undefined,
  ...more,
});

const findings: readonly VexFinding[] = [
  {
    finding: finding(0, "CVE-2026-0001", "pkg:npm/left@1.0.0"),
    verdict: verdict("suppressed", {
      status: "not_affected",
      used: [claim(0, "not_affected")],
      shadowed: [claim(1, "affected", { tier: 1 })],
    }),
  },
  {
    finding: finding(1, "CVE-2026-0001", "pkg:npm/left@2.0.0"),
    verdict: verdict("kept", {
      status: "under_investigation",
      used: [claim(2, "under_investigation", { author: undefined, time: undefined })],
      rejected: [{ claim: claim(3, "not_affected"), why: { kind: "expired", since: Date.UTC(2026, 0, 1) * 1000 } }],
      flipsAt: Date.UTC(2027, 0, 1) * 1000,
    }),
  },
  {
    finding: finding(2, "CVE-2026-0002", "pkg:npm/left@3.0.0"),
    verdict: verdict("conflict", { used: [claim(4, "fixed"), claim(5, "affected")] }),
  },
  { finding: finding(3, "CVE-2026-0003", "pkg:npm/left@4.0.0"), verdict: verdict("unmentioned") },
];

const vex: VexReport = {
  subject: { kind: "artifact", name: "pkg:npm/shop@1" },
  by: ["acme.release", "claimed"],
  findings,
  statements: 9,
  unread: [],
  unasked: 0,
  unmatched: [
    {
      record: claim(6, "fixed").record,
      miss: () => ({ nearest: "qualifier", detail: "qualifier distro: it asks for a, pkg:npm/b has c" }),
    },
  ],
};
const withVex: Report = { ...report, vex: [vex] };

it("shows each verdict with the statements that it rests on, why others were rejected, and what matched nothing", () => {
  expect(renderVex(vex, { colour: false, width: 160, verbose: false, kinds: vexKinds, most: 20 })).toBe(
    `unmentioned CVE-2026-0003 in pkg:npm/left@4.0.0

suppressed CVE-2026-0001 in pkg:npm/left@1.0.0
  = because: acme.openvex.json /statements/0 says not_affected (vulnerable_code_not_in_execute_path), by Acme, believed as claimed, 2026-11-01T00:00:00Z
  = shadowed: acme.openvex.json /statements/1 says affected, by Acme, believed as claimed, 2026-11-01T00:00:00Z

kept CVE-2026-0001 in pkg:npm/left@2.0.0
  = because: acme.openvex.json /statements/2 says under_investigation, believed as claimed, without a time
  = rejected: acme.openvex.json /statements/3 says not_affected (vulnerable_code_not_in_execute_path), by Acme, believed as claimed, 2026-11-01T00:00:00Z: it
              ended at 2026-01-01T00:00:00Z

in conflict CVE-2026-0002 in pkg:npm/left@3.0.0
  = because: acme.openvex.json /statements/4 says fixed, by Acme, believed as claimed, 2026-11-01T00:00:00Z
  = because: acme.openvex.json /statements/5 says affected, by Acme, believed as claimed, 2026-11-01T00:00:00Z

unmatched acme.openvex.json /statements/6 on CVE-2026-0001 matched nothing; nearest miss: qualifier distro: it asks for a, pkg:npm/b has c

VEX by acme.release, claimed on pkg:npm/shop@1: 4 findings: 1 suppressed, 1 kept, 1 in conflict, 1 unmentioned; 9 statements, 1 matched nothing`,
  );
});

it("shows so many of each kind, says how many more there are, and all of them where asked", () => {
  const many = { ...vex, findings: Array.from({ length: 30 }, () => findings[3] as VexFinding) };
  const options = { colour: false, width: 160, kinds: vexKinds, most: 20 };
  const short = renderVex(many, { ...options, verbose: false });
  expect(short.match(/^unmentioned CVE/gm)).toHaveLength(20);
  expect(short).toContain("unmentioned: 10 more (--verbose shows them)");
  expect(renderVex(many, { ...options, verbose: true }).match(/^unmentioned CVE/gm)).toHaveLength(30);
});

it("leaves something open unless every finding is suppressed", () => {
  expect(leavesOpen(vex)).toBe(true);
  for (const [index, one] of findings.entries()) expect(leavesOpen({ ...vex, findings: [one] })).toBe(index !== 0);
  expect(leavesOpen({ ...vex, findings: [] })).toBe(false);
});

it("says every reason for a rejection in words, and each in others", () => {
  const all: readonly Rejection[] = [
    { kind: "unsigned" },
    { kind: "not-yet", from: 0 },
    { kind: "expired", since: 0 },
    { kind: "unanchored" },
    { kind: "no-justification" },
    { kind: "justification", found: "x" },
    { kind: "version-unknown", detail: "x" },
    { kind: "another-path", path: ["a", "b"] },
    { kind: "paths-unknown", detail: "x" },
    { kind: "another-bom", link: "x" },
    { kind: "undated" },
    { kind: "superseded", version: "2" },
    { kind: "version-unclear", version: "2" },
    { kind: "unlooked", detail: "x" },
  ];
  expect(new Set(all.map(rejectionText)).size).toBe(all.length);
});

it("writes JSON of decisions, and of `vex decide` in pieces, that the published schemas accept", () => {
  const gate = JSON.parse(renderJson(withVex, texts));
  expect(problems(load("../../docs/schemas/gate.schema.json"), gate)).toEqual([]);
  expect(gate.vex[0].counts).toEqual({
    findings: 4,
    conflict: 1,
    kept: 1,
    unmentioned: 1,
    suppressed: 1,
    statements: 9,
    unmatched: 1,
    unasked: 0,
    unread: 0,
  });
  expect(gate.vex[0].findings.map((one: { verdict: string }) => one.verdict)).toEqual(["suppressed", "kept", "conflict"]);
  expect(gate.vex[0].findings[1]).toMatchObject({
    id: "CVE-2026-0001",
    document: "scan.json",
    pointer: "/matches/1",
    flipsAt: "2027-01-01T00:00:00Z",
    rejected: [{ document: "acme.openvex.json", pointer: "/statements/3", reason: "expired" }],
  });
  expect(JSON.parse(renderJson(report, texts))).not.toHaveProperty("vex");
  const rest = {
    tool: { name: "waybill", version: "0" },
    complete: true,
    open: true,
    time: "2026-01-01T00:00:00Z",
    by: vex.by,
    justifications: [],
    evidence: [],
    diagnostics: [],
    evidenceDigest: `sha256:${"0".repeat(64)}`,
  };
  const many = Array.from({ length: 401 }, () => findings[0] as VexFinding);
  for (const reports of [[], [vex], [vex, vex], [{ ...vex, findings: many, unmatched: [] }], [{ ...vex, findings: [] }]]) {
    const written = JSON.parse([...vexDocument(reports, rest)].join(""));
    expect(problems(load("../../docs/schemas/vex-decide.schema.json"), written)).toEqual([]);
    expect(written.subjects).toHaveLength(reports.length);
  }
  expect(JSON.parse([...vexDocument([vex], rest)].join("")).subjects[0].findings).toHaveLength(4);
});

it("refuses, in the published schema, a verdict that it does not know", () => {
  const gate = JSON.parse(renderJson(withVex, texts));
  gate.vex[0].findings[0].verdict = "perhaps";
  expect(problems(load("../../docs/schemas/gate.schema.json"), gate)).not.toEqual([]);
});

it("writes what VEX suppresses and what is waived as suppressed results that the official schema of SARIF accepts", () => {
  const [first] = report.decisions;
  const [clause] = first?.clauses ?? [];
  if (first === undefined || clause === undefined) throw new Error("the fixture has a clause");
  const waiver = { clause: "p.bad", at: clause.at, ends: 0, because: "known <b>", approvedBy: "ada", ticket: "SEC-1" };
  const waived = { ...first, clauses: [{ ...clause, waivers: [waiver as never] }] };
  const log = JSON.parse(renderSarif({ ...withVex, decisions: [waived] }, texts));
  expect(problems(load("../evidence/sarif/sarif-2.1.0.schema.json"), log)).toEqual([]);
  const results: { ruleId: string; ruleIndex: number; suppressions?: readonly object[] }[] = log.runs[0].results;
  const suppressed = results.filter((one) => one.suppressions !== undefined);
  expect(suppressed).toMatchObject([
    {
      level: "note",
      suppressions: [
        {
          kind: "external",
          status: "accepted",
          justification: "known <b>; approved by ada (SEC-1), ends 1970-01-01T00:00:00Z",
          properties: { ticket: "SEC-1" },
        },
      ],
    },
    {
      ruleId: "vex",
      level: "note",
      message: { text: "CVE-2026-0001 in pkg:npm/left@1.0.0 is not_affected (vulnerable_code_not_in_execute_path)" },
      locations: [
        { physicalLocation: { artifactLocation: { uri: "scan.json" } }, logicalLocations: [{ fullyQualifiedName: "/matches/0" }] },
      ],
      suppressions: [
        {
          kind: "external",
          status: "accepted",
          justification:
            "acme.openvex.json /statements/0 says not_affected (vulnerable_code_not_in_execute_path), by Acme, believed as claimed, 2026-11-01T00:00:00Z: it is not called",
          location: { physicalLocation: { artifactLocation: { uri: "acme.openvex.json" } } },
        },
      ],
    },
  ]);
  for (const one of results) expect(log.runs[0].tool.driver.rules[one.ruleIndex].id).toBe(one.ruleId);
  expect(results.length).toBeGreaterThan(suppressed.length);
  expect(log.runs[0].properties.vex).toMatchObject([{ suppressed: 1, kept: 1, conflict: 1, unmentioned: 1, unmatched: 1 }]);
});

it("tells viewers of SARIF of conflicts, why statements do not resolve what is kept, and of statements that matched nothing", () => {
  const [miss] = vex.unmatched;
  if (miss === undefined) throw new Error("no statement is unmatched");
  const many = { ...vex, unmatched: Array.from({ length: 23 }, () => miss), unread: [claim(7, "fixed").record] };
  const log = JSON.parse(renderSarif({ ...withVex, vex: [many] }, texts));
  expect(problems(load("../evidence/sarif/sarif-2.1.0.schema.json"), log)).toEqual([]);
  const results: { ruleId: string; message: { text: string }; suppressions?: unknown }[] = log.runs[0].results;
  expect(results.find((one) => one.ruleId === "vex-conflict")).toMatchObject({
    level: "warning",
    message: {
      text: `CVE-2026-0002 in pkg:npm/left@3.0.0: VEX statements of equal rank disagree
VEX: acme.openvex.json /statements/4 says fixed, by Acme, believed as claimed, 2026-11-01T00:00:00Z
VEX: acme.openvex.json /statements/5 says affected, by Acme, believed as claimed, 2026-11-01T00:00:00Z`,
    },
    properties: { vex: [{ verdict: "conflict", used: [{ pointer: "/statements/4" }, { pointer: "/statements/5" }] }] },
  });
  // No clause minds it, so that it is for information.
  expect(results.find((one) => one.ruleId === "vex-kept")).toMatchObject({
    kind: "informational",
    level: "none",
    message: { text: expect.stringMatching(/\/statements\/3 says not_affected .*: it ended at 2026-01-01T00:00:00Z$/) },
    properties: { vex: [{ verdict: "kept", rejected: [{ pointer: "/statements/3", reason: "expired" }] }] },
  });
  for (const one of results) if (["vex-conflict", "vex-kept"].includes(one.ruleId)) expect(one.suppressions).toBeUndefined();
  const notes: { level: string; descriptor: { id: string }; message: { text: string } }[] =
    log.runs[0].invocations[0].toolExecutionNotifications.filter((one: { level: string }) => one.level === "note");
  const unmatched = notes.filter(({ descriptor }) => descriptor.id === "vex-unmatched").map(({ message }) => message.text);
  expect(unmatched).toHaveLength(21);
  expect(unmatched[0]).toBe(
    "acme.openvex.json /statements/6 on CVE-2026-0001 matched nothing; nearest miss: qualifier distro: it asks for a, pkg:npm/b has c",
  );
  expect(unmatched[20]).toBe("VEX by acme.release, claimed on pkg:npm/shop@1: 3 more statements matched nothing");
  expect(notes.filter(({ descriptor }) => descriptor.id === "vex-unread")).toHaveLength(1);
});

it("is one suppressed result where two declarations are believed that suppress the same finding", () => {
  const log = JSON.parse(renderSarif({ ...withVex, vex: [vex, { ...vex, by: ["claimed"] }] }, texts));
  const results: { suppressions?: readonly object[] }[] = log.runs[0].results;
  expect(results.filter((one) => one.suppressions !== undefined).map((one) => one.suppressions?.length)).toEqual([2]);
});

it("has a line of counts in the formats that have a place for one, and changes nothing where no VEX is read", async () => {
  const line = "VEX by acme.release, claimed on pkg:npm/shop@1: 4 findings: 1 suppressed, 1 kept, 1 in conflict, 1 unmentioned";
  const junit = renderJunit(withVex, texts);
  expect(junit).toContain(`<system-out>${line}`);
  const schema = readFileSync(new URL("fixtures/junit-10.xsd", import.meta.url), "utf8");
  const result = await validateXML({
    xml: [{ fileName: "report.xml", contents: junit }],
    schema: [{ fileName: "junit-10.xsd", contents: schema }],
  });
  expect(result.errors).toEqual([]);
  expect(renderGithub(withVex, texts).split("\n")).toContainEqual(expect.stringMatching(`^waybill: ${line}`));
  expect(renderMarkdown(withVex, texts)).toContain("4 findings: 1 suppressed");
  expect(renderGitlab(withVex, texts)).toBe(renderGitlab(report, texts));
  const text = renderText(withVex, texts, { colour: false, width: 160, verbose: false });
  expect(text).toContain(line);
  expect(text).toContain("suppressed CVE-2026-0001 in pkg:npm/left@1.0.0");
  expect(text).not.toContain("unmentioned CVE-2026-0003");
  expect(renderText(report, texts, { colour: false, width: 160, verbose: false })).not.toContain("VEX");
});

it("lets no name of a statement move the cursor or begin a workflow command", () => {
  const hostile = "a\u001b[31m\n::error::x\u202e";
  const bad = {
    ...vex,
    findings: [
      { finding: finding(0, hostile, hostile), verdict: verdict("suppressed", { used: [claim(0, "fixed", { author: hostile })] }) },
      { finding: finding(1, hostile, hostile), verdict: verdict("conflict", { used: [claim(0, "fixed", { author: hostile })] }) },
    ],
    unmatched: [{ record: claim(1, "fixed").record, miss: () => ({ nearest: "product", detail: hostile }) }],
  };
  const acting = /[\p{Cc}\u202a-\u202e]/u;
  const shown = renderVex(bad, { colour: false, width: 100, verbose: true, kinds: vexKinds, most: 20 });
  expect(acting.test(shown.replaceAll("\n", ""))).toBe(false);
  expect(renderGithub({ ...report, decisions: [], vex: [{ ...bad, subject: { kind: "artifact", name: hostile } }] }, texts)).not.toMatch(
    /^::/m,
  );
  const log = JSON.parse(renderSarif({ ...report, decisions: [], vex: [bad] }, texts));
  expect(problems(load("../evidence/sarif/sarif-2.1.0.schema.json"), log)).toEqual([]);
  const { results, invocations } = log.runs[0];
  const told = [...results, ...invocations[0].toolExecutionNotifications].map((one: { message: { text: string } }) => one.message.text);
  expect(acting.test(told.join(" ").replaceAll("\n", ""))).toBe(false);
});
