/** A good predicate of each type, what a policy reads in it, and how it may be broken. Not part of the product. */
import type { Subject } from "../../engine/evidence/statement.ts";

export interface PredicateExample {
  readonly uri: string;
  readonly predicate: unknown;
  readonly subjects?: readonly Subject[];
  /** The standard library's types that come out, the one that `holds` reads first. */
  readonly gives: readonly string[];
  /** Conditions about `it`, the evidence of the first type: each holds. */
  readonly holds: readonly string[];
  /** What is put at a pointer (undefined: taken away), and the pointer that the error names, both relative to the predicate. */
  readonly broken: readonly (readonly [pointer: string, value: unknown, at: string])[];
}

const sha = "c".repeat(64);
const commit = "a9cd7bf0bbfd5732800b8196ce893ae9915b1e87";

const vulns = {
  scanner: {
    uri: "pkg:github/aquasecurity/trivy@0.50.0",
    version: "0.50.0",
    db: { uri: "pkg:github/aquasecurity/trivy-db", version: "2", lastUpdate: "2026-01-01T00:00:00Z" },
    result: [
      {
        id: "CVE-2024-0001",
        severity: [
          { method: "nvd", score: "medium" },
          { method: "vendor", score: "High" },
          { method: "cvss_score", score: "7.2" },
        ],
      },
      { id: "CVE-2024-0002", severity: [{ method: "CVSSv3", score: "9.8" }] },
    ],
  },
  metadata: { scanStartedOn: "2026-01-02T00:00:00Z", scanFinishedOn: "2026-01-02T00:05:00Z" },
};

const trivyReport = {
  SchemaVersion: 2,
  ArtifactName: "shop",
  ArtifactType: "container_image",
  Results: [
    {
      Target: "shop",
      Class: "os-pkgs",
      Type: "alpine",
      Vulnerabilities: [{ VulnerabilityID: "CVE-2024-0001", PkgName: "musl", InstalledVersion: "1.2.3", Severity: "HIGH" }],
    },
  ],
};

