/** What the packs for CI say of documents that others wrote. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { waybill } from "../e2e/cli/waybill.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));

interface Clause {
  readonly clause: string;
  readonly outcome: string;
  readonly effect: string;
  readonly message: string;
  readonly witnessCount: number;
}

/** Clauses that did not pass, and the effect of all. */
async function judged(
  pack: string,
  path: string,
  ...settings: readonly string[]
): Promise<readonly [effect: string, clauses: readonly Clause[]]> {
  const set = settings.flatMap((setting) => ["--set", `waybill.${setting}`]);
  const ran = await waybill(["gate", "--policy", `policies/packs/${pack}`, "--evidence", corpus + path, "--format", "json", ...set]);
  const answer = JSON.parse(ran.out) as { readonly effect: string; readonly decisions: readonly { readonly clauses: readonly Clause[] }[] };
  return [answer.effect, (answer.decisions[0]?.clauses ?? []).filter((clause) => clause.effect !== "allow")];
}

const labels = (clauses: readonly Clause[]): readonly string[] => clauses.map((clause) => clause.clause).sort();

describe.skipIf(!existsSync(`${corpus}cyclonedx/sbom`))("product SBOMs (skipped without ../shared/corpus/cyclonedx)", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["juice-shop", ["author", "supplier", "timestamp"], ["context", "license"]],
    ["keycloak-10.0.2", ["author", "relationships", "supplier"], ["context", "coverage", "license"]],
    ["laravel-7.12.0", ["author", "supplier", "timestamp"], ["context", "hash"]],
    ["dropwizard-1.3.15", ["author", "relationships", "supplier"], ["context", "license"]],
    ["proton-bridge", ["author", "supplier"], ["context", "license"]],
  ])("%s lacks these minimum elements, and nothing is left undecided", async (name, ntia, cisa) => {
    const path = `cyclonedx/sbom/${name}.json`;
    const [effect, clauses] = await judged("sbom-quality", path);
    expect([effect, labels(clauses)]).toEqual(["deny", ntia]);
    const [later, more] = await judged("sbom-quality", path, "sbom_quality.elements=cisa_2025");
    expect([later, labels(more)]).toEqual(["deny", [...ntia, ...cisa].sort()]);
    for (const clause of more) {
      expect(clause.outcome).toBe("violated");
      // Every message says where the document should have said it.
      expect(clause.message).toMatch(/: CycloneDX /);
    }
  });

  it.each<[string, string, readonly string[]]>([
    ["juice-shop", "deny", ["stated_reported", "strong_copyleft"]],
    ["laravel-7.12.0", "allow", []],
    ["proton-bridge", "warn", ["stated_reported"]],
  ])("the licences of %s: %s", async (name, effect, clauses) => {
    const [found, failed] = await judged("licenses", `cyclonedx/sbom/${name}.json`);
    expect([found, labels(failed)]).toEqual([effect, clauses]);
    expect(failed.every((clause) => clause.outcome === "violated" && clause.message.startsWith("pkg:"))).toBe(true);
  });

  it("an allow list refuses what it cannot judge", async () => {
    const [effect, clauses] = await judged("licenses", "cyclonedx/sbom/proton-bridge.json", "licenses.limit=all_but_permissive");
    expect(effect).toBe("deny");
    expect(labels(clauses)).toContain("permissive");
  });
});

describe.skipIf(!existsSync(`${corpus}scans`))("scan reports (skipped without ../shared/corpus/scans)", () => {
  it.each<[string, string, readonly string[]]>([
    ["anchore_grype/many_vulns_with_epss_values.json", "allow", []],
    ["anchore_grype/many_vulns3.json", "deny", ["rated"]],
    ["trivy/scheme_2_many_vulns.json", "deny", ["fixable"]],
    ["osv_scanner/many_findings.json", "deny", ["fixable", "rated"]],
  ])("the findings of %s: %s", async (path, effect, clauses) => {
    const [found, failed] = await judged("findings", `scans/${path}`);
    expect([found, labels(failed)]).toEqual([effect, clauses]);
  });

  it("findings without a severity can be reported instead", async () => {
    const path = "scans/anchore_grype/many_vulns3.json";
    const [effect, clauses] = await judged("findings", path, "findings.unrated=reported");
    expect([effect, labels(clauses), clauses[0]?.witnessCount]).toEqual(["warn", ["rated_reported"], 2]);
    expect((await judged("findings", path, "findings.unrated=ignored"))[0]).toBe("allow");
  });
});
