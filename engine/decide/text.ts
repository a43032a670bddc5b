/** Decisions for people at a terminal: the policy's span and the evidence's span together. */
import type { Assumption } from "../../language/core/ir.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { type ExcerptStyle, excerpt, gutterWidth, type Mark } from "../../language/diagnostics/render/excerpt.ts";
import { positionOf, type Sources } from "../../language/diagnostics/render/lines.ts";
import { ansi, type Palette, plain, type Style } from "../../language/diagnostics/render/palette.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import { columns, plural, wrap } from "../../language/diagnostics/render/wrap.ts";
import type { Citation, ClauseResult, Decision, WantGroup } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";
import { type Places, placesOf } from "./places.ts";
import { clauseHeadline, clauseName, factLines, notPassed, type Report, type Texts } from "./report.ts";
import { renderVex } from "./vex-text.ts";
import { waiverLine } from "./waivers.ts";

export interface TextOptions {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
  /** Also what passed, clause by clause, and every witness that was kept. */
  readonly verbose: boolean;
}

interface Pen {
  readonly palette: Palette;
  readonly texts: Texts;
  readonly places: Places;
  readonly options: TextOptions;
}

/** Witnesses shown with their evidence, and those named with its place. */
const shownWitnesses = 1;
const namedWitnesses = 8;
/** Findings of each VEX verdict, and statements that matched nothing. */
const shownOfVex = 5;

function effectStyle(palette: Palette, effect: string): Style {
  return effect === "allow" ? palette.good : effect === "warn" ? palette.warning : palette.error;
}

function shortDigest(digest: string): string {
  return digest.length > 26 ? `${digest.slice(0, 19)}…` : digest;
}

function listed(pen: Pen, gutter: number, name: string, style: Style, text: string): string {
  const indent = " ".repeat(gutter + name.length + 5);
  const width = Math.max(30, pen.options.width - indent.length);
  return `${" ".repeat(gutter)} ${pen.palette.faint("=")} ${style(`${name}:`)} ${wrap(visible(text), width, indent)}`;
}

function codeBlock(pen: Pen, gutter: number, code: string): string {
  return code
    .split("\n")
    .map((line) => `${" ".repeat(gutter)}       ${pen.palette.help(visible(line))}`)
    .join("\n");
}

/** One place in a policy or a document, with its line. */
function showPlace(pen: Pen, location: Location, sources: Sources, mark: Mark, gutter: number, style: Style, after = ""): string[] {
  const lines = sources(location.path);
  const excerptStyle: ExcerptStyle = { primary: style, secondary: pen.palette.note, gutter: pen.palette.faint, width: pen.options.width };
  const head = `${" ".repeat(gutter)}${pen.palette.faint("-->")} ${place(location, sources)}${after}`;
  return lines ? [head, ...excerpt(lines, [mark], gutter, excerptStyle)] : [head];
}

function said(citation: Citation): string {
  return `\`${citation.path}\` is ${citation.value}`;
}

/** The evidence that a result rests on: file, line, pointer, excerpt; without its text, pointer and value. */
function showCitations(pen: Pen, citations: readonly Citation[], gutter: number, limit: number): string[] {
  const out: string[] = [];
  const seen = new Set<string>();
  for (const citation of citations) {
    const key = `${citation.document.name}\n${citation.pointer}\n${citation.path}`;
    if (seen.has(key)) continue;
    if (seen.size >= limit) break;
    seen.add(key);
    const at = pen.places(citation);
    if (at) {
      const mark: Mark = { start: at.start, ...extentOf(pen, at), primary: false, text: said(citation) };
      out.push(
        ...showPlace(pen, at, pen.texts.evidence, mark, gutter, pen.palette.note, ` ${pen.palette.faint(visible(citation.pointer))}`),
      );
    } else {
      const pointer = citation.pointer === "" ? "" : ` ${visible(citation.pointer)}`;
      out.push(
        `${" ".repeat(gutter)}${pen.palette.faint("-->")} ${visible(citation.document.name)}${pen.palette.faint(pointer)}: ${visible(said(citation))}`,
      );
    }
  }
  return out;
}

