/** What holds for every adapter of scan reports and VEX, on documents that were damaged at random. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OpenList } from "../../../language/core/data.ts";
import { admitValue } from "../door.ts";
import type { Adapter, Evidence } from "../evidence.ts";
import { at } from "../fault.ts";
import { grype } from "../grype/adapter.ts";
import { openvex } from "../openvex/adapter.ts";
import { osvScanner } from "../osv-scanner/adapter.ts";
import { sarif } from "../sarif/adapter.ts";
import { trivy } from "../trivy/adapter.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Format {
  readonly adapter: Adapter;
  readonly fixture: Json;
  /** Patterns of pointers at rows, each of which must become a finding or be told of. */
  readonly rows: readonly RegExp[];
  /** The list of what was read. */
  readonly list: string;
}

const purl = "pkg:npm/%40babel/core@7.1.0";
const digest = `sha256:${"a".repeat(64)}`;

const formats: readonly Format[] = [
  {
    adapter: trivy,
    rows: [
      /^\/Results\/\d+\/Vulnerabilities\/\d+$/,
      /^\/(?:Resources|Findings|Vulnerabilities|Misconfigurations)\/\d+\/Results\/\d+\/Vulnerabilities\/\d+$/,
    ],
    list: "findings",
    fixture: {
      SchemaVersion: 2,
      CreatedAt: "2024-01-15T08:58:29Z",
      ArtifactName: "shop",
      Metadata: { OS: { Family: "debian", Name: "12.4" }, ImageID: digest, RepoDigests: [`shop@${digest}`] },
      Results: [
        {
          Target: "shop (debian 12.4)",
          Class: "os-pkgs",
          Type: "debian",
          Vulnerabilities: [
            {
              VulnerabilityID: "CVE-2024-0001",
              PkgName: "openssl",
              InstalledVersion: "3.0.11-1",
              FixedVersion: "3.0.12-1, 3.1",
              Status: "fixed",
              Severity: "HIGH",
              CVSS: { nvd: { V3Score: 7.5 } },
            },
            { VulnerabilityID: "CVE-2024-0002", PkgName: "zlib1g", Severity: "UNKNOWN", Status: "will_not_fix" },
          ],
        },
        {
          Target: "package-lock.json",
          Class: "lang-pkgs",
          Type: "npm",
          Vulnerabilities: [{ VulnerabilityID: "GHSA-67hx-6x53-jw92", PkgName: "@babel/core", PkgIdentifier: { PURL: purl } }],
        },
      ],
    },
  },
  {
    adapter: trivy,
    rows: [
      /^\/Results\/\d+\/Vulnerabilities\/\d+$/,
      /^\/(?:Resources|Findings|Vulnerabilities|Misconfigurations)\/\d+\/Results\/\d+\/Vulnerabilities\/\d+$/,
    ],
    list: "findings",
    fixture: {
      ClusterName: "prod",
      Resources: [
        {
          Namespace: "a",
          Kind: "Pod",
          Name: "x",
          Metadata: [{ ImageID: digest }],
          Results: [
            { Target: "x", Class: "os-pkgs", Type: "alpine", Vulnerabilities: [{ VulnerabilityID: "CVE-2024-0001", PkgName: "musl" }] },
          ],
        },
        { Kind: "Pod", Name: "y", Error: "timeout" },
      ],
    },
  },
  {
    adapter: grype,
    rows: [/^\/matches\/\d+$/],
    list: "findings",
    fixture: {
      matches: [
        {
          vulnerability: {
            id: "GHSA-67hx-6x53-jw92",
            severity: "High",
            cvss: [{ version: "3.1", metrics: { baseScore: 9.3 } }],
            epss: [{ epss: 0.2 }],
            fix: { versions: ["7.23.2"], state: "fixed" },
          },
          relatedVulnerabilities: [{ id: "CVE-2023-45133", knownExploited: [{}] }],
          matchDetails: [{ fix: { suggestedVersion: "7.23.2" } }],
          artifact: { name: "@babel/core", version: "7.1.0", purl, cpes: ["cpe:2.3:a:b:c:1:*:*:*:*:*:*:*"], locations: [{ path: "/app" }] },
        },
        {
          vulnerability: { id: "CVE-2019-18276", cvssV2: { baseScore: 7.2 }, fixedInVersion: "5.1" },
          matchDetails: {},
          artifact: { name: "bash" },
        },
      ],
      ignoredMatches: [{}],
      source: { type: "image", target: { userInput: "shop", imageID: digest, manifestDigest: digest, repoDigests: [] } },
      descriptor: { name: "grype", version: "0.94.0", db: { status: { valid: true }, providers: { kev: {} } } },
    },
  },
  {
    adapter: osvScanner,
    rows: [/^\/results\/\d+\/packages\/\d+\/vulnerabilities\/\d+$/],
    list: "findings",
    fixture: {
      results: [
        {
          source: { path: "/src/composer.lock", type: "lockfile" },
          packages: [
            {
              package: { name: "guzzlehttp/guzzle", version: "6.3.3", ecosystem: "Packagist" },
              vulnerabilities: [
                {
                  id: "GHSA-25mq-v84q-4j7r",
                  aliases: ["CVE-2022-31090"],
                  severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:N/A:N" }],
                  affected: [
                    {
                      package: { name: "guzzlehttp/guzzle", ecosystem: "Packagist" },
                      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "6.5.8" }] }],
                    },
                  ],
                  database_specific: { severity: "HIGH" },
                },
                { id: "GHSA-cwmx-hcrq-mhc3", withdrawn: "2024-01-01T00:00:00Z" },
              ],
              groups: [
                { ids: ["GHSA-25mq-v84q-4j7r"], experimentalAnalysis: { "GHSA-25mq-v84q-4j7r": { called: true } }, max_severity: "7.7" },
              ],
            },
          ],
        },
      ],
    },
  },
  {
    adapter: sarif,
    rows: [/^\/runs\/\d+\/results\/\d+$/],
    list: "findings",
    fixture: {
      version: "2.1.0",
      runs: [
        {
          tool: {
            driver: {
              name: "CodeQL",
              semanticVersion: "2.5.4",
              rules: [{ id: "js/xss", properties: { "security-severity": "6.1", purls: [purl] } }],
            },
          },
          invocations: [{ executionSuccessful: true }],
          artifacts: [{ location: { uri: "a.js" } }],
          results: [
            {
              ruleId: "js/xss",
              ruleIndex: 0,
              message: { text: "x" },
              locations: [{ physicalLocation: { artifactLocation: { uri: "a.js", index: 0 } } }],
            },
            { kind: "pass", ruleId: "js/xss", message: { text: "x" } },
            { suppressions: [{ kind: "external" }], message: { text: "x" } },
          ],
        },
      ],
    },
  },
  {
    adapter: openvex,
    rows: [/^\/statements\/\d+$/],
    list: "statements",
    fixture: {
      "@context": "https://openvex.dev/ns/v0.2.0",
      "@id": "https://example.com/vex/1",
      author: "Acme",
      timestamp: "2025-01-01T00:00:00Z",
      version: 1,
      statements: [
        {
          vulnerability: { name: "CVE-2024-0001", aliases: ["GHSA-67hx-6x53-jw92"] },
          products: [{ "@id": "pkg:oci/shop", hashes: { "sha-256": "a".repeat(64) }, subcomponents: [{ "@id": purl }] }],
          status: "fixed",
        },
        { vulnerability: { name: "CVE-2024-0002" }, status: "not_affected", impact_statement: "no" },
      ],
    },
  },
];

