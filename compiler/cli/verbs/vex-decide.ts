/** `waybill vex decide`: what VEX says of each finding of a scan, by whom the caller believes. */
import { readFileSync, statSync } from "node:fs";
import { rfc3339 } from "../../../engine/decide/instant.ts";
import { vexDocument } from "../../../engine/decide/vex-json.ts";
import { scansAbout, vexDocumentType, vexReportOf } from "../../../engine/decide/vex-reading.ts";
import { leavesOpen, type VexReport, vexKinds } from "../../../engine/decide/vex-report.ts";
import { renderVex } from "../../../engine/decide/vex-text.ts";
import { failureText } from "../../../engine/evaluate/evaluate.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { jsonDiagnostic } from "../../../language/diagnostics/render/json.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import type { Call } from "../cli.ts";
import { failedLookups, feedDocuments, feedGiven, feedParts, unreadFeeds } from "../feeding.ts";
import { type Options, text, texts } from "../options.ts";
import { readClock } from "../shell/clock.ts";
import { type Config, passedNote, settingsFor } from "../shell/config.ts";
import { bind, EvidenceFiles, evidenceDigest, evidenceRead, readEvidence } from "../shell/evidence.ts";
import { exit, Stop } from "../shell/exit.ts";
import { note, tell } from "../shell/report.ts";
import { findSubjects } from "../shell/subjects.ts";
import { type Asked, beliefOf, dayInMicroseconds, wrong } from "../vex-asked.ts";

/** What is asked of findings: which vulnerability is in which component. */
const namesOfFindings = { names: new Set(["id", "aliases", "component", "installed"]), fields: new Set<string>() };
/** Findings of each verdict, and statements that matched nothing. */
const shownOfEach = 20;

/** Exit code 0 where no finding is left open, 1 where one is, 3 where something that may say otherwise could not be read. */
export async function vexDecide(call: Call, argument: string | undefined, given: Options): Promise<number> {
  const options = withSubject(argument, given);
  const by = texts(options, "by");
  if (by.length === 0 && options["claimed"] !== true)
    throw wrong(
      "nothing says whose VEX documents are believed",
      "`--policy POLICIES --by TRUST` believes who signed, `--claimed` also what nobody signed",
    );
  // Most of what policies need is large, and not needed without them.
  const asked = by.length > 0 ? await (await import("../vex-signed.ts")).askSigned(call, by, options) : await askClaimed(call, options);
  const refused = asked.documents.filter((one) => one.refused);
  const isRefused = refused.length > 0;
  if (!isRefused && asked.cases.every((one) => scansAbout(one.subject, one.evidence).length === 0))
    throw wrong("no scan among the evidence is about what is judged", "give the report of a scanner with `--evidence`");
  // A document that was refused, or that nobody could look for, might say otherwise.
  const unread = refused.map(({ path }) => `\`${visible(path)}\` was refused`);
  const reports = asked.cases.map((one) => {
    const unlooked = [one.unlooked, ...unread].filter((text) => text !== "").join("; ");
    return vexReportOf(one.subject, one.evidence, one.attested, asked.belief, unlooked);
  });
  const diagnostics = [
    ...asked.documents.flatMap((one) => one.diagnostics),
    ...asked.cases.flatMap((one) => [...one.diagnostics, ...one.failures]),
  ];
  const complete = !isRefused && asked.cases.every((one) => one.failures.length === 0);
  if (options["format"] === "json") await writeJson(call, reports, asked, complete, diagnostics);
  else await writeText(call, reports, asked, complete, diagnostics);
  if (!complete) return exit.noVerdict;
  return reports.some(leavesOpen) ? exit.no : exit.done;
}

function withSubject(argument: string | undefined, options: Options): Options {
  const option = text(options, "subject");
  if (argument === undefined) return options;
  if (option !== undefined && option !== argument)
    throw wrong("a subject was named twice", "`vex decide REF` is `vex decide --subject REF`");
  return { ...options, subject: argument };
}

/**
 * The settings that the caller named. There are no policies whose own a `waybill.toml` could be, and one that stands in the
 * working directory may have been written by whom the VEX documents are to be held against.
 */