/** A value over a few lines is shown whole, of a longer one its first lines. */
function extentOf(pen: Pen, at: Location): { readonly end: number; readonly whole?: true } {
  const text = pen.texts.evidence(at.path)?.text.slice(at.start, at.end) ?? "";
  const lines = text.split("\n", 8);
  if (lines.length === 1) return { end: at.end };
  const shown = lines.length < 8 ? text : lines.slice(0, 4).join("\n");
  return { end: at.start + shown.length, whole: true };
}

/** `8 of 201: a, b, c …`, with why. */
export function wantText(want: WantGroup): string {
  const count = want.of === undefined ? (want.count > 1 ? `${want.count} times` : "") : `${want.count} of ${want.of}`;
  const members = want.members.slice(0, 5).join(", ");
  const more = want.members.length > 0 && want.count > want.members.length ? `, and ${want.count - want.members.length} more` : "";
  const who = [count, members === "" ? "" : `${members}${more}`].filter((part) => part !== "").join(": ");
  return `\`${want.fact}\`: ${want.detail}${who === "" ? "" : ` (${who})`}`;
}

/** Members that do not fit on the line stand below it, a line each. */
function showWant(pen: Pen, gutter: number, want: WantGroup): string[] {
  const line = wantText(want);
  const indent = gutter + want.cause.length + 5;
  if (want.members.length < 2 || columns(line) <= pen.options.width - indent)
    return [listed(pen, gutter, want.cause, pen.palette.warning, line)];
  const shown = want.members.slice(0, 5);
  const out = [listed(pen, gutter, want.cause, pen.palette.warning, wantText({ ...want, members: [] }))];
  for (const member of shown)
    out.push(`${" ".repeat(indent)}- ${wrap(visible(member), Math.max(30, pen.options.width - indent - 2), " ".repeat(indent + 2))}`);
  if (want.count > shown.length) out.push(`${" ".repeat(indent)}- and ${want.count - shown.length} more`);
  return out;
}

function showClause(pen: Pen, clause: ClauseResult): string {
  const { palette, texts } = pen;
  const style = effectStyle(palette, clause.effect);
  const name = clauseName(clause, place(clause.at, texts.policies));
  const until = clause.until === undefined ? "" : ` until ${rfc3339(clause.until)}`;
  const out: string[] = [
    wrap(
      `${style(`${clause.outcome}[${visible(name)}]`)}: ${palette.strong(visible(clauseHeadline(clause, texts)))}`,
      pen.options.width,
      "  ",
    ),
  ];

  const lines = texts.policies(clause.at.path);
  const said = clause.outcome === "violated" ? `this says ${clause.effect}${until}` : `not decided, which says ${clause.effect}${until}`;
  const mark: Mark = { start: clause.at.start, end: clause.at.end, primary: true, text: said, whole: true };
  const cited =
    clause.outcome === "violated"
      ? clause.witnesses.slice(0, shownWitnesses).flatMap((witness) => witness.citations.slice(0, 4))
      : clause.wants.flatMap((want) => want.citations.slice(0, 1)).slice(0, 3);
  const lastLine = Math.max(0, ...cited.map((citation) => lineOf(pen, citation)));
  const gutter = Math.max(lines ? gutterWidth(lines, [mark]) : 1, String(lastLine).length, 2);
  out.push(...showPlace(pen, clause.at, texts.policies, mark, gutter, style));
  out.push(...showCitations(pen, cited, gutter, 8));

  if (clause.outcome === "violated")
    for (const line of clause.witnesses.slice(0, shownWitnesses).flatMap(factLines))
      out.push(listed(pen, gutter, "because", palette.note, line));

  const shownPath = cited.map((citation) => pen.places(citation)?.path)[0];
  const others = clause.witnesses.slice(1, pen.options.verbose ? undefined : namedWitnesses);
  for (const witness of clause.outcome === "violated" ? others : []) {
    const [first] = witness.citations;
    const at = first && pen.places(first);
    const same = at?.path === shownPath;
    const where = at ? ` (${same ? `line ${lineOf(pen, first)}` : place(at, texts.evidence)})` : "";
    out.push(listed(pen, gutter, "also", palette.strong, `${witness.message ?? witness.member ?? "another member"}${where}`));
  }
  const unnamed = clause.witnessCount - 1 - others.length;
  if (clause.outcome === "violated" && clause.witnessCount > 1 && unnamed > 0)
    out.push(listed(pen, gutter, "also", palette.strong, `${unnamed} more`));
  for (const want of clause.wants) out.push(...showWant(pen, gutter, want));
  for (const assumption of clause.assumptions) out.push(listed(pen, gutter, "assumes", palette.note, assumptionText(assumption)));
  for (const waiver of clause.waivers) out.push(listed(pen, gutter, "waived in part", palette.note, waiverText(waiver)));
  if (clause.advice.length > 0) {
    out.push(
      `${" ".repeat(gutter)} ${palette.faint("=")} ${palette.help("help:")} ${clause.advice.length > 1 ? "any of these may let it decide" : "this may let it decide"}`,
    );
    out.push(...clause.advice.map((code) => codeBlock(pen, gutter, code)));
  }
  return out.join("\n");
}

