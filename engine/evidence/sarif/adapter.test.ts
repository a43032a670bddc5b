import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, OpenList } from "../../../language/core/data.ts";
import { admitValue } from "../door.ts";
import type { Evidence } from "../evidence.ts";
import { sarif } from "./adapter.ts";

const source = { name: "report.sarif", digest: `sha256:${"0".repeat(64)}`, base: "" };

const driver = {
  name: "Scanner",
  version: "1.0",
  rules: [{ id: "js/xss" }, { id: "CVE-2021-44228", properties: { "security-severity": "10.0" } }],
};
const result = (rest: object = {}): object => ({ message: { text: "x" }, ...rest });
const run = (results: readonly object[] | null | undefined, rest: object = {}): object => ({
  tool: { driver },
  ...(results === undefined ? {} : { results }),
  ...rest,
});
const log = (...runs: readonly object[]): object => ({ version: "2.1.0", runs });

async function admitted(json: unknown): Promise<Evidence> {
  const { value, diagnostics } = await admitValue(json, source, [sarif]);
  expect(diagnostics.filter((d) => d.level === "error")).toEqual([]);
  const [evidence] = value;
  if (evidence === undefined) throw new Error("nothing was read");
  return evidence;
}

function findingsOf(evidence: Evidence): readonly DataRecord[] {
  const { findings } = evidence.data;
  return (findings instanceof OpenList ? findings.items : findings) as readonly DataRecord[];
}

const reading = async (one: object, rest: object = {}): Promise<DataRecord> =>
  findingsOf(await admitted(log(run([result(one)], rest))))[0] ?? {};

describe("a log is refused", () => {
  it.each<[string, unknown, string, string]>([
    ["of version 2.0.0", { version: "2.0.0", runs: [] }, "WB0912", "/version"],
    ["without a version", { $schema: "https://json.schemastore.org/sarif-2.1.0.json", runs: [] }, "WB0912", ""],
    ["with a run of no tool", { version: "2.1.0", runs: [{ results: [] }] }, "WB0913", "/runs/0"],
    ["with a result without message", log(run([{ ruleId: "js/xss" }])), "WB0913", "/runs/0/results/0"],
    ["with a property that SARIF does not know", log(run([result({ severity: "high" })])), "WB0913", "/runs/0/results/0"],
  ])("%s", async (_name, json, code, pointer) => {
    const { value, diagnostics } = await admitValue(json, source, [sarif]);
    expect(value).toEqual([]);
    expect(diagnostics).toMatchObject([{ code, level: "error", pointer }]);
  });
});

describe("findings are open", () => {
  it.each<[string, object, object]>([
    [
      "of a run that failed",
      log(run([], { invocations: [{ executionSuccessful: false }] })),
      new Lack("transient", "the run of Scanner failed"),
    ],
    ["of a run without results", log(run(undefined)), new Lack("missing", "the run of Scanner gives no list of results")],
    ["of a run whose results are null", log(run(null)), new Lack("missing", "the run of Scanner gives no list of results")],
    [
      "of a run whose results are in other files",
      log(run([], { externalPropertyFileReferences: { results: [{ location: { uri: "x.sarif" } }] } })),
      new Lack("missing", "results of Scanner are in other files"),
    ],
    ["of a log without runs", log(), new Lack("missing", "the log holds no run of a tool")],
    [
      "of a log where one run of two failed",
      log(run([]), run([], { invocations: [{ executionSuccessful: false }] })),
      new Lack("transient", "the run of Scanner failed"),
    ],
  ])("%s", async (_name, json, lack) => {
    expect((await admitted(json)).data["findings"]).toMatchObject({ lacks: [lack] });
  });

  it("nowhere else: an empty list of results is a clean run", async () => {
    expect((await admitted(log(run([])))).data["findings"]).toEqual([]);
  });
});

describe("the id of a result", () => {
  it.each<[string, object, unknown]>([
    ["its rule's", { ruleId: "js/xss" }, "js/xss"],
    ["its rule's by index", { ruleIndex: 0 }, "js/xss"],
    ["its rule's by reference", { rule: { id: "js/xss" } }, "js/xss"],
    ["the advisory that its rule is named after", { ruleId: "CVE-2021-44228-log4j-core" }, "CVE-2021-44228"],
    ["the GHSA that its rule is named after", { ruleId: "GHSA-jfh8-c2jp-5v3q" }, "GHSA-jfh8-c2jp-5v3q"],
    ["no advisory whose number goes on", { ruleId: "CVE-2021-44228x" }, "CVE-2021-44228x"],
    ["missing where it names no rule", {}, new Lack("missing", "the result names no rule")],
    ["missing where its index leads nowhere", { ruleIndex: 99 }, new Lack("missing", "the result names no rule")],
  ])("is %s", async (_name, one, id) => {
    expect((await reading(one))["id"]).toEqual(id);
  });
});

