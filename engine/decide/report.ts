/** What `gate` has to say as data: the decisions with what they rest on. The writers beside this file print it. */
import type { DocumentRef } from "../../language/core/data.ts";
import { type Effect, effects } from "../../language/core/ir.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import type { Sources } from "../../language/diagnostics/render/lines.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import type { Citation, ClauseResult, Decision, Reason, Witness } from "../evaluate/decision.ts";
import type { VexReport } from "./vex-report.ts";
import type { WaiverUse } from "./waivers.ts";

/** One document that was read, and as what. */
export interface EvidenceRead {
  readonly document: DocumentRef;
  /** Qualified names of the types it was read as. */
  readonly types: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** An envelope that was verified, and whose word counts for something. */
export interface AttestationRead {
  /** Name of the subject that it is about. */
  readonly subject: string;
  readonly name: string;
  readonly digest: string;
  /** How it was found: `referrer`, `referrers-tag`, `legacy-signature` … */
  readonly form: string;
  /** A predicate type, or `signature`. */
  readonly what: string;
  readonly signer: string;
  /** Qualified names of the trust declarations that it counts for. */
  readonly trusts: readonly string[];
  /** Earliest verified time, microseconds. */
  readonly time?: number;
  readonly notes: readonly string[];
}

export interface Report {
  readonly version: string;
  /** One a subject, in the order of the subjects. */
  readonly decisions: readonly Decision[];
  /** A document was refused, so there is no verdict whatever the others say. */
  readonly refused: boolean;
  /** `sha256:<hex>` over the canonical sources and inputs. */
  readonly policyDigest: string;
  /** `sha256:<hex>` over the documents and the look-ups that failed. */
  readonly evidenceDigest: string;
  readonly evidence: readonly EvidenceRead[];
  /** Absent where the policies ask for nothing that somebody signed. */
  readonly attestations?: readonly AttestationRead[];
  /** One for each subject and each `resolved by`; absent where the policies read no VEX. */
  readonly vex?: readonly VexReport[];
  /** Absent where the policies have no waivers. */
  readonly waivers?: readonly WaiverUse[];
  /** What was noticed while the evidence was read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Texts at hand for excerpts: policies by path, evidence by the name of its file. */
export interface Texts {
  readonly policies: Sources;
  readonly evidence: Sources;
}

export function greatestEffect(list: readonly Effect[]): Effect {
  return list.reduce<Effect>((a, b) => (effects.indexOf(a) >= effects.indexOf(b) ? a : b), "allow");
}

const reasons: readonly Reason[] = ["passed", "fault", "uncovered", "undecided", "violated"];

/**
 * The effect of a request is the greatest over its subjects; the reason is that of a subject which has it. `fault`: there
 * is no verdict, though the effect still says deny (`cli.md`, exit code 3).
 */
export function overall(report: Pick<Report, "decisions" | "refused">): { readonly effect: Effect; readonly reason: Reason } {
  if (report.refused) return { effect: "deny", reason: "fault" };
  const effect = greatestEffect(report.decisions.map((decision) => decision.effect));
  const having = report.decisions.filter((decision) => decision.effect === effect).map((decision) => decision.reason);
  const reason = having.reduce<Reason>((a, b) => (reasons.indexOf(a) >= reasons.indexOf(b) ? a : b), "passed");
  return { effect, reason };
}

/** Evidence that was refused: why there is no verdict, whatever the clauses came to. */
export interface Refused {
  readonly diagnostic: Diagnostic | undefined;
  /** The code of the diagnostic, or `evidence`. */
  readonly rule: string;
  /** One line, with the place. */
  readonly message: string;
}

/** One for each error of the evidence; never none where evidence was refused, and none where it was not. */
export function refusals(report: Report, texts: Texts): readonly Refused[] {
  if (!report.refused) return [];
  const errors = report.diagnostics.filter((one) => one.level === "error");
  if (errors.length === 0) return [{ diagnostic: undefined, rule: "evidence", message: "no verdict: evidence was refused" }];
  return errors.map((diagnostic) => {
    const at = diagnostic.location ? ` (${place(diagnostic.location, texts.evidence)})` : "";
    return { diagnostic, rule: diagnostic.code, message: `no verdict, evidence was refused: ${diagnostic.message}${at}` };
  });
}

/** `acme.findings.fixable.critical`, or the policy's name with the place of a clause that has no label. */
export function clauseName(clause: ClauseResult, at: string): string {
  return clause.label === null ? `${clause.policy} (${at})` : `${clause.policy}.${clause.label}`;
}

/** The clauses that did not pass, greatest effect first, violated before undecided. */
export function notPassed(decision: Decision): readonly ClauseResult[] {
  return decision.clauses
    .filter((clause) => clause.outcome !== "passed")
    .toSorted(
      (a, b) =>
        effects.indexOf(b.effect) - effects.indexOf(a.effect) || Number(b.outcome === "violated") - Number(a.outcome === "violated"),
    );
}

/** The message of a clause for people, where it has one. */
function ownMessage(clause: ClauseResult): string | undefined {
  return clause.message ?? (clause.outcome === "violated" ? clause.witnesses[0]?.message : undefined);
}

/** What a clause says below a heading that names its outcome: its message, or its text. */
export function clauseHeadline(clause: ClauseResult, texts: Texts): string {
  return ownMessage(clause) ?? clauseText(clause, texts);
}

/** What a clause says on its own: its message, or its outcome and its text. */
export function clauseMessage(clause: ClauseResult, texts: Texts): string {
  return ownMessage(clause) ?? `${clause.outcome === "violated" ? "violated" : "not decided"}: ${clauseText(clause, texts)}`;
}

function clauseText(clause: ClauseResult, texts: Texts): string {
  const source = texts.policies(clause.at.path)?.text.slice(clause.at.start, clause.at.end).replace(/\s+/g, " ");
  return source === undefined ? (clause.label ?? clause.policy) : source.length > 100 ? `${source.slice(0, 99)}…` : source;
}

/** `image.tag is v2`: what a witness rests on that no document states, a line each. */
export function factLines(witness: Witness): readonly string[] {
  return (witness.facts ?? []).map((fact) => `\`${fact.path}\` is ${fact.value}`);
}

/** Citations of one fact at one place, once. */
export function distinct(citations: readonly Citation[]): readonly Citation[] {
  return [...new Map(citations.map((one) => [`${one.document.name}\n${one.pointer}\n${one.path}`, one])).values()];
}
