import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findingsPolicy } from "./fixtures.ts";
import { folder, waybill } from "./waybill.ts";

const untidy = 'module   acme.x\npolicy p for image{\n    require image.registry=="x"   // ours\n}\n';

it("formats in place, keeps comments, and has nothing to do the second time", async () => {
  const cwd = await folder({ "p.scp": untidy });
  expect((await waybill(["fmt", "p.scp"], { cwd })).code).toBe(0);
  const once = readFileSync(join(cwd, "p.scp"), "utf8");
  expect(once).not.toBe(untidy);
  expect(once).toContain("// ours");
  expect((await waybill(["fmt", "--check", "p.scp"], { cwd })).code).toBe(0);
  await waybill(["fmt", "p.scp"], { cwd });
  expect(readFileSync(join(cwd, "p.scp"), "utf8")).toBe(once);
});

it("names unformatted files on stdout with --check, changes nothing, exit 1", async () => {
  const cwd = await folder({ "p.scp": untidy, "sub/q.scp": untidy });
  const ran = await waybill(["fmt", "--check"], { cwd });
  expect(ran).toMatchObject({ code: 1, out: `p.scp\n${join("sub", "q.scp")}\n` });
  expect(readFileSync(join(cwd, "p.scp"), "utf8")).toBe(untidy);
});

it("formats stdin to stdout", async () => {
  const ran = await waybill(["fmt", "-"], { stdin: untidy });
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("module acme.x\n");
  expect((await waybill(["fmt", "-"], { stdin: ran.out })).out).toBe(ran.out);
});

it("leaves a file with syntax errors as it is and formats the others", async () => {
  const bad = "module acme.bad\npolicy p for {\n";
  const cwd = await folder({ "bad.scp": bad, "p.scp": untidy });
  const ran = await waybill(["fmt"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("bad.scp:2:");
  expect(readFileSync(join(cwd, "bad.scp"), "utf8")).toBe(bad);
  expect(readFileSync(join(cwd, "p.scp"), "utf8")).not.toBe(untidy);
});

it("keeps the meaning of what it formats", async () => {
  const cwd = await folder({ "f.scp": findingsPolicy });
  await waybill(["fmt", "f.scp"], { cwd });
  expect((await waybill(["test", "f.scp"], { cwd })).code).toBe(0);
});
