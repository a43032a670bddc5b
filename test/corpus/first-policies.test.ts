/** What a newcomer's first three policies say of documents that others wrote. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { waybill } from "../e2e/cli/waybill.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "first-policies-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const licences = `module acme.licences
import waybill.license, waybill.sbom
policy licences for artifact at ci {
  let bom = closed(attestation sbom.Bom claimed)
  forbid copyleft: some c in bom.packages where license.obliges(c.license, ["GPL-2.0-only", "AGPL-3.0-only"])
    else "{c.purl} is licensed {c.license}"
    on missing warn because "not every package declares a licence"
}
`;
const findings = `module acme.findings
import waybill.vuln
policy fixable for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid critical: some f in scan.findings where f.severity == critical and known(f.first_fixed)
    else "{f.id}: upgrade to {f.first_fixed}"
}
`;
const pods = `module acme.pods
import waybill.kubernetes
policy pods for workload {
  forbid privileged: some c in workload.containers where c.privileged else "{c.name} is privileged"
  require ours: every c in workload.containers: c.image.registry == "registry.k8s.io" else "{c.image} is not ours"
}
`;

beforeAll(() => {
  for (const [name, text] of Object.entries({ licences, findings, pods })) writeFileSync(join(folder, `${name}.scp`), text);
});

interface Clause {
  readonly clause: string;
  readonly outcome: string;
  readonly message: string;
  readonly witnessCount: number;
  readonly missing: readonly {
    readonly detail: string;
    readonly count: number;
    readonly of: number;
    readonly members: readonly string[];
  }[];
  readonly advice: readonly string[];
}
interface Answer {
  readonly effect: string;
  readonly reason: string;
  readonly decisions: readonly { readonly clauses: readonly Clause[] }[];
}

/** The one clause of a policy on a document, with the effect that the decision has. */
async function decided(policy: string, path: string): Promise<{ readonly code: number; readonly answer: Answer; readonly clause: Clause }> {
  const ran = await waybill(["gate", "--policy", join(folder, `${policy}.scp`), "--evidence", corpus + path, "--format", "json"]);
  const answer = JSON.parse(ran.out) as Answer;
  const clause = answer.decisions[0]?.clauses[0];
  if (clause === undefined) throw new Error(`${path}: ${ran.out}${ran.err}`);
  return { code: ran.code, answer, clause };
}

describe.skipIf(!existsSync(`${corpus}cyclonedx/sbom`))("licences of product SBOMs (skipped without ../shared/corpus/cyclonedx)", () => {
  it("juice-shop is refused, and the package under the GPL named", async () => {
    const { code, answer, clause } = await decided("licences", "cyclonedx/sbom/juice-shop.json");
    expect([code, answer.effect, answer.reason]).toEqual([1, "deny", "violated"]);
    expect(clause).toMatchObject({ outcome: "violated", message: "pkg:npm/fuzzball@1.4.0 is licensed GPL-2.0-only", witnessCount: 1 });
  });

  it("laravel, which is fully licensed and clean, is allowed", async () => {
    const { code, answer, clause } = await decided("licences", "cyclonedx/sbom/laravel-7.12.0.json");
    expect([code, answer.effect, clause.outcome]).toEqual([0, "allow", "passed"]);
  });

  it.each([
    ["proton-bridge.json", "not stated", 8, 201],
    ["keycloak-10.0.2.json", "not stated", 30, 903],
    ["dropwizard-1.3.15.json", "not stated", 34, 167],
  ])("%s is warned of, with the count of packages that state no licence", async (file, detail, count, of) => {
    const { code, answer, clause } = await decided("licences", `cyclonedx/sbom/${file}`);
    expect([code, answer.effect, answer.reason, clause.outcome]).toEqual([0, "warn", "undecided", "undecided"]);
    expect(clause.missing.find((want) => want.detail === detail)).toMatchObject({ count, of });
    expect(clause.message).toMatch(/^`c\.license` of \d+ of \d+ is not known: missing/);
  });

  it("a licence that no SPDX id matches is missing, with its name", async () => {
    const { clause } = await decided("licences", "cyclonedx/sbom/keycloak-10.0.2.json");
    const named = clause.missing.flatMap((want) => want.members);
    expect(named.join("\n")).toMatch(/no SPDX id is named "Bouncy Castle Licence"/);
  });
});

