/** `waybill replay`: decides again from a record, offline, and says what flips. */
import { renderJson } from "../../../engine/decide/json.ts";
import { renderText } from "../../../engine/decide/text.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { asksForSigned } from "../../analysis/plan.ts";
import type { Call } from "../cli.ts";
import { feed } from "../feeding.ts";
import { decideGathered, type Gathered } from "../gathered.ts";
import { type Options, texts } from "../options.ts";
import { policiesOf } from "../policies.ts";
import { believe, readTrustFiles } from "../shell/believed.ts";
import { readClock } from "../shell/clock.ts";
import { readSettings, settingsFor } from "../shell/config.ts";
import { type Document, EvidenceFiles, passedOver } from "../shell/evidence.ts";
import { exit, Stop } from "../shell/exit.ts";
import { foundOf, ofKind } from "../shell/feeds/open.ts";
import { loadProject, recordedProject, stdinFolder } from "../shell/project.ts";
import { type Recorded, type RecordedFile, readRecord } from "../shell/record.ts";
import { readReport, type WrittenReport } from "../shell/record-report.ts";
import { note, tell } from "../shell/report.ts";
import { subjectNamed, subjectsGiven } from "../shell/subjects.ts";

const text = (file: RecordedFile): string => Buffer.from(file.bytes).toString("utf8");

/** The project of the record, or the policies that are to be tried on it instead. */
async function projectOf(recorded: Recorded, options: Options) {
  const named = texts(options, "policy");
  const project =
    named.length > 0
      ? await loadProject(named, await settingsFor(options, named))
      : recordedProject(
          recorded.policies.map((file) => ({ path: file.name, text: text(file) })),
          new Map(recorded.imported.map((file) => [file.name, text(file)])),
        );
  const errors = project.diagnostics.filter((one) => one.level === "error");
  if (errors.length > 0)
    throw new Stop(exit.usage, [...errors, diagnostic("WB1017", { errors: errors.length }, undefined)], project.sources);
  return project;
}

async function documentsOf(files: EvidenceFiles, recorded: readonly RecordedFile[]): Promise<readonly Document[]> {
  return Promise.all(recorded.map((file) => files.put(file.name, Buffer.from(file.bytes))));
}

/** What `gate` gathered, from the record alone. */
async function gatheredOf(recorded: Recorded, time: number, options: Options): Promise<Gathered> {
  const project = await projectOf(recorded, options);
  const settings = [...recorded.inputs, ...readSettings("--set", "MODULE.NAME=VALUE", texts(options, "set"))];
  const policies = policiesOf(project, settings, { policy: [], inputs: [], given: [], feeds: { sources: [] } }, time);
  const files = new EvidenceFiles();
  const read = await documentsOf(files, recorded.evidence);
  const documents = read.map((document, i) => (recorded.evidence[i]?.named === true ? document : passedOver(document)));
  // Another policy names keys of its own; roots and keys of the call stay those of the record.
  const own =
    texts(options, "policy").length > 0
      ? (await readTrustFiles(project.program, [], [], stdinFolder(await settingsFor(options, texts(options, "policy"))))).filter(
          ({ kind }) => kind === "declared-key",
        )
      : [];
  const trust = [...recorded.trust, ...own];
  const { subject } = recorded;
  const named =
    subject === undefined
      ? subjectsGiven(documents, "gate")
      : subjectNamed(subject.argument, subject.files === undefined ? undefined : await documentsOf(files, subject.files));
  const feeds = {
    documents: await Promise.all(
      recorded.feeds.map(async ({ kind, name, bytes, found }) => {
        const document = await files.put(name, Buffer.from(bytes));
        return found ? { kind, document: foundOf(kind, document), found } : { kind, document: ofKind(kind, document) };
      }),
    ),
    unread: recorded.unread,
  };
  const fed = await feed(documents, named, feeds);
  return {
    version: recorded.version,
    policies,
    point: recorded.point,
    given: recorded.given,
    documents,
    named,
    ...(feeds.documents.length + feeds.unread.length === 0 ? {} : { feeds }),
    ...(fed === undefined ? {} : { fed }),
    ...(asksForSigned(project.program) ? { believed: believe(project.program, trust, time).believed } : {}),
    attached: recorded.attached,
    digests: files.digests(named.documents),
    offline: recorded.offline,
    sources: files.sources,
  };
}

