import fc from "fast-check";
import { expect, it } from "vitest";
import { equalRange, type Interval, inRange, parseRange, rangeOf, showRange } from "../range.ts";
import { compareVersions, versionOf } from "../version.ts";

function holds(ecosystem: string, range: string, version: string): boolean | string | undefined {
  const parsed = parseRange(range, ecosystem);
  return parsed.ok ? inRange(versionOf(ecosystem, version), parsed.value) : parsed.problem;
}

it("refuses ranges that no version can be in, and says what was meant", () => {
  expect(parseRange(">=2.0 <1.0", "npm")).toEqual({ ok: false, problem: "no version can be in `>=2.0 <1.0`", suggestion: ">=1.0 <2.0" });
  for (const text of [
    ">=2.0.0, <1.0.0",
    ">1.0.0 <1.0.0",
    ">1.0.0 <=1.0.0",
    "<1.0.0 >2.0.0",
    "=1.0.0 =2.0.0",
    "=1.0.0 !=1.0.0",
    "!=*",
    "1.0.0 || >2.0.0 <2.0.0",
  ]) {
    expect(parseRange(text, "npm").ok, text).toBe(false);
  }
  expect(parseRange("[2.0,1.0]", "maven").ok).toBe(false);
  expect(parseRange("(1.0)", "maven").ok).toBe(false);
  expect(parseRange("vers:npm/>=1.0.0|<1.0.0").ok).toBe(false);
});

it("refuses empty text, bounds that are no versions, and operators that the ecosystem lacks", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "npm"],
    ["  ", "npm"],
    ["||", "npm"],
    ["1.0.0 ||", "npm"],
    ["<latest", "npm"],
    ["<", "npm"],
    ["=>1.0.0", "npm"],
    ["1.0.0 && 2.0.0", "npm"],
    ["^1.0", "maven"],
    ["^1.0", "deb"],
    ["~> 1.0", "pypi"],
    ["~=1", "pypi"],
    [">1.x", "npm"],
    ["1.x", "maven"],
    ["[1.0,2.0)", "npm"],
    ["[1.0", "maven"],
    ["<1", "oci"],
    ["", ""],
    ["=>1", ""],
    ["vers:npm", "npm"],
    ["vers:oci/<1", ""],
    ["vers:npm/<1.0.0", "pypi"],
  ];
  for (const [text, ecosystem] of cases) expect(parseRange(text, ecosystem).ok, `${ecosystem} ${text}`).toBe(false);
  expect(parseRange("=>1", "")).toMatchObject({ suggestion: ">=1" });
});

