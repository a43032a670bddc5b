import { describe, expect, it } from "vitest";
import { type DataRecord, Lack } from "../../language/core/data.ts";
import { compileText } from "../../test/bench/project.ts";
import { type Attested, compileProgram, decide } from "../evaluate/evaluate.ts";
import { admitPredicate } from "../evidence/attestation.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { buildLevel, type ClaimedBuild, withLevels } from "./levels.ts";
import type { BuildClaims, Signer } from "./verification.ts";

const commit = "a9cd7bf0bbfd5732800b8196ce893ae9915b1e87";
const repository = "https://github.com/acme/shop";
const own = `${repository}/.github/workflows/release.yml@refs/tags/v1.4.0`;
const shared = "https://github.com/acme/builds/.github/workflows/image.yml@refs/tags/v3";
const generator = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.0.0";
const delegator =
  "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/delegator_lowperms-generic_slsa3.yml@refs/tags/v2.0.0";
const cloudBuild = "https://cloudbuild.googleapis.com/GoogleHostedWorker";
const cloudBuildKey = "sha256:3fe6dfada209606798e976322c8b69acae580a6708b7112f0f7a053a5b96d675";

/** A certificate of GitHub's for a run of `workflow`, with claims that differ from the usual ones. */
function github(workflow: string, claims: Partial<BuildClaims> = {}, issuer = "https://token.actions.githubusercontent.com"): Signer {
  return {
    kind: "certificate",
    issuer,
    identities: [workflow],
    claims: {
      buildSignerUri: workflow,
      runnerEnvironment: "github-hosted",
      sourceRepositoryUri: repository,
      sourceRepositoryDigest: commit,
      sourceRepositoryRef: "refs/tags/v1.4.0",
      buildConfigUri: own,
      ...claims,
    },
    fingerprint: `sha256:${"1".repeat(64)}`,
  };
}

const key = (fingerprint: string): Signer => ({ kind: "key", fingerprint });
const claimed = (builder: string, rest: ClaimedBuild = {}): ClaimedBuild => ({
  builder,
  repository,
  commit,
  ref: "refs/tags/v1.4.0",
  ...rest,
});

