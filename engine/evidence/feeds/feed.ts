/**
 * Feeds: what others say about vulnerabilities, not about an artifact. A feed is evidence of a type of `waybill.feed`, and
 * `enrich` puts what it says on the findings of scans, each fact with its place in the feed.
 */
import { type DataRecord, type DocumentRef, type Lack, origin } from "../../../language/core/data.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { rfc3339 } from "../../decide/instant.ts";
import type { Evidence, Source } from "../evidence.ts";
import type { Json } from "../raw.ts";
import type { Analysed } from "./program.ts";

/** The kinds of feeds, which are also the keys of `[feeds]` in `waybill.toml`. */
export const feedKinds = ["epss", "kev", "cve", "osv", "reachability", "requirements"] as const;

export type FeedKind = (typeof feedKinds)[number];

export type Feed = EpssFeed | KevFeed | CveFeed | OsvFeed | ReachabilityFeed | RequirementsFeed;

/** One score; a text that is no probability is malformed. */
export interface EpssScore {
  /** 0 to 1, as it is written. */
  readonly epss: string | Lack;
  readonly percentile: string | Lack | undefined;
  readonly pointer: string;
}

export interface EpssFeed {
  readonly kind: "epss";
  readonly document: DocumentRef;
  /** `v2025.03.14`; undefined where the document does not name it, as answers of the API do not. */
  readonly model: string | undefined;
  /** RFC 3339 */
  readonly date: string | undefined;
  /** The score of a canonical CVE id; undefined: not scored, which is not 0. */
  find(cve: string): EpssScore | undefined;
}

export interface KevEntry {
  readonly cve: string;
  /** RFC 3339; the due date is that day's last second. */
  readonly added: string | undefined;
  readonly due: string | undefined;
  readonly ransomware: boolean | undefined;
  readonly pointer: string;
}

export interface KevFeed {
  readonly kind: "kev";
  readonly document: DocumentRef;
  readonly date: string | undefined;
  /** By canonical CVE id. What is not among them is not listed. */
  readonly entries: ReadonlyMap<string, KevEntry>;
  /** Where the list stands. */
  readonly pointer: string;
}

/** What a CVE record says, each with the pointer to where. */
export interface CveFeed {
  readonly kind: "cve";
  readonly document: DocumentRef;
  readonly id: string;
  readonly updated: string | undefined;
  readonly facts: readonly CveFact[];
}

export interface CveFact {
  readonly field: "exploitation" | "automatable" | "technical_impact" | "cvss" | "kev" | "kev_added" | "withdrawn";
  readonly value: string | number | boolean;
  readonly pointer: string;
}

export interface OsvFeed {
  readonly kind: "osv";
  readonly document: DocumentRef;
  readonly records: readonly OsvHead[];
  /** A record whole, with its pointer in the document. */
  read(index: number): { readonly record: Json; readonly pointer: string } | undefined;
}

/** What is kept of each record of a dump: enough to know which ones a scan is about. */
export interface OsvHead {
  /** Canonical. */
  readonly id: string;
  readonly aliases: readonly string[];
  /** RFC 3339 */
  readonly modified: string;
  /** RFC 3339: the record was taken back then. */
  readonly withdrawn: string | undefined;
}

/** One vulnerability of one module, as an analysis of calls saw it. */
export interface Reached {
  /** Canonical ids that mean it. */
  readonly ids: readonly string[];
  readonly module: string;
  readonly version: string | undefined;
  /** The vulnerable code is called; false: calls were followed, and none leads there. */
  readonly called: boolean;
  /** Absent: it is not said which program this holds of. */
  readonly of?: Analysed;
  readonly pointer: string;
}

export interface ReachabilityFeed {
  readonly kind: "reachability";
  readonly document: DocumentRef;
  readonly reached: readonly Reached[];
}

/** One way to exploit a vulnerability: all of these system calls are needed. */
export interface Requirement {
  /** Canonical ids that mean the vulnerability. */
  readonly ids: readonly string[];
  readonly syscalls: readonly string[];
  readonly pointer: string;
}

export interface RequirementsFeed {
  readonly kind: "requirements";
  readonly document: DocumentRef;
  readonly requirements: readonly Requirement[];
}

/** The type that each kind of feed is evidence of. */
export const feedTypes = {
  epss: "waybill.feed.Epss",
  kev: "waybill.feed.Kev",
  cve: "waybill.feed.Cve",
  osv: "waybill.feed.Osv",
  reachability: "waybill.feed.Reachability",
  requirements: "waybill.feed.Requirements",
} as const satisfies Readonly<Record<FeedKind, string>>;

export function feedDocument({ digest, name }: Source, kind: FeedKind, format: string): DocumentRef {
  return { digest, name, format, predicateType: feedTypes[kind] };
}

/** A feed as evidence: `data` is about the feed itself, and stands at `pointer`. */
export function feedEvidence(
  feed: Feed,
  data: DataRecord,
  counts: Readonly<Record<string, number>>,
  pointer: string,
  fields: Readonly<Record<string, string>>,
): Evidence {
  const { document } = feed;
  return { type: feedTypes[feed.kind], document, data: { ...data, [origin]: { document, pointer, fields } }, about: [], counts, feed };
}

/** A time of a feed as RFC 3339: FIRST writes `+0000` for the zone, CISA and others a date, or no zone, which is UTC. */
export function feedTime(text: string | undefined, ofDate: "T00:00:00Z" | "T23:59:59Z" = "T00:00:00Z"): string | undefined {
  if (text === undefined) return undefined;
  const written = /^\d{4}-\d\d-\d\d$/.test(text)
    ? `${text}${ofDate}`
    : text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2").replace(/(T\d\d:\d\d:\d\d(?:\.\d+)?)$/, "$1Z");
  const time = parseTime(written);
  return time.ok ? rfc3339(time.value) : undefined;
}
