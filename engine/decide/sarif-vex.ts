/** Findings that VEX leaves open, and statements that matched none, as SARIF has them (SARIF 2.1.0, sections 3.27.9 and 3.20.21). */
import { type DataRecord, origin } from "../../language/core/data.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import { textOf } from "../evaluate/intrinsics/raw.ts";
import { placesOf } from "./places.ts";
import type { Report, Texts } from "./report.ts";
import type { ReportRow } from "./rows.ts";
import { citationOf, locationOf, type RuledResult } from "./sarif-suppressed.ts";
import type { Claim } from "./vex/verdict.ts";
import { findingTitle, standing, type VexFinding, type VexReport } from "./vex-report.ts";
import { claimPlace, claimStatus, claimText, missText, rejectionText } from "./vex-words.ts";

/** The rules of findings about which statements disagree, and of those that stay though statements speak of them. */
export const conflictRule = "vex-conflict";
export const keptRule = "vex-kept";
/** Names the notifications about statements. */
const unmatchedId = "vex-unmatched";
const unreadId = "vex-unread";

/** Statements told in words of one finding, and in properties; statements that matched nothing. */
const claimsAtMost = 5;
const listedAtMost = 20;

/** A finding that some statement speaks of and none resolves. */
interface Open {
  readonly report: VexReport;
  readonly found: VexFinding;
}

export interface OpenFindings {
  /** Of the finding that a result is about: what VEX says, for people a line each, and for programs. */
  readonly of: (row: ReportRow) => { readonly lines: readonly string[]; readonly properties: object };
  /** One result a finding in conflict; one for information a finding that VEX keeps and that no other result is about. */
  readonly results: readonly RuledResult[];
}

/** What VEX leaves open; `rows` are the results that clauses have. */
export function openFindings(report: Report, rows: readonly ReportRow[], texts: Texts): OpenFindings {
  const open = (report.vex ?? []).flatMap((vex) =>
    vex.findings.filter(({ verdict: { kind } }) => kind === "conflict" || kind === "kept").map((found): Open => ({ report: vex, found })),
  );
  const byPlace = new Map<string, Open[]>();
  for (const one of open) {
    const at = one.found.finding[origin];
    if (at === undefined) continue;
    const key = placeKey(one.report.subject, at.document.digest, at.pointer);
    const known = byPlace.get(key);
    if (known === undefined) byPlace.set(key, [one]);
    else known.push(one);
  }
  const of = (row: ReportRow): readonly Open[] => {
    // Who violates a clause is cited by what the clause read of it; a clause that is not decided is about all of them.
    if (byPlace.size === 0 || row.clause?.outcome !== "violated") return [];
    const found = row.citations.flatMap(({ document, pointer }) =>
      above(pointer).flatMap((one) => byPlace.get(placeKey(row.decision.subject, document.digest, one)) ?? []),
    );
    return [...new Set(found)];
  };
  const told = new Set(rows.flatMap(of));
  const others = open.filter((one) => one.found.verdict.kind === "conflict" || !told.has(one));
  const cited = others.flatMap(({ found }) => citationOf(found.finding, findingTitle(found.finding)));
  const places = placesOf(cited, texts);
  return {
    of: (row) => {
      const about = of(row);
      return { lines: about.flatMap(({ found }) => claimLines(found)), properties: vexProperties(about) };
    },
    results: others.map((one): RuledResult => {
      const rule = one.found.verdict.kind === "conflict" ? conflictRule : keptRule;
      return { rule, json: (rules) => openResult(one, rule, rules, locationOf(one.found.finding, places, texts)) };
    }),
  };
}

function placeKey({ kind, name }: Pick<VexReport["subject"], "kind" | "name">, digest: string, pointer: string): string {
  return JSON.stringify([kind, name, digest, pointer]);
}

/** A pointer and those of all that it is in. */
function above(pointer: string): readonly string[] {
  const parts = pointer.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}