describe("no level is derived", () => {
  it.each<[string, ClaimedBuild, Signer, "missing" | "conflict", string]>([
    ["from a field of the document", claimed(own), key("sha256:00"), "missing", "no level is known"],
    ["without a builder", { repository }, github(own), "missing", "names no builder"],
    ["for a builder that another workflow signed for", claimed(generator), github(own), "conflict", "signed"],
    ["for our workflow where the generator signed", claimed(own), github(generator), "conflict", "signed"],
    [
      "for another repository than the certificate's",
      claimed(own, { repository: "https://github.com/evil/shop" }),
      github(own),
      "conflict",
      "repository",
    ],
    ["for another commit than the certificate's", claimed(own, { commit: "b".repeat(40) }), github(own), "conflict", "commit"],
    ["for another ref than the certificate's", claimed(own, { ref: "refs/heads/main" }), github(own), "conflict", "ref"],
    [
      "for a generator at a branch",
      claimed(generator.replace("refs/tags/v2.0.0", "refs/heads/main")),
      github(generator.replace("refs/tags/v2.0.0", "refs/heads/main")),
      "missing",
      "no release",
    ],
    [
      "for a generator at a short tag",
      claimed(generator.replace("v2.0.0", "v2")),
      github(generator.replace("v2.0.0", "v2")),
      "missing",
      "no release",
    ],
    [
      "for a generator at a candidate",
      claimed(generator.replace("v2.0.0", "v2.0.0-rc.1")),
      github(generator.replace("v2.0.0", "v2.0.0-rc.1")),
      "missing",
      "no release",
    ],
    [
      "for a fork of the generator, beyond what any workflow has",
      claimed(generator),
      github(generator.replace("slsa-framework", "evil")),
      "conflict",
      "signed",
    ],
    [
      "for a delegate of somebody else",
      claimed("https://github.com/evil/b/.github/workflows/b.yml@refs/tags/v1.0.0"),
      github(delegator),
      "missing",
      "delegated",
    ],
    [
      "for a hosted runner on a runner of one's own",
      claimed("https://github.com/actions/runner/github-hosted"),
      github(own, { runnerEnvironment: "self-hosted" }),
      "conflict",
      "self-hosted",
    ],
    [
      "where the certificate does not name the runner",
      claimed(own),
      { ...github(own), claims: { buildSignerUri: own, sourceRepositoryUri: repository } } as Signer,
      "missing",
      "kind of runner",
    ],
    [
      "where the certificate does not name the repository",
      claimed(own),
      { ...github(own), claims: { runnerEnvironment: "github-hosted" } } as Signer,
      "missing",
      "repository",
    ],
    [
      "where the certificate names two workflows",
      claimed(own),
      { ...github(own), identities: [own, shared] } as Signer,
      "missing",
      "several",
    ],
    [
      "where a person signed",
      claimed(own),
      { ...github("dev@acme.example"), identities: ["dev@acme.example"] } as Signer,
      "missing",
      "no workflow",
    ],
    [
      "where another issuer vouched",
      claimed(own),
      github(own, {}, "https://token.actions.githubusercontent.com.evil.example"),
      "missing",
      "no level is known",
    ],
    [
      "where another GitLab vouched for a project of gitlab.com",
      { builder: "https://gitlab.com/acme/shop/-/runners/12" },
      { ...gitlab(), issuer: "https://gitlab.evil.example" } as Signer,
      "missing",
      "gitlab.evil.example",
    ],
    ["for Google's builder with a key of somebody else", claimed(cloudBuild), key("sha256:00"), "conflict", "Google Cloud Build"],
    ["for Google's builder signed on GitHub", claimed(cloudBuild), github(own), "missing", "no level is known"],
    [
      "for Tekton with a key that the table does not have",
      claimed("https://tekton.dev/chains/v2"),
      key("sha256:00"),
      "missing",
      "no level is known",
    ],
    [
      "for a SPIFFE id",
      claimed(own),
      { kind: "spiffe", id: "spiffe://acme.example/ci", fingerprint: "sha256:00" },
      "missing",
      "spiffe://acme.example/ci",
    ],
    ["for a GitLab runner of another project", { builder: "https://gitlab.com/evil/x/-/runners/1" }, gitlab(), "conflict", "acme/shop"],
  ])("%s", (_name, build, signer, cause, because) => {
    expect(buildLevel(build, signer)).toMatchObject({ kind: "none", cause, because: expect.stringContaining(because) });
  });
});

function gitlab(runnerEnvironment = "gitlab-hosted"): Signer {
  return {
    kind: "certificate",
    issuer: "https://gitlab.com",
    identities: ["https://gitlab.com/acme/shop//.gitlab-ci.yml@refs/heads/main"],
    claims: { sourceRepositoryUri: "https://gitlab.com/acme/shop", runnerEnvironment },
    fingerprint: "sha256:00",
  };
}

