/** What real Fulcio certifies, as the verifier reads it: every claim, the signers of people and keys, and the sources of time. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { readKey } from "../../../engine/trust/key.ts";
import { joinRoots, readTrustRoot, type TrustRoots } from "../../../engine/trust/root.ts";
import type { Verification } from "../../../engine/trust/verification.ts";
import { verifyBundle } from "../../../engine/trust/verify.ts";
import { attestBlob, type Cosign, cosignIn, generateKey, signBlob } from "./cosign.ts";
import { releaseJob, releaseRun, workflowIdentity } from "./issuer.ts";
import { bom, bomType } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { configure, type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

describeWith(sigstoreTools, "bundles of the local Sigstore", () => {
  const scope = suiteScope();
  const text = Buffer.from("an artifact");
  let cosign: Cosign;
  let sigstore: Sigstore;
  let roots: TrustRoots;
  let file: string;
  /** The first that the log has seen. */
  let first: Uint8Array;

  beforeAll(async () => {
    cosign = await cosignIn(scope);
    sigstore = await startSigstore(scope, cosign);
    const root = readTrustRoot(await readFile(sigstore.trustedRoot), "trusted-root.json");
    expect(root.diagnostics).toEqual([]);
    roots = joinRoots(root.value === undefined ? [] : [root.value]);
    file = join(cosign.folder, "artifact");
    await writeFile(file, text);
    first = await signBlob(cosign, workflow(), file);
  });

  const verified = (bundle: Uint8Array): Verification & { kind: "verified" } => {
    const verification = verifyBundle(bundle, { roots, artifact: text });
    if (verification.kind !== "verified") throw new Error(JSON.stringify(verification));
    return verification;
  };
  const workflow = () => ({ kind: "keyless", sigstore, token: sigstore.issuer.workflow(releaseRun) }) as const;
  /** Our Sigstore, with timestamps of others. */
  const withTimestampsOf = async (others: readonly Sigstore[]): Promise<Sigstore> => {
    const services = { ...sigstore.services, timestamps: others.flatMap((other) => other.services.timestamps) };
    return { ...sigstore, services, ...(await configure(scope, cosign, services)) };
  };

  it("verifies the first entry of a log, whose index of zero cosign leaves out", () => {
    const bundle = JSON.parse(Buffer.from(first).toString());
    expect(bundle.verificationMaterial.tlogEntries).toEqual([expect.not.objectContaining({ logIndex: expect.anything() })]);
    expect(verified(first)).toMatchObject({ kind: "verified" });
  });

  it("reads every claim about a workflow that Fulcio writes", async () => {
    const { signer } = verified(await signBlob(cosign, workflow(), file));
    const uri = workflowIdentity(releaseRun);
    expect(signer).toEqual({
      kind: "certificate",
      issuer: sigstore.issuer.workflows,
      identities: [uri],
      fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      claims: {
        buildSignerUri: uri,
        buildSignerDigest: releaseRun.sha,
        runnerEnvironment: "github-hosted",
        sourceRepositoryUri: "https://github.com/acme/shop",
        sourceRepositoryDigest: releaseRun.sha,
        sourceRepositoryRef: "refs/tags/v1.4.0",
        sourceRepositoryId: "48213077",
        sourceRepositoryOwnerUri: "https://github.com/acme",
        sourceRepositoryOwnerId: "6154722",
        buildConfigUri: uri,
        buildConfigDigest: releaseRun.sha,
        buildTrigger: "push",
        runInvocationUri: "https://github.com/acme/shop/actions/runs/9012345678/attempts/1",
        sourceRepositoryVisibility: "public",
        deploymentEnvironment: "production",
        tokenSubject: "repo:acme@6154722/shop@48213077:environment:production",
        github: { trigger: "push", sha: releaseRun.sha, workflowName: "release", repository: "acme/shop", ref: "refs/tags/v1.4.0" },
      },
    });
  });

  it("reads every claim about a job of a GitLab instance", async () => {
    const { gitlab } = sigstore.issuer;
    const { signer } = verified(await signBlob(cosign, { kind: "keyless", sigstore, token: sigstore.issuer.job(releaseJob) }, file));
    const uri = `${gitlab}/acme/tools/shop//.gitlab-ci.yml@refs/tags/v1.4.0`;
    const sha = expect.stringMatching(/^[0-9a-f]{40}$/);
    expect(signer).toMatchObject({ kind: "certificate", issuer: gitlab, identities: [uri] });
    expect(signer).toHaveProperty("claims", {
      buildSignerUri: uri,
      buildSignerDigest: sha,
      runnerEnvironment: "gitlab-hosted",
      sourceRepositoryUri: `${gitlab}/acme/tools/shop`,
      sourceRepositoryDigest: sha,
      sourceRepositoryRef: "refs/tags/v1.4.0",
      sourceRepositoryId: "31337",
      sourceRepositoryOwnerUri: `${gitlab}/acme/tools`,
      sourceRepositoryOwnerId: "42",
      buildConfigUri: uri,
      buildConfigDigest: sha,
      buildTrigger: "push",
      runInvocationUri: `${gitlab}/acme/tools/shop/-/jobs/1001`,
      sourceRepositoryVisibility: "private",
      deploymentEnvironment: "production",
      tokenSubject: "project_path:acme/tools/shop:ref_type:tag:ref:v1.4.0",
    });
  });

  it("takes the time from the authority: Rekor v2 gives none", async () => {
    const { times, notes } = verified(await signBlob(cosign, workflow(), file));
    expect(times.map(({ source }) => source)).toEqual(["timestamp-authority"]);
    expect(notes).toEqual([]);
  });

  it("passes over the timestamp of an authority that nobody named, where another holds", async () => {
    const mixed = await withTimestampsOf([sigstore, await startSigstore(scope, cosign)]);
    const { times, notes } = verified(await signBlob(cosign, { ...workflow(), sigstore: mixed }, file));
    expect(times).toHaveLength(1);
    expect(notes).toEqual([expect.stringContaining("timestamp")]);
  });

  it("refuses a signature whose time only such an authority says", async () => {
    const mixed = await withTimestampsOf([await startSigstore(scope, cosign)]);
    const verification = verifyBundle(await signBlob(cosign, { ...workflow(), sigstore: mixed }, file), { roots, artifact: text });
    expect(verification).toMatchObject({ kind: "refused", reason: "no-trusted-time" });
  });

  it("reads the address of a person", async () => {
    const token = sigstore.issuer.person("ada@acme.example");
    const { signer } = verified(await signBlob(cosign, { kind: "keyless", sigstore, token }, file));
    expect(signer).toMatchObject({ kind: "certificate", issuer: sigstore.issuer.people, identities: ["ada@acme.example"] });
  });

  it("reads a statement whose subject is the artifact, and none about another", async () => {
    const bundle = await attestBlob(cosign, workflow(), file, "cyclonedx", bom);
    expect(verified(bundle).content).toMatchObject({ kind: "statement", predicateType: bomType });
    const other = verifyBundle(bundle, { roots, artifact: Buffer.from("another") });
    expect(other).toMatchObject({ kind: "refused", reason: "subject-mismatch" });
  });

  it("verifies with a key that was named, and no other", async () => {
    const key = await generateKey(cosign, "named");
    const stranger = await generateKey(cosign, "other");
    const bundle = await signBlob(cosign, { kind: "key", key }, file);
    const keyOf = async (path: string) => [readKey(await readFile(path), path).value ?? []].flat();
    const named = await keyOf(key.publicKey);
    expect(verifyBundle(bundle, { roots, keys: named, artifact: text })).toMatchObject({
      kind: "verified",
      signer: { kind: "key", fingerprint: named[0]?.fingerprint },
      times: [],
    });
    expect(verifyBundle(bundle, { roots, keys: await keyOf(stranger.publicKey), artifact: text })).not.toMatchObject({ kind: "verified" });
  });
});
