/** `build --target identity` and real cosign: its flags believe whom the declaration believes, as far as the report says. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { compileIdentities } from "../../../compiler/targets/identity/compile.ts";
import type { CosignCheck } from "../../../compiler/targets/identity/cosign.ts";
import { accepts } from "../../../engine/trust/identity.ts";
import { joinRoots, readTrustRoot, type TrustRoots } from "../../../engine/trust/root.ts";
import { verifyBundle } from "../../../engine/trust/verify.ts";
import type { Program } from "../../../language/core/ir.ts";
import { compileFiles } from "../../golden/compile.ts";
import { type Cosign, cosignIn, generateKey, signBlob } from "./cosign.ts";
import { type PipelineJob, releaseJob, releaseRun, type WorkflowRun } from "./issuer.ts";
import { suiteScope } from "./scope.ts";
import { type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

/** Who signs: each differs from the release in one thing. */
const runs: Readonly<Record<string, WorkflowRun>> = {
  "the release": releaseRun,
  "another tag": { ...releaseRun, ref: "refs/tags/v2.0.0" },
  "a tag with a letter more": { ...releaseRun, ref: "refs/tags/vv1.4.0" },
  "a branch": { ...releaseRun, ref: "refs/heads/main" },
  "a tag that ends like the branch": { ...releaseRun, ref: "refs/tags/xmain" },
  "a branch with the name of the tag": { ...releaseRun, ref: "refs/heads/v1.4.0" },
  "a repository whose name goes on": { ...releaseRun, repository: "acme/shop-tools", id: "1001" },
  "a repository whose name differs in what a dot would match": { ...releaseRun, repository: "acme/sh.p", id: "1002" },
  "the repository of another owner": { ...releaseRun, repository: "evil/shop", id: "1003" },
  "whoever took over the name": { ...releaseRun, id: "99999999" },
  "another workflow": { ...releaseRun, workflow: ".github/workflows/test.yml" },
  "a workflow whose name goes on": { ...releaseRun, workflow: ".github/workflows/release.yml.bak.yml" },
  "a runner of our own": { ...releaseRun, runner: "self-hosted" },
  "another environment": { ...releaseRun, environment: "staging" },
  "another trigger": { ...releaseRun, trigger: "pull_request_target" },
  "a reusable workflow of others": { ...releaseRun, calls: "evil/actions/.github/workflows/release.yml@refs/tags/v1.4.0" },
};

/** The same of jobs of a GitLab instance. */
const jobs: Readonly<Record<string, PipelineJob>> = {
  "the release of GitLab": releaseJob,
  "another tag of GitLab": { ...releaseJob, ref: "v2.0.0" },
  "a branch of GitLab": { ...releaseJob, refType: "branch" },
  "a project whose name goes on": { ...releaseJob, project: "acme/tools/shop-tools", id: "2001" },
  "a project of the group above": { ...releaseJob, project: "acme/tools", id: "2002" },
  "whoever took over the name of the project": { ...releaseJob, id: "99999" },
  "another file of the project": { ...releaseJob, file: "ci/test.yml" },
  "a runner of our own for GitLab": { ...releaseJob, runner: "self-hosted" },
  "another environment of GitLab": { ...releaseJob, environment: "staging" },
};

/** Declarations; the issuer is put in. */
const declarations: Readonly<Record<string, string>> = {
  whole: 'repository: github("acme/shop", id: 48213077), workflow: ".github/workflows/release.yml", ref: tag("v1.4.0"), runner: hosted',
  tags: 'repository: github("acme/shop", id: 48213077), workflow: ".github/workflows/release.yml", ref: tag("v*")',
  branch: 'repository: github("acme/shop", id: 48213077), workflow: ".github/workflows/release.yml", ref: branch("main")',
  anything_of_the_repository: 'repository: github("acme/shop", id: 48213077)',
  any_workflow_of_a_tag: 'repository: github("acme/shop", id: 48213077), ref: tag("v1.4.0")',
  deployed: 'repository: github("acme/shop", id: 48213077), environment: "production"',
  pushed: 'repository: github("acme/shop", id: 48213077), trigger: "push"',
  named: 'identity: "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0"',
};