describe("a level is derived", () => {
  it.each<[string, ClaimedBuild, Signer, string]>([
    ["L2 from GitHub's runners and the workflow that signed", claimed(own), github(own), "L2"],
    ["L2 from npm's name for GitHub's runners", claimed("https://github.com/actions/runner/github-hosted"), github(own), "L2"],
    ["L3 from a certificate with the deprecated extensions only", claimed(generator), deprecated(), "L3"],
    ["L3 from a workflow of another repository that ours calls", claimed(shared), github(shared), "L3"],
    ["L2 from npm, even where such a workflow publishes", claimed("https://github.com/actions/runner/github-hosted"), github(shared), "L2"],
    [
      "L2 from a workflow of our repository that another of ours calls",
      claimed(own),
      github(own, { buildConfigUri: own.replace("release", "ci") }),
      "L2",
    ],
    [
      "L2 from a workflow of the source's own repository that one of another calls",
      claimed(own),
      github(own, { buildConfigUri: shared }),
      "L2",
    ],
    ["L3 from the generator at a release", claimed(generator), github(generator), "L3"],
    ["L3 from a delegate of the generator", claimed(generator.replace("generator_generic", "builder_bazel")), github(delegator), "L3"],
    ["L1 from a runner of one's own", claimed(own), github(own, { runnerEnvironment: "self-hosted" }), "L1"],
    [
      "L1 from npm on a runner of one's own",
      claimed("https://github.com/actions/runner/self-hosted"),
      github(own, { runnerEnvironment: "self-hosted" }),
      "L1",
    ],
    ["L1 from the generator on a runner of one's own", claimed(generator), github(generator, { runnerEnvironment: "self-hosted" }), "L1"],
    [
      "L1 from a workflow of another repository on a runner of one's own",
      claimed(shared),
      github(shared, { runnerEnvironment: "self-hosted" }),
      "L1",
    ],
    ["L2 from a provenance that says nothing of its source", { builder: own }, github(own), "L2"],
    ["L3 from Google's key for Google's builder", claimed(cloudBuild), key(cloudBuildKey), "L3"],
    ["L2 from GitLab's runners", { builder: "https://gitlab.com/acme/shop/-/runners/12" }, gitlab(), "L2"],
    ["L1 from a GitLab runner of one's own", { builder: "https://gitlab.com/acme/shop/-/runners/12" }, gitlab("self-hosted"), "L1"],
  ])("%s", (_name, build, signer, level) => {
    expect(buildLevel(build, signer)).toMatchObject({ kind: "level", level });
  });
});

function deprecated(): Signer {
  return {
    kind: "certificate",
    issuer: "https://token.actions.githubusercontent.com",
    identities: [generator],
    claims: { github: { repository: "acme/shop", sha: commit, ref: "refs/tags/v1.4.0" } },
    fingerprint: "sha256:00",
  };
}

const evidence = (type: string, data: DataRecord): Evidence => ({
  type,
  document: { digest: "sha256:00", name: "x", format: "x", predicateType: type },
  data,
  about: [],
  counts: {},
});

it("puts the level into the provenance, and what it was told before is gone", () => {
  const provenance = (level: string) =>
    evidence("waybill.slsa.Provenance", { build: { builder: own, level }, source: { repository, commit, level: "S4" } });
  const good = withLevels(provenance("L3"), github(own)).data;
  expect((good["build"] as DataRecord)["level"]).toBe("L2");
  expect((good["source"] as DataRecord)["level"]).toBeInstanceOf(Lack);
  const bad = withLevels(provenance("L3"), key("sha256:00")).data;
  expect((bad["build"] as DataRecord)["level"]).toMatchObject({ cause: "missing" });
});

it("hands on what has no levels", () => {
  const bom = evidence("waybill.sbom.Bom", { format: "cyclonedx" });
  expect(withLevels(bom, github(own))).toBe(bom);
});

describe("a summary passes levels on", () => {
  const verifier = "https://github.com/slsa-framework/source-actions";
  const workflow = `${verifier}/.github/workflows/compute_slsa_source.yml@refs/heads/main`;
  const summary = (data: DataRecord, signer: Signer) =>
    withLevels(
      evidence("waybill.slsa.VerificationSummary", {
        verifier,
        result: "passed",
        levels: ["SLSA_SOURCE_LEVEL_3", "ORG_SOURCE_TESTED"],
        source: "S4",
        build: "L3",
        ...data,
      }),
      signer,
    ).data;

  it("of its verifier's own workflow, and of nobody else who names that verifier", () => {
    expect(summary({}, github(workflow))["source"]).toBe("S3");
    expect(summary({}, github(workflow))["build"]).toMatchObject({ cause: "missing" });
    for (const signer of [
      github(own),
      github(workflow.replace("main", "feature")),
      github(workflow, {}, "https://accounts.google.com"),
      key("sha256:00"),
    ])
      expect(summary({}, signer)["source"]).toMatchObject({ cause: "conflict" });
  });

  it("of a verifier with a key of its own: whose key it is, the policy says", () => {
    expect(summary({ verifier: "https://acme.example/verifier" }, key("sha256:00"))["source"]).toBe("S3");
  });

  it("of a workflow whose id is the workflow's or its repository's", () => {
    const id = "https://github.com/acme/verifier";
    const signer = github(`${id}/.github/workflows/verify.yml@refs/heads/main`);
    expect(summary({ verifier: id }, signer)["source"]).toBe("S3");
    expect(summary({ verifier: `${id}/.github/workflows/verify.yml@refs/heads/main` }, signer)["source"]).toBe("S3");
    for (const verifier of [`${id}2`, "https://github.com/acme", `${id}/.github/workflows/verify.yml@refs/heads/x`])
      expect(summary({ verifier }, signer)["source"]).toMatchObject({ cause: "conflict" });
  });

  it("only where it passed, and only levels that exist", () => {
    expect(summary({ result: "failed" }, github(workflow))["source"]).toMatchObject({ cause: "missing" });
    for (const level of [
      "SLSA_SOURCE_LEVEL_9",
      "SLSA_SOURCE_LEVEL_UNEVALUATED",
      "XSLSA_SOURCE_LEVEL_3",
      "SLSA_SOURCE_LEVEL_33",
      "slsa_source_level_3",
    ])
      expect(summary({ levels: [level] }, github(workflow))["source"]).toBeInstanceOf(Lack);
  });
});

