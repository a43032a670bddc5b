/** VEX verdicts for people at a terminal. */
import type { DataRecord } from "../../language/core/data.ts";
import { ansi, type Palette, plain, type Style } from "../../language/diagnostics/render/palette.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import { plural, wrap } from "../../language/diagnostics/render/wrap.ts";
import { textOf } from "../evaluate/intrinsics/raw.ts";
import type { Claim } from "./vex/verdict.ts";
import { findingTitle, standing, type VexFinding, type VexKind, type VexReport, type VexUnmatched, vexCounts } from "./vex-report.ts";
import { claimPlace, claimText, countsText, kindWord, missText, rejectionText } from "./vex-words.ts";

export interface VexTextOptions {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
  /** Every finding and every statement, not the first of each kind. */
  readonly verbose: boolean;
  /** Findings of these kinds are shown; the others are counted. */
  readonly kinds: readonly VexKind[];
  /** Findings of each kind, and statements that matched nothing, which are shown where nobody asks for all. */
  readonly most: number;
}

/** Statements shown of one finding. */
const claimsAtMost = 5;

/** What needs eyes last is printed first: a terminal shows the end. */
const order: readonly VexKind[] = ["unmentioned", "suppressed", "kept", "conflict"];

/** Each kind of verdict with its findings, then the statements that matched nothing, then the counts. */
export function renderVex(report: VexReport, options: VexTextOptions): string {
  const palette = options.colour ? ansi : plain;
  const counts = vexCounts(report.findings);
  const blocks: string[] = [];
  for (const kind of order.filter((one) => options.kinds.includes(one) && counts[one] > 0))
    blocks.push(kindBlock(kind, report.findings, counts[kind], palette, options));
  if (report.unmatched.length > 0) blocks.push(unmatchedBlock(report.unmatched, palette, options));
  if (report.unread.length > 0) blocks.push(unreadBlock(report.unread, palette, options));
  const other = report.unasked === 0 ? "" : `, ${report.unasked} about what no clause asked about`;
  const silent = report.unread.length === 0 ? "" : `, ${report.unread.length} cannot be read`;
  const unmatched = `${plural(report.statements, "statement")}, ${report.unmatched.length} matched nothing${other}${silent}`;
  blocks.push(
    `${palette.faint("VEX")} by ${visible(report.by.join(", "))} on ${visible(report.subject.name)}: ${countsText(report.findings.length, counts)}; ${unmatched}`,
  );
  return blocks.join("\n\n");
}

function styleOf(kind: VexKind, palette: Palette): Style {
  return kind === "suppressed" ? palette.good : kind === "unmentioned" ? palette.note : palette.warning;
}

function kindBlock(kind: VexKind, findings: readonly VexFinding[], count: number, palette: Palette, options: VexTextOptions): string {
  const most = options.verbose ? count : options.most;
  const style = styleOf(kind, palette);
  const lines: string[] = [];
  let shown = 0;
  for (const one of findings) {
    if (one.verdict.kind !== kind) continue;
    if (shown === most) break;
    shown += 1;
    lines.push(`${style(kindWord(kind))} ${palette.strong(visible(findingTitle(one.finding)))}`, ...claimLines(one, palette, options));
  }
  if (count > shown) lines.push(palette.faint(`${kindWord(kind)}: ${count - shown} more (--verbose shows them)`));
  return lines.join("\n");
}

function claimLines({ verdict }: VexFinding, palette: Palette, options: VexTextOptions): readonly string[] {
  const out: string[] = [];
  const claims = (word: string, list: readonly Claim[], textOfClaim: (claim: Claim, index: number) => string): void => {
    const most = options.verbose ? list.length : claimsAtMost;
    for (const [index, claim] of list.slice(0, most).entries()) out.push(line(word, textOfClaim(claim, index), palette, options));
    if (list.length > most) out.push(line(word, `${list.length - most} more`, palette, options));
  };
  const said = (claim: Claim): string => `${claimPlace(claim)} ${claimText(claim)}`;
  claims("because", verdict.used, said);
  claims(
    "rejected",
    verdict.rejected.map(({ claim }) => claim),
    (claim, index) => {
      const why = verdict.rejected[index]?.why;
      return why === undefined ? said(claim) : `${said(claim)}: ${rejectionText(why)}`;
    },
  );
  claims("shadowed", verdict.shadowed, said);
  if (verdict.omitted !== undefined)
    out.push(line("besides", `${plural(verdict.omitted, "statement")} that decide nothing`, palette, options));
  return out;
}

function line(word: string, text: string, palette: Palette, options: VexTextOptions): string {
  const indent = " ".repeat(word.length + 6);
  return `  ${wrap(`${palette.faint("=")} ${palette.note(`${word}:`)} ${visible(text)}`, Math.max(40, options.width - 2), indent)}`;
}

function unreadBlock(list: readonly DataRecord[], palette: Palette, options: VexTextOptions): string {
  const most = options.verbose ? list.length : options.most;
  const lines = list.slice(0, most).map((record) => {
    const { document, pointer } = standing(record);
    return `${palette.warning("not read")} ${visible(`${document} ${pointer}`)}: it names no vulnerability, or its status is unknown`;
  });
  if (list.length > most) lines.push(palette.faint(`not read: ${list.length - most} more (--verbose shows them)`));
  return lines.join("\n");
}

function unmatchedBlock(list: readonly VexUnmatched[], palette: Palette, options: VexTextOptions): string {
  const most = options.verbose ? list.length : options.most;
  const lines = list.slice(0, most).map((unmatched) => {
    const { document, pointer } = standing(unmatched.record);
    const id = textOf(unmatched.record["vulnerability"]) ?? "";
    const what = `${document} ${pointer} on ${id} matched nothing; ${missText(unmatched)}`;
    return wrap(`${palette.warning("unmatched")} ${visible(what)}`, Math.max(40, options.width), "  ");
  });
  if (list.length > most) lines.push(palette.faint(`unmatched: ${list.length - most} more (--verbose shows them)`));
  return lines.join("\n");
}
