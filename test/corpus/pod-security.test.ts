import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { admit } from "../../engine/evidence/door.ts";
import { workloadSubject } from "../../engine/evidence/kubernetes/subjects.ts";
import { judge, packAt, packProgram } from "../e2e/pod-security/pack.ts";

/** `<level>/<version>/<pass|fail>/<name>.yaml`: what Kubernetes' admission says of each pod. */
const corpus = fileURLToPath(new URL("../../../shared/corpus/pod-security/", import.meta.url));
const main = fileURLToPath(new URL("../../compiler/cli/main.ts", import.meta.url));
const repository = fileURLToPath(new URL("../../", import.meta.url));

interface Case {
  readonly level: string;
  readonly version: string;
  readonly name: string;
  readonly file: string;
  readonly path: string;
  readonly allowed: boolean;
}

const cases: readonly Case[] = !existsSync(corpus)
  ? []
  : readdirSync(corpus).flatMap((level) =>
      readdirSync(corpus + level).flatMap((version) =>
        ["pass", "fail"].flatMap((verdict) =>
          readdirSync(`${corpus}${level}/${version}/${verdict}`).map((file) => {
            const name = `${level}/${version}/${verdict}/${file}`;
            return { level, version, name, file, path: corpus + name, allowed: verdict === "pass" };
          }),
        ),
      ),
    );

/** The check that a file or clause is about; a check of both levels has the level after its name. */
function checkOf(name: string): string {
  return (name.split("_")[0] ?? name).toLowerCase();
}

describe.skipIf(cases.length === 0)("pods whose verdict Kubernetes published (skipped without ../shared/corpus/pod-security)", () => {
  it("are decided as Kubernetes decides them, and never left undecided", async () => {
    const program = packProgram();
    const wrong: string[] = [];
    for (const { level, version, name, file, path, allowed } of cases) {
      const { value, diagnostics } = await admit(readFileSync(path), name, `sha256:${"0".repeat(64)}`);
      expect([name, diagnostics, value.length]).toEqual([name, [], 1]);
      const [evidence] = value;
      if (!evidence) continue;
      const decision = judge(packAt(program, level, version), workloadSubject(evidence.data), true);
      if ((decision.effect === "allow") !== allowed) wrong.push(`${name}: ${decision.effect}`);
      for (const clause of decision.clauses) if (clause.outcome === "undecided") wrong.push(`${name}: ${clause.label} is undecided`);
      // A denial names the check that the file is about: `hostports0.yaml` is about `hostPorts`.
      const check = checkOf(file.replace(/\d*\.yaml$/, ""));
      const violated = decision.clauses.filter((clause) => clause.outcome === "violated").map((clause) => checkOf(clause.label ?? ""));
      if (!allowed && !violated.includes(check)) wrong.push(`${name}: denied by ${violated.join(", ")}`);
    }
    expect(wrong).toEqual([]);
    expect(cases.length).toBe(128);
  });

  it("get the same answers from the command line, in a batch", () => {
    for (const level of new Set(cases.map((one) => one.level))) {
      const mine = cases.filter((one) => one.level === level);
      const input = mine.map(({ name, path }) =>
        JSON.stringify({ id: name, subject: { kind: "workload", object: parse(readFileSync(path, "utf8")) as unknown } }),
      );
      const settings = ["--set", `waybill.pod_security.level=${level}`, "--set", `waybill.pod_security.version=${mine[0]?.version ?? ""}`];
      const args = [main, "eval", "--policy", "policies/packs/pod-security", ...settings, "--batch", "--effects-only"];
      const done = spawnSync(process.execPath, args, { cwd: repository, input: `${input.join("\n")}\n`, encoding: "utf8" });
      expect(done.stderr).toBe("");
      expect(done.status).toBe(0);
      const answers = done.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { readonly id: string; readonly effect: string });
      expect(answers.map(({ id, effect }) => [id, effect])).toEqual(mine.map(({ name, allowed }) => [name, allowed ? "allow" : "deny"]));
    }
  });
});
