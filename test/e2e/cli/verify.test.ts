import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, beforeAll, expect, it } from "vitest";
import { refusals } from "../../../engine/trust/verification.ts";
import { bytesOf, digests, envelopeBundle, identity, instance, messageBundle, oidcIssuer, statement } from "../../trust/instance.ts";
import { repository, waybill } from "./waybill.ts";

const acme = instance();
const artifact = Buffer.from("the artifact\n");
const signer = ["--identity", identity, "--issuer", oidcIssuer];
const trusting = ["--trusted-root", "root.json", ...signer];
let cwd = "";

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "verify-"));
  const message = bytesOf(messageBundle(acme, artifact));
  const stated = bytesOf(envelopeBundle(acme, statement([{ name: "app", digest: digests(artifact, "sha512") }])));
  const other = bytesOf(envelopeBundle(acme, statement([{ name: "app", digest: digests(Buffer.from("x"), "sha256") }])));
  const files = {
    app: artifact,
    "root.json": bytesOf(acme.root),
    "app.sigstore.json": message,
    "stated.json": stated,
    "other.json": other,
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(cwd, name), bytes);
  await writeFile(join(cwd, "all.jsonl"), Buffer.concat([message, Buffer.from("\n"), other, Buffer.from("\n")]));
  await writeFile(join(cwd, "half.json"), message.subarray(0, 900));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

/** The day after: the root is not yet old. */
const now = ["--now", "2026-03-02T12:00:00Z"];
const verify = (...words: readonly string[]) => waybill(["verify", ...words, ...now], { cwd });

interface Answer {
  readonly bundles: readonly { readonly name: string; readonly outcome: string; readonly reason?: string }[];
}

it.each([
  [["app.sigstore.json", "--artifact", "app", "--trusted-root", "root.json"], "WB1103", "nobody is named"],
  [["app.sigstore.json", "--artifact", "app", "--identity", identity], "WB1103", "without `--issuer`"],
  [["app.sigstore.json", "--artifact", "app", "--identity", "", "--issuer", oidcIssuer], "WB1103", "`--identity` is empty"],
  [["app.sigstore.json", "--artifact", "app", "--key", "k.pub", ...signer], "WB1103", "both"],
  [["app.sigstore.json", ...trusting], "WB1102", "no artifact is named"],
  [["app.sigstore.json", "--artifact", "app", "--digest", `sha256:${"0".repeat(64)}`, ...trusting], "WB1102", "both"],
  [["app.sigstore.json", "--digest", `md5:${"0".repeat(32)}`, ...trusting], "WB1104", "can be forged"],
  [["app.sigstore.json", "--artifact", "app", "--max-root-age", "0", ...trusting], "WB1007", "DAYS"],
  [["nothing.json", "--artifact", "app", ...trusting], "WB1001", "`nothing.json` does not exist"],
  [["app.sigstore.json", "--artifact", "nothing", ...trusting], "WB1001", "`nothing` does not exist"],
])("is used wrongly with %j: exit 2", async (words, code, said) => {
  const ran = await verify(...words);
  expect([ran.code, ran.out]).toEqual([2, ""]);
  expect(ran.err).toContain(`error[${code}]`);
  expect(ran.err.replace(/\s+/g, " ")).toContain(said);
});

it.each([
  ["a prefix", identity.slice(0, -1), oidcIssuer, "identity"],
  ["a substring", "github.com/acme/shop", oidcIssuer, "identity"],
  ["a regular expression", ".*", oidcIssuer, "identity"],
  ["a glob", "https://github.com/acme/*", oidcIssuer, "identity"],
  ["another case", identity.toUpperCase(), oidcIssuer, "identity"],
  ["a prefix of the issuer", identity, "https://token.actions", "issuer"],
])("does not take %s for an identity: exit 1", async (_, name, issuer, reason) => {
  const ran = await verify("app.sigstore.json", "--artifact", "app", "--trusted-root", "root.json", "--identity", name, "--issuer", issuer);
  expect([ran.code, ran.err]).toEqual([1, ""]);
  expect(ran.out).toContain(`: ${reason}\n`);
});

it("verifies by path, by digest and from stdin: exit 0, and says by whom and when", async () => {
  const sha256 = `sha256:${digests(artifact, "sha256")["sha256"]}`;
  for (const words of [
    ["--artifact", "app"],
    ["--digest", sha256],
  ]) {
    const ran = await verify("app.sigstore.json", ...words, ...trusting);
    expect([ran.code, ran.err]).toEqual([0, ""]);
    for (const said of ["verified   app.sigstore.json", identity, oidcIssuer, "2026-03-01T12:00:00Z", "https://time.acme.test"])
      expect(ran.out).toContain(said);
  }
  const stdin = await waybill(["verify", "-", "--artifact", "app", ...trusting, ...now], {
    cwd,
    stdin: readFileSync(join(cwd, "stated.json")),
  });
  expect([stdin.code, stdin.out.split("\n")[0]]).toEqual([0, "verified   stdin"]);
});