/** The same, for which the GitLab instance vouches. */
const declarationsOfGitlab: Readonly<Record<string, string>> = {
  job: 'repository: gitlab("acme/tools/shop", id: 31337), workflow: ".gitlab-ci.yml", ref: tag("v1.4.0"), runner: hosted',
  jobs_of_tags: 'repository: gitlab("acme/tools/shop", id: 31337), workflow: ".gitlab-ci.yml", ref: tag("v*")',
  anything_of_the_project: 'repository: gitlab("acme/tools/shop", id: 31337), environment: "production"',
};
/** What runs of the repository differ in that a declaration does not speak of. */
const refs = [
  "another tag",
  "a tag with a letter more",
  "a branch",
  "a tag that ends like the branch",
  "a branch with the name of the tag",
];
const files = ["another workflow", "a workflow whose name goes on"];
const runner = "a runner of our own";
const environment = "another environment";
const trigger = "another trigger";
const reusable = "a reusable workflow of others";

/** Whom each believes beside the release. */
const believes: Readonly<Record<string, readonly string[]>> = {
  whole: [environment, trigger, reusable],
  tags: ["another tag", "a tag with a letter more", runner, environment, trigger, reusable],
  branch: ["a branch"],
  anything_of_the_repository: [...refs, ...files, runner, environment, trigger, reusable],
  any_workflow_of_a_tag: [...files, runner, environment, trigger, reusable],
  deployed: [...refs, ...files, runner, trigger, reusable],
  pushed: [...refs, ...files, runner, environment, reusable],
  named: ["whoever took over the name", runner, environment, trigger],
  job: ["another environment of GitLab"],
  jobs_of_tags: ["another tag of GitLab", "a runner of our own for GitLab", "another environment of GitLab"],
  anything_of_the_project: ["another tag of GitLab", "a branch of GitLab", "another file of the project", "a runner of our own for GitLab"],
};
const names = [...Object.keys(declarations), ...Object.keys(declarationsOfGitlab)];

