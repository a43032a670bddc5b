import { describe, expect, it } from "vitest";
import { type DataRecord, Lack } from "../../../language/core/data.ts";
import { admitValue } from "../door.ts";
import type { Evidence } from "../evidence.ts";
import { osvScanner } from "./adapter.ts";

const source = { name: "osv.json", digest: `sha256:${"0".repeat(64)}`, base: "" };

const guzzle = { name: "guzzlehttp/guzzle", version: "6.3.3", ecosystem: "Packagist" };
const range = (...events: readonly object[]): object => ({ type: "ECOSYSTEM", events });
const affected = (about: object, ...ranges: readonly object[]): object => ({ package: about, ranges });

const report = (vulnerability: object = {}, about: object = guzzle, groups: readonly object[] = []): object => ({
  results: [
    {
      source: { path: "/src/composer.lock", type: "lockfile" },
      packages: [{ package: about, vulnerabilities: [{ id: "GHSA-25mq-v84q-4j7r", ...vulnerability }], groups }],
    },
  ],
});

async function admitted(json: unknown): Promise<Evidence> {
  const { value, diagnostics } = await admitValue(json, source, [osvScanner]);
  expect(diagnostics.filter((d) => d.level === "error")).toEqual([]);
  const [evidence] = value;
  if (evidence === undefined) throw new Error("nothing was read");
  return evidence;
}

async function reading(vulnerability: object = {}, about: object = guzzle, groups: readonly object[] = []): Promise<DataRecord> {
  const { findings } = (await admitted(report(vulnerability, about, groups))).data;
  return (findings as readonly DataRecord[])[0] ?? {};
}

describe("an OSV-Scanner report is refused", () => {
  it.each<[string, unknown, string]>([
    ["whose packages are no list", { results: [{ source: {}, packages: {} }] }, "/results/0/packages"],
    ["with a record without id", report({ id: "" }), "/results/0/packages/0/vulnerabilities/0/id"],
    [
      "with a severity that is a number",
      report({ severity: [{ type: "CVSS_V3", score: 7 }] }),
      "/results/0/packages/0/vulnerabilities/0/severity/0/score",
    ],
  ])("%s", async (_name, json, pointer) => {
    const { value, diagnostics } = await admitValue(json, source, [osvScanner]);
    expect(value).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: "WB0913", level: "error", pointer }]);
  });

  it("that is a report of something else", () => {
    for (const json of [{ results: [], errors: [] }, { results: [{ path: "a.py" }] }, { SchemaVersion: 2, results: [] }, { results: {} }])
      expect(osvScanner.detect(json)).toBe(false);
    expect(osvScanner.detect({ results: [] })).toBe(true);
  });
});

