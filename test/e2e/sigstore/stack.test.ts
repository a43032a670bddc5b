/** The stack that the other suites rest on, and what real cosign does that Waybill must not. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  attach,
  attachedOf,
  attachedTo,
  detach,
  replace,
  signatureType,
  statementOf,
  withOtherSignature,
  withStatement,
} from "./attached.ts";
import { attest, type Cosign, cosignIn, generateKey, type KeyPair, type Signing, sign, signBlob, verifyingFlags } from "./cosign.ts";
import { getManifest, pushImage, pushIndex, tagsOf } from "./image.ts";
import { releaseRun, workflowIdentity } from "./issuer.ts";
import { type Registry, registryKinds, startRegistry } from "./registry.ts";
import { bom, bomType, provenanceType, release } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

describeWith([...sigstoreTools, "refreg"], "the local Sigstore", () => {
  const scope = suiteScope();
  let cosign: Cosign;
  let sigstore: Sigstore;
  beforeAll(async () => {
    cosign = await cosignIn(scope);
    sigstore = await startSigstore(scope, cosign);
  }, 120_000);

  it("certifies a workflow, and cosign believes exactly that workflow", async () => {
    const file = join(cosign.folder, "artifact");
    await writeFile(file, "an artifact");
    const signing: Signing = { kind: "keyless", sigstore, token: sigstore.issuer.workflow(releaseRun) };
    const bundle = join(cosign.folder, "artifact.sigstore.json");
    await writeFile(bundle, await signBlob(cosign, signing, file));
    const issuer = sigstore.issuer.workflows;
    const verify = (san: string) => cosign.run(["verify-blob", "--bundle", bundle, ...verifyingFlags(signing, { san, issuer }), file]);
    expect(await verify(workflowIdentity({ ...releaseRun, ref: "refs/heads/main" }))).toMatchObject({ code: 1 });
    expect(await verify(workflowIdentity(releaseRun))).toMatchObject({ code: 0 });
  });

  it("signs the tags of cosign before v3, with the time of an authority", async () => {
    const registry = await startRegistry(scope, "refreg");
    const image = await pushImage(registry, "acme/old", "signed by a workflow before");
    const signing: Signing = { kind: "keyless", sigstore, token: sigstore.issuer.workflow(releaseRun), legacy: true };
    await sign(cosign, signing, image.reference);
    await attest(cosign, signing, image.reference, "cyclonedx", bom);
    const flags = verifyingFlags(signing, { san: workflowIdentity(releaseRun), issuer: sigstore.issuer.workflows });
    expect(await cosign.run(["verify", "--insecure-ignore-tlog=true", ...flags, image.reference])).toMatchObject({ code: 0 });
  });

  it("certifies a person", async () => {
    const file = join(cosign.folder, "letter");
    await writeFile(file, "a letter");
    const signing: Signing = { kind: "keyless", sigstore, token: sigstore.issuer.person("ada@acme.example") };
    const bundle = join(cosign.folder, "letter.sigstore.json");
    await writeFile(bundle, await signBlob(cosign, signing, file));
    const flags = verifyingFlags(signing, { san: "ada@acme.example", issuer: sigstore.issuer.people });
    expect(await cosign.run(["verify-blob", "--bundle", bundle, ...flags, file])).toMatchObject({ code: 0 });
  });
});

describe.each(registryKinds)("%s", (kind) => {
  describeWith(["cosign", kind], `cosign against ${kind}`, () => {
    const scope = suiteScope();
    let cosign: Cosign;
    let key: KeyPair;
    let registry: Registry;
    beforeAll(async () => {
      cosign = await cosignIn(scope);
      key = await generateKey(cosign, "release");
      registry = await startRegistry(scope, kind);
    }, 120_000);

    it("signs an image, and finds its signature again", async () => {
      const image = await pushImage(registry, "acme/shop", "signed");
      const signing: Signing = { kind: "key", key };
      expect(await cosign.run(["verify", ...verifyingFlags(signing), image.reference])).not.toMatchObject({ code: 0 });
      await sign(cosign, signing, image.reference);
      expect(await cosign.run(["verify", ...verifyingFlags(signing), image.reference])).toMatchObject({ code: 0 });
      const tags = await tagsOf(registry, "acme/shop");
      expect(tags.filter((tag) => tag === image.digest.replace(":", "-"))).toHaveLength(registry.hasReferrers ? 0 : 1);
    });

    it("writes the tags of cosign before v3 when it is asked to", async () => {
      const image = await pushImage(registry, "acme/old", "signed before");
      const signing: Signing = { kind: "key", key, legacy: true };
      await sign(cosign, signing, image.reference);
      await attest(cosign, signing, image.reference, "cyclonedx", bom);
      const name = image.digest.replace(":", "-");
      expect([...(await tagsOf(registry, "acme/old"))].sort()).toEqual([`${name}.att`, `${name}.sig`]);
    });

    it("signs an index", async () => {
      const { index, images } = await pushIndex(registry, "acme/multi", "two platforms");
      expect(await getManifest(registry, "acme/multi", index.digest)).toMatchObject({
        manifests: images.map(({ digest }) => ({ digest })),
      });
      await sign(cosign, { kind: "key", key }, index.reference);
      expect(await cosign.run(["verify", ...verifyingFlags({ kind: "key", key }), index.reference])).toMatchObject({ code: 0 });
    });

    it("keeps what a release attaches, for a test to take away, change and copy over", async () => {
      const signing: Signing = { kind: "key", key };
      const image = await release(cosign, signing, registry, "acme/shop", "released");
      const types = async () => (await attachedTo(registry, image)).map(({ predicateType }) => predicateType).sort();
      expect(await types()).toEqual([bomType, provenanceType, signatureType].sort());

      const provenance = await attachedOf(registry, image, provenanceType);
      expect(statementOf(provenance.bundle)).toMatchObject({ subject: [{ digest: { sha256: image.digest.slice(7) } }] });
      const verify = () => cosign.run(["verify-attestation", ...verifyingFlags(signing), "--type", "slsaprovenance1", image.reference]);
      expect(await verify()).toMatchObject({ code: 0 });
      await replace(
        registry,
        image,
        provenance,
        withStatement(provenance.bundle, (text) => text.replace("acme/shop", "evil/shop")),
      );
      expect(await verify()).toMatchObject({ code: 1 });
      await replace(registry, image, await attachedOf(registry, image, provenanceType), provenance.bundle);
      expect(await verify()).toMatchObject({ code: 0 });

      const signature = await attachedOf(registry, image, signatureType);
      await detach(registry, image, signature);
      expect(await types()).toEqual([bomType, provenanceType].sort());
      await attach(registry, image, withOtherSignature(signature.bundle), signatureType);
      expect(await types()).toEqual([bomType, provenanceType, signatureType].sort());
    });

    // Why Waybill tells a signature of an image from an attestation about it: `image is signed by P` is not what cosign's exit code says.
    it("lets cosign verify an image that nobody signed, because somebody attested something about it", async () => {
      const image = await pushImage(registry, "acme/attested", "only attested");
      await attest(cosign, { kind: "key", key }, image.reference, "cyclonedx", bom);
      expect(await cosign.run(["verify", "--key", key.publicKey, "--insecure-ignore-tlog=true", image.reference])).toMatchObject({
        code: 0,
      });
    });
  });
});
