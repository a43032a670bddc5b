import { describe, expect, it } from "vitest";
import { type DataRecord, Lack } from "../../../language/core/data.ts";
import { admitValue } from "../door.ts";
import type { Evidence } from "../evidence.ts";
import { grype } from "./adapter.ts";

const source = { name: "grype.json", digest: `sha256:${"0".repeat(64)}`, base: "" };

const artifact = { name: "openssl", version: "1.1.1", type: "deb", purl: "pkg:deb/debian/openssl@1.1.1?arch=amd64" };
const match = (vulnerability: object = {}, rest: object = {}): object => ({
  vulnerability: { id: "CVE-2024-0001", ...vulnerability },
  artifact,
  ...rest,
});
const report = (matches: readonly object[], rest: object = {}): object => ({
  matches,
  source: {},
  descriptor: { name: "grype", version: "0.94.0" },
  ...rest,
});

async function admitted(json: unknown): Promise<Evidence> {
  const { value, diagnostics } = await admitValue(json, source, [grype]);
  expect(diagnostics.filter((d) => d.level === "error")).toEqual([]);
  const [evidence] = value;
  if (evidence === undefined) throw new Error("nothing was read");
  return evidence;
}

async function reading(vulnerability: object, rest: object = {}, whole: object = {}): Promise<DataRecord> {
  const { findings } = (await admitted(report([match(vulnerability, rest)], whole))).data;
  return ((findings as readonly DataRecord[])[0] ?? {}) as DataRecord;
}

describe("a Grype report is refused", () => {
  it.each<[string, unknown, string]>([
    ["whose matches are no list", report({} as []), "/matches"],
    ["with a match of nothing", report([{ vulnerability: { id: "CVE-2024-0001" } }]), "/matches/0"],
    ["with a vulnerability without id", report([match({ id: "" })]), "/matches/0/vulnerability/id"],
    ["with an EPSS that is no probability", report([match({ epss: [{ epss: 1.5 }] })]), "/matches/0/vulnerability/epss/0/epss"],
    ["with fixed versions that are numbers", report([match({ fix: { versions: [1.2] } })]), "/matches/0/vulnerability/fix/versions/0"],
  ])("%s", async (_name, json, pointer) => {
    const { value, diagnostics } = await admitValue(json, source, [grype]);
    expect(value).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: "WB0913", level: "error", pointer }]);
  });
});

describe("findings are open", () => {
  it.each([
    ["its database failed, as old releases say it", { db: { error: "no such file" } }, "Grype's database failed: no such file"],
    ["its database failed", { db: { status: { error: "checksum mismatch" } } }, "Grype's database failed: checksum mismatch"],
    ["its database is not valid", { db: { status: { valid: false } } }, "Grype's database is not valid"],
  ])("where %s", async (_name, descriptor, detail) => {
    const evidence = await admitted(report([match()], { descriptor: { name: "grype", ...descriptor } }));
    expect(evidence.data["findings"]).toMatchObject({ lacks: [new Lack("transient", detail)] });
  });

  it("nowhere else", async () => {
    expect((await admitted(report([], { descriptor: { name: "grype", db: { error: null } } }))).data["findings"]).toEqual([]);
  });

  it("where the report has no list of matches: an empty one would be written as such", async () => {
    const lacks = [new Lack("missing", "the report lists no matches, not even none")];
    expect((await admitted({ ...report([]), matches: null })).data["findings"]).toMatchObject({ items: [], lacks });
  });
});