describe.skipIf(!existsSync(`${corpus}scans`))("findings of scan reports (skipped without ../shared/corpus/scans)", () => {
  const expected: Readonly<Record<string, readonly [effect: string, outcome: string, message?: string]>> = {
    "anchore_grype/check_all_fields.json": ["allow", "passed"],
    "anchore_grype/many_vulns3.json": ["deny", "undecided", "`f.severity` of 2 of 327 is not known: missing"],
    "anchore_grype/many_vulns_with_epss_values.json": ["allow", "passed"],
    "trivy/all_statuses.json": ["allow", "passed"],
    "trivy/kubernetes.json": ["allow", "passed"],
    "trivy/scheme_2_many_vulns.json": ["deny", "violated", "CVE-2019-12900: upgrade to 1.0.6-r7"],
    "osv_scanner/many_findings.json": ["deny", "violated", "GHSA-2gwj-7jmv-h26r: upgrade to 3.2.13"],
    "cyclonedx/log4j.json": ["allow", "passed"],
    "cyclonedx/nested-component-log4j.json": ["allow", "passed"],
    "sarif/codeQL-output.sarif": ["allow", "passed"],
  };

  it("are all here, but for one that breaks its own schema", () => {
    const files = readdirSync(`${corpus}scans`, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:json|sarif)$/.test(name));
    expect(new Set(files)).toEqual(new Set([...Object.keys(expected), "sarif/appendix_k.sarif"]));
  });

  it.each(Object.entries(expected))("%s", async (path, [effect, outcome, message]) => {
    const { code, answer, clause } = await decided("findings", `scans/${path}`);
    expect([answer.effect, clause.outcome, code]).toEqual([effect, outcome, effect === "allow" ? 0 : 1]);
    if (message !== undefined) expect(clause.message).toContain(message);
  });

  it("an unknown severity with a fix comes with code to paste", async () => {
    const { clause } = await decided("findings", "scans/anchore_grype/many_vulns3.json");
    expect(clause.advice).toContain("(f.severity otherwise low) == critical");
    expect(clause.missing[0]?.members[0]).toContain("CVE-2021-24031");
  });

  it("a report that breaks its schema gives no verdict, and names where", async () => {
    const ran = await waybill(["gate", "--policy", join(folder, "findings.scp"), "--evidence", `${corpus}scans/sarif/appendix_k.sarif`]);
    expect(ran.code).toBe(3);
    expect(`${ran.out}${ran.err}`.replace(/\s+/g, " ")).toContain("`/runs/0` has a property `automationId` that the format does not know");
    expect(ran.out).not.toContain("allow ");
  });
});

describe.skipIf(!existsSync(`${corpus}pod-security`))("pods (skipped without ../shared/corpus/pod-security)", () => {
  it("are refused where any container, init containers too, is privileged, and allowed elsewhere", async () => {
    const files = readdirSync(`${corpus}pod-security`, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml"));
    const lines = files.map((id) =>
      JSON.stringify({ id, subject: { kind: "workload", object: parse(readFileSync(`${corpus}pod-security/${id}`, "utf8")) as unknown } }),
    );
    const ran = await waybill(["eval", "--policy", join(folder, "pods.scp"), "--batch"], { stdin: `${lines.join("\n")}\n` });
    expect(ran.code).toBe(0);
    const answers = ran.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly id: string; readonly effect: string; readonly clauses: readonly Clause[] });
    expect(answers).toHaveLength(files.length);
    const refused = answers.filter((answer) => answer.effect === "deny").map((answer) => answer.id);
    expect(refused.sort()).toEqual(files.filter((name) => /fail\/privileged\d\.yaml$/.test(name)).sort());
    expect(refused.length).toBeGreaterThan(0);
    const init = answers.find((answer) => answer.id === "baseline/v1.29/fail/privileged1.yaml");
    expect(init?.clauses.find((clause) => clause.clause === "privileged")?.message).toBe("initcontainer1 is privileged");
    expect(answers.filter((answer) => !refused.includes(answer.id)).every((answer) => answer.effect === "allow")).toBe(true);
  });
});
