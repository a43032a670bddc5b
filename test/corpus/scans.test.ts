/** Scan reports written by others: each is read whole, or refused with what to do about it. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { joinFindings } from "../../engine/evaluate/intrinsics/findings.ts";
import { uniteFindings } from "../../engine/evaluate/intrinsics/merge.ts";
import { admit } from "../../engine/evidence/door.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import { scoreOfVector } from "../../engine/evidence/scan/cvss.ts";
import type { DataRecord, DataValue } from "../../language/core/data.ts";
import { Lack, OpenList } from "../../language/core/data.ts";
import type { Result } from "../../language/diagnostics/diagnostic.ts";

const root = new URL("../../../shared/corpus/scans/", import.meta.url);
const present = existsSync(root);

async function read(path: string): Promise<Result<readonly Evidence[]>> {
  const bytes = readFileSync(new URL(path, root));
  return admit(bytes, path, `sha256:${createHash("sha256").update(bytes).digest("hex")}`);
}

async function scan(path: string): Promise<Evidence> {
  const { value, diagnostics } = await read(path);
  const found = value.find((evidence) => evidence.type === "waybill.vuln.Scan");
  if (found === undefined) throw new Error(`${path}: ${diagnostics.map((d) => d.message).join("; ")}`);
  return found;
}

function findingsOf(evidence: Evidence): readonly DataRecord[] {
  const { findings } = evidence.data;
  return (findings instanceof OpenList ? findings.items : findings) as readonly DataRecord[];
}

function tally(findings: readonly DataRecord[], field: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const finding of findings) {
    const value: DataValue = finding[field];
    const name = value instanceof Lack ? value.cause : value === undefined ? "absent" : String(value);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe.skipIf(!present)("reports of the corpus (skipped where it is not beside the checkout)", () => {
  it("are all named here", () => {
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:json|sarif)$/.test(name));
    expect(new Set(files)).toEqual(new Set([...Object.keys(counts), "sarif/appendix_k.sarif"]));
  });

  const counts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    "trivy/all_statuses.json": { findings: 8 },
    "trivy/scheme_2_many_vulns.json": { findings: 5 },
    "trivy/kubernetes.json": { findings: 10, misconfigurations: 10 },
    "anchore_grype/check_all_fields.json": { findings: 6 },
    "anchore_grype/many_vulns3.json": { findings: 327 },
    "anchore_grype/many_vulns_with_epss_values.json": { findings: 15 },
    "osv_scanner/many_findings.json": { findings: 66 },
    "sarif/codeQL-output.sarif": { findings: 72, runs: 1 },
    "cyclonedx/log4j.json": { vulnerabilities: 8, findings: 8 },
    "cyclonedx/nested-component-log4j.json": { vulnerabilities: 8, findings: 8 },
  };

  it.each(Object.entries(counts))("%s is read: %j", async (path, expected) => {
    const evidence = await scan(path);
    expect(evidence.counts).toEqual(expected);
    expect(findingsOf(evidence)).toHaveLength(expected["findings"] ?? 0);
    const severities = new Set(["negligible", "low", "medium", "high", "critical"]);
    for (const finding of findingsOf(evidence)) {
      expect(typeof finding["id"]).toBe("string");
      if (!(finding["severity"] instanceof Lack)) expect(severities).toContain(finding["severity"]);
    }
  });

  it("appendix K, of a draft of SARIF, is refused at the places that SARIF 2.1.0 does not know", async () => {
    const { value, diagnostics } = await read("sarif/appendix_k.sarif");
    expect(value).toEqual([]);
    expect(diagnostics[0]).toMatchObject({
      code: "WB0913",
      level: "error",
      message: "`/runs/0` has a property `automationId` that the format does not know",
      location: { path: "sarif/appendix_k.sarif" },
    });
    for (const one of diagnostics) expect(one.level).toBe("error");
  });

  it("Trivy's eight statuses become what is known of a fix", async () => {
    expect(tally(findingsOf(await scan("trivy/all_statuses.json")), "fix")).toEqual({
      missing: 3,
      not_fixed: 1,
      fixed: 1,
      wont_fix: 1,
      deferred: 1,
      end_of_life: 1,
    });
  });

  it("Trivy's rows without purl get the one that an SBOM would have", async () => {
    const purls = findingsOf(await scan("trivy/scheme_2_many_vulns.json")).map((finding) => (finding["component"] as DataRecord)["purl"]);
    expect(purls).toEqual([
      "pkg:apk/alpine/freetype@2.9.1-r2?distro=alpine-3.9.4",
      "pkg:apk/alpine/krb5-libs@1.15.5-r0?distro=alpine-3.9.4",
      "pkg:apk/alpine/libbz2@1.0.6-r6?distro=alpine-3.9.4",
      "pkg:maven/org.apache.commons/commons-compress@1.14",
      "pkg:maven/org.apache.commons/commons-compress@1.14",
    ]);
  });

  it("Grype's severities are counted as the report has them, UNKNOWN as missing", async () => {
    expect(tally(findingsOf(await scan("anchore_grype/many_vulns3.json")), "severity")).toEqual({
      medium: 155,
      negligible: 106,
      low: 27,
      high: 24,
      missing: 10,
      critical: 5,
    });
  });

  it("Grype's report with feeds knows EPSS of every finding, and that none is known to be exploited", async () => {
    const findings = findingsOf(await scan("anchore_grype/many_vulns_with_epss_values.json"));
    expect(findings.every((finding) => typeof finding["epss"] === "number")).toBe(true);
    expect(tally(findings, "kev")).toEqual({ false: 15 });
    expect(tally(findingsOf(await scan("anchore_grype/check_all_fields.json")), "kev")).toEqual({ absent: 6 });
  });

  it("OSV-Scanner's CVSS vectors have scores, and its records fixed versions", async () => {
    const findings = findingsOf(await scan("osv_scanner/many_findings.json"));
    expect(findings.filter((finding) => typeof finding["cvss"] === "number")).toHaveLength(43);
    expect(findings[0]).toMatchObject({
      id: "GHSA-25mq-v84q-4j7r",
      cvss: 7.7,
      severity: "high",
      first_fixed: "6.5.8",
      fixed_range: ">=6.5.8 <7.0.0 || >=7.4.5",
    });
  });

  it("base scores of vectors are the scores that scanners print beside them", () => {
    const pairs = [
      "trivy/all_statuses.json",
      "trivy/scheme_2_many_vulns.json",
      "trivy/kubernetes.json",
      "anchore_grype/check_all_fields.json",
      "anchore_grype/many_vulns_with_epss_values.json",
    ].flatMap((path) => ratings(JSON.parse(readFileSync(new URL(path, root), "utf8"))));
    expect(pairs.length).toBeGreaterThan(100);
    for (const [vector, score] of pairs) expect([vector, scoreOfVector(vector)?.score]).toEqual([vector, score]);
  });

  it("CodeQL's results are findings by rule, of unknown severity where the rule has no score", async () => {
    const findings = findingsOf(await scan("sarif/codeQL-output.sarif"));
    expect(tally(findings, "severity")).toEqual({ missing: 72 });
    expect(findings[0]).toMatchObject({ id: "py/empty-except", path: "good/db_init.py", sources: ["CodeQL"] });
  });

  it("findings of a CycloneDX report are on components of its SBOM", async () => {
    const { value } = await read("cyclonedx/log4j.json");
    const bom = value.find((evidence) => evidence.type === "waybill.sbom.Bom");
    const found = value.find((evidence) => evidence.type === "waybill.vuln.Scan");
    expect(joinFindings(bom?.data ?? {}, found?.data ?? {})).toMatchObject({ matched: 8, unmatched: 0 });
  });

  it("two reports of one image are united: no id and component twice, and no finding lost", async () => {
    const one = findingsOf(await scan("osv_scanner/many_findings.json"));
    const rows = one.map((finding) => ({ ...finding, sources: ["again"] }));
    const united = uniteFindings([one, rows]);
    const ids = new Set(united.flatMap((finding) => [String(finding["id"]), ...(finding["aliases"] as readonly string[])]));
    for (const finding of one) expect(ids).toContain(finding["id"]);
    expect(united.length).toBeLessThan(one.length);
    expect(
      united
        .filter((finding) => (finding["component"] as DataRecord)["purl"] !== undefined)
        .every((finding) => (finding["sources"] as readonly string[]).length === 2),
    ).toBe(true);
  });
});

/** Every vector with the score beside it, as Trivy and Grype write them. */
function ratings(json: unknown): readonly (readonly [vector: string, score: number])[] {
  if (json === null || typeof json !== "object") return [];
  const value = json as Readonly<Record<string, unknown>>;
  const metrics = value["metrics"] as Readonly<Record<string, unknown>> | undefined;
  const own = [
    [value["V2Vector"], value["V2Score"]],
    [value["V3Vector"], value["V3Score"]],
    [value["vector"], metrics?.["baseScore"]],
  ].filter((pair): pair is [string, number] => typeof pair[0] === "string" && typeof pair[1] === "number");
  return [...own, ...Object.values(value).flatMap(ratings)];
}
