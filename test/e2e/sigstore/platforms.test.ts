/** Indexes, tags, and how often a registry is asked. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { waybill } from "../cli/waybill.ts";
import { attest, sign } from "./cosign.ts";
import { type FaultyRegistry, startFaultyRegistry } from "./faults.ts";
import { getManifest, manifestType, type Pushed, pushImage, pushIndex, putManifest } from "./image.ts";
import { releaseRun } from "./issuer.ts";
import { bom, provenanceOf, release } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { describeWith } from "./tools.ts";

describe.each(["registry", "refreg"] as const)("%s", (kind) => {
  describeWith(["cosign", kind], `images of several platforms in ${kind}`, () => {
    const scope = suiteScope();
    let at: Site;
    let network: FaultyRegistry;
    beforeAll(async () => {
      at = await site(scope, kind, "key");
      network = await startFaultyRegistry(scope, at.registry);
    });

    const evidence = async (image: Pushed): Promise<void> => {
      await sign(at.cosign, at.signing, image.reference);
      await attest(at.cosign, at.signing, image.reference, "cyclonedx", bom);
      await attest(at.cosign, at.signing, image.reference, "slsaprovenance1", provenanceOf(releaseRun));
    };
    const effects = (out: string): readonly string[] =>
      JSON.parse(out).decisions.map((decision: { readonly effect: string }) => decision.effect);

    it("denies every platform of an index that nobody signed", async () => {
      const { index } = await pushIndex(at.registry, "acme/bare", "bare");
      const verdict = await at.gate(index.reference);
      expect(verdict).toMatchObject({ code: 1, effect: "deny" });
      expect(effects(verdict.out)).toEqual(["deny", "deny"]);
    });

    it("denies an index of which one platform was released only, and says which is not", async () => {
      const { index, images } = await pushIndex(at.registry, "acme/half", "half");
      await evidence(images[0]);
      const verdict = await at.gate(index.reference);
      expect(verdict).toMatchObject({ code: 1, effect: "deny" });
      expect(effects(verdict.out)).toEqual(["allow", "deny"]);
      expect(await waybill(["verify", "image", index.reference, ...at.believing])).toMatchObject({ code: 1 });
    });

    it("allows an index of which each platform was released", async () => {
      const { index, images } = await pushIndex(at.registry, "acme/each", "each");
      for (const image of images) await evidence(image);
      const verdict = await at.gate(index.reference);
      expect(verdict).toMatchObject({ code: 0, effect: "allow" });
      expect(effects(verdict.out)).toEqual(["allow", "allow"]);
      expect(verdict.out).toContain(images[1].digest);
    });

    it("allows an index that was released as a whole, and not its parts by themselves", async () => {
      const { index, images } = await pushIndex(at.registry, "acme/whole", "whole");
      await evidence(index);
      const verdict = await at.gate(index.reference);
      expect(verdict).toMatchObject({ code: 0, effect: "allow" });
      expect(effects(verdict.out)).toEqual(["allow", "allow"]);
      expect(await waybill(["verify", "image", index.reference, ...at.believing])).toMatchObject({ code: 0 });
      // A registry cannot be asked which index an image is in.
      expect(await at.gate(images[0].reference)).toMatchObject({ code: 1, effect: "deny" });
    });

    it("judges what a tag means now, and names its digest", async () => {
      const released = await release(at.cosign, at.signing, at.registry, "acme/tagged", "released");
      const other = await pushImage(at.registry, "acme/tagged", "something else");
      const tagged = `${at.registry.host}/acme/tagged:1.4.0`;
      const tag = async (image: Pushed) =>
        putManifest(at.registry, "acme/tagged", await getManifest(at.registry, "acme/tagged", image.digest), manifestType, "1.4.0");
      await tag(released);
      const allowed = await at.gate(tagged);
      expect(allowed).toMatchObject({ code: 0 });
      expect(allowed.out).toContain(released.digest);
      await tag(other);
      const denied = await at.gate(tagged);
      expect(denied).toMatchObject({ code: 1, effect: "deny" });
      expect(denied.out).toContain(other.digest);
    });

    it("asks no more often than the plan says", async () => {
      const image = await release(at.cosign, at.signing, at.registry, "acme/counted", "counted");
      const { out } = await waybill(["check", "--plan", ...at.believing.slice(1, 2)]);
      const planned = Number(/(\d+) requests for an image of one platform/.exec(out)?.[1]);
      const before = network.requests.length;
      const reference = image.reference.replace(at.registry.host, network.registry.host);
      expect(await at.gate(reference)).toMatchObject({ code: 0 });
      const asked = network.requests.length - before;
      expect(asked).toBeGreaterThan(3);
      expect(asked).toBeLessThanOrEqual(planned);
    });

    it("asks nobody where the policy needs nothing that was signed", async () => {
      const policy = join(await scope.folder(), "local.scp");
      const home = 'image.repository == "registry.acme.example/shop"';
      await writeFile(policy, `module acme.local\n\npolicy local for image at ci {\n  require home: ${home} else "not ours"\n}\n`);
      const before = network.requests.length;
      const image = await pushImage(at.registry, "acme/local", "local");
      const reference = image.reference.replace(at.registry.host, network.registry.host);
      expect(await waybill(["gate", reference, "--policy", policy])).toMatchObject({ code: 1 });
      expect(network.requests.length).toBe(before);
    });
  });
});
