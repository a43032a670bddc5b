/** `verify image`, `check --plan`, `--record` and keyless verdicts on a real registry with real cosign. */
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { waybill } from "../cli/waybill.ts";
import { attest, type Cosign, cosignIn, generateKey, type Signing, sign } from "./cosign.ts";
import { type FaultyRegistry, startFaultyRegistry } from "./faults.ts";
import { type Pushed, pushImage, pushIndex } from "./image.ts";
import { releaseRun } from "./issuer.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { bom, provenanceOf, release } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

describeWith(["refreg", ...sigstoreTools], "images before a registry that counts", () => {
  const scope = suiteScope();
  let cosign: Cosign;
  let registry: Registry;
  let counting: FaultyRegistry;
  let signing: Signing;
  let sigstore: Sigstore;
  let policies: string;
  let whole: Pushed;

  const asked = (image: Pushed): string => image.reference.replace(registry.host, counting.registry.host);
  const run = (words: readonly string[], cwd = policies) => waybill(words, { cwd });

  beforeAll(async () => {
    cosign = await cosignIn(scope);
    registry = await startRegistry(scope, "refreg");
    counting = await startFaultyRegistry(scope, registry);
    const key = await generateKey(cosign, "release");
    signing = { kind: "key", key };
    sigstore = await startSigstore(scope, cosign);
    policies = await scope.folder();
    await mkdir(policies, { recursive: true });
    const source = fileURLToPath(new URL("policies/", import.meta.url));
    await copyFile(join(source, "release.scp"), join(policies, "release.scp"));
    await copyFile(join(source, "key", "signers.scp"), join(policies, "signers.scp"));
    await copyFile(key.publicKey, join(policies, "release.pub"));
    whole = await release(cosign, signing, registry, "acme/shop", "whole");
  });

  it("asks no more often than the plan says, and nothing where no clause hangs on it", async () => {
    const plan = await run(["check", "--plan", "--format", "json", "."]);
    const [image] = JSON.parse(plan.out).plan;
    expect(image.needs.map(({ kind, type }: { kind: string; type: string }) => [kind, type])).toEqual([
      ["signature", "signed"],
      ["attestation", "waybill.slsa.Provenance"],
      ["attestation", "waybill.sbom.Bom"],
    ]);
    const before = counting.requests.length;
    expect(await run(["gate", asked(whole), "--policy", "."])).toMatchObject({ code: 0 });
    const asks = counting.requests.length - before;
    expect(asks).toBeGreaterThan(0);
    expect(asks).toBeLessThanOrEqual(image.requests.usual);
    const local = join(policies, "..", "local");
    await mkdir(local, { recursive: true });
    await writeFile(
      join(local, "local.scp"),
      'module acme.local\n\nimport acme.signers\n\npolicy local for image at ci {\n  require tagged: image.registry != "" or image is signed by signers.release\n}\n',
    );
    await copyFile(join(policies, "signers.scp"), join(local, "signers.scp"));
    await copyFile(join(policies, "release.pub"), join(local, "release.pub"));
    const quiet = counting.requests.length;
    expect(await run(["gate", asked(whole), "--policy", "local.scp"], local)).toMatchObject({ code: 0 });
    expect(counting.requests.length).toBe(quiet);
  });

  it("says of an image what the policy asks for and what is there", async () => {
    const all = await run(["verify", "image", whole.reference, "--policy", "."]);
    expect(all.out).toMatch(/verified\s+signature by acme\.signers\.release/);
    expect(all.code).toBe(0);
    const bare = await pushImage(registry, "acme/shop", "bare");
    await attest(cosign, signing, bare.reference, "cyclonedx", bom);
    const some = await run(["verify", "image", bare.reference, "--policy", ".", "--format", "json"]);
    expect(some.code).toBe(1);
    const outcomes = JSON.parse(some.out).subjects[0].needs.map((one: { type: string; outcome: string }) => [one.type, one.outcome]);
    expect(outcomes).toEqual([
      ["signed", "missing"],
      ["waybill.slsa.Provenance", "missing"],
      ["waybill.sbom.Bom", "verified"],
    ]);
    const gone = await run(["verify", "image", whole.reference.replace(registry.host, "127.0.0.1:1"), "--policy", "."]);
    expect(gone.code).toBe(3);
  });

  it("decides again from a record when the registry is gone", async () => {
    const record = join(await scope.folder(), "record");
    const first = await run(["gate", asked(whole), "--policy", ".", "--format", "json", "--record", record]);
    expect(first.code).toBe(0);
    counting.set((_, response) => {
      response.writeHead(500).end();
      return true;
    });
    const again = await run(["replay", record, "--format", "json"]);
    counting.set(() => false);
    expect(again).toMatchObject({ code: 0, out: first.out });
  });

  it("signs a verdict keyless, which verifies against the trusted root", async () => {
    const verdicts = join(await scope.folder(), "verdicts");
    const token = join(policies, "token");
    await writeFile(token, sigstore.issuer.workflow(releaseRun));
    const words = ["--attest", verdicts, "--signing-config", sigstore.signingConfig, "--identity-token", token];
    const gated = await run(["gate", whole.reference, "--policy", ".", ...words, "--verifier-id", "https://ci.acme.example"]);
    expect(gated).toMatchObject({ code: 0, err: expect.stringContaining("wrote") });
    const names = await readdir(verdicts);
    expect(names).toHaveLength(2);
    const verified = await run([
      "verify",
      ...names.map((name) => join(verdicts, name)),
      "--digest",
      whole.digest,
      "--trusted-root",
      sigstore.trustedRoot,
      "--issuer",
      sigstore.issuer.workflows,
      "--identity",
      "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0",
    ]);
    expect(verified).toMatchObject({ code: 0 });
  });

  it("allows an index if and only if every platform of it is allowed, and lets evidence about the index count for each", async () => {
    const { index, images } = await pushIndex(registry, "acme/shop", "many");
    for (const image of images) {
      await sign(cosign, signing, image.reference);
      await attest(cosign, signing, image.reference, "cyclonedx", bom);
    }
    expect(await run(["gate", index.reference, "--policy", "."])).toMatchObject({ code: 1 });
    await attest(cosign, signing, index.reference, "slsaprovenance1", provenanceOf(releaseRun));
    const whole = await run(["gate", index.reference, "--policy", ".", "--format", "json"]);
    expect(whole.code).toBe(0);
    expect(JSON.parse(whole.out).decisions.map((one: { subject: { digest: string } }) => one.subject.digest)).toEqual(
      images.map(({ digest }) => digest),
    );
    // The reverse does not hold: what is about one platform says nothing about the index or the other.
    expect(await run(["gate", images[0].reference, "--policy", "."])).toMatchObject({ code: 1 });
  });
});
