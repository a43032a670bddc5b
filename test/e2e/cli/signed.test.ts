/** What somebody signed about a file, through `gate`, `replay` and `--attest`: no registry, a key of the test's own. */
import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, it } from "vitest";
import { readSigningKey, type SigningKey, signStatement } from "../../../engine/trust/sign.ts";
import { folder, repository, waybill } from "./waybill.ts";

const artifact = "what was built";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const policy = `module acme.signed
import waybill.sbom

trust release = key { file: "keys/release.pub" }

policy signed for artifact at ci {
  let bom = attestation sbom.Bom by release
  require supplied: bom.supplier == "Acme" else "{artifact} comes from {bom.supplier}"
  require named: artifact.name == "app.tgz" else "{artifact} has another name"
}
`;

function signer(): { readonly key: SigningKey; readonly pem: string } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = pemOf(privateKey);
  const read = readSigningKey(pem);
  if (read.kind === "refused") throw new Error(read.problem);
  return { key: read.key, pem };
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: "pkcs8", format: "pem" }));
}

function bom(supplier: string, digest = sha256(artifact)): object {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "app.tgz", digest: { sha256: digest } }],
    predicateType: "https://cyclonedx.org/bom",
    predicate: {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      version: 1,
      metadata: { supplier: { name: supplier }, component: { type: "application", name: "app", "bom-ref": "app" } },
    },
  };
}

/** What `docs/schemas` says against a document. */
function schemaProblems(name: string, text: string): readonly unknown[] {
  const ajv = new Ajv({ strict: false });
  const schema = JSON.parse(readFileSync(join(repository, "docs", "schemas", `${name}.schema.json`), "utf8"));
  return ajv.validate(schema, JSON.parse(text)) ? [] : (ajv.errors ?? []);
}

const now = ["--now", "2026-11-21T12:00:00Z"];
let at: string;
let release: ReturnType<typeof signer>;

beforeAll(async () => {
  release = signer();
  const stranger = signer();
  at = await folder({
    "app.tgz": artifact,
    "policies/signed.scp": policy,
    "policies/keys/release.pub": release.key.publicPem,
    "release.pem": release.pem,
    "good.json": signStatement(bom("Acme"), release.key),
    "other-supplier.json": signStatement(bom("Mallory"), release.key),
    "other-artifact.json": signStatement(bom("Acme", sha256("something else")), release.key),
    "sha512.json": signStatement(
      { ...bom("Acme"), subject: [{ name: "app.tgz", digest: { sha512: createHash("sha512").update(artifact).digest("hex") } }] },
      release.key,
    ),
    "stranger.json": signStatement(bom("Acme"), stranger.key),
    "bare.json": JSON.stringify(bom("Acme")),
    "broken.json": signStatement({ ...bom("Acme"), predicate: { bomFormat: "CycloneDX", specVersion: "1.6", components: 1 } }, release.key),
  });
});

const gate = (evidence: readonly string[], ...more: readonly string[]) =>
  waybill(["gate", "app.tgz", "-p", "policies", "-e", ...evidence, ...now, ...more], { cwd: at });

it("allows what the key of the policy signed about the artifact", async () => {
  const { code, out } = await gate(["good.json"]);
  expect(code).toBe(0);
  expect(out).toContain("verified https://cyclonedx.org/bom by the key");
});

it("knows a file by each of its digests: a statement may name SHA-512 alone", async () => {
  expect(await gate(["sha512.json"])).toMatchObject({ code: 0 });
});

it.each([
  ["about another artifact", "other-artifact.json", "subject-mismatch"],
  ["that a stranger signed", "stranger.json", "key"],
  ["that nobody signed", "bare.json", undefined],
])("denies with a statement %s, which is not evidence and not broken either", async (_, name, reason) => {
  const { code, out } = await gate([name], "--format", "json");
  const report = JSON.parse(out);
  expect(code).toBe(1);
  expect(report).toMatchObject({ effect: "deny", reason: "undecided", attestations: [] });
  const unused = report.diagnostics.filter((one: { code: string }) => one.code === "WB1030");
  expect(unused.map((one: { message: string }) => one.message)).toEqual(reason === undefined ? [] : [expect.stringContaining(reason)]);
});

it("is not moved by noise beside the statement that counts", async () => {
  const { code, out } = await gate(["good.json", "other-artifact.json", "stranger.json"], "--format", "json");
  expect(code).toBe(0);
  expect(JSON.parse(out).attestations).toMatchObject([{ name: "good.json", trusts: ["acme.signed.release"], form: "file" }]);
});

it("finds a conflict where the same key says two things", async () => {
  const { code, out } = await gate(["good.json", "other-supplier.json"], "--format", "json");
  expect(code).toBe(1);
  const [supplied] = JSON.parse(out).decisions[0].clauses;
  expect(supplied).toMatchObject({ outcome: "undecided", causes: ["conflict"] });
});

