/** Policies and evidence small enough to read. */

export const findingsPolicy = `module acme.findings

import waybill.vuln

policy fixable for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid critical: some f in scan.findings where f.severity == critical and known(f.first_fixed)
    else "{f.id}: upgrade to {f.first_fixed}"
}

test "a critical finding with a fix is refused" {
  given artifact { name: "shop" }
  given attestation vuln.Scan claimed {
    findings: [{ id: CVE-2024-21538, severity: critical, first_fixed: "7.0.5", component: { name: "cross-spawn" } }]
  }
  expect deny by fixable.critical
}
`;

export const licencesPolicy = `module acme.licences

import waybill.license, waybill.sbom

policy licences for artifact at ci {
  let bom = closed(attestation sbom.Bom claimed)
  forbid copyleft: some c in bom.packages where license.obliges(c.license, ["GPL-2.0-only", "AGPL-3.0-only"])
    else "{c.purl} is licensed {c.license}"
    on missing warn because "not every package declares a licence"
}
`;

export const podsPolicy = `module acme.pods

policy pods for workload {
  forbid privileged: some c in workload.containers where c.securityContext.privileged
    else "{c.name} is privileged"
}
`;

export const namespacePolicy = `module acme.spaces

policy spaces for image at [admission, ci] where image.namespace == "prod" {
  require ours: image.registry == "registry.acme.example" else "{image} is not ours"
}
`;

export const levelPolicy = `module acme.level

input level: Int = 3

policy levels for image {
  require enough: level >= 3 else "the level is {level}"
}
`;

interface Component {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

export function sbom(components: readonly Component[]): string {
  return JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      version: 1,
      metadata: { component: { type: "application", "bom-ref": "root", name: "shop", version: "1.0.0", purl: "pkg:npm/shop@1.0.0" } },
      components: components.map(({ name, version, license }) => ({
        type: "library",
        "bom-ref": `pkg:npm/${name}@${version}`,
        name,
        version,
        purl: `pkg:npm/${name}@${version}`,
        ...(license ? { licenses: [{ license: { id: license } }] } : {}),
      })),
    },
    undefined,
    2,
  );
}

export function grype(matches: readonly { readonly id: string; readonly severity: string; readonly fix?: string }[]): string {
  return JSON.stringify(
    {
      matches: matches.map(({ id, severity, fix }) => ({
        vulnerability: {
          id,
          severity,
          fix: { versions: fix ? [fix] : [], state: fix ? "fixed" : "not-fixed" },
          dataSource: "https://example.org",
          namespace: "nvd:cpe",
        },
        relatedVulnerabilities: [],
        matchDetails: [],
        artifact: {
          name: "cross-spawn",
          version: "7.0.3",
          type: "npm",
          purl: "pkg:npm/cross-spawn@7.0.3",
          locations: [],
          language: "javascript",
          licenses: [],
          cpes: [],
          upstreams: [],
        },
      })),
      source: { type: "directory", target: "shop" },
      distro: { name: "", version: "", idLike: null },
      descriptor: { name: "grype", version: "0.80.0" },
    },
    undefined,
    2,
  );
}

export const pod = (privileged: boolean): string => `apiVersion: v1
kind: Pod
metadata:
  name: shop
  namespace: prod
spec:
  containers:
    - name: web
      image: registry.acme.example/shop:1
      securityContext:
        privileged: ${privileged}
`;
