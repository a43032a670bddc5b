/**
 * The feeds that `waybill.toml` names, as documents. Files are read as evidence is; of a URL only what `waybill feeds update`
 * fetched is read: no decision reads the network. What is named and cannot be read is a look-up that failed.
 */
import { readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join, relative, sep } from "node:path";
import type { Evidence } from "../../../../engine/evidence/evidence.ts";
import { whole } from "../../../../engine/evidence/text.ts";
import { diagnostic } from "../../../../language/diagnostics/table.ts";
import { type Document, type EvidenceFiles, passedOver } from "../evidence.ts";
import { filesBelow } from "../files.ts";
import type { FeedCache } from "./cache.ts";
import type { FeedDocument, OpenedFeeds, UnreadFeed } from "./opened.ts";
import { locationsIn } from "./repository.ts";
import type { FeedSource, SourceKind } from "./settings.ts";

/** Reads them. Of a folder of CVE records, which may hold all there are, only those of `wanted` ids are read. */
export async function openFeeds(
  sources: readonly FeedSource[],
  files: EvidenceFiles,
  cache: FeedCache,
  wanted: ReadonlySet<string>,
): Promise<OpenedFeeds> {
  const documents: FeedDocument[] = [];
  const unread: UnreadFeed[] = [];
  for (const source of sources) {
    const opened = source.isUrl ? await openUrl(source, files, cache) : await openPath(source, files, wanted);
    documents.push(...opened.documents);
    unread.push(...opened.unread);
  }
  return { documents, unread };
}

async function openUrl({ kind, at, pin }: FeedSource, files: EvidenceFiles, cache: FeedCache): Promise<OpenedFeeds> {
  const held = cache.read(at);
  if (held.kind === "absent") return { documents: [], unread: [{ kind, at, reason: "was not fetched: run `waybill feeds update`" }] };
  const unread = (reason: string): OpenedFeeds => ({ documents: [], unread: [{ kind, at, reason }] });
  if (held.kind === "changed") return unread(`is not what was fetched, \`${held.path}\` was changed: run \`waybill feeds update\``);
  if (pin !== undefined && pin !== held.entry.digest) return unread(otherThanPinned(held.entry.digest, pin));
  return { documents: [{ kind, document: ofKind(kind, await files.put(at, held.bytes)) }], unread: [] };
}

function otherThanPinned(digest: string, pin: string): string {
  return `has the digest ${digest}, and \`waybill.toml\` names ${pin}`;
}

async function openPath({ kind, at, pin }: FeedSource, files: EvidenceFiles, wanted: ReadonlySet<string>): Promise<OpenedFeeds> {
  const place = statSync(at, { throwIfNoEntry: false });
  if (place === undefined) return { documents: [], unread: [{ kind, at, reason: "is not there" }] };
  if (!place.isDirectory()) {
    const document = ofKind(kind, await files.read(at));
    if (pin === undefined || pin === document.digest) return { documents: [{ kind, document }], unread: [] };
    return { documents: [], unread: [{ kind, at, reason: otherThanPinned(document.digest, pin) }] };
  }
  const documents: FeedDocument[] = [];
  const unread = (reason: string): OpenedFeeds => ({ documents, unread: [{ kind, at, reason }] });
  if (pin !== undefined) return unread("is a folder, and `sha256` is of a file");
  const listed = kind === "vex" ? listedIn(at) : undefined;
  if (listed !== undefined && "problem" in listed) return unread(listed.problem);
  const found = listed ?? (await filesBelow(at, isDocument));
  // A disk that is not mounted is an empty folder too.
  if (listed === undefined && found.length === 0) return unread("holds no document");
  for (const name of found.filter((one) => listed !== undefined || isPart(kind, one, wanted))) {
    if (statSync(name, { throwIfNoEntry: false }) === undefined) return unread(`lists \`${relative(at, name)}\`, which is not there`);
    const document = await files.read(name);
    // What an index lists, or what has the name of a record, is one.
    documents.push(
      listed === undefined && kind !== "cve"
        ? { kind, document: foundOf(kind, document), found: true }
        : { kind, document: ofKind(kind, document) },
    );
  }
  const isNone = documents.every(({ document }) => document.evidence.length === 0 && !document.refused);
  return listed === undefined && kind !== "cve" && isNone ? unread("holds no document of this feed") : { documents, unread: [] };
}

function isDocument(name: string): boolean {
  return /\.(json|csv|t?gz|zip)$/i.test(name);
}

function isPart(kind: SourceKind, name: string, wanted: ReadonlySet<string>): boolean {
  const id = basename(name).replace(/\.json(?:\.gz)?$/i, "");
  return kind !== "cve" || wanted.has(id.toUpperCase());
}

/**
 * The documents that the index of a VEX repository lists (https://github.com/aquasecurity/vex-repo-spec, `index.json`);
 * undefined: there is no index, and every document in the folder counts.
 */
function listedIn(folder: string): readonly string[] | { readonly problem: string } | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, "index.json"), "utf8");
  } catch {
    return undefined;
  }
  const listed = locationsIn(text);
  if (listed === undefined) return { problem: "has an `index.json` that is not the index of a VEX repository" };
  const outside = listed.find((location) => !isBelow(location));
  if (outside !== undefined) return { problem: `lists \`${outside}\`, which is outside of it` };
  return [...new Set(listed)].map((location) => join(folder, location));
}

function isBelow(location: string): boolean {
  const way = relative(".", location);
  return location !== "" && !isAbsolute(location) && way !== ".." && !way.startsWith(`..${sep}`);
}

/** A document of a folder, which may hold others beside those of the feed. */
export function foundOf(kind: SourceKind, document: Document): Document {
  const passed = passedOver(document);
  return !passed.refused && passed.evidence.length === 0 ? passed : ofKind(kind, passed);
}

/** A document that is not what it is given as is refused: its facts would be missed without a word. */
export function ofKind(kind: SourceKind, document: Document): Document {
  if (document.refused) return document;
  const found = document.evidence.map(kindOf);
  if (found.length > 0 && found.every((one) => one === kind)) return document;
  const other = found.find((one) => one !== kind) ?? "nothing that is read";
  const problem = diagnostic("WB1280", { feed: kind, at: document.path, found: nameOf(other) }, whole(document.path), {
    help: `\`[feeds]\` of waybill.toml says what it is`,
  });
  return { ...document, evidence: [], diagnostics: [...document.diagnostics, problem], refused: true };
}

function kindOf({ feed, type }: Evidence): string {
  return feed?.kind ?? (type === "waybill.vex.Document" ? "vex" : type);
}

function nameOf(kind: string): string {
  return kind.includes(".") || kind.includes(" ") ? kind : `feed \`${kind}\``;
}
