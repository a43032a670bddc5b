import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { compileText } from "../../test/bench/project.ts";
import { type Attestations, attest, type Believed } from "./attested.ts";
import { verificationCache } from "./cache.ts";
import { declaredKeys } from "./fingerprints.ts";
import { readKey } from "./key.ts";
import { joinRoots } from "./root.ts";
import { readSigningKey, type SigningKey, signStatement } from "./sign.ts";
import type { AttachedForm, Envelope } from "./verification.ts";

function newKey(): SigningKey {
  const read = readSigningKey(String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })));
  if (read.kind === "refused") throw new Error(read.problem);
  return read.key;
}

const [ours, second, stranger] = [newKey(), newKey(), newKey()];
const hex = "a".repeat(64);
const artifact = { algorithm: "sha256", hex };

const program = compileText(
  "trusts.scp",
  `module acme.trusts
trust ours = key { pem: "${ours.publicPem.replaceAll("\n", "\\n")}" }
trust second = key { pem: "${second.publicPem.replaceAll("\n", "\\n")}" }
trust both = all of [ours, second]
policy p for image { require image is signed by ours }`,
);

function believed(): Believed {
  const keys = [ours, second].flatMap((key) => readKey(Buffer.from(key.publicPem), "key").value ?? []);
  return {
    program,
    roots: joinRoots([]),
    keys,
    fingerprints: declaredKeys(program, () => undefined).fingerprints,
    verifications: verificationCache(),
  };
}

function statement(predicateType: string, predicate: object, digest = hex): object {
  return { _type: "https://in-toto.io/Statement/v1", subject: [{ digest: { sha256: digest } }], predicateType, predicate };
}

const bom = { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, metadata: { supplier: { name: "Acme" } } };
const bomOf = (digest = hex): object => statement("https://cyclonedx.org/bom", bom, digest);
const signatureOf = (digest = hex): object => statement("https://sigstore.dev/cosign/sign/v1", {}, digest);

let count = 0;
function envelope(what: object, key: SigningKey, form: AttachedForm = "referrer"): Envelope {
  count += 1;
  return { name: `envelope ${count}`, digest: `sha256:${String(count).padStart(64, "0")}`, bytes: signStatement(what, key), form };
}

const look = (...envelopes: readonly Envelope[]): Promise<Attestations> => attest(envelopes, artifact, `sha256:${hex}`, believed());
const trusted = ({ attested }: Attestations) => attested.filter(({ trusts }) => trusts.length > 0);

it("believes what a declared key signed about the artifact, and for no other declaration", async () => {
  const found = await look(envelope(bomOf(), ours));
  expect(trusted(found).map(({ trusts, evidence }) => [trusts, evidence.type])).toContainEqual([["acme.trusts.ours"], "waybill.sbom.Bom"]);
  expect(found.noise).toEqual([]);
});

it("counts a quorum over one statement only", async () => {
  const twice = await look(envelope(bomOf(), ours), envelope(bomOf(), second));
  expect(twice.verified.flatMap(({ trusts }) => trusts)).toContain("acme.trusts.both");
  const other = statement("https://cyclonedx.org/bom", { ...bom, version: 2 });
  const apart = await look(envelope(bomOf(), ours), envelope(other, second));
  expect(apart.verified.flatMap(({ trusts }) => trusts)).not.toContain("acme.trusts.both");
});

it("takes an attestation for no signature, and a signature for no attestation", async () => {
  expect((await look(envelope(bomOf(), ours))).signed).toEqual([]);
  const signed = await look(envelope(signatureOf(), ours));
  expect(signed.signed).toEqual(["acme.trusts.ours"]);
  expect(signed.attested).toEqual([]);
});

it.each([
  ["about another artifact", () => envelope(bomOf("b".repeat(64)), ours)],
  ["a signature of another artifact", () => envelope(signatureOf("b".repeat(64)), ours)],
  ["of a stranger", () => envelope(bomOf(), stranger)],
  ["that is no bundle", () => ({ ...envelope(bomOf(), ours), bytes: Buffer.from("{") })],
  ["of a type that is not read", () => envelope(statement("https://acme.example/unknown/v1", {}), ours)],
])("lists an envelope %s, and believes nothing of it", async (_, made) => {
  const { signed, noise, failed, ...found } = await look(made());
  expect([signed, failed, trusted({ signed, noise, failed, ...found })]).toEqual([[], [], []]);
  expect(noise).toHaveLength(1);
});