it("takes a verified statement that breaks its schema for malformed, and never passes it over", async () => {
  const { code, out } = await gate(["good.json", "broken.json"], "--format", "json");
  expect(code).not.toBe(0);
  const [supplied] = JSON.parse(out).decisions[0].clauses;
  expect(supplied.causes).toContain("malformed");
});

it("reproduces a recorded decision byte for byte, after everything it was read from is gone", async () => {
  const recorded = await gate(["good.json"], "--format", "json", "--record", "record");
  const elsewhere = await folder({});
  const { code, out, err } = await waybill(["replay", join(at, "record"), "--format", "json"], { cwd: elsewhere });
  expect(err).toContain("reproduced byte for byte");
  expect(code).toBe(0);
  expect(out).toBe(recorded.out);
});

it("says what flips under another policy, and exits 1", async () => {
  await gate(["good.json"], "--record", "record-flips");
  await writeFile(join(at, "next.scp"), policy.replace('"app.tgz"', '"app2.tgz"').replace("keys/", "policies/keys/"));
  const { code, out } = await waybill(["replay", "record-flips", "--policy", "next.scp", "--format", "json"], { cwd: at });
  expect(code).toBe(1);
  expect(schemaProblems("replay", out)).toEqual([]);
  expect(JSON.parse(out)).toMatchObject({
    before: { effect: "allow" },
    after: { effect: "deny" },
    flips: [{ clause: "acme.signed.signed.named", before: "passed, allow", after: "violated, deny" }],
  });
});

it("refuses a record in which anything was changed, and one that is none: no verdict, exit 3", async () => {
  await gate(["other-supplier.json"], "--record", "record-forged");
  const blobs = join(at, "record-forged", "blobs", "sha256");
  for (const name of await readdir(blobs)) {
    const path = join(blobs, name);
    const text = await readFile(path, "utf8");
    if (text.includes("dsseEnvelope")) await writeFile(path, text.replace("e", "E"));
  }
  const changed = await waybill(["replay", "record-forged"], { cwd: at });
  expect(changed.code).toBe(3);
  expect(changed.err).toContain("is not what it was");
  const none = await waybill(["replay", "policies"], { cwd: at });
  expect(none.code).toBe(3);
  expect(none.err).toContain("WB1032");
  const over = await gate(["good.json"], "--record", "policies");
  expect(over.code).toBe(2);
  expect(over.err).toContain("WB1033");
});

it("writes each verdict as a signed VSA and SVR that verify, and that another policy can rest on", async () => {
  const { code } = await gate(["good.json"], "--attest", "verdicts", "--attest-key", "release.pem");
  expect(code).toBe(0);
  const names = await readdir(join(at, "verdicts"));
  expect(names.sort()).toEqual([`sha256-${sha256(artifact)}.svr.sigstore.json`, `sha256-${sha256(artifact)}.vsa.sigstore.json`]);
  const bundles = names.map((name) => join("verdicts", name));
  const verified = await waybill(
    ["verify", ...bundles, "--artifact", "app.tgz", "--key", "policies/keys/release.pub", "--format", "json"],
    { cwd: at },
  );
  expect(verified.code).toBe(0);
  const types = JSON.parse(verified.out).bundles.map((one: { content: { predicateType: string } }) => one.content.predicateType);
  expect(types).toEqual(["https://in-toto.io/attestation/svr/v0.2", "https://slsa.dev/verification_summary/v1"]);
  const vsa = JSON.parse(await readFile(join(at, bundles[1] ?? ""), "utf8"));
  const { predicate } = JSON.parse(Buffer.from(vsa.dsseEnvelope.payload, "base64").toString());
  expect(predicate).toMatchObject({
    verificationResult: "PASSED",
    resourceUri: "app.tgz",
    policy: { uri: "urn:waybill:policy:acme.signed" },
    timeVerified: "2026-11-21T12:00:00Z",
  });
  expect(predicate.inputAttestations.map((one: { uri: string }) => one.uri)).toContain("good.json");
});

it("attests a denial as failed, and needs to know who signs", async () => {
  const denied = await gate(["other-supplier.json"], "--attest", "denials", "--attest-key", "release.pem");
  expect(denied.code).toBe(1);
  const vsa = JSON.parse(await readFile(join(at, "denials", `sha256-${sha256(artifact)}.vsa.sigstore.json`), "utf8"));
  expect(JSON.parse(Buffer.from(vsa.dsseEnvelope.payload, "base64").toString()).predicate).toMatchObject({ verificationResult: "FAILED" });
  const unsigned = await gate(["good.json"], "--attest", "nowhere");
  expect(unsigned.code).toBe(2);
});

