/** What `vex emit` tells of what it wrote: counts, which rows decided, and what is not said for want of facts. */
import type { Assumption } from "../../../language/core/ir.ts";
import type { Location } from "../../../language/diagnostics/diagnostic.ts";
import type { Sources } from "../../../language/diagnostics/render/lines.ts";
import { ansi, plain } from "../../../language/diagnostics/render/palette.ts";
import { place } from "../../../language/diagnostics/render/text.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { plural } from "../../../language/diagnostics/render/wrap.ts";
import type { Assessed, OpenRow } from "../../evaluate/assess.ts";
import type { WantGroup } from "../../evaluate/decision.ts";
import { rfc3339 } from "../instant.ts";
import { type VexFormat, type VexStatus, vexStatuses } from "./document.ts";
import type { EmittedStatement } from "./emission.ts";

/** A row of a declaration, with how often. */
export interface RowCount {
  /** `module.name` */
  readonly declaration: string;
  /** From 0; the number of rows for `else`. */
  readonly row: number;
  readonly at: Location;
  readonly count: number;
}

/** A row that could not be decided, with how often and for want of what. */
export interface UndecidedRow extends RowCount {
  readonly status: VexStatus;
  readonly wants: readonly WantGroup[];
}

/** Something that the format cannot say. */
export interface EmissionLoss {
  readonly field: string;
  readonly why: string;
  readonly decides: boolean;
  readonly count: number;
}

/** A statement that suppressed in the version before. */
export interface Unsuppressed {
  readonly vulnerability: string;
  readonly product: string;
  readonly before: string;
  /** Undefined: nothing is said of it any more. */
  readonly after: string | undefined;
}

/** One statement, and what it came from. */
export interface EmittedDetail {
  readonly vulnerability: string;
  readonly component: string;
  readonly product: string;
  readonly status: VexStatus;
  /** The row that decided of each declaration that speaks of it, each once. */
  readonly rows: readonly Omit<RowCount, "count">[];
  /** What keeps something that suppresses from being said. */
  readonly wants: readonly WantGroup[];
  readonly instead: EmittedStatement["instead"];
}

export interface EmissionReport {
  /** Of Waybill. */
  readonly version: string;
  readonly time: number;
  readonly format: VexFormat;
  readonly products: readonly string[];
  readonly document: { readonly id: string | undefined; readonly version: string | undefined; readonly statements: number };
  readonly statuses: Readonly<Record<VexStatus, number>>;
  /** In the order of the document. */
  readonly said: readonly EmittedDetail[];
  readonly decided: readonly RowCount[];
  /** Suppressing rows that were passed over, as they are not known to be true. */
  readonly wouldBe: readonly UndecidedRow[];
  /** Rows for which something that suppresses was not said. */
  readonly held: readonly UndecidedRow[];
  /** Statements that do not suppress because the product is not one in particular. */
  readonly unanchored: number;
  /** Statements about the deployment that became `affected` ones about the artifact. */
  readonly deployment: number;
  /** Runtime profiles that statements rest on. */
  readonly profiles: readonly { readonly runtime: string; readonly digest: string; readonly statements: number }[];
  /** What the previous document suppressed and this one does not. */
  readonly unsuppressed: readonly Unsuppressed[];
  /** Reasons why there may be more findings. */
  readonly open: readonly WantGroup[];
  readonly assumptions: readonly Assumption[];
  readonly losses: readonly EmissionLoss[];
  readonly policyDigest: string;
  readonly evidenceDigest: string;
}

/** Each statement with the rows that decided it. */
export function detailsOf(statements: readonly EmittedStatement[]): readonly EmittedDetail[] {
  return statements.map(({ declared, assertion, instead }) => {
    const rows = new Map<string, Omit<RowCount, "count">>();
    const wants = new Map<string, WantGroup>();
    for (const { declaration, row, at, held } of declared.assessments) {
      rows.set(`${declaration} ${row}`, { declaration, row, at });
      for (const want of [...(held?.by ?? []).flatMap((open) => open.wants), ...(held?.scope ?? [])])
        wants.set(`${want.cause} ${want.fact}`, want);
    }
    return {
      vulnerability: declared.vulnerability,
      component: declared.component,
      product: assertion.products[0]?.id ?? "",
      status: assertion.status,
      rows: [...rows.values()].sort((a, b) => byRow({ ...a, count: 0 }, { ...b, count: 0 })),
      wants: [...wants.values()],
      instead,
    };
  });
}

