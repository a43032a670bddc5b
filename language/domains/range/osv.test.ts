import fc from "fast-check";
import { expect, it } from "vitest";
import { inRange } from "../range.ts";
import { compareVersions, versionOf } from "../version.ts";
import { type OsvEvent, rangeOfEvents } from "./osv.ts";

it("reads the events of OSV ranges", () => {
  const of = (text: string): readonly OsvEvent[] =>
    text.split(" ").map((event) => {
      const [kind = "", version = ""] = event.split("=");
      return { kind: kind as OsvEvent["kind"], version };
    });
  const cases = [
    ["introduced=0 fixed=1.0.0", "<1.0.0"],
    ["introduced=1.0.0 fixed=1.2.0 introduced=2.0.0 last_affected=2.1.0", ">=1.0.0 <1.2.0 || >=2.0.0 <=2.1.0"],
    ["fixed=2.0.0 introduced=1.0.0", ">=1.0.0 <2.0.0"],
    ["introduced=1.0.0", ">=1.0.0"],
    ["last_affected=1.0.0 introduced=1.0.0", "=1.0.0"],
    ["introduced=0 limit=2.0.0 limit=1.0.0", "<2.0.0"],
    ["introduced=0 fixed=3.0.0 limit=2.0.0", "<2.0.0"],
    ["introduced=0 limit=*", "*"],
    ["introduced=0 introduced=1.0.0 fixed=2.0.0", "<2.0.0"],
  ] as const;
  for (const [events, text] of cases) {
    const range = rangeOfEvents("npm", of(events));
    expect(range.ok && range.value.text, events).toBe(text);
  }
  for (const events of [
    "fixed=1.0.0",
    "introduced=1.0.0 fixed=1.0.0",
    "introduced=latest",
    "introduced=2.0.0 limit=1.0.0",
    "introduced=1.0.0 limit=x",
  ])
    expect(rangeOfEvents("npm", of(events)).ok, events).toBe(false);
  expect(rangeOfEvents("oci", of("introduced=0")).ok).toBe(false);
});

it("holds a version in OSV events iff the schema's evaluation does", () => {
  const versions = ["1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "2.0.0", "2.0.1", "3.0.0"];
  const order = (a: string, b: string) => compareVersions(versionOf("npm", a), versionOf("npm", b)) ?? Number.NaN;
  const kinds = fc.array(fc.constantFrom<OsvEvent["kind"]>("introduced", "fixed", "last_affected", "limit"), {
    minLength: 7,
    maxLength: 7,
  });
  fc.assert(
    fc.property(
      fc.shuffledSubarray(versions, { minLength: 1 }),
      kinds,
      fc.boolean(),
      fc.constantFrom(...versions, "0.1.0", "4.0.0"),
      (chosen, of, zero, tested) => {
        const events: readonly OsvEvent[] = [
          ...(zero ? [{ kind: "introduced", version: "0" } as const] : []),
          ...chosen.map((version, i) => ({ kind: of[i] ?? "limit", version })),
        ];
        const limits = events.filter(({ kind }) => kind === "limit");
        let affected = false;
        for (const { kind, version } of events.toSorted((a, b) =>
          a.version === "0" ? -1 : b.version === "0" ? 1 : order(a.version, b.version),
        )) {
          if (kind === "introduced" && (version === "0" || order(tested, version) >= 0)) affected = true;
          if (kind === "fixed" && order(tested, version) >= 0) affected = false;
          if (kind === "last_affected" && order(tested, version) > 0) affected = false;
        }
        const expected = affected && (limits.length === 0 || limits.some(({ version }) => order(tested, version) < 0));
        const range = rangeOfEvents("npm", events);
        expect(range.ok && inRange(versionOf("npm", tested), range.value)).toBe(expected);
      },
    ),
    { numRuns: 3000 },
  );
});