describe("an image whose registry does not answer", () => {
  const digest = "b".repeat(64);
  const image = `127.0.0.1:1/acme/shop@sha256:${digest}`;
  const header = 'module acme.p\n\ntrust release = key { file: "release.pub" }\n\n';
  const files = (more: Readonly<Record<string, string | Uint8Array>>) => ({
    "release.pub": release.key.publicPem,
    "signed.scp": `${header}policy release for image at ci {\n  require signed: image is signed by release\n}\n`,
    "image.json": signStatement(
      {
        _type: "https://in-toto.io/Statement/v1",
        subject: [{ digest: { sha256: digest } }],
        predicateType: "https://sigstore.dev/cosign/sign/v1",
        predicate: {},
      },
      release.key,
    ),
    ...more,
  });

  it("lets no unsigned document say which digest a tag has, for what somebody signed", async () => {
    const tag = "127.0.0.1:1/acme/shop:1.4";
    const scan = {
      SchemaVersion: 2,
      ArtifactName: tag,
      ArtifactType: "container_image",
      Metadata: { RepoTags: [tag], RepoDigests: [image] },
      Results: [],
    };
    const cwd = await folder(files({ "scan.json": JSON.stringify(scan) }));
    const run = (...words: readonly string[]) =>
      waybill(["gate", tag, "-p", "signed.scp", "-e", "scan.json", "image.json", ...words], { cwd });
    expect(await run()).toMatchObject({ code: 3 });
    expect(await run("--offline")).toMatchObject({ code: 3 });
    const told = await waybill(["verify", "image", image, "-p", "signed.scp", "--format", "json"], { cwd });
    expect(told.code).toBe(3);
    expect(schemaProblems("verify-image", told.out)).toEqual([]);
    // By digest it is the image that was signed.
    expect(await waybill(["gate", image, "-p", "signed.scp", "-e", "image.json", "--offline"], { cwd })).toMatchObject({ code: 0 });
  });

  it.each([
    [
      "an exemption",
      'policy release for image at ci where image.namespace == "prod" {\n  require x: image.registry != ""\n}\n\nexempt image where',
    ],
    ["a waiver", 'policy release for image at ci {\n  require x: image.registry == "nope"\n}\n\nwaive release.x where'],
  ])("looks for a signature that only %s reads, and lets nothing pass where nobody could look", async (_, text) => {
    const end = text.includes("waive") ? ' approved by "a"' : "";
    const source = `${header}${text} not known(image is signed by release) until 2030-01-01 because "z"${end}\n`;
    const cwd = await folder(files({ "p.scp": source }));
    const run = (...words: readonly string[]) =>
      waybill(["gate", image, "-p", "p.scp", "--given", "image.namespace=dev", ...words], { cwd });
    expect((await run()).code).not.toBe(0);
    expect((await run("-e", "image.json", "--offline")).code).not.toBe(0);
  });

  it("lets a checkout's waybill.toml say nothing of a policy from another folder", async () => {
    const mallory = signer();
    const trusted = await folder({
      "release.scp":
        "module acme.release\n\nimport acme.signers\n\npolicy release for image at ci {\n  require signed: image is signed by signers.release\n}\n",
      "signers.scp": 'module acme.signers\n\ntrust release = key { file: "release.pub" }\n',
      "release.pub": release.key.publicPem,
    });
    const statement = {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ digest: { sha256: digest } }],
      predicateType: "https://sigstore.dev/cosign/sign/v1",
      predicate: {},
    };
    const cwd = await folder({
      "waybill.toml": '[given]\n"image.namespace" = "dev"\n',
      "signers.scp": 'module acme.signers\n\ntrust release = key { file: "evil.pub" }\n',
      "evil.pub": mallory.key.publicPem,
      "evil.json": signStatement(statement, mallory.key),
      "image.json": signStatement(statement, release.key),
    });
    const run = (evidence: string) => waybill(["gate", image, "-p", join(trusted, "release.scp"), "-e", evidence, "--offline"], { cwd });
    expect(await run("evil.json")).toMatchObject({ code: 1, err: expect.stringContaining("holds for nothing here") });
    expect(await run("image.json")).toMatchObject({ code: 0 });
  });

  it("takes what it did not look for under another digest for not known, and never for absent", async () => {
    const config = Buffer.from("{}");
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: `sha256:${sha256("{}")}`, size: 2 },
        layers: [],
      }),
    );
    const own = sha256(manifest.toString());
    const index = {
      schemaVersion: 2,
      manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", digest: `sha256:${own}`, size: manifest.length }],
    };
    const source = `module acme.p\n\nimport waybill.slsa\n\ntrust release = key { file: "release.pub" }\n\nlet base: Digest = "sha256:${digest}"\n\npolicy based for image at ci {\n  require fine: not known((attestation slsa.VerificationSummary by release about base).verifier)\n}\n`;
    const cwd = await folder({
      "release.pub": release.key.publicPem,
      "p.scp": source,
      "layout/oci-layout": '{"imageLayoutVersion":"1.0.0"}',
      "layout/index.json": JSON.stringify(index),
      [`layout/blobs/sha256/${own}`]: manifest,
      [`layout/blobs/sha256/${sha256("{}")}`]: config,
    });
    const { code, out } = await waybill(
      ["gate", `ghcr.io/acme/shop@sha256:${own}`, "-p", "p.scp", "--layout", "layout", "--format", "json"],
      { cwd },
    );
    const [clause] = JSON.parse(out).decisions[0].clauses;
    expect([code, clause.outcome, clause.causes]).toEqual([3, "undecided", ["transient"]]);
  });
});