export const predicateExamples: readonly PredicateExample[] = [
  {
    uri: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        externalParameters: {
          workflow: { ref: "refs/tags/v1.4.0", repository: "https://github.com/acme/shop", path: ".github/workflows/release.yml" },
        },
        resolvedDependencies: [{ name: "source", uri: "git+https://github.com/acme/shop@refs/tags/v1.4.0", digest: { gitCommit: commit } }],
      },
      runDetails: {
        builder: { id: "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0" },
        metadata: {
          invocationId: "https://github.com/acme/shop/actions/runs/1/attempts/1",
          startedOn: "2026-01-01T00:00:00Z",
          finishedOn: "2026-01-01T00:10:00Z",
        },
      },
    },
    gives: ["waybill.slsa.Provenance"],
    holds: [
      "not known(it.build.level) and not known(it.source.level)",
      'it.build.type == "https://actions.github.io/buildtypes/workflow/v1"',
      'it.build.builder == "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0"',
      'it.build.invocation == "https://github.com/acme/shop/actions/runs/1/attempts/1"',
      'it.build.parameters["workflow.ref"] == "refs/tags/v1.4.0"',
      'every name in it.build.parameter_names: name in ["workflow.ref", "workflow.repository", "workflow.path"]',
      'it.source.repository == "https://github.com/acme/shop" and it.source.ref == "refs/tags/v1.4.0"',
      `it.source.commit == "${commit}" and it.source.digest == "gitcommit:${commit}"`,
      'it.source.workflow == ".github/workflows/release.yml"',
      `some m in it.materials where m.digest == "gitcommit:${commit}" and m.name == "source"`,
      "count(closed(it.materials)) == 1",
      "it.finished_on - it.started_on == 10 minutes",
      "not known(it.build.reproducible) and not known(it.build.hermetic)",
    ],
    broken: [
      ["/buildDefinition/buildType", undefined, "/buildDefinition"],
      ["/runDetails/builder", undefined, "/runDetails"],
    ],
  },
  {
    uri: "https://slsa.dev/provenance/v0.2",
    predicate: {
      builder: { id: "https://acme.example/builder" },
      buildType: "https://acme.example/build/v1",
      invocation: {
        configSource: { uri: "git+https://github.com/acme/shop@refs/heads/main", digest: { sha1: commit }, entryPoint: "build.yml" },
      },
      metadata: { completeness: { materials: true }, reproducible: true },
      materials: [{ uri: "git+https://github.com/acme/shop@refs/heads/main", digest: { sha1: commit } }],
    },
    gives: ["waybill.slsa.Provenance"],
    holds: [
      "it.build.reproducible and count(it.materials) == 1",
      `it.source.repository == "https://github.com/acme/shop" and it.source.commit == "${commit}" and it.source.workflow == "build.yml"`,
      "count(it.build.parameter_names) == 0",
    ],
    broken: [["/builder", undefined, ""]],
  },
  {
    uri: "https://waybill.dev/attestation/change/v1",
    subjects: [{ digest: { gitCommit: commit } }],
    predicate: {
      repository: { uri: "https://github.com/acme/shop", id: "48213077" },
      number: 42,
      base: { ref: "main", commit: "b".repeat(40) },
      head: { commit: "d".repeat(40), tree: "e".repeat(40) },
      merged: { commit, tree: "e".repeat(40), on: "2026-03-01T12:00:00Z" },
      author: { login: "ada", id: "1" },
      contributors: [{ login: "ada", id: "1" }],
      unknownContributors: [],
      approvals: [
        { by: { login: "bo", id: "2" }, commit: "d".repeat(40), on: "2026-03-01T11:00:00Z", counts: true },
        { by: { login: "eve", id: "3" }, commit: "b".repeat(40), on: "2026-03-01T10:00:00Z", counts: false, because: "stale" },
      ],
      changesRequested: [],
      checks: [{ name: "build", app: "github-actions", appId: "15368", commit: "d".repeat(40), conclusion: "success", counts: true }],
      requiredChecks: [{ name: "build", appId: "15368" }],
      incomplete: [],
    },
    gives: ["waybill.review.Change"],
    holds: [
      'it.repository == "https://github.com/acme/shop" and it.repository_id == "48213077" and it.number == 42',
      `it.base == "main" and it.commit == "${commit}" and it.merged_on == 2026-03-01T12:00Z`,
      "it.same_tree and it.reviewed_tree == it.merged_tree",
      'it.author == "ada" and it.approvers[0] == "bo" and count(a in it.approvers) == 1 and it.contributors[0] == "ada"',
      "it.two_party and not it.changes_requested and it.required_passed",
      'some c in it.checks where c.name == "build" and c.app == "github-actions" and c.conclusion == "success" and c.passed',
    ],
    broken: [
      ["", [], ""],
      ["/head/tree", "main", "/head/tree"],
      ["/author", undefined, ""],
      ["/approvals/1/because", undefined, "/approvals/1/counts"],
      ["/merged/on", "yesterday", "/merged/on"],
    ],
  },
  {
    uri: "https://slsa.dev/verification_summary/v1",
    subjects: [{ digest: { gitCommit: commit }, annotations: { sourceRefs: ["refs/heads/main"] } }],
    predicate: {
      verifier: { id: "https://acme.example/verifier", version: { verifier: "1.0.0" } },
      timeVerified: "2026-01-01T00:00:00Z",
      resourceUri: "git+https://github.com/acme/shop",
      policy: { uri: "https://acme.example/policy", digest: { sha256: sha } },
      inputAttestations: [{ uri: "https://acme.example/1", digest: { sha256: sha } }],
      verificationResult: "PASSED",
      verifiedLevels: ["SLSA_SOURCE_LEVEL_3", "ORG_SOURCE_TESTED"],
      dependencyLevels: { SLSA_BUILD_LEVEL_3: 5 },
      slsaVersion: "1.2",
    },
    gives: ["waybill.slsa.VerificationSummary"],
    holds: [
      'it.verifier == "https://acme.example/verifier"',
      'it.verifier_version["verifier"] == "1.0.0"',
      "it.verified_on == 2026-01-01T00:00Z",
      'it.resource == "git+https://github.com/acme/shop"',
      `it.policy.digest == "sha256:${sha}"`,
      'it.policy.uri == "https://acme.example/policy"',
      `some i in it.inputs where i.digest == "sha256:${sha}"`,
      "it.result == passed",
      '"ORG_SOURCE_TESTED" in it.levels',
      'it.dependency_levels["SLSA_BUILD_LEVEL_3"] == 5',
      'it.slsa_version == "1.2"',
      'it.source_refs[0] == "refs/heads/main"',
      "not known(it.source)",
    ],
    broken: [
      ["/verifier", undefined, ""],
      ["/verifier/id", 3, "/verifier/id"],
      ["/resourceUri", undefined, ""],
      ["/policy/uri", undefined, "/policy"],
      ["/verificationResult", "passed", "/verificationResult"],
      ["/verificationResult", undefined, ""],
      ["/verifiedLevels", "SLSA_SOURCE_LEVEL_3", "/verifiedLevels"],
      ["/verifiedLevels", undefined, ""],
      ["/inputAttestations/0/digest", undefined, "/inputAttestations/0"],
      ["/dependencyLevels/SLSA_BUILD_LEVEL_3", -1, "/dependencyLevels/SLSA_BUILD_LEVEL_3"],
      ["/timeVerified", "today", "/timeVerified"],
    ],
  },
  {
    uri: "https://github.com/slsa-framework/slsa-source-poc/source-provenance/v1-draft",
    predicate: {
      activity_type: "pr_merge",
      actor: "ada",
      branch: "refs/heads/main",
      created_on: "2026-01-01T00:00:00Z",
      prev_commit: commit,
      controls: [{ name: "CONTINUITY_ENFORCED", since: "2025-01-01T00:00:00Z" }],
      repo_uri: "https://github.com/acme/shop",
    },
    gives: ["waybill.slsa.SourceProvenance"],
    holds: [
      'it.repository == "https://github.com/acme/shop"',
      'it.ref == "refs/heads/main"',
      `it.previous == "${commit}"`,
      'it.activity == "pr_merge" and it.actor == "ada"',
      "it.created_on == 2026-01-01T00:00Z",
      'some c in it.controls where c.name == "CONTINUITY_ENFORCED" and c.since <= 2025-06-01',
    ],
    broken: [
      ["/repo_uri", undefined, ""],
      ["/controls/0/name", undefined, "/controls/0"],
      ["/controls/0/since", "long ago", "/controls/0/since"],
      ["/actor", 1, "/actor"],
    ],
  },
  {
    uri: "https://github.com/slsa-framework/slsa-source-poc/source-provenance/v1",
    predicate: { prev_commit: commit, properties: { SLSA_SOURCE_LEVEL_3: { since: "2025-02-24T15:24:23.245811209Z" } } },
    gives: ["waybill.slsa.SourceProvenance"],
    holds: ['some c in it.controls where c.name == "SLSA_SOURCE_LEVEL_3" and c.since <= 2025-06-01', "not known(it.repository)"],
    broken: [["/properties/SLSA_SOURCE_LEVEL_3", "yes", "/properties/SLSA_SOURCE_LEVEL_3"]],
  },
  {
    uri: "https://github.com/slsa-framework/source-tool/tag-provenance/v1",
    predicate: {
      actor: "ada",
      controls: [{ name: "TAG_HYGIENE", since: "2025-01-01T00:00:00Z" }],
      createdOn: "2026-01-01T00:00:00Z",
      repoUri: "git+https://github.com/acme/shop.git",
      tag: "refs/tags/v1",
      vsa_summaries: [{ source_refs: ["refs/heads/main"], verifiedLevels: ["SLSA_SOURCE_LEVEL_3"] }],
    },
    gives: ["waybill.slsa.TagProvenance"],
    holds: [
      'it.tag == "refs/tags/v1" and it.repository == "https://github.com/acme/shop"',
      "it.created_on == 2026-01-01T00:00Z",
      'some s in it.summaries where "SLSA_SOURCE_LEVEL_3" in s.levels and "refs/heads/main" in s.source_refs',
    ],
    broken: [
      ["/tag", undefined, ""],
      ["/vsa_summaries/0/verifiedLevels", "x", "/vsa_summaries/0/verifiedLevels"],
    ],
  },
  {
    uri: "https://in-toto.io/attestation/svr/v0.2",
    predicate: {
      verifier: {
        id: "https://acme.example/verifier",
        policies: [{ name: "release.scp", uri: "https://acme.example/p", digest: { sha256: sha } }],
      },
      timeCreated: "2026-01-01T00:00:00Z",
      properties: ["ACME_RELEASE_APPROVED"],
    },
    gives: ["waybill.intoto.VerificationResult"],
    holds: [
      'it.verifier == "https://acme.example/verifier"',
      `some p in it.policies where p.name == "release.scp" and p.digest == "sha256:${sha}" and p.uri == "https://acme.example/p"`,
      "it.created_on == 2026-01-01T00:00Z",
      '"ACME_RELEASE_APPROVED" in it.properties',
    ],
    broken: [
      ["/verifier/policies", undefined, "/verifier"],
      ["/verifier/id", undefined, "/verifier"],
      ["/timeCreated", undefined, ""],
      ["/properties/0", 1, "/properties/0"],
    ],
  },
  {
    uri: "https://in-toto.io/attestation/test-result/v0.1",
    predicate: {
      result: "WARNED",
      configuration: [
        { name: "ci.yml", downloadLocation: "https://acme.example/ci.yml", mediaType: "text/yaml", digest: { sha1: commit, sha256: sha } },
      ],
      url: "https://acme.example/runs/1",
      passedTests: ["a", "b"],
      warnedTests: ["c"],
    },
    gives: ["waybill.intoto.TestResult"],
    holds: [
      "it.result == warned and it.result > failed",
      'it.url == "https://acme.example/runs/1"',
      'every name in ["a", "b"]: name in it.passed',
      '"c" in it.warned',
      "count(it.failed) == 0",
      `some r in it.configuration where r.digest == "sha256:${sha}" and count(r.digests) == 2 and r.media_type == "text/yaml" and r.location == "https://acme.example/ci.yml"`,
    ],
    broken: [
      ["/result", "passed", "/result"],
      ["/result", undefined, ""],
      ["/configuration", undefined, ""],
      ["/failedTests", [1], "/failedTests/0"],
    ],
  },
  {
    uri: "https://in-toto.io/attestation/vulns/v0.2",
    predicate: vulns,
    gives: ["waybill.intoto.Vulnerabilities", "waybill.vuln.Scan"],
    holds: [
      'some s in it.scanners where s.version == "0.50.0" and s.uri == "pkg:github/aquasecurity/trivy@0.50.0"',
      'every s in it.scanners: s.database_updated == 2026-01-01 and s.database == "pkg:github/aquasecurity/trivy-db" and s.database_version == "2"',
      "it.started_on < it.finished_on",
    ],
    broken: [
      ["/scanner/uri", undefined, "/scanner"],
      ["/scanner/result", {}, "/scanner/result"],
      ["/scanner/result/0/severity", "high", "/scanner/result/0/severity"],
      ["/scanner/result/0/id", undefined, "/scanner/result/0"],
      ["/scanner/db/lastUpdate", "x", "/scanner/db/lastUpdate"],
      ["/metadata", undefined, ""],
    ],
  },
  {
    uri: "https://in-toto.io/attestation/vulns/v0.2",
    predicate: vulns,
    gives: ["waybill.vuln.Scan"],
    holds: [
      "some f in it.findings where f.id == CVE-2024-0001 and f.severity == high and f.cvss == 7.2",
      "some f in it.findings where f.id == CVE-2024-0002 and f.severity == critical",
      "count(it.findings) == 2",
      "every f in it.findings: not known(f.component.name)",
    ],
    broken: [],
  },
  {
    uri: "https://cosign.sigstore.dev/attestation/vuln/v1",
    predicate: {
      invocation: { parameters: null, uri: "", event_id: "", "builder.id": "" },
      scanner: { uri: "pkg:github/aquasecurity/trivy@0.50.0", version: "0.50.0", db: { uri: "", version: "" }, result: trivyReport },
      metadata: { scanStartedOn: "2026-01-02T00:00:00.5+02:00", scanFinishedOn: "2026-01-02T00:05:00+02:00" },
    },
    gives: ["waybill.intoto.Vulnerabilities", "waybill.vuln.Scan"],
    holds: ['some s in it.scanners where s.version == "0.50.0"', "it.finished_on == 2026-01-01T22:05Z"],
    broken: [
      ["/scanner", undefined, ""],
      ["/scanner/result/Results", {}, "/scanner/result/Results"],
      ["/metadata/scanStartedOn", "x", "/metadata/scanStartedOn"],
    ],
  },
  {
    uri: "cosign.sigstore.dev/attestation/vuln/v1",
    predicate: {
      scanners: [
        { uri: "pkg:github/acme/other", version: "1", result: { ours: true } },
        { uri: "pkg:github/aquasecurity/trivy", version: "2", result: trivyReport },
      ],
    },
    gives: ["waybill.vuln.Scan"],
    holds: [
      "some f in it.findings where f.id == CVE-2024-0001 and f.severity == high",
      'every f in it.findings: f.component.name == "musl"',
    ],
    broken: [["/scanners/1/result/Results/0/Vulnerabilities", "none", "/scanners/1/result/Results/0/Vulnerabilities"]],
  },
  {
    uri: "https://in-toto.io/attestation/release/v0.2",
    predicate: {
      purl: "pkg:github/acme/shop@v1.4.0",
      packageId: "17",
      repository: "acme/shop",
      repositoryId: "42",
      tag: "v1.4.0",
      databaseId: "1",
    },
    gives: ["waybill.intoto.Release"],
    holds: [
      "it.purl == pkg:github/acme/shop@v1.4.0",
      'it.package_id == "17" and it.repository == "acme/shop" and it.repository_id == "42" and it.tag == "v1.4.0"',
    ],
    broken: [
      ["/purl", undefined, ""],
      ["/packageId", 17, "/packageId"],
    ],
  },
  {
    uri: "https://in-toto.io/attestation/scai/v0.3",
    predicate: {
      attributes: [
        { attribute: "WITH_STACK_PROTECTION", conditions: { flags: "-fstack-protector*" }, target: { name: "shop" } },
        { attribute: "REPRODUCIBLE", evidence: { name: "rebuild.json", digest: { sha256: sha } } },
      ],
      producer: { uri: "https://acme.example/runner" },
    },
    gives: ["waybill.intoto.AttributeReport"],
    holds: [
      'some a in it.attributes where a.name == "WITH_STACK_PROTECTION" and a.conditions["flags"] == "-fstack-protector*" and a.target.name == "shop"',
      `some a in it.attributes where a.name == "REPRODUCIBLE" and a.evidence.digest == "sha256:${sha}"`,
      'it.producer.uri == "https://acme.example/runner"',
    ],
    broken: [
      ["/attributes", [], "/attributes"],
      ["/attributes/0/attribute", undefined, "/attributes/0"],
      ["/producer/digest", "x", "/producer/digest"],
    ],
  },
  {
    uri: "https://in-toto.io/attestation/link/v0.3",
    predicate: {
      name: "build",
      command: ["make", "all"],
      materials: [{ name: "Makefile", digest: { sha256: sha } }],
      byproducts: { "return-value": 0 },
      environment: { CI: "true" },
    },
    gives: ["waybill.intoto.Link"],
    holds: [
      'it.name == "build" and it.command[1] == "all"',
      'some m in it.materials where m.name == "Makefile"',
      'it.byproducts["return-value"] == "0"',
      'it.environment["CI"] == "true"',
    ],
    broken: [
      ["/name", undefined, ""],
      ["/command", "make", "/command"],
      ["/materials/0/digest", undefined, "/materials/0"],
      ["/environment", [], "/environment"],
    ],
  },
  {
    uri: "https://in-toto.io/Link/v1",
    predicate: {
      _type: "link",
      name: "build",
      command: ["make"],
      materials: { "src/a.c": { sha256: sha } },
      products: {},
      byproducts: {},
      environment: {},
    },
    gives: ["waybill.intoto.Link"],
    holds: [
      'it.name == "build"',
      `some m in it.materials where m.name == "src/a.c" and m.digest == "sha256:${sha}"`,
      "count(it.materials) == 1",
    ],
    broken: [
      ["/_type", "layout", "/_type"],
      ["/materials", [], "/materials"],
      ["/materials/src~1a.c", "x", "/materials/src~1a.c"],
    ],
  },
  {
    uri: "https://in-toto.io/attestation/runtime-trace/v0.1",
    predicate: {
      monitor: { type: "https://github.com/cilium/tetragon/v0.8.4", configSource: {}, tracePolicy: { policies: [{ Name: "connect" }] } },
      monitoredProcess: { hostID: "https://tekton.dev/chains/v2", type: "https://tekton.dev/attestations/chains@v2", event: "run-1" },
      monitorLog: {
        process: [{ eventType: "process", processBinary: "/bin/sh", arguments: ["-c", "true"], privileged: null }],
        network: [{ ip: "140.82.112.3", hostname: "github.com", port: 443, protocol: "tcp" }],
      },
      metadata: { buildStartedOn: "2026-01-01T00:00:00Z", buildFinishedOn: "2026-01-01T00:01:00Z" },
    },
    gives: ["waybill.intoto.RuntimeTrace"],
    holds: [
      'it.monitor == "https://github.com/cilium/tetragon/v0.8.4" and it.host == "https://tekton.dev/chains/v2" and it.event == "run-1"',
      'it.process_type == "https://tekton.dev/attestations/chains@v2"',
      'it.policy["policies.0.Name"] == "connect"',
      'every p in it.processes: p.binary == "/bin/sh" and p.arguments[0] == "-c" and p.fields["eventType"] == "process"',
      'every c in it.network: c.hostname == "github.com" and c.port == 443 and c.ip == "140.82.112.3" and c.protocol == "tcp"',
      "not known(it.files[0])",
      "it.finished_on - it.started_on == 1 minute",
    ],
    broken: [
      ["/monitor/type", undefined, "/monitor"],
      ["/monitoredProcess/event", undefined, "/monitoredProcess"],
      ["/monitorLog", {}, "/monitorLog"],
      ["/monitorLog/network/0/port", 99_999, "/monitorLog/network/0/port"],
      ["/monitorLog/process", "none", "/monitorLog/process"],
    ],
  },
  {
    uri: "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
    subjects: [{ name: "pkg:npm/%40acme/shop@1.4.0", digest: { sha512: "d".repeat(128) } }],
    predicate: { name: "@acme/shop", version: "1.4.0", registry: "https://npm.registry.acme.example" },
    gives: ["waybill.npm.Publish"],
    holds: [
      'it.name == "@acme/shop" and it.version == "1.4.0" and it.registry == "https://npm.registry.acme.example"',
      "it.purl == pkg:npm/%40acme/shop@1.4.0",
    ],
    broken: [
      ["/version", undefined, ""],
      ["/registry", "", "/registry"],
    ],
  },
  {
    uri: "https://docs.pypi.org/attestations/publish/v1",
    subjects: [{ name: "shop-1.4.0-py3-none-any.whl", digest: { sha256: "ab".repeat(32) } }],
    predicate: null,
    gives: ["waybill.pypi.Publish"],
    holds: ['it.file == "shop-1.4.0-py3-none-any.whl"'],
    broken: [
      ["", { some: "thing" }, ""],
      ["", [], ""],
    ],
  },
  {
    uri: "https://sigstore.dev/cosign/sign/v1",
    subjects: [{ digest: { sha256: "ab".repeat(32) }, annotations: { team: "web" } }],
    predicate: {},
    gives: ["waybill.cosign.Signature"],
    holds: ['it.annotations["team"] == "web"'],
    broken: [["", [], ""]],
  },
  {
    uri: "https://cosign.sigstore.dev/attestation/v1",
    predicate: { Data: "foo\n", Timestamp: "2026-01-01T00:00:00Z" },
    gives: ["waybill.cosign.Custom"],
    holds: ['it.data == "foo\\n"', "it.timestamp == 2026-01-01T00:00Z"],
    broken: [
      ["/Data", undefined, ""],
      ["/Data", 1, "/Data"],
    ],
  },
];
