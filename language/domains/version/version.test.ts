import fc from "fast-check";
import { expect, it } from "vitest";
import { compareVersions, equalVersion, isOwnVersion, isVersion, versionOf } from "../version.ts";

function compare(ecosystem: string, a: string, b: string) {
  return compareVersions(versionOf(ecosystem, a), versionOf(ecosystem, b));
}

it("gives no order across ecosystems, without one, or in one that is not known", () => {
  expect(compareVersions(versionOf("npm", "1.0.0"), versionOf("pypi", "1.0.0"))).toBeUndefined();
  expect(compareVersions(versionOf("", "1.0.0"), versionOf("", "1.0.0"))).toBeUndefined();
  expect(compareVersions(versionOf("oci", "latest"), versionOf("oci", "latest"))).toBeUndefined();
  expect(compareVersions(versionOf("constructor", "1"), versionOf("constructor", "1"))).toBeUndefined();
});

it("gives no order to what the ecosystem cannot parse, and never calls it false", () => {
  const unreadable: readonly (readonly [string, string])[] = [
    ["npm", "latest"],
    ["npm", "1.2.3.4"],
    ["npm", ""],
    ["pypi", "1.0-bulbasaur"],
    ["pypi", "1..0"],
    ["deb", "1.0-"],
    ["deb", "0:-1"],
    ["deb", "a:1"],
    ["deb", "1 0"],
    ["cargo", "v1.0.0"],
    ["cargo", " 1.0.0"],
    ["cargo", "=1.0.0"],
    ["pub", "v1.0.0"],
    ["pub", "1.0.0 "],
    ["apk", "1.2_foo1"],
    ["apk", "1.2-ruff"],
    ["apk", "latest"],
    ["gem", "1.a!"],
    ["nuget", "1.2.3.4.5"],
    ["composer", "dev-main"],
    ["composer", "20240105.1.10"],
    ["golang", "(devel)"],
    ["maven", ""],
    ["alpm", "1.0 1"],
    ["alpm", "1.0-"],
    ["alpm", ""],
    ["conan", "[>1.0]"],
    ["conan", ""],
    ["cran", "1.a"],
    ["hackage", "1-2"],
    ["rpm", ""],
    ["npm", `1.0.${"9".repeat(600)}`],
  ];
  for (const [ecosystem, text] of unreadable) {
    expect(compare(ecosystem, text, "1.0"), `${ecosystem} ${text}`).toBeUndefined();
    expect(equalVersion(versionOf(ecosystem, text), versionOf(ecosystem, text)), `${ecosystem} ${text}`).toBeUndefined();
    expect(isVersion(ecosystem, text)).toBe(false);
  }
});

it("knows which versions only advisories write so", () => {
  for (const [ecosystem, text, own] of [
    ["npm", "1.2", false],
    ["npm", "1.2.3", true],
    ["npm", "v1.2.3-rc.1+x", true],
    ["npm", "1.02.3", false],
    ["npm", "1.2.3-01", false],
    ["cargo", "1", false],
    ["pub", "1.2", false],
    ["pub", "1.02.3+1", true],
    ["golang", "v1.2", true],
    ["golang", "1.2.3", true],
    ["golang", "v1.2-rc1", false],
    ["golang", "go1.21rc2", true],
    ["pypi", "1", true],
    ["oci", "1", false],
  ] as const)
    expect(isOwnVersion(ecosystem, text), `${ecosystem} ${text}`).toBe(own);
});

it("equals an Arch version without a pkgrel to each with one, as vercmp does", () => {
  expect(compare("alpm", "1.0", "1.0-1")).toBe(0);
  expect(compare("alpm", "1.0", "1.0-2")).toBe(0);
  expect(compare("alpm", "1.0-1", "1.0-2")).toBe(-1);
});

it("reads a version without an ecosystem in that of the other", () => {
  expect(compareVersions(versionOf("", "1.10"), versionOf("pypi", "1.9"))).toBe(1);
  expect(compareVersions(versionOf("deb", "1.0~rc1"), versionOf("", "1.0"))).toBe(-1);
});

