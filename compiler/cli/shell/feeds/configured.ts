/** Opens the feeds that the project of the policies names. */
import type { Evidence } from "../../../../engine/evidence/evidence.ts";
import type { Attached, Unreached } from "../../../../engine/evidence/oci/attached.ts";
import type { EvidenceFiles } from "../evidence.ts";
import { FeedCache, usualFolder } from "./cache.ts";
import { openFeeds } from "./open.ts";
import type { OpenedFeeds } from "./opened.ts";
import type { FeedSettings } from "./settings.ts";
import { cvesOf } from "./wanted.ts";

/** All but CVE records: those of a folder are read for the findings that there are. */
export async function openGeneral({ sources, cache }: FeedSettings, files: EvidenceFiles): Promise<OpenedFeeds> {
  const general = sources.filter(({ kind }) => kind !== "cve");
  return openFeeds(general, files, new FeedCache(cache ?? usualFolder()), new Set());
}

/** Beside `general`, the records of the CVEs that the evidence is about, and what is attached. */
export async function withRecords(
  { sources, cache }: FeedSettings,
  files: EvidenceFiles,
  general: OpenedFeeds,
  evidence: readonly Evidence[],
  attached: ReadonlyMap<string, Attached | Unreached> = new Map(),
): Promise<OpenedFeeds> {
  const records = sources.filter(({ kind }) => kind === "cve");
  if (records.length === 0) return general;
  const fromFeeds = general.documents.flatMap(({ document }) => document.evidence);
  const own = new Set(general.documents.map(({ document }) => document.digest));
  const wanted = cvesOf([...evidence, ...fromFeeds], attached, own);
  const opened = await openFeeds(records, files, new FeedCache(cache ?? usualFolder()), wanted);
  return { documents: [...general.documents, ...opened.documents], unread: [...general.unread, ...opened.unread] };
}