async function namedSettings({ terminal }: Call, options: Options): Promise<Config> {
  const settings = await settingsFor(options, ["-"]);
  const { passed } = settings;
  if (passed !== undefined && mentionsFeeds(passed)) await note(terminal, passedNote(passed, "names feeds, stands with no policy"));
  return settings;
}

/** Whoever wrote it: it is not read as settings. */
function mentionsFeeds(path: string): boolean {
  try {
    const found = statSync(path);
    return found.isFile() && found.size < 1_000_000 && /^[ \t]*\[*[ \t]*["']?feeds\b/m.test(readFileSync(path, "utf8"));
  } catch {
    return false;
  }
}

/** By nobody in particular: then no policy is needed, and nothing is verified. */
async function askClaimed(call: Call, options: Options): Promise<Asked> {
  const time = readClock(text(options, "now"));
  if (typeof time !== "number") throw new Stop(exit.usage, [time]);
  if (texts(options, "policy").length > 0)
    throw wrong(
      "`--policy` says who may be believed, and `--by` names nobody",
      "name a trust declaration with `--by`, or leave `--policy` out",
    );
  const belief = beliefOf([], [], time, options);
  const files = new EvidenceFiles({ reads: namesOfFindings, unheld: true });
  const given = await readEvidence(files, texts(options, "evidence"), call.terminal);
  const named = await findSubjects(text(options, "subject"), files, given, "vex decide");
  // VEX repositories of settings that the caller names are asked too, and aliases that their feeds know hold.
  const { feeds, fed } = await feedGiven(await namedSettings(call, options), files, given, named);
  const own = [...given, ...named.documents];
  const documents = [...own, ...feedDocuments(own, feeds)];
  const evidence = fed?.evidence ?? [...given.flatMap((one) => one.evidence), ...named.evidence];
  const failures = unreadFeeds({ documents: [], unread: (feeds?.unread ?? []).filter(({ kind }) => kind === "vex" || kind === "osv") });
  const unlooked = failureText(failedLookups(feeds).filter(({ name }) => name === vexDocumentType));
  const cases = named.subjects.map((subject) => ({ ...bind(subject, evidence), evidence, attested: [], failures, unlooked }));
  const digest = evidenceDigest(documents, failedLookups(feeds), feedParts(feeds));
  return { cases, documents, belief, evidenceDigest: digest, sources: files.sources };
}

async function writeText(
  { terminal }: Call,
  reports: readonly VexReport[],
  asked: Asked,
  complete: boolean,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  await tell(terminal, diagnostics, asked.sources);
  const { colourOut: colour, verbose, width } = terminal;
  const blocks = reports.map((report) => renderVex(report, { colour, width, verbose, kinds: vexKinds, most: shownOfEach }));
  const foot = evidenceRead(asked.documents).map(({ document, counts }) => {
    const read = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
    return `evidence ${visible(document.name)}: ${[document.format, ...read].join(", ")} ${document.digest.slice(0, 19)}…`;
  });
  if (!complete) foot.push("no verdict: what may say otherwise was refused or could not be looked at, so nothing is suppressed");
  foot.push(`decided ${rfc3339(asked.belief.now)}, evidence ${asked.evidenceDigest.slice(0, 19)}…`);
  await terminal.out(`${[...blocks, foot.join("\n")].join("\n\n")}\n`);
}

async function writeJson(
  { terminal, version }: Call,
  reports: readonly VexReport[],
  asked: Asked,
  complete: boolean,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  const { by, claimed, justifications, maxAge, now } = asked.belief;
  const rest = {
    tool: { name: "waybill", version },
    complete,
    open: reports.some(leavesOpen),
    time: rfc3339(now),
    by: [...by, ...(claimed ? ["claimed"] : [])],
    ...(maxAge === undefined ? {} : { maxAgeDays: maxAge / dayInMicroseconds }),
    justifications,
    evidence: evidenceRead(asked.documents).map(({ document, types, counts }) => ({
      document: document.name,
      digest: document.digest,
      format: document.format,
      types,
      counts,
    })),
    diagnostics: diagnostics.map((one) => jsonDiagnostic(one, asked.sources)),
    evidenceDigest: asked.evidenceDigest,
    ...(asked.policyDigest === undefined ? {} : { policyDigest: asked.policyDigest }),
  };
  for (const piece of vexDocument(reports, rest)) await terminal.out(piece);
}
