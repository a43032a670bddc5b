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