it("answers several bundles in one call, each by itself; the worst gives the exit code", async () => {
  const ran = await verify(
    "app.sigstore.json",
    "stated.json",
    "other.json",
    "half.json",
    "all.jsonl",
    "--artifact",
    "app",
    "--format",
    "json",
    ...trusting,
  );
  expect(ran.code).toBe(1);
  const { bundles } = JSON.parse(ran.out) as Answer;
  expect(bundles.map(({ name, outcome, reason }) => [name, reason ?? outcome])).toEqual([
    ["app.sigstore.json", "verified"],
    ["stated.json", "verified"],
    ["other.json", "subject-mismatch"],
    ["half.json", "malformed-bundle"],
    ["all.jsonl:1", "verified"],
    ["all.jsonl:2", "subject-mismatch"],
  ]);
});

it("says what it could not tell: exit 3, and 1 beside a refusal", async () => {
  const sha256 = ["--digest", `sha256:${digests(artifact, "sha256")["sha256"]}`];
  const ran = await verify("stated.json", ...sha256, ...trusting);
  expect([ran.code, ran.out.split("\n")[0]]).toEqual([3, "not told   stated.json"]);
  expect((await verify("stated.json", "other.json", ...sha256, ...trusting)).code).toBe(1);
});

it("refuses everything where the root is none, and says so on stderr too", async () => {
  await writeFile(join(cwd, "broken.json"), "{}");
  const ran = await verify("app.sigstore.json", "--artifact", "app", "--trusted-root", "broken.json", ...signer);
  expect(ran.code).toBe(1);
  expect(ran.out).toContain("root-malformed");
  expect(ran.err).toContain("error[WB1100]");
});

it("takes a file with a root a line, and none of them where one is broken", async () => {
  const roots = [instance("other").root, acme.root].map((root) => JSON.stringify(root));
  await writeFile(join(cwd, "roots.jsonl"), `${roots.join("\n")}\n`);
  await writeFile(join(cwd, "half.jsonl"), `${roots[1]}\n{}\n`);
  const words = ["app.sigstore.json", "--artifact", "app", ...signer];
  expect((await verify(...words, "--trusted-root", "roots.jsonl")).code).toBe(0);
  const half = await verify(...words, "--trusted-root", "half.jsonl");
  expect([half.code, half.out]).toEqual([1, expect.stringContaining("root-malformed")]);
  expect(half.err).toContain("half.jsonl:2");
});

it("prints JSON as its schema says, with the closed set of reasons", async () => {
  const schema = JSON.parse(readFileSync(join(repository, "docs/schemas/verify.schema.json"), "utf8"));
  const validate = new Ajv({ strict: false }).compile(schema);
  const ran = await verify("app.sigstore.json", "stated.json", "other.json", "--artifact", "app", "-f", "json", ...trusting);
  expect(validate(JSON.parse(ran.out)) || validate.errors).toBe(true);
  const untold = await verify("stated.json", "--digest", `sha256:${"0".repeat(64)}`, "-f", "json", ...trusting);
  expect(validate(JSON.parse(untold.out)) || validate.errors).toBe(true);
  expect(schema.definitions.bundle.oneOf[1].properties.reason.enum).toEqual([...refusals]);
});

it("warns of a root with nothing new in it for long, and refuses it where that was asked", async () => {
  const words = ["verify", "app.sigstore.json", "--artifact", "app", ...trusting];
  const old = await waybill([...words, "--now", "2027-01-01T00:00:00Z"], { cwd });
  expect([old.code, old.err]).toEqual([0, expect.stringContaining("warning[WB1101]")]);
  const refused = await waybill([...words, "--now", "2027-01-01T00:00:00Z", "--max-root-age", "365"], { cwd });
  expect([refused.code, refused.out.split("\n")[0]]).toEqual([1, "refused    app.sigstore.json: root-stale"]);
});

it("verifies against the public root where none is named", async () => {
  const ran = await verify("app.sigstore.json", "--artifact", "app", ...signer);
  expect([ran.code, ran.out.split("\n")[0]]).toEqual([1, "refused    app.sigstore.json: certificate-chain"]);
});
