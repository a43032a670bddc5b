/** Evidence that the caller named: files to typed evidence, with their digests and what they are about. */

import { readFileSync } from "node:fs";
import type { EvidenceRead } from "../../../engine/decide/report.ts";
import type { FailedLookup, Subject } from "../../../engine/evaluate/evaluate.ts";
import { type AdmitOptions, admit } from "../../../engine/evidence/door.ts";
import type { Evidence } from "../../../engine/evidence/evidence.ts";
import type { Envelope } from "../../../engine/trust/verification.ts";
import type { FieldsRead } from "../../../language/core/reads.ts";
import { type Diagnostic, hasErrors, type Result } from "../../../language/diagnostics/diagnostic.ts";
import { type Sources, sourcesOf } from "../../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import { digestOf, sha256 } from "./digest.ts";
import { exit, Stop } from "./exit.ts";
import { expand, readBytes, sizeOf } from "./files.ts";
import { isTar, type Packing, packingOf } from "./packing.ts";
import type { Terminal } from "./terminal.ts";

/** A file, its digest and what it was read as. */
export interface Document {
  readonly path: string;
  readonly digest: string;
  readonly evidence: readonly Evidence[];
  readonly diagnostics: readonly Diagnostic[];
  /** It was refused as a whole. */
  readonly refused: boolean;
  /** It is a Sigstore bundle: its bytes, for whoever verifies it. What it says is a claim until then. */
  readonly envelope?: Envelope;
}

/** So many bytes of documents are held on to for what may be asked of them once they are read. */
const heldAtMost = 128_000_000;

/** Where a document came from. */
interface Origin {
  readonly path: string;
  readonly digest: string;
  /** Its bytes and, of JSON, the text, where they are held on to. */
  readonly kept?: Buffer;
  text?: string;
}

export interface ReadOptions {
  /** Fields that will be asked for; absent: any may be. */
  readonly reads?: FieldsRead;
  /** Names of fields that will not be asked for. */
  readonly unread?: ReadonlySet<string>;
  /** Nothing is held on to: few excerpts will be asked for, if any. */
  readonly unheld?: boolean;
}

/** The documents of a call, each read once. */
export class EvidenceFiles {
  private readonly options: ReadOptions;
  private held = 0;
  private readonly documents = new Map<string, Promise<Document>>();
  private readonly origins = new Map<string, Origin>();

  constructor(options: ReadOptions = {}) {
    this.options = options;
  }

  /** Reads a file, called `shown` in what is said of it; throws `Stop` (exit 2) where it is missing. */
  read(path: string, shown = path): Promise<Document> {
    const known = this.documents.get(path);
    if (known) return known;
    const reading = this.load(path, shown);
    this.documents.set(path, reading);
    return reading;
  }

  /** Whether a document of so many bytes is held on to: reading it again and hashing it costs, and so does memory. */
  private hold(size: number): boolean {
    if (this.options.unheld === true || this.held + size > heldAtMost) return false;
    this.held += size;
    return true;
  }

  private async load(path: string, shown: string): Promise<Document> {
    const bytes = await readBytes(path, shown);
    const name = path === "-" ? "stdin" : shown;
    const digest = sha256(bytes);
    const origin: Origin = { path, digest, ...(path === "-" || this.hold(bytes.length) ? { kept: bytes } : {}) };
    this.origins.set(name, origin);
    // Decoding a large document again costs less than the garbage collection that so much memory at once sets off.
    return documentOf(bytes, name, digest, {
      keep: (text) => {
        if (origin.kept !== undefined) origin.text = text;
      },
      ...(this.options.reads === undefined ? {} : { reads: this.options.reads }),
      ...(this.options.unread === undefined ? {} : { unread: this.options.unread }),
    });
  }

  /** A document whose bytes are at hand, as in a record. */
  put(name: string, bytes: Buffer): Promise<Document> {
    const digest = sha256(bytes);
    this.origins.set(name, { path: name, digest, kept: bytes });
    const document = documentOf(bytes, name, digest);
    this.documents.set(name, document);
    return document;
  }

  /** The bytes of a document that was read, by the name it has in reports; throws `Stop` where the file has changed since. */
  bytes(name: string): Buffer {
    const known = this.origins.get(name);
    const bytes = known === undefined ? undefined : (known.kept ?? readFileSync(known.path));
    if (bytes === undefined || sha256(bytes) !== known?.digest)
      throw new Stop(exit.noVerdict, [diagnostic("WB1002", { path: name, reason: "it changed while it was judged" }, undefined)]);
    return bytes;
  }

