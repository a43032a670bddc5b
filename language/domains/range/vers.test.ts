import fc from "fast-check";
import { expect, it } from "vitest";
import { inRange, parseVers } from "../range.ts";
import { compareVersions, versionOf } from "../version.ts";

it("refuses VERS strings that are not canonical, and says why", () => {
  const why = (text: string) => {
    const read = parseVers(text);
    return read.ok ? "" : read.problem;
  };
  for (const [text, said] of [
    ["vers:npm/>=1.0.0| <2.0.0", "white space"],
    ["vers:npm/|>=1.0.0|<2.0.0", "no `|` stands first"],
    ["vers:npm/>=1.0.0|<2.0.0|", "no `|` stands first"],
    ["vers:npm/>=1.0.0||<2.0.0", "no `|` stands first"],
    ["vers:npm/>=2.0.0|<1.0.0", "must rise"],
    ["vers:npm/1.0%2G0", "not percent-encoded"],
    ["vers:deb/1.0%2b1", "not canonical"],
    ["vers:npm/1.0%2E0", "not canonical"],
    ["vers:npm/%31.0.0", "not canonical"],
    ["vers:npm/1.0.0%09", "printable ASCII"],
    ["vers:npm/1.0.0-ä", "not a VERS constraint"],
    ["vers:npm/=1.0.0", "a version alone means equality"],
    ["vers:npm/*|1.0.0", "stands alone"],
    ["vers:Npm/1.0.0", "lower case"],
    ["Vers:npm/1.0.0", "is not a VERS string"],
    ["vers:invalid/1.0.0", "no order"],
    ["vers:generic/1| 2", "white space"],
    [`vers:npm/${"1".repeat(70_000)}`, "at most"],
  ] as const)
    expect(why(text), text).toContain(said);
  expect(parseVers("vers:lexicographic/1%202")).toEqual({ ok: true, value: { ordered: false } });
  expect(parseVers("vers:tomee/>=8.0.0-M1|<=8.0.1")).toEqual({ ok: true, value: { ordered: false } });
});

it("holds a version in a VERS string iff the published procedure does", () => {
  const versions = ["1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "2.0.0", "2.0.1", "3.0.0"];
  const comparators = ["", "!=", "<", "<=", ">", ">="] as const;
  const order = (a: string, b: string) => compareVersions(versionOf("npm", a), versionOf("npm", b)) ?? Number.NaN;
  const one = fc.tuple(fc.subarray(versions, { minLength: 1 }), fc.array(fc.constantFrom(...comparators), { minLength: 7, maxLength: 7 }));
  let read = 0;
  fc.assert(
    fc.property(one, fc.constantFrom(...versions, "0.1.0", "4.0.0"), ([chosen, signs], tested) => {
      const constraints = chosen.map((version, i) => ({ sign: signs[i] ?? "", version }));
      const range = parseVers(`vers:npm/${constraints.map(({ sign, version }) => sign + version).join("|")}`);
      if (!range.ok || !range.value.ordered) return;
      read++;
      expect(inRange(versionOf("npm", tested), range.value.range)).toBe(procedure(constraints, tested, order));
    }),
    { numRuns: 5000 },
  );
  expect(read).toBeGreaterThan(300);
});

/** "Checking if a version is contained within a range" of package-url/vers-spec; exclusions alone exclude from every version. */
function procedure(
  constraints: readonly { readonly sign: string; readonly version: string }[],
  tested: string,
  order: (a: string, b: string) => number,
): boolean {
  const same = constraints.filter(({ version }) => order(version, tested) === 0);
  if (same.some(({ sign }) => ["", "<=", ">="].includes(sign))) return true;
  if (same.some(({ sign }) => sign === "!=")) return false;
  if (constraints.every(({ sign }) => sign === "!=")) return true;
  const bounds = constraints.filter(({ sign }) => sign.startsWith("<") || sign.startsWith(">"));
  return bounds.some(({ sign, version }, i) => {
    const next = bounds[i + 1];
    if (sign.startsWith("<")) return i === 0 && order(tested, version) < 0;
    return order(tested, version) > 0 && (next === undefined || order(tested, next.version) < 0);
  });
}
