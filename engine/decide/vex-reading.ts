/** From evidence to what VEX says of its findings: by the algebra by which policies read `resolved by`. */
import { type DataRecord, origin } from "../../language/core/data.ts";
import type { Trust } from "../../language/core/ir.ts";
import type { VexRead } from "../evaluate/compile/vex.ts";
import type { Attested, Subject } from "../evaluate/decision.ts";
import { joinFindings } from "../evaluate/intrinsics/findings.ts";
import { uniteFindings } from "../evaluate/intrinsics/merge.ts";
import { membersOf, recordOf } from "../evaluate/intrinsics/raw.ts";
import type { Binding, Evidence } from "../evidence/evidence.ts";
import { vexSubjectOf } from "./vex/about.ts";
import {
  allowedJustifications,
  indexVex,
  type VexDecider,
  type VexIndex,
  type VexStatement,
  type VexSubject,
  type VexTier,
  vexDecider,
} from "./vex/decide.ts";
import { vulnerabilitiesOfStatement } from "./vex/statement-index.ts";
import { tiersOfTrust } from "./vex/tiers.ts";
import { nearestMisses } from "./vex/unmatched.ts";
import { withoutLook } from "./vex/verdict.ts";
import type { VexFinding, VexMiss, VexReport } from "./vex-report.ts";

/** Whose word counts, and under which rules. */
export interface VexBelief {
  /** Qualified names of trust declarations, the most trusted first. */
  readonly by: readonly string[];
  /** The declarations of the policies. */
  readonly trusts: readonly Trust[];
  /** What nobody signed counts too, after all others. */
  readonly claimed: boolean;
  /** Microseconds. */
  readonly now: number;
  /** Microseconds: an older statement suppresses nothing. */
  readonly maxAge?: number;
  /** Justifications and states that may suppress beside those that may anyway. */
  readonly justifications: readonly string[];
}

/** The type of the documents that decide. */
export const vexDocumentType = "waybill.vex.Document";
const scanType = "waybill.vuln.Scan";
const bomType = "waybill.sbom.Bom";

/**
 * What VEX says of all findings of the scans that are about the subject. `unlooked`: what may say otherwise and could not be
 * looked at, where there is any; then nothing is suppressed, as policies decide nothing.
 */
export function vexReportOf(
  subject: Subject,
  given: readonly Evidence[],
  attested: readonly Attested[],
  belief: VexBelief,
  unlooked = "",
): VexReport {
  const members = [...new Set(belief.by.flatMap((trust) => tiersOfTrust(belief.trusts, trust)))];
  const signed = attested.filter(({ trusts }) => trusts.some((trust) => members.includes(trust)));
  const claims = [...given, ...attested.filter(({ trusts }) => trusts.length === 0).map(({ evidence }) => evidence)];
  const believed = [...signed.map(({ evidence }) => evidence), ...(belief.claimed ? claims : [])];
  const index = indexVex([
    ...members.map((name, at) => signedTier(name, members.slice(0, at), signed)),
    claimedTier(claims, signed, belief),
  ]);
  const named = vexSubjectOf(subject, believed);
  const { now, maxAge, justifications } = belief;
  const decide = vexDecider(index, named, { now, maxAge, allowed: new Set([...allowedJustifications, ...justifications]) });
  const findings = onComponents(subject, findingsOf(subject, [...given, ...signed.map(({ evidence }) => evidence)]), believed);
  return reportOf({
    subject,
    by: [...belief.by, ...(belief.claimed ? ["claimed"] : [])],
    index,
    named,
    findings: findings.map((finding) => ({
      finding,
      verdict: unlooked === "" ? decide(finding) : withoutLook(decide(finding), unlooked),
    })),
    decide,
  });
}

/** What a member signed counts as its word, and not again as that of one who is trusted less. */
function signedTier(name: string, before: readonly string[], signed: readonly Attested[]): VexTier {
  const own = signed.filter(
    ({ evidence, trusts }) => evidence.type === vexDocumentType && trusts.includes(name) && !before.some((one) => trusts.includes(one)),
  );
  return { name, documents: own.map(({ evidence }) => evidence.data) };
}

/** What nobody signed, which is told as rejected where it is not believed. A bundle that was verified is no claim besides. */
function claimedTier(claims: readonly Evidence[], signed: readonly Attested[], { claimed }: VexBelief): VexTier {
  const known = new Set(signed.map(({ evidence }) => evidence.document.name));
  const own = claims.filter(({ type, document }) => type === vexDocumentType && !known.has(document.name));
  return { name: "claimed", documents: own.map(({ data }) => data), trusted: claimed };
}

