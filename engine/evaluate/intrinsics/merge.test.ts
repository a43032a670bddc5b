import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, OpenList } from "../../../language/core/data.ts";
import { uniteFindings } from "./merge.ts";
import { recordOf } from "./raw.ts";

const row = (source: string, id: string, purl: string | undefined, rest: DataRecord = {}): DataRecord => ({
  id,
  aliases: [],
  component: { name: "x", purl },
  sources: [source],
  ...rest,
});
const log4j = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1";

describe("uniting keeps apart", () => {
  it("two vulnerabilities of one component", () => {
    expect(uniteFindings([[row("a", "CVE-2024-0001", log4j)], [row("b", "CVE-2024-0002", log4j)]])).toHaveLength(2);
  });

  it("one vulnerability in two components, versions and architectures", () => {
    const purls = [
      "pkg:deb/debian/a@1?arch=amd64",
      "pkg:deb/debian/a@1?arch=arm64",
      "pkg:deb/debian/a@2?arch=amd64",
      "pkg:deb/debian/b@1?arch=amd64",
    ];
    expect(
      uniteFindings([purls.map((purl) => row("a", "CVE-2024-0001", purl)), purls.map((purl) => row("b", "CVE-2024-0001", purl))]),
    ).toHaveLength(4);
  });

  it("findings without id or component, which cannot be told to be the same", () => {
    const nameless = { id: "py/sql-injection", component: { name: new Lack("missing", "") } };
    expect(uniteFindings([[nameless, nameless], [{ ...row("b", "x", log4j), id: new Lack("missing", "") }]])).toHaveLength(3);
  });

  it("the rows of a report that is alone, however alike", () => {
    const rows = [row("a", "CVE-2024-0001", log4j), row("a", "CVE-2024-0001", log4j)];
    expect(uniteFindings([rows])).toBe(rows);
    expect(uniteFindings([])).toEqual([]);
  });
});

describe("one vulnerability of one component in several reports", () => {
  it("is one finding that lists its sources, under the CVE's name", () => {
    const united = uniteFindings([
      [row("trivy", "CVE-2021-44228", log4j, { severity: "critical" })],
      [row("grype", "GHSA-jfh8-c2jp-5v3q", log4j, { aliases: ["CVE-2021-44228"], severity: "critical" })],
    ]);
    expect(united).toEqual([
      {
        id: "CVE-2021-44228",
        aliases: ["GHSA-jfh8-c2jp-5v3q"],
        component: { name: "x", purl: log4j },
        sources: ["trivy", "grype"],
        severity: "critical",
      },
    ]);
  });

  it("is found by an alias that only a third report knows", () => {
    const united = uniteFindings([
      [row("a", "CVE-2021-44228", log4j)],
      [row("b", "GHSA-jfh8-c2jp-5v3q", log4j)],
      [row("c", "SNYK-1", "pkg:npm/other@1", { aliases: ["CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q"] })],
    ]);
    expect(united).toHaveLength(2);
    expect(united[0]?.["sources"]).toEqual(["a", "b"]);
  });

  it("with different severities has a severity in conflict, which says who says what", () => {
    const [one] = uniteFindings([
      [row("trivy", "CVE-2024-0001", log4j, { severity: "low", cvss: 3.1 })],
      [row("grype", "CVE-2024-0001", log4j, { severity: "critical", cvss: 3.1 })],
    ]);
    expect(one?.["severity"]).toEqual(new Lack("conflict", "the reports disagree on severity: trivy says low, grype says critical"));
    expect(one?.["cvss"]).toBe(3.1);
  });

  it("takes what one report alone says, and lets no other's word that it is unknown hide it", () => {
    const [one] = uniteFindings([
      [row("trivy", "CVE-2024-0001", log4j, { severity: new Lack("missing", "UNKNOWN"), first_fixed: undefined })],
      [row("grype", "CVE-2024-0001", log4j, { severity: "critical", first_fixed: "2.17.1" })],
    ]);
    expect(one).toMatchObject({ severity: "critical", first_fixed: "2.17.1" });
  });

  it("stays unsettled where one report could not look", () => {
    const [one] = uniteFindings([
      [row("trivy", "CVE-2024-0001", log4j, { kev: new Lack("transient", "feed down") })],
      [row("grype", "CVE-2024-0001", log4j, { kev: false })],
    ]);
    expect(one?.["kev"]).toEqual(new Lack("transient", "feed down"));
  });

  it("has a set of system calls as open as the most open report's", () => {
    const [one] = uniteFindings([
      [row("a", "CVE-2024-0001", log4j, { required_syscalls: new OpenList(["bpf"], true) })],
      [row("b", "CVE-2024-0001", log4j, { required_syscalls: ["ptrace", "bpf"] })],
    ]);
    expect(one?.["required_syscalls"]).toEqual(new OpenList(["bpf", "ptrace"], true, []));
  });

  it("is on a purl with the qualifiers that all agree on", () => {
    const [one] = uniteFindings([
      [row("trivy", "CVE-2024-0001", "pkg:deb/debian/a@1?distro=debian-10.13", { installed: "1" })],
      [row("grype", "CVE-2024-0001", "pkg:deb/debian/a@1?arch=amd64&distro=debian-10", { installed: "1" })],
    ]);
    expect(recordOf(one?.["component"])?.["purl"]).toBe("pkg:deb/debian/a@1");
  });

  it("has one version where tools write its epoch in two ways", () => {
    const [one] = uniteFindings([
      [row("trivy", "CVE-2024-0001", "pkg:rpm/redhat/a@1-2?epoch=0", { installed: "0:1-2" })],
      [row("grype", "CVE-2024-0001", "pkg:rpm/redhat/a@1-2", { installed: "1-2" })],
    ]);
    expect(one?.["installed"]).toBe("0:1-2");
  });
});

