/** What feeds say, put on the findings of the scans that a call judges by. */
import type { Attested, FailedLookup, Subject } from "../../engine/evaluate/evaluate.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { FeedFailure, Feeds } from "../../engine/evidence/feeds/enrich.ts";
import { type Feed, feedTypes } from "../../engine/evidence/feeds/feed.ts";
import { judgedPrograms } from "../../engine/evidence/feeds/program.ts";
import type { Attached, Unreached } from "../../engine/evidence/oci/attached.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import type { Config } from "./shell/config.ts";
import type { Document, EvidenceFiles } from "./shell/evidence.ts";
import { noFeeds, type OpenedFeeds } from "./shell/feeds/opened.ts";
import type { FeedSettings } from "./shell/feeds/settings.ts";
import type { NamedSubject } from "./shell/subjects.ts";

export interface Fed {
  readonly evidence: readonly Evidence[];
  /** Who is judged: feeds speak about a finding that is. */
  readonly subjects: readonly Subject[];
  readonly diagnostics: readonly Diagnostic[];
}

function feedsIn(evidence: readonly Evidence[]): readonly Feed[] {
  return evidence.flatMap(({ feed }) => (feed === undefined ? [] : [feed]));
}

function ownDigests({ documents }: OpenedFeeds): ReadonlySet<string> {
  return new Set(documents.map(({ document }) => document.digest));
}

function failuresOf({ unread }: OpenedFeeds): readonly FeedFailure[] {
  return unread.flatMap(({ kind, at, reason }) => (kind === "vex" ? [] : [{ kind, detail: `\`${at}\` ${reason}` }]));
}

/** The documents of the feeds that a project names, each once and not again where the caller gave it as evidence. */
export function feedDocuments(given: readonly Document[], opened: OpenedFeeds | undefined): readonly Document[] {
  const paths = new Set(given.map(({ path }) => path));
  const own = (opened?.documents ?? []).map(({ document }) => document).filter(({ path }) => !paths.has(path));
  return [...new Map(own.map((document) => [document.path, document])).values()];
}

/** Most calls have no feeds, and need not wait for what reads them. */
const enricher = () => import("../../engine/evidence/feeds/enrich.ts");

/** What feeds there are, and what they make of the evidence; each absent where there is none. */
export interface Feeding {
  readonly feeds?: OpenedFeeds;
  readonly fed?: Fed;
}

/** Opens the feeds that the project names, and puts what they say, and those that were given, on what was given. */
export async function feedGiven(
  { feeds: settings }: Config,
  files: EvidenceFiles,
  documents: readonly Document[],
  named: NamedSubject,
  attached?: ReadonlyMap<string, Attached | Unreached>,
): Promise<Feeding> {
  const feeds = settings.sources.length === 0 ? undefined : await openAll(settings, files, documents, named, attached);
  const fed = await feed(documents, named, feeds);
  return { ...(feeds === undefined ? {} : { feeds }), ...(fed === undefined ? {} : { fed }) };
}

async function openAll(
  settings: FeedSettings,
  files: EvidenceFiles,
  documents: readonly Document[],
  named: NamedSubject,
  attached: ReadonlyMap<string, Attached | Unreached> | undefined,
): Promise<OpenedFeeds> {
  const { openGeneral, withRecords } = await import("./shell/feeds/configured.ts");
  const given = [...documents.flatMap((document) => document.evidence), ...named.evidence];
  const evidence = [...given, ...judgedFindings(named.subjects)];
  return withRecords(settings, files, await openGeneral(settings, files), evidence, attached);
}

/**
 * What the caller gave, with what the feeds say that are among it and those that the project names; undefined: there are
 * none, and the evidence is as it was given.
 */
export async function feed(documents: readonly Document[], named: NamedSubject, opened: OpenedFeeds = noFeeds): Promise<Fed | undefined> {
  const given = [...documents, ...named.documents];
  const own = feedDocuments(given, opened).flatMap((document) => document.evidence);
  const evidence = [...documents.flatMap((document) => document.evidence), ...own, ...named.evidence];
  const isFed = opened.documents.length + opened.unread.length > 0 || feedsIn(evidence).length > 0;
  return isFed ? enriched(evidence, named.subjects, opened) : undefined;
}

