/**
 * A record: everything that a decision rested on, in a folder, each part under its digest. `record.json` says what the
 * parts are; `waybill replay` decides again from them alone.
 *
 *     record.json
 *     blobs/sha256/<hex>
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Attached, ManifestEvidence, Unreached } from "../../../engine/evidence/oci/attached.ts";
import type { Envelope } from "../../../engine/trust/verification.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { enforcementPoints } from "../../../language/semantics/subjects.ts";
import type { TrustFile } from "./believed.ts";
import type { Setting } from "./config.ts";
import { sha256 } from "./digest.ts";
import { exit, Stop } from "./exit.ts";
import type { UnreadFeed } from "./feeds/opened.ts";
import { type SourceKind, sourceKinds } from "./feeds/settings.ts";
import { attachedOf, type Get } from "./record-attached.ts";
import { booleanOf, type Json, listOf, Misshapen, objectOf, oneOf, parsed, textOf } from "./record-shape.ts";

const schema = "waybill/record/1";

/** A text or document of the record, by the name that reports have for it. */
export interface RecordedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A decision's parts, as data. Times are RFC 3339. */
export interface Recorded {
  /** Of the Waybill that decided. */
  readonly version: string;
  readonly point: string;
  readonly time: string;
  readonly offline: boolean;
  readonly inputs: readonly Setting[];
  readonly given: readonly Setting[];
  /** Policies that decide, and the other texts of the project; rows of a table are named `FROM\nPATH`. */
  readonly policies: readonly RecordedFile[];
  readonly imported: readonly RecordedFile[];
  /** What was judged, as the caller named it, with the documents that it named; absent: the evidence says it. */
  readonly subject?: { readonly argument: string; readonly files?: readonly RecordedFile[] };
  /** `named`: by the caller, and not only found in a folder. */
  readonly evidence: readonly (RecordedFile & { readonly named: boolean })[];
  /** Feeds that the project named: those that were read, and those that could not be. */
  readonly feeds: readonly (RecordedFile & { readonly kind: SourceKind; readonly found: boolean })[];
  readonly unread: readonly UnreadFeed[];
  readonly trust: readonly TrustFile[];
  /** What was attached to each image, by its reference. */
  readonly attached: ReadonlyMap<string, Attached | Unreached>;
  /** The report in JSON. */
  readonly report: Uint8Array;
}

interface BlobRef {
  readonly blob: string;
}
type Stored<T> = Omit<T, "bytes"> & BlobRef;
type StoredEnvelope = Omit<Envelope, "bytes" | "simpleSigning"> &
  BlobRef & { readonly simpleSigning?: { readonly payload: string; readonly manifestDigest: string } };

/** Writes a record; the folder is made, and may not hold anything yet. */
export async function writeRecord(folder: string, recorded: Recorded): Promise<void> {
  await mkdir(join(folder, "blobs", "sha256"), { recursive: true });
  const written = new Set<string>();
  const put = async (bytes: Uint8Array): Promise<string> => {
    const digest = sha256(bytes);
    if (!written.has(digest)) await writeFile(blobPath(folder, digest), bytes);
    written.add(digest);
    return digest;
  };
  const store = async <T extends { readonly bytes: Uint8Array }>({ bytes, ...rest }: T): Promise<Stored<T>> => ({
    ...rest,
    blob: await put(bytes),
  });
  const all = <T, S>(items: readonly T[], each: (item: T) => Promise<S>): Promise<S[]> => Promise.all(items.map(each));
  const envelope = async ({ bytes, simpleSigning, ...rest }: Envelope): Promise<StoredEnvelope> => ({
    ...rest,
    blob: await put(bytes),
    ...(simpleSigning === undefined
      ? {}
      : { simpleSigning: { payload: await put(simpleSigning.payload), manifestDigest: simpleSigning.manifestDigest } }),
  });
  const manifest = async <T extends ManifestEvidence>(one: T) => ({ ...one, envelopes: await all(one.envelopes, envelope) });
  const attached: object[] = [];
  for (const [reference, one] of recorded.attached) {
    const body = one.kind === "unreached" ? one : { ...(await manifest(one)), children: await all(one.children, manifest) };
    attached.push({ reference, blob: await put(Buffer.from(JSON.stringify(body))) });
  }
  const { subject } = recorded;
  const files = subject?.files === undefined ? {} : { files: await all(subject.files, store) };
  const document = {
    schema,
    version: recorded.version,
    point: recorded.point,
    time: recorded.time,
    offline: recorded.offline,
    inputs: recorded.inputs,
    given: recorded.given,
    policies: await all(recorded.policies, store),
    imported: await all(recorded.imported, store),
    ...(subject === undefined ? {} : { subject: { argument: subject.argument, ...files } }),
    evidence: await all(recorded.evidence, store),
    ...(recorded.feeds.length === 0 ? {} : { feeds: await all(recorded.feeds, store) }),
    ...(recorded.unread.length === 0 ? {} : { unread: recorded.unread }),
    trust: await all(recorded.trust, store),
    attached,
    report: await put(recorded.report),
  };
  await writeFile(join(folder, "record.json"), `${JSON.stringify(document, undefined, 2)}\n`);
}

