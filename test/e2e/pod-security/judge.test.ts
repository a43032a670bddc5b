import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildKubernetes, type Kubernetes } from "./kubernetes.ts";
import { judge, packAt, packProgram, readManifest } from "./pack.ts";
import { anyPod } from "./pods.ts";

const versions = [...Array.from({ length: 38 }, (_, minor) => `v1.${minor}`), "latest"];
const levels = ["baseline", "restricted"];
/** Pods a run; each is decided 78 times. `WAYBILL_PODS` asks for more. */
const pods = Number(process.env["WAYBILL_PODS"] ?? 300);
const seed = Number(process.env["WAYBILL_SEED"] ?? 20261121);

describe("the Pod Security pack and Kubernetes' own admission", () => {
  let kubernetes: Kubernetes = { ok: false, reason: "not built" };
  beforeAll(() => {
    kubernetes = buildKubernetes();
  }, 300_000);

  it("decide every pod that Kubernetes publishes, for every version, as it says", async (context) => {
    if (!kubernetes.ok) return context.skip(kubernetes.reason);
    const program = packProgram();
    const wrong: string[] = [];
    let decided = 0;
    for (const level of levels) {
      for (const version of readdirSync(`${kubernetes.published}/${level}`)) {
        const pack = packAt(program, level, version);
        for (const verdict of ["pass", "fail"]) {
          for (const file of readdirSync(`${kubernetes.published}/${level}/${version}/${verdict}`)) {
            const path = `${kubernetes.published}/${level}/${version}/${verdict}/${file}`;
            const decision = judge(pack, await readManifest(parse(readFileSync(path, "utf8")), file));
            decided += 1;
            const undecided = decision.clauses.filter((clause) => clause.outcome === "undecided").map((clause) => clause.label);
            if ((decision.effect === "allow") !== (verdict === "pass") || undecided.length > 0)
              wrong.push(`${level} ${version} ${file}: ${decision.effect}, undecided: ${undecided.join(" ")}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(decided).toBeGreaterThan(4000);
  }, 300_000);

  it("decide random pods alike, at both levels and every version", async (context) => {
    if (!kubernetes.ok) return context.skip(kubernetes.reason);
    const program = packProgram();
    const samples = fc.sample(anyPod, { numRuns: pods, seed });
    const answers = kubernetes.run(
      "judge",
      samples.map((pod) => JSON.stringify(pod)),
    );
    const packs = levels.map((level) => versions.map((version) => packAt(program, level, version)));
    const differences: string[] = [];
    const allowed = [0, 0];
    for (const [index, pod] of samples.entries()) {
      const subject = await readManifest(pod, `pod ${index}`);
      const theirs = (answers[index] ?? "").trim().split(" ");
      for (const [l, level] of levels.entries()) {
        for (const [v, version] of versions.entries()) {
          const pack = packs[l]?.[v];
          if (!pack) continue;
          const ours = judge(pack, subject).effect === "allow" ? "1" : "0";
          if (ours === "1") allowed[l] = (allowed[l] ?? 0) + 1;
          if (ours !== theirs[l]?.[v])
            differences.push(`${level} ${version}: Kubernetes says ${theirs[l]?.[v]}, we say ${ours}: ${JSON.stringify(pod)}`);
        }
      }
    }
    expect(differences.slice(0, 5)).toEqual([]);
    // The pods say something only where both answers are common.
    const decisions = pods * versions.length;
    for (const count of allowed) {
      expect(count / decisions).toBeGreaterThan(0.08);
      expect(count / decisions).toBeLessThan(0.92);
    }
  }, 600_000);
});