/** The same for one request of a stream: the feeds of the project become part of its evidence. */
export async function feedRequest(subject: Subject, evidence: readonly Evidence[], opened: OpenedFeeds = noFeeds): Promise<Fed> {
  return enriched([...evidence, ...opened.documents.flatMap(({ document }) => document.evidence)], [subject], opened);
}

async function enriched(evidence: readonly Evidence[], subjects: readonly Subject[], opened: OpenedFeeds): Promise<Fed> {
  const { enrich, enrichFindings } = await enricher();
  const said = feedsIn(evidence);
  const feeds = { feeds: said, failed: failuresOf(opened), own: ownDigests(opened), ...judgedBy(said, evidence, subjects) };
  const result = enrich(evidence, feeds);
  const judged = subjects.map((subject) => {
    const [data] = subject.kind === "finding" ? enrichFindings([subject.data], feeds) : [];
    return data === undefined ? subject : { ...subject, data };
  });
  const ranges = result.unreadRanges === 0 ? [] : [diagnostic("WB1275", { count: result.unreadRanges, what: "range" }, undefined)];
  return { evidence: result.evidence, subjects: judged, diagnostics: [...unreadFeeds(opened), ...ranges] };
}

/** What is said of who is judged, where a feed speaks of programs: the bills of materials are large. */
function judgedBy(feeds: readonly Feed[], evidence: readonly Evidence[], subjects: readonly Subject[]): Pick<Feeds, "judged"> {
  if (!feeds.some(({ kind }) => kind === "reachability")) return {};
  const purls = subjects.flatMap(({ data }) => (typeof data["purl"] === "string" ? [data["purl"]] : []));
  return { judged: judgedPrograms(evidence, purls) };
}

/**
 * Scans that somebody signed, with what the feeds say that the project names. What came along as evidence says nothing of
 * them: by its word, a signed scan would say what nobody signed.
 */
export async function feedAttested(
  attested: readonly Attested[],
  opened: OpenedFeeds,
  subjects: readonly Subject[] = [],
): Promise<readonly Attested[]> {
  if (attested.length === 0) return attested;
  const { enrich } = await enricher();
  const feeds = feedsIn(opened.documents.flatMap(({ document }) => document.evidence));
  const signed = attested.map((one) => one.evidence);
  const { evidence } = enrich(signed, { feeds, failed: failuresOf(opened), ...judgedBy(feeds, signed, subjects) });
  return attested.map((one, index) => ({ ...one, evidence: evidence[index] ?? one.evidence }));
}

/** Findings that are judged, as a scan of their own: they name vulnerabilities as those of a scan do. */
export function judgedFindings(subjects: readonly Subject[]): readonly Evidence[] {
  const type = "waybill.vuln.Scan";
  return subjects
    .filter(({ kind }) => kind === "finding")
    .map(({ kind, name, data }) => {
      const document = { digest: "", name, format: kind, predicateType: type };
      return { type, document, data: { findings: [data] }, about: [], counts: {} };
    });
}

/** What could not be looked at, for people. */
export function unreadFeeds({ unread }: OpenedFeeds): readonly Diagnostic[] {
  return unread.map(({ kind, at, reason }) => diagnostic("WB1277", { feed: kind, at, reason }, undefined));
}

/**
 * What could not be looked at, for policies that ask for it: VEX documents might have spoken, and a feed might be fresh. Which
 * names mean one vulnerability, OSV says: without it, statements that are at hand might speak under another name.
 */
export function failedLookups(opened: OpenedFeeds | undefined): readonly FailedLookup[] {
  return (opened?.unread ?? []).flatMap(({ kind, at, reason }) => {
    const names = [...(kind === "vex" ? [] : [feedTypes[kind]]), ...(kind === "vex" || kind === "osv" ? ["waybill.vex.Document"] : [])];
    return names.map((name): FailedLookup => ({ name, cause: "transient", detail: `\`${at}\` ${reason}` }));
  });
}

/**
 * The feeds that the project names, as parts of the digest of the evidence: a decision without one, or with the same document
 * as mere evidence, is another decision.
 */
export function feedParts(opened: OpenedFeeds | undefined): readonly (readonly string[])[] {
  const { documents, unread } = opened ?? noFeeds;
  return [
    ...documents.map(({ kind, document }) => ["feed", kind, document.digest]),
    ...unread.map(({ kind, at, reason }) => ["unread feed", kind, at, reason]),
  ];
}
