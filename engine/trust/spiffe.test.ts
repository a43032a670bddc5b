import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readCertificate, readSpiffeBundle, type SpiffeBundle, type SvidVerdict, verifySvid } from "./spiffe.ts";

const folder = new URL("fixtures/spiffe/", import.meta.url);
const pem = (name: string): string => readFileSync(new URL(`${name}.pem`, folder), "utf8");

function der(name: string): Uint8Array {
  const certificate = readCertificate(pem(name));
  if (certificate === undefined) throw new Error(`${name} is no certificate`);
  return certificate.signed.raw;
}

function bundle(text: string, trustDomain = "acme.example"): SpiffeBundle {
  const read = readSpiffeBundle(text, trustDomain);
  if (read.kind === "refused") throw new Error(read.problem);
  return read.bundle;
}

function keySet(...keys: readonly object[]): string {
  return JSON.stringify({ spiffe_sequence: 3, keys });
}

const x5c = (name: string): string => Buffer.from(der(name)).toString("base64");
const acme = bundle(pem("authority"));
/** Within the first month of the certificates of `make.sh`, which is all that the short-lived ones have. */
const made = Date.parse(readCertificate(pem("good"))?.signed.validFrom ?? "") * 1000 + 3_600_000_000;
const year = 31_536_000_000_000;

function verify(names: readonly string[], time = made, bundles: readonly SpiffeBundle[] = [acme]): SvidVerdict {
  return verifySvid(names.map(der), new Map(bundles.map((one) => [one.trustDomain, one])), time);
}

function problem(names: readonly string[], time?: number, bundles?: readonly SpiffeBundle[]): string {
  const verdict = verify(names, time, bundles);
  return verdict.kind === "refused" ? verdict.problem : "verified";
}

it.each<[string, readonly string[]]>([
  ["there is no certificate", []],
  ["the certificate names 2 URIs, and an SVID names exactly one", ["two-uris"]],
  ["the certificate names no URI", ["no-uri"]],
  ["the certificate's URI is no SPIFFE id", ["https-uri"]],
  ["names a trust domain, and a workload's id has a path", ["no-path"]],
  ["the certificate is an authority's", ["leaf-ca"]],
  ["the certificate's key may sign certificates", ["cert-sign"]],
  ["the certificate does not say what its key is for", ["no-usage"]],
  ["key usage is not critical", ["usage-not-critical"]],
  ["the certificate's key is not for signatures", ["no-signature"]],
  ["lacks server or client authentication", ["code-signing"]],
  ["the critical extension 1.2.3.4", ["critical"]],
  ["does not chain to the bundle", ["stranger"]],
  ["does not chain to the bundle", ["stranger", "other"]],
  ["does not chain to the bundle", ["deep"]],
  ["there is no bundle of the trust domain `evil.example`", ["other-domain"]],
  ["is no certificate authority", ["by-no-ca", "no-ca"]],
  ["may not sign certificates", ["by-no-sign", "no-sign"]],
  ["name constraints, which are not evaluated here", ["by-constrained", "constrained"]],
  ["may not have so many below it", ["by-below-short", "below-short", "short"]],
  ["longer than 8", Array(9).fill("good")],
])("refuses: %s (%j)", (reason, chain) => {
  expect(problem(chain)).toContain(reason);
});

it("verifies a leaf of an authority, or of an intermediate that is given", () => {
  expect(verify(["good"])).toMatchObject({ kind: "verified", id: "spiffe://acme.example/ns/shop/sa/web" });
  expect(problem(["dns-too"])).toBe("verified");
  expect(problem(["deep", "intermediate"])).toBe("verified");
  expect(problem(["deep", "no-ca", "intermediate"])).toBe("verified");
  expect(problem(["by-brief", "brief"])).toBe("verified");
});

it("compares with the time of signing, for the leaf and for each issuer", () => {
  expect(problem(["good"], made - year)).toContain("the certificate was not valid at the time of signing");
  expect(problem(["expired"], made)).toBe("verified");
  expect(problem(["expired"], made + year)).toContain("the certificate was not valid at the time of signing");
  expect(problem(["by-brief", "brief"], made + year)).toContain("an issuer of its chain was not valid");
});

it("never lets an authority speak for the ids of another trust domain", () => {
  const evil = bundle(pem("other"), "evil.example");
  expect(problem(["other-domain"], made, [acme, evil])).toContain("does not chain");
  expect(problem(["stranger"], made, [acme, evil])).toContain("does not chain");
  const relabelled = bundle(pem("authority"), "evil.example");
  expect(verifySvid([der("good")], new Map([["acme.example", relabelled]]), made)).toMatchObject({ kind: "refused" });
});

it("reads the key set of a bundle: one certificate a key, unknown uses and types passed over", () => {
  const jwt = { use: "jwt-svid", kty: "EC", kid: "a" };
  const read = bundle(
    keySet({ use: "x509-svid", kty: "EC", x5c: [x5c("authority")] }, jwt, { use: "new", kty: "EC" }, { use: "x509-svid", kty: "ML" }),
  );
  expect(read.authorities.length).toBe(1);
  expect(read.sequence).toBe(3);
  expect(problem(["good"], made, [read])).toBe("verified");
});

it("takes a bundle without keys as the revocation of all", () => {
  expect(problem(["good"], made, [bundle(keySet())])).toContain("does not chain");
});

it.each([
  ["nothing", "neither a JSON key set nor certificates"],
  ["{", "not JSON"],
  ["{}", "no `keys`"],
  [keySet({ use: "x509-svid", kty: "EC" }), "key 0 has not exactly one certificate"],
  [keySet({ use: "x509-svid", kty: "EC", x5c: ["AA==", "AA=="] }), "key 0 has not exactly one certificate"],
  [keySet({ use: "x509-svid", kty: "EC", x5c: ["AA=="] }), "authority 0 is not a certificate"],
  [pem("good"), "authority 0 is no certificate authority"],
])("refuses a bundle that is none (%#)", (text, reason) => {
  expect(readSpiffeBundle(text, "acme.example")).toMatchObject({ kind: "refused", problem: expect.stringContaining(reason) });
});

it.each(["", "Acme.example", "acme.example/ns", "acme example"])("refuses a bundle of what is no trust domain: `%s`", (name) => {
  expect(readSpiffeBundle(pem("authority"), name).kind).toBe("refused");
});

it("believes no certificate of which one byte was changed, and never throws", () => {
  const good = der("good");
  fc.assert(
    fc.property(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (index, change) => {
      const changed = Uint8Array.from(good, (byte, at) => (at === index ? byte ^ change : byte));
      expect(verifySvid([changed], new Map([["acme.example", acme]]), made).kind).toBe("refused");
    }),
  );
});
