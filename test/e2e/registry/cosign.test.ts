/** What cosign attaches, in its new form and its old, read back and verified: whatever the form, the bundle holds. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { layoutAttached, openRegistries } from "../../../compiler/cli/shell/registry.ts";
import type { Attached } from "../../../engine/evidence/oci/attached.ts";
import { type PublicKey, readKey } from "../../../engine/trust/key.ts";
import { joinRoots, readTrustRoot, type TrustRoots } from "../../../engine/trust/root.ts";
import type { Envelope, Verification } from "../../../engine/trust/verification.ts";
import { verifyBundle } from "../../../engine/trust/verify.ts";
import { attest, type Cosign, cosignIn, generateKey, type KeyPair, type Signing, sign } from "../sigstore/cosign.ts";
import { pushImage } from "../sigstore/image.ts";
import { releaseRun } from "../sigstore/issuer.ts";
import { type Registry, registryKinds, startRegistry } from "../sigstore/registry.ts";
import { suiteScope } from "../sigstore/scope.ts";
import { type Sigstore, startSigstore } from "../sigstore/stack.ts";
import { describeWith, sigstoreTools } from "../sigstore/tools.ts";

const nobody = joinRoots([]);

async function keyOf(pair: KeyPair): Promise<PublicKey> {
  const { value } = readKey(await readFile(pair.publicKey), "cosign.pub");
  if (!value) throw new Error("cosign wrote a key that cannot be read");
  return value;
}

async function read(reference: string): Promise<Attached> {
  const registries = await openRegistries();
  const found = await registries.attached(reference);
  registries.close();
  if (found.kind === "unreached") throw new Error(found.fault.diagnostic.message);
  return found;
}

/** Verifies as the trust layer does: a statement against the image, an old signature against the payload that names it. */
function verified(envelope: Envelope, image: string, roots: TrustRoots, keys: readonly PublicKey[]): Verification {
  const [algorithm = "", hex = ""] = image.split(":");
  const { simpleSigning } = envelope;
  if (simpleSigning) expect(simpleSigning.manifestDigest).toBe(image);
  return verifyBundle(envelope.bytes, { roots, keys, artifact: simpleSigning?.payload ?? { algorithm, hex } });
}

function shown(one: Verification): string {
  return one.kind === "verified" ? `${one.kind} ${one.content.kind}` : `${one.kind}: ${one.detail}`;
}

for (const kind of registryKinds) {
  describeWith(["cosign", kind], `what cosign signs with a key into ${kind}`, () => {
    const scope = suiteScope();
    let registry: Registry;
    let cosign: Cosign;
    let pair: KeyPair;
    let key: PublicKey;
    beforeAll(async () => {
      registry = await startRegistry(scope, kind);
      cosign = await cosignIn(scope);
      pair = await generateKey(cosign, "release");
      key = await keyOf(pair);
    });

    it.each([false, true])("is found and verified (in the old form: %s)", async (legacy) => {
      const signing: Signing = { kind: "key", key: pair, legacy };
      const image = await pushImage(registry, "acme/shop", `legacy ${legacy}`);
      await sign(cosign, signing, image.reference);
      await attest(cosign, signing, image.reference, "https://acme.example/check/v1", { passed: true });
      const found = await read(image.reference);
      const forms = legacy ? ["legacy-signature", "legacy-attestation"] : [kind === "refreg" ? "referrer" : "referrers-tag"];
      expect([found.forms.found, found.gaps, found.noise]).toEqual([forms, [], []]);
      const verifications = found.envelopes.map((one) => shown(verified(one, image.digest, nobody, [key])));
      expect(verifications.sort()).toEqual(
        legacy ? ["verified artifact", "verified statement"] : ["verified statement", "verified statement"],
      );
      const other = await pushImage(registry, "acme/shop", `other ${legacy}`);
      for (const envelope of found.envelopes.filter((one) => !one.simpleSigning))
        expect(verified(envelope, other.digest, nobody, [key]).kind).toBe("refused");
    });

    it("is refused with another key", async () => {
      const image = await pushImage(registry, "acme/shop", "another key");
      await sign(cosign, { kind: "key", key: pair, legacy: true }, image.reference);
      const stranger = await keyOf(await generateKey(cosign, `stranger-${kind}`));
      const [envelope] = (await read(image.reference)).envelopes;
      expect(envelope && verified(envelope, image.digest, nobody, [stranger]).kind).toBe("refused");
    });

    it("is found in the layout that cosign saves", async () => {
      const image = await pushImage(registry, "acme/saved", "saved");
      await sign(cosign, { kind: "key", key: pair, legacy: true }, image.reference);
      await attest(cosign, { kind: "key", key: pair, legacy: true }, image.reference, "https://acme.example/check/v1", { passed: true });
      const folder = join(await scope.folder(), "layout");
      await cosign.must(["save", "--dir", folder, image.reference]);
      const found = await layoutAttached(folder, image.digest);
      if (found.kind === "unreached") throw new Error(found.fault.diagnostic.message);
      expect([found.digest, found.forms.found, found.requests]).toEqual([image.digest, ["layout"], 0]);
      expect(found.envelopes.map((one) => shown(verified(one, image.digest, nobody, [key]))).sort()).toEqual([
        "verified artifact",
        "verified statement",
      ]);
    });
  });
}

describeWith([...sigstoreTools, "refreg"], "what cosign signs without a key", () => {
  const scope = suiteScope();
  let sigstore: Sigstore;
  let cosign: Cosign;
  let registry: Registry;
  beforeAll(async () => {
    cosign = await cosignIn(scope);
    sigstore = await startSigstore(scope, cosign);
    registry = await startRegistry(scope, "refreg");
  });

  it.each([false, true])("is found and verified (in the old form: %s)", async (legacy) => {
    const signing: Signing = { kind: "keyless", sigstore, token: sigstore.issuer.workflow(releaseRun), legacy };
    const image = await pushImage(registry, "acme/shop", `keyless ${legacy}`);
    await sign(cosign, signing, image.reference);
    await attest(cosign, signing, image.reference, "https://acme.example/check/v1", { passed: true });
    const found = await read(image.reference);
    // The old form has its time from the timestamp authority alone: Rekor v1 is not here.
    const root = readTrustRoot(await readFile(sigstore.trustedRoot), "stack", legacy ? "not-required" : "required").value;
    if (!root) throw new Error("the stack's trusted root cannot be read");
    const verifications = found.envelopes.map((one) => verified(one, image.digest, joinRoots([root]), []));
    expect(verifications.map(shown).sort()).toEqual(
      legacy ? ["verified artifact", "verified statement"] : ["verified statement", "verified statement"],
    );
  });
});