it("the order of reports decides no truth: the same findings, and the same fields in conflict", () => {
  const rows = fc.record({
    source: fc.constantFrom("a", "b"),
    id: fc.constantFrom("CVE-2024-0001", "CVE-2024-0002", "GHSA-jfh8-c2jp-5v3q"),
    purl: fc.constantFrom("pkg:npm/a@1", "pkg:npm/b@1"),
    severity: fc.constantFrom(undefined, "low", "high"),
    aliases: fc.subarray(["CVE-2024-0001", "GHSA-jfh8-c2jp-5v3q"]),
  });
  const report = fc
    .array(rows, { maxLength: 6 })
    .map((list) => list.map(({ source, id, purl, severity, aliases }) => row(source, id, purl, { severity, aliases })));
  const summary = (findings: readonly DataRecord[]): readonly string[] =>
    findings
      .map(
        (one) =>
          `${String(one["id"])} ${String(recordOf(one["component"])?.["purl"])} ${one["severity"] instanceof Lack ? one["severity"].cause : String(one["severity"])}`,
      )
      .sort();
  fc.assert(
    fc.property(report, report, report, (a, b, c) => {
      expect(summary(uniteFindings([a, b, c]))).toEqual(summary(uniteFindings([c, a, b])));
    }),
    { numRuns: 500 },
  );
});

it("unites two reports of 200,000 rows in one pass, which would not end if each were compared with each", () => {
  const report = (source: string): readonly DataRecord[] =>
    Array.from({ length: 200_000 }, (_, i) => row(source, `CVE-2024-${10_000 + (i % 5000)}`, `pkg:npm/p${i}@1.0.0`));
  expect(uniteFindings([report("a"), report("b")])).toHaveLength(200_000);
}, 120_000);

it("keeps findings apart whose names read alike when they stand one after the other", () => {
  const one = (id: string, name: string, version?: string): DataRecord => ({ id, component: { name, version }, sources: ["a"] });
  expect(uniteFindings([[one("a", "b c")], [one("a b", "c")]])).toHaveLength(2);
  expect(uniteFindings([[one("a", "b", "c d")], [one("a", "b c", "d")]])).toHaveLength(2);
  expect(uniteFindings([[one("a", "b", "1")], [one("a", "b", "1")]])).toHaveLength(1);
});
