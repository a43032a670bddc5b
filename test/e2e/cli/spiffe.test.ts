import { expect, it } from "vitest";
import { leaf, rootAuthority } from "../../trust/certificates.ts";
import { bytesOf, instance, messageBundle, minute, signedAt } from "../../trust/instance.ts";
import { folder, waybill } from "./waybill.ts";

const acme = instance();
const day = 86_400_000;
const authority = rootAuthority("acme.example", new Date(signedAt.getTime() - day), new Date(signedAt.getTime() + day));
const by = leaf(authority, {
  identity: "spiffe://acme.example/ns/shop/sa/web",
  purposes: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
  notBefore: new Date(signedAt.getTime() - minute),
  notAfter: new Date(signedAt.getTime() + minute),
});
const artifact = Buffer.from("the artifact\n");
const key = { use: "x509-svid", kty: "EC", x5c: [authority.certificate.toString("base64")] };

it("verifies what a workload signed, by the bundle of its trust domain and its exact id", async () => {
  const cwd = await folder({
    app: artifact,
    "app.json": bytesOf(messageBundle(acme, artifact, { by, log: false })),
    "root.json": bytesOf(acme.root),
    "bundles.json": bytesOf({ trust_domains: { "acme.example": { keys: [key] } } }),
  });
  const verify = (identity: string, ...roots: readonly string[]) =>
    waybill(
      [
        "verify",
        "app.json",
        "--artifact",
        "app",
        "--identity",
        identity,
        ...roots.flatMap((one) => ["--trusted-root", one]),
        "--now",
        "2026-03-02T12:00:00Z",
      ],
      { cwd },
    );
  expect(await verify("spiffe://acme.example/ns/shop/sa/web", "root.json", "bundles.json")).toMatchObject({ code: 0 });
  expect(await verify("spiffe://acme.example/ns/shop/sa", "root.json", "bundles.json")).toMatchObject({
    code: 1,
    out: expect.stringContaining(": identity"),
  });
  expect(await verify("spiffe://acme.example/ns/shop/sa/web", "bundles.json")).toMatchObject({ code: 3 });
  expect((await verify("spiffe://acme.example/ns/shop/sa/web", "root.json")).code).toBe(1);
});
