/** Statements of VEX documents as the algebra reads them: by tier of trust, with what supersedes them. */
import { type DataRecord, type DataValue, Known, type Origin, origin } from "../../../language/core/data.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { idReader } from "../../evaluate/intrinsics/aliases.ts";
import { membersOf, recordOf, textOf } from "../../evaluate/intrinsics/raw.ts";
import { type VexStatus, vexStatuses } from "./document.ts";
import type { ProductReader, VexProduct } from "./product.ts";
import { compareRevisions, revisionText } from "./revision.ts";

/** Documents whose word has the same weight. The first of several tiers is the most trusted. */
export interface VexTier {
  /** The trust declaration that its signers satisfy, or `claimed`. */
  readonly name: string;
  readonly documents: readonly DataRecord[];
  /** False: nobody who is believed signed them. They decide nothing, and are told as rejected. */
  readonly trusted?: boolean;
}

/** The document of a statement. */
export interface VexSource {
  readonly record: DataRecord;
  /** Where it stands; undefined for what tests write. */
  readonly place: Origin | undefined;
  readonly id: string | undefined;
  readonly author: string | undefined;
  /** As written. */
  readonly version: string | undefined;
  readonly time: number | undefined;
  readonly draft: boolean;
  /** The version that supersedes it, and from when on (microseconds; minus infinity: always); undefined: none does. */
  readonly superseded: { readonly by: string; readonly from: number } | undefined;
  /** A version of it of which nobody can tell whether it is the later one; undefined: there is none. */
  readonly unclear: string | undefined;
}

/** A statement. Of very many few speak of any finding: what only those are asked for is read when it is asked. */
export class VexStatement {
  /** Its data, with its place in the document. */
  readonly record: DataRecord;
  readonly source: VexSource;
  /** Canonical ids of the vulnerability, aliases among them. */
  readonly ids: readonly string[];
  readonly status: VexStatus;
  readonly #tier: ReadTier;
  #times: Times | undefined;
  #products: readonly VexProduct[] | undefined;

  constructor(record: DataRecord, source: VexSource, ids: readonly string[], status: VexStatus, tier: ReadTier) {
    this.record = record;
    this.source = source;
    this.ids = ids;
    this.status = status;
    this.#tier = tier;
  }

  get suppresses(): boolean {
    return this.status === "not_affected" || this.status === "fixed";
  }

  get author(): string | undefined {
    return this.source.author;
  }

  get justification(): string | undefined {
    return textOf(this.record["justification"]);
  }

  get ownJustification(): string | undefined {
    return textOf(this.record["own_justification"]);
  }

  get state(): string | undefined {
    return textOf(this.record["state"]);
  }

  /** Microseconds; the document's where the statement has none. Undefined: neither has one that can be read. */
  get time(): number | undefined {
    return this.#read().time;
  }

  /** Microseconds. */
  get expires(): number | undefined {
    return this.#read().expires;
  }

  /** 0 is the most trusted. */
  get tier(): number {
    return this.#tier.position;
  }

  get by(): string {
    return this.#tier.name;
  }

  get trusted(): boolean {
    return this.#tier.trusted;
  }

  get products(): readonly VexProduct[] {
    this.#products ??= productsOf(this.record).map((product) => this.#tier.products.read(product, this.source.place));
    return this.#products;
  }

  #read(): Times {
    this.#times ??= timesOf(this.record, this.source, this.#tier.timeOf);
    return this.#times;
  }
}

interface Times {
  readonly time: number | undefined;
  readonly expires: number | undefined;
}

function timesOf(record: DataRecord, source: VexSource, timeOf: TimeReader): Times {
  // A time that cannot be read is none: the document's may be older, and what warns must not be.
  const time = isAbsent(record["timestamp"]) ? source.time : timeOf(record["timestamp"]);
  // An end that cannot be read is one that may be over: the statement ended as it began.
  return { time, expires: isAbsent(record["expires"]) ? undefined : (timeOf(record["expires"]) ?? time ?? 0) };
}

