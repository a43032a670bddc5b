/**
 * Must-show 2 of the gate: real cosign signs and attests images in real registries, and the gate allows exactly while everything is
 * there, whole, of the right signer and about the right image.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { attachedOf, copyTo, detach, replace, signatureType, withOtherSignature, withStatement } from "./attached.ts";
import { attest, type Signing, sign } from "./cosign.ts";
import { type Pushed, pushImage } from "./image.ts";
import { releaseRun } from "./issuer.ts";
import { registryKinds } from "./registry.ts";
import { bom, bomType, provenanceOf, provenanceType, release } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { describeWith, sigstoreTools, type Tool } from "./tools.ts";

/** Each thing that the policy asks for, and the clauses that rest on it. */
const parts = [
  { what: "signature", type: signatureType, clauses: ["signed"] },
  { what: "provenance", type: provenanceType, clauses: ["built", "source"] },
  { what: "bill of materials", type: bomType, clauses: ["listed"] },
];

describe.each(registryKinds.flatMap((kind) => (["key", "keyless"] as const).map((way) => [kind, way] as const)))("%s, %s", (kind, way) => {
  const tools: readonly Tool[] = [kind, ...(way === "key" ? (["cosign"] as const) : sigstoreTools)];
  describeWith(tools, `the gate before ${kind}, signed ${way}`, () => {
    const scope = suiteScope();
    let at: Site;
    let whole: Pushed;
    let other: Pushed;
    beforeAll(async () => {
      at = await site(scope, kind, way);
      whole = await release(at.cosign, at.signing, at.registry, "acme/shop", "whole");
      other = await release(at.cosign, at.signing, at.registry, "acme/shop", "another");
    });
    let copies = 0;
    /** The whole release again, in a repository of its own. */
    const released = (): Promise<Pushed> => copyTo(at.registry, whole, `acme/copy-${copies++}`);

    it("denies an image with nothing attached, and names all that is missing", async () => {
      const image = await pushImage(at.registry, "acme/shop", "bare");
      const verdict = await at.gate(image.reference);
      expect(verdict).toMatchObject({ code: 1, effect: "deny", reason: "undecided", open: ["signed", "built", "source", "listed"] });
    });

    it("allows the image as it was released, by digest", async () => {
      expect(await at.gate(whole.reference)).toMatchObject({ code: 0, effect: "allow", open: [] });
      expect(await at.gate((await released()).reference)).toMatchObject({ code: 0, effect: "allow", open: [] });
    });

    it.each(parts)("denies without the $what, and names it", async ({ type, clauses }) => {
      const image = await released();
      await detach(at.registry, image, await attachedOf(at.registry, image, type));
      expect(await at.gate(image.reference)).toMatchObject({ code: 1, effect: "deny", open: clauses });
    });

    it.each(parts)("denies where the statement of the $what was changed, and names it", async ({ type, clauses }) => {
      const image = await released();
      const attached = await attachedOf(at.registry, image, type);
      const changed = withStatement(attached.bundle, (text) => text.replace(/}\s*$/, ',"added":true}'));
      await replace(at.registry, image, attached, changed);
      expect(await at.gate(image.reference)).toMatchObject({ code: 1, effect: "deny", open: clauses });
    });

    it.each(parts)("denies where the signature over the $what was changed, and names it", async ({ type, clauses }) => {
      const image = await released();
      const attached = await attachedOf(at.registry, image, type);
      await replace(at.registry, image, attached, withOtherSignature(attached.bundle));
      expect(await at.gate(image.reference)).toMatchObject({ code: 1, effect: "deny", open: clauses });
    });

    it.each(parts)("denies the $what of another image, and names it", async ({ type, clauses }) => {
      const image = await released();
      await replace(at.registry, image, await attachedOf(at.registry, image, type), (await attachedOf(at.registry, other, type)).bundle);
      expect(await at.gate(image.reference)).toMatchObject({ code: 1, effect: "deny", open: clauses });
    });

    it("counts what a stranger attaches for nothing, beside the real thing as in its place", async () => {
      const image = await pushImage(at.registry, "acme/shop", "of a stranger");
      await sign(at.cosign, at.stranger, image.reference);
      await attest(at.cosign, at.stranger, image.reference, "cyclonedx", { ...bom, bomFormat: "CycloneDX" });
      await attest(at.cosign, at.stranger, image.reference, "slsaprovenance1", provenanceOf({ ...releaseRun, repository: "evil/shop" }));
      expect(await at.gate(image.reference)).toMatchObject({ code: 1, effect: "deny", open: ["signed", "built", "source", "listed"] });
      await sign(at.cosign, at.signing, image.reference);
      await attest(at.cosign, at.signing, image.reference, "cyclonedx", bom);
      await attest(at.cosign, at.signing, image.reference, "slsaprovenance1", provenanceOf(releaseRun));
      expect(await at.gate(image.reference)).toMatchObject({ code: 0, effect: "allow" });
    });

    it("denies an image that is only attested: an attestation is no signature of the image, though cosign exits 0", async () => {
      const image = await pushImage(at.registry, "acme/shop", "only attested");
      await attest(at.cosign, at.signing, image.reference, "cyclonedx", bom);
      await attest(at.cosign, at.signing, image.reference, "slsaprovenance1", provenanceOf(releaseRun));
      expect(await at.gate(image.reference)).toMatchObject({ code: 1, effect: "deny", open: ["signed"] });
    });

    it("denies provenance that our signer signed and that says something else", async () => {
      const image = await pushImage(at.registry, "acme/shop", "of a fork");
      await sign(at.cosign, at.signing, image.reference);
      await attest(at.cosign, at.signing, image.reference, "cyclonedx", bom);
      await attest(at.cosign, at.signing, image.reference, "slsaprovenance1", provenanceOf({ ...releaseRun, repository: "acme/fork" }));
      const verdict = await at.gate(image.reference);
      expect(verdict).toMatchObject({ code: 1, effect: "deny", open: ["source"] });
      expect(verdict.text).toContain("https://github.com/acme/fork");
    });

    it(`${way === "key" ? "believes" : "finds, and does not believe without a log,"} what cosign before v3 attached`, async () => {
      const image = await pushImage(at.registry, "acme/old", "released before");
      const legacy: Signing = { ...at.signing, legacy: true };
      await sign(at.cosign, legacy, image.reference);
      await attest(at.cosign, legacy, image.reference, "cyclonedx", bom);
      const partly = await at.gate(image.reference);
      await attest(at.cosign, legacy, image.reference, "slsaprovenance1", provenanceOf(releaseRun));
      const fully = await at.gate(image.reference);
      if (way === "key") {
        expect(partly).toMatchObject({ code: 1, open: ["built", "source"] });
        expect(fully).toMatchObject({ code: 0, effect: "allow" });
      } else {
        // The old format names entries of Rekor v1, which is not here; cosign too wants to be told to ignore that.
        expect(fully).toMatchObject({ code: 1, open: ["signed", "built", "source", "listed"] });
        expect(fully.text).toContain("log-threshold");
      }
    });
  });
});
