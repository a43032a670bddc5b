/** Statements that Waybill signs itself, read by real cosign. */
import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { readSigningKey, signStatement } from "../../../engine/trust/sign.ts";
import { type Cosign, cosignIn } from "./cosign.ts";
import { suiteScope } from "./scope.ts";
import { describeWith } from "./tools.ts";

const type = "https://waybill.dev/attestation/change/v1";
const kinds: Readonly<Record<string, () => { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>> = {
  "P-256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  Ed25519: () => generateKeyPairSync("ed25519"),
  RSA: () => generateKeyPairSync("rsa", { modulusLength: 3072 }),
};

describeWith(["cosign"], "our own bundles, with real cosign", () => {
  const scope = suiteScope();
  const text = Buffer.from("an artifact");
  let cosign: Cosign;

  beforeAll(async () => {
    cosign = await cosignIn(scope);
    await writeFile(join(cosign.folder, "artifact"), text);
    await writeFile(join(cosign.folder, "other"), "another artifact");
  });

  it.each(Object.entries(kinds))("are verified by cosign with a %s key, for this artifact and by this key alone", async (kind, make) => {
    const { privateKey, publicKey } = make();
    const read = readSigningKey(String(privateKey.export({ type: "pkcs8", format: "pem" })));
    if (read.kind === "refused") throw new Error(read.problem);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const statement = {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "a", digest: { sha256 } }],
      predicateType: type,
      predicate: {},
    };
    const file = (name: string): string => join(cosign.folder, `${kind}-${name}`);
    await writeFile(file("bundle.json"), signStatement(statement, read.key));
    await writeFile(file("key.pub"), publicKey.export({ type: "spki", format: "pem" }));
    await writeFile(file("other.pub"), make().publicKey.export({ type: "spki", format: "pem" }));
    const verify = (artifact: string, key = "key.pub", predicate = type) =>
      cosign.run([
        ...["verify-blob-attestation", "--key", file(key), "--bundle", file("bundle.json"), "--type", predicate],
        ...["--insecure-ignore-tlog", join(cosign.folder, artifact)],
      ]);
    expect(await verify("artifact")).toMatchObject({ code: 0 });
    expect((await verify("other")).code).not.toBe(0);
    expect((await verify("artifact", "other.pub")).code).not.toBe(0);
    expect((await verify("artifact", "key.pub", "https://slsa.dev/provenance/v1")).code).not.toBe(0);
  });
});
