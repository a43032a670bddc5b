import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, OpenList } from "../../../language/core/data.ts";
import { mutations } from "../../../test/evidence/mutations.ts";
import { admitPredicate } from "../attestation.ts";
import type { Evidence } from "../evidence.ts";
import { parseRepository } from "./repository.ts";

const source = { name: "shop.intoto.json", digest: `sha256:${"0".repeat(64)}`, base: "" };
const subjects = [{ name: "shop", digest: { sha256: "ab".repeat(32) } }];
const commit = "a9cd7bf0bbfd5732800b8196ce893ae9915b1e87";

const v1 = {
  buildDefinition: {
    buildType: "https://actions.github.io/buildtypes/workflow/v1",
    externalParameters: {
      workflow: { ref: "refs/tags/v1.4.0", repository: "https://github.com/acme/shop", path: ".github/workflows/release.yml" },
    },
    internalParameters: { github: { event_name: "push", runner_environment: "github-hosted" } },
    resolvedDependencies: [{ uri: "git+https://github.com/acme/shop@refs/tags/v1.4.0", digest: { gitCommit: commit } }],
  },
  runDetails: {
    builder: { id: "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0" },
    metadata: {
      invocationId: "https://github.com/acme/shop/actions/runs/1/attempts/1",
      startedOn: "2026-01-01T00:00:00Z",
      finishedOn: "2026-01-01T00:10:00Z",
    },
  },
};

const v02 = {
  builder: { id: "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.0.0" },
  buildType: "https://github.com/slsa-framework/slsa-github-generator/generic@v1",
  invocation: {
    configSource: {
      uri: "git+https://github.com/acme/shop@refs/heads/main",
      digest: { sha1: commit },
      entryPoint: ".github/workflows/release.yml",
    },
    parameters: { args: ["--release"] },
  },
  metadata: {
    buildInvocationId: "1-1",
    buildStartedOn: "2026-01-01T00:00:00Z",
    buildFinishedOn: "2026-01-01T00:10:00Z",
    completeness: { parameters: true, environment: false, materials: true },
    reproducible: true,
  },
  materials: [
    { uri: "git+https://github.com/acme/shop@refs/heads/main", digest: { sha1: commit } },
    { uri: "oci://registry.example/base", digest: { sha256: "c".repeat(64) } },
  ],
};

const type1 = "https://slsa.dev/provenance/v1";
const type02 = "https://slsa.dev/provenance/v0.2";

async function read(predicateType: string, predicate: unknown): Promise<Evidence> {
  const { value, diagnostics } = await admitPredicate({ predicateType, predicate, subjects }, source);
  expect(diagnostics).toEqual([]);
  const [evidence] = value;
  if (evidence === undefined) throw new Error("nothing was read");
  return evidence;
}

const part = ({ data }: Evidence, name: string): DataRecord => data[name] as DataRecord;

describe("a provenance is refused", () => {
  const without = (path: string, value?: unknown): unknown => {
    const copy = structuredClone(v1) as Record<string, unknown>;
    const keys = path.split("/").slice(1);
    const last = keys.pop() ?? "";
    const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
    return copy;
  };
  it.each<[string, string, unknown, string]>([
    ["without a builder", type1, without("/runDetails/builder"), "/predicate/runDetails"],
    ["with a builder without id", type1, without("/runDetails/builder/id"), "/predicate/runDetails/builder"],
    ["without a build type", type1, without("/buildDefinition/buildType"), "/predicate/buildDefinition"],
    ["with a time that is none", type1, without("/runDetails/metadata/startedOn", "yesterday"), "/predicate/runDetails/metadata/startedOn"],
    [
      "with parameters that are a text",
      type1,
      without("/buildDefinition/externalParameters", "x"),
      "/predicate/buildDefinition/externalParameters",
    ],
    [
      "with a material that is a text",
      type1,
      without("/buildDefinition/resolvedDependencies", ["x"]),
      "/predicate/buildDefinition/resolvedDependencies/0",
    ],
    ["of v0.2 under the name of v1", type1, v02, "/predicate"],
    ["of v1 under the name of v0.2", type02, v1, "/predicate"],
    [
      "of v0.2 with a digest that is a number",
      type02,
      { ...v02, materials: [{ uri: "x", digest: { sha1: 1 } }] },
      "/predicate/materials/0/digest/sha1",
    ],
  ])("%s", async (_name, predicateType, predicate, pointer) => {
    const { value, diagnostics } = await admitPredicate({ predicateType, predicate, subjects }, source);
    expect(value).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ code: "WB0913", pointer });
  });
});

