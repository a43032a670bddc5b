/**
 * The order of each ecosystem against its own tool, where that is installed: on `PATH` or in `$WAYBILL_TOOLS`. Every tool
 * is started once and asked in bulk. `WAYBILL_RUNS=100000` is the long run.
 *
 * `dpkg --compare-versions` compares one pair a process, or two where one is not below the other: it is asked a few, and
 * Dpkg::Version, dpkg's own in Perl, which reads pairs in bulk, all.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import nodeSemver from "semver";
import { afterAll, expect, it } from "vitest";
import { compareVersions, isOwnVersion, versionOf } from "../version.ts";

type Pair = readonly [string, string];

const asked = Number(process.env["WAYBILL_RUNS"] ?? "");
const runs = Number.isSafeInteger(asked) && asked > 0 ? asked : 1000;
const folder = mkdtempSync(join(tmpdir(), "waybill-versions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tools = process.env["WAYBILL_TOOLS"];
const env = { ...process.env, ...(tools && { PATH: [tools, process.env["PATH"]].join(delimiter) }), LC_ALL: "C.UTF-8" };

function ran(command: string, words: readonly string[], input = ""): string | undefined {
  const done = spawnSync(command, words, { input, env, cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
  return done.status === 0 ? done.stdout : undefined;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A version: a beginning, and pieces of which some make it another version of the same or none at all. */
interface Soup {
  readonly starts: readonly string[];
  readonly pieces: readonly string[];
  readonly most: number;
}

const digits = ["0", "1", "2", "9", "10", "01", "00", "123"];
const dotted = digits.map((number) => `.${number}`);

/** The same pairs in every run of as many: half of them differ in one piece only. */
function pairsOf({ starts, pieces, most }: Soup, count: number): readonly Pair[] {
  let state = 20_261_121;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const one = (from: readonly string[]): string => from[draw(from.length)] ?? "";
  const version = (): string[] => [one(starts), ...Array.from({ length: draw(most + 1) }, () => one(pieces))];
  return Array.from({ length: count }, () => {
    const left = version();
    if (draw(2) === 0) return [left.join(""), version().join("")];
    const right = [...left];
    const at = 1 + draw(right.length);
    right.splice(at, draw(2), ...(draw(2) === 0 ? [one(pieces)] : []));
    return [left.join(""), right.join("")];
  });
}

/** A tool that answers many pairs at once: -1, 0, 1, or "none" for what it cannot read; undefined: it is not here. */
interface Oracle {
  readonly ecosystem: string;
  readonly tool: string;
  readonly soup: Soup;
  readonly most?: number;
  readonly answers: (pairs: readonly Pair[]) => readonly string[] | undefined;
}

function lines(pairs: readonly Pair[]): string {
  return pairs.map((pair) => `${pair.join("\t")}\n`).join("");
}

/** Asks a program that reads `A<TAB>B` a line. */
function asking(command: string, words: () => readonly string[] | undefined): Oracle["answers"] {
  return (pairs) => {
    const found = words();
    if (found === undefined) return undefined;
    return ran(command, found, lines(pairs))?.trim().split("\n");
  };
}

const python = (setup: string, compare: string): readonly string[] => [
  "-c",
  `import sys\n${setup}\nfor line in sys.stdin.read().splitlines():\n    a, b = line.split("\\t")\n    ${compare.replaceAll("\n", "\n    ")}`,
];

/** The jars of `$WAYBILL_TOOLS` and of the Maven that is installed. */
function mavenJars(): string | undefined {
  const installed = ran("sh", ["-c", 'readlink -f "$(command -v mvn)"'])?.trim();
  for (const path of [tools, installed && join(installed, "../../lib")]) {
    try {
      const jars = readdirSync(path ?? "").filter((name) => /^(?:maven-artifact|commons-lang3|plexus-utils)-.*\.jar$/.test(name));
      if (jars.some((name) => name.startsWith("maven-artifact"))) return jars.map((name) => join(path ?? "", name)).join(delimiter);
    } catch {
      // Not a folder: the next one.
    }
  }
  return undefined;
}

