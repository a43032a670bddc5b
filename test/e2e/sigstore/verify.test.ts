/** `waybill verify` on bundles that real cosign made, keyless and with a key. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { waybill } from "../cli/waybill.ts";
import { withOtherSignature, withStatement } from "./attached.ts";
import { attestBlob, attestStatement, type Cosign, cosignIn, generateKey, type KeyPair, type Signing, signBlob } from "./cosign.ts";
import { digestOf } from "./image.ts";
import { releaseRun, workflowIdentity } from "./issuer.ts";
import { bom } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

interface Made {
  /** Files. */
  readonly signature: string;
  readonly statement: string;
  /** Flags that name the signer, and flags that name somebody else. */
  readonly signer: readonly string[];
  readonly other: readonly string[];
}

describeWith(sigstoreTools, "verify, with real cosign", () => {
  const scope = suiteScope();
  let cosign: Cosign;
  let sigstore: Sigstore;
  let artifact: string;
  let digest: string;
  let releaseKey: KeyPair;
  const made = new Map<string, Made>();

  beforeAll(async () => {
    cosign = await cosignIn(scope);
    sigstore = await startSigstore(scope, cosign);
    artifact = join(cosign.folder, "artifact");
    await writeFile(artifact, "an artifact");
    digest = digestOf(await readFile(artifact));
    releaseKey = await generateKey(cosign, "release");
    const stranger = await generateKey(cosign, "stranger");
    const make = async (name: string, signing: Signing, signer: readonly string[], other: readonly string[]): Promise<void> => {
      const signature = join(cosign.folder, `${name}.sigstore.json`);
      const statement = join(cosign.folder, `${name}.intoto.sigstore.json`);
      await writeFile(signature, await signBlob(cosign, signing, artifact));
      await writeFile(statement, await attestBlob(cosign, signing, artifact, "cyclonedx", bom));
      made.set(name, { signature, statement, signer, other });
    };
    const identity = (san: string): readonly string[] => {
      const who = ["--identity", san, "--issuer", sigstore.issuer.workflows];
      return ["--trusted-root", sigstore.trustedRoot, ...who];
    };
    const keyless: Signing = { kind: "keyless", sigstore, token: sigstore.issuer.workflow(releaseRun) };
    const elsewhere = { ...releaseRun, repository: "evil/shop" };
    await make("keyless", keyless, identity(workflowIdentity(releaseRun)), identity(workflowIdentity(elsewhere)));
    await make("key", { kind: "key", key: releaseKey }, ["--key", releaseKey.publicKey], ["--key", stranger.publicKey]);
  });

  /** The exit code, and the outcome and reason of each bundle. */
  const verify = async (words: readonly string[]): Promise<{ readonly code: number; readonly bundles: readonly object[] }> => {
    const { code, out, err } = await waybill(["verify", ...words, "--format", "json"]);
    if (!out.startsWith("{")) throw new Error(err);
    return { code, bundles: JSON.parse(out).bundles };
  };
  const refused = (reason: string) => ({ code: 1, bundles: [{ outcome: "refused", reason }] });

  const ways = ["keyless", "key"];
  const bundles = (way: string): Made => {
    const found = made.get(way);
    if (!found) throw new Error(`nothing was made ${way}`);
    return found;
  };

  it.each(ways)("refuses a bundle of somebody else (%s)", async (way) => {
    const { signature, statement, other } = bundles(way);
    for (const bundle of [signature, statement])
      expect(await verify([bundle, "--artifact", artifact, ...other])).toMatchObject(refused(way === "key" ? "key" : "identity"));
  });

  it.each(ways)("refuses the bundle of another file (%s)", async (way) => {
    const { signature, statement, signer } = bundles(way);
    const another = join(cosign.folder, "another");
    await writeFile(another, "another file");
    for (const [bundle, reason] of [
      [signature, "artifact-mismatch"],
      [statement, "subject-mismatch"],
    ] as const) {
      expect(await verify([bundle, "--artifact", another, ...signer])).toMatchObject(refused(reason));
      expect(await verify([bundle, "--digest", digestOf(Buffer.from("another file")), ...signer])).toMatchObject(refused(reason));
    }
  });

  it.each(ways)("refuses a statement or a signature that was changed (%s)", async (way) => {
    const { statement, signer } = bundles(way);
    const bytes = await readFile(statement);
    const changed = join(cosign.folder, `${way}-changed.json`);
    await writeFile(
      changed,
      withStatement(bytes, (text) => text.replace("7.0.6", "7.0.5")),
    );
    expect(await verify([changed, "--artifact", artifact, ...signer])).toMatchObject(refused("signature"));
    // A timestamp is over the signature, and is looked at first.
    await writeFile(changed, withOtherSignature(bytes));
    const reason = way === "key" ? "signature" : "timestamp";
    expect(await verify([changed, "--artifact", artifact, ...signer])).toMatchObject(refused(reason));
  });

  it.each(ways)("verifies signatures and statements, by file and by digest (%s)", async (way) => {
    const { signature, statement, signer } = bundles(way);
    const verified = { code: 0, bundles: [{ outcome: "verified" }, { outcome: "verified" }] };
    expect(await verify([signature, statement, "--artifact", artifact, ...signer])).toMatchObject(verified);
    expect(await verify([signature, statement, "--digest", digest, ...signer])).toMatchObject(verified);
  });

  it("looks at the digests of a statement's subjects: at any of them, of any algorithm, and at no name", async () => {
    const bytes = await readFile(artifact);
    const digests = (content: Uint8Array, ...algorithms: readonly string[]) =>
      Object.fromEntries(algorithms.map((algorithm) => [algorithm, createHash(algorithm).update(content).digest("hex")]));
    const other = Buffer.from("another file");
    const named = { name: "artifact" };
    const cases: readonly (readonly [string, readonly object[], object])[] = [
      ["sha512 only", [{ ...named, digest: digests(bytes, "sha512") }], { outcome: "verified" }],
      ["the second of two", [{ digest: digests(other, "sha256") }, { digest: digests(bytes, "sha256") }], { outcome: "verified" }],
      ["two that agree", [{ ...named, digest: digests(bytes, "sha256", "sha512") }], { outcome: "verified" }],
      ["the right name", [{ ...named, digest: digests(other, "sha256") }], { outcome: "refused", reason: "subject-mismatch" }],
      [
        "one of two algorithms",
        [{ ...named, digest: { ...digests(bytes, "sha256"), ...digests(other, "sha512") } }],
        { outcome: "refused", reason: "subject-mismatch" },
      ],
    ];
    const { signer } = bundles("key");
    for (const [what, subject, expected] of cases) {
      const statement = { _type: "https://in-toto.io/Statement/v1", subject, predicateType: "https://cyclonedx.org/bom", predicate: bom };
      const path = join(cosign.folder, "statement.sigstore.json");
      await writeFile(path, await attestStatement(cosign, { kind: "key", key: releaseKey }, statement));
      const [found] = (await verify([path, "--artifact", artifact, ...signer])).bundles;
      expect({ what, ...found }).toMatchObject({ what, ...expected });
    }
  });

  it("asks for the whole identity: no part of it, no pattern, not the empty one", async () => {
    const { signature } = bundles("keyless");
    const whole = workflowIdentity(releaseRun);
    const words = (identity: string): readonly string[] => {
      const who = ["--identity", identity, "--issuer", sigstore.issuer.workflows];
      return [signature, "--artifact", artifact, "--trusted-root", sigstore.trustedRoot, ...who];
    };
    for (const part of [whole.slice(0, -1), whole.slice(1), whole.toUpperCase(), "acme/shop", ".*", "^https://github.com/"])
      expect(await verify(words(part))).toMatchObject(refused("identity"));
    expect(await waybill(["verify", ...words("")])).toMatchObject({ code: 2, out: "" });
  });

  it("asks for the issuer as for the identity", async () => {
    const { signature } = bundles("keyless");
    for (const issuer of [sigstore.issuer.people, sigstore.issuer.workflows.slice(0, -1), `${sigstore.issuer.workflows}/`]) {
      const words = ["--trusted-root", sigstore.trustedRoot, "--identity", workflowIdentity(releaseRun), "--issuer", issuer];
      expect(await verify([signature, "--artifact", artifact, ...words])).toMatchObject(refused("issuer"));
    }
  });

  it("believes nobody whom another Sigstore certified", async () => {
    const other = await startSigstore(scope, cosign);
    const { signature, signer } = bundles("keyless");
    const words = signer.map((word) => (word === sigstore.trustedRoot ? other.trustedRoot : word));
    expect(await verify([signature, "--artifact", artifact, ...words])).toMatchObject(refused("certificate-chain"));
  });

  it("names the signer it found in the certificate, whatever cosign is told", async () => {
    const { signature, other } = bundles("keyless");
    const { code, out, err } = await waybill(["verify", signature, "--artifact", artifact, ...other]);
    expect(code).toBe(1);
    expect(out + err).toContain(workflowIdentity(releaseRun));
  });
});