it("reads ranges as the package managers do", () => {
  const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ["npm", "<7.0.5", ["7.0.4", "0.0.0", "7.0.5-rc.1"], ["7.0.5", "8.0.0"]],
    ["npm", ">=1.0.0 <2.0.0", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.9"]],
    ["npm", ">= 1.0.0, < 2.0.0", ["1.5.0"], ["2.0.0"]],
    ["npm", "1.2.3", ["1.2.3", "1.2.3+x"], ["1.2.4"]],
    ["npm", "^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "2.0.0-rc.1"]],
    ["npm", "^0.2.3", ["0.2.9"], ["0.3.0"]],
    ["npm", "^0.0.3", ["0.0.3"], ["0.0.4"]],
    ["npm", "^1.2", ["1.2.0", "1.9.9"], ["1.1.9", "2.0.0"]],
    ["npm", "~1.2.3", ["1.2.9"], ["1.3.0", "1.2.2"]],
    ["npm", "~1", ["1.9.0"], ["2.0.0"]],
    ["npm", "1.2.x || 2", ["1.2.9", "2.5.0"], ["1.3.0", "3.0.0"]],
    ["npm", "<=1.2", ["1.2.9"], ["1.3.0"]],
    ["npm", ">1.2", ["1.3.0"], ["1.2.9"]],
    ["npm", "1.2.3 - 2.3.4", ["1.2.3", "2.3.4"], ["2.3.5"]],
    ["npm", "*", ["0.0.0-0", "9.9.9"], []],
    ["npm", "!=1.2.3", ["1.2.2", "1.2.4"], ["1.2.3"]],
    ["npm", "<0.2.1 || >=1.0.0 <1.3.0", ["0.1.0", "1.2.9"], ["0.2.1", "1.3.0"]],
    ["cargo", ">=0.3.0, <0.3.7", ["0.3.6"], ["0.3.7"]],
    ["golang", "<1.2.3", ["v1.2.2", "v0.0.0-20201109021931-0a7c04131f50"], ["v1.2.3", "v2.0.0+incompatible"]],
    ["pypi", "~=1.4.2", ["1.4.2", "1.4.9"], ["1.5.0", "1.4.1", "1.5.dev1"]],
    ["pypi", "~=1.4", ["1.9"], ["2.0", "2.0rc1"]],
    ["pypi", "==1.4.*", ["1.4", "1.4.9", "1.4.dev1"], ["1.5"]],
    ["pypi", "!=1.4.*", ["1.3", "1.5"], ["1.4.1"]],
    ["pypi", ">=1.0,<2.0,!=1.5", ["1.4", "1.6"], ["1.5.0", "2.0"]],
    ["gem", "~> 2.2", ["2.2", "2.9"], ["3.0", "2.1", "3.0.a"]],
    ["gem", "~> 2.2.0", ["2.2.9"], ["2.3", "2.3.0.pre"]],
    ["hex", "~> 2.0.0", ["2.0.9"], ["2.1.0"]],
    ["composer", "~1.2", ["1.9"], ["2.0.0", "2.0.0-beta1"]],
    ["composer", "^0.3.0 | 1.2.*", ["0.3.9", "1.2.5"], ["0.4.0", "1.3.0"]],
    ["maven", "[1.0,2.0)", ["1.0", "2.0-SNAPSHOT", "1.9"], ["2.0"]],
    ["maven", "(,1.0],[1.2,)", ["0.1", "1.0", "3"], ["1.1"]],
    ["maven", "[1.0]", ["1.0.0"], ["1.0.1"]],
    ["maven", "< 2.0", ["1.9"], ["2.0.0"]],
    ["nuget", "(1.0,2.0]", ["2.0.0"], ["1.0.0"]],
    ["deb", "<1:2.0-1", ["9.0-1", "1:2.0~rc1-1"], ["1:2.0-1+b1"]],
    ["rpm", "<0:1.2-3.el8", ["1.2-2.el8"], ["1.2-3.el8"]],
    ["apk", "<1.2.3-r4", ["1.2.3-r3"], ["1.2.3-r4"]],
  ];
  for (const [ecosystem, range, inside, outside] of cases) {
    for (const version of inside) expect(holds(ecosystem, range, version), `${version} in ${range} of ${ecosystem}`).toBe(true);
    for (const version of outside) expect(holds(ecosystem, range, version), `${version} in ${range} of ${ecosystem}`).toBe(false);
  }
});

it("reads VERS strings, and refuses those that are not in canonical order", () => {
  expect(holds("", "vers:npm/>=1.0.0|!=1.5.0|<2.0.0|3.0.0", "x")).toBeUndefined();
  const within = (range: string, version: string) => holds("npm", range, version);
  const range = "vers:npm/1.2.3|>=2.0.0|!=2.1.0|<3.0.0|>4.0.0";
  for (const version of ["1.2.3", "2.0.0", "2.1.1", "4.0.1", "5.0.0"]) expect(within(range, version), version).toBe(true);
  for (const version of ["1.2.2", "2.1.0", "3.0.0", "4.0.0"]) expect(within(range, version), version).toBe(false);
  expect(within("vers:npm/*", "1.0.0")).toBe(true);
  expect(within("vers:npm/!=1.0.0", "1.0.0")).toBe(false);
  expect(within("vers:npm/!=1.0.0", "1.0.1")).toBe(true);
  expect(within("vers:npm/<1.0.0|>=2.0.0", "0.1.0")).toBe(true);
  expect(holds("deb", "vers:deb/<1.0%2B1", "1.0")).toBe(true);
  expect(parseRange("vers:npm/<2.0.0|>=1.0.0")).toMatchObject({ ok: false, suggestion: "vers:npm/>=1.0.0|<2.0.0" });
  for (const text of [
    "vers:npm/<2.0.0|>=1.0.0",
    "vers:npm/1.0.0|1.0.0",
    "vers:npm/>=1.0.0|>=2.0.0",
    "vers:npm/<1.0.0|<2.0.0",
    "vers:npm/>1.0.0|2.0.0|<3.0.0",
    "vers:npm/1.0.0|<2.0.0",
    "vers:npm/=1.0.0",
    "vers:npm/1.0.0|*",
    "vers:npm/|1.0.0",
    "vers:npm/>= 1.0.0",
    "vers:npm/%zz",
    "vers:npm/",
    "vers:tomee/<1",
  ]) {
    expect(parseRange(text).ok, text).toBe(false);
  }
});

it("says nothing about versions that it cannot read, or of another ecosystem", () => {
  expect(holds("npm", "<1.0.0", "latest")).toBeUndefined();
  expect(holds("npm", "*", "latest")).toBeUndefined();
  const range = parseRange("<1.0.0", "npm");
  expect(range.ok && inRange(versionOf("pypi", "0.1"), range.value)).toBeUndefined();
});

it("reads a literal without an ecosystem in that of the version", () => {
  const range = parseRange("<2.0");
  if (!range.ok) throw new Error(range.problem);
  expect(inRange(versionOf("pypi", "2.0rc1"), range.value)).toBe(true);
  expect(inRange(versionOf("maven", "2.0"), range.value)).toBe(false);
  expect(inRange(versionOf("oci", "1.0"), range.value)).toBeUndefined();
  expect(inRange(versionOf("", "1.0"), range.value)).toBeUndefined();
  const caret = parseRange("^1.0");
  expect(caret.ok && inRange(versionOf("deb", "1.0"), caret.value)).toBeUndefined();
});

it("builds ranges from the intervals of feeds", () => {
  const range = rangeOf("pypi", [
    { low: { version: "2.0", inclusive: true }, high: { version: "2.5", inclusive: false } },
    { high: { version: "1.0", inclusive: true } },
    { low: { version: "2.4", inclusive: true }, high: { version: "3", inclusive: false } },
  ]);
  if (!range.ok) throw new Error(range.problem);
  expect(showRange(range.value)).toBe("<=1.0 || >=2.0 <3");
  expect(rangeOf("pypi", []).ok).toBe(false);
  expect(rangeOf("pypi", [{ low: { version: "x!", inclusive: true } }]).ok).toBe(false);
  expect(rangeOf("oci", [{}]).ok).toBe(false);
  expect(rangeOf("npm", [{ low: { version: "2.0.0", inclusive: true }, high: { version: "1.0.0", inclusive: true } }]).ok).toBe(false);
});

it("knows equal ranges by their intervals", () => {
  const equal = (a: string, b: string) => {
    const [left, right] = [parseRange(a, "npm"), parseRange(b, "npm")];
    return left.ok && right.ok && equalRange(left.value, right.value);
  };
  expect(equal("<1.0.0 || >=1.0.0", "*")).toBe(true);
  expect(equal(">=1.0.0 <3.0.0", ">=1.0.0 <2.0.0 || 2.0.0 || >2.0.0 <3.0.0")).toBe(true);
  expect(equal("<1.0.0", "<=1.0.0")).toBe(false);
});

const text = fc.tuple(fc.nat(3), fc.nat(3), fc.constantFrom("", "-0", "-rc.1")).map(([a, b, pre]) => `${a}.${b}.0${pre}`);
const bound = fc.record({ version: text, inclusive: fc.boolean() });
const interval: fc.Arbitrary<Interval> = fc.record({ low: bound, high: bound }, { requiredKeys: [] });

it("holds a version iff one of the intervals does", () => {
  const order = (a: string, b: string) => compareVersions(versionOf("npm", a), versionOf("npm", b)) ?? Number.NaN;
  const inside = (version: string, { low, high }: Interval) => {
    const above = low === undefined || order(version, low.version) > 0 || (low.inclusive && order(version, low.version) === 0);
    return above && (high === undefined || order(version, high.version) < 0 || (high.inclusive && order(version, high.version) === 0));
  };
  let read = 0;
  fc.assert(
    fc.property(fc.array(interval, { minLength: 1, maxLength: 4 }), text, (intervals, version) => {
      const range = rangeOf("npm", intervals);
      if (!range.ok) return;
      read++;
      const expected = intervals.some((each) => inside(version, each));
      expect(inRange(versionOf("npm", version), range.value)).toBe(expected);
      expect(range.value.intervals.filter((each) => inside(version, each)).length).toBe(expected ? 1 : 0);
      const again = parseRange(showRange(range.value), "semver");
      expect(again.ok && inRange(versionOf("semver", version), again.value)).toBe(expected);
    }),
    { numRuns: 10_000 },
  );
  expect(read).toBeGreaterThan(1000);
});

it("reads hostile text in no time", () => {
  for (const hostile of [
    "1.0.0 ".repeat(5000),
    "|".repeat(60_000),
    "[".repeat(60_000),
    `<${"1".repeat(60_000)}`,
    "vers:npm/".padEnd(60_000, "|"),
    "x".repeat(100_000),
  ]) {
    expect(() => ["npm", "maven", "composer", "pypi", ""].map((ecosystem) => parseRange(hostile, ecosystem))).not.toThrow();
  }
});