it("does not let noise keep what is believed from being believed", async () => {
  const good = envelope(bomOf(), ours);
  const alone = trusted(await look(good));
  const among = trusted(await look(envelope(bomOf(), stranger), good, envelope(bomOf("b".repeat(64)), ours)));
  expect(among).toEqual(alone);
});

it("says malformed of a verified statement that is not of its type, for its signer alone", async () => {
  const broken = statement("https://cyclonedx.org/bom", { bomFormat: "CycloneDX", specVersion: "1.6", components: 1 });
  const found = await look(envelope(broken, ours));
  expect(trusted(found)).toEqual([]);
  expect(found.failed).toContainEqual(
    expect.objectContaining({ name: "waybill.sbom.Bom", cause: "malformed", trusts: ["acme.trusts.ours"] }),
  );
  expect((await look(envelope(broken, stranger))).failed).toEqual([]);
});

it("lets `claimed` read what is attached and not believed, where it names the artifact", async () => {
  const { attested } = await attest([envelope(bomOf(), stranger)], artifact, `sha256:${hex}`, { ...believed(), claims: true });
  const claim = attested.find(({ evidence }) => evidence.type === "waybill.sbom.Bom");
  expect(claim).toMatchObject({ trusts: [], evidence: { about: [{ digest: `sha256:${hex}` }, {}] } });
});

it("hands on what is about something else for `about` only, and never as about the artifact", async () => {
  const commit = envelope(bomOf("b".repeat(64)), ours);
  expect(trusted(await look(commit))).toEqual([]);
  const { attested, elsewhere, signed } = await attest([commit, envelope(signatureOf("b".repeat(64)), ours)], artifact, `sha256:${hex}`, {
    ...believed(),
    elsewhere: true,
  });
  expect([signed, attested]).toEqual([[], []]);
  expect(elsewhere.filter(({ trusts }) => trusts.includes("acme.trusts.ours")).length).toBeGreaterThan(0);
  for (const { evidence } of elsewhere) expect(evidence.about.map(({ digest }) => digest)).not.toContain(`sha256:${hex}`);
});

it("hands on nothing that names a digest of the artifact beside one that is not its own", async () => {
  const torn = { ...bomOf(), subject: [{ digest: { sha256: hex, sha512: "c".repeat(128) } }] };
  const both = [artifact, { algorithm: "sha512", hex: "d".repeat(128) }];
  const found = await attest([envelope(torn, ours)], both, `sha256:${hex}`, { ...believed(), elsewhere: true });
  expect([trusted(found), found.elsewhere]).toEqual([[], []]);
});

it("lets no stranger complete a quorum, nor speak for it", async () => {
  const [first, other] = [envelope(bomOf(), ours), envelope(bomOf(), second)];
  const strange = envelope(bomOf(), stranger);
  const alone = await look(strange, first);
  expect(alone.verified.flatMap(({ trusts }) => trusts)).toEqual(["acme.trusts.ours"]);
  const all = await look(strange, first, other);
  expect(all.verified.map(({ envelope: one, trusts }) => [one.name, trusts])).toEqual([
    [first.name, ["acme.trusts.ours", "acme.trusts.both"]],
    [other.name, ["acme.trusts.second", "acme.trusts.both"]],
  ]);
});

it("takes an old signature of another image's payload for nothing", async () => {
  const signature = (manifestDigest: string): Envelope => {
    const made = envelope({}, ours);
    return { ...made, form: "legacy-signature", simpleSigning: { payload: Buffer.from("{}"), manifestDigest } };
  };
  const found = await look(signature(`sha256:${"b".repeat(64)}`), signature(`sha256:${hex}`));
  expect(found.signed).toEqual([]);
  expect(found.noise).toHaveLength(2);
});