/** Counts of assessments by row. */
export function rowCounts(assessed: readonly Assessed[]): Pick<EmissionReport, "decided" | "wouldBe" | "held"> {
  const decided = new Map<string, { -readonly [K in keyof RowCount]: RowCount[K] }>();
  const wouldBe = new UndecidedRows();
  const held = new UndecidedRows();
  for (const one of assessed.flatMap((each) => each.assessments)) {
    const key = `${one.declaration} ${one.row}`;
    const known = decided.get(key);
    if (known === undefined) decided.set(key, { declaration: one.declaration, row: one.row, at: one.at, count: 1 });
    else known.count += 1;
    for (const row of one.wouldBe) wouldBe.add(one.declaration, row);
    for (const row of one.held?.by ?? []) held.add(one.declaration, row);
    if (one.held?.scope !== undefined)
      held.add(one.declaration, { row: -1, at: one.at, status: { kind: "under_investigation" }, wants: one.held.scope });
  }
  return { decided: [...decided.values()].sort(byRow), wouldBe: wouldBe.all(), held: held.all() };
}

function byRow(a: RowCount, b: RowCount): number {
  if (a.declaration !== b.declaration) return a.declaration < b.declaration ? -1 : 1;
  return a.row - b.row;
}

/** Undecided rows with their wants united by what is wanted. */
class UndecidedRows {
  private readonly rows = new Map<
    string,
    { readonly first: Omit<UndecidedRow, "count" | "wants">; count: number; readonly wants: Map<string, WantGroup> }
  >();

  add(declaration: string, { row, at, status, wants }: OpenRow): void {
    const key = `${declaration} ${row}`;
    const known = this.rows.get(key) ?? { first: { declaration, row, at, status: status.kind }, count: 0, wants: new Map() };
    this.rows.set(key, known);
    known.count += 1;
    for (const want of wants) {
      const name = `${want.cause} ${want.fact}`;
      const before = known.wants.get(name);
      known.wants.set(name, before === undefined ? want : { ...before, count: before.count + want.count });
    }
  }

  all(): readonly UndecidedRow[] {
    return [...this.rows.values()].map(({ first, count, wants }) => ({ ...first, count, wants: [...wants.values()] })).sort(byRow);
  }
}

export function statusCounts(statements: readonly EmittedStatement[]): Readonly<Record<VexStatus, number>> {
  const counts = { not_affected: 0, affected: 0, fixed: 0, under_investigation: 0 };
  for (const { assertion } of statements) counts[assertion.status] += 1;
  return counts;
}

export interface EmissionTextOptions {
  readonly policies: Sources;
  readonly colour: boolean;
  /** Every statement with the rows that decided it. */
  readonly verbose: boolean;
}

