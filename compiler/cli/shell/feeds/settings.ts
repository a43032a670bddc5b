/**
 * `[feeds]` of `waybill.toml`: where feeds are, as files or as URLs that `waybill feeds update` fetches.
 *
 *     [feeds]
 *     epss = "https://epss.example/epss_scores-current.csv.gz"
 *     kev = { url = "https://kev.example/kev.json", sha256 = "…" }
 *     cache = ".waybill/feeds"
 *     osv = ["osv/PyPI-all.zip", { url = "https://osv.example/npm/all.zip", checksum = "https://osv.example/npm/all.zip.sha256" }]
 */
import { isAbsolute, relative, resolve } from "node:path";
import { type FeedKind, feedKinds } from "../../../../engine/evidence/feeds/feed.ts";

/** VEX documents are no feed of facts; they are evidence, fetched in the same way. */
export type SourceKind = FeedKind | "vex";

export const sourceKinds: readonly SourceKind[] = [...feedKinds, "vex"];

/** `[feeds]`, read. */
export interface FeedSettings {
  readonly sources: readonly FeedSource[];
  /** Folder of what was fetched, relative to the working directory; absent: the user's. */
  readonly cache?: string;
}

export interface FeedSource {
  readonly kind: SourceKind;
  /** A URL as it is written, or a path relative to the working directory. */
  readonly at: string;
  readonly isUrl: boolean;
  /** What its content must be: `sha256:<hex>`. */
  readonly pin?: string;
  /** URL of a file that holds its SHA-256. */
  readonly checksum?: string;
}

/** Says what is wrong with a setting. */
export type Wrong = (key: string, problem: string, help?: string) => Error;

const keys = ["url", "path", "sha256", "checksum"];

/** Reads the table; `folder` is that of `waybill.toml`. */
export function readFeedSettings(table: unknown, folder: string, wrong: Wrong): FeedSettings {
  if (table === undefined) return noSettings;
  if (table === null || typeof table !== "object" || Array.isArray(table)) throw wrong("feeds", "is not a table");
  const { cache, ...feeds }: Readonly<Record<string, unknown>> = { ...table };
  if (cache !== undefined && (typeof cache !== "string" || cache === "")) throw wrong("cache", "is not a path");
  const sources = Object.entries(feeds).flatMap(([key, value]): readonly FeedSource[] => {
    const kind = sourceKinds.find((one) => one === key);
    if (kind === undefined) throw wrong(key, "is no feed", `feeds are ${sourceKinds.join(", ")}`);
    const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
    return listed.map((one) => sourceOf(kind, one, folder, wrong));
  });
  return cache === undefined ? { sources } : { sources, cache: relative(process.cwd(), resolve(folder, cache)) || "." };
}

export const noSettings: FeedSettings = { sources: [] };

function sourceOf(kind: SourceKind, value: unknown, folder: string, wrong: Wrong): FeedSource {
  if (typeof value === "string") return located(kind, value, folder, wrong);
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof Date)
    throw wrong(kind, "is not a path, a URL or a table with one");
  const given = new Map(Object.entries(value));
  const texts = new Map<string, string>();
  for (const [key, text] of given) {
    if (!keys.includes(key)) throw wrong(key, "is not a setting of a feed", `settings are ${keys.join(", ")}`);
    if (typeof text !== "string") throw wrong(key, "is not a text");
    texts.set(key, text);
  }
  const [url, path] = [texts.get("url"), texts.get("path")];
  const at = url ?? path;
  if (at === undefined || (url !== undefined && path !== undefined)) throw wrong(kind, "needs a `url` or a `path`, and not both");
  const source = located(kind, at, folder, wrong);
  if (source.isUrl !== (url !== undefined))
    throw wrong(kind, url === undefined ? "has a `path` that is a URL" : "has a `url` that is none");
  const [pin, checksum] = [
    texts
      .get("sha256")
      ?.toLowerCase()
      .replace(/^sha256:/, ""),
    texts.get("checksum"),
  ];
  if (pin !== undefined && !/^[0-9a-f]{64}$/.test(pin)) throw wrong("sha256", "is not 64 hexadecimal digits");
  if (checksum !== undefined && (!source.isUrl || !isWeb(checksum))) throw wrong("checksum", "is not an https or http URL beside a `url`");
  return { ...source, ...(pin === undefined ? {} : { pin: `sha256:${pin}` }), ...(checksum === undefined ? {} : { checksum }) };
}

function located(kind: SourceKind, at: string, folder: string, wrong: Wrong): FeedSource {
  if (at === "") throw wrong(kind, "is empty");
  if (isWeb(at)) return { kind, at, isUrl: true };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(at)) throw wrong(kind, "is neither a path nor an https or http URL");
  return { kind, at: isAbsolute(at) ? at : relative(process.cwd(), resolve(folder, at)) || ".", isUrl: false };
}

function isWeb(text: string): boolean {
  if (!/^https?:\/\//i.test(text)) return false;
  const url = URL.parse(text);
  // What is in a file of a project is no place for a password.
  return url !== null && url.hostname !== "" && url.username === "" && url.password === "";
}
