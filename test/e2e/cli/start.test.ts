/** `check`, `gate` and `vex decide` as the bundle starts them: compiled ahead, and the same where that cannot be used. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { seal, wrapped } from "../../../compiler/bundle/loader.ts";
import { built, folder, repository } from "./waybill.ts";

const outdir = dirname(await built);
const examples = join(repository, "policies/examples/pods");
const first = join(repository, "policies/examples/first-gate");
const verbs = ["check", "gate", "vex-decide"] as const;
const cacheOf = (path: string, verb: string): string =>
  readdirSync(path).find((name) => name.startsWith(`${verb}-`) && name.endsWith(".cache")) ?? "";

function call(flags: readonly string[], words: readonly string[], binary = outdir): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, join(binary, "waybill.js"), ...words], {
    encoding: "utf8",
    env: { HOME: tmpdir() },
    maxBuffer: 1 << 28,
  });
  return `${status}\n${stdout}${stderr}`;
}

function check(flags: readonly string[], paths: readonly string[], binary = outdir): string {
  return call(flags, ["check", ...paths], binary);
}

function gate(flags: readonly string[], words: readonly string[], binary = outdir): string {
  return call(flags, ["gate", "--now", "2026-11-01T00:00:00Z", ...words], binary);
}

const decided = ["vex", "decide", "--claimed", "--now", "2026-11-01T00:00:00Z", "-e", join(first, "shop.grype.json")];
const gated = ["-p", first, "-e", join(first, "shop.cdx.json"), join(first, "shop.grype.json")];

/** V8 would run it, or crash. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 16;
  writeFileSync(path, bytes);
}

it.each(verbs)("`%s` is compiled ahead for the Node that built it", (verb) => {
  const cache = cacheOf(outdir, verb);
  expect(cache).toContain(`${process.version}-${process.platform}-${process.arch}`);
  const script = `${cache.split(".cjs")[0]}.cjs`;
  expect(readdirSync(outdir)).toContain(script);
  const bytes = readFileSync(join(outdir, cache));
  const source = readFileSync(join(outdir, script));
  const cachedData = bytes.subarray(8);
  expect(seal(source, cachedData).equals(bytes.subarray(0, 8))).toBe(true);
  expect(source.every((byte) => byte < 0x80)).toBe(true);
  // A V8 that has it compiled already would not look at what it is given.
  const asked = `const { Script } = require("node:vm");
    const { readFileSync } = require("node:fs");
    const [text, compiled] = ["text", "compiled"].map((name) => readFileSync(name + ".tmp"));
    console.log(new Script(text.toString("latin1"), { filename: "x", cachedData: compiled }).cachedDataRejected);`;
  const cwd = mkdtempSync(join(tmpdir(), "waybill-"));
  writeFileSync(join(cwd, "text.tmp"), wrapped(source.toString("latin1")));
  writeFileSync(join(cwd, "compiled.tmp"), cachedData);
  expect(spawnSync(process.execPath, ["-e", asked], { cwd, encoding: "utf8", env: { HOME: tmpdir() } }).stdout).toBe("false\n");
});

it.each([
  ["without what was compiled ahead", (path: string) => rmSync(path)],
  ["where that is something else", (path: string) => writeFileSync(path, "no code")],
  ["where a bit of that is wrong", (path: string) => flip(path)],
])("says the same %s", async (_, harm) => {
  const copy = await folder({});
  cpSync(outdir, copy, { recursive: true });
  for (const verb of verbs) harm(join(copy, cacheOf(copy, verb)));
  const wrong = await folder({ "a.scp": "policy p for image {\n  require a: image.tag == 1\n" });
  for (const paths of [[examples], [wrong], ["--format", "sarif", examples], ["--colour"]]) {
    expect(check([], paths, copy)).toBe(check([], paths));
  }
  expect(check([], [examples], copy)).toContain("checked");
  for (const words of [gated, [...gated, "--format", "json"], ["--subject", "nothing.yaml", "-p", examples], ["--colour"]]) {
    expect(gate([], words, copy)).toBe(gate([], words));
  }
  expect(call([], decided, copy)).toBe(call([], decided));
  expect(gate([], gated, copy)).toContain("warn artifact pkg:npm/shop@1.4.0 at ci");
});

it("says the same under flags for which V8 refuses what was compiled ahead", () => {
  expect(check(["--no-opt"], [examples])).toBe(check([], [examples]));
  expect(gate(["--no-opt"], gated)).toBe(gate([], gated));
});

it("knows letters beyond ASCII", async () => {
  const path = await folder({ "quotes.scp": "policy p for image {\n  require a: image.tag == “x”\n}\n" });
  expect(check([], [path])).toContain('strings are written with `"`');
});

it("writes a long answer in full", async () => {
  const name = (index: number): string => `/// Policy ${index}.\npolicy p${index} for image {\n  require a: image.tag == 1\n}\n`;
  const path = await folder({ "long.scp": Array.from({ length: 2000 }, (_, index) => name(index)).join("\n") });
  const said = check([], ["--format", "json", path]);
  const [status = "", ...rest] = said.split("\n");
  expect(status).toBe("1");
  expect(JSON.parse(rest.join("\n"))).toMatchObject({ diagnostics: expect.any(Array) });
});
