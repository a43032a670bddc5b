import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bo, commit, head, headTree, mergeCommit, review, snapshot, user } from "../../evidence/pull-request.ts";
import { folder, waybill } from "./waybill.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const other = String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
const files = {
  "pull.json": JSON.stringify(snapshot()),
  "review.pem": String(privateKey.export({ type: "pkcs8", format: "pem" })),
  "locked.pem": String(privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" })),
  "review.pub": String(publicKey.export({ type: "spki", format: "pem" })),
  "other.pub": String(generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" })),
};
const words = (...more: readonly string[]) => ["attest", "change", "pull.json", "--out", "change.json", ...more];

it.each([
  [words(), "WB1000", "--key"],
  [["attest", "change", "pull.json", "--key", "review.pem"], "WB1000", "--out"],
  [["attest", "nothing", "--key", "review.pem"], "WB1000", "nothing"],
  [words("--key", "gone.pem"), "WB1001", "`gone.pem` does not exist"],
  [words("--key", "review.pub"), "WB1163", "public key"],
  [words("--key", "locked.pem"), "WB1163", "encrypted"],
  [["attest", "change", "review.pem", "--key", "review.pem", "--out", "x"], "WB09", "review.pem"],
])("is used wrongly with %j: exit 2, and nothing is written", async (call, code, said) => {
  const cwd = await folder(files);
  const { code: exit, err } = await waybill(call, { cwd });
  expect([exit, err]).toEqual([2, expect.stringContaining(code)]);
  expect(err).toContain(said);
  expect(existsSync(join(cwd, "change.json"))).toBe(false);
});

it("signs the record of a change, which `verify` and a policy then read", async () => {
  const cwd = await folder(files);
  const ran = await waybill(words("--key", "review.pem"), { cwd });
  expect([ran.code, ran.out]).toEqual([0, expect.stringContaining("https://github.com/acme/shop/pull/42: approved by bo, 1 check passed")]);
  const digest = ["--digest", `gitCommit:${mergeCommit}`];
  expect(await waybill(["verify", "change.json", ...digest, "--key", "review.pub"], { cwd })).toMatchObject({ code: 0 });
  expect(await waybill(["verify", "change.json", ...digest, "--key", "other.pub"], { cwd })).toMatchObject({ code: 1 });
  expect(await waybill(["verify", "change.json", "--digest", `gitCommit:${"0".repeat(40)}`, "--key", "review.pub"], { cwd })).toMatchObject(
    { code: 1 },
  );
});

it("takes the passphrase of an encrypted key from the environment", async () => {
  const cwd = await folder(files);
  expect((await waybill(words("--key", "locked.pem"), { cwd, env: { WAYBILL_KEY_PASSPHRASE: "secret" } })).code).toBe(0);
  expect((await waybill(words("--key", "locked.pem"), { cwd, env: { WAYBILL_KEY_PASSPHRASE: "wrong" } })).code).toBe(2);
});

it("says which approvals do not count, and writes the bundle alone to stdout", async () => {
  const reviews = [
    review(user("renovate[bot]", 9, "Bot")),
    review(bo, { state: "DISMISSED" }),
    review(user("e\u001b[2Jve", 3), { author_association: "NONE" }),
  ];
  const cwd = await folder({ ...files, "pull.json": JSON.stringify(snapshot({ reviews })) });
  const { code, out, err } = await waybill(["attest", "change", "pull.json", "--key", "review.pem", "--out", "-"], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(out).mediaType).toBe("application/vnd.dev.sigstore.bundle.v0.3+json");
  expect(err).toContain("nobody's approval counts");
  expect(err).toContain("does not count: renovate[bot], not a person");
  expect(err).toContain("does not count: bo, the approval was dismissed");
  expect(err).not.toContain("\u001b");
});

it("writes the same statement for the same snapshot", async () => {
  const cwd = await folder(files);
  await waybill(words("--key", "review.pem"), { cwd });
  const first = readFileSync(join(cwd, "change.json"), "utf8");
  await waybill(words("--key", "review.pem"), { cwd });
  expect(readFileSync(join(cwd, "change.json"), "utf8")).toBe(first);
});

const policy = `module acme

import waybill.review

trust reviewer = key { file: "review.pub" }

policy reviewed for artifact at ci {
  let change = attestation review.Change by reviewer

  require two: change.two_party and not change.changes_requested
  require checks: change.required_passed
  require same: change.same_tree
}
`;

it("lets a policy decide on a commit by the record of its change, and by nobody else's", async () => {
  const gate = async (json: unknown, subject = mergeCommit, key = "review.pem") => {
    const cwd = await folder({ ...files, "p.scp": policy, "pull.json": JSON.stringify(json), "other.pem": other });
    expect((await waybill(words("--key", key), { cwd })).code).toBe(0);
    return waybill(["gate", "--policy", "p.scp", "--subject", `gitcommit:${subject}`, "--evidence", "change.json"], { cwd });
  };
  expect(await gate(snapshot())).toMatchObject({ code: 0, out: expect.stringContaining("allow") });
  expect(await gate(snapshot({ reviews: [] }))).toMatchObject({ code: 1, out: expect.stringContaining("violated[acme.reviewed.two]") });
  expect(await gate(snapshot(), "9".repeat(40))).toMatchObject({ code: 1 });
  expect(await gate(snapshot(), mergeCommit, "other.pem")).toMatchObject({
    code: 1,
    out: expect.stringContaining("not signed as this asks"),
  });
  const unknown = snapshot({ commits: [commit("b".repeat(40), "f".repeat(40), null, "bo@home.example"), commit(head, headTree)] });
  expect(await gate(unknown)).toMatchObject({ code: 1, out: expect.stringContaining("bo@home.example") });
});
