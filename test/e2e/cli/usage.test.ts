import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository, waybill } from "./waybill.ts";

const version = (JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string }).version;
const verbs = ["check", "fmt", "test", "gate", "eval", "why", "verify", "explain", "new", "completion"];

it("prints its version, and nothing else", async () => {
  for (const flag of ["--version", "-V"]) expect(await waybill([flag])).toEqual({ code: 0, out: `waybill ${version}\n`, err: "" });
});

it("prints help with examples for itself and for every verb", async () => {
  const help = await waybill(["--help"]);
  expect(help.code).toBe(0);
  for (const verb of verbs) expect(help.out).toContain(`\n  ${verb}`);
  expect(help.out).toContain("Exit codes: 0");
  for (const verb of verbs) {
    const own = await waybill([verb, "--help"]);
    expect(own.code).toBe(0);
    expect(own.out).toContain("Example");
  }
});

it("is used wrongly without a verb: help on stderr, exit 2", async () => {
  const ran = await waybill([]);
  expect(ran.code).toBe(2);
  expect(ran.out).toBe("");
  expect(ran.err).toContain("Usage: waybill");
});

it.each([
  [["chek", "p"], "did you mean `check`?"],
  [["check", "--formt", "json"], "did you mean `--format`?"],
  [["gate", "--evidense", "x"], "did you mean `--evidence`?"],
  [["check", "--format", "xml"], "choices are"],
  [["explain", "WB9999"], "there is no diagnostic `WB9999`"],
  [["new", "polici"], "did you mean `policy`?"],
  [["new", "policy", "9lives"], "not a module name"],
  [["completion", "tcsh"], "bash, zsh, fish"],
  [["gate"], "needs `--policy PATH`"],
  [["gate", "-p", "nowhere.scp"], "`nowhere.scp` does not exist"],
  [["check", "nowhere.scp"], "`nowhere.scp` does not exist"],
  [["gate", "-p", "policies/std", "--now", "yesterday"], "not an RFC 3339 time"],
  [["gate", "-p", "policies/std", "--at", "cii"], "did you mean `ci`?"],
])("refuses %j with a sentence and exit 2", async (words, said) => {
  const ran = await waybill(words);
  expect(ran.err).toContain(said);
  expect(ran.err).toMatch(/^error\[WB1\d{3}\]: [a-z`]/);
  expect(ran.err).not.toMatch(/\n\s+at /);
  expect(ran.out).toBe("");
  expect(ran.code).toBe(2);
});

it("colours only when asked, and never with NO_COLOR", async () => {
  const csi = "\u001b[";
  const wrong = ["check", "nowhere.scp"];
  expect((await waybill(wrong)).err).not.toContain(csi);
  expect((await waybill([...wrong, "--color", "always"])).err).toContain(csi);
  expect((await waybill([...wrong, "--color", "auto"], { env: { NO_COLOR: "1" } })).err).not.toContain(csi);
});

it("explains every code, and lists them", async () => {
  const list = await waybill(["explain"]);
  const codes = list.out
    .trim()
    .split("\n")
    .map((line) => line.slice(0, 6));
  expect(codes.length).toBeGreaterThan(100);
  expect(codes.every((code) => /^WB\d{4}$/.test(code))).toBe(true);
  const page = await waybill(["explain", "wb1001"]);
  expect(page).toMatchObject({ code: 0, err: "" });
  expect(page.out).toContain("WB1001: file not found");
  expect(page.out).toContain("‹path›");
});

it.each(["bash", "zsh", "fish"])("completes verbs and flags in %s", async (shell) => {
  const ran = await waybill(["completion", shell]);
  expect(ran.code).toBe(0);
  for (const verb of verbs) expect(ran.out).toContain(verb);
  expect(ran.out).toMatch(/--?evidence|-l evidence/);
  expect(ran.out).toContain("junit");
});
