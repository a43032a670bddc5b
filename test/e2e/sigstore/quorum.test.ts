/** Several signers: distinct members over one statement, whatever else is signed and however often. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { waybill } from "../cli/waybill.ts";
import { attach, attachedTo, signatureType } from "./attached.ts";
import { attest, type Signing, sign } from "./cosign.ts";
import { type Pushed, pushImage } from "./image.ts";
import { releaseRun } from "./issuer.ts";
import { provenanceOf } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

describeWith([...sigstoreTools, "refreg"], "the gate and quorums", () => {
  const scope = suiteScope();
  let at: Site;
  let sigstore: Sigstore;
  let policy: string;
  let key: Signing;
  let workflow: Signing;
  let person: Signing;

  beforeAll(async () => {
    at = await site(scope, "refreg", "key");
    sigstore = await startSigstore(scope, at.cosign);
    const folder = await scope.folder();
    policy = join(folder, "quorum.scp");
    key = at.signing;
    workflow = { kind: "keyless", sigstore, token: sigstore.issuer.workflow(releaseRun) };
    person = { kind: "keyless", sigstore, token: sigstore.issuer.person("ada@acme.example") };
    if (key.kind === "key") await writeFile(join(folder, "release.pub"), await readFile(key.key.publicKey));
    const { issuer } = sigstore;
    const lines = [
      "module acme.quorum",
      "import waybill.slsa",
      'trust release = key { file: "release.pub" }',
      `trust workflow = keyless { issuer: "${issuer.workflows}", repository: github("acme/shop", id: 48213077) }`,
      `trust ada = keyless { issuer: "${issuer.people}", identity: "ada@acme.example" }`,
      `trust anybody = keyless { issuer: "${issuer.people}", identity: "*@acme.example" }`,
      "trust both = all of [release, workflow]",
      "trust board = 2 of [release, workflow, ada]",
      "trust either = any of [release, ada]",
      "trust overlapping = 2 of [ada, anybody]",
      "policy quorum for image at ci {",
      "  require both: image is signed by both",
      "  require board: image is signed by board",
      "  require either: image is signed by either",
      "  require overlapping: image is signed by overlapping",
      '  require built: (attestation slsa.Provenance by both).source.repository == "https://github.com/acme/shop"',
      "}",
    ];
    await writeFile(policy, `${lines.join("\n")}\n`);
  });

  /** The clauses that pass for an image of these signatures. */
  const passed = async (image: Pushed): Promise<readonly string[]> => {
    const words = ["--policy", policy, "--trusted-root", sigstore.trustedRoot, "--format", "json"];
    const { out, err } = await waybill(["gate", image.reference, ...words]);
    if (!out.startsWith("{")) throw new Error(err);
    const { decisions } = JSON.parse(out) as {
      readonly decisions: readonly { readonly clauses: readonly { readonly clause: string; readonly outcome: string }[] }[];
    };
    return decisions.flatMap(({ clauses }) => clauses.filter(({ outcome }) => outcome === "passed").map(({ clause }) => clause));
  };
  const signedBy = async (content: string, ...signings: readonly Signing[]): Promise<Pushed> => {
    const image = await pushImage(at.registry, "acme/shop", content);
    for (const signing of signings) await sign(at.cosign, signing, image.reference);
    return image;
  };

  it("counts one signer once, however often it signs", async () => {
    const image = await signedBy("thrice", key, key, key);
    expect(await passed(image)).toEqual(["either"]);
    for (const { bundle } of await attachedTo(at.registry, image)) await attach(at.registry, image, bundle, signatureType);
    expect(await passed(image)).toEqual(["either"]);
  });

  it("counts members, so that one signature of somebody who is two of them counts for both", async () => {
    expect(await passed(await signedBy("ada", person))).toEqual(["either", "overlapping"]);
  });

  it("counts different members over the same statement", async () => {
    expect(await passed(await signedBy("two", key, workflow))).toEqual(["both", "board", "either"]);
    expect(await passed(await signedBy("others", workflow, person))).toEqual(["board", "either", "overlapping"]);
  });

  it("does not add up signatures over statements that differ", async () => {
    const image = await pushImage(at.registry, "acme/shop", "differing");
    await attest(at.cosign, key, image.reference, "slsaprovenance1", provenanceOf(releaseRun));
    await attest(at.cosign, workflow, image.reference, "slsaprovenance1", provenanceOf({ ...releaseRun, trigger: "workflow_dispatch" }));
    expect(await passed(image)).toEqual([]);
    await attest(at.cosign, workflow, image.reference, "slsaprovenance1", provenanceOf(releaseRun));
    expect(await passed(image)).toEqual(["built"]);
  });
});
