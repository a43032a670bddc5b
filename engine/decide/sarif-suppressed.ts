/** What was passed over and why, as SARIF has it: results with suppressions (SARIF 2.1.0, sections 3.27.23 and 3.35). */
import { origin } from "../../language/core/data.ts";
import type { Waiver } from "../../language/core/ir.ts";
import { sarifLocation } from "../../language/diagnostics/render/sarif.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import { uri, visible } from "../../language/diagnostics/render/untrusted.ts";
import type { Citation, ClauseResult, Decision } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";
import { type Places, placesOf } from "./places.ts";
import { clauseName, type Report, type Texts } from "./report.ts";
import type { Claim } from "./vex/verdict.ts";
import { findingTitle, type VexFinding, type VexReport } from "./vex-report.ts";
import { claimStatus, suppressionText } from "./vex-words.ts";

/** The rule of findings that VEX suppresses: which clause they would have violated nobody asked. */
export const vexRule = "vex";

/** A result and its rule; which number the rule has is known once all of them are. */
export interface RuledResult {
  readonly rule: string;
  readonly json: (rules: readonly string[]) => object;
}

/** One result a finding that VEX suppresses, once for all who are believed; one a waiver that lifted something. */
export function suppressedResults(report: Report, texts: Texts): readonly RuledResult[] {
  return [...waived(report, texts), ...resolved(report, texts)];
}

function waived(report: Report, texts: Texts): readonly RuledResult[] {
  return report.decisions.flatMap((decision) =>
    decision.clauses.flatMap((clause) => clause.waivers.map((waiver) => waivedResult(decision, clause, waiver, texts))),
  );
}

function waivedResult(decision: Decision, clause: ClauseResult, waiver: Waiver, texts: Texts): RuledResult {
  const rule = clauseName(clause, place(clause.at, texts.policies));
  const { subject, point } = decision;
  const ticket = waiver.ticket === undefined ? "" : ` (${waiver.ticket})`;
  const justification = visible(`${waiver.because}; approved by ${waiver.approvedBy}${ticket}, ends ${rfc3339(waiver.ends)}`);
  const own = { fullyQualifiedName: visible(subject.name), kind: subject.kind };
  return {
    rule,
    json: (rules) => ({
      ruleId: rule,
      ruleIndex: rules.indexOf(rule),
      level: "note",
      message: { text: visible(`waived on ${subject.kind} ${subject.name} at ${point}: ${waiver.because}`) },
      locations: [{ ...sarifLocation(clause.at, texts.policies), logicalLocations: [own] }],
      partialFingerprints: {
        "waybillWaiver/v1": [rule, point, subject.kind, subject.name, place(waiver.at, texts.policies)].join("|").toWellFormed(),
      },
      suppressions: [
        {
          kind: "external",
          status: "accepted",
          justification,
          location: sarifLocation(waiver.at, texts.policies),
          ...(waiver.ticket === undefined ? {} : { properties: { ticket: visible(waiver.ticket) } }),
        },
      ],
      properties: { subject: visible(subject.name), point },
    }),
  };
}

interface Passed {
  readonly report: VexReport;
  readonly found: VexFinding;
  readonly claim: Claim;
}

function resolved(report: Report, texts: Texts): readonly RuledResult[] {
  const passed = new Map<string, Passed[]>();
  for (const vex of report.vex ?? []) {
    for (const found of vex.findings) {
      const [claim] = found.verdict.used;
      if (found.verdict.kind !== "suppressed" || claim === undefined) continue;
      const at = found.finding[origin];
      const key = [vex.subject.kind, vex.subject.name, findingTitle(found.finding), at?.document.name ?? "", at?.pointer ?? ""].join("|");
      const known = passed.get(key);
      if (known === undefined) passed.set(key, [{ report: vex, found, claim }]);
      else known.push({ report: vex, found, claim });
    }
  }
  const cited = [...passed.values()].flatMap((all) =>
    all.flatMap(({ found, claim }) => [
      ...citationOf(found.finding, findingTitle(found.finding)),
      ...citationOf(claim.record, claimStatus(claim)),
    ]),
  );
  const places = placesOf(cited, texts);
  return [...passed].map(([key, all]) => ({ rule: vexRule, json: (rules) => resolvedResult(key, all, rules, places, texts) }));
}

/** Where a record stands, as something that is cited. */
export function citationOf(record: Claim["record"], value: string): readonly Citation[] {
  const at = record[origin];
  return at === undefined ? [] : [{ document: at.document, pointer: at.pointer, path: "", value }];
}

/** The same as a location; undefined: it stands nowhere. */
export function locationOf(record: Claim["record"], places: Places, texts: Texts): object | undefined {
  const [cited] = citationOf(record, "");
  if (cited === undefined) return undefined;
  const at = places(cited);
  const physical = at ? sarifLocation(at, texts.evidence) : { physicalLocation: { artifactLocation: { uri: uri(cited.document.name) } } };
  return { ...physical, logicalLocations: [{ fullyQualifiedName: visible(cited.pointer === "" ? "/" : cited.pointer), kind: "member" }] };
}

function resolvedResult(key: string, all: readonly Passed[], rules: readonly string[], places: Places, texts: Texts): object {
  const [first] = all;
  if (first === undefined) return {};
  const { found, claim, report } = first;
  const at = locationOf(found.finding, places, texts);
  return {
    ruleId: vexRule,
    ruleIndex: rules.indexOf(vexRule),
    level: "note",
    message: { text: visible(`${findingTitle(found.finding)} is ${claimStatus(claim)}`) },
    ...(at === undefined ? {} : { locations: [at] }),
    partialFingerprints: { "waybillVex/v1": key.toWellFormed() },
    suppressions: all.map((one) => {
      const where = locationOf(one.claim.record, places, texts);
      return {
        kind: "external",
        status: "accepted",
        justification: visible(suppressionText(one.claim)),
        ...(where === undefined ? {} : { location: where }),
        properties: { by: one.claim.by },
      };
    }),
    properties: { subject: visible(report.subject.name), status: claim.status, by: all.map((one) => one.claim.by) },
  };
}
