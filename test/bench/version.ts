/** One comparison of two versions, an ecosystem at a time, against a microsecond. */
import { compareVersions, isVersion, type Version, versionOf } from "../../language/domains/version.ts";
import { type Bar, median, nanoseconds } from "./measure.ts";

/** Tails as releases have them; before them stand three numbers. */
const tails: Readonly<Record<string, readonly string[]>> = {
  alpm: ["-1", "rc1-1", "+r12-3"],
  apk: ["-r0", "_rc1-r2", "a"],
  cargo: ["", "-alpha.1", "+build"],
  composer: ["", "-beta1", "-RC2"],
  conan: ["", "-pre.1", "+1"],
  cran: ["", "-1", ".4"],
  deb: ["-1", "~rc1-1ubuntu2", "+dfsg-3"],
  gem: ["", ".rc1", ".pre.2"],
  golang: ["", "-rc.1", "-0.20191109021931-daa7c04131f5"],
  hackage: ["", ".1", ".20"],
  maven: ["", "-rc1", "-SNAPSHOT"],
  npm: ["", "-alpha.1", "-rc.2"],
  nuget: ["", ".4", "-beta.2"],
  pub: ["", "-dev.1", "+2"],
  pypi: ["", "rc1", ".post2"],
  rpm: ["-1.el9", "~rc1-2.fc40", "^git1-3"],
};

/** As many versions as there are numbers, in no order, each once. */
function versions(ecosystem: string, count: number): readonly Version[] {
  const ends = tails[ecosystem] ?? [];
  const lead = ecosystem === "golang" ? "v" : "";
  return Array.from({ length: count }, (_, index) => {
    const draw = (index * 7919) % count;
    const text = `${lead}${draw % 7}.${Math.trunc(draw / 7) % 53}.${Math.trunc(draw / 371)}${ends[index % ends.length] ?? ""}`;
    if (!isVersion(ecosystem, text)) throw new Error(`\`${text}\` is no version of ${ecosystem}`);
    return versionOf(ecosystem, text);
  });
}

/** Compares neighbours, on and on. */
function comparing(list: readonly Version[]): () => unknown {
  let at = 0;
  return () => {
    const [a, b] = [list[at], list[at + 1]];
    at = at + 2 < list.length ? at + 2 : 0;
    return a === undefined || b === undefined ? undefined : compareVersions(a, b);
  };
}

/** Nanoseconds of processor a comparison, all threads counted: others share the machine, and waiting for them is no work. */
function processorTime(work: () => unknown, calls: number): number {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) if (work() === undefined) throw new Error("two versions have no order");
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
}

const kept = 2048;
/** Some times more than leave any trace, so that each is read as if for the first time whenever it comes. */
const tooMany = 131_072;
const rounds = 15;
const calls = 32_768;

/** The bar is held against the slower of two: versions that come again, as those of advisories do, and new ones. */
export function versionBars(): readonly Bar[] {
  return Object.keys(tails).map((ecosystem) => {
    const [again, first] = [comparing(versions(ecosystem, kept)), comparing(versions(ecosystem, tooMany))];
    const samples = Array.from({ length: rounds }, () => [processorTime(again, calls), processorTime(first, calls)] as const);
    const ns = { again: median(samples.map(([value]) => value)), first: median(samples.map(([, value]) => value)) };
    return {
      work: `one comparison of ${ecosystem} versions / 1 µs`,
      ratio: Math.max(ns.again, ns.first) / 1000,
      direction: "<=",
      bar: 1,
      detail: `both texts read for the first time ${nanoseconds(ns.first)}, both read before ${nanoseconds(ns.again)}, of processor`,
    };
  });
}