/** A clause whose outcome or effect is another than it was; a clause that one side does not have is `none` there. */
interface Flip {
  readonly subject: string;
  readonly clause: string;
  readonly before: string;
  readonly after: string;
}

/** Every clause of a decision as it is written, by subject and name; an unlabelled one by its place. */
function outcomesOf(
  written: WrittenReport,
): ReadonlyMap<string, { readonly subject: string; readonly clause: string; readonly outcome: string }> {
  const found = new Map<string, { subject: string; clause: string; outcome: string }>();
  for (const { subject, clauses } of written.decisions) {
    for (const { policy, clause, span, outcome, effect } of clauses) {
      const name = clause === null ? `${policy} (${span})` : `${policy}.${clause}`;
      found.set(`${subject.name}\n${name}`, { subject: subject.name, clause: name, outcome: `${outcome}, ${effect}` });
    }
  }
  return found;
}

function flipsBetween(before: WrittenReport, after: WrittenReport): readonly Flip[] {
  const [old, now] = [outcomesOf(before), outcomesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.outcome === is?.outcome) return [];
    const { subject = "", clause = "" } = is ?? was ?? {};
    return [{ subject, clause, before: was?.outcome ?? "none", after: is?.outcome ?? "none" }];
  });
}

function flipText(flips: readonly Flip[], clauses: number): string {
  return flips.length === 0 ? "no clause flips" : `${flips.length} of ${clauses} clauses flip`;
}

/** Which parts of the report are other than recorded, where nothing was changed on purpose: another build of Waybill, mostly. */
function differences(before: string, after: string): string {
  const [was, is] = [JSON.parse(before), JSON.parse(after)] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  const parts = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]),
  );
  const named = parts.length === 0 ? "its layout" : parts.map((part) => `\`${part}\``).join(", ");
  return `not reproduced: ${named} differs, as where another build of Waybill made the record`;
}

/** Exit code 0 where the decision is what it was, 1 where anything differs. */
export async function replay(call: Call, folder: string, options: Options): Promise<number> {
  const recorded = await readRecord(folder);
  const before = Buffer.from(recorded.report).toString("utf8");
  const was = readReport(folder, before);
  const given = typeof options["now"] === "string" ? options["now"] : undefined;
  const time = readClock(given ?? recorded.time);
  if (typeof time !== "number") throw new Stop(exit.usage, [time]);
  const isChanged = given !== undefined || texts(options, "policy").length > 0 || texts(options, "set").length > 0;
  const { report, texts: sources } = await decideGathered(await gatheredOf(recorded, time, options), false);
  const json = `${renderJson(report, sources)}\n`;
  const isSame = json === before;
  const is = readReport(folder, json);
  const flips = flipsBetween(was, is);
  const { terminal } = call;
  if (options["format"] === "json") {
    const effects = { before: { effect: was.effect, reason: was.reason }, after: { effect: is.effect, reason: is.reason } };
    await terminal.out(
      isChanged
        ? `${JSON.stringify({ schema: "waybill/replay/1", identical: isSame, ...effects, flips, decision: is }, undefined, 2)}\n`
        : json,
    );
  } else {
    await tell(terminal, report.diagnostics, sources.evidence);
    await terminal.out(
      `${renderText(report, sources, { colour: terminal.colourOut, width: terminal.width, verbose: terminal.verbose })}\n`,
    );
    for (const flip of flips)
      await terminal.out(`\n${visible(`flips ${flip.clause} of ${flip.subject}: ${flip.before} -> ${flip.after}`)}`);
    if (flips.length > 0) await terminal.out("\n");
  }
  await note(
    terminal,
    isSame ? "reproduced byte for byte" : `${flipText(flips, outcomesOf(is).size)}${isChanged ? "" : `; ${differences(before, json)}`}`,
  );
  return isChanged ? (flips.length === 0 ? exit.done : exit.no) : isSame ? exit.done : exit.no;
}
