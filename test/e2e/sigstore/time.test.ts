/** When something was signed: said by the timestamp authority, never by the clock, the document or the order of attachments. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { waybill } from "../cli/waybill.ts";
import { attach, attachedTo } from "./attached.ts";
import { attest, type Signing, sign } from "./cosign.ts";
import { copyImage, type Pushed, pushImage } from "./image.ts";
import { releaseRun } from "./issuer.ts";
import { provenanceOf, provenanceType } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

describeWith([...sigstoreTools, "refreg"], "the gate and times of signing", () => {
  const scope = suiteScope();
  let at: Site;
  let sigstore: Sigstore;
  let folder: string;
  let keyed: Pushed;
  let keyless: Pushed;

  beforeAll(async () => {
    at = await site(scope, "refreg", "key");
    sigstore = await startSigstore(scope, at.cosign);
    folder = await scope.folder();
    keyed = await pushImage(at.registry, "acme/shop", "signed with a key");
    await sign(at.cosign, at.signing, keyed.reference);
    keyless = await pushImage(at.registry, "acme/shop", "signed by a workflow");
    await sign(at.cosign, byWorkflow(), keyless.reference);
  });

  const byWorkflow = (): Signing => ({ kind: "keyless", sigstore, token: sigstore.issuer.workflow(releaseRun) });
  const keyOf = ({ signing }: Site): string => (signing.kind === "key" ? signing.key.publicKey : "");
  const trustKeyless = (window = "") =>
    `keyless { issuer: "${sigstore.issuer.workflows}", repository: github("acme/shop", id: 48213077)${window} }`;

  const gate = async (image: Pushed, trust: string, body: readonly string[], words: readonly string[] = []) => {
    const policy = join(folder, "timed.scp");
    const head = ["module acme.timed", "import waybill.slsa", `trust release = ${trust}`, "policy timed for image at ci {"];
    await writeFile(policy, `${[...head, ...body, "}"].join("\n")}\n`);
    const root = ["--trusted-root", sigstore.trustedRoot, "--key", keyOf(at)];
    return waybill(["gate", image.reference, "--policy", policy, ...root, "--format", "json", ...words]);
  };
  const signed = ["  require signed: image is signed by release"];

  it("believes a certificate that has expired since, because the time of signing was within its life", async () => {
    expect(await gate(keyless, trustKeyless(), signed, ["--now", "2036-01-01T00:00:00Z"])).toMatchObject({ code: 0 });
  });

  it("compares the window of an identity with the time of signing, and not with now", async () => {
    const past = trustKeyless(", not_after: 2025-01-01");
    expect(await gate(keyless, past, signed, ["--now", "2024-06-01T00:00:00Z"])).toMatchObject({ code: 1 });
    const future = trustKeyless(", not_before: 2099-01-01");
    expect(await gate(keyless, future, signed, ["--now", "2100-01-01T00:00:00Z"])).toMatchObject({ code: 1 });
    const present = trustKeyless(", not_before: 2025-01-01, not_after: 2099-01-01");
    expect(await gate(keyless, present, signed, ["--now", "2100-01-01T00:00:00Z"])).toMatchObject({ code: 0 });
  });

  it("does not know whether a key signed within its window, where nobody says when", async () => {
    await writeFile(join(folder, "release.pub"), await readFile(keyOf(at)));
    expect(await gate(keyed, 'key { file: "release.pub" }', signed)).toMatchObject({ code: 0 });
    expect(await gate(keyed, 'key { file: "release.pub", not_after: 2099-01-01 }', signed)).toMatchObject({ code: 1 });
  });

  it("takes the newest by its verified time: neither the last that was attached, nor an old one attached again", async () => {
    const good = provenanceOf(releaseRun);
    const bad = provenanceOf({ ...releaseRun, repository: "acme/fork" });
    const clause = [
      "  let provenance = newest attestation slsa.Provenance by release",
      '  require source: provenance.source.repository == "https://github.com/acme/shop"',
    ];
    for (const [older, newer, code] of [
      [bad, good, 0],
      [good, bad, 1],
    ] as const) {
      const image = await pushImage(at.registry, "acme/newest", `newest ${code}`);
      await attest(at.cosign, byWorkflow(), image.reference, "slsaprovenance1", older);
      await nextSecond();
      await attest(at.cosign, byWorkflow(), image.reference, "slsaprovenance1", newer);
      const [one, other] = (await attachedTo(at.registry, image)).map(({ bundle }) => bundle);
      if (!one || !other) throw new Error("two were attached");
      for (const [order, bundles] of Object.entries({ forth: [one, other], back: [other, one], again: [one, other, one, other] })) {
        const copy = await copyImage(at.registry, image, `acme/newest-${code}-${order}`);
        for (const bundle of bundles) await attach(at.registry, copy, bundle, provenanceType);
        expect([order, (await gate(copy, trustKeyless(), clause)).code]).toEqual([order, code]);
      }
    }
  });
});

/** The authority says whole seconds. */
async function nextSecond(): Promise<void> {
  const second = (): number => Math.floor(Date.now() / 1000);
  for (const now = second(); second() === now; ) await new Promise((resolve) => setTimeout(resolve, 20));
}
