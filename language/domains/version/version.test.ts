import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import fc from "fast-check";
import nodeSemver from "semver";
import { expect, it } from "vitest";
import { compareVersions, equalVersion, isVersion, versionOf } from "../version.ts";

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
    ["deb", "a:1"],
    ["deb", "1 0"],
    ["apk", "1.2_foo1"],
    ["apk", "1.2-ruff"],
    ["apk", "latest"],
    ["gem", "1.a!"],
    ["nuget", "1.2.3.4.5"],
    ["composer", "dev-main"],
    ["golang", "(devel)"],
    ["maven", ""],
    ["rpm", ""],
    ["npm", `1.0.${"9".repeat(600)}`],
  ];
  for (const [ecosystem, text] of unreadable) {
    expect(compare(ecosystem, text, "1.0"), `${ecosystem} ${text}`).toBeUndefined();
    expect(equalVersion(versionOf(ecosystem, text), versionOf(ecosystem, text)), `${ecosystem} ${text}`).toBeUndefined();
    expect(isVersion(ecosystem, text)).toBe(false);
  }
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
    "1.0.0 = 1.0 = 1 = 1.0.0.0 = 1.0.0-stable = 1.0.0+build",
    "1.0.0-patch1 = 1.0.0-p1 = 1.0.0pl1",
    "1.0.1",
    "1.10",
    "2024.01.05",
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
  golang: joined(
    fc.array(number, { minLength: 1, maxLength: 3 }).map((n) => n.join(".")),
    fc.constantFrom("", "rc1", "beta2", "-rc.1", "+incompatible"),
  ),
  pub: joined(
    fc.array(number, { minLength: 3, maxLength: 3 }).map((n) => n.join(".")),
    fc.constantFrom("", "-a", "+1", "+a", "+1.2", "-a+1"),
  ),
  pypi: joined(joined(fc.constantFrom("", "1!"), dotted), tail("a1", "rc2", ".post1", ".dev2", "b", "+x.1", "+1", "-3")),
  maven: joined(dotted, tail("-", ".", "alpha", "rc", "1", "2", "x", "sp", "ga", "final", "snapshot", "a", "0", "-1")),
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

it("orders semantic versions as node's semver does, where it reads both", () => {
  let read = 0;
  fc.assert(
    fc.property(generators.npm ?? dotted, generators.npm ?? dotted, (a, b) => {
      if (nodeSemver.valid(a) === null || nodeSemver.valid(b) === null) return;
      read++;
      expect(compare("npm", a, b)).toBe(nodeSemver.compare(a, b));
    }),
    { numRuns: 1000 },
  );
  expect(read).toBeGreaterThan(100);
});

function sampled(ecosystem: string, count: number): readonly (readonly [string, string])[] {
  const version = generators[ecosystem] ?? dotted;
  return fc.sample(fc.tuple(version, version), { numRuns: count, seed: 20_261_121 });
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

const dpkg = succeeds("dpkg", ["--version"]);
it.skipIf(!dpkg)(`orders Debian versions as dpkg does${dpkg ? "" : " (skipped: no dpkg here)"}`, () => {
  const pairs = sampled("deb", 300).filter(([a, b]) => isVersion("deb", a) && isVersion("deb", b));
  const script =
    'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done';
  const output = execFileSync("sh", ["-c", script], {
    input: pairs.map((pair) => `${pair.join(" ")}\n`).join(""),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const expected = output.toString().trim().split("\n").map(Number);
  expect(pairs.map(([a, b]) => compare("deb", a, b))).toEqual(expected);
});

const packaging = succeeds("python3", ["-c", "import packaging.version"]);
it.skipIf(!packaging)(`orders Python versions as packaging does${packaging ? "" : " (skipped: no python3 with packaging here)"}`, () => {
  const pairs = sampled("pypi", 1000);
  const script = `
import sys
from packaging.version import InvalidVersion, Version
for line in sys.stdin.read().splitlines():
    a, b = line.split(" ")
    try:
        x, y = Version(a), Version(b)
        print((x > y) - (x < y))
    except InvalidVersion:
        print("none")
`;
  const output = execFileSync("python3", ["-c", script], { input: pairs.map((pair) => pair.join(" ")).join("\n") });
  const expected = output.toString().trim().split("\n");
  expect(pairs.map(([a, b]) => `${compare("pypi", a, b) ?? "none"}`)).toEqual(expected);
});

/** The class path of the Maven that is installed, if one is. */
function mavenLibraries(): string | undefined {
  if (!succeeds("sh", ["-c", "java -version"])) return undefined;
  const found = spawnSync("sh", ["-c", 'readlink -f "$(command -v mvn)"']);
  if (found.status !== 0) return undefined;
  const folder = new URL("../lib/", `file://${found.stdout.toString().trim()}`).pathname;
  try {
    const jars = readdirSync(folder).filter((name) => name.endsWith(".jar"));
    return jars.some((name) => name.startsWith("maven-artifact")) ? jars.map((name) => folder + name).join(":") : undefined;
  } catch {
    return undefined;
  }
}

const libraries = mavenLibraries();
it.skipIf(libraries === undefined)(`orders Maven versions as Maven does${libraries ? "" : " (skipped: no Maven here)"}`, () => {
  // Maven 3 and 4 agree on versions of this shape; where they differ, Maven 4 is followed.
  const stage = fc.constantFrom("", "-alpha", "-beta-", "-rc", "-RC", "-M", "-SNAPSHOT", "-jre", "-b", "a");
  const version = fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.nat(3), { maxLength: 3 }),
      stage,
      fc.constantFrom("", "1", "2", "10"),
      fc.constantFrom("", "", "-SNAPSHOT"),
    )
    .map(([major, rest, word, count, end]) => [major, ...rest].join(".") + word + count + end);
  const versions = fc.sample(version, { numRuns: 1500, seed: 20_261_121 });
  const main = "org.apache.maven.artifact.versioning.ComparableVersion";
  const output = execFileSync("sh", ["-c", 'exec java -cp "$0" "$@"', libraries ?? "", main, ...versions]).toString();
  const expected = [...output.matchAll(/^ {3}(\S+ (?:<|==|>) \S+)$/gm)].map((match) => match[1]);
  expect(expected.length).toBe(versions.length - 1);
  const signs = ["<", "==", ">"];
  expect(
    versions.slice(1).map((next, i) => `${versions[i]} ${signs[(compare("maven", versions[i] ?? "", next) ?? 2) + 1]} ${next}`),
  ).toEqual(expected);
});
