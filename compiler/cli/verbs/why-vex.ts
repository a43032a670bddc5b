/** `waybill why` of a `vex` declaration: which row decided of each finding, and how it came about. */
import { renderDerivation } from "../../../engine/decide/derivation.ts";
import { showStatus } from "../../../engine/decide/expectation.ts";
import { jsonDerivation } from "../../../engine/decide/json.ts";
import type { Texts } from "../../../engine/decide/report.ts";
import { findingTitle, namedFinding } from "../../../engine/decide/vex-report.ts";
import { type Assessed, type Assessment, type OpenRow, vexesAbout } from "../../../engine/evaluate/assess.ts";
import type { WantGroup } from "../../../engine/evaluate/decision.ts";
import type { VexDefinition } from "../../../language/core/ir.ts";
import { place } from "../../../language/diagnostics/render/text.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { plural } from "../../../language/diagnostics/render/wrap.ts";
import type { Call } from "../cli.ts";
import { type Case, casesFor, documentsOf, type Gathered } from "../gathered.ts";
import type { Options } from "../options.ts";
import { exit } from "../shell/exit.ts";
import { tell } from "../shell/report.ts";
import { assessedOf, derivedBy, notAbout } from "../vex-assessed.ts";

/** Of so many findings it is shown how each row came about; `--verbose` shows all. */
const findingsShown = 10;

/** What one declaration says of the findings in one subject. */
interface Said {
  readonly one: Case;
  readonly vex: VexDefinition;
  /** Of every finding that it speaks of. */
  readonly all: readonly Assessment[];
  /** The first of them, with how the rows came about. */
  readonly shown: readonly Assessment[];
}

/**
 * Exit code 0: explained. 2: the declarations are not about the subject, or nobody scanned it. 3: evidence that was refused
 * might say otherwise.
 */
export async function whyVex(call: Call, asked: readonly VexDefinition[], gathered: Gathered, options: Options): Promise<number> {
  const { terminal } = call;
  const documents = documentsOf(gathered);
  const cases = await casesFor(gathered);
  const isRefused = documents.some((one) => one.refused);
  if (isRefused || options["format"] !== "json") {
    const fed = gathered.fed?.diagnostics ?? [];
    const diagnostics = [...documents.flatMap((one) => one.diagnostics), ...fed, ...cases.flatMap((one) => one.diagnostics)];
    await tell(terminal, diagnostics, gathered.sources);
  }
  if (isRefused) return exit.noVerdict;
  const said = cases.flatMap((one) => saidOf(gathered, one, asked, terminal.verbose ? Number.POSITIVE_INFINITY : findingsShown));
  const texts: Texts = { policies: gathered.policies.project.sources, evidence: gathered.sources };
  await terminal.out(`${options["format"] === "json" ? json(said, texts) : said.map((one) => text(call, one, gathered)).join("\n\n")}\n`);
  return exit.done;
}

function saidOf(gathered: Gathered, one: Case, asked: readonly VexDefinition[], most: number): readonly Said[] {
  const { program } = gathered.policies.compiled;
  const about = vexesAbout(program, one.subject.kind).filter((vex) => asked.includes(vex));
  if (about.length === 0) throw notAbout(one.subject.kind, { vexes: asked });
  const speaksOf = (assessed: Assessed, vex: VexDefinition) => assessed.assessments.filter(({ declaration }) => declaration === vex.name);
  const assessed = assessedOf(gathered, one, {});
  return about.map((vex) => {
    const all = speaksOf(assessed, vex);
    const findings = all.slice(0, most).map(({ finding }) => finding);
    const derived = findings.length === 0 ? undefined : assessedOf(gathered, one, { findings, derived: () => true });
    return { one, vex, all, shown: derived === undefined ? [] : speaksOf(derived, vex) };
  });
}

interface RowCount {
  readonly row: number;
  readonly count: number;
}

/** How many findings each row decided, in the order of the rows. */
function countsOf(all: readonly Assessment[]): readonly RowCount[] {
  return [...Map.groupBy(all, ({ row }) => row)].map(([row, of]) => ({ row, count: of.length })).sort((a, b) => a.row - b.row);
}

function text(call: Call, { one, vex, all, shown }: Said, { policies }: Gathered): string {
  const { program, sources } = policies.project;
  const rows = countsOf(all).map(({ row, count }) => `${derivedBy(program, vex.name, row)}: ${count}`);
  const head = `${vex.name} speaks of ${plural(all.length, "finding")} in ${one.subject.kind} ${one.subject.name}`;
  const blocks = [visible(rows.length === 0 ? head : `${head} (${rows.join(", ")})`)];
  for (const { at, derivations = [], finding, held, row, status, wouldBe } of shown) {
    blocks.push(visible(`${showStatus(status)} ${findingTitle(finding)}, by ${derivedBy(program, vex.name, row)} (${place(at, sources)})`));
    blocks.push(...derivations.map((tree) => renderDerivation(tree, sources, call.terminal.colourOut)));
    for (const open of held?.by ?? []) blocks.push(openText(`row ${open.row + 1} may say \`${open.status.kind}\``, open.wants));
    if (held?.scope !== undefined) blocks.push(openText("it is not known whether the declaration speaks of it", held.scope));
    for (const open of wouldBe) blocks.push(openText(`row ${open.row + 1} would say \`${open.status.kind}\``, open.wants));
  }
  const more = all.length - shown.length;
  if (more > 0) blocks.push(`${more} more: \`--verbose\` explains all, \`waybill vex emit --why ID\` those of one vulnerability`);
  return blocks.join("\n\n");
}

function openText(what: string, wants: readonly WantGroup[]): string {
  return [`${what}, which is not decided:`, ...wants.map(({ cause, detail, fact }) => `  ${cause}: ${fact}: ${detail}`)]
    .map(visible)
    .join("\n");
}

function json(said: readonly Said[], texts: Texts): string {
  const wantsOf = (wants: readonly WantGroup[]): readonly object[] =>
    wants.map(({ cause, count, detail, fact }) => ({ cause, fact, detail, count }));
  const openOf = ({ at, row, status, wants }: OpenRow): object => ({
    row,
    span: place(at, texts.policies),
    status: status.kind,
    wants: wantsOf(wants),
  });
  const declarations = said.map(({ one, vex, all, shown }) => ({
    declaration: vex.name,
    subject: { kind: one.subject.kind, name: one.subject.name },
    rows: vex.rows.length,
    counts: countsOf(all),
    findings: shown.map(({ at, derivations = [], finding, held, row, status, wouldBe }) => ({
      ...namedFinding(finding),
      status: status.kind,
      row,
      span: place(at, texts.policies),
      ...(held === undefined ? {} : { held: { by: held.by.map(openOf), scope: wantsOf(held.scope ?? []) } }),
      wouldBe: wouldBe.map(openOf),
      derivations: derivations.map((tree) => jsonDerivation(tree, texts)),
    })),
    omitted: all.length - shown.length,
  }));
  return JSON.stringify({ schema: "waybill/why-vex/1", declarations }, undefined, 2);
}
