/**
 * Documents as tools write them, made up and the same in every run: a CycloneDX SBOM with the detail that Syft gives, a
 * Grype report with the detail that Grype gives, and OpenVEX statements about some of what it found.
 */
import { sequence } from "./pods.ts";

const licences = ["MIT", "MIT", "MIT", "Apache-2.0", "Apache-2.0", "ISC", "BSD-3-Clause", "BSD-2-Clause", "MPL-2.0", "0BSD"];
const severities = ["Low", "Low", "Medium", "Medium", "Medium", "High", "High", "Critical"];

interface Package {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

function packageAt(index: number): Package {
  const name = `library-${index.toString(36)}`;
  const version = `${1 + (index % 9)}.${index % 23}.${index % 7}`;
  return { name, version, purl: `pkg:npm/%40acme/${name}@${version}` };
}

function hex(draw: (below: number) => number, length: number): string {
  let text = "";
  while (text.length < length) text += draw(16).toString(16);
  return text;
}

export const product = { name: "shop", purl: "pkg:oci/shop@sha256%3A00" };

/** CycloneDX 1.6, about 800 bytes a component. */
export function sbomOf(components: number): string {
  const draw = sequence(1);
  const root = { type: "container", name: product.name, version: "1.4.0", "bom-ref": "root", purl: product.purl };
  return JSON.stringify({
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: "urn:uuid:7ac5a1d4-3b1e-4d53-9d0c-6f7f0c2f5a11",
    version: 1,
    metadata: {
      timestamp: "2026-11-01T08:00:00Z",
      tools: { components: [{ type: "application", author: "anchore", name: "syft", version: "1.30.0" }] },
      component: root,
    },
    components: Array.from({ length: components }, (_, index) => {
      const { name, version, purl } = packageAt(index);
      return {
        "bom-ref": `${purl}?package-id=${index}`,
        type: "library",
        group: "@acme",
        name,
        version,
        hashes: [{ alg: "SHA-512", content: hex(draw, 128) }],
        licenses:
          index % 97 === 0 ? [{ expression: "MIT OR Apache-2.0" }] : [{ license: { id: licences[draw(licences.length)] ?? "MIT" } }],
        cpe: `cpe:2.3:a:acme:${name}:${version}:*:*:*:*:*:*:*`,
        purl,
        externalReferences: [{ url: `https://registry.example/@acme/${name}/-/${name}-${version}.tgz`, type: "distribution" }],
        properties: [
          { name: "syft:package:foundBy", value: "javascript-lock-cataloger" },
          { name: "syft:package:language", value: "javascript" },
          { name: "syft:package:type", value: "npm" },
          { name: "syft:location:0:path", value: "/usr/src/app/package-lock.json" },
        ],
      };
    }),
    dependencies: [
      { ref: "root", dependsOn: [`${packageAt(0).purl}?package-id=0`] },
      ...Array.from({ length: components }, (_, index) => ({
        ref: `${packageAt(index).purl}?package-id=${index}`,
        dependsOn: [...new Set([2 * index + 1, 2 * index + 2])]
          .filter((of) => of < components)
          .map((of) => `${packageAt(of).purl}?package-id=${of}`),
      })),
    ],
  });
}

function advisory(index: number): string {
  return `CVE-${2015 + (index % 11)}-${10000 + index}`;
}

/** What a scanner found. */
export interface Match extends Package {
  readonly id: string;
}

/** Grype's JSON, spread over the components. */
export function scanOf(findings: number, components: number): string {
  return grypeOf(
    Array.from({ length: findings }, (_, index) => ({
      id: advisory(index),
      ...packageAt(Math.floor((index * components) / findings)),
    })),
  );
}

/** Grype's JSON, about 1.8 kB a match. */
export function grypeOf(matches: readonly Match[]): string {
  return JSON.stringify({
    matches: matches.map(({ id, name, version, purl }, index) => {
      const severity = severities[(index * 7) % severities.length];
      return {
        vulnerability: {
          id,
          dataSource: `https://nvd.nist.gov/vuln/detail/${id}`,
          namespace: "nvd:cpe",
          severity,
          urls: [`https://advisories.example/${id}`, `https://git.example/acme/${name}/commit/${index.toString(16)}`],
          description: `A crafted request to ${name} makes it read beyond the end of a buffer, which discloses memory of the process or ends it.`,
          cvss: [
            {
              source: "nvd@nist.gov",
              type: "Primary",
              version: "3.1",
              vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H",
              metrics: { baseScore: 4 + (index % 60) / 10, exploitabilityScore: 2.9, impactScore: 5.9 },
              vendorMetadata: {},
            },
          ],
          epss: [{ cve: id, epss: (index % 400) / 1000, percentile: (index % 1000) / 1000, date: "2026-11-01" }],
          fix: index % 3 === 0 ? { versions: [], state: "not-fixed" } : { versions: [`${10 + (index % 9)}.0.1`], state: "fixed" },
          advisories: [],
          risk: (index % 100) / 10,
        },
        relatedVulnerabilities: [],
        matchDetails: [
          {
            type: "cpe-match",
            matcher: "javascript-matcher",
            searchedBy: { namespace: "nvd:cpe", cpes: [`cpe:2.3:a:acme:${name}:${version}:*:*:*:*:*:*:*`], package: { name, version } },
            found: {
              vulnerabilityID: id,
              versionConstraint: `< ${10 + (index % 9)}.0.1 (unknown)`,
              cpes: [`cpe:2.3:a:acme:${name}:*:*:*:*:*:*:*:*`],
            },
          },
        ],
        artifact: {
          id: index.toString(16).padStart(16, "0"),
          name,
          version,
          type: "npm",
          locations: [
            {
              path: "/usr/src/app/package-lock.json",
              layerID: `sha256:${"67f770da".repeat(8)}`,
              accessPath: "/usr/src/app/package-lock.json",
            },
          ],
          language: "javascript",
          licenses: ["MIT"],
          cpes: [`cpe:2.3:a:acme:${name}:${version}:*:*:*:*:*:*:*`],
          purl,
          upstreams: [],
        },
      };
    }),
    source: { type: "directory", target: "/usr/src/app" },
    distro: { name: "", version: "", idLike: [] },
    descriptor: {
      name: "grype",
      version: "0.94.0",
      timestamp: "2026-11-01T08:05:00Z",
      db: {
        status: { schemaVersion: "v6.0.2", built: "2026-11-01T01:00:00Z", valid: true },
        providers: { kev: { captured: "2026-11-01T00:00:00Z" } },
      },
    },
  });
}

/** OpenVEX 0.2.0: statements about the first findings, by package. */
export function vexOf(statements: number, findings: number, components: number): string {
  return JSON.stringify({
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://acme.example/vex/shop-1.4.0",
    author: "Acme Product Security",
    timestamp: "2026-11-01T09:00:00Z",
    version: 1,
    statements: Array.from({ length: statements }, (_, index) => ({
      vulnerability: { name: advisory(index) },
      products: [{ "@id": packageAt(Math.floor((index * components) / findings)).purl }],
      status: "not_affected",
      justification: "vulnerable_code_not_in_execute_path",
      impact_statement: "The function that reads the request is not called.",
      timestamp: "2026-11-01T09:00:00Z",
    })),
  });
}
