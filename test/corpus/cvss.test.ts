/** Scores of CVSS 4.0 against the equivalence sets and ratings that CERT/CC publishes as decision tables. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scoreOfVector } from "../../engine/evidence/scan/cvss.ts";
import { severityOfScore } from "../../engine/evidence/scan/severity.ts";

const corpus = new URL("../../../shared/corpus/ssvc/cvss/", import.meta.url);

/** The last column by the others. */
function published(name: string): ReadonlyMap<string, string> {
  const [, ...lines] = readFileSync(new URL(`${name}.csv`, corpus), "utf8")
    .trim()
    .split(/\r?\n/);
  return new Map(
    lines.map((line) => {
      const cells = line.split(",").slice(1);
      return [cells.slice(0, -1).join(), cells.at(-1) ?? ""];
    }),
  );
}

const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AV: { N: "network", A: "adjacent", L: "local", P: "physical" },
  AC: { L: "low", H: "high" },
  AT: { N: "none", P: "present" },
  PR: { N: "none", L: "low", H: "high" },
  UI: { N: "none", P: "passive", A: "active" },
  VC: { H: "high", L: "low", N: "none" },
  SC: { H: "high", L: "low", N: "negligible" },
};
const tables: Readonly<Record<string, string>> = { VI: "VC", VA: "VC", SI: "SC", SA: "SC" };

type Vector = Readonly<Record<string, string>>;

describe.skipIf(!existsSync(corpus))("CVSS 4.0", () => {
  it("rates the worst vector of each set of equivalent ones as published", () => {
    const sets = [1, 2, 3, 4, 6].map((set) => published(`cvss_v4_equivalence_set_${set}_1_0_0`));
    const [set1, set2, set3, set4, set6] = sets;
    const ratings = published("cvss_v4_0_qualitative_severity_ratings_4_0_0");
    expect([set1?.size, set2?.size, set3?.size, set4?.size, set6?.size, ratings.size]).toEqual([36, 4, 27, 48, 729, 324]);
    const metrics = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];
    /** The gravest value of each metric comes first. */
    const valuesOf = (metric: string): readonly string[] => Object.keys(words[tables[metric] ?? metric] ?? {});
    const levelsOf = (vector: Vector): string => {
      const word = (name: string): string => words[tables[name] ?? name]?.[vector[name] ?? ""] ?? "";
      return [
        set1?.get([word("AV"), word("PR"), word("UI")].join()),
        set2?.get([word("AC"), word("AT")].join()),
        set3?.get([word("VC"), word("VI"), word("VA")].join()),
        set4?.get([word("SC"), word("SI"), word("SA")].join()),
        // A vector that says nothing of exploits counts as attacked, and one that says nothing of requirements as high.
        "high",
        set6?.get(["high", word("VC"), "high", word("VI"), "high", word("VA")].join()),
      ].join();
    };
    /** Nothing in it can be graver without leaving its sets. */
    const isWorst = (vector: Vector, levels: string): boolean =>
      metrics.every((metric) => {
        const graver = valuesOf(metric)[valuesOf(metric).indexOf(vector[metric] ?? "") - 1];
        return graver === undefined || levelsOf({ ...vector, [metric]: graver }) !== levels;
      });
    const worst = new Map<string, number>();
    const visit = (index: number, vector: Vector): void => {
      const metric = metrics[index];
      if (metric !== undefined) {
        for (const value of valuesOf(metric)) visit(index + 1, { ...vector, [metric]: value });
        return;
      }
      const levels = levelsOf(vector);
      if (!isWorst(vector, levels)) return;
      const score = scoreOfVector(`CVSS:4.0/${metrics.map((name) => `${name}:${vector[name]}`).join("/")}`)?.score ?? Number.NaN;
      worst.set(levels, Math.max(worst.get(levels) ?? 0, score));
    };
    visit(0, {});
    // Three levels of the first set, two of the second, three that the third and sixth have together, two of the fourth.
    expect(worst.size).toBe(36);
    const differing = [...worst].filter(
      ([levels, score]) => severityOfScore(score, 4).replace("negligible", "none") !== ratings.get(levels),
    );
    expect(differing).toEqual([]);
  });
});
