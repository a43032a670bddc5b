/** `waybill verify --key` on what real cosign signs with each kind of key that it imports. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { waybill } from "../cli/waybill.ts";
import { attestBlob, type Cosign, cosignIn, signBlob } from "./cosign.ts";
import { digestOf } from "./image.ts";
import { suiteScope } from "./scope.ts";
import { describeWith } from "./tools.ts";

const kinds: Readonly<Record<string, () => { readonly privateKey: KeyObject }>> = {
  "P-256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-384": () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "P-521": () => generateKeyPairSync("ec", { namedCurve: "P-521" }),
  Ed25519: () => generateKeyPairSync("ed25519"),
  RSA: () => generateKeyPairSync("rsa", { modulusLength: 3072 }),
};

describeWith(["cosign"], "managed keys, with real cosign", () => {
  const scope = suiteScope();
  const text = Buffer.from("an artifact");
  let cosign: Cosign;
  let artifact = "";
  let other = "";

  beforeAll(async () => {
    cosign = await cosignIn(scope);
    artifact = join(cosign.folder, "artifact");
    other = join(cosign.folder, "other");
    await writeFile(artifact, text);
    await writeFile(other, "another artifact");
  });

  it.each(Object.entries(kinds))(
    "verifies a signature and an attestation by a %s key, of this artifact and no other",
    async (kind, make) => {
      const { privateKey } = make();
      const pem = join(cosign.folder, `${kind}.pem`);
      await writeFile(pem, privateKey.export({ type: "pkcs8", format: "pem" }));
      await cosign.must(["import-key-pair", "--key", pem, "--output-key-prefix", kind]);
      const key = { privateKey: join(cosign.folder, `${kind}.key`), publicKey: join(cosign.folder, `${kind}.pub`) };
      const der = join(cosign.folder, `${kind}.der`);
      await writeFile(der, createPublicKey(privateKey).export({ type: "spki", format: "der" }));
      const signing = { kind: "key", key } as const;
      const [signature, statement] = [join(cosign.folder, `${kind}.sig.json`), join(cosign.folder, `${kind}.att.json`)];
      await writeFile(signature, await signBlob(cosign, signing, artifact));
      await writeFile(statement, await attestBlob(cosign, signing, artifact, "custom", { tested: true }));
      for (const file of [key.publicKey, der]) {
        const ran = await waybill(["verify", signature, statement, "--artifact", artifact, "--key", file]);
        expect([ran.code, ran.err]).toEqual([0, ""]);
      }
      const wrong = await waybill(["verify", signature, statement, "--artifact", other, "--key", key.publicKey]);
      expect(wrong.code).toBe(1);
      expect(wrong.out).toContain("att.json: subject-mismatch");
      expect(wrong.out).toMatch(/sig\.json: (artifact-mismatch|signature)/);
      const logged = await waybill(["verify", signature, "--artifact", artifact, "--key", key.publicKey, "--require-log"]);
      expect([logged.code, logged.out]).toEqual([1, expect.stringContaining("log-threshold")]);
      // Cosign signs the sha256 of the artifact with P-256 alone; the others are over another digest or the artifact itself.
      const byDigest = await waybill(["verify", signature, "--digest", digestOf(text), "--key", key.publicKey]);
      expect(byDigest.code).toBe(kind === "P-256" ? 0 : 3);
    },
  );
});