/** The records of the products of a statement. */
export function productsOf(statement: DataRecord): readonly DataRecord[] {
  const records: DataRecord[] = [];
  for (const item of membersOf(statement["products"], "products").items) {
    const record = recordOf(item);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** What of the documents says nothing: statements without a vulnerability, or without a status that can be read. */
export interface ReadStatements {
  readonly statements: readonly VexStatement[];
  readonly unread: readonly DataRecord[];
}

export function readStatements(tiers: readonly VexTier[], products: ProductReader): ReadStatements {
  const statements: VexStatement[] = [];
  const unread: DataRecord[] = [];
  const readIds = idReader();
  const timeOf = timeReader();
  const sources = tiers.map((tier) => tier.documents.map((document) => sourceOf(document, timeOf)));
  for (const [position, { name, trusted }] of tiers.entries()) {
    const tier: ReadTier = { position, name, trusted: trusted !== false, products, timeOf };
    // A document of a tier that is trusted less never takes back what one that is trusted more says.
    const known = sources.filter((_, other) => other === position || (other < position && tiers[other]?.trusted !== false));
    const laterOf = laterVersions(known.flat());
    for (const plain of sources[position] ?? []) {
      const source = { ...plain, ...laterOf(plain) };
      membersOf(plain.record["statements"], "statements").items.forEach((item) => {
        const record = recordOf(item);
        if (record === undefined) return;
        const ids = readIds(record, "vulnerability");
        const status = statusOf(record["status"]);
        if (ids.length === 0 || status === undefined) unread.push(record);
        else statements.push(new VexStatement(record, source, ids, status, tier));
      });
    }
  }
  return { statements, unread };
}

type TimeReader = (raw: DataValue) => number | undefined;

function sourceOf(record: DataRecord, timeOf: TimeReader): VexSource {
  return {
    record,
    place: record[origin],
    id: textOf(record["id"]),
    author: textOf(record["author"]),
    version: revisionText(record["version"], textOf(record["revision"])),
    time: timeOf(record["timestamp"]),
    draft: isDraft(record["draft"]),
    superseded: undefined,
    unclear: undefined,
  };
}

/** A tier, and what is read once for all its statements. */
interface ReadTier {
  readonly position: number;
  readonly name: string;
  readonly trusted: boolean;
  readonly products: ProductReader;
  readonly timeOf: TimeReader;
}

function isDraft(raw: DataValue): boolean {
  return (raw instanceof Known ? raw.value : raw) === true;
}

function isAbsent(raw: DataValue): boolean {
  return raw === undefined || raw === null;
}

/** In run-time form a status is its place among the variants. */
function statusOf(raw: DataValue): VexStatus | undefined {
  if (raw instanceof Known) return typeof raw.value === "number" ? vexStatuses[raw.value] : undefined;
  return typeof raw === "string" && isStatus(raw) ? raw : undefined;
}

function isStatus(text: string): text is VexStatus {
  return (vexStatuses as readonly string[]).includes(text);
}

/** Reads times, each text once: most statements of a document have its own. */
function timeReader(): TimeReader {
  const seen = new Map<string, number | undefined>();
  return (raw) => {
    if (raw instanceof Known) return typeof raw.value === "number" ? raw.value : undefined;
    const text = textOf(raw);
    if (text === undefined) return undefined;
    if (seen.has(text)) return seen.get(text);
    const parsed = parseTime(text);
    const time = parsed.ok ? parsed.value : undefined;
    seen.set(text, time);
    return time;
  };
}

type Later = Pick<VexSource, "superseded" | "unclear">;

/**
 * Which later version supersedes a document: one of the same id and author whose version is greater. It does so from its
 * own time on. A version that has no order with its own may be later or not.
 */
function laterVersions(sources: readonly VexSource[]): (source: VexSource) => Later {
  const byName = new Map<string, VexSource[]>();
  for (const source of sources) {
    if (source.id === undefined || source.version === undefined) continue;
    const key = nameOf(source);
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [source]);
    else known.push(source);
  }
  const answers = new Map<string, Later>();
  return (source) => {
    if (source.id === undefined || source.version === undefined) return nothingLater;
    const key = `${nameOf(source)}\n${source.version}`;
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = laterThan(source.version, byName.get(nameOf(source)) ?? []);
      answers.set(key, answer);
    }
    return answer;
  };
}

const nothingLater: Later = { superseded: undefined, unclear: undefined };

function laterThan(version: string, versions: readonly VexSource[]): Later {
  let superseded: VexSource["superseded"];
  let unclear: string | undefined;
  let same: VexSource | undefined;
  for (const other of versions) {
    if (other.version === undefined) continue;
    const order = compareRevisions(other.version, version);
    if (order === undefined) {
      // A document is no other version of itself, nor is its copy.
      if (other.version !== version || (same !== undefined && !isSame(same, other))) unclear ??= other.version;
      else same = other;
    }
    if (order === undefined || order <= 0) continue;
    const from = other.time ?? Number.NEGATIVE_INFINITY;
    const isLatest = superseded !== undefined && from === superseded.from && (compareRevisions(other.version, superseded.by) ?? 0) > 0;
    if (superseded === undefined || from < superseded.from || isLatest) superseded = { by: other.version, from };
  }
  return superseded === undefined && unclear === undefined ? nothingLater : { superseded, unclear };
}

function isSame(a: VexSource, b: VexSource): boolean {
  return (
    a.record === b.record ||
    (a.place !== undefined && a.place.document.digest === b.place?.document.digest && a.place.pointer === b.place.pointer)
  );
}

function nameOf({ id, author }: VexSource): string {
  return JSON.stringify([id, author]);
}