describeWith(sigstoreTools, "identities, as cosign is told", () => {
  const scope = suiteScope();
  const text = Buffer.from("an artifact");
  let cosign: Cosign;
  let sigstore: Sigstore;
  let roots: TrustRoots;
  let artifact: string;
  let program: Program;
  let checks: ReadonlyMap<
    string,
    { readonly argv: readonly string[]; readonly lost: readonly string[]; readonly stricter: readonly string[] }
  >;
  const bundles = new Map<string, { readonly path: string; readonly bytes: Uint8Array }>();

  beforeAll(async () => {
    cosign = await cosignIn(scope);
    sigstore = await startSigstore(scope, cosign);
    const root = readTrustRoot(await readFile(sigstore.trustedRoot), "trusted-root.json").value;
    roots = joinRoots(root === undefined ? [] : [root]);
    artifact = join(cosign.folder, "artifact");
    await writeFile(artifact, text);
    const { issuer } = sigstore;
    const tokens = [
      ...Object.entries(runs).map(([name, run]) => [name, issuer.workflow(run)] as const),
      ...Object.entries(jobs).map(([name, job]) => [name, issuer.job(job)] as const),
    ];
    const signed = async ([name, token]: readonly [string, string]): Promise<void> => {
      const bytes = await signBlob(cosign, { kind: "keyless", sigstore, token }, artifact);
      const path = join(cosign.folder, `${name}.sigstore.json`);
      await writeFile(path, bytes);
      bundles.set(name, { path, bytes });
    };
    // The log answers once a second, whoever waits.
    for (let at = 0; at < tokens.length; at += 6) await Promise.all(tokens.slice(at, at + 6).map(signed));
    program = compiled([
      [issuer.workflows, declarations],
      [issuer.gitlab, declarationsOfGitlab],
    ]);
    checks = checksOf(program, new Map());
  });

  it.each(names)("believes exactly those whom `%s` does, where nothing is lost", async (name) => {
    const trust = program.trusts.find((one) => one.key === `t.${name}`);
    const check = checks.get(`t.${name}`);
    if (!trust || !check) throw new Error(name);
    const believed: string[] = [];
    const wrong: string[] = [];
    for (const [who, { path, bytes }] of bundles) {
      const verification = verifyBundle(bytes, { roots, artifact: text });
      if (verification.kind !== "verified") throw new Error(JSON.stringify(verification));
      const acceptance = accepts(trust, verification.signer, verification.times, new Map());
      const words = ["--trusted-root", sigstore.trustedRoot, "--use-signed-timestamps", ...check.argv];
      const ours = acceptance.kind === "accepted";
      const theirs = (await cosign.run(["verify-blob", "--bundle", path, ...words, artifact])).code === 0;
      if (ours) believed.push(who);
      // cosign knows the workflow that signs only, which is that of others where a job is theirs.
      const excused = ours
        ? who === reusable && check.stricter.length > 0
        : acceptance.kind === "rejected" && check.lost.includes(acceptance.field);
      if (ours !== theirs && !excused) wrong.push(`${who}: cosign ${theirs ? "believes" : "refuses"}, ${JSON.stringify(acceptance)}`);
    }
    expect(wrong).toEqual([]);
    const release = name in declarations ? "the release" : "the release of GitLab";
    expect([...believed].sort()).toEqual([...(name === "branch" ? [] : [release]), ...(believes[name] ?? [])].sort());
  });

  it("says what cosign loses, and loses it: the number of the repository and the runner", async () => {
    expect(checks.get("t.whole")?.lost).toEqual(expect.arrayContaining(["repository id", "runner"]));
    const argv = checks.get("t.whole")?.argv ?? [];
    for (const who of ["whoever took over the name", "a runner of our own"]) {
      const words = ["--trusted-root", sigstore.trustedRoot, "--use-signed-timestamps", ...argv];
      const { code } = await cosign.run(["verify-blob", "--bundle", bundles.get(who)?.path ?? "", ...words, artifact]);
      expect([who, code]).toEqual([who, 0]);
    }
  });

  it("names a key as cosign reads it", async () => {
    const key = await generateKey(cosign, "release");
    const pem = await readFile(key.publicKey, "utf8");
    const keyed = compileFiles(new Map([["t.scp", 'module t\ntrust release = key { file: "release.pub" }\n']])).value;
    const argv = checksOf(keyed, new Map([["t.release", pem]])).get("t.release")?.argv ?? [];
    await writeFile(join(cosign.folder, "cosign.pub"), pem);
    const bundle = join(cosign.folder, "key.sigstore.json");
    await writeFile(bundle, await signBlob(cosign, { kind: "key", key }, artifact));
    const verify = (path: string) => cosign.run(["verify-blob", "--bundle", path, ...argv, "--insecure-ignore-tlog=true", artifact]);
    expect(await verify(bundle)).toMatchObject({ code: 0 });
    expect((await verify(bundles.get("the release")?.path ?? "")).code).not.toBe(0);
  });
});

function compiled(issuers: readonly (readonly [string, Readonly<Record<string, string>>])[]): Program {
  const trusts = issuers.flatMap(([issuer, bodies]) =>
    Object.entries(bodies).map(([name, body]) => `trust ${name} = keyless { issuer: "${issuer}", ${body} }`),
  );
  const { value, diagnostics } = compileFiles(new Map([["t.scp", `module t\n\n${trusts.join("\n")}\n`]]));
  expect(diagnostics.filter(({ level }) => level === "error")).toEqual([]);
  return value;
}

function checksOf(program: Program, pems: ReadonlyMap<string, string>) {
  return new Map(
    compileIdentities(program, pems).report.map(({ trust, dialects }) => {
      const report = dialects.find(({ dialect }) => dialect === "cosign");
      const file = report?.files.find(({ path }) => path === "cosign.json");
      const check: CosignCheck = JSON.parse(file?.text ?? "{}");
      if (!report || check.kind !== "call") throw new Error(`${trust}: no call of cosign`);
      const lost = report.lost.map(({ part }) => part);
      return [trust, { argv: check.argv, lost, stricter: report.approximated.map(({ part }) => part) }] as const;
    }),
  );
}