describe("a match", () => {
  it.each([
    ["Negligible", "negligible"],
    ["High", "high"],
    ["Unknown", new Lack("missing", "the report says its severity is `Unknown`")],
    [undefined, new Lack("missing", "the report gives it no severity")],
  ])("of severity %s", async (severity, expected) => {
    expect((await reading({ severity }))["severity"]).toEqual(expected);
  });

  it.each<[object, unknown, string | undefined]>([
    [{ fix: { state: "fixed", versions: ["1.2", "2.0"] } }, "fixed", "1.2"],
    [{ fix: { state: "not-fixed", versions: [] } }, "not_fixed", undefined],
    [{ fix: { state: "wont-fix", versions: [] } }, "wont_fix", undefined],
    [{ fix: { state: "unknown", versions: [] } }, new Lack("missing", "Grype says the fix state is `unknown`"), undefined],
    [{ fix: { state: "", versions: null } }, undefined, undefined],
    [{ fixedInVersion: "1.2" }, "fixed", "1.2"],
    [{}, undefined, undefined],
  ])("with %j", async (vulnerability, fix, firstFixed) => {
    const finding = await reading(vulnerability);
    expect(finding["fix"]).toEqual(fix);
    expect(finding["first_fixed"]).toBe(firstFixed);
  });

  it("is fixed first in the least version above the installed one", async () => {
    const npm = { artifact: { name: "a", version: "2.1.0", purl: "pkg:npm/a@2.1.0" } };
    expect((await reading({ fix: { state: "fixed", versions: ["3.0.0", "1.9.0", "2.1.1"] } }, npm))["first_fixed"]).toBe("2.1.1");
  });

  it("has a single related CVE as alias, and none of the many that an advisory covers", async () => {
    const related = (...ids: readonly string[]): object => ({ relatedVulnerabilities: ids.map((id) => ({ id })) });
    expect((await reading({ id: "GHSA-v6rh-hp5x-86rv" }, related("CVE-2021-44420")))["aliases"]).toEqual(["CVE-2021-44420"]);
    expect((await reading({ id: "ALAS-2021-1" }, related("CVE-2021-0001", "CVE-2021-0002")))["aliases"]).toEqual([]);
    expect((await reading({ id: "CVE-2021-0001" }, related("CVE-2021-0001", "CVE-2021-0002")))["aliases"]).toEqual([]);
  });

  it("is known to be exploited where the catalogue says so, not where it is silent, and unknown without it", async () => {
    const kev = { descriptor: { name: "grype", db: { providers: { kev: {} } } } };
    expect((await reading({ knownExploited: [{ cve: "CVE-2024-0001" }] }))["kev"]).toBe(true);
    expect((await reading({}, { relatedVulnerabilities: [{ id: "CVE-2024-0002", knownExploited: [{}] }] }))["kev"]).toBe(true);
    expect((await reading({}, {}, kev))["kev"]).toBe(false);
    expect((await reading({}))["kev"]).toBeUndefined();
  });

  it("has the highest EPSS of its ids, and none where no feed gives one", async () => {
    const epss = { epss: [{ cve: "CVE-2024-0001", epss: 0.01 }] };
    expect((await reading(epss, { relatedVulnerabilities: [{ id: "CVE-2024-0002", epss: [{ epss: 0.5 }] }] }))["epss"]).toBe(0.5);
    expect((await reading({ epss: [] }))["epss"]).toBeUndefined();
  });

  it("has the score of the newest CVSS version, a primary rating first, and a related one's only where it has none", async () => {
    const rating = (version: string, baseScore: number, type?: string): object => ({ version, type, metrics: { baseScore } });
    expect(
      (await reading({ cvss: [rating("2.0", 9.9), rating("3.1", 5, "Primary"), rating("3.1", 8, "Secondary"), rating("9.9", 1)] }))["cvss"],
    ).toBe(5);
    expect((await reading({ cvss: [] }, { relatedVulnerabilities: [{ id: "x", cvss: [rating("3.0", 6.1)] }] }))["cvss"]).toBe(6.1);
    expect((await reading({ cvssV2: { baseScore: 7.2 } }))["cvss"]).toBe(7.2);
  });

  it("stands at its match, and its component at the artifact", async () => {
    const finding = await reading({});
    const place = (record: unknown): unknown =>
      Object.getOwnPropertySymbols(record).map((symbol) => Reflect.get(record as object, symbol).pointer)[0];
    expect([place(finding), place(finding["component"])]).toEqual(["/matches/0", "/matches/0/artifact"]);
  });
});

it("a report is bound to manifest and configuration digests; what was scanned may be a folder", async () => {
  const digest = (fill: string): string => `sha256:${fill.repeat(64)}`;
  const target = {
    userInput: "shop:1.2",
    manifestDigest: digest("a"),
    imageID: digest("b"),
    repoDigests: [`ghcr.io/acme/shop@${digest("c")}`, "junk"],
  };
  const evidence = await admitted(report([], { source: { type: "image", target } }));
  expect(evidence.about).toEqual([
    { kind: "manifest", digest: digest("a") },
    { kind: "manifest", digest: digest("c") },
    { kind: "config", digest: digest("b") },
  ]);
  expect(evidence.data["target"]).toBe("shop:1.2");
  expect((await admitted(report([], { source: { type: "directory", target: "/src" } }))).data["target"]).toBe("/src");
});

it("matches that Grype was told to ignore are counted in a note", async () => {
  const { diagnostics, value } = await admitValue(report([match()], { ignoredMatches: [match()] }), source, [grype]);
  expect(diagnostics).toMatchObject([{ code: "WB0950", level: "note", message: "Grype was told to ignore 1 match: not read as findings" }]);
  expect(value[0]?.counts).toEqual({ findings: 1, ignored: 1 });
});

it("only which findings there are is read where nobody will ask for more, and everything as soon as one field is asked for", async () => {
  const json = report([match({ id: "CVE-2024-0001", severity: "High" })]);
  const read = async (...names: readonly string[]) => {
    const { value } = await admitValue(json, source, [grype], { names: new Set(names), fields: new Set() });
    return (value[0]?.data["findings"] as readonly Readonly<Record<string, unknown>>[])[0];
  };
  const [named, whole] = [await read("id", "component"), await read("id", "severity")];
  expect(Object.keys(named ?? {})).toEqual(["id", "aliases", "component", "installed", "sources"]);
  expect(whole).toMatchObject({ ...named, severity: "high" });
  expect(Object.keys(whole ?? {}).length).toBeGreaterThan(10);
});
