import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newestScore, scoreOfVector, versionNumber } from "./cvss.ts";
import { severityNamed, severityOfScore } from "./severity.ts";

describe("a vector has no score", () => {
  it.each([
    ["that is none", "7.5"],
    ["that is empty", ""],
    ["of a version that does not exist", "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
    ["that lacks base metrics", "CVSS:3.1/AV:N/AC:L"],
    ["with a value that its metric does not have", "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
    ["of version 4 that lacks one base metric, which is no score of 0", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N"],
    ["with a metric twice, of which the second would lower it", "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
    ["with a metric twice, of version 2", "AV:N/AC:L/Au:N/C:C/I:C/A:C/AV:L"],
    ["with a metric that its version does not have", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/AT:N"],
    ["with a value that only the modified metric has", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:S"],
    ["with a wrong value of an optional metric", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:Q"],
    ["in lower case", "CVSS:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h"],
    ["with blanks", " CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
    ["with a line end", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n"],
    ["with a slash at its end", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/"],
    ["with half a pair of parentheses", "(AV:N/AC:L/Au:N/C:C/I:C/A:C"],
    ["of version 2 under the prefix of version 3", "CVSS:3.1/AV:N/AC:L/Au:N/C:C/I:C/A:C"],
    ["named after a property of every object", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/constructor:X"],
    ["that goes on for ever", `CVSS:3.1/${"AV:N/".repeat(1000)}`],
  ])("%s", (_name, vector) => {
    expect(scoreOfVector(vector)).toBeUndefined();
  });
});

// Examples of the specifications: CVSS v2 guide section 3.3, v3.1 examples, v4.0 examples.
it.each([
  ["AV:N/AC:L/Au:N/C:C/I:C/A:C", 2, 10],
  ["(AV:N/AC:L/Au:N/C:N/I:N/A:C)", 2, 7.8],
  ["CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 3, 6.4],
  ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 3.1, 7.5],
  ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 3.1, 10],
  ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 4, 9.3],
])("the base score of %s is that of the specification", (vector, version, score) => {
  expect(scoreOfVector(vector)).toEqual({ version, score });
});

/** Every vector of some metrics, `AV:N/AC:L/…`. */
function vectors(metrics: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(metrics).reduce<readonly string[]>(
    (found, [metric, values]) =>
      found.flatMap((start) => [...values].map((value) => `${start === "" ? "" : `${start}/`}${metric}:${value}`)),
    [""],
  );
}

function valueIn(vector: string, metric: string): string {
  return new RegExp(`(?:^|/)${metric}:(\\w)`).exec(vector)?.[1] ?? "";
}

it("every base vector of version 2 has the score of the guide's equation (section 3.2.1)", () => {
  const weights: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    AV: { L: 0.395, A: 0.646, N: 1 },
    AC: { H: 0.35, M: 0.61, L: 0.71 },
    Au: { M: 0.45, S: 0.56, N: 0.704 },
    C: { N: 0, P: 0.275, C: 0.66 },
  };
  const all = vectors({ AV: "LAN", AC: "HML", Au: "MSN", C: "NPC", I: "NPC", A: "NPC" });
  expect(all).toHaveLength(729);
  for (const vector of all) {
    const w = (metric: string, table = metric): number => weights[table]?.[valueIn(vector, metric)] ?? Number.NaN;
    const impact = 10.41 * (1 - (1 - w("C")) * (1 - w("I", "C")) * (1 - w("A", "C")));
    const exploitability = 20 * w("AV") * w("AC") * w("Au");
    const base = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176);
    expect([vector, scoreOfVector(vector)?.score]).toEqual([vector, Math.round(base * 10) / 10]);
  }
});

it.each([
  ["3.0", (x: number) => Math.ceil(x * 10) / 10],
  [
    "3.1",
    (x: number) =>
      Math.round(x * 100_000) % 10_000 === 0 ? Math.round(x * 100_000) / 100_000 : (Math.floor(Math.round(x * 100_000) / 10_000) + 1) / 10,
  ],
])("every base vector of version %s has the score of its equation (section 7 or 8)", (version, roundUp) => {
  const weights: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
    AC: { L: 0.77, H: 0.44 },
    UI: { N: 0.85, R: 0.62 },
    C: { H: 0.56, L: 0.22, N: 0 },
    PRU: { N: 0.85, L: 0.62, H: 0.27 },
    PRC: { N: 0.85, L: 0.68, H: 0.5 },
  };
  const all = vectors({ AV: "NALP", AC: "LH", PR: "NLH", UI: "NR", S: "UC", C: "HLN", I: "HLN", A: "HLN" });
  expect(all).toHaveLength(2592);
  for (const vector of all) {
    const w = (metric: string, table = metric): number => weights[table]?.[valueIn(vector, metric)] ?? Number.NaN;
    const scope = valueIn(vector, "S");
    const iss = 1 - (1 - w("C")) * (1 - w("I", "C")) * (1 - w("A", "C"));
    const impact = scope === "U" ? 6.42 * iss : 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02) ** 15;
    const exploitability = 8.22 * w("AV") * w("AC") * w("PR", `PR${scope}`) * w("UI");
    const score = impact <= 0 ? 0 : roundUp(Math.min((scope === "U" ? 1 : 1.08) * (impact + exploitability), 10));
    expect([vector, scoreOfVector(`CVSS:${version}/${vector}`)?.score]).toEqual([vector, score]);
  }
});

it("what a vector says in another order, or besides its base metrics, changes no score", () => {
  expect(scoreOfVector("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N")?.score).toBe(9.8);
  expect(scoreOfVector("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:LM/TD:M/CR:H/IR:ND/AR:L")?.score).toBe(10);
  const v4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
  expect(scoreOfVector(`${v4}/E:U/CR:L/IR:L/AR:L/MAV:P/MSI:S/S:P/AU:Y/R:I/V:C/RE:H/U:Clear`)?.score).toBe(9.3);
});

it("nothing harmed is a score of 0, which somebody assessed", () => {
  expect(scoreOfVector("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N")?.score).toBe(0);
  expect(scoreOfVector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N")?.score).toBe(0);
});

it("the base score leaves out what was added about time and place", () => {
  expect(scoreOfVector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:U/RL:O/RC:U")?.score).toBe(7.5);
  expect(scoreOfVector("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U")?.score).toBe(9.3);
});

it("reading a vector never throws, and gives a score from 0 to 10 if any", () => {
  const metric = fc
    .tuple(
      fc.constantFrom("AV", "AC", "Au", "PR", "UI", "S", "C", "I", "A", "AT", "VC", "VI", "VA", "SC", "SI", "SA", "E", "__proto__"),
      fc.constantFrom("N", "L", "H", "A", "P", "C", "U", "R", "S", "M", "X", ""),
    )
    .map((pair) => pair.join(":"));
  const vector = fc
    .tuple(fc.constantFrom("", "CVSS:3.0/", "CVSS:3.1/", "CVSS:4.0/", "CVSS:9.9/"), fc.array(metric, { maxLength: 14 }))
    .map(([prefix, metrics]) => prefix + metrics.join("/"));
  fc.assert(
    fc.property(fc.oneof(vector, fc.string()), (text) => {
      const found = scoreOfVector(text);
      if (found !== undefined) expect(found.score >= 0 && found.score <= 10).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it("of several scores the newest version counts, then the source that counts first, then the highest, in any order", () => {
  const score = fc.record({
    version: fc.constantFrom(2, 3, 3.1, 4),
    score: fc.constantFrom(-1, 0, 4.5, 9.9, 11),
    rank: fc.constantFrom(0, 1),
  });
  fc.assert(
    fc.property(fc.array(score, { maxLength: 6 }), (scores) => {
      const valid = scores.filter((one) => one.score >= 0 && one.score <= 10);
      const best = newestScore(scores);
      expect(newestScore([...scores].reverse())).toEqual(best);
      if (best === undefined) expect(valid).toEqual([]);
      for (const one of valid) {
        expect(one.version <= (best?.version ?? 0)).toBe(true);
        if (one.version === best?.version) expect(one.rank > best.rank || (one.rank === best.rank && one.score <= best.score)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

it("versions are those that exist", () => {
  expect(["2.0", "3.0", "3.1", "4.0", "", "1.0", "3.2", "three"].map(versionNumber)).toEqual([
    2,
    3,
    3.1,
    4,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it("severities are read in any case; what is none of the five is missing with its word", () => {
  expect(["NONE", "Moderate", "important", "CRITICAL"].map(severityNamed)).toEqual(["negligible", "medium", "high", "critical"]);
  expect(severityNamed("constructor")).toMatchObject({ cause: "missing", detail: "the report says its severity is `constructor`" });
});

it("scores are rated as the specifications rate them, each side of each limit", () => {
  expect([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9, 10].map((score) => severityOfScore(score, 3.1))).toEqual([
    "negligible",
    "low",
    "low",
    "medium",
    "medium",
    "high",
    "high",
    "critical",
    "critical",
  ]);
  expect([0, 3.9, 4, 6.9, 7, 10].map((score) => severityOfScore(score, 2))).toEqual(["low", "low", "medium", "medium", "high", "high"]);
});