it("lets a policy follow a provenance to the summary of the commit that it names", async () => {
  const hex = "ab".repeat(32);
  const verifier = "https://github.com/slsa-framework/source-actions";
  const text = `module acme.source
import waybill.slsa
trust release = key { fingerprint: "sha256:${"1".repeat(64)}" }
trust source_tool = key { fingerprint: "sha256:${"2".repeat(64)}" }
policy reviewed for artifact at ci {
  let provenance = attestation slsa.Provenance by release
  let summary    = attestation slsa.VerificationSummary by source_tool about provenance.source.digest
  require reviewed: summary.source >= slsa.S3 and summary.resource == "git+https://github.com/acme/shop"
}`;
  const attested = async (
    trust: string,
    signer: Signer,
    predicateType: string,
    predicate: object,
    digest: Record<string, string>,
  ): Promise<readonly Attested[]> => {
    const source = { name: "x", digest: `sha256:${Object.values(digest)[0]?.slice(0, 1).repeat(64)}`, base: "" };
    const { value } = await admitPredicate({ predicateType, predicate, subjects: [{ digest }] }, source);
    return value.map((one) => ({ trusts: [`acme.source.${trust}`], evidence: withLevels(one, signer) }));
  };
  const provenance = {
    buildDefinition: {
      buildType: "https://actions.github.io/buildtypes/workflow/v1",
      externalParameters: { workflow: { repository, ref: "refs/tags/v1.4.0" } },
      resolvedDependencies: [{ uri: `git+${repository}@refs/tags/v1.4.0`, digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: own } },
  };
  const summary = {
    verifier: { id: verifier },
    resourceUri: `git+${repository}`,
    policy: { uri: "DEFAULT" },
    verificationResult: "PASSED",
    verifiedLevels: ["SLSA_SOURCE_LEVEL_3"],
  };
  const workflow = `${verifier}/.github/workflows/compute_slsa_source.yml@refs/heads/main`;
  const outcome = async (about: string, signer: Signer): Promise<unknown> => {
    const answer = decide(compileProgram(compileText("source.scp", text)), {
      subject: { kind: "artifact", name: "shop", digest: `sha256:${hex}`, data: { name: "shop" } },
      point: "ci",
      now: 0,
      evidence: [],
      attested: [
        ...(await attested("release", github(own), "https://slsa.dev/provenance/v1", provenance, { sha256: hex })),
        ...(await attested("source_tool", signer, "https://slsa.dev/verification_summary/v1", summary, { gitCommit: about })),
      ],
      failed: [],
    });
    return answer.kind === "decision" && [answer.decision.effect, answer.decision.clauses[0]?.causes];
  };
  expect(await outcome(commit, github(workflow))).toEqual(["allow", []]);
  expect(await outcome("b".repeat(40), github(workflow))).toEqual(["deny", ["missing"]]);
  expect(await outcome(commit, github(own))).toEqual(["deny", ["conflict"]]);
});