function lineOf(pen: Pen, citation: Citation): number {
  const at = pen.places(citation);
  const lines = at && pen.texts.evidence(at.path);
  return at && lines ? positionOf(lines, at.start).line : 0;
}

const assumed: Readonly<Record<Assumption["kind"], string>> = {
  closed: "that this is the whole list",
  claimed: "what nobody signed",
  otherwise: "a value where there is none",
  "not-known": "that what is absent is not there",
};

export function assumptionText(assumption: Assumption): string {
  return `${assumed[assumption.kind]}: ${assumption.text.replace(/\s+/g, " ")}`;
}

function waiverText(waiver: ClauseResult["waivers"][number]): string {
  const ticket = waiver.ticket === undefined ? "" : ` (${waiver.ticket})`;
  return `${waiver.because}; approved by ${waiver.approvedBy}${ticket}, ends ${rfc3339(waiver.ends)}, lifted ${waiver.lifted}`;
}

const reasonText: Readonly<Record<Decision["reason"], string>> = {
  passed: "every clause passed",
  violated: "a clause is violated",
  undecided: "a clause could not be decided",
  uncovered: "no policy covers it",
  fault: "no verdict, because what it needs could not be read or looked up",
};

function showDecision(pen: Pen, decision: Decision): string {
  const { palette } = pen;
  const failing = notPassed(decision);
  const blocks = failing.map((clause) => showClause(pen, clause));
  if (!decision.covered) {
    const help = `a policy for ${decision.subject.kind} whose \`where\` holds for it must speak, or \`exempt ${decision.subject.kind} where … because "…"\``;
    blocks.push(
      `${palette.error("uncovered")}: ${palette.strong(`no policy covers ${visible(decision.subject.name)} at ${decision.point}`)}\n   ${palette.faint("=")} ${palette.help("help:")} ${help}`,
    );
  }
  const passed = decision.clauses.filter((clause) => clause.outcome === "passed" && clause.applies !== false);
  const silent = decision.clauses.filter((clause) => clause.applies === false);
  const below: string[] = [];
  for (const [word, clauses] of [
    ["passed", passed.filter((clause) => clause.applies !== false)],
    ["does not apply", passed.filter((clause) => clause.applies === false)],
  ] as const) {
    if (clauses.length === 0) continue;
    const names = clauses.map((clause) => visible(clauseName(clause, place(clause.at, pen.texts.policies))));
    const indent = " ".repeat(word.length + 1);
    below.push(`${palette.good(word)} ${wrap(names.join(", "), pen.options.width, indent)}`);
  }
  if (silent.length > 0) {
    const names = silent.map((clause) => visible(clauseName(clause, place(clause.at, pen.texts.policies))));
    below.push(palette.faint(`does not apply ${wrap(names.join(", "), pen.options.width - 17, "               ")}`));
  }
  const shown = new Set(failing.flatMap((clause) => clause.assumptions.map(assumptionText)));
  for (const clause of passed) {
    for (const assumption of clause.assumptions.filter((one) => !shown.has(assumptionText(one)))) {
      below.push(
        `${palette.note("assumes")} ${visible(assumptionText(assumption))} ${palette.faint(place(assumption.at, pen.texts.policies))}`,
      );
    }
    for (const waiver of clause.waivers) below.push(`${palette.note("waived")} ${visible(`${waiver.clause}: ${waiverText(waiver)}`)}`);
  }
  const until = decision.until === undefined ? "" : ` until ${rfc3339(decision.until)}`;
  const digest =
    decision.subject.digest && !decision.subject.name.includes(decision.subject.digest) ? ` (${shortDigest(decision.subject.digest)})` : "";
  const verdict = `${effectStyle(palette, decision.effect)(`${decision.effect}${until}`)} ${palette.strong(`${decision.subject.kind} ${visible(decision.subject.name)}`)}${visible(digest)} at ${decision.point}: ${reasonText[decision.reason]}`;
  return [...blocks, [...new Set(below), verdict].join("\n")].join("\n\n");
}