/** In rising order; `=` joins equal ones. Each list is from the documentation that the comparator's file names. */
const rising: Readonly<Record<string, readonly string[]>> = {
  npm: [
    "0.0.0-0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0 = 1.0.0+build = v1.0.0 = 1.0 = 1",
    "2.0.0",
    "2.1.0",
    "2.1.1",
    "9007199254740993.0.0",
    "9007199254740994.0.0",
  ],
  // dtolnay/semver's tests and documentation (test_version.rs, Version); its `Ord` puts build metadata in order, which
  // SemVer's clause 10 does not, nor what cargo asks of versions.
  cargo: [
    "0.0.0-0",
    "0.0.0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.1.0-beta-10 = 1.1.0-beta-10+0851523",
    "1.2.0",
    "1.2.3-0",
    "1.2.3-1.alpha1.9 = 1.2.3-1.alpha1.9+build5.7.3aedf",
    "1.2.3-0a.alpha1.9 = 1.2.3-0a.alpha1.9+05build.7.3aedf",
    "1.2.3-alpha1",
    "1.2.3-alpha2",
    "1.2.3 = 1.2.3+23 = 1.2.3+42 = 1.2.3+5build = 1.2.3+build5",
    "1.2.10",
    "18446744073709551615.0.0",
  ],
  golang: [
    "v0.0.0-20191109021931-daa7c04131f5",
    "v0.0.0-20201109021931-0a7c04131f50",
    "v0.9.0",
    "go1.21rc2",
    "go1.21 = v1.21.0",
    "1.21.1",
    "v2.0.0+incompatible = v2.0.0",
  ],
  pub: ["1.0.0-dev", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.1"],
  pypi: [
    "1.dev0 = 1.0.dev0",
    "1.0.dev456",
    "1.0a1",
    "1.0a2.dev456",
    "1.0a12.dev456",
    "1.0a12 = 1.0.alpha-12 = v1.0A12",
    "1.0b1.dev456",
    "1.0b2",
    "1.0b2.post345.dev456",
    "1.0b2.post345",
    "1.0rc1.dev456",
    "1.0rc1 = 1.0c1 = 1.0pre1 = 1.0-preview_1",
    "1.0 = 1 = 1.0.0",
    "1.0+abc.5",
    "1.0+abc.7 = 1.0+ABC-7",
    "1.0+5",
    "1.0.post456.dev34",
    "1.0.post456 = 1.0-456 = 1.0.r456 = 1.0rev456",
    "1.0.15",
    "1.1.dev1",
    "2019.12",
    "1!0.1",
  ],
  maven: [
    "1-alpha2 = 1a2",
    "1-alpha-123 = 1.0-alpha123",
    "1-beta-2 = 1b2",
    "1-m3 = 1-milestone-3 = 1.0-MileStone-3",
    "1-rc = 1-cr = 1CR",
    "1-rc1",
    "1-SNAPSHOT",
    "1 = 1.0 = 1.0.0 = 1-ga = 1.final = 1.0.0.RELEASE = 01",
    "1-sp",
    "1-sp-1 = 1sp1",
    "1-abc",
    "1-def",
    "1-1",
    "1.0.1",
    "1.1",
    "1.1.1-jre9",
    "1.2",
    "20190126.230843",
    "12345678901234567890.1",
  ],
  deb: [
    "1.0~beta1~svn1245",
    "1.0~beta1",
    "1.0 = 1.0-0 = 0:1.0",
    "1.0-1",
    "1.0-1+b1",
    "1.0-1.1",
    "1.0-2",
    "1.0-10",
    "1.0a",
    "1.0+dfsg",
    "1.0.1",
    "1.9",
    "1.10",
    "1:0.1",
    "2:0~1",
  ],
  rpm: [
    "1.0~rc1",
    "1.0~rc1^git1",
    "1.0 = 1_0 = 0:1.0 = 1.00 = 1.0.",
    "1.0-1",
    "1.0-1.el7",
    "1.0-2",
    "1.0^git1~pre",
    "1.0^git1",
    "1.0^20160101^git1",
    "1.0a",
    "1.0aa",
    "1.0.1",
    "1.1",
    "1.9",
    "1.10",
    "1:0.1",
  ],
  apk: [
    "0.1.0_alpha_pre2",
    "0.1.0_alpha",
    "0.1.0_alpha2",
    "0.1.3_alpha",
    "0.9.28.1",
    "1.01",
    "1.06-r6",
    "1.1_alpha1",
    "1.1_beta",
    "1.1_pre2",
    "1.1_rc1",
    "1.1",
    "1.1-r0",
    "1.1-r10",
    "1.1_cvs1",
    "1.1_svn2",
    "1.1_git1",
    "1.1_hg1",
    "1.1_p1",
    "1.1_p1-r1",
    "1.1_p9",
    "1.1_p10",
    "1.1a",
    "1.1b-r2",
    "1.1.0",
    "1.1.1",
    "6.6.2",
    "006.7",
    "20050718-r1",
    "20050718-r2",
  ],
  gem: [
    "1.0.0.a.1",
    "1.0.0.beta2 = 1.0.beta.2",
    "1.0.0-rc1 = 1.0.pre.rc1",
    "1.0.0.rc1",
    "1.0.0 = 1 = 1.0",
    "1.0.0.1",
    "1.8",
    "1.9.a",
    "1.9",
    "1.10",
  ],
  nuget: [
    "0.9.9.1",
    "1.0.0-BETA = 1.0.0-beta+meta",
    "1.0.0-beta.1",
    "1.0.0-beta.5",
    "1.0.0-beta.77",
    "1.0.0-beta2",
    "1.0.0 = 1.0 = 1.0.0.0 = 1.0.00+x",
    "1.0.0.1-alpha",
    "1.0.0.1",
    "1.1.0",
  ],
  composer: [
    "1.0.0-dev",
    "1.0.0-alpha1 = v1.0.0a1 = 1.0.0.0-ALPHA.1",
    "1.0.0-alpha2",
    "1.0.0-beta1",
    "1.0.0-beta.11",
    "1.0.0-RC1",
    "1.0.0 = 1.0 = 1 = 1.0.0.0 = 1.0.0-stable = 1.0.0+build = 1.0.0- = 1_",
    "1.0.0-patch1 = 1.0.0-p1 = 1.0.0pl1",
    "1.0.1",
    "1.10",
    "1.x-dev",
    "2.0.0-stable-dev = 2",
    "2024.01.05",
  ],
  // pacman's test/util/vercmptest.sh and vercmp(8); a version without a pkgrel equals each with one, so none is mixed here.
  alpm: [
    "1.0a",
    "1.0alpha",
    "1.0b",
    "1.0beta",
    "1.0p",
    "1.0pre",
    "1.0rc",
    "1.0 = 0:1.0 = 1.00",
    "1.0.a",
    "1.0.1",
    "1.1",
    "1.5.a",
    "1.5.0",
    "1.5.1",
    "2.0_a",
    "2.0.0",
    "1:0.1",
    "1:1.0",
    "2:0.1",
  ],
  // Conan's test/unittests/model/version/test_version_comparison.py.
  conan: [
    "1-alpha",
    "1-alpha.1",
    "1-alpha.22",
    "1-beta",
    "1 = 1.0 = 1.0.0",
    "1+b1",
    "1+b2",
    "1.1.1.1.3 = 1.1.1.1.3.0",
    "1.1.1.1.22",
    "1.1.3",
    "1.1.22",
    "1.3",
    "1.22",
    "2",
    "cci.20200101",
    "cci.20210101",
  ],
  cran: ["0.9-1 = 0.9.1", "0.9.1.0", "1.0", "1.0-4", "1.0-10", "6.0-88"],
  hackage: ["0.1", "0.1.0", "0.1.1", "1", "1.0"],
};

for (const [ecosystem, groups] of Object.entries(rising)) {
  it(`orders ${ecosystem} versions as its documentation does`, () => {
    const rows = groups.flatMap((group, rank) => group.split(" = ").map((text) => ({ text, rank })));
    for (const a of rows) {
      for (const b of rows) {
        expect(compare(ecosystem, a.text, b.text), `${a.text} against ${b.text}`).toBe(Math.sign(a.rank - b.rank));
      }
    }
  });
}

const number = fc.oneof(fc.constantFrom("0", "1", "2", "9", "10", "00", "01", "010"), fc.nat(30).map(String));
const numbers = fc.array(number, { minLength: 1, maxLength: 4 });
const dotted = numbers.map((parts) => parts.join("."));
const tail = (...items: readonly string[]) => fc.array(fc.constantFrom("", ...items), { maxLength: 4 }).map((parts) => parts.join(""));
const joined = (base: fc.Arbitrary<string>, rest: fc.Arbitrary<string>) => fc.tuple(base, rest).map(([a, b]) => a + b);

/** Versions of which most parse. */
const generators: Readonly<Record<string, fc.Arbitrary<string>>> = {
  npm: joined(
    fc.array(number, { minLength: 3, maxLength: 3 }).map((n) => n.join(".")),
    fc.constantFrom("", "-a", "-a.1", "-1", "-1.a", "-a-b", "+x", "-0"),
  ),
  cargo: joined(
    fc.array(number, { minLength: 3, maxLength: 3 }).map((n) => n.join(".")),
    fc.constantFrom("", "-a", "-a.1", "-a.b", "-1", "-10", "-1.a", "-a-b", "+1", "+2", "-a+1", "-a+b", "-0", "-0a"),
  ),
  golang: joined(
    fc.array(number, { minLength: 1, maxLength: 3 }).map((n) => n.join(".")),
    fc.constantFrom("", "rc1", "beta2", "-rc.1", "+incompatible"),
  ),
  pub: joined(
    fc.array(number, { minLength: 3, maxLength: 3 }).map((n) => n.join(".")),
    fc.constantFrom("", "-a", "+1", "+a", "+1.2", "-a+1"),
  ),
  pypi: joined(joined(fc.constantFrom("", "1!"), dotted), tail("a1", "rc2", ".post1", ".dev2", "b", "+x.1", "+1", "-3")),
  // Maven's order goes in a circle among stranger ones.
  maven: joined(
    dotted,
    fc.constantFrom(
      ..."|-alpha-1|-beta2|-M3|-rc1|-sp1|-ga|.Final|-jre8|-abc|-SNAPSHOT|-1|-2|-alpha-1-SNAPSHOT|-rc1-SNAPSHOT|-jre8-SNAPSHOT|a1|x".split(
        "|",
      ),
    ),
  ),
  alpm: joined(
    joined(fc.constantFrom("", "1:"), dotted),
    tail("a", "rc1", ".a", "_1", "b", "+r12").map((rest) => `${rest}-1`),
  ),
  conan: joined(dotted, fc.constantFrom("", "-a", "-a.1", "-pre.10", "+b1", "+1", "-a+b", "+b.2")),
  deb: joined(joined(fc.constantFrom("", "1:"), dotted), tail("~", "+", "a", "b1", "-1", "-0", ".", "~rc1", "z")),
  rpm: joined(joined(fc.constantFrom("", "1:"), dotted), tail("~", "^", "a", "b1", "-1", "-0", ".", "~rc1", "_", "^git")),
  apk: joined(dotted, tail("a", "_rc1", "_p", "_alpha", "_git2", "-r1", "~ab", "_rc")),
  gem: joined(dotted, tail(".a", ".b1", ".0", ".rc.1", "-1", "-a", ".1")),
  nuget: joined(dotted, fc.constantFrom("", "-a", "-A.1", "-1", "-b.2", "+x")),
  composer: joined(dotted, tail("-alpha1", "-beta", "-RC2", "-dev", "-p1", "-stable", ".1")),
  cran: fc.tuple(number, number, number).map(([a, b, c]) => `${a}.${b}-${c}`),
  hackage: dotted,
};

for (const [ecosystem, version] of Object.entries(generators)) {
  it(`keeps ${ecosystem} versions in one total order`, () => {
    let parsed = 0;
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [ab, ba, bc, ac] = [compare(ecosystem, a, b), compare(ecosystem, b, a), compare(ecosystem, b, c), compare(ecosystem, a, c)];
        if (ab === undefined || ba === undefined || bc === undefined || ac === undefined) return;
        parsed++;
        expect(ab).toBe(0 - ba === 0 ? 0 : -ba);
        expect(compare(ecosystem, a, a)).toBe(0);
        if (ab <= 0 && bc <= 0) expect(ac).toBe(ab < 0 || bc < 0 ? -1 : 0);
      }),
      { numRuns: 1000 },
    );
    expect(parsed).toBeGreaterThan(100);
  });
}