/** Refuses a folder that holds something: a record is never mixed with another. */
export async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((problem: unknown) => {
    if (problem instanceof Error && "code" in problem && problem.code === "ENOENT") return [];
    throw new Stop(exit.usage, [diagnostic("WB1002", { path: folder, reason: "it is no folder that can be written to" }, undefined)]);
  });
  if (names.length > 0)
    throw new Stop(exit.usage, [diagnostic("WB1033", { path: folder }, undefined, { help: "name a folder that does not exist yet" })]);
}

function blobPath(folder: string, digest: string): string {
  return join(folder, "blobs", "sha256", digest.slice("sha256:".length));
}

/** Nothing can rest on the record in this folder: no verdict (exit 3). */
export function damagedRecord(folder: string, problem: string): Stop {
  return new Stop(exit.noVerdict, [diagnostic("WB1032", { path: folder, problem }, undefined)]);
}

/**
 * Reads a record; whatever is not what its digest says is refused, and so is a part that is not what Waybill writes: digests
 * hold for whoever wrote the whole record, who may be anybody.
 */
export async function readRecord(folder: string): Promise<Recorded> {
  const damaged = (problem: string): Stop => damagedRecord(folder, problem);
  const get = async (digest: unknown): Promise<Buffer> => {
    if (typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/.test(digest)) throw damaged("a part of it has no digest");
    const bytes = await readFile(blobPath(folder, digest)).catch(() => undefined);
    if (bytes === undefined) throw damaged(`\`${digest}\` is missing`);
    if (sha256(bytes) !== digest) throw damaged(`\`${digest}\` is not what it was`);
    return bytes;
  };
  const text = await readFile(join(folder, "record.json"), "utf8").catch(() => undefined);
  if (text === undefined) throw damaged("there is no `record.json` in it");
  try {
    const root = parsed(text, "`record.json`");
    if (root["schema"] !== schema) throw new Misshapen(`its \`schema\` is not \`${schema}\``);
    return await recordedOf(root, get);
  } catch (problem) {
    if (problem instanceof Misshapen) throw damaged(problem.message);
    throw problem;
  }
}

async function recordedOf(root: Json, get: Get): Promise<Recorded> {
  const file = async (one: Json): Promise<RecordedFile> => ({ name: textOf(one["name"], "name"), bytes: await get(one["blob"]) });
  const filesOf = (value: unknown, what: string) => Promise.all(listOf(value, what).map(file));
  const subject = root["subject"] === undefined ? undefined : objectOf(root["subject"], "`subject`");
  const attached = new Map<string, Attached | Unreached>();
  for (const one of listOf(root["attached"], "attached")) {
    const reference = textOf(one["reference"], "reference");
    if (attached.has(reference)) throw new Misshapen(`\`${reference}\` is in it twice`);
    const stored = parsed((await get(one["blob"])).toString("utf8"), `what is attached to \`${reference}\``);
    attached.set(reference, await attachedOf(stored, reference, get));
  }
  return {
    version: textOf(root["version"], "version"),
    point: pointOf(root["point"]),
    time: timeOf(root["time"]),
    offline: booleanOf(root["offline"], "offline"),
    inputs: settingsOf(root["inputs"], "inputs"),
    given: settingsOf(root["given"], "given"),
    policies: await filesOf(root["policies"], "policies"),
    imported: await filesOf(root["imported"], "imported"),
    ...(subject === undefined
      ? {}
      : {
          subject: {
            argument: textOf(subject["argument"], "argument"),
            ...(subject["files"] === undefined ? {} : { files: await filesOf(subject["files"], "files") }),
          },
        }),
    evidence: await Promise.all(
      listOf(root["evidence"], "evidence").map(async (one) => ({ ...(await file(one)), named: booleanOf(one["named"], "named") })),
    ),
    feeds: await Promise.all(
      listOf(root["feeds"] ?? [], "feeds").map(async (one) => ({
        ...(await file(one)),
        kind: feedKindOf(one),
        found: booleanOf(one["found"], "found"),
      })),
    ),
    unread: listOf(root["unread"] ?? [], "unread").map((one) => ({
      kind: feedKindOf(one),
      at: textOf(one["at"], "at"),
      reason: textOf(one["reason"], "reason"),
    })),
    trust: await Promise.all(listOf(root["trust"], "trust").map((one) => trustFileOf(one, get))),
    attached,
    report: await get(root["report"]),
  };
}

function settingsOf(value: unknown, what: string): readonly Setting[] {
  return listOf(value, what).map((one) => ({
    key: textOf(one["key"], "key"),
    value: textOf(one["value"], "value"),
    source: textOf(one["source"], "source"),
  }));
}

function feedKindOf(one: Json): SourceKind {
  const kind = sourceKinds.find((name) => name === one["kind"]);
  if (kind === undefined) throw new Misshapen("`kind` is no kind of feed");
  return kind;
}

function pointOf(value: unknown): string {
  const point = textOf(value, "point");
  if (!enforcementPoints.includes(point)) throw new Misshapen("`point` is no enforcement point");
  return point;
}

function timeOf(value: unknown): string {
  const time = textOf(value, "time");
  if (!parseTime(time).ok) throw new Misshapen("`time` is no time");
  return time;
}

const trustKinds: Readonly<Record<TrustFile["kind"], true>> = { root: true, key: true, "declared-key": true };

async function trustFileOf(one: Json, get: Get): Promise<TrustFile> {
  return { kind: oneOf(trustKinds, one["kind"], "kind"), name: textOf(one["name"], "name"), bytes: await get(one["blob"]) };
}
