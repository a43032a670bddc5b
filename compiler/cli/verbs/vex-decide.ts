/** `waybill vex decide`: what VEX says of each finding of a scan, by whom the caller believes. */
import { rfc3339 } from "../../../engine/decide/instant.ts";
import { vexDocument } from "../../../engine/decide/vex-json.ts";
import { scansAbout, type VexBelief, vexDocumentType, vexReportOf } from "../../../engine/decide/vex-reading.ts";
import { leavesOpen, type VexReport, vexKinds } from "../../../engine/decide/vex-report.ts";
import { renderVex } from "../../../engine/decide/vex-text.ts";
import type { Trust } from "../../../language/core/ir.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { jsonDiagnostic } from "../../../language/diagnostics/render/json.ts";
import type { Sources } from "../../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import type { Need } from "../../analysis/plan.ts";
import type { Call } from "../cli.ts";
import { type Case, casesFor, digestOfEvidence, nothing } from "../gathered.ts";
import { findSubjects, gather } from "../gathering.ts";
import { type Options, text, texts } from "../options.ts";
import type { Policies } from "../policies.ts";
import { readClock } from "../shell/clock.ts";
import { bind, type Document, EvidenceFiles, evidenceDigest, evidenceRead, readEvidence } from "../shell/evidence.ts";
import { exit, Stop } from "../shell/exit.ts";
import { note, tell } from "../shell/report.ts";

const dayInMicroseconds = 86_400_000_000;
/** What is asked of findings: which vulnerability is in which component. */
const namesOfFindings = { names: new Set(["id", "aliases", "component", "installed"]), fields: new Set<string>() };
/** Findings of each verdict, and statements that matched nothing. */
const shownOfEach = 20;

/** Everything that one call decides by. */
interface Asked {
  readonly cases: readonly Case[];
  readonly documents: readonly Document[];
  readonly belief: VexBelief;
  readonly evidenceDigest: string;
  /** Absent: no policy was asked who is believed. */
  readonly policyDigest?: string;
  readonly sources: Sources;
}

