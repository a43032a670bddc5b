/** A verdict goes on as a signed summary: real cosign verifies it, and another gate rests on it, by SLSA's steps. */
import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { waybill } from "../cli/waybill.ts";
import { attach, attachedTo, copyTo, statementOf } from "./attached.ts";
import { type Signing, sign, verifyingFlags } from "./cosign.ts";
import { digestOf, type Pushed, pushImage } from "./image.ts";
import { releaseRun, workflowIdentity } from "./issuer.ts";
import { release } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

const summaryType = "https://slsa.dev/verification_summary/v1";
const resultType = "https://in-toto.io/attestation/svr/v0.2";
const verifier = "https://ci.acme.example";

describeWith([...sigstoreTools, "registry"], "verdicts that are signed", () => {
  const scope = suiteScope();
  let at: Site;
  let folder: string;
  let whole: Pushed;
  let bare: Pushed;
  /** Bundles, signed by the key of our CI. */
  let summary: Buffer;
  let result: Buffer;

  beforeAll(async () => {
    at = await site(scope, "registry", "key");
    folder = await scope.folder();
    for (const name of ["ci", "stranger"]) {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      await writeFile(join(folder, `${name}.key`), privateKey.export({ type: "pkcs8", format: "pem" }));
      await writeFile(join(folder, `${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    }
    whole = await release(at.cosign, at.signing, at.registry, "acme/shop", "whole");
    bare = await pushImage(at.registry, "acme/shop", "bare");
    await sign(at.cosign, at.signing, bare.reference);
    ({ summary, result } = await verdictOf(whole, ["--attest-key", join(folder, "ci.key")]));
  });

  let verdicts = 0;
  const verdictOf = async (image: Pushed, words: readonly string[]) => {
    const out = join(folder, `verdict-${verdicts++}`);
    await at.gate(image.reference, ["--attest", out, "--verifier-id", verifier, ...words]);
    const read = (kind: string): Promise<Buffer> => readFile(join(out, `${image.digest.replace(":", "-")}.${kind}.sigstore.json`));
    return { summary: await read("vsa"), result: await read("svr") };
  };
  const byCi = () => ["--attest-key", join(folder, "ci.key")];

  /** Gates by the summary alone, as production does; `resource` and `id` are what it expects of it. */
  const admit = async (image: Pushed, words: readonly string[] = [], resource = whole.reference, id = verifier) => {
    const policy = join(folder, "production.scp");
    const accepted = `slsa.accepted(verdict, "${id}", "${resource}", "WAYBILL_PASSED")`;
    const text = [
      "module acme.production",
      "import waybill.slsa",
      'trust ci = key { file: "ci.pub" }',
      "policy production for image at ci {",
      "  let verdict = attestation slsa.VerificationSummary by ci",
      `  require verified: ${accepted} else "not verified by our CI"`,
      "}",
    ];
    await writeFile(policy, `${text.join("\n")}\n`);
    return waybill(["gate", image.reference, "--policy", policy, "--format", "json", ...words]);
  };
  let repositories = 0;
  /** The released image in a repository of its own, with a summary attached. */
  const withSummary = async (bundle: Uint8Array): Promise<Pushed> => {
    const copy = await copyTo(at.registry, whole, `acme/verdict-${repositories++}`);
    await attach(at.registry, copy, bundle, summaryType);
    return copy;
  };

  it("denies an image that nobody gave a verdict on", async () => {
    expect(await admit(whole)).toMatchObject({ code: 1 });
  });

  it("denies a summary that nobody signed, as a file, as an attachment and with an empty signature", async () => {
    const file = join(folder, "statement.json");
    await writeFile(file, JSON.stringify(statementOf(summary)));
    expect(await admit(whole, ["--evidence", file])).toMatchObject({ code: 1 });
    expect(await admit(await withSummary(await readFile(file)))).toMatchObject({ code: 1 });
    const bundle = JSON.parse(summary.toString());
    bundle.dsseEnvelope.signatures = [{ ...bundle.dsseEnvelope.signatures[0], sig: "" }];
    expect(await admit(await withSummary(Buffer.from(JSON.stringify(bundle))))).toMatchObject({ code: 1 });
  });

  it("denies a summary that a stranger signed", async () => {
    const strange = await verdictOf(whole, ["--attest-key", join(folder, "stranger.key")]);
    expect(await admit(await withSummary(strange.summary))).toMatchObject({ code: 1 });
  });

  it("denies the summary of another image, of another resource and of another verifier", async () => {
    const other = await pushImage(at.registry, "acme/other", "other");
    await attach(at.registry, other, summary, summaryType);
    expect(await admit(other)).toMatchObject({ code: 1 });
    const image = await withSummary(summary);
    expect(await admit(image, [], "ghcr.io/acme/shop")).toMatchObject({ code: 1 });
    expect(await admit(image, [], whole.reference, "https://ci.evil.example")).toMatchObject({ code: 1 });
  });

  it("denies the summary of an image that did not pass", async () => {
    const failed = await verdictOf(bare, byCi());
    expect(statementOf(failed.summary)).toMatchObject({ predicate: { verificationResult: "FAILED" } });
    await attach(at.registry, bare, failed.summary, summaryType);
    expect(await admit(bare, [], bare.reference)).toMatchObject({ code: 1 });
  });

  it("allows the image on the summary, by file and by attachment", async () => {
    expect(await admit(await withSummary(summary))).toMatchObject({ code: 0 });
    const file = join(folder, "summary.sigstore.json");
    await writeFile(file, summary);
    expect(await admit(whole, ["--evidence", file])).toMatchObject({ code: 0 });
  });

  it("names every attestation that the verdict rests on, by its digest", async () => {
    const { predicate } = statementOf(summary) as {
      readonly predicate: { readonly inputAttestations: readonly { readonly digest: { readonly sha256: string } }[] };
    };
    const attached = await attachedTo(at.registry, whole);
    const named = predicate.inputAttestations.map(({ digest }) => `sha256:${digest.sha256}`);
    expect([...named].sort()).toEqual(attached.map(({ bundle }) => digestOf(bundle)).sort());
    expect(named).toHaveLength(3);
  });

  it("writes what real cosign verifies: both, with a key, as a file and attached", async () => {
    const flags = ["--key", join(folder, "ci.pub"), "--insecure-ignore-tlog=true"];
    for (const [type, bundle] of [
      [summaryType, summary],
      [resultType, result],
    ] as const) {
      const file = join(folder, "checked.sigstore.json");
      await writeFile(file, bundle);
      const about = (image: Pushed) => ["--digest", image.digest.slice("sha256:".length), "--digestAlg", "sha256", "--type", type];
      const verify = (image: Pushed) => at.cosign.run(["verify-blob-attestation", "--bundle", file, ...flags, ...about(image)]);
      expect(await verify(bare)).toMatchObject({ code: 1 });
      expect(await verify(whole)).toMatchObject({ code: 0 });
    }
    const image = await withSummary(summary);
    expect(await at.cosign.run(["verify-attestation", ...flags, "--type", summaryType, image.reference])).toMatchObject({ code: 0 });
  });

  it("writes what real cosign verifies without a key", async () => {
    const sigstore = await startSigstore(scope, at.cosign);
    const signing: Signing = { kind: "keyless", sigstore, token: sigstore.issuer.workflow(releaseRun) };
    const token = join(folder, "token");
    await writeFile(token, signing.token);
    const signed = await verdictOf(whole, ["--signing-config", sigstore.signingConfig, "--identity-token", token]);
    const file = join(folder, "keyless.sigstore.json");
    await writeFile(file, signed.summary);
    const verify = (run: typeof releaseRun) => {
      const flags = verifyingFlags(signing, { san: workflowIdentity(run), issuer: sigstore.issuer.workflows });
      const about = ["--digest", whole.digest.slice("sha256:".length), "--digestAlg", "sha256", "--type", summaryType];
      return at.cosign.run(["verify-blob-attestation", "--bundle", file, ...flags, ...about]);
    };
    expect(await verify({ ...releaseRun, repository: "evil/shop" })).toMatchObject({ code: 1 });
    expect(await verify(releaseRun)).toMatchObject({ code: 0 });
  });
});