  /** Every digest that a statement may know the documents by, by their own. */
  digests(documents: readonly Document[]): ReadonlyMap<string, readonly { readonly algorithm: string; readonly hex: string }[]> {
    const { hash } = process.getBuiltinModule("node:crypto");
    return new Map(
      documents.map(({ path, digest }) => {
        const bytes = this.bytes(path);
        return [digest, ["sha256", "sha384", "sha512"].map((algorithm) => ({ algorithm, hex: hash(algorithm, bytes, "hex") }))];
      }),
    );
  }

  /**
   * Texts for excerpts, made when a report wants one. Documents that are too large to be held on to are read again; a file
   * that has changed meanwhile is not quoted.
   */
  get sources(): Sources {
    return sourcesOf((name) => {
      const known = this.origins.get(name);
      if (!known) return undefined;
      if (known.text !== undefined) return known.text;
      try {
        const bytes = known.kept ?? readFileSync(known.path);
        return bytes === known.kept || sha256(bytes) === known.digest ? textOf(name, bytes) : undefined;
      } catch {
        return undefined;
      }
    });
  }
}

/** What a document says, as people read it; undefined: an archive of several. */
function textOf(name: string, bytes: Buffer): string | undefined {
  const packing = packingOf(name, bytes);
  if (packing === "zip") return undefined;
  // It was unpacked within bounds when it was read.
  const content = packing === "gzip" ? process.getBuiltinModule("node:zlib").gunzipSync(bytes) : bytes;
  if (packing === "gzip" && isTar(content)) return undefined;
  return new TextDecoder("utf-8").decode(content);
}

/** Reads one document; `digest` is that of its bytes as they came, packed or not. */
export async function documentOf(bytes: Buffer, name: string, digest: string, options: AdmitOptions = {}): Promise<Document> {
  const packing = packingOf(name, bytes);
  if (packing !== undefined) return packedDocument(bytes, name, digest, packing, options);
  const envelope: Envelope | undefined = isBundle(bytes) ? { name, digest, bytes, form: "file" } : undefined;
  const { value, diagnostics } = await admit(bytes, name, digest, options);
  // A bundle need not hold a document that is read: a signature of a file has none.
  const kept = envelope === undefined ? diagnostics : diagnostics.filter((one) => !["WB0911", "WB0915"].includes(one.code));
  const document = { path: name, digest, evidence: value, diagnostics: kept, refused: hasErrors(kept) };
  return envelope === undefined ? document : { ...document, envelope };
}

/** A file that comes packed: one document in a `.gz`, in a `.zip` or `.tar.gz` an OSV dump or the documents of a VEX repository. */
async function packedDocument(bytes: Buffer, name: string, digest: string, packing: Packing, options: AdmitOptions): Promise<Document> {
  const { gunzip, readTar, readZip } = await import("./archives.ts");
  const made = ({ value, diagnostics }: Result<readonly Evidence[]>): Document => ({
    path: name,
    digest,
    evidence: value,
    diagnostics,
    refused: hasErrors(diagnostics),
  });
  if (packing === "zip") return made(await readZip(bytes, name, digest));
  const content = gunzip(bytes, name);
  if (content instanceof Uint8Array && isTar(content)) return made(await readTar(content, name, digest));
  return made(content instanceof Uint8Array ? await admit(content, name, digest, options) : { value: [], diagnostics: [content] });
}

/** The media type that every Sigstore bundle names, in one of its forms (`…bundle+json;version=0.1`, `…bundle.v0.3+json`). */
const bundleType = "application/vnd.dev.sigstore.bundle";
const largestBundle = 16_000_000;

function isBundle(bytes: Buffer): boolean {
  if (bytes.length > largestBundle || !bytes.includes(bundleType)) return false;
  try {
    const json: unknown = JSON.parse(bytes.toString("utf8"));
    return json !== null && typeof json === "object" && "mediaType" in json && String(json.mediaType).startsWith(bundleType);
  } catch {
    return false;
  }
}

/** Files that a folder of evidence holds; a file that was named is read whatever its name. */
function isEvidence(name: string): boolean {
  if (/^epss.*\.csv(\.gz)?$/i.test(name)) return true;
  return /\.(json|jsonl|ya?ml|sarif|sigstore)$/i.test(name) && !/^package(-lock)?\.json$/.test(name);
}

/**
 * A folder may hold other files than evidence: one whose format is not known is passed over with a warning. One that was
 * named, or that is broken, is refused.
 */
export function passedOver(document: Document): Document {
  const errors = document.diagnostics.filter((one) => one.level === "error");
  if (errors.length === 0 || errors.some((one) => one.code !== "WB0911")) return document;
  return { ...document, refused: false, diagnostics: document.diagnostics.map((one) => ({ ...one, level: "warning" as const })) };
}

/**
 * Reads every file under the paths; the documents are in the order of the paths. The largest files are read last: a garbage
 * collection that one of them sets off goes through all that was read, and none that comes after has to go through it.
 */