const mavenProgram = `
import org.apache.maven.artifact.versioning.ComparableVersion;
public class Order {
  public static void main(String[] words) throws Exception {
    var answers = new StringBuilder();
    for (String line : new String(System.in.readAllBytes()).split("\\n")) {
      String[] pair = line.split("\\t", -1);
      answers.append(Integer.signum(new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1])))).append("\\n");
    }
    System.out.print(answers);
  }
}`;

/** Go's own copy of golang.org/x/mod/semver, which its command uses. */
function goProgram(): readonly string[] | undefined {
  const root = ran("go", ["env", "GOROOT"])?.trim();
  if (root === undefined) return undefined;
  mkdirSync(join(folder, "order/semver"), { recursive: true });
  file("order/semver/semver.go", readFileSync(join(root, "src/cmd/vendor/golang.org/x/mod/semver/semver.go"), "utf8"));
  file("order/go.mod", "module order\n\ngo 1.21\n");
  file(
    "order/main.go",
    `package main
import ("bufio"; "fmt"; "order/semver"; "os"; "strings")
func main() {
  lines := bufio.NewScanner(os.Stdin)
  for lines.Scan() {
    a, b, _ := strings.Cut(lines.Text(), "\\t")
    if semver.IsValid(a) && semver.IsValid(b) { fmt.Println(semver.Compare(a, b)) } else { fmt.Println("none") }
  }
}`,
  );
  return ["-C", join(folder, "order"), "run", "."];
}

const cargoProgram = `use std::io::BufRead;
fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (a, b) = line.split_once('\\t').unwrap();
        match (semver::Version::parse(a), semver::Version::parse(b)) {
            (Ok(a), Ok(b)) => println!("{}", a.cmp_precedence(&b) as i8),
            _ => println!("none"),
        }
    }
}`;

/**
 * The crate that cargo reads versions with, where cargo has it already: nothing is fetched. Of its two orders the one of
 * SemVer's clause 11; the other, \`Ord\`, puts build metadata in order too.
 */
function cargoCrate(): string | undefined {
  mkdirSync(join(folder, "crate/src"), { recursive: true });
  file("crate/Cargo.toml", '[package]\nname = "order"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\nsemver = "1"\n');
  file("crate/src/main.rs", cargoProgram);
  const built = ran("cargo", ["build", "--offline", "--quiet", "--release", "--manifest-path", join(folder, "crate/Cargo.toml")]);
  return built === undefined ? undefined : join(folder, "crate/target/release/order");
}

const semverPieces = [...dotted, "-", "-a", "-1", "-alpha", "-0a", ".a", ".b1", "-a-b", "+x", "+1", ".x", "rc1", "-rc.1", "--"];
const starts = digits.flatMap((a) => [a, ...digits.slice(0, 5).map((b) => `${a}.${b}`)]);
const threes = starts.flatMap((start) => ["0", "1", "10"].map((patch) => `${start.includes(".") ? start : `${start}.0`}.${patch}`));
const rpmPieces = [...dotted, ...digits, "--1", "~", "^", "a", "b", "rc", "Z", "-1", "-0", "-10", "_", "+", "..", "~rc1", "^git1", ".a"];

const composer: Oracle["answers"] = asking("php", () => [
  "-r",
  'require "Composer/Semver/autoload.php"; $parser = new Composer\\Semver\\VersionParser(); while (($line = fgets(STDIN)) !== false) { [$a, $b] = explode("\\t", rtrim($line, "\\n")); try { $x = $parser->normalize($a); $y = $parser->normalize($b); echo str_starts_with($x, "dev-") || str_starts_with($y, "dev-") ? "none" : version_compare($x, $y), "\\n"; } catch (UnexpectedValueException $e) { echo "none\\n"; } }',
]);

