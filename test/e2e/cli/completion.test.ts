/** Completion scripts know what the help of each command says, down to the commands behind verbs. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waybill } from "./waybill.ts";

const folder = mkdtempSync(join(tmpdir(), "waybill-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shells = ["bash", "zsh", "fish"] as const;
const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of shells) {
    scripts[shell] = (await waybill(["completion", shell])).out;
    writeFileSync(join(folder, shell), scripts[shell]);
  }
});

function installed(shell: string): boolean {
  return spawnSync(shell, ["-c", "true"]).status === 0;
}

/** What bash offers for the last of these words, which a person is typing. */
function offered(...words: readonly string[]): readonly string[] {
  const line = ["waybill", ...words].map((word) => `'${word}'`).join(" ");
  const program = `source ${folder}/bash; COMP_WORDS=(${line}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _waybill; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const ran = spawnSync("bash", ["--norc", "-c", program], { encoding: "utf8", cwd: folder });
  expect(ran.stderr).toBe("");
  return ran.stdout.split("\n").filter((word) => word !== "");
}

const behind: Readonly<Record<string, readonly string[]>> = {
  vex: ["decide", "emit", "convert", "merge", "diff", "validate"],
  feeds: ["update", "list"],
  trust: ["update"],
  attest: ["change"],
  verify: ["commit"],
  version: ["compare", "contains"],
};
const routes = Object.entries(behind).flatMap(([verb, names]) => names.map((name) => [verb, name] as const));

it("is tested with every verb that has commands behind it", async () => {
  const verbs = [...(await waybill(["--help"])).out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? "");
  expect(verbs.length).toBeGreaterThan(15);
  const found: Record<string, readonly string[]> = {};
  for (const verb of verbs.filter((name) => name !== "help")) {
    const [, commands] = (await waybill([verb, "--help"])).out.split("\nCommands:\n");
    if (commands === undefined) continue;
    found[verb] = [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? "").filter((name) => name !== "help");
  }
  expect(found).toEqual(behind);
});

interface Described {
  readonly names: readonly string[];
  readonly choices: readonly string[];
}

/** The options that the help of a command lists. */
async function described(words: readonly string[]): Promise<readonly Described[]> {
  const help = (await waybill([...words, "--help"])).out.split("\nOptions:\n")[1]?.split("\n\n")[0] ?? "";
  return help.split(/\n(?= {2}-)/).map((text) => ({
    names: [...(/^ *((?:-\w, )?--[\w-]+)/.exec(text)?.[1] ?? "").split(", ")],
    choices: [...(/choices:\s+((?:"\w+",?\s*)+)/.exec(text)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, choice]) => choice ?? ""),
  }));
}

describe.each(routes)("%s %s", (verb, name) => {
  it("is completed in bash with its options and what they may be", async () => {
    expect(offered(verb, name.slice(0, 3))).toContain(name);
    const options = (await described([verb, name])).filter(({ names }) => !names.includes("--help"));
    expect(options.length).toBeGreaterThan(4);
    expect(options.find(({ names }) => names.includes("--color"))?.choices).toEqual(["auto", "always", "never"]);
    const flags = offered(verb, name, "-");
    for (const { names, choices } of options) {
      expect(flags).toEqual(expect.arrayContaining([...names]));
      for (const flag of names) if (choices.length > 0) expect(offered(verb, name, flag, "")).toEqual(choices);
    }
  });

  it("is completed in zsh and fish with its options and what they may be", async () => {
    const zsh = scripts["zsh"]?.split("\n").find((line) => new RegExp(`^ {4}"${verb} ${name}"[|)]`).test(line)) ?? "";
    const fish = scripts["fish"]?.split("\n").filter((line) => line.includes(`'__waybill_at ${verb} ${name}'`)) ?? [];
    for (const { names, choices } of await described([verb, name])) {
      const long = names.at(-1) ?? "";
      if (long === "--help") continue;
      expect(zsh).toContain(names.length === 1 ? `'*${long}[` : `'*'{${names.join(",")}}'[`);
      const line = fish.find((text) => text.includes(` -l ${long.slice(2)} `));
      expect(line, long).toBeDefined();
      if (choices.length === 0) continue;
      expect(zsh).toContain(`:value:(${choices.join(" ")})`);
      expect(line).toContain(` -x -a '${choices.join(" ")}'`);
    }
    const words = new RegExp(`[(' ]${name}[) ]`);
    expect(scripts["zsh"]?.split("\n").find((line) => line.startsWith(`    "${verb}") `))).toMatch(words);
    expect(
      scripts["fish"]
        ?.split("\n")
        .find((line) => line.startsWith(`complete -c waybill -n '__waybill_at ${verb};`) && line.includes(" -a '")),
    ).toBeDefined();
  });
});

describe("bash completes", () => {
  it("choices of options", () => {
    expect(offered("vex", "convert", "--to", "")).toEqual(["openvex", "csaf", "cyclonedx"]);
    expect(offered("vex", "convert", "--to", "c")).toEqual(["csaf", "cyclonedx"]);
    expect(offered("vex", "convert", "--to", "=", "o")).toEqual(["openvex"]);
    expect(offered("vex", "convert", "--to", "=")).toEqual(["openvex", "csaf", "cyclonedx"]);
    expect(offered("gate", "-f", "js")).toEqual(["json"]);
    expect(offered("build", "--target", "")).toEqual(["identity", "seccomp"]);
  });

  it("what stands behind a verb by its own options, not by those of the verb of the same name", () => {
    expect(offered("verify", "commit", "--allowed")).toEqual(["--allowed-signers"]);
    expect(offered("verify", "--allowed")).toEqual([]);
    expect(offered("verify", "--art")).toEqual(["--artifact"]);
    expect(offered("feeds", "status", "--ca")).toEqual(["--cache"]);
    expect(offered("feeds", "--ca")).toEqual([]);
  });

  it("words, and files where arguments are files", () => {
    writeFileSync(join(folder, "scan.json"), "{}");
    expect(offered("feeds", "update", "k")).toEqual(["kev"]);
    expect(offered("feeds", "st")).toEqual(["status"]);
    expect(offered("help", "ve")).toEqual(expect.arrayContaining(["vex", "version", "verify"]));
    expect(offered("vex", "help", "de")).toEqual(["decide"]);
    expect(offered("vex", "sc")).toEqual([]);
    expect(offered("vex", "validate", "sc")).toEqual(["scan.json"]);
    expect(offered("vex", "decide", "--evidence", "sc")).toEqual(["scan.json"]);
    expect(offered("new", "--out", "sc")).toEqual(["scan.json"]);
    expect(offered("verify", "i")).toEqual(["image"]);
    expect(offered("verify", "sc")).toEqual(["scan.json"]);
  });
});

describe.each([
  ["bash", "-n"],
  ["zsh", "-n"],
  ["fish", "--no-execute"],
] as const)("the script of %s", (shell, flag) => {
  const here = installed(shell);
  it.skipIf(!here)(`is one that it can read${here ? "" : " (skipped: it is not installed)"}`, () => {
    const ran = spawnSync(shell, [flag, join(folder, shell)], { encoding: "utf8" });
    expect([ran.status, ran.stderr]).toEqual([0, ""]);
  });
});