it("does not say a level: that follows from who signed", async () => {
  for (const evidence of [await read(type1, v1), await read(type02, v02)]) {
    expect(part(evidence, "build")["level"]).toBeInstanceOf(Lack);
    expect(part(evidence, "source")["level"]).toBeInstanceOf(Lack);
  }
  const boasting = await read(type1, { ...v1, buildLevel: "L3", slsaLevel: 3, runDetails: { ...v1.runDetails, level: "L3" } });
  expect(part(boasting, "build")["level"]).toMatchObject({ cause: "missing" });
});

it("reads what v1 says, the source by the workflow that GitHub names", async () => {
  const evidence = await read(type1, v1);
  expect(evidence.type).toBe("waybill.slsa.Provenance");
  expect(part(evidence, "build")).toMatchObject({
    type: "https://actions.github.io/buildtypes/workflow/v1",
    builder: "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0",
    invocation: "https://github.com/acme/shop/actions/runs/1/attempts/1",
    parameters: { "workflow.ref": "refs/tags/v1.4.0" },
    parameter_names: ["workflow.ref", "workflow.repository", "workflow.path"],
  });
  expect(part(evidence, "source")).toMatchObject({
    repository: "https://github.com/acme/shop",
    ref: "refs/tags/v1.4.0",
    commit,
    digest: `gitcommit:${commit}`,
    workflow: ".github/workflows/release.yml",
  });
  expect(evidence.data).toMatchObject({ started_on: "2026-01-01T00:00:00Z", finished_on: "2026-01-01T00:10:00Z" });
  // Materials are best effort, unless the builder says that it names all (SLSA, `resolvedDependencies`).
  expect(evidence.data["materials"]).toBeInstanceOf(OpenList);
});

it("reads v0.2 into the same shape, and what its metadata says", async () => {
  const evidence = await read(type02, v02);
  expect(part(evidence, "source")).toMatchObject({
    repository: "https://github.com/acme/shop",
    ref: "refs/heads/main",
    commit,
    workflow: ".github/workflows/release.yml",
  });
  expect(part(evidence, "build")).toMatchObject({ reproducible: true, parameters: { "args.0": "--release" } });
  expect(evidence.data["materials"]).toMatchObject([
    { digest: `gitcommit:${commit}`.replace("gitcommit", "sha1") },
    { digest: `sha256:${"c".repeat(64)}` },
  ]);
});

it("keeps nothing of a document without parameters, metadata or materials, and does not make any up", async () => {
  const bare = { buildDefinition: { buildType: "https://acme.example/build/v1" }, runDetails: { builder: { id: "https://acme.example" } } };
  const evidence = await read(type1, bare);
  expect(part(evidence, "source")["repository"]).toMatchObject({ cause: "missing" });
  expect(part(evidence, "build")).toMatchObject({ invocation: undefined, parameters: {}, reproducible: undefined });
  expect(evidence.data["materials"]).toBeUndefined();
});

it("reads what BuildKit writes without being told who it is: a builder without a name is missing", async () => {
  const evidence = await read(type02, { ...v02, builder: { id: "" }, metadata: { "https://mobyproject.org/buildkit@v1#hermetic": true } });
  expect(part(evidence, "build")).toMatchObject({ builder: undefined, hermetic: true });
  const newer = {
    ...v1,
    runDetails: {
      builder: { id: "" },
      metadata: { invocationID: "x1", buildkit_hermetic: false, buildkit_completeness: { resolvedDependencies: true } },
    },
  };
  const evidence1 = await read(type1, newer);
  expect(part(evidence1, "build")).toMatchObject({ builder: undefined, hermetic: false, invocation: "x1" });
  expect(Array.isArray(evidence1.data["materials"])).toBe(true);
});

it("takes an entry point for a file only where it looks like one: GitLab names a job", async () => {
  const job = { ...v02, invocation: { configSource: { ...v02.invocation.configSource, entryPoint: "deploy" } } };
  expect(part(await read(type02, job), "source")["workflow"]).toBeUndefined();
});

