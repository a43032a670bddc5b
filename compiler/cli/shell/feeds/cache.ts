/**
 * The cache of feeds: content under its SHA-256, and for each URL which content it had when it was last fetched.
 *
 *     blobs/sha256/<hex>
 *     urls/<sha256 of the URL>.json
 *     partial/<sha256 of the URL>        what was fetched of it so far, with `.json` beside it
 *
 * Everything is written beside its place and moved there, so that whoever reads sees the old or the new and never a half.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../digest.ts";

/** What a URL had. */
export interface Entry {
  readonly url: string;
  /** `sha256:<hex>` of the content. */
  readonly digest: string;
  readonly size: number;
  /** RFC 3339: when it was fetched, and when it was last asked for anew. */
  readonly fetched: string;
  readonly checked: string;
  readonly etag?: string;
  readonly modified?: string;
  /** In the words of the feed: its model or version, and the day it is of. */
  readonly says?: string;
}

/** A fetch that was cut off. */
export interface Partial {
  readonly url: string;
  readonly size: number;
  /** Only the same content may be continued: by one of these the server tells. */
  readonly etag?: string;
  readonly modified?: string;
}

export type Read =
  | { readonly kind: "content"; readonly bytes: Buffer; readonly entry: Entry }
  | { readonly kind: "absent" }
  /** The content is not what its name says: somebody wrote to the cache. */
  | { readonly kind: "changed"; readonly path: string };

/** The user's folder for data that can be fetched again. */
export function usualFolder(): string {
  const folder = process.env["XDG_CACHE_HOME"];
  return join(folder !== undefined && folder !== "" ? folder : join(homedir(), ".cache"), "waybill", "feeds");
}

export class FeedCache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  #named(url: string, below: string): string {
    return join(this.folder, below, sha256(url).slice("sha256:".length));
  }

  #blob(digest: string): string {
    return join(this.folder, "blobs", "sha256", digest.slice("sha256:".length));
  }

  entry(url: string): Entry | undefined {
    const read = readJson(`${this.#named(url, "urls")}.json`);
    return isEntry(read) && read.url === url ? read : undefined;
  }

  /** Every entry, by URL. */
  entries(): readonly Entry[] {
    const names = namesIn(join(this.folder, "urls"));
    const read = names.filter((name) => name.endsWith(".json")).map((name) => readJson(join(this.folder, "urls", name)));
    return read.filter(isEntry).sort((a, b) => (a.url < b.url ? -1 : 1));
  }

  /** The content that a URL had when it was last fetched, if it still is what it was. */
  read(url: string): Read {
    const entry = this.entry(url);
    if (entry === undefined) return { kind: "absent" };
    const path = this.#blob(entry.digest);
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      return { kind: "absent" };
    }
    return sha256(bytes) === entry.digest ? { kind: "content", bytes, entry } : { kind: "changed", path };
  }

  /** Takes the content in and makes it the URL's; what it replaces goes once nothing names it any more. */
  put(entry: Entry, bytes: Uint8Array): void {
    const before = this.entry(entry.url);
    this.#write(this.#blob(entry.digest), bytes);
    this.note(entry);
    if (before !== undefined && before.digest !== entry.digest && !this.entries().some(({ digest }) => digest === before.digest))
      rmSync(this.#blob(before.digest), { force: true });
  }

  note(entry: Entry): void {
    this.#write(`${this.#named(entry.url, "urls")}.json`, `${JSON.stringify(entry, undefined, 2)}\n`);
  }

  #write(path: string, content: Uint8Array | string): void {
    mkdirSync(join(path, ".."), { recursive: true });
    const beside = `${path}.${process.pid}.new`;
    writeFileSync(beside, content, { flush: true });
    renameSync(beside, path);
  }

  /** Where a fetch that is under way is kept. */
  partialPath(url: string): string {
    mkdirSync(join(this.folder, "partial"), { recursive: true });
    return this.#named(url, "partial");
  }

  partial(url: string): Partial | undefined {
    const path = this.partialPath(url);
    const read = readJson(`${path}.json`);
    if (!isPartial(read) || read.url !== url) return undefined;
    try {
      return { ...read, size: statSync(path).size };
    } catch {
      return undefined;
    }
  }

  notePartial(partial: Omit<Partial, "size">): void {
    this.#write(`${this.partialPath(partial.url)}.json`, JSON.stringify({ ...partial, size: 0 }));
  }

  dropPartial(url: string): void {
    const path = this.partialPath(url);
    rmSync(path, { force: true });
    rmSync(`${path}.json`, { force: true });
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  if (value === null || typeof value !== "object") return false;
  const entry = value as Readonly<Record<string, unknown>>;
  return (
    ["url", "digest", "fetched", "checked"].every((key) => typeof entry[key] === "string") &&
    /^sha256:[0-9a-f]{64}$/.test(String(entry["digest"])) &&
    typeof entry["size"] === "number" &&
    ["etag", "modified", "says"].every((key) => entry[key] === undefined || typeof entry[key] === "string")
  );
}

function isPartial(value: unknown): value is Partial {
  if (value === null || typeof value !== "object") return false;
  const partial = value as Readonly<Record<string, unknown>>;
  return (
    typeof partial["url"] === "string" &&
    ["etag", "modified"].every((key) => partial[key] === undefined || typeof partial[key] === "string")
  );
}