/** For people: what was written, by which rows, and what was not said. */
export function renderEmission(report: EmissionReport, options: EmissionTextOptions): string {
  const palette = options.colour ? ansi : plain;
  const { document, format, products, statuses } = report;
  const out: string[] = [];
  const where = (at: Location): string => palette.faint(place(at, options.policies));
  const source = (at: Location): string => {
    const text = options.policies(at.path)?.text.slice(at.start, at.end).replace(/\s+/g, " ") ?? "";
    const row = text.startsWith("when") ? text : `else ${text}`;
    return visible(row.length > 100 ? `${row.slice(0, 99)}…` : row);
  };
  const line = (count: number, text: string, at: Location): string => `  ${String(count).padStart(5)} ${text} ${where(at)}`;
  const facts = (wants: readonly WantGroup[]): string => {
    const named = [...new Set(wants.map((want) => `\`${visible(want.fact)}\``))];
    return named.length === 0 ? "what they read" : named.slice(0, 4).join(", ");
  };
  const about = products.length === 1 ? visible(products[0] ?? "") : plural(products.length, "product");
  const version = document.version === undefined ? "" : `, version ${visible(document.version)}`;
  out.push(`${palette.strong(plural(document.statements, "statement"))} about ${about} as ${format}${version}`);
  out.push(`  ${vexStatuses.flatMap((status) => (statuses[status] === 0 ? [] : [`${statuses[status]} ${status}`])).join(", ")}`);
  for (const one of options.verbose ? report.said : []) {
    const why = one.wants.length === 0 ? "" : `, for want of ${facts(one.wants)}`;
    out.push(
      `  ${one.status} ${visible(`${one.vulnerability} in ${one.component}`)}${why} ${one.rows.map((row) => where(row.at)).join(" ")}`,
    );
  }
  out.push("decided by");
  for (const row of report.decided) out.push(line(row.count, source(row.at), row.at));
  const verb = (count: number): string => (count === 1 ? "is" : "are");
  if (report.wouldBe.length + report.held.length > 0) out.push(palette.warning("not known"));
  for (const row of report.wouldBe) {
    out.push(line(row.count, `would be ${row.status} if ${facts(row.wants)} were known`, row.at));
    // That a fact is not stated is what was said already.
    const telling = row.wants.filter((want) => want.detail !== "not stated").slice(0, 4);
    for (const { fact, detail } of telling) out.push(`        \`${visible(fact)}\`: ${visible(detail)}`);
  }
  for (const row of report.held) {
    const may = row.row < 0 ? "whether the declaration speaks of them is not known" : `may be ${row.status}`;
    out.push(line(row.count, `${verb(row.count)} under_investigation: ${may}, for want of ${facts(row.wants)}`, row.at));
  }
  if (report.unanchored > 0)
    out.push(palette.warning(`${plural(report.unanchored, "statement")} under_investigation: the product has neither version nor digest`));
  const unspoken = report.said.filter((one) => one.instead === "unspoken").length;
  if (unspoken > 0)
    out.push(palette.warning(`${plural(unspoken, "statement")} under_investigation: no declaration speaks of another finding of the same`));
  if (report.deployment > 0)
    out.push(palette.warning(`${plural(report.deployment, "statement")} affected: only a runtime profile keeps an exploit away`));
  for (const { runtime, digest, statements } of report.profiles)
    out.push(`${plural(statements, "statement")} ${statements === 1 ? "rests" : "rest"} on runtime profile ${visible(runtime)} ${digest}`);
  for (const { vulnerability, product, before, after } of report.unsuppressed)
    out.push(
      `${palette.warning("no longer suppressed")}: ${visible(`${vulnerability} in ${product}`)} was ${before}, and is ${after ?? "not mentioned"}`,
    );
  for (const want of report.open)
    out.push(`${palette.warning("may be more findings")}: \`${visible(want.fact)}\` is ${want.cause} (${visible(want.detail)})`);
  for (const assumption of report.assumptions)
    out.push(`${palette.note("assumes")} ${visible(assumption.text.replace(/\s+/g, " "))} ${where(assumption.at)}`);
  return out.join("\n");
}

/** The document of `--report`: `docs/schemas/vex-emit.schema.json`. */
export function emissionJson(report: EmissionReport, policies: Sources): string {
  const rowOf = ({ declaration, row, at, count }: RowCount): object => ({
    declaration,
    row: row < 0 ? null : row,
    span: place(at, policies),
    count,
  });
  const wantsOf = (wants: readonly WantGroup[]): readonly object[] =>
    wants.map(({ cause, fact, detail, count }) => ({ cause, fact, detail, count }));
  const undecided = (row: UndecidedRow): object => ({ ...rowOf(row), status: row.status, wants: wantsOf(row.wants) });
  const { version, time, format, products, document, statuses, unanchored, deployment, losses, policyDigest, evidenceDigest } = report;
  const json = {
    schema: "waybill/vex-emit/1",
    tool: { name: "waybill", version },
    time: rfc3339(time),
    format,
    products,
    document: { id: document.id ?? null, version: document.version ?? null, statements: document.statements },
    statuses,
    said: report.said.map(({ vulnerability, component, product, status, rows, wants, instead }) => ({
      vulnerability,
      component,
      product,
      status,
      rows: rows.map(({ declaration, row, at }) => ({ declaration, row, span: place(at, policies) })),
      wants: wantsOf(wants),
      ...(instead === undefined ? {} : { instead }),
    })),
    decided: report.decided.map(rowOf),
    wouldBe: report.wouldBe.map(undecided),
    held: report.held.map(undecided),
    unanchored,
    deployment,
    profiles: report.profiles,
    unsuppressed: report.unsuppressed.map(({ after, ...one }) => ({ ...one, after: after ?? null })),
    open: wantsOf(report.open),
    assumptions: report.assumptions.map(({ kind, text, at }) => ({ kind, text, span: place(at, policies) })),
    losses,
    policyDigest,
    evidenceDigest,
  };
  return JSON.stringify(json, undefined, 2);
}