describe("the source is found", () => {
  const of = (externalParameters: object, resolvedDependencies: readonly object[] = []) =>
    read(type1, { ...v1, buildDefinition: { buildType: "https://acme.example/build/v1", externalParameters, resolvedDependencies } });
  const git = { uri: "git+https://github.com/acme/shop.git", digest: { sha1: commit } };

  it("where Cloud Build, BuildKit, GitLab and the container-based builder name it", async () => {
    const repository = "git+https://github.com/acme/shop";
    const found = [
      await of({ buildConfigSource: { repository, ref: "refs/heads/main", path: "cloudbuild.yaml" } }, [
        { uri: `${repository}@refs/heads/main`, digest: { gitCommit: commit } },
      ]),
      await of({ configSource: { uri: "https://github.com/acme/shop.git#refs/heads/main", digest: { sha1: commit }, path: "Dockerfile" } }),
      await of({ source: "https://github.com/acme/shop" }, [{ uri: "https://github.com/acme/shop", digest: { sha256: commit } }]),
      await of({ source: { uri: `${repository}@refs/heads/main`, digest: { sha1: commit } }, configPath: "build.toml" }),
    ];
    for (const evidence of found) expect(part(evidence, "source")).toMatchObject({ repository: "https://github.com/acme/shop", commit });
    expect(found.map((evidence) => part(evidence, "source")["workflow"])).toEqual([
      "cloudbuild.yaml",
      "Dockerfile",
      undefined,
      "build.toml",
    ]);
  });

  it("among the materials where there is one git repository, and not where there are two", async () => {
    const image = { uri: "oci://registry.example/base", digest: { sha256: "c".repeat(64) } };
    const one = await of({}, [image, git]);
    expect(part(one, "source")).toMatchObject({ repository: "https://github.com/acme/shop", commit });
    const two = await of({}, [git, { uri: "git+https://github.com/acme/other.git", digest: { sha1: commit } }]);
    expect(part(two, "source")["repository"]).toMatchObject({ cause: "missing", detail: "the build used several git repositories" });
  });

  it("by what Tekton Chains says that it was for", async () => {
    const other = { uri: "git+https://github.com/tekton/catalog.git", digest: { sha1: "b".repeat(40) } };
    const named = await of({ runSpec: {} }, [
      { ...other, name: "pipeline" },
      { ...other, name: "pipelineTask" },
      { ...git, name: "inputs/result" },
    ]);
    expect(part(named, "source")).toMatchObject({ repository: "https://github.com/acme/shop", commit });
    expect(part(await of({}, [{ ...other, name: "task" }, git]), "source")["repository"]).toBe("https://github.com/acme/shop");
    expect(part(await of({}, [{ ...other, name: "task" }]), "source")["repository"]).toMatchObject({ cause: "missing" });
  });

  it("with a conflict where the document names two commits of it", async () => {
    const evidence = await of({ source: { uri: "https://github.com/acme/shop", digest: { sha1: "b".repeat(40) } } }, [git]);
    expect(part(evidence, "source")["commit"]).toMatchObject({ cause: "conflict" });
  });
});

it.each<[string, unknown]>([
  ["git+https://github.com/acme/shop@refs/tags/v1", { repository: "https://github.com/acme/shop", ref: "refs/tags/v1" }],
  ["https://GitHub.com/acme/shop.git", { repository: "https://github.com/acme/shop" }],
  ["https://github.com/acme/shop/", { repository: "https://github.com/acme/shop" }],
  [`git+https://github.com/acme/shop.git@${commit}`, { repository: "https://github.com/acme/shop", commit }],
  ["git@github.com:acme/shop.git", { repository: "https://github.com/acme/shop" }],
  ["git+ssh://git@gitlab.example/acme/group/shop.git#main", { repository: "https://gitlab.example/acme/group/shop", ref: "main" }],
  ["https://user:secret@github.com/acme/shop", { repository: "https://github.com/acme/shop" }],
  [`https://github.com/acme/shop/commit/${commit}`, { repository: "https://github.com/acme/shop", commit }],
  ["https://github.com/acme/shop.git#refs/heads/main:docker", { repository: "https://github.com/acme/shop", ref: "refs/heads/main" }],
  ["http://git.example/shop", { repository: "http://git.example/shop" }],
  ["https://github.com", undefined],
  ["gs://bucket/source.tgz", undefined],
  ["oci://registry.example/base", undefined],
  ["acme/shop", undefined],
  ["", undefined],
])("reads the address %s", (address, expected) => {
  expect(parseRepository(address)).toEqual(expected);
});

it("never throws: a document that was changed anywhere is read or refused with a place in it", async () => {
  const changed = fc.oneof(
    mutations(v1).map((predicate) => ({ predicateType: type1, predicate })),
    mutations(v02).map((predicate) => ({ predicateType: type02, predicate })),
  );
  await fc.assert(
    fc.asyncProperty(changed, async (statement) => {
      const { value, diagnostics } = await admitPredicate({ ...statement, subjects }, source);
      expect(value.length > 0 || diagnostics.some((d) => d.level === "error" && d.pointer !== undefined)).toBe(true);
      for (const { data } of value) expect((data["build"] as DataRecord)["level"]).toBeInstanceOf(Lack);
    }),
    { numRuns: 600 },
  );
});
