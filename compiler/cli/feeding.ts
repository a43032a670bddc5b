/** What feeds say, put on the findings of the scans that a call judges by. */
import type { Attested, FailedLookup } from "../../engine/evaluate/evaluate.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { FeedFailure } from "../../engine/evidence/feeds/enrich.ts";
import type { Feed } from "../../engine/evidence/feeds/feed.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import type { Document } from "./shell/evidence.ts";
import { noFeeds, type OpenedFeeds } from "./shell/feeds/opened.ts";
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

/**
 * What the caller gave, with what the feeds say that are among it and those that the project names; undefined: there are
 * none, and the evidence is as it was given.
 */
export async function feed(documents: readonly Document[], named: NamedSubject, opened: OpenedFeeds = noFeeds): Promise<Fed | undefined> {
  const all = [...documents, ...feedDocuments([...documents, ...named.documents], opened)].flatMap((document) => document.evidence);
  const evidence = [...all, ...named.evidence];
  const feeds = feedsIn(evidence);
  if (feeds.length === 0 && opened.documents.length === 0 && opened.unread.length === 0) return undefined;
  const { enrich } = await enricher();
  const { evidence: enriched, unreadRanges } = enrich(evidence, { feeds, failed: failuresOf(opened) });
  const unread = opened.unread.map(({ kind, at, reason }) => diagnostic("WB1277", { feed: kind, at, reason }, undefined));
  const ranges = unreadRanges === 0 ? [] : [diagnostic("WB1275", { count: unreadRanges, what: "range" }, undefined)];
  return { evidence: enriched, diagnostics: [...unread, ...ranges] };
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

/** VEX documents that could not be looked at might have spoken. */
export function failedLookups(opened: OpenedFeeds | undefined): readonly FailedLookup[] {
  return (opened?.unread ?? []).flatMap(({ kind, at, reason }) =>
    kind === "vex" ? [{ name: "waybill.vex.Document", cause: "transient" as const, detail: `\`${at}\` ${reason}` }] : [],
  );
}
