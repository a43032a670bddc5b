import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, orderedEcosystems, versionOf } from "../../../language/domains/version.ts";
import { vexDecider } from "./decide.ts";
import { finding, indexed, product, statement, vex } from "./fixtures/statements.ts";
import { versionHash } from "./product.ts";

const numRuns = Number(process.env["WAYBILL_RUNS"] ?? 1000);

/** Of what versions are made: marks, words, and what may stand before them. */
interface Made {
  readonly marks: readonly string[];
  readonly words: readonly string[];
  readonly leads: readonly string[];
}
const everything: Made = {
  marks: [".", "-", "_", "+", "~", "^", ":", "!", "@", "..", "+.", ""],
  words: [
    "a",
    "alpha",
    "b",
    "c",
    "rc",
    "cr",
    "pre",
    "ga",
    "final",
    "stable",
    "post",
    "dev",
    "patch",
    "p",
    "r",
    "snapshot",
    "incompatible",
    "1_0",
    "x",
    "",
  ],
  leads: ["", "", "v", "V", "0:", ":", "0!", "1:", "=", " "],
};
/** Where little of everything makes a version, what more often does. */
const own: Readonly<Record<string, Made>> = {
  alpm: { marks: [".", "-", "+", "_", "~"], words: ["a", "rc", ""], leads: ["", "0:", ":"] },
  apk: { marks: [".", "_rc", "_alpha", "-r"], words: [""], leads: [""] },
  cocoapods: { marks: [".", "-", ".a", ".pre."], words: ["a", ""], leads: ["", " "] },
  composer: { marks: [".", "-", "+", ""], words: ["stable", "a", "alpha", "p", "pl", "patch", "dev", "x", ""], leads: ["", "v"] },
  conan: { marks: [".", "-", "+", "_", ".+", ".0_"], words: ["a", "rc", "1_0", ""], leads: [""] },
  cran: { marks: [".", "-"], words: [""], leads: [""] },
  deb: { marks: [".", "-", "+", "~"], words: ["a", "rc", ""], leads: ["", "0:"] },
  gem: { marks: [".", "-", ".a", ".pre."], words: ["a", ""], leads: ["", " "] },
  hackage: { marks: ["."], words: [""], leads: [""] },
  maven: { marks: [".", "-", "", "_", "+"], words: ["ga", "final", "release", "a", "alpha", "rc", "cr", ""], leads: [""] },
  pub: { marks: [".", "-", "+"], words: ["a", "dev", ""], leads: ["", "v"] },
  pypi: {
    marks: [".", "-", "_", "+", "", ".."],
    words: ["a", "alpha", "c", "rc", "pre", "post", "r", "dev", ""],
    leads: ["", "v", "0!", " "],
  },
  rpm: { marks: [".", "-", "+", "_", "~", "^", ".."], words: ["a", "rc", ""], leads: ["", "0:"] },
};

const number = fc.constantFrom("0", "0", "1", "2", "10", "01", "00", "9999999");
/** Two versions that differ in a few pieces, which often count for nothing. */
function pairOf({ marks, words, leads }: Made): fc.Arbitrary<readonly [string, string]> {
  const piece = fc.tuple(fc.constantFrom(...marks), fc.oneof({ weight: 3, arbitrary: number }, fc.constantFrom(...words)));
  const lead = fc.constantFrom(...leads);
  return fc
    .record({
      first: fc.constantFrom("1", "2", "10"),
      pieces: fc.array(piece, { maxLength: 4 }),
      leads: fc.tuple(lead, lead),
      changes: fc.array(fc.record({ at: fc.nat(5), kind: fc.constantFrom("drop", "add", "mark", "value", "zero"), piece }), {
        maxLength: 3,
      }),
    })
    .map(({ first, pieces, leads: [one, other], changes }): readonly [string, string] => {
      const changed: (readonly [string, string])[] = [...pieces];
      for (const {
        at,
        kind,
        piece: [mark, value],
      } of changes) {
        const place = Math.min(at, changed.length);
        const before = changed[place];
        if (kind === "drop") changed.splice(place, 1);
        else if (kind === "add" || before === undefined) changed.splice(place, 0, [mark, value]);
        else if (kind === "zero") changed[place] = [before[0], before[1].startsWith("0") ? before[1].slice(1) : `0${before[1]}`];
        else changed[place] = kind === "mark" ? [mark, before[1]] : [before[0], value];
      }
      const text = (list: readonly (readonly string[])[]): string => `${first}${list.flat().join("")}`;
      return [one + text(pieces), other + text(changed)];
    });
}

describe("versions that are equal have one hash", () => {
  it.each(orderedEcosystems())("in %s", (ecosystem) => {
    let equal = 0;
    fc.assert(
      fc.property(fc.oneof(pairOf(own[ecosystem] ?? everything), pairOf(everything)), ([a, b]) => {
        if (a === b || compareVersions(versionOf(ecosystem, a), versionOf(ecosystem, b)) !== 0) return;
        equal++;
        expect([b, versionHash(ecosystem, b)]).toEqual([b, versionHash(ecosystem, a)]);
      }),
      { numRuns: numRuns * 5 },
    );
    expect(equal).toBeGreaterThan(1);
  });

  it.each([
    ["alpm", "1.0", "1.0-1"],
    ["alpm", "1.0+2", "1.0.2-1"],
    ["rpm", "1.0+2-1", "1.0.2-1"],
    ["conan", "1_0.2", "10.2"],
    ["composer", "1.0-stable2", "1.0"],
    ["composer", "1.x-dev", "1.9999999.9999999.9999999-dev"],
  ])("as in %s those of %s and %s", (ecosystem, a, b) => {
    expect(compareVersions(versionOf(ecosystem, a), versionOf(ecosystem, b))).toBe(0);
    expect(versionHash(ecosystem, a)).toBe(versionHash(ecosystem, b));
  });
});

it.each([
  ["pkg:alpm/arch/foo@1.0-1", "pkg:alpm/arch/foo@1.0"],
  ["pkg:alpm/arch/foo@1.0", "pkg:alpm/arch/foo@1.0-1"],
  ["pkg:rpm/fedora/foo@1.0.2-1", "pkg:rpm/fedora/foo@1.0%2B2-1"],
])("a warning about a version meets a finding of one that is equal: %s and %s", (component, named) => {
  const silent = statement({ timestamp: "2024-01-01T00:00:00Z", products: [product(component)] });
  const warning = statement({ status: "affected", timestamp: "2025-01-01T00:00:00Z", products: [product(named)] });
  const decide = vexDecider(indexed(vex(silent, warning)), { digests: [] }, {});
  expect(decide(finding(component))).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
});
