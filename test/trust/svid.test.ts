import { expect, it } from "vitest";
import { accepts } from "../../engine/trust/identity.ts";
import { joinRoots, readTrustRoot, type TrustRoots } from "../../engine/trust/root.ts";
import type { Verification } from "../../engine/trust/verification.ts";
import { verifyBundle } from "../../engine/trust/verify.ts";
import { compile } from "../../language/compile.ts";
import { type Authority, leaf, rootAuthority } from "./certificates.ts";
import { bytesOf, certificate, digests, envelopeBundle, instance, messageBundle, minute, signedAt, statement } from "./instance.ts";

const acme = instance();
const day = 86_400_000;
const authority = rootAuthority("acme.example", new Date(signedAt.getTime() - day), new Date(signedAt.getTime() + day));
const stranger = rootAuthority("acme.example", new Date(signedAt.getTime() - day), new Date(signedAt.getTime() + day));
const purposes = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
const web = "spiffe://acme.example/ns/shop/sa/web";

const svid = (by: Authority = authority, id = web, from = -minute) =>
  leaf(by, {
    identity: id,
    purposes,
    notBefore: new Date(signedAt.getTime() + from),
    notAfter: new Date(signedAt.getTime() + from + 60 * minute),
  });

const keys = (...of: readonly Authority[]) => ({
  keys: of.map((one) => ({ use: "x509-svid", kty: "EC", x5c: [one.certificate.toString("base64")] })),
});

function roots(...files: readonly unknown[]): TrustRoots {
  return joinRoots(
    files.map((file, index) => {
      const { value, diagnostics } = readTrustRoot(bytesOf(file), `root-${index}`);
      if (value === undefined) throw new Error(diagnostics[0]?.message);
      return value;
    }),
  );
}

const own = roots(acme.root, { trust_domains: { "acme.example": keys(authority) } });
const artifact = Buffer.from("the artifact\n");

function verify(bundle: unknown, given: TrustRoots = own): Verification {
  return verifyBundle(bytesOf(bundle), { roots: given, artifact });
}

function outcome(verification: Verification): string {
  return verification.kind === "refused" ? verification.reason : verification.kind;
}

const spiffe = compile({
  deciding: [{ path: "a.scp", text: `module a\ntrust web = spiffe { id: "spiffe://acme.example/ns/*/sa/web" }` }],
  load: () => undefined,
}).value.trusts[0];

it("verifies a signature by an SVID at the time that a timestamp says, as a SPIFFE id that a declaration accepts", () => {
  const verification = verify(messageBundle(acme, artifact, { by: svid(), log: false }));
  expect(verification).toMatchObject({ kind: "verified", signer: { kind: "spiffe", id: web }, times: [{ source: "timestamp-authority" }] });
  if (verification.kind !== "verified" || spiffe === undefined) throw new Error("not verified");
  expect(accepts(spiffe, verification.signer, verification.times, new Map())).toEqual({ kind: "accepted" });
});

it("binds a statement by an SVID to the artifact", () => {
  const about = (bytes: Buffer) => envelopeBundle(acme, statement([{ digest: digests(bytes, "sha256") }]), { by: svid(), log: false });
  expect(outcome(verify(about(artifact)))).toBe("verified");
  expect(outcome(verify(about(Buffer.from("other"))))).toBe("subject-mismatch");
});

it("does not tell without a time: the validity of the certificate is no time of signing", () => {
  expect(outcome(verify(messageBundle(acme, artifact, { by: svid(), log: false, stamp: false })))).toBe("unsettled");
  expect(
    outcome(
      verify(messageBundle(acme, artifact, { by: svid(), log: false }), roots({ trust_domains: { "acme.example": keys(authority) } })),
    ),
  ).toBe("unsettled");
});

it("refuses an SVID that was not valid then, of another authority, or of a trust domain without a bundle", () => {
  expect(outcome(verify(messageBundle(acme, artifact, { by: svid(authority, web, -120 * minute), log: false })))).toBe("certificate-chain");
  expect(outcome(verify(messageBundle(acme, artifact, { by: svid(stranger), log: false })))).toBe("certificate-chain");
  expect(outcome(verify(messageBundle(acme, artifact, { by: svid(authority, "spiffe://evil.example/web"), log: false })))).toBe(
    "certificate-chain",
  );
});

it("refuses a signature by another key than the certificate's", () => {
  const by = { keys: svid().keys, certificate: svid().certificate };
  expect(outcome(verify(messageBundle(acme, artifact, { by, log: false })))).toBe("signature");
});

it("refuses two bundles of one trust domain: they are never merged", () => {
  const twice = roots(
    acme.root,
    { trust_domains: { "acme.example": keys(authority) } },
    { trust_domains: { "acme.example": keys(stranger) } },
  );
  expect(outcome(verify(messageBundle(acme, artifact, { by: svid(), log: false }), twice))).toBe("root-malformed");
});

it("reads a certificate of Fulcio with a SPIFFE name as Fulcio's, and no SVID without bundles", () => {
  expect(outcome(verify(messageBundle(acme, artifact, { by: certificate(acme, { identity: web }) })))).toBe("verified");
  expect(outcome(verify(messageBundle(acme, artifact, { by: svid(), log: false }), roots(acme.root)))).toBe("certificate-chain");
});

it.each<[string, unknown]>([
  ["maps no trust domains", { trust_domains: [] }],
  ["names no trust domain", { trust_domains: {} }],
  ["is no trust domain", { trust_domains: { "Acme.example": keys(authority) } }],
  ["has no `keys`", { trust_domains: { "acme.example": {} } }],
  ["is not a certificate", { trust_domains: { "acme.example": { keys: [{ use: "x509-svid", kty: "EC", x5c: ["AA=="] }] } } }],
])("refuses a file of bundles that %s", (problem, file) => {
  const { value, diagnostics } = readTrustRoot(bytesOf(file), "bundles.json");
  expect([value, diagnostics[0]?.code, diagnostics[0]?.message]).toEqual([undefined, "WB1100", expect.stringContaining(problem)]);
});
