import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { folder, repository, waybill } from "./waybill.ts";

const pem = readFileSync(join(repository, "compiler/targets/identity/fixtures/goldens/acme.security/cosign.pub"), "utf8");
const policy = `module acme

trust release = keyless {
  issuer:     "https://token.actions.githubusercontent.com"
  repository: github("acme/shop", id: 48213077)
  workflow:   ".github/workflows/release.yml"
  ref:        tag("v*")
  runner:     hosted
}
trust security = key { file: "keys/security.pub" }
trust gone = key { file: "keys/gone.pub" }
`;

const files = { "policies/acme.scp": policy, "policies/keys/security.pub": pem };

it("refuses a target that there is none of, and names the nearest", async () => {
  const cwd = await folder(files);
  const { code, err } = await waybill(["build", "--target", "idenity", "--out", "out", "policies"], { cwd });
  expect([code, err]).toEqual([2, expect.stringContaining("did you mean `identity`?")]);
  expect(existsSync(join(cwd, "out"))).toBe(false);
});

it("needs a folder to write to, and a policy that compiles", async () => {
  const cwd = await folder({ ...files, "bad.scp": 'trust a = keyless { issuer: "" }' });
  expect((await waybill(["build", "policies"], { cwd })).code).toBe(2);
  const { code, err } = await waybill(["build", "--out", "out", "bad.scp"], { cwd });
  expect([code, err]).toEqual([2, expect.stringContaining("WB0412")]);
});

it("says that a folder cannot be written to", async () => {
  const cwd = await folder({ ...files, out: "a file" });
  const { code, err } = await waybill(["build", "--out", "out", "policies"], { cwd });
  expect([code, err]).toEqual([2, expect.stringContaining("WB1002")]);
});

it("writes each dialect, and prints what is enforced, approximated and lost", async () => {
  const cwd = await folder(files);
  const { code, out, err } = await waybill(["build", "--target", "identity", "--out", "out", "policies"], { cwd });
  expect(code).toBe(0);
  expect(out).toContain("from the repository https://github.com/acme/shop with the number 48213077");
  expect(out).toContain("NOT ENFORCED: runner: cosign does not compare the class of the runner");
  expect(out).toContain("compiled 3 trust declarations to out/identity");
  expect(err).toContain("WB1034");
  const read = (path: string) => readFileSync(join(cwd, "out/identity", path), "utf8");
  expect(JSON.parse(read("acme.release/cosign.json")).argv).toContain("--certificate-identity-regexp");
  expect(read("acme.security/cosign.pub")).toBe(pem);
  expect(existsSync(join(cwd, "out/identity/acme.gone/cosign.json"))).toBe(false);
});

it("prints the report as its schema has it, and the same bytes every time", async () => {
  const cwd = await folder({
    ...files,
    "policies/api.scp": "module api\n\nruntime r for workload {\n  syscalls allow base else kill\n}\n",
  });
  const words = ["build", "--out", "out", "--format", "json", "policies"];
  const [first, second] = [await waybill(words, { cwd }), await waybill(words, { cwd })];
  expect(second.out).toBe(first.out);
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(join(repository, "docs/schemas/build.schema.json"), "utf8")));
  expect([validate(JSON.parse(first.out)), validate.errors]).toEqual([true, null]);
});