export async function readEvidence(files: EvidenceFiles, paths: readonly string[], terminal: Terminal): Promise<readonly Document[]> {
  const all = await expand(paths, isEvidence);
  const sizes = new Map(all.map((path) => [path, sizeOf(path)]));
  const order = all.toSorted((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0));
  for (const [i, path] of order.entries()) {
    if (terminal.progress && all.length > 1) await terminal.err(`\r\u001b[Kreading ${i + 1} of ${all.length}`);
    await files.read(path);
  }
  if (terminal.progress && all.length > 1) await terminal.err("\r\u001b[K");
  const documents = await Promise.all(all.map((path) => files.read(path)));
  return documents.map((document, i) => (paths.includes(all[i] ?? "") ? document : passedOver(document)));
}

/** One digest over the documents, the look-ups that failed and whatever else a decision rests on; the same for the same set in any order. */
export function evidenceDigest(
  documents: readonly { readonly digest: string }[],
  failed: readonly FailedLookup[],
  more: readonly (readonly string[])[],
): string {
  return digestOf([
    ...documents.map((document) => ["document", document.digest]),
    ...failed.map((lookup) => ["failed", lookup.name, lookup.cause, lookup.detail]),
    ...more,
  ]);
}

export function evidenceRead(documents: readonly Document[]): readonly EvidenceRead[] {
  return documents.flatMap((document) => {
    const byName = Map.groupBy(document.evidence, (piece) => piece.document.name);
    return [...byName.values()].flatMap((pieces) => {
      const first = pieces[0];
      if (!first) return [];
      const counts = Object.assign({}, ...pieces.map((piece) => piece.counts)) as Readonly<Record<string, number>>;
      return [{ document: first.document, types: [...new Set(pieces.map((piece) => piece.type))], counts }];
    });
  });
}

export interface Bound {
  readonly subject: Subject;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a document says it describes, by name: the root of an SBOM, the target of a scan. */
function namesOf(evidence: Evidence): readonly string[] {
  const root = evidence.data["root"];
  const described = root !== null && typeof root === "object" && "name" in root ? [root["name"], root["purl"]] : [];
  return [...described, evidence.data["target"]].filter((name) => typeof name === "string");
}

/** The document names the subject as the caller does; for images by repository and tag. */
function isNamed(subject: Subject, name: string): boolean {
  if (name === subject.name || name === subject.data["purl"]) return true;
  if (subject.kind !== "image") return name === subject.data["name"];
  const [wanted, found] = [parseImageRef(subject.name), parseImageRef(name)];
  return wanted.ok && found.ok && wanted.value.repository === found.value.repository && wanted.value.tag === found.value.tag;
}

/**
 * What is judged, where the caller named no digest and evidence of the same name agrees on one: a reference by tag and
 * the scan of it. The digest binds evidence only; it does not become a fact of the subject, because nobody here saw it.
 */
export function bind(subject: Subject, evidence: readonly Evidence[]): Bound {
  const naming = evidence.filter((piece) => piece.about.length > 0);
  if (naming.length === 0 || !["image", "artifact"].includes(subject.kind)) return { subject, diagnostics: [] };
  if (subject.digest !== undefined || subject.configDigest !== undefined) return { subject, diagnostics: strangers(naming, subject) };
  const shared = naming
    .map((piece) => piece.about)
    .reduce((common, about) =>
      common.filter((binding) => about.some((other) => other.kind === binding.kind && other.digest === binding.digest)),
    );
  const binding = shared.find((one) => one.kind !== "config") ?? shared[0];
  if (!binding || !naming.some((piece) => namesOf(piece).some((name) => isNamed(subject, name))))
    return { subject, diagnostics: strangers(naming, subject) };
  const bound = binding.kind === "config" ? { ...subject, configDigest: binding.digest } : { ...subject, digest: binding.digest };
  return { subject: bound, diagnostics: [diagnostic("WB1027", { subject: subject.name, digest: binding.digest }, undefined)] };
}

/** Warns of evidence that names digests, none of them the subject's: it is noise (semantics, section 8). */
function strangers(naming: readonly Evidence[], subject: Subject): readonly Diagnostic[] {
  const own = [subject.digest, subject.configDigest].filter((digest) => digest !== undefined);
  const foreign = naming.filter((piece) => !piece.about.some((binding) => own.includes(binding.digest)));
  return [...Map.groupBy(foreign, (piece) => piece.document.name)].map(([name, pieces]) => {
    const digests = [...new Set(pieces.flatMap((piece) => piece.about.map((binding) => binding.digest)))].slice(0, 3);
    return diagnostic("WB1021", { name, subject: subject.name }, undefined, {
      notes: [
        `it is about ${digests.join(", ")}`,
        own.length > 0 ? `the subject is ${own.join(", ")}` : "the subject was named without a digest",
      ],
      help: "name what is judged by its digest, or give the evidence that is about it",
    });
  });
}