describe("the severity of a result", () => {
  const rated = (properties: object, one: object = {}): Promise<DataRecord> =>
    reading({ ruleId: "r", ...one }, { tool: { driver: { name: "Scanner", rules: [{ id: "r", properties }] } } });

  it.each([
    ["9.8", "critical"],
    ["7.0", "high"],
    ["4.0", "medium"],
    ["0.1", "low"],
    ["0.0", "negligible"],
  ])("of score %s is %s", async (score, severity) => {
    expect((await rated({ "security-severity": score }))["severity"]).toBe(severity);
  });

  it.each(["11", "-1", "high", "9.8.1", "1e1", ""])("is missing for the score `%s`, and says its level", async (score) => {
    expect((await rated({ "security-severity": score }, { level: "error" }))["severity"]).toEqual(
      new Lack("missing", "the rule has no `security-severity`, only the level `error`"),
    );
  });

  it("is the result's own before its rule's", async () => {
    expect((await rated({ "security-severity": "9.8" }, { properties: { "security-severity": "2.0" } }))["severity"]).toBe("low");
  });

  it("is that of a rule in an extension, and of the rule that a result's id extends", async () => {
    const rules = [{ id: "r", properties: { "security-severity": "9.8" } }];
    const tool = {
      driver: { name: "Scanner", rules: [{ id: "other", properties: { "security-severity": "1.0" } }] },
      extensions: [{ name: "pack", rules }],
    };
    expect((await reading({ rule: { id: "r", index: 0, toolComponent: { index: 0 } } }, { tool }))["severity"]).toBe("critical");
    expect((await reading({ ruleId: "r/1" }, { tool }))["severity"]).toBe("critical");
    // An index that points at a rule of another id is no reason to take that rule's score.
    expect((await reading({ ruleId: "r", ruleIndex: 0 }, { tool }))["severity"]).toBe("critical");
  });
});

it("a rule of Grype that lists one package names the component, one that lists several does not", async () => {
  const tool = (purls: readonly string[]): object => ({
    tool: { driver: { name: "Grype", rules: [{ id: "CVE-2024-0001-a", properties: { purls } }] } },
  });
  expect((await reading({ ruleId: "CVE-2024-0001-a" }, tool(["pkg:npm/a@1.0.0"])))["component"]).toMatchObject({
    name: "a",
    version: "1.0.0",
    purl: "pkg:npm/a@1.0.0",
  });
  expect((await reading({ ruleId: "CVE-2024-0001-a" }, tool(["pkg:npm/a@1.0.0", "pkg:npm/a@2.0.0"])))["component"]).toMatchObject({
    purl: undefined,
  });
});

it("results that report no problem are counted in notes; those that may be one, or were suppressed in the log, are findings", async () => {
  const results = [
    { kind: "pass" },
    { kind: "pass" },
    { kind: "notApplicable" },
    { kind: "informational" },
    { baselineState: "absent" },
    { kind: "review" },
    { kind: "open" },
    { kind: "fail" },
    { suppressions: [{ kind: "inSource" }] },
  ];
  const { value, diagnostics } = await admitValue(log(run(results.map((one) => result({ ruleId: "js/xss", ...one })))), source, [sarif]);
  expect(value[0]?.counts).toEqual({ findings: 4, runs: 1, suppressed: 1 });
  expect(diagnostics.map((d) => `${d.level} ${d.message}`)).toEqual([
    "note 2 results of kind `pass` report no problem: not read as findings",
    "note 1 result of kind `notApplicable` report no problem: not read as findings",
    "note 1 result of kind `informational` report no problem: not read as findings",
    "note 1 result of kind `absent` report no problem: not read as findings",
  ]);
});

it("a result says when it was first seen, or nothing of it", async () => {
  const provenance = { firstDetectionTimeUtc: "2026-11-01T08:00:00Z", lastDetectionTimeUtc: "2026-11-21T08:00:00Z" };
  expect((await reading({ ruleId: "CVE-2021-44228", provenance }))["detected"]).toBe("2026-11-01T08:00:00Z");
  expect((await reading({ ruleId: "CVE-2021-44228" }))["detected"]).toBeUndefined();
});

it("runs of two tools keep their own names on findings, and disagree on the log's", async () => {
  const other = { tool: { driver: { name: "Other", version: "1.0" } }, results: [result({ ruleId: "x" })] };
  const evidence = await admitted(log(run([result({ ruleId: "js/xss" })]), other));
  expect(findingsOf(evidence).map((finding) => finding["sources"])).toEqual([["Scanner"], ["Other"]]);
  expect(evidence.data).toMatchObject({ tool: { cause: "conflict" }, tool_version: "1.0" });
});

it("a result is where its location says, or the artifact that its location points to", async () => {
  const at = (artifactLocation: object): object => ({ ruleId: "x", locations: [{ physicalLocation: { artifactLocation } }] });
  expect((await reading(at({ uri: "src/a.js" })))["path"]).toBe("src/a.js");
  expect((await reading(at({ index: 0 }), { artifacts: [{ location: { uri: "src/b.js" } }] }))["path"]).toBe("src/b.js");
  expect((await reading(at({ index: 7 })))["path"]).toBeUndefined();
});