interface Damage {
  readonly place: number;
  readonly kind: "replace" | "remove" | "repeat" | "rename" | "wrap";
  readonly value: Json;
}

/** Values that break readers: prototypes, odd numbers, long and empty text, shapes of the wrong kind. */
const values: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    "",
    "pkg:",
    "pkg:npm/%zz@1",
    "CVE-",
    "__proto__",
    "sha256:",
    "1,2,,3",
    "x".repeat(5000),
    "\u0000",
    "-",
    1e308,
    -0,
    0.1,
    [],
    {},
    [[]],
    { __proto__: null },
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);
const damage: fc.Arbitrary<Damage> = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom("replace", "remove", "repeat", "rename", "wrap"),
  value: values,
});

/** Every place below the root: its parent, and its key there. */
function places(root: Json): readonly (readonly [parent: Json[] | { [key: string]: Json }, key: string])[] {
  const found: (readonly [Json[] | { [key: string]: Json }, string])[] = [];
  const visit = (value: Json): void => {
    if (value === null || typeof value !== "object") return;
    for (const [key, inner] of Object.entries(value)) {
      found.push([value, key]);
      visit(inner);
    }
  };
  visit(root);
  return found;
}

function damaged(fixture: Json, wounds: readonly Damage[]): Json {
  const json = structuredClone(fixture);
  for (const { place, kind, value } of wounds) {
    const all = places(json);
    const [parent, key] = all[place % Math.max(1, all.length)] ?? [{}, ""];
    const old = Reflect.get(parent, key) as Json;
    if (kind === "replace") Reflect.set(parent, key, structuredClone(value));
    else if (kind === "wrap") Reflect.set(parent, key, [old]);
    else if (kind === "repeat" && Array.isArray(parent)) parent.push(structuredClone(old));
    else if (kind === "remove" && Array.isArray(parent)) parent.splice(Number(key), 1);
    else if (!Array.isArray(parent)) {
      Reflect.deleteProperty(parent, key);
      if (kind === "rename") Reflect.set(parent, `${key}2`, old);
    }
  }
  return json;
}

