/** `waybill version`: how two versions of an ecosystem stand, and whether one lies in a VERS range. */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import { inRange, parseVers } from "../../../language/domains/range.ts";
import { compareVersions, isOrdered, isOwnVersion, orderedEcosystems, versionOf } from "../../../language/domains/version.ts";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";

type Options = Readonly<Record<string, unknown>>;
type Answer = "<" | "=" | ">" | "?";

/** What people call ecosystems that purl names otherwise. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["alpine", "apk"],
  ["arch", "alpm"],
  ["crates.io", "cargo"],
  ["dart", "pub"],
  ["debian", "deb"],
  ["go", "golang"],
  ["packagist", "composer"],
  ["python", "pypi"],
  ["redhat", "rpm"],
  ["rubygems", "gem"],
  ["rust", "cargo"],
  ["ubuntu", "deb"],
]);

/** Prints `<`, `=`, `>`, or `?` where one is no version of the ecosystem; with `--batch` one a line of stdin. */
export async function compare(call: Call, a: string | undefined, b: string | undefined, options: Options): Promise<number> {
  const ecosystem = ecosystemOf(String(options["ecosystem"]));
  if (options["batch"] === true) {
    if (a !== undefined) throw wrong("with `--batch` the versions are on stdin, and none on the command line");
    await answerLines(call, ecosystem);
    return exit.done;
  }
  if (a === undefined || b === undefined) throw wrong("`version compare` needs two versions, or `--batch`");
  await call.terminal.out(`${answer(ecosystem, a, b)}\n`);
  return exit.done;
}

/** Prints `in`, `out`, or `?` where it is not known; exits with 0, 1 and 3. */
export async function contains(call: Call, range: string, version: string): Promise<number> {
  const read = parseVers(range);
  if (!read.ok) throw wrong(read.problem, read.suggestion);
  const found = read.value.ordered ? holds(read.value.range, version) : undefined;
  await call.terminal.out(`${found === undefined ? "?" : found ? "in" : "out"}\n`);
  return found === undefined ? exit.noVerdict : found ? exit.done : exit.no;
}

function holds(range: Parameters<typeof inRange>[1], version: string): boolean | undefined {
  return isOwnVersion(range.ecosystem, version) ? inRange(versionOf(range.ecosystem, version), range) : undefined;
}

function answer(ecosystem: string, a: string, b: string): Answer {
  if (!isOwnVersion(ecosystem, a) || !isOwnVersion(ecosystem, b)) return "?";
  const found = compareVersions(versionOf(ecosystem, a), versionOf(ecosystem, b));
  if (found === undefined) return "?";
  return found === 0 ? "=" : found < 0 ? "<" : ">";
}

function ecosystemOf(name: string): string {
  if (isOrdered(name)) return name;
  const near = otherNames.get(name.toLowerCase()) ?? nearest(name, orderedEcosystems());
  const help = near === undefined ? `ecosystems are ${orderedEcosystems().join(", ")}` : `did you mean \`${near}\`?`;
  throw new Stop(exit.usage, [
    diagnostic("WB1024", { value: name, what: "an ecosystem whose versions have an order" }, undefined, { help }),
  ]);
}

function wrong(problem: string, suggestion?: string): Stop {
  const help = suggestion === undefined ? "`waybill version --help` has examples" : `did you mean \`${suggestion}\`?`;
  const found: Diagnostic = diagnostic("WB1000", { problem }, undefined, { help });
  return new Stop(exit.usage, [found]);
}

const lineFeed = 10;
/** No version is so long; what is longer is not kept while its end is waited for. */
const longestLine = 16_384;

/** Answers each line as it comes, in memory that does not grow with their number or length. */
async function answerLines({ terminal }: Call, ecosystem: string): Promise<void> {
  let pending = Buffer.alloc(0);
  let tooLong = false;
  for await (const piece of process.stdin) {
    const chunk: Buffer = typeof piece === "string" ? Buffer.from(piece) : piece;
    let answers = "";
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const rest = chunk.subarray(start, end);
      answers += `${tooLong ? "?" : answerLine(ecosystem, pending.length === 0 ? rest : Buffer.concat([pending, rest]))}\n`;
      pending = Buffer.alloc(0);
      tooLong = false;
      start = end + 1;
    }
    if (start < chunk.length && !tooLong) pending = Buffer.concat([pending, chunk.subarray(start)]);
    if (pending.length > longestLine) {
      pending = Buffer.alloc(0);
      tooLong = true;
    }
    await terminal.out(answers);
    if (terminal.unread()) return;
  }
  if (tooLong || pending.length > 0) await terminal.out(`${tooLong ? "?" : answerLine(ecosystem, pending)}\n`);
}

/** `A<TAB>B`; any other line is answered with `?`. */
function answerLine(ecosystem: string, line: Buffer): Answer {
  const [a, b, ...more] = line.toString().replace(/\r$/, "").split("\t");
  return a === undefined || b === undefined || more.length > 0 ? "?" : answer(ecosystem, a, b);
}