describe("the severity of a record", () => {
  const v3 = { type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" };
  it.each<[string, object, readonly object[], unknown, number | Lack | undefined]>([
    ["is its database's word", { database_specific: { severity: "MODERATE" }, severity: [v3] }, [], "medium", 9.8],
    ["is the rating of its score", { severity: [v3] }, [], "critical", 9.8],
    [
      "is the rating of the newest version's score",
      { severity: [v3, { type: "CVSS_V4", score: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:N/SI:N/SA:N" }] },
      [],
      "medium",
      6.9,
    ],
    ["is that of its group", {}, [{ ids: ["GHSA-25mq-v84q-4j7r"], max_severity: "7.7" }], "high", undefined],
    [
      "is missing where another group has one",
      {},
      [{ ids: ["X-1"], max_severity: "7.7" }],
      new Lack("missing", "the report gives it no severity"),
      undefined,
    ],
    [
      "is missing where its vector lacks metrics",
      { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N" }] },
      [],
      new Lack("missing", "the report gives it no severity"),
      new Lack("malformed", "`CVSS:3.1/AV:N` is no CVSS vector"),
    ],
    [
      "is that of another vector where one cannot be read",
      {
        severity: [
          { type: "CVSS_V4", score: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N" },
          { type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" },
        ],
      },
      [],
      "high",
      7.5,
    ],
    [
      "takes no word of a distribution for a vector",
      { severity: [{ type: "Ubuntu", score: "medium" }] },
      [],
      new Lack("missing", "the report gives it no severity"),
      undefined,
    ],
    [
      "is missing where the word means none",
      { database_specific: { severity: "SCARY" } },
      [],
      new Lack("missing", "the report says its severity is `SCARY`"),
      undefined,
    ],
  ])("%s", async (_name, vulnerability, groups, severity, cvss) => {
    const finding = await reading(vulnerability, guzzle, groups);
    expect(finding["severity"]).toEqual(severity);
    expect(finding["cvss"]).toEqual(cvss);
  });
});

describe("fixed versions", () => {
  const lines = affected(guzzle, range({ introduced: "0" }, { fixed: "6.5.8" }), range({ introduced: "7.0.0" }, { fixed: "7.4.5" }));

  it("name the one to upgrade to, and all that are fixed", async () => {
    expect(await reading({ affected: [lines] })).toMatchObject({
      first_fixed: "6.5.8",
      fixed_range: ">=6.5.8 <7.0.0 || >=7.4.5",
      fix: "fixed",
    });
    expect(await reading({ affected: [lines] }, { ...guzzle, version: "7.1.0" })).toMatchObject({ first_fixed: "7.4.5" });
  });

  it("that another stretch covers fix nothing", async () => {
    const twice = affected(guzzle, range({ introduced: "0" }, { fixed: "1.0.0" }), range({ introduced: "0" }, { fixed: "2.0.0" }));
    expect((await reading({ affected: [twice] }))["fixed_range"]).toBe(">=2.0.0");
    const still = affected(guzzle, range({ introduced: "0" }, { fixed: "1.0.0" }), range({ introduced: "0.5.0" }));
    expect((await reading({ affected: [still] }))["fixed_range"]).toBeUndefined();
    const last = affected(guzzle, range({ introduced: "0" }, { fixed: "1.0.0" }), range({ introduced: "0" }, { last_affected: "1.0.0" }));
    expect((await reading({ affected: [last] }))["fixed_range"]).toBeUndefined();
  });

  it("are none that the record lists as affected, whatever its ranges say", async () => {
    const listing = (...versions: readonly string[]): object => ({
      ...affected(guzzle, range({ introduced: "0" }, { fixed: "6.5.8" })),
      versions,
    });
    expect((await reading({ affected: [listing("6.0.0", "8.0.0", "no version")] }))["fixed_range"]).toBe(">=6.5.8 <8.0.0");
    expect(await reading({ affected: [listing("6.5.8")] })).toMatchObject({ first_fixed: undefined, fixed_range: undefined });
  });

  it("are none where the record is about another package, another release, or commits", async () => {
    expect(await reading({ affected: [{ ...lines, package: { ...guzzle, name: "other" } }] })).toMatchObject({
      first_fixed: undefined,
      fixed_range: undefined,
    });
    const debian = { name: "curl", version: "7.88.1-10", ecosystem: "Debian:12" };
    const bullseye = affected({ name: "curl", ecosystem: "Debian:11" }, range({ introduced: "0" }, { fixed: "7.74.0-1.3" }));
    expect((await reading({ affected: [bullseye] }, debian))["first_fixed"]).toBeUndefined();
    const git = { package: guzzle, ranges: [{ type: "GIT", events: [{ introduced: "0" }, { fixed: "abcdef" }] }] };
    expect((await reading({ affected: [git] }))["first_fixed"]).toBeUndefined();
  });
});

it.each([
  ["Packagist", "guzzlehttp/guzzle", "pkg:composer/guzzlehttp/guzzle@1.0"],
  ["Maven", "org.apache.logging.log4j:log4j-core", "pkg:maven/org.apache.logging.log4j/log4j-core@1.0"],
  ["PyPI", "Foo_Bar", "pkg:pypi/foo-bar@1.0"],
  ["npm", "@babel/core", "pkg:npm/%40babel/core@1.0"],
  ["Go", "golang.org/x/crypto", "pkg:golang/golang.org/x/crypto@1.0"],
  ["Debian:12", "curl", "pkg:deb/debian/curl@1.0"],
  ["Alpine:v3.19", "curl", "pkg:apk/alpine/curl@1.0"],
  ["", "curl", undefined],
  ["Nowhere", "curl", undefined],
])("a package of ecosystem `%s` named `%s` has the purl %s", async (ecosystem, name, purl) => {
  expect((await reading({}, { name, version: "1.0", ecosystem }))["component"]).toMatchObject({ purl });
});

it("aliases are the record's and its group's, without itself", async () => {
  const groups = [{ ids: ["GHSA-25mq-v84q-4j7r"], aliases: ["CVE-2022-31090", "GHSA-25mq-v84q-4j7r", "X-1"] }];
  expect((await reading({ aliases: ["CVE-2022-31090"] }, guzzle, groups))["aliases"]).toEqual(["CVE-2022-31090", "X-1"]);
});

it.each(["experimentalAnalysis", "experimental_analysis"])("call analysis under `%s` says whether the code is reached", async (key) => {
  const group = (called: unknown): readonly object[] => [{ ids: ["GHSA-25mq-v84q-4j7r"], [key]: { "GHSA-25mq-v84q-4j7r": { called } } }];
  expect((await reading({}, guzzle, group(false)))["reachable"]).toBe(false);
  expect((await reading({}, guzzle, group(true)))["reachable"]).toBe(true);
  expect((await reading())["reachable"]).toBeUndefined();
});

it("withdrawn records are counted in a note and are no findings", async () => {
  const { value, diagnostics } = await admitValue(report({ withdrawn: "2024-01-01T00:00:00Z" }), source, [osvScanner]);
  expect(value[0]?.counts).toEqual({ findings: 0, withdrawn: 1 });
  expect(diagnostics).toMatchObject([{ code: "WB0951", level: "note" }]);
});

it("a report without findings is a clean one", async () => {
  expect((await admitted({ results: [] })).data["findings"]).toEqual([]);
});

it("a report that has no list of results lists nothing, which is not the same", async () => {
  const lacks = [new Lack("missing", "the report lists no results, not even none")];
  expect((await admitted({ results: null, experimental_config: {} })).data["findings"]).toMatchObject({ items: [], lacks });
});