const oracles: readonly Oracle[] = [
  {
    ecosystem: "npm",
    tool: "node-semver",
    soup: { starts: threes, pieces: semverPieces, most: 4 },
    answers: (pairs) => pairs.map(([a, b]) => (nodeSemver.valid(a) && nodeSemver.valid(b) ? `${nodeSemver.compare(a, b)}` : "none")),
  },
  {
    ecosystem: "cargo",
    tool: "semver of cargo",
    soup: { starts: threes, pieces: [...semverPieces, "+2", "-1.a", "-10"], most: 4 },
    answers: (pairs) => {
      const crate = cargoCrate();
      return crate === undefined ? undefined : ran(crate, [], lines(pairs))?.trim().split("\n");
    },
  },
  {
    ecosystem: "pypi",
    tool: "packaging of python3",
    soup: {
      starts: [...starts, "1!1", "v1.0", "0!1.0"],
      pieces: [
        ...dotted,
        "a",
        "b1",
        "rc2",
        "c2",
        "alpha",
        "-beta.1",
        "_pre",
        ".post1",
        "-1",
        "r2",
        ".rev",
        ".dev",
        "dev3",
        ".dev0",
        "+x.1",
        "+1",
        "+ubuntu-2",
        ".x",
      ],
      most: 4,
    },
    answers: asking("python3", () =>
      python(
        "from packaging.version import InvalidVersion, Version",
        "try:\n    x, y = Version(a), Version(b)\n    print((x > y) - (x < y))\nexcept InvalidVersion:\n    print('none')",
      ),
    ),
  },
  {
    ecosystem: "maven",
    tool: "ComparableVersion of Maven",
    soup: {
      starts,
      pieces: [
        ...dotted,
        "-",
        ".",
        "-alpha",
        "-beta-",
        "-rc",
        "-RC1",
        "-M2",
        "-SNAPSHOT",
        "-jre",
        "-b",
        "a",
        "x",
        "-sp",
        "-ga",
        ".Final",
        "1",
        "-1",
        "-10",
        "cr2",
      ],
      most: 4,
    },
    answers: (pairs) => {
      const jars = mavenJars();
      if (jars === undefined) return undefined;
      return ran("java", ["-cp", jars, file("Order.java", mavenProgram)], lines(pairs))
        ?.trim()
        .split("\n");
    },
  },
  {
    ecosystem: "golang",
    tool: "golang.org/x/mod/semver",
    soup: {
      starts: [...starts, ...threes].map((text) => `v${text}`),
      pieces: [...semverPieces, "-0.20191109021931-daa7c04131f5", "+incompatible"],
      most: 3,
    },
    answers: asking("go", goProgram),
  },
  {
    ecosystem: "deb",
    tool: "Dpkg::Version of dpkg",
    soup: {
      starts: [...starts, "1:1", "0:1.0", "2:0~1"],
      pieces: [...dotted, ...digits, "~", "~~", "+", "a", "b1", "-1", "-0", "-1.1", "-", "~rc1", "+b1", "z", "Z", ".", "_"],
      most: 5,
    },
    answers: asking("perl", () => [
      "-e",
      'use Dpkg::Version; while (<STDIN>) { chomp; my ($a, $b) = split /\\t/, $_, -1; my $ok = Dpkg::Version->new($a)->is_valid && Dpkg::Version->new($b)->is_valid; print $ok ? version_compare($a, $b) : "none", "\\n" }',
    ]),
  },
  {
    ecosystem: "deb",
    tool: "dpkg --compare-versions",
    soup: { starts: [...starts, "1:1", "0:1.0"], pieces: [...dotted, "~", "+", "a", "b1", "-1", "-0", "~rc1", "z", "Z"], most: 4 },
    most: 500,
    answers: asking("sh", () =>
      ran("dpkg", ["--version"]) === undefined
        ? undefined
        : [
            "-c",
            'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done',
          ],
    ),
  },
  {
    ecosystem: "rpm",
    tool: "rpm",
    soup: { starts: [...starts, "1:1", "0:1.0", "a1", "xyz"], pieces: rpmPieces, most: 5 },
    answers: (pairs) =>
      ran("rpm", [
        "--eval",
        `%{lua: for line in io.lines('${file("pairs", lines(pairs))}') do local a, b = line:match('^(.-)\\t(.*)$') print(rpm.vercmp(a, b) .. '\\n') end}`,
      ])
        ?.trim()
        .split(/\n+/),
  },
  {
    ecosystem: "alpm",
    tool: "libalpm",
    soup: { starts: [...starts, "1:1", "0:1.0", "a1", "r12"], pieces: rpmPieces, most: 5 },
    answers: asking("python3", () =>
      python(
        "import ctypes, ctypes.util\nalpm = ctypes.CDLL(ctypes.util.find_library('alpm') or sys.exit(1))",
        "found = alpm.alpm_pkg_vercmp(a.encode(), b.encode())\nprint((found > 0) - (found < 0))",
      ),
    ),
  },
  {
    ecosystem: "gem",
    tool: "Gem::Version of ruby",
    soup: { starts, pieces: [...dotted, "a", ".a", ".b1", ".rc.1", "-1", "-a", ".pre", ".A", "rc", "-", "..", "-beta-2"], most: 5 },
    answers: asking("ruby", () => [
      "-e",
      'STDIN.each_line(chomp: true) { |line| a, b = line.split("\\t", -1); begin; puts Gem::Version.new(a) <=> Gem::Version.new(b); rescue ArgumentError; puts "none"; end }',
    ]),
  },
  {
    ecosystem: "composer",
    tool: "composer/semver",
    soup: {
      starts: [...starts, ...threes, "v1.0"],
      pieces: [
        ...dotted,
        "-alpha1",
        "-beta",
        "b2",
        "-RC.2",
        "-dev",
        ".dev",
        "-p1",
        "pl2",
        "-patch",
        "-stable",
        "+build",
        "-1",
        "a",
        "_rc1",
        "-beta.1.2",
      ],
      most: 3,
    },
    answers: composer,
  },
  {
    ecosystem: "composer",
    tool: "composer/semver (dates)",
    soup: {
      starts: ["2024.01.05", "20240105", "2024-01", "2024.1", "20240105-0930", "2023.12", "v2023.12"],
      pieces: [".1", "-alpha1", "-dev", "-1", ".10", "b", "-p2", "RC"],
      most: 1,
    },
    answers: composer,
  },
  {
    ecosystem: "cran",
    tool: "compareVersion of R",
    soup: { starts: ["0", "1", "10", "01"], pieces: ["-0", "-1", "-10", ".0", ".1", ".10", ".01", "-2", ".a", "."], most: 4 },
    answers: asking("Rscript", () => [
      "-e",
      'pairs <- strsplit(readLines(file("stdin")), "\\t", fixed = TRUE); a <- vapply(pairs, `[`, "", 1); b <- vapply(pairs, `[`, "", 2); wrong <- is.na(numeric_version(a, strict = FALSE)) | is.na(numeric_version(b, strict = FALSE)); found <- mapply(function(x, y, w) if (w) NA else utils::compareVersion(x, y), a, b, wrong); writeLines(ifelse(wrong, "none", as.character(found)))',
    ]),
  },
  {
    ecosystem: "conan",
    tool: "Version of Conan 2",
    soup: {
      starts: [...starts, "cci.20200101", "a"],
      pieces: [...dotted, "a", ".a", "1b", "-pre", "-alpha.1", "-1", "-", "+b1", "+1", "+0", ".0", "_1", "_", ".10", "+"],
      most: 5,
    },
    answers: asking("python3", () =>
      python(
        "from conan.internal.model.version import Version",
        "x, y = Version(a), Version(b)\nprint(0 if x == y else -1 if x < y else 1)",
      ),
    ),
  },
];

