import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { folder, repository, waybill } from "./waybill.ts";

const openvex = (status: string, rest: object = {}): string =>
  JSON.stringify({
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://acme.example/vex/1",
    author: "Acme",
    timestamp: "2026-01-01T00:00:00Z",
    version: 1,
    statements: [{ vulnerability: { name: "CVE-2026-0001" }, products: [{ "@id": "pkg:npm/shop@1.0.0" }], status, ...rest }],
  });
const csaf = readFileSync(join(repository, "engine/evidence/csaf/fixtures/vex.json"), "utf8");

const files = {
  "good.json": openvex("fixed"),
  "bad.json": openvex("done", { products: [] }),
  "csaf.json": csaf,
  "broken.csaf.json": csaf.replace('"CVE-2026-0002"', '"CVE-2026-0001"').replace('"version": "2"', '"version": "3"'),
  "cut.json": csaf.slice(0, 200),
  "package.json": '{"name": "shop"}',
};

it("all are valid: exit 0", async () => {
  const cwd = await folder(files);
  expect(await waybill(["vex", "validate", "good.json", "csaf.json"], { cwd })).toMatchObject({
    code: 0,
    out: "good.json: valid OpenVEX\ncsaf.json: valid CSAF\n",
  });
});

it("one object a line and file, with every error: exit 1", async () => {
  const cwd = await folder(files);
  const words = ["vex", "validate", "--format", "json", ...Object.keys(files)];
  const { code, out } = await waybill(words, { cwd });
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly file: string; readonly errors: readonly { readonly code: string }[] });
  const schema = JSON.parse(readFileSync(join(repository, "docs/schemas/vex-validate.schema.json"), "utf8")) as object;
  const ajv = new Ajv({ strict: false });
  for (const line of lines) expect([ajv.validate(schema, line), ajv.errors]).toEqual([true, null]);
  expect(code).toBe(1);
  expect(lines.map(({ errors, ...rest }) => [rest, errors.map((error) => error.code)])).toEqual([
    [{ file: "good.json", format: "openvex", valid: true }, []],
    [{ file: "bad.json", format: "openvex", valid: false }, ["schema", "openvex-product"]],
    [{ file: "csaf.json", format: "csaf", valid: true }, []],
    [{ file: "broken.csaf.json", format: "csaf", valid: false }, ["6.1.16", "6.1.23"]],
    [{ file: "cut.json", format: null, valid: false }, ["json"]],
    [{ file: "package.json", format: null, valid: false }, ["format"]],
  ]);
});

it("a missing file: exit 2, and the others are answered", async () => {
  const cwd = await folder(files);
  const { code, out, err } = await waybill(["vex", "validate", "gone.json", "good.json"], { cwd });
  expect([code, out, err]).toEqual([2, "good.json: valid OpenVEX\n", expect.stringContaining("`gone.json`")]);
});

it.each([
  [["vex", "validate"]],
  [["vex", "validate", "good.json", "--format", "sarif"]],
  [["vex", "validate", "good.json", "--now", "today"]],
])("is used wrongly with %j: exit 2", async (words) => {
  expect((await waybill(words, { cwd: await folder(files) })).code).toBe(2);
});

it("reads stdin, and holds times against the time that it is told", async () => {
  const cwd = await folder({});
  expect(await waybill(["vex", "validate", "-", "--now", "2025-01-01T00:00:00Z"], { cwd, stdin: openvex("fixed") })).toMatchObject({
    code: 1,
    out: "-: not valid OpenVEX: 1 error\n  openvex-time /timestamp: `2026-01-01T00:00:00Z` is in the future\n",
  });
});

it("lets no name in a document move the cursor", async () => {
  const cwd = await folder({ "odd.json": openvex("fixed", { products: [{ "@id": "pkg:npm/\u001b[2Jshop@1" }] }) });
  const { out } = await waybill(["vex", "validate", "odd.json"], { cwd });
  expect(out).not.toContain("\u001b");
});
