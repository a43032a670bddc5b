/** Evidence that the caller named: files to typed evidence, with their digests and what they are about. */

import type { EvidenceRead } from "../../../engine/decide/report.ts";
import type { FailedLookup, Subject } from "../../../engine/evaluate/evaluate.ts";
import { admit } from "../../../engine/evidence/door.ts";
import type { Evidence } from "../../../engine/evidence/evidence.ts";
import { type Diagnostic, hasErrors } from "../../../language/diagnostics/diagnostic.ts";
import { type Sources, sourcesOf } from "../../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { digestOf, sha256 } from "./digest.ts";
import { expand, readBytes } from "./files.ts";
import type { Terminal } from "./terminal.ts";

/** A file, its digest and what it was read as. */
export interface Document {
  readonly path: string;
  readonly digest: string;
  readonly evidence: readonly Evidence[];
  readonly diagnostics: readonly Diagnostic[];
  /** It was refused as a whole. */
  readonly refused: boolean;
}

/** The documents of a call, each read once. */
export class EvidenceFiles {
  private readonly documents = new Map<string, Promise<Document>>();
  private readonly texts = new Map<string, Buffer>();

  /** Reads a file, called `shown` in what is said of it; throws `Stop` (exit 2) where it is missing. */
  read(path: string, shown = path): Promise<Document> {
    const known = this.documents.get(path);
    if (known) return known;
    const reading = this.load(path, shown);
    this.documents.set(path, reading);
    return reading;
  }

  private async load(path: string, shown: string): Promise<Document> {
    const bytes = await readBytes(path);
    const name = path === "-" ? "stdin" : shown;
    this.texts.set(name, bytes);
    const digest = sha256(bytes);
    const { value, diagnostics } = await admit(bytes, name, digest);
    return { path: name, digest, evidence: value, diagnostics, refused: hasErrors(diagnostics) };
  }

  /** Texts for excerpts; decoded only when a report wants one. */
  get sources(): Sources {
    return sourcesOf((path) => {
      const bytes = this.texts.get(path);
      return bytes === undefined ? undefined : new TextDecoder("utf-8").decode(bytes);
    });
  }
}

/** Files that a folder of evidence holds; a file that was named is read whatever its name. */
function isEvidence(name: string): boolean {
  return /\.(json|jsonl|ya?ml|sarif)$/i.test(name) && !/^package(-lock)?\.json$/.test(name);
}

/** Reads every file under the paths, in order. */
export async function readEvidence(files: EvidenceFiles, paths: readonly string[], terminal: Terminal): Promise<readonly Document[]> {
  const documents: Document[] = [];
  const all = await expand(paths, isEvidence);
  for (const [i, path] of all.entries()) {
    if (terminal.progress && all.length > 1) await terminal.err(`\r\u001b[Kreading ${i + 1} of ${all.length}`);
    documents.push(await files.read(path));
  }
  if (terminal.progress && all.length > 1) await terminal.err("\r\u001b[K");
  return documents;
}

/** One digest over the documents and the look-ups that failed; the same for the same set in any order. */
export function evidenceDigest(documents: readonly { readonly digest: string }[], failed: readonly FailedLookup[]): string {
  return digestOf([
    ...documents.map((document) => ["document", document.digest]),
    ...failed.map((lookup) => ["failed", lookup.name, lookup.cause, lookup.detail]),
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

/** Warns of evidence that names digests, none of them the subject's: it is noise (semantics, section 8). */
export function strangers(evidence: readonly Evidence[], subject: Subject): readonly Diagnostic[] {
  const own = [subject.digest, subject.configDigest].filter((digest) => digest !== undefined);
  if (own.length === 0) return [];
  const foreign = evidence.filter((piece) => piece.about.length > 0 && !piece.about.some((binding) => own.includes(binding.digest)));
  const names = [...new Set(foreign.map((piece) => piece.document.name))];
  return names.map((name) => {
    const about = foreign.find((piece) => piece.document.name === name)?.about ?? [];
    return diagnostic("WB1021", { name, subject: subject.name }, undefined, {
      notes: [
        `it names ${about
          .map((binding) => binding.digest)
          .slice(0, 3)
          .join(", ")}`,
        `the subject is ${own.join(", ")}`,
      ],
    });
  });
}
