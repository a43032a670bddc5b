/**
 * Everything that the decisions of one call rest on, read and not yet decided. `gate` gathers it, `--record` keeps it,
 * `replay` reads it back: what decides cannot tell them apart.
 */

import type { AttestationRead, Report, Texts } from "../../engine/decide/report.ts";
import type { VexReport } from "../../engine/decide/vex-report.ts";
import { waiverUses } from "../../engine/decide/waivers.ts";
import {
  aboutLookup,
  type ClauseResult,
  type Decision,
  decide,
  type FailedLookup,
  type Request,
  type Subject,
} from "../../engine/evaluate/evaluate.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { Attached, PlatformImage, Unreached } from "../../engine/evidence/oci/attached.ts";
import { showPlatform } from "../../engine/evidence/oci/manifest.ts";
import type { Attestations, Believed, VerifiedEnvelope } from "../../engine/trust/attested.ts";
import type { Digest } from "../../engine/trust/digest.ts";
import type { Envelope } from "../../engine/trust/verification.ts";
import { Known } from "../../language/core/data.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import type { Sources } from "../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { evidencePlan, type Need, typesAboutElse } from "../analysis/plan.ts";
import { type Fed, failedLookups, feedAttested, feedDocuments, feedParts } from "./feeding.ts";
import { codeOf, expandSubject, type Policies, refusalDiagnostic } from "./policies.ts";
import type { Setting } from "./shell/config.ts";
import { bind, type Document, evidenceDigest, evidenceRead } from "./shell/evidence.ts";
import { exit, Stop } from "./shell/exit.ts";
import type { OpenedFeeds } from "./shell/feeds/opened.ts";
import { type NamedSubject, withGiven } from "./shell/subjects.ts";
import { vexReports } from "./vex-reports.ts";

export interface Gathered {
  /** Of Waybill. */
  readonly version: string;
  readonly policies: Policies;
  readonly point: string;
  readonly given: readonly Setting[];
  /** What `--evidence` names. */
  readonly documents: readonly Document[];
  /** What `[feeds]` of the project's `waybill.toml` names. */
  readonly feeds?: OpenedFeeds;
  /** Everything that was given, with what feeds say; absent: without feeds, it is as it was given. */
  readonly fed?: Fed;
  readonly named: NamedSubject;
  /** Absent: the program asks for nothing that somebody signed. */
  readonly believed?: Believed;
  /** What is asked of somebody by the call itself; absent: what the clauses ask for. */
  readonly needs?: readonly Need[];
  /** What is attached to images, by their reference as it was given. */
  readonly attached: ReadonlyMap<string, Attached | Unreached>;
  /** The digests of files that are judged, by their SHA-256 digest: statements may name others of them. */
  readonly digests: ReadonlyMap<string, readonly Digest[]>;
  /** Registries are not to be asked. */
  readonly offline: boolean;
  /** Texts of the evidence, for excerpts. */
  readonly sources: Sources;
}

export interface Judgement {
  readonly report: Report;
  readonly texts: Texts;
  readonly code: number;
}

