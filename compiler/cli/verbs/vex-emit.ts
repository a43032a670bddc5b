/** `waybill vex emit`: what `vex` declarations say of the findings in a product, as a VEX document. */
import { writeFile } from "node:fs/promises";
import { renderDerivation } from "../../../engine/decide/derivation.ts";
import { showStatus } from "../../../engine/decide/expectation.ts";
import { declaredStatements } from "../../../engine/decide/vex/declared.ts";
import type { VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import { type EmittedStatement, emittedDocument, emittedStatement, productOf, profileCounts } from "../../../engine/decide/vex/emission.ts";
import {
  detailsOf,
  type EmissionLoss,
  type EmissionReport,
  emissionJson,
  renderEmission,
  rowCounts,
  statusCounts,
} from "../../../engine/decide/vex/emission-report.ts";
import { type Assessed, vexesAbout } from "../../../engine/evaluate/assess.ts";
import { idsOf } from "../../../engine/evaluate/intrinsics/aliases.ts";
import type { DataRecord } from "../../../language/core/data.ts";
import type { Program } from "../../../language/core/ir.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import { subjectKinds } from "../../../language/semantics/subjects.ts";
import { vexNeeds } from "../../analysis/plan.ts";
import { revisionsOf } from "../../targets/vex/csaf/tracking.ts";
import { differenceOf } from "../../targets/vex/difference.ts";
import type { Revision } from "../../targets/vex/loss.ts";
import { nextVersion } from "../../targets/vex/next-version.ts";
import { isAboutOthers, type Loss, reissue, writeVex } from "../../targets/vex/write.ts";
import type { Call } from "../cli.ts";
import { type Case, casesFor, digestOfEvidence, documentsOf, type Gathered } from "../gathered.ts";
import { gather } from "../gathering.ts";
import { type Options, text } from "../options.ts";
import { exit, Stop } from "../shell/exit.ts";
import { fileProblem } from "../shell/files.ts";
import { note, tell } from "../shell/report.ts";
import { uuidOf } from "../shell/uuid.ts";
import { assessedOf, derivedBy } from "../vex-assessed.ts";
import { readVexFile } from "../vex-files.ts";
import { formatTitles, lossDiagnostics, textOf, writingOptions } from "../vex-writing.ts";

/** What the document is to be, and what it was. */
interface Emission {
  readonly format: VexFormat;
  readonly previous: Previous | undefined;
  readonly options: Options;
}

interface Previous {
  readonly document: VexDocument;
  readonly revisions: readonly Revision[];
}

/**
 * Exit code 0: written, or there was no finding to state anything of. 2: used wrongly (no declaration about the subject, no
 * scan about it, no author, a document that would not be valid). 3: evidence that was refused might say otherwise.
 */
export async function vexEmit(call: Call, argument: string | undefined, options: Options): Promise<number> {
  const { terminal } = call;
  const format = text(options, "to") as VexFormat;
  const named = text(options, "subject");
  if (argument !== undefined && named !== undefined && argument !== named)
    throw wrong("a subject was named twice", "`vex emit REF` is `vex emit --subject REF`");
  const previousPath = text(options, "previous");
  const previous = previousPath === undefined ? undefined : await readPrevious(call, previousPath, format);
  const { gathered } = await gather(call, "vex emit", argument ?? named, options, false, ({ project }) =>
    vexNeeds(
      project.program,
      subjectKinds.map((one) => one.kind),
    ),
  );
  const { policies } = gathered;
  const documents = documentsOf(gathered);
  const cases = await casesFor(gathered);
  const diagnostics: Diagnostic[] = [
    ...documents.flatMap((one) => one.diagnostics),
    ...(gathered.fed?.diagnostics ?? []),
    ...cases.flatMap((one) => one.diagnostics),
  ];
  if (documents.some((one) => one.refused)) {
    await tell(terminal, diagnostics, gathered.sources);
    return exit.noVerdict;
  }
  const why = text(options, "why");
  const derived = why === undefined ? {} : { derived: (finding: DataRecord) => idsOf(finding, "id").includes(why) };
  const found = cases.map((one) => ({ one, assessed: assessedOf(gathered, one, derived) }));
  const statements = found.flatMap(({ one, assessed }) => statementsOf(one, assessed, format, options, diagnostics));
  await tell(terminal, diagnostics, gathered.sources);
  if (why !== undefined) return explain(call, statements, why, gathered);
  if (statements.length === 0) {
    const findings = found.reduce((sum, { assessed }) => sum + assessed.findings.length, 0);
    const why = findings === 0 ? "there are no findings" : `no declaration speaks of any of the ${findings} findings`;
    await note(terminal, `nothing was written: ${why}`);
    return exit.done;
  }
  const about = statements.flatMap(({ assertion }) => assertion.products);
  if (previous !== undefined && isAboutOthers(previous.document, about))
    throw wrong(
      `\`${previousPath}\` is about other products than \`${about[0]?.id}\``,
      "its next version would take back all that it says: leave `--previous` out",
    );
  const written = await write(call, statements, { format, previous, options }, gathered);
  const report: EmissionReport = {
    version: call.version,
    time: policies.time,
    format,
    products: [...new Set(statements.flatMap(({ assertion }) => assertion.products.map((product) => product.id)))],
    document: {
      id: written.document.id,
      version: written.document.version,
      statements: statements.length,
    },
    statuses: statusCounts(statements),
    said: detailsOf(statements),
    ...rowCounts(found.map(({ assessed }) => assessed)),
    unanchored: statements.filter(({ instead }) => instead === "unanchored").length,
    deployment: statements.filter(({ instead }) => instead === "deployment").length,
    profiles: profileCounts(statements),
    unsuppressed: previous === undefined ? [] : unsuppressedBetween(previous.document, written.document),
    open: found.flatMap(({ assessed }) => assessed.open),
    assumptions:
      found.length === 0
        ? []
        : assumptionsOf(
            policies.project.program,
            found.map(({ one }) => one.subject.kind),
          ),
    losses: countLosses(written.losses),
    policyDigest: policies.policyDigest,
    evidenceDigest: digestOfEvidence(gathered, cases),
  };
  await tell(terminal, lossDiagnostics(written.losses, format));
  const out = text(options, "out") ?? "-";
  if (out === "-") await terminal.out(written.text);
  else await save(out, written.text);
  const reportPath = text(options, "report");
  if (reportPath !== undefined) await save(reportPath, `${emissionJson(report, policies.project.sources)}\n`);
  await note(
    terminal,
    renderEmission(report, { policies: policies.project.sources, colour: terminal.colourErr, verbose: terminal.verbose }),
  );
  return exit.done;
}

/** What a reader of the previous document would no longer pass over. */
function unsuppressedBetween(before: VexDocument, after: VexDocument): EmissionReport["unsuppressed"] {
  const suppressing = (status: string | undefined): status is string => status === "not_affected" || status === "fixed";
  return differenceOf(before, after).flatMap((change): EmissionReport["unsuppressed"] => {
    const { vulnerability, product } = change;
    if (change.kind === "retracted")
      return suppressing(change.status) ? [{ vulnerability, product, before: change.status, after: undefined }] : [];
    const status = change.kind === "changed" ? change.changes.find(({ field }) => field === "status") : undefined;
    return suppressing(status?.before) && !suppressing(status?.after)
      ? [{ vulnerability, product, before: status.before, after: status.after }]
      : [];
  });
}

function wrong(problem: string, help: string): Stop {
  return new Stop(exit.usage, [diagnostic("WB1000", { problem }, undefined, { help })]);
}

async function save(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (problem) {
    throw new Stop(exit.usage, [fileProblem(path, problem)]);
  }
}

/** How each row about one vulnerability came about; nothing is written. */
async function explain(call: Call, statements: readonly EmittedStatement[], id: string, { policies }: Gathered): Promise<number> {
  const { sources } = policies.project;
  const about = statements.filter(({ declared }) => declared.vulnerability === id || declared.aliases.includes(id));
  if (about.length === 0) {
    const near = nearest(
      id,
      statements.map(({ declared }) => declared.vulnerability),
    );
    throw wrong(`no finding is \`${id}\``, near === undefined ? "`--verbose` lists what is said of each" : `did you mean \`${near}\`?`);
  }
  const colour = call.terminal.colourOut;
  const blocks = about.flatMap(({ declared, assertion }) => [
    visible(`${assertion.status} ${declared.vulnerability} in ${declared.component}`),
    ...declared.assessments.flatMap(({ declaration, status, row, derivations }) => [
      visible(`${declaration} says ${showStatus(status)}, by ${derivedBy(policies.project.program, declaration, row)}`),
      ...(derivations ?? []).map((one) => renderDerivation(one, sources, colour)),
    ]),
  ]);
  await call.terminal.out(`${blocks.join("\n\n")}\n`);
  return exit.done;
}

/** The statements about one product; what was decided otherwise than the declarations say is reported. */
function statementsOf(
  { subject }: Case,
  assessed: Assessed,
  format: VexFormat,
  options: Options,
  diagnostics: Diagnostic[],
): readonly EmittedStatement[] {
  const about = productOf(subject, text(options, "productVersion"));
  const { statements, unnamed } = declaredStatements(assessed.assessments, assessed.findings);
  const nameless = unnamed + assessed.unreadable;
  if (nameless > 0) diagnostics.push(diagnostic("WB1256", { count: nameless }, undefined));
  for (const { conflict, vulnerability, component } of statements) {
    if (conflict === undefined) continue;
    diagnostics.push(
      diagnostic("WB1253", { id: vulnerability, component, ...conflict }, undefined, {
        help: "it is under_investigation until they agree: let one declaration decide it, or give each a `where`",
      }),
    );
  }
  const emitted = statements.map((one) => emittedStatement(one, about, format));
  if (emitted.some(({ instead }) => instead === "unanchored"))
    diagnostics.push(
      diagnostic("WB1255", { subject: about.product.id }, undefined, {
        notes: ["a statement that suppresses would hold for every version that ever was and will be"],
        help: "name the subject by digest or by a purl with a version, or say `--product-version VERSION`",
      }),
    );
  return emitted;
}

function assumptionsOf(program: Program, kinds: readonly string[]): EmissionReport["assumptions"] {
  const vexes = new Set(kinds.flatMap((kind) => vexesAbout(program, kind)));
  return [...vexes].flatMap((vex) => vex.assumptions);
}

function countLosses(losses: readonly Loss[]): readonly EmissionLoss[] {
  const counted = new Map<string, { readonly field: string; readonly why: string; readonly decides: boolean; count: number }>();
  for (const { field, why, decides } of losses) {
    const key = `${field} ${why}`;
    const known = counted.get(key);
    if (known === undefined) counted.set(key, { field, why, decides, count: 1 });
    else known.count += 1;
  }
  return [...counted.values()];
}

interface Written {
  readonly text: string;
  readonly document: VexDocument;
  readonly losses: readonly Loss[];
}

/** Writes the document, as the version after the previous one where there is one, and holds it against its format's rules. */
async function write(
  call: Call,
  statements: readonly EmittedStatement[],
  { format, previous, options }: Emission,
  { policies }: Gathered,
): Promise<Written> {
  const author = text(options, "author") ?? previous?.document.author;
  const products = [...new Set(statements.flatMap(({ assertion }) => assertion.products.map((product) => product.id)))].sort();
  const id = text(options, "id") ?? previous?.document.id ?? uuidOf(JSON.stringify(["waybill vex emit", author ?? "", ...products]));
  const role = text(options, "role");
  const title =
    text(options, "title") ?? previous?.document.title ?? (format === "csaf" ? `What findings mean for ${products.join(", ")}` : undefined);
  const document = emittedDocument(
    statements,
    {
      id,
      ...(author === undefined ? {} : { author }),
      ...(role === undefined ? {} : { role }),
      ...(title === undefined ? {} : { title }),
      now: policies.time,
    },
    format,
  );
  const settings = writingOptions(call, document, options, policies.time);
  // A name that nobody gave is not lost where the format has it otherwise.
  const isLost = ({ field }: Loss): boolean => field !== "id" || options["id"] !== undefined;
  if (previous === undefined) {
    const issued = reissue(undefined, document, settings.now);
    const written = await textOf(issued, format, settings);
    return { text: written.text, document: issued, losses: written.losses.filter(isLost) };
  }
  const next = nextVersion(previous.document, document, format, settings);
  const { text: content } = await textOf(next, format, { ...settings, history: previous.revisions });
  return { text: content, document: next, losses: writeVex(document, format, settings).losses.filter(isLost) };
}

/** What was issued last, which must be of the format that is written: its times and versions are that format's. */
async function readPrevious(call: Call, path: string, format: VexFormat): Promise<Previous> {
  const { document, unreadable, json } = await readVexFile(path, call.terminal);
  if (document.format !== format)
    throw wrong(
      `\`${path}\` is ${formatTitles[document.format]}, and ${formatTitles[format]} is to be written`,
      "`waybill vex convert` makes one of the other",
    );
  if (unreadable > 0) throw wrong(`${unreadable} parts of \`${path}\` cannot be read`, "`waybill vex validate` says which");
  return { document, revisions: format === "csaf" ? revisionsOf(json) : [] };
}