/** As the ecosystem's own tools answer: without the short forms that only advisories write. */
function order(ecosystem: string, a: string, b: string): number | undefined {
  const read = isOwnVersion(ecosystem, a) && isOwnVersion(ecosystem, b);
  return read ? compareVersions(versionOf(ecosystem, a), versionOf(ecosystem, b)) : undefined;
}

for (const { ecosystem, tool, soup, most, answers } of oracles) {
  const here = answers([["1.0", "1.1"]]) !== undefined;
  const title = `orders ${ecosystem} versions as ${tool} does${here ? "" : " (skipped: it is neither on PATH nor in $WAYBILL_TOOLS)"}`;
  it.skipIf(!here)(
    title,
    () => {
      const pairs = pairsOf(soup, Math.min(runs, most ?? runs));
      const theirs = answers(pairs) ?? [];
      expect(theirs.length).toBe(pairs.length);
      const ours = pairs.map(([a, b]) => `${order(ecosystem, a, b) ?? "none"}`);
      const different = pairs.flatMap((pair, i) =>
        ours[i] === theirs[i] ? [] : [`${pair.join(" against ")}: ${ours[i]}, not ${theirs[i]}`],
      );
      expect(theirs.filter((answer) => answer !== "none").length).toBeGreaterThan(pairs.length / 10);
      expect(different.slice(0, 20)).toEqual([]);
    },
    600_000,
  );
}