/** Pointers of the document that match a row's pattern. */
function rowsIn(json: Json, patterns: readonly RegExp[]): number {
  let count = 0;
  const visit = (value: Json, pointer: string): void => {
    if (patterns.some((pattern) => pattern.test(pointer))) count++;
    if (value === null || typeof value !== "object") return;
    for (const [key, inner] of Object.entries(value)) visit(inner, `${pointer}/${key}`);
  };
  visit(json, "");
  return count;
}

function readFrom(evidence: Evidence | undefined, list: string): number {
  const value = evidence?.data[list];
  return value instanceof OpenList ? value.items.length : Array.isArray(value) ? value.length : 0;
}

const source = { name: "x.json", digest: `sha256:${"0".repeat(64)}`, base: "" };

describe.each(formats.map((format, index) => [`${format.adapter.title} (${index + 1})`, format] as const))(
  "%s",
  (_title, { adapter, fixture, rows, list }) => {
    it("reads the undamaged fixture", async () => {
      expect(adapter.detect(fixture)).toBe(true);
      const { value, diagnostics } = await admitValue(fixture, source, [adapter]);
      expect(diagnostics.filter((d) => d.level === "error")).toEqual([]);
      expect(readFrom(value[0], list)).toBeGreaterThan(0);
    });

    it("accounts for every row of a damaged document, or refuses it at a place that exists", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (wounds) => {
          const json = damaged(fixture, wounds);
          const { value, diagnostics } = await admitValue(json, source, [adapter]);
          const errors = diagnostics.filter((d) => d.level === "error");
          for (const { pointer, code } of errors) if (code !== "WB0911") expect(at(json, pointer ?? "")).not.toBeUndefined();
          if (errors.length > 0) {
            expect(value).toEqual([]);
            return;
          }
          const told = diagnostics
            .filter((d) => d.code === "WB0951" || d.code === "WB0952")
            .map((d) => Number(/^\d+/.exec(d.message)?.[0]));
          expect(readFrom(value[0], list) + told.reduce((a, b) => a + b, 0)).toBe(rowsIn(json, rows));
        }),
        { numRuns: 1000 },
      );
    });

    it("never throws, even on a document that no schema has seen", () => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.array(damage, { maxLength: 6 }).map((wounds) => damaged(fixture, wounds)),
            values,
          ),
          (json) => {
            adapter.detect(json);
            adapter.schema(json);
            const { value } = adapter.read(json, source);
            expect(value).toHaveLength(1);
          },
        ),
        { numRuns: 1000 },
      );
    });
  },
);

it("no report is taken for another format's", () => {
  for (const { fixture, adapter } of formats) {
    for (const other of formats) if (other.adapter !== adapter) expect(other.adapter.detect(fixture)).toBe(false);
  }
});
