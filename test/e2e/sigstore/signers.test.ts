/** Who signed decides: each signer here differs from the declared one in one thing, and is believed in nothing. */
import { beforeAll, expect, it } from "vitest";
import { attest, type Signing, sign } from "./cosign.ts";
import { pushImage } from "./image.ts";
import { releaseRun, type WorkflowRun } from "./issuer.ts";
import { bom, provenanceOf } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

const others: readonly (readonly [string, WorkflowRun])[] = [
  ["a repository whose name goes on", { ...releaseRun, repository: "acme/shop-tools" }],
  ["the repository of another owner", { ...releaseRun, repository: "acme-evil/shop" }],
  ["whoever took over the name of the repository", { ...releaseRun, id: "99999999" }],
  ["another workflow of the repository", { ...releaseRun, workflow: ".github/workflows/pull-request.yml" }],
  ["a branch", { ...releaseRun, ref: "refs/heads/v1.4.0" }],
  ["a tag that is no release", { ...releaseRun, ref: "refs/tags/nightly" }],
  ["a runner of our own", { ...releaseRun, runner: "self-hosted" }],
];

describeWith([...sigstoreTools, "refreg"], "the gate and who signed", () => {
  const scope = suiteScope();
  let at: Site;
  let sigstore: Sigstore;
  beforeAll(async () => {
    at = await site(scope, "refreg", "keyless");
    if (at.signing.kind !== "keyless") throw new Error("signed with a key");
    sigstore = at.signing.sigstore;
  });

  const gated = async (content: string, signing: Signing) => {
    const image = await pushImage(at.registry, "acme/shop", content);
    await sign(at.cosign, signing, image.reference);
    await attest(at.cosign, signing, image.reference, "cyclonedx", bom);
    await attest(at.cosign, signing, image.reference, "slsaprovenance1", provenanceOf(releaseRun));
    return at.gate(image.reference);
  };
  const all = ["signed", "built", "source", "listed"];

  it("allows another tag of the release workflow", async () => {
    const token = sigstore.issuer.workflow({ ...releaseRun, ref: "refs/tags/v2.0.0" });
    expect(await gated("another tag", { kind: "keyless", sigstore, token })).toMatchObject({ code: 0, effect: "allow" });
  });

  it.each(others)("believes nothing that %s signed", async (name, run) => {
    const token = sigstore.issuer.workflow(run);
    expect(await gated(name, { kind: "keyless", sigstore, token })).toMatchObject({ code: 1, effect: "deny", open: all });
  });

  it("believes nothing that a person signed, whatever their name", async () => {
    const token = sigstore.issuer.person("release@acme.example");
    expect(await gated("a person", { kind: "keyless", sigstore, token })).toMatchObject({ code: 1, open: all });
  });

  it("believes nothing that a workflow of the same names and numbers signed, for which another issuer vouches", async () => {
    const token = sigstore.issuer.workflow(releaseRun, sigstore.issuer.elsewhere);
    expect(await gated("elsewhere", { kind: "keyless", sigstore, token })).toMatchObject({ code: 1, open: all });
  });

  it("believes nothing that the same workflow signed with certificates of another Sigstore", async () => {
    const other = await startSigstore(scope, at.cosign);
    const signing: Signing = { kind: "keyless", sigstore: other, token: other.issuer.workflow(releaseRun) };
    const verdict = await gated("another Sigstore", signing);
    expect(verdict).toMatchObject({ code: 1, open: all });
    expect(verdict.text).toContain("certificate-chain");
  });
});