function isAbout(subject: Subject, about: readonly Binding[]): boolean {
  return about.length === 0 || about.some(({ digest }) => digest === subject.digest || digest === subject.configDigest);
}

/** The scans that are about the subject: those that name its digest, or none. */
export function scansAbout(subject: Subject, evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.filter(({ type, about }) => type === scanType && isAbout(subject, about));
}

/** Findings of the scans about the subject, each once, however many report it. */
function findingsOf(subject: Subject, evidence: readonly Evidence[]): readonly DataRecord[] {
  return uniteFindings(listedFindings(subject, evidence));
}

/** Findings of each scan about the subject. */
function listedFindings(subject: Subject, evidence: readonly Evidence[]): readonly (readonly DataRecord[])[] {
  const scans = new Map(
    scansAbout(subject, evidence).map((scan) => [`${scan.document.name} ${scan.data[origin]?.pointer ?? ""}`, scan.data]),
  );
  return [...scans.values()].map((scan) =>
    membersOf(scan["findings"], "findings")
      .items.map(recordOf)
      .filter((finding) => finding !== undefined),
  );
}

/** On the components of a believed bill of materials: its graph tells by which ways a component comes in. */
function onComponents(subject: Subject, findings: readonly DataRecord[], believed: readonly Evidence[]): readonly DataRecord[] {
  const [bom, ...others] = believed.filter(({ type, about }) => type === bomType && isAbout(subject, about));
  // Of several, none tells all the ways.
  if (bom === undefined || others.length > 0) return findings;
  const joined = joinFindings(bom.data, { findings });
  return membersOf(joined.findings, "findings")
    .items.map(recordOf)
    .filter((finding) => finding !== undefined);
}

/** What one `resolved by` said of the findings that it was asked about. `given` are the scans besides. */
export function reportOfRead(subject: Subject, read: VexRead, given: readonly Evidence[]): VexReport {
  const { asked, decide, index, trust } = read;
  return reportOf({
    subject,
    by: [trust ?? "claimed"],
    index,
    named: read.subject,
    findings: [...(asked ?? [])].map(([finding, verdict]) => ({ finding, verdict })),
    others: () => listedFindings(subject, given).flat(),
    decide,
  });
}

export interface VexReading {
  readonly subject: Subject;
  readonly by: readonly string[];
  readonly index: VexIndex;
  readonly named: VexSubject;
  readonly findings: readonly VexFinding[];
  /** Findings that statements may be about though nobody asked about them. */
  readonly others?: () => readonly DataRecord[];
  readonly decide: VexDecider;
}

/** Verdicts with the statements that no finding met. */
export function reportOf({ subject, by, index, named, findings, others, decide }: VexReading): VexReport {
  const isOver = (): boolean => index.statements.every((statement) => decide.met.has(statement));
  const present = others === undefined || isOver() ? nothing : meetOthers(findings, others(), decide);
  let nearest: ReturnType<typeof nearestMisses> | undefined;
  const miss = (statement: VexStatement): VexMiss => {
    nearest ??= nearestMisses(index, decide.asked, named);
    return nearest(statement);
  };
  const open = index.statements.filter((statement) => !decide.met.has(statement));
  const isPresent = (statement: VexStatement): boolean => vulnerabilitiesOfStatement(index, statement).some((one) => present.has(one));
  const unmatched = present.size === 0 ? open : open.filter((statement) => !isPresent(statement));
  return {
    subject,
    by,
    findings,
    statements: index.statements.length,
    unread: index.unread,
    unmatched: unmatched.map((statement) => ({ record: statement.record, miss: () => miss(statement) })),
    unasked: open.length - unmatched.length,
  };
}

const nothing: ReadonlySet<string> = new Set();

/**
 * Vulnerabilities that there are, and that nobody asked about. Whether a statement matches something that nobody asked about is
 * found out where it may be taken for a miss: where another finding of its vulnerability was asked about.
 */
function meetOthers(asked: readonly VexFinding[], others: readonly DataRecord[], decide: VexDecider): ReadonlySet<string> {
  const wanted = new Set(asked.flatMap(({ finding }) => decide.spoken(finding)));
  const present = new Set<string>();
  others.forEach((finding) => {
    const spoken = decide.spoken(finding);
    if (spoken.some((one) => wanted.has(one))) decide(finding);
    for (const one of spoken) if (!wanted.has(one)) present.add(one);
  });
  return present;
}
