/** What feeds say, put on the findings of the scans that a call judges by. */
import type { Attested, FailedLookup } from "../../engine/evaluate/evaluate.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { FeedFailure } from "../../engine/evidence/feeds/enrich.ts";
import type { Feed } from "../../engine/evidence/feeds/feed.ts";
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
  readonly diagnostics: readonly Diagnostic[];
}

function feedsIn(evidence: readonly Evidence[]): readonly Feed[] {
  return evidence.flatMap(({ feed }) => (feed === undefined ? [] : [feed]));
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
  const evidence = [...documents.flatMap((document) => document.evidence), ...named.evidence];
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
  return isFed ? enriched(evidence, opened) : undefined;
}

/** The same of evidence without documents: the feeds of the project become part of it. */
export async function feedEvidence(evidence: readonly Evidence[], opened: OpenedFeeds = noFeeds): Promise<Fed> {
  return enriched([...evidence, ...opened.documents.flatMap(({ document }) => document.evidence)], opened);
}

async function enriched(evidence: readonly Evidence[], opened: OpenedFeeds): Promise<Fed> {
  const { enrich } = await enricher();
  const result = enrich(evidence, { feeds: feedsIn(evidence), failed: failuresOf(opened) });
  const ranges = result.unreadRanges === 0 ? [] : [diagnostic("WB1275", { count: result.unreadRanges, what: "range" }, undefined)];
  return { evidence: result.evidence, diagnostics: [...unreadFeeds(opened), ...ranges] };
}

/**
 * Scans that somebody signed, with what the feeds say that the project names. What came along as evidence says nothing of
 * them: by its word, a signed scan would say what nobody signed.
 */
export async function feedAttested(attested: readonly Attested[], opened: OpenedFeeds): Promise<readonly Attested[]> {
  if (attested.length === 0) return attested;
  const { enrich } = await enricher();
  const feeds = feedsIn(opened.documents.flatMap(({ document }) => document.evidence));
  const { evidence } = enrich(
    attested.map((one) => one.evidence),
    { feeds, failed: failuresOf(opened) },
  );
  return attested.map((one, index) => ({ ...one, evidence: evidence[index] ?? one.evidence }));
}

/** What could not be looked at, for people. */
export function unreadFeeds({ unread }: OpenedFeeds): readonly Diagnostic[] {
  return unread.map(({ kind, at, reason }) => diagnostic("WB1277", { feed: kind, at, reason }, undefined));
}

/** VEX documents that could not be looked at might have spoken. */
export function failedLookups(opened: OpenedFeeds | undefined): readonly FailedLookup[] {
  return (opened?.unread ?? []).flatMap(({ kind, at, reason }) =>
    kind === "vex" ? [{ name: "waybill.vex.Document", cause: "transient" as const, detail: `\`${at}\` ${reason}` }] : [],
  );
}

/** Feeds that could not be read, as parts of the digest of the evidence: a decision without them is another decision. */
export function unreadParts(opened: OpenedFeeds | undefined): readonly (readonly string[])[] {
  return (opened?.unread ?? []).map(({ kind, at, reason }) => ["unread feed", kind, at, reason]);
}