/** One subject with what it is judged by. */
export interface Case {
  readonly subject: Subject;
  readonly evidence: readonly Evidence[];
  readonly attestations: Attestations;
  readonly failed: readonly FailedLookup[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Nothing that anybody signed. */
export const nothing: Attestations = { verified: [], attested: [], elsewhere: [], signed: [], noise: [], failed: [] };

/** Decides every subject. `derivations`: with how each clause came about. */
export async function decideGathered(gathered: Gathered, derivations: boolean): Promise<Judgement> {
  const { policies } = gathered;
  const cases = await casesFor(gathered);
  const documents = documentsOf(gathered);
  const refused = documents.some((document) => document.refused);
  const decisions: Decision[] = [];
  for (const one of cases) {
    const answer = decide(policies.compiled, requestOf(gathered, one), { explain: true, derivations });
    if (answer.kind === "refusal") throw new Stop(exit.usage, [refusalDiagnostic(answer.refusal)], policies.project.sources);
    // A document that was refused might have said anything: whatever the rest says is no verdict.
    decisions.push(refused ? { ...answer.decision, effect: "deny", reason: "fault" } : answer.decision);
  }
  const report: Report = {
    version: gathered.version,
    decisions,
    refused,
    policyDigest: policies.policyDigest,
    evidenceDigest: digestOfEvidence(gathered, cases),
    evidence: evidenceRead(documents),
    ...(gathered.believed === undefined
      ? {}
      : { attestations: cases.flatMap((one) => one.attestations.verified.map((verified) => attestationRead(one.subject, verified))) }),
    ...vexOf(gathered, cases, decisions),
    ...(policies.compiled.program.waivers.length === 0 ? {} : { waivers: waiverUses(policies.compiled.program, decisions, policies.time) }),
    diagnostics: [
      ...documents.flatMap((document) => document.diagnostics),
      ...(gathered.fed?.diagnostics ?? []),
      ...cases.flatMap((one) => one.diagnostics),
    ],
  };
  return { report, texts: { policies: policies.project.sources, evidence: gathered.sources }, code: codeOf(report) };
}

/** What VEX says of the findings that clauses asked about. */
function vexOf(gathered: Gathered, cases: readonly Case[], decisions: readonly Decision[]): { readonly vex?: readonly VexReport[] } {
  const vex = vexReports(
    gathered.policies.project.program,
    decisions.map((decision, index) => ({ decision, evidence: cases[index]?.evidence ?? [] })),
  );
  return vex.length === 0 ? {} : { vex };
}

/** Every document that is read for a decision, the feeds' among them. */
export function documentsOf({ documents, named, feeds }: Pick<Gathered, "documents" | "named" | "feeds">): readonly Document[] {
  const given = [...documents, ...named.documents];
  return [...given, ...feedDocuments(given, feeds)];
}

/** One digest over all evidence that cases rest on. */
export function digestOfEvidence(gathered: Gathered, cases: readonly Case[]): string {
  const envelopes = [...gathered.attached.values()].flatMap(envelopesIn);
  return evidenceDigest(
    [...documentsOf(gathered), ...envelopes],
    cases.flatMap((one) => one.failed),
    [
      ...trustParts(gathered),
      ...feedParts(gathered.feeds),
      ...[...gathered.attached].flatMap(([reference, one]) => lookParts(reference, one)),
    ],
  );
}

/** Every subject with what it is judged by. */
export async function casesFor(gathered: Gathered): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const subject of subjectsOf(gathered)) cases.push(...(await casesOf(gathered, subject)));
  return cases;
}

/** Who is judged, before it is known what is attached to them. */
export function subjectsOf({ policies, point, named, given, fed }: Gathered): readonly Subject[] {
  const subjects = (fed?.subjects ?? named.subjects).flatMap((one) => expandSubject(policies.compiled, one, point));
  return withGiven(subjects, given, policies.project.program);
}

/**
 * Needs that the clauses have which are not decided without anything that somebody signed. None: nothing is fetched, because
 * nothing that is attached could change the decision (semantics, sections 3 and 16, law 7).
 */
export function openNeeds(gathered: Gathered, subject: Subject): readonly Need[] {
  if (gathered.needs !== undefined) return gathered.needs;
  const needs = signedNeeds(gathered, subject);
  if (needs.length === 0) return [];
  const evidence = evidenceOf(gathered);
  const { subject: bound } = bind(subject, evidence);
  const unlooked = failing(needs, "transient", "not looked for");
  const answer = decide(
    gathered.policies.compiled,
    requestOf(gathered, { subject: bound, evidence, attestations: nothing, failed: unlooked }),
  );
  if (answer.kind === "refusal") return [];
  const open = new Set(answer.decision.clauses.filter((clause) => clause.outcome === "undecided").map((clause) => placeKey(clause.at)));
  return needs.filter((need) => need.scopes || need.clauses.some((clause) => open.has(placeKey(clause.at))));
}

const placeKey = ({ path, start, end }: ClauseResult["at"]): string => `${path}:${start}:${end}`;

/** What must be signed by somebody for policies of the subject's kind; an image is an artifact too. */
export function signedNeeds({ policies, needs }: Gathered, subject: Subject): readonly Need[] {
  if (needs !== undefined) return needs;
  const kinds = subject.kind === "image" ? ["image", "artifact"] : [subject.kind];
  return evidencePlan(policies.project.program)
    .filter((plan) => kinds.includes(plan.kind))
    .flatMap((plan) => plan.needs.filter((need) => need.trust !== undefined));
}

/** Look-ups that fail for everything that is needed. */
function failing(needs: readonly Need[], cause: FailedLookup["cause"], detail: string): readonly FailedLookup[] {
  const names = new Set(needs.flatMap((need) => (need.kind === "signature" ? signatureNames : [need.type])));
  return [...names].map((name) => ({ name, cause, detail }));
}

/** `is signed by` is asked of images and artifacts, and an image is judged by policies for both. */
const signatureNames = ["waybill.image.Image.signed", "waybill.artifact.Artifact.signed"];

function evidenceOf({ documents, named, fed }: Gathered): readonly Evidence[] {
  return fed?.evidence ?? [...documents.flatMap((document) => document.evidence), ...named.evidence];
}