/** Exit code 0 where no finding is left open, 1 where one is, 3 where something that may say otherwise could not be read. */
export async function vexDecide(call: Call, argument: string | undefined, given: Options): Promise<number> {
  const options = withSubject(argument, given);
  const by = texts(options, "by");
  const claimed = options["claimed"] === true;
  if (by.length === 0 && !claimed)
    throw wrong(
      "nothing says whose VEX documents are believed",
      "`--policy POLICIES --by TRUST` believes who signed, `--claimed` also what nobody signed",
    );
  const asked = by.length > 0 ? await askSigned(call, by, claimed, options) : await askClaimed(call, options);
  if (!asked.documents.some((one) => one.refused) && asked.cases.every((one) => scansAbout(one.subject, one.evidence).length === 0))
    throw wrong("no scan among the evidence is about what is judged", "give the report of a scanner with `--evidence`");
  const reports = asked.cases.map((one) => vexReportOf(one.subject, one.evidence, one.attestations.attested, asked.belief));
  const failed = asked.cases.flatMap((one) => failures(one, asked.belief));
  const diagnostics = [...asked.documents.flatMap((one) => one.diagnostics), ...asked.cases.flatMap((one) => one.diagnostics), ...failed];
  // A document that was refused, or that nobody could look for, might say otherwise.
  const complete = failed.length === 0 && !asked.documents.some((one) => one.refused);
  if (options["format"] === "json") await writeJson(call, reports, { ...asked, complete }, diagnostics);
  else await writeText(call, reports, asked, diagnostics);
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

/** By those whom the policies name: what they signed is verified as `gate` verifies it. */
async function askSigned(call: Call, names: readonly string[], claimed: boolean, options: Options): Promise<Asked> {
  const needsOf = (policies: Policies): readonly Need[] =>
    names.map((name) => ({
      kind: "attestation",
      type: vexDocumentType,
      trust: trustNamed(name, policies),
      clauses: [],
      scopes: true,
      effect: "deny",
    }));
  const { gathered: all } = await gather(call, "vex decide", text(options, "subject"), options, false, needsOf);
  const gathered = all.believed === undefined ? all : { ...all, believed: { ...all.believed, claims: claimed } };
  const cases = await casesFor(gathered);
  for (const { subject } of cases)
    if (subject.digest === undefined)
      await note(call.terminal, `${subject.name} was named without a digest, so that nothing which somebody signed is about it`);
  const { policies, sources } = gathered;
  return {
    cases,
    documents: [...gathered.documents, ...gathered.named.documents],
    belief: beliefOf(
      needsOf(policies).map(({ trust }) => trust ?? ""),
      policies.project.program.trusts,
      claimed,
      policies.time,
      options,
    ),
    policyDigest: policies.policyDigest,
    evidenceDigest: digestOfEvidence(gathered, cases),
    sources,
  };
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
  const files = new EvidenceFiles(namesOfFindings);
  const given = await readEvidence(files, texts(options, "evidence"), call.terminal);
  const named = await findSubjects(text(options, "subject"), files, given);
  const documents = [...given, ...named.documents];
  const evidence = [...given.flatMap((one) => one.evidence), ...named.evidence];
  const cases = named.subjects.map((subject) => ({ ...bind(subject, evidence), evidence, attestations: nothing, failed: [] }));
  return {
    cases,
    documents,
    belief: beliefOf([], [], true, time, options),
    evidenceDigest: evidenceDigest(documents, [], []),
    sources: files.sources,
  };
}

function beliefOf(by: readonly string[], trusts: readonly Trust[], claimed: boolean, now: number, options: Options): VexBelief {
  const days = text(options, "maxAge");
  if (days !== undefined && !(Number(days) > 0)) throw wrong(`\`--max-age ${days}\` is no number of days`, "write it as `--max-age 365`");
  return {
    by,
    trusts,
    claimed,
    now,
    ...(days === undefined ? {} : { maxAge: Number(days) * dayInMicroseconds }),
    justifications: texts(options, "allowJustification"),
  };
}

/** A declaration by its name, or by the end of it. */
function trustNamed(name: string, { project }: Policies): string {
  const keys = project.program.trusts.map((trust) => trust.key);
  const [only, ...others] = keys.filter((key) => key === name || key.endsWith(`.${name}`));
  if (only !== undefined && (others.length === 0 || keys.includes(name))) return keys.includes(name) ? name : only;
  const near = nearest(name, keys);
  const help =
    only !== undefined
      ? `it may be ${[only, ...others].join(" or ")}`
      : near !== undefined
        ? `did you mean \`${near}\`?`
        : keys.length === 0
          ? "the policies declare no trust"
          : `declarations are ${keys.join(", ")}`;
  throw new Stop(exit.usage, [diagnostic("WB1024", { value: name, what: "a trust declaration of the policies" }, undefined, { help })]);
}

function wrong(problem: string, help: string): Stop {
  return new Stop(exit.usage, [diagnostic("WB1000", { problem }, undefined, { help })]);
}

/** What could not be looked at of those who are believed. */
function failures({ subject, attestations, failed }: Case, belief: VexBelief): readonly Diagnostic[] {
  const own = [...failed, ...attestations.failed].filter(
    ({ name, trusts }) => name === vexDocumentType && (trusts === undefined || trusts.some((trust) => belief.by.includes(trust))),
  );
  return [...new Set(own.map(({ detail }) => detail))].map((reason) => diagnostic("WB1031", { subject: subject.name, reason }, undefined));
}

async function writeText(
  { terminal }: Call,
  reports: readonly VexReport[],
  asked: Asked,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  await tell(terminal, diagnostics, asked.sources);
  const style = { colour: terminal.colourOut, width: terminal.width, verbose: terminal.verbose, kinds: vexKinds, most: shownOfEach };
  const blocks = reports.map((report) => renderVex(report, style));
  const foot = evidenceRead(asked.documents).map(({ document, counts }) => {
    const read = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
    return `evidence ${document.name}: ${[document.format, ...read].join(", ")} ${document.digest.slice(0, 19)}…`;
  });
  foot.push(`decided ${rfc3339(asked.belief.now)}, evidence ${asked.evidenceDigest.slice(0, 19)}…`);
  await terminal.out(`${[...blocks, foot.join("\n")].join("\n\n")}\n`);
}

async function writeJson(
  { terminal, version }: Call,
  reports: readonly VexReport[],
  asked: Asked & { readonly complete: boolean },
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  const { by, claimed, justifications, maxAge, now } = asked.belief;
  const rest = {
    tool: { name: "waybill", version },
    complete: asked.complete,
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
