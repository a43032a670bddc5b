import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import { findingsPolicy } from "./fixtures.ts";
import { folder, repository, start, waybill } from "./waybill.ts";

const failing = findingsPolicy.replace("expect deny by fixable.critical", "expect allow").replace("is refused", "passes, it says");

it("runs tests and says which passed", async () => {
  const cwd = await folder({ "f.scp": findingsPolicy });
  const ran = await waybill(["test", "f.scp"], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("ok   a critical finding with a fix is refused");
  expect(ran.out).toContain("1 passed, 0 failed");
});

it("shows where a failing test stands, what was expected and found, and exits 1", async () => {
  const cwd = await folder({ "f.scp": failing });
  const ran = await waybill(["test"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.out).toContain("FAIL a critical finding with a fix passes, it says");
  expect(ran.out).toMatch(/f\.scp:\d+:\d+/);
  expect(ran.out).toMatch(/expected: .*allow/);
  expect(ran.out).toMatch(/found: .*deny/);
  expect(ran.out).toContain("0 passed, 1 failed");
});

it("runs only the tests that the filter names", async () => {
  const cwd = await folder({ "f.scp": findingsPolicy });
  const ran = await waybill(["test", "--filter", "no such title"], { cwd });
  expect(ran.out).toContain("0 passed, 0 failed");
  expect(ran.err).toContain("there is no test");
});

it("writes JSON by its schema, JUnit by Jenkins' schema, and TAP 14", async () => {
  const cwd = await folder({ "f.scp": failing });
  const json = JSON.parse((await waybill(["test", "--format", "json"], { cwd })).out) as { summary: unknown };
  const schema = JSON.parse(readFileSync(join(repository, "docs/schemas/tests.schema.json"), "utf8")) as object;
  expect(new Ajv({ strict: false }).validate(schema, json)).toBe(true);
  expect(json.summary).toEqual({ passed: 0, failed: 1 });
  const junit = await waybill(["test", "--format", "junit"], { cwd });
  const xsd = readFileSync(join(repository, "engine/decide/fixtures/junit-10.xsd"), "utf8");
  const valid = await validateXML({ xml: [{ fileName: "t.xml", contents: junit.out }], schema: [{ fileName: "j.xsd", contents: xsd }] });
  expect(valid.errors).toEqual([]);
  const tap = await waybill(["test", "--format", "tap"], { cwd });
  expect(tap.out).toMatch(/^TAP version 14\n1\.\.1\nnot ok 1 - /);
});

it("says what tests never reached with --coverage", async () => {
  const cwd = await folder({ "f.scp": findingsPolicy });
  const ran = await waybill(["test", "--coverage"], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("never passed");
  expect(ran.out).toMatch(/coverage 50\.0 %/);
});

it("lists the mutants that survive with --mutate", async () => {
  const cwd = await folder({ "f.scp": findingsPolicy });
  const ran = await waybill(["test", "--mutate"], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("survived");
  expect(ran.out).toMatch(/mutation \d+\.\d %: \d+ of \d+ mutants killed/);
});

it("refuses to test a policy that does not compile, exit 2", async () => {
  const cwd = await folder({ "p.scp": "module acme.p\npolicy p for image {\n  require image.nothing\n}\n" });
  expect((await waybill(["test"], { cwd })).code).toBe(2);
});

it.each(["policy", "licences", "findings", "pods"])("scaffolds %s so that it checks, is formatted and passes its tests", async (kind) => {
  const cwd = await folder({});
  const made = await waybill(["new", kind, "acme.fresh"], { cwd });
  expect(made).toMatchObject({ code: 0, out: "fresh.scp\n" });
  expect(await waybill(["check", "fresh.scp"], { cwd })).toMatchObject({ code: 0, err: "" });
  expect((await waybill(["fmt", "--check", "fresh.scp"], { cwd })).out).toBe("");
  const tested = await waybill(["test", "fresh.scp"], { cwd });
  expect(tested.out).toContain("0 failed");
  expect(tested.out).not.toContain("0 passed");
  const again = await waybill(["new", kind, "acme.fresh"], { cwd });
  expect(again.code).toBe(2);
  expect(again.err).toContain("is left as it is");
});

it("scaffolds a workflow", async () => {
  const cwd = await folder({});
  await waybill(["new", "workflow"], { cwd });
  expect(readFileSync(join(cwd, ".github/workflows/waybill.yml"), "utf8")).toContain("npx waybill gate");
});

it("runs again when a policy changes, with --watch", async () => {
  const cwd = await folder({ "f.scp": findingsPolicy });
  const running = await start(["test", "--watch", "."], cwd);
  try {
    await running.until("1 passed, 0 failed", 1);
    writeFileSync(join(cwd, "f.scp"), failing);
    await running.until("0 passed, 1 failed", 1);
    writeFileSync(join(cwd, "f.scp"), "module acme.broken\npolicy {\n");
    writeFileSync(join(cwd, "f.scp"), findingsPolicy);
    await running.until("1 passed, 0 failed", 2);
  } finally {
    running.stop();
  }
}, 300_000);