/**
 * Report of `gate`: each subject's clauses that did not pass, what it assumes, and the verdict last. What the readers of
 * evidence had to say is told beside it.
 */
export function renderText(report: Report, texts: Texts, options: TextOptions): string {
  const palette = options.colour ? ansi : plain;
  const cited = report.decisions.flatMap((decision) =>
    decision.clauses.flatMap((clause) => [
      ...clause.witnesses.flatMap((one) => one.citations),
      ...clause.wants.flatMap((one) => one.citations),
    ]),
  );
  const pen: Pen = { palette, texts, places: placesOf(cited, texts), options };
  const blocks = report.decisions.map((decision) => showDecision(pen, decision));
  for (const vex of report.vex ?? [])
    blocks.push(renderVex(vex, { ...options, kinds: ["suppressed", "kept", "conflict"], most: shownOfVex }));
  const foot = report.evidence.map((read) => {
    const counts = Object.entries(read.counts).map(([name, count]) => `${name} ${count}`);
    return `${palette.faint("evidence")} ${visible(read.document.name)}: ${read.document.format}${counts.length > 0 ? `, ${counts.join(", ")}` : ""} ${palette.faint(shortDigest(read.document.digest))}`;
  });
  for (const { form, name, signer, what } of report.attestations ?? [])
    foot.push(`${palette.faint("verified")} ${visible(what)} by ${visible(signer)} ${palette.faint(`(${form} ${visible(name)})`)}`);
  if (report.waivers !== undefined) foot.push(`${palette.faint("waivers")} ${waiverLine(report.waivers)}`);
  const first = report.decisions[0];
  if (first?.time !== undefined) {
    const limits = report.decisions.flatMap((decision) => (decision.validUntil === undefined ? [] : [decision.validUntil]));
    const valid = limits.length > 0 ? `, valid until ${rfc3339(Math.min(...limits))}` : "";
    foot.push(`${palette.faint("decided")} ${rfc3339(first.time)}${valid}`);
  }
  foot.push(
    `${palette.faint("policy")} ${shortDigest(report.policyDigest)} ${palette.faint("evidence")} ${shortDigest(report.evidenceDigest)}`,
  );
  blocks.push(foot.join("\n"));
  if (report.decisions.length > 1) {
    const count = (effect: string): number => report.decisions.filter((decision) => decision.effect === effect).length;
    const parts = (["deny", "quarantine", "warn", "allow"] as const)
      .filter((effect) => count(effect) > 0)
      .map((effect) => `${effect} ${count(effect)}`);
    blocks.push(`${plural(report.decisions.length, "subject")}: ${parts.join(", ")}`);
  }
  return blocks.join("\n\n");
}