/** The request of a case, as every verb asks it. */
export function requestOf(gathered: Gathered, one: Omit<Case, "diagnostics">): Request {
  const { attestations, evidence, subject, failed } = one;
  const signed = attestations.signed.length === 0 ? {} : { signed: new Known(attestations.signed) };
  return {
    subject: { ...subject, data: { ...subject.data, ...signed } },
    point: gathered.point,
    now: gathered.policies.time,
    evidence,
    attested: [...attestations.attested, ...attestations.elsewhere],
    failed: [...attestations.failed, ...failed],
  };
}

/** A subject, or each platform of an image that is an index: it is allowed if and only if every one of them is. */
async function casesOf(gathered: Gathered, subject: Subject): Promise<readonly Case[]> {
  const attached = gathered.attached.get(subject.name);
  if (attached?.kind !== "attached" || attached.children.length === 0) return [await caseOf(gathered, subject, attached, undefined)];
  const cases: Case[] = [];
  for (const child of attached.children) cases.push(await caseOf(gathered, subject, attached, child));
  return cases;
}

async function caseOf(
  gathered: Gathered,
  asked: Subject,
  attached: Attached | Unreached | undefined,
  child: PlatformImage | undefined,
): Promise<Case> {
  const evidence = evidenceOf(gathered);
  const seen = attached?.kind === "attached" ? found(asked, attached, child) : asked;
  const { subject, diagnostics } = bind(seen, evidence);
  const { believed } = gathered;
  const unread = failedLookups(gathered.feeds);
  if (believed === undefined) return { subject, evidence, attestations: nothing, failed: unread, diagnostics };
  // Most calls verify nothing, and need not wait for what does.
  const { attest } = await import("../../engine/trust/attested.ts");
  const files = [...gathered.documents, ...gathered.named.documents].flatMap(({ envelope }) => (envelope === undefined ? [] : [envelope]));
  const looks: Attestations[] = [];
  // A digest that a document claims for a name binds documents; what somebody signed is about what the reference or the
  // registry says, or about nothing.
  const { digest } = seen;
  if (digest !== undefined) {
    const holder = child ?? (attached?.kind === "attached" ? attached : undefined);
    const artifact = gathered.digests.get(digest) ?? artifactOf(digest);
    looks.push(await attest([...files, ...(holder?.envelopes ?? [])], artifact, digest, believed));
    // Evidence about an index counts for its children, not the reverse (semantics, section 2).
    if (child !== undefined && attached?.kind === "attached")
      looks.push(await attest([...files, ...attached.envelopes], artifactOf(attached.digest), digest, believed));
  }
  const attestations = await fedAttestations(joined(looks), gathered.feeds, seen);
  const failures = failuresOf(gathered, seen, attached, files.length > 0);
  const noise = [...attestations.noise, ...(attached?.kind === "attached" ? attached.noise : [])];
  return {
    subject,
    evidence,
    attestations,
    failed: [...unread, ...failures.failed, ...unlookedAbout(gathered, seen, files.length > 0)],
    diagnostics: [
      ...diagnostics,
      ...failures.diagnostics,
      ...noise.map(({ name, reason }) => diagnostic("WB1030", { name, reason }, undefined)),
    ],
  };
}

async function fedAttestations(attestations: Attestations, feeds: OpenedFeeds | undefined, subject: Subject): Promise<Attestations> {
  if (feeds === undefined) return attestations;
  const { attested, elsewhere } = attestations;
  return { ...attestations, attested: await feedAttested(attested, feeds, [subject]), elsewhere: await feedAttested(elsewhere, feeds) };
}

/** The subject as the registry has it. Its digest binds evidence; what the reference itself says stays its only facts. */
function found(subject: Subject, attached: Attached, child: PlatformImage | undefined): Subject {
  const { configDigest } = child ?? attached;
  const platform = child?.platform === undefined ? "" : ` (${showPlatform(child.platform)})`;
  return {
    ...subject,
    name: `${subject.name}${platform}`,
    digest: (child ?? attached).digest,
    ...(configDigest === undefined ? {} : { configDigest }),
  };
}

/** `sha256:<hex>` */
function artifactOf(digest: string): Digest {
  const at = digest.indexOf(":");
  return { algorithm: digest.slice(0, at), hex: digest.slice(at + 1) };
}

