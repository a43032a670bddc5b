/** Anybody who can push may attach anything: it changes nothing, or it is why nothing is allowed. */
import { beforeAll, describe, expect, it } from "vitest";
import { attach, attachedOf, attachedTo, copyTo, replace, signatureType } from "./attached.ts";
import { attest } from "./cosign.ts";
import type { Pushed } from "./image.ts";
import { releaseRun } from "./issuer.ts";
import { bomType, provenanceOf, provenanceType, release } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

describe.each(["registry", "refreg"] as const)("%s", (kind) => {
  describeWith([...sigstoreTools, kind], `strange attachments in ${kind}`, () => {
    const scope = suiteScope();
    let at: Site;
    let whole: Pushed;
    beforeAll(async () => {
      at = await site(scope, kind, "keyless");
      whole = await release(at.cosign, at.signing, at.registry, "acme/shop", "whole");
    });

    it("allows what was released, whatever else is attached", async () => {
      const image = await copyTo(at.registry, whole, "acme/junk");
      for (const junk of ["", "junk", "[]", "{}", "null", '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}'])
        await attach(at.registry, image, Buffer.from(junk), provenanceType);
      expect(await at.gate(image.reference)).toMatchObject({ code: 0, effect: "allow" });
    });

    it("counts the same attestation once, however often it is attached and whatever it is called", async () => {
      const image = await copyTo(at.registry, whole, "acme/again");
      for (const { bundle } of await attachedTo(at.registry, image)) await attach(at.registry, image, bundle, bomType);
      expect(await at.gate(image.reference)).toMatchObject({ code: 0, effect: "allow" });
    });

    it("believes an envelope with two signatures in neither", async () => {
      const image = await copyTo(at.registry, whole, "acme/two");
      const provenance = await attachedOf(at.registry, image, provenanceType);
      const bundle = JSON.parse(Buffer.from(provenance.bundle).toString());
      const [signature] = bundle.dsseEnvelope.signatures;
      bundle.dsseEnvelope.signatures = [signature, signature];
      await replace(at.registry, image, provenance, Buffer.from(JSON.stringify(bundle)));
      const verdict = await at.gate(image.reference);
      expect(verdict).toMatchObject({ code: 1, open: ["built", "source"] });
      expect(verdict.text).toContain("several-signatures");
    });

    it("takes no signature for the statement that it is attached as", async () => {
      const image = await copyTo(at.registry, whole, "acme/renamed");
      const provenance = await attachedOf(at.registry, image, provenanceType);
      const signature = await attachedOf(at.registry, image, signatureType);
      await replace(at.registry, image, provenance, signature.bundle);
      expect(await at.gate(image.reference)).toMatchObject({ code: 1, open: ["built", "source"] });
    });

    it("does not decide on what two statements of our signer contradict each other about", async () => {
      const image = await copyTo(at.registry, whole, "acme/both");
      await attest(at.cosign, at.signing, image.reference, "slsaprovenance1", provenanceOf({ ...releaseRun, repository: "acme/fork" }));
      const verdict = await at.gate(image.reference);
      expect(verdict).toMatchObject({ code: 1, effect: "deny", open: ["source"], causes: ["conflict"] });
    });

    it("allows nothing on what it may not have seen: an attachment of 50 MB", async () => {
      const image = await copyTo(at.registry, whole, "acme/large");
      await attach(at.registry, image, Buffer.alloc(50_000_000, " "), provenanceType);
      const verdict = await at.gate(image.reference);
      expect(verdict).toMatchObject({ code: 3, effect: "deny", reason: "fault", causes: ["transient", "malformed"] });
      expect(verdict.text).toContain("16 MB");
    });
  });
});
