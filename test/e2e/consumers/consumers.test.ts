/**
 * The identity target, held against the code of those who read it: Kyverno's types, policy-controller's validation, and the JWT
 * auth method of Vault with real logins. `go build` in each folder beside this makes the programs.
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { folder } from "../cli/waybill.ts";
import { describeWith, type Tool, tool } from "../sigstore/tools.ts";

const goldens = fileURLToPath(new URL("../../../compiler/targets/identity/fixtures/goldens/", import.meta.url));

const consumers: readonly (readonly [tool: Tool, file: string, broken: (text: string) => string])[] = [
  ["accept-kyverno", "kyverno.yaml", (text) => text.replace("keyless:", "keyles:")],
  ["accept-policy-controller", "policy-controller.yaml", (text) => text.replace(/subjectRegExp:.*/, 'subjectRegExp: "(a"')],
  ["accept-vault", "vault-role.json", (text) => text.replace('"bound_claims_type": "glob"', '"bound_claims_type": "regex"')],
];

function run(program: Tool, files: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    execFile(tool(program), [...files], { env: { PATH: "", SYSTEM_NAMESPACE: "cosign-system" } }, (problem, out, err) =>
      resolve({ code: typeof problem?.code === "number" ? problem.code : problem === null ? 0 : -1, out: `${out}${err}` }),
    );
  });
}

for (const [program, file, broken] of consumers)
  describeWith([program], `${file}, read by its consumer`, () => {
    const files = readdirSync(goldens, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name === file)
      .map((entry) => join(entry.parentPath, entry.name));

    it("is accepted for every declaration that it is written for", async () => {
      expect(files.length).toBeGreaterThan(4);
      expect(await run(program, files)).toEqual({ code: 0, out: "" });
    });

    it("is refused where it is broken", async () => {
      const cwd = await folder({});
      const path = join(cwd, file);
      writeFileSync(path, broken(readFileSync(join(goldens, "acme.release", file), "utf8")));
      expect((await run(program, [path])).code).toBe(1);
    });
  });