/** Together; what one look verified is no noise of another. */
function joined(looks: readonly Attestations[]): Attestations {
  const verified = looks.flatMap((one) => one.verified);
  const held = new Set(verified.map(({ envelope }) => envelope.digest));
  const names = new Set(verified.map(({ envelope }) => envelope.name));
  const noise = looks.flatMap((one) => one.noise).filter((one) => held.size === 0 || !names.has(one.name));
  return {
    verified,
    attested: looks.flatMap((one) => one.attested),
    elsewhere: looks.flatMap((one) => one.elsewhere),
    signed: [...new Set(looks.flatMap((one) => one.signed))],
    noise: [...new Map(noise.map((one) => [`${one.form} ${one.name} ${one.reason}`, one])).values()],
    failed: looks.flatMap((one) => one.failed),
  };
}

interface Failures {
  readonly failed: readonly FailedLookup[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What could not be looked at, as wants of everything that may be there. */
function failuresOf(gathered: Gathered, subject: Subject, attached: Attached | Unreached | undefined, hasFiles: boolean): Failures {
  const needs = signedNeeds(gathered, subject);
  if (needs.length === 0 || subject.kind !== "image") return { failed: [], diagnostics: [] };
  if (attached === undefined) {
    // Envelopes that were given are then all there is to look at; without any, or without a digest, nothing was looked at.
    if (gathered.offline)
      return {
        failed: hasFiles && subject.digest !== undefined ? [] : failing(needs, "transient", "no registry is asked offline"),
        diagnostics: [],
      };
    return { failed: failing(needs, "transient", "no clause hangs on it, so nobody looked"), diagnostics: [] };
  }
  if (attached.kind === "unreached") {
    const { cause, diagnostic: fault } = attached.fault;
    const warning = diagnostic("WB1031", { subject: attached.reference, reason: fault.message }, undefined, {
      ...(fault.notes === undefined ? {} : { notes: fault.notes }),
      ...(fault.help === undefined ? {} : { help: fault.help }),
    });
    return { failed: unlooked(needs, cause, fault.message), diagnostics: [warning] };
  }
  const gaps = attached.gaps.filter(({ of }) => of === subject.digest || of === attached.digest);
  return {
    failed: gaps.flatMap(({ cause, detail }) => unlooked(needs, cause, detail)),
    diagnostics: gaps.map(({ of, detail }) => diagnostic("WB1031", { subject: of, reason: detail }, undefined)),
  };
}

/**
 * What could not be read is no verdict: nobody could look (semantics, section 1). Where whoever may push could have brought
 * it about (half a list, an envelope of 50 MB), it is malformed as well, so that no `on transient allow` is theirs to open.
 */
function unlooked(needs: readonly Need[], cause: FailedLookup["cause"], detail: string): readonly FailedLookup[] {
  const failed = failing(needs, cause, detail);
  return cause === "malformed" ? [...failed, ...failing(needs, "transient", detail)] : failed;
}

/**
 * What an image's policy asks `about` another digest is looked for among what is attached to the image and what was given,
 * and not in the registry under that digest: where it is not found, nobody has looked everywhere.
 */
function unlookedAbout(gathered: Gathered, subject: Subject, hasFiles: boolean): readonly FailedLookup[] {
  if (!["image", "workload"].includes(subject.kind) || (gathered.offline && hasFiles)) return [];
  const detail = "it was not looked for in the registry under its own digest";
  return typesAboutElse(gathered.policies.project.program).map((type) => ({ name: aboutLookup(type), cause: "transient", detail }));
}

/** Who was believed: a decision by another key or root is another decision. */
function trustParts({ believed }: Gathered): readonly (readonly string[])[] {
  if (believed === undefined) return [];
  return [
    ["roots", believed.roots.digest],
    ...[...believed.fingerprints].map(([trust, fingerprint]) => ["key", trust, fingerprint]),
    ...believed.keys.map(({ fingerprint }) => ["key at hand", fingerprint]),
  ];
}

/** What was looked for and where nothing was, and which manifests the reference led to (semantics, section 2). */
function lookParts(reference: string, attached: Attached | Unreached): readonly (readonly string[])[] {
  const looked = attached.lookups.map(({ what, of, outcome }) => ["look-up", reference, what, of, outcome]);
  if (attached.kind === "unreached") return looked;
  return [...looked, ["manifest", reference, attached.digest], ...attached.children.map(({ digest }) => ["platform", reference, digest])];
}

function envelopesIn(attached: Attached | Unreached): readonly Envelope[] {
  return attached.kind === "attached" ? [...attached.envelopes, ...attached.children.flatMap((child) => child.envelopes)] : [];
}

function attestationRead(subject: Subject, { envelope, what, signer, trusts, time, notes }: VerifiedEnvelope): AttestationRead {
  const { name, digest, form } = envelope;
  return { subject: subject.name, name, digest, form, what, signer, trusts, notes, ...(time === undefined ? {} : { time }) };
}
