/** The three first policies of the standard library's design, through the command line, on real documents. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import { findingsPolicy, licencesPolicy } from "../e2e/cli/fixtures.ts";
import { folder, repository, waybill } from "../e2e/cli/waybill.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));
const sbom = (name: string): string => join(corpus, "cyclonedx/sbom", name);
const scan = (name: string): string => join(corpus, "scans", name);

async function gate(policy: string, ...words: string[]) {
  const cwd = await folder({ "p.scp": policy });
  return waybill(["gate", "-p", "p.scp", "--now", "2026-11-21T12:00:00Z", ...words], { cwd });
}

describe.skipIf(!existsSync(corpus))("first policies on the corpus (skipped where it is not beside the checkout)", () => {
  it("refuses juice-shop for a package under GPL-2.0, naming it and where it stands", async () => {
    const ran = await gate(licencesPolicy, "-e", sbom("juice-shop.json"));
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("pkg:npm/fuzzball@1.4.0 is licensed GPL-2.0-only");
    expect(ran.out).toMatch(/juice-shop\.json:\d+:\d+ \/components\/\d+\/licenses/);
  });

  it("allows laravel, where every package has a licence and none obliges", async () => {
    expect((await gate(licencesPolicy, "-e", sbom("laravel-7.12.0.json"))).code).toBe(0);
  });

  it("warns on keycloak, with the number of packages whose licence nobody knows", async () => {
    const ran = await gate(licencesPolicy, "-e", sbom("keycloak-10.0.2.json"));
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/\d+ of 903/);
    expect(ran.out).toContain("\nwarn artifact pkg:maven/org.keycloak/keycloak-parent@10.0.2");
  });

  it("refuses a critical finding with a fix in a Trivy report, naming it", async () => {
    const ran = await gate(findingsPolicy, "-e", scan("trivy/scheme_2_many_vulns.json"));
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("CVE-2019-12900: upgrade to 1.0.6-r7");
    expect(ran.out).toContain("/Results/0/Vulnerabilities/2/FixedVersion");
  });

  it("allows a Trivy report whose criticals have no fix", async () => {
    expect((await gate(findingsPolicy, "-e", scan("trivy/all_statuses.json"))).code).toBe(0);
  });

  it("leaves a Grype report with unknown severities that have a fix undecided, and offers what to write", async () => {
    const ran = await gate(findingsPolicy, "-e", scan("anchore_grype/many_vulns3.json"));
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("2 of 327");
    expect(ran.out).toContain("(f.severity otherwise low) == critical");
  });

  it("gates an SBOM and a scan together as SARIF and JUnit by their schemas, and explains a clause", async () => {
    const cwd = await folder({ "l.scp": licencesPolicy, "f.scp": findingsPolicy });
    const words = ["-p", "l.scp", "-p", "f.scp", "-e", sbom("juice-shop.json"), scan("osv_scanner/many_findings.json")];
    const sarif = await waybill(["gate", ...words, "--format", "sarif"], { cwd });
    expect(sarif.code).toBe(1);
    const schema = JSON.parse(readFileSync(join(repository, "engine/evidence/sarif/sarif-2.1.0.schema.json"), "utf8")) as object;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.validate(schema, JSON.parse(sarif.out));
    expect(ajv.errors).toBe(null);
    const junit = await waybill(["gate", ...words, "--format", "junit"], { cwd });
    const xsd = readFileSync(join(repository, "engine/decide/fixtures/junit-10.xsd"), "utf8");
    const valid = await validateXML({ xml: [{ fileName: "g.xml", contents: junit.out }], schema: [{ fileName: "j.xsd", contents: xsd }] });
    expect(valid.errors).toEqual([]);
    const why = await waybill(["why", "fixable.critical", ...words], { cwd });
    expect(why.code).toBe(0);
    expect(why.out).toContain("how it came about");
  });
});