/** Why the statements that speak of it do not resolve it. */
function claimLines({ verdict }: VexFinding): readonly string[] {
  const said = (claim: Claim): string => `${claimPlace(claim)} ${claimText(claim)}`;
  const lines = [
    ...verdict.used.map((claim) => `VEX: ${said(claim)}`),
    ...verdict.rejected.map(({ claim, why }) => `VEX rejected: ${said(claim)}: ${rejectionText(why)}`),
  ];
  const more = lines.length - claimsAtMost;
  return more > 0 ? [...lines.slice(0, claimsAtMost), `VEX: ${more} more`] : lines;
}

function vexProperties(about: readonly Open[]): object {
  if (about.length === 0) return {};
  const vex = about.map(({ report, found: { verdict } }) => ({
    by: report.by.map(visible),
    verdict: verdict.kind,
    used: verdict.used.slice(0, listedAtMost).map(claimProperties),
    rejected: verdict.rejected
      .slice(0, listedAtMost)
      .map(({ claim, why }) => ({ ...claimProperties(claim), reason: why.kind, detail: visible(rejectionText(why)) })),
  }));
  return { vex };
}

function claimProperties(claim: Claim): object {
  const { document, pointer } = standing(claim.record);
  return { document: visible(document), pointer: visible(pointer), says: visible(claimStatus(claim)), by: visible(claim.by) };
}

function openResult(one: Open, rule: string, rules: readonly string[], at: object | undefined): object {
  const { report, found } = one;
  const isConflict = rule === conflictRule;
  const title = findingTitle(found.finding);
  const head = isConflict ? `${title}: VEX statements of equal rank disagree` : `${title}: VEX does not resolve it`;
  const { document, pointer } = standing(found.finding);
  const { kind, name } = report.subject;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    // Whether a clause minds a finding that VEX keeps, the clause has said; a conflict is somebody's to settle.
    ...(isConflict ? { level: "warning" } : { kind: "informational", level: "none" }),
    message: { text: [head, ...claimLines(found)].map(visible).join("\n") },
    ...(at === undefined ? {} : { locations: [at] }),
    partialFingerprints: {
      "waybillVex/v1": [rule, kind, name, title, document, pointer, ...report.by].join("|").toWellFormed(),
    },
    properties: { subject: visible(name), ...vexProperties([one]) },
  };
}

/** Statements that matched nothing, with what came nearest, and those that cannot be read: the first of them, and how many more. */
export function statementNotifications(report: Report, texts: Texts): readonly object[] {
  return (report.vex ?? []).flatMap((vex) => {
    const [unmatched, unread] = [vex.unmatched.slice(0, listedAtMost), vex.unread.slice(0, listedAtMost)];
    const records = [...unmatched.map(({ record }) => record), ...unread];
    const places = placesOf(
      records.flatMap((record) => citationOf(record, "")),
      texts,
    );
    const notes = (id: string, list: readonly (readonly [DataRecord, string])[], all: number, what: string): readonly object[] => {
      const listed = list.map(([record, text]) => {
        const at = locationOf(record, places, texts);
        return note(id, `${claimless(record)} ${text}`, at);
      });
      const more = all - list.length;
      const by = `VEX by ${vex.by.join(", ")} on ${vex.subject.name}`;
      return more > 0 ? [...listed, note(id, `${by}: ${more} more ${more === 1 ? "statement" : "statements"} ${what}`, undefined)] : listed;
    };
    return [
      ...notes(
        unmatchedId,
        unmatched.map((one) => [one.record, `matched nothing; ${missText(one)}`] as const),
        vex.unmatched.length,
        "matched nothing",
      ),
      ...notes(
        unreadId,
        unread.map((record) => [record, "cannot be read: it names no vulnerability, or its status is unknown"] as const),
        vex.unread.length,
        "cannot be read",
      ),
    ];
  });
}

/** `acme.openvex.json /statements/3 on CVE-2026-1` */
function claimless(record: DataRecord): string {
  const { document, pointer } = standing(record);
  const id = textOf(record["vulnerability"]);
  return [document, pointer, ...(id === undefined ? [] : [`on ${id}`])].filter((part) => part !== "").join(" ");
}

function note(id: string, text: string, at: object | undefined): object {
  return { level: "note", descriptor: { id }, message: { text: visible(text) }, ...(at === undefined ? {} : { locations: [at] }) };
}
