/** Decisions as versioned JSON: `docs/schemas/gate.schema.json`, and the clause shape that `eval` shares. */
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { jsonDiagnostic } from "../../language/diagnostics/render/json.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import type { Citation, ClauseResult, Decision, Derivation, WantGroup } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";
import { overall, type Report, type Texts } from "./report.ts";
import { jsonVex } from "./vex-json.ts";
import { type WaiverUse, waiverCounts } from "./waivers.ts";

function jsonCitation(citation: Citation): object {
  return {
    document: citation.document.name,
    digest: citation.document.digest,
    format: citation.document.format,
    predicateType: citation.document.predicateType,
    pointer: citation.pointer,
    path: citation.path,
    value: citation.value,
  };
}

function jsonWant(want: WantGroup): object {
  const { citations, ...rest } = want;
  return { ...rest, citations: citations.map(jsonCitation) };
}

export function jsonDerivation(derivation: Derivation, texts: Texts): object {
  return {
    span: place(derivation.at, texts.policies),
    text: derivation.text,
    value: derivation.value,
    evidence: derivation.citations.map(jsonCitation),
    because: derivation.children.map((child) => jsonDerivation(child, texts)),
  };
}

/** `path:line:column` */
export function spanOf(at: Location, texts: Texts): string {
  return place(at, texts.policies);
}

export function jsonClause(clause: ClauseResult, texts: Texts): object {
  return {
    policy: clause.policy,
    clause: clause.label,
    span: spanOf(clause.at, texts),
    outcome: clause.outcome,
    ...(clause.applies === undefined ? {} : { applies: clause.applies }),
    effect: clause.effect,
    ...(clause.until === undefined ? {} : { until: rfc3339(clause.until) }),
    causes: clause.causes,
    ...(clause.message === undefined ? {} : { message: clause.message }),
    witnesses: clause.witnesses.map((witness) => ({ ...witness, citations: witness.citations.map(jsonCitation) })),
    witnessCount: clause.witnessCount,
    missing: clause.wants.map(jsonWant),
    assumptions: clause.assumptions.map((one) => ({ kind: one.kind, text: one.text, span: spanOf(one.at, texts) })),
    advice: clause.advice,
    waived: clause.waivers.map((waiver) => ({
      clause: waiver.clause,
      span: spanOf(waiver.at, texts),
      ends: rfc3339(waiver.ends),
      because: waiver.because,
      approvedBy: waiver.approvedBy,
      ...(waiver.ticket === undefined ? {} : { ticket: waiver.ticket }),
      lifted: waiver.lifted,
    })),
    ...(clause.derivation ? { derivation: jsonDerivation(clause.derivation, texts) } : {}),
  };
}

export function jsonDecision(decision: Decision, texts: Texts): object {
  const { subject } = decision;
  return {
    subject: { kind: subject.kind, name: subject.name, ...(subject.digest === undefined ? {} : { digest: subject.digest }) },
    point: decision.point,
    effect: decision.effect,
    reason: decision.reason,
    covered: decision.covered,
    ...(decision.until === undefined ? {} : { until: rfc3339(decision.until) }),
    clauses: decision.clauses.map((clause) => jsonClause(clause, texts)),
    ...(decision.time === undefined ? {} : { time: rfc3339(decision.time) }),
    ...(decision.validUntil === undefined ? {} : { validUntil: rfc3339(decision.validUntil) }),
  };
}

function jsonWaivers(uses: readonly WaiverUse[], texts: Texts): object {
  const list = uses.map(({ waiver, state, lifted, endsSoon }) => ({
    clause: waiver.clause,
    span: spanOf(waiver.at, texts),
    state,
    lifted,
    ends: rfc3339(waiver.ends),
    endsSoon,
    because: waiver.because,
    approvedBy: waiver.approvedBy,
    ...(waiver.ticket === undefined ? {} : { ticket: waiver.ticket }),
  }));
  return { ...waiverCounts(uses), list };
}

/** The document that `gate --format json` prints. */
export function renderJson(report: Report, texts: Texts): string {
  const document = {
    schema: "waybill/gate/1",
    tool: { name: "waybill", version: report.version },
    ...overall(report),
    decisions: report.decisions.map((decision) => jsonDecision(decision, texts)),
    evidence: report.evidence.map((read) => ({
      document: read.document.name,
      digest: read.document.digest,
      format: read.document.format,
      types: read.types,
      counts: read.counts,
    })),
    ...(report.attestations === undefined
      ? {}
      : {
          attestations: report.attestations.map(({ time, ...one }) => ({ ...one, ...(time === undefined ? {} : { time: rfc3339(time) }) })),
        }),
    ...(report.vex === undefined ? {} : { vex: report.vex.map(jsonVex) }),
    ...(report.waivers === undefined ? {} : { waivers: jsonWaivers(report.waivers, texts) }),
    diagnostics: report.diagnostics.map((one) => jsonDiagnostic(one, texts.evidence)),
    policyDigest: report.policyDigest,
    evidenceDigest: report.evidenceDigest,
  };
  return JSON.stringify(document, undefined, 2);
}
