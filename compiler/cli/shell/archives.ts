/**
 * Files that come packed: feeds are published as `.gz`, `.zip` and `.tar.gz`. Unpacked within bounds, and whole or not at all: what was
 * cut off, or is not what its checksum says, is refused.
 */
import type { ReadEntry } from "tar/read-entry";
import { admit } from "../../../engine/evidence/door.ts";
import type { Evidence } from "../../../engine/evidence/evidence.ts";
import { isOsvRecord, type Packed, readOsvDump } from "../../../engine/evidence/feeds/osv.ts";
import { defaultLimits } from "../../../engine/evidence/text.ts";
import type { Diagnostic, Result } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { locationsIn } from "./feeds/repository.ts";

/** What a file may grow to: text shrinks to a tenth mostly, and a bomb to a thousandth. */
export function unpackedLimit(packed: number): number {
  return Math.min(defaultLimits.size, 16_000_000 + 100 * packed);
}

function broken(name: string, problem: string): Diagnostic {
  return diagnostic("WB1276", { name, problem }, undefined, { help: "fetch the file again; nothing of it was used" });
}

const reasons: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: "it ends too early",
  Z_DATA_ERROR: "it is damaged: its checksum or its structure is wrong",
  ERR_BUFFER_TOO_LARGE: "it grows beyond all measure",
};

function reasonOf(problem: unknown): string {
  const code = problem instanceof Error && "code" in problem ? String(problem.code) : "";
  return reasons[code] ?? (problem instanceof Error ? problem.message : "it is damaged");
}

/** The content of a gzip file, all of it. */
export function gunzip(bytes: Buffer, name: string): Buffer | Diagnostic {
  const { gunzipSync } = process.getBuiltinModule("node:zlib");
  try {
    return gunzipSync(bytes, { maxOutputLength: unpackedLimit(bytes.length) });
  } catch (problem) {
    return broken(name, reasonOf(problem));
  }
}

/** Files of one archive. */
const mostFiles = 2_000_000;
/** Bytes of one of them. */
const largestFile = 64_000_000;

interface ZipEntry {
  readonly name: string;
  readonly start: number;
  readonly compressed: number;
  readonly size: number;
  readonly method: number;
  readonly crc: number;
}

/** The files of an archive, each unpacked when it is read; one that is damaged throws then. */
export async function unzip(bytes: Buffer, name: string): Promise<readonly Packed[] | Diagnostic> {
  try {
    const entries = await entriesOf(bytes);
    return entries.map((entry): Packed => ({ name: entry.name, read: () => unpack(bytes, entry) }));
  } catch (problem) {
    return broken(name, reasonOf(problem));
  }
}

async function entriesOf(bytes: Buffer): Promise<readonly ZipEntry[]> {
  const { fromBufferPromise } = (await import("yauzl")).default;
  const zip = await fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true });
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let total = 0;
  await new Promise<void>((done, failed) => {
    zip.on("error", failed);
    zip.on("end", () => done());
    zip.on("entry", (entry) => {
      const refuse = (problem: string): void => failed(new Error(problem));
      if (entry.fileName.endsWith("/")) return zip.readEntry();
      if (names.has(entry.fileName)) return refuse(`\`${entry.fileName}\` is in it twice`);
      if (entry.isEncrypted() || ![0, 8].includes(entry.compressionMethod))
        return refuse(`\`${entry.fileName}\` is packed in a way that is not read`);
      if (entry.uncompressedSize > largestFile) return refuse(`\`${entry.fileName}\` is larger than ${largestFile / 1e6} MB`);
      total += entry.uncompressedSize;
      if (entries.length >= mostFiles || total > 100 * bytes.length + 16_000_000) return refuse("it grows beyond all measure");
      names.add(entry.fileName);
      zip.readLocalFileHeader(entry, { minimal: true }, (problem, header) => {
        if (problem) return failed(problem);
        entries.push({
          name: entry.fileName,
          start: header.fileDataStart,
          compressed: entry.compressedSize,
          size: entry.uncompressedSize,
          method: entry.compressionMethod,
          crc: entry.crc32,
        });
        zip.readEntry();
      });
    });
    zip.readEntry();
  });
  return entries;
}

function unpack(bytes: Buffer, { name, start, compressed, size, method, crc }: ZipEntry): Uint8Array {
  const { crc32, inflateRawSync } = process.getBuiltinModule("node:zlib");
  const packed = bytes.subarray(start, start + compressed);
  // Buffers of the content's own size: a dump has hundreds of thousands of small files.
  const sizes = { maxOutputLength: Math.max(size, 1), chunkSize: Math.min(Math.max(size, 64), 1_000_000) };
  const content = method === 0 ? packed : inflateRawSync(packed, sizes);
  if (packed.length !== compressed || content.length !== size || crc32(content) !== crc) throw new Error(`\`${name}\` in it is damaged`);
  return content;
}

/** The files of a tar archive that was unpacked from its `.gz`, whose bounds hold. What is no file or folder is refused: links lead anywhere. */
export async function untar(content: Buffer, name: string): Promise<readonly Packed[] | Diagnostic> {
  try {
    return await tarFiles(content);
  } catch (problem) {
    return broken(name, reasonOf(problem));
  }
}

const tarFileTypes = ["File", "OldFile", "ContiguousFile"];

async function tarFiles(content: Buffer): Promise<readonly Packed[]> {
  const { Parser } = await import("tar/parse");
  const files = new Map<string, Uint8Array>();
  let problem: Error | undefined;
  let isWhole = false;
  const refuse = (reason: string): void => {
    problem ??= new Error(reason);
  };
  // Strictly: what it would warn of is wrong.
  const parser = new Parser({ strict: true, zstd: false });
  parser.on("error", (wrong: unknown) => refuse(wrong instanceof Error ? wrong.message : "it is damaged"));
  parser.on("ignoredEntry", ({ path, type }: ReadEntry) => refuse(`\`${path}\` in it is of a kind that is not read (${type})`));
  parser.on("eof", () => {
    isWhole = true;
  });
  parser.on("entry", (entry: ReadEntry) => {
    const path = entry.path.replace(/^(?:\.\/)+/, "");
    const chunks: Buffer[] = [];
    entry.on("data", (chunk) => chunks.push(chunk));
    if (entry.type === "Directory") return;
    if (!tarFileTypes.includes(entry.type)) return refuse(`\`${entry.path}\` in it is no file: links and devices are not followed`);
    if (!isInside(path)) return refuse(`\`${entry.path}\` would lie outside of it`);
    if (files.has(path)) return refuse(`\`${path}\` is in it twice`);
    if (entry.size > largestFile) return refuse(`\`${path}\` is larger than ${largestFile / 1e6} MB`);
    if (files.size >= mostFiles) return refuse("it grows beyond all measure");
    files.set(path, new Uint8Array());
    entry.on("end", () => {
      const [only, ...more] = chunks;
      const file = more.length === 0 && only !== undefined ? only : Buffer.concat(chunks);
      if (file.length !== entry.size) refuse(`\`${path}\` in it is cut off`);
      files.set(path, file);
    });
  });
  // It is all there, so that the parser is done when this returns.
  parser.end(content);
  if (problem !== undefined) throw problem;
  if (!isWhole) throw new Error("it ends too early");
  return [...files].map(([name, file]): Packed => ({ name, read: () => file }));
}

/** A name of the archive's own: neither absolute nor with a step up, on whatever system it is read. */
function isInside(path: string): boolean {
  return !/^[a-z]:|[\\\0]/i.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** Documents of an archive that is no dump. */
const mostDocuments = 10_000;

/**
 * An archive: a dump of OSV records where its first document is one; otherwise every document in it, of a VEX repository
 * those that its index lists.
 */
export async function readZip(bytes: Buffer, name: string, digest: string): Promise<Result<readonly Evidence[]>> {
  return readArchive(await unzip(bytes, name), name, digest);
}

/** The same of a tar archive; `digest` is that of the `.gz` it came in. */
export async function readTar(content: Buffer, name: string, digest: string): Promise<Result<readonly Evidence[]>> {
  return readArchive(await untar(content, name), name, digest);
}

async function readArchive(files: readonly Packed[] | Diagnostic, name: string, digest: string): Promise<Result<readonly Evidence[]>> {
  if (!Array.isArray(files)) return { value: [], diagnostics: [files as Diagnostic] };
  try {
    return await readFiles(files as readonly Packed[], name, digest);
  } catch (problem) {
    return { value: [], diagnostics: [broken(name, reasonOf(problem))] };
  }
}

async function readFiles(files: readonly Packed[], name: string, digest: string): Promise<Result<readonly Evidence[]>> {
  const documents = files.filter((file) => /\.json$/i.test(file.name));
  const refuse = (problem: string): Result<readonly Evidence[]> => ({ value: [], diagnostics: [broken(name, problem)] });
  const [first] = documents;
  if (first === undefined) return refuse("there is no document in it");
  if (isOsvRecord(first.read())) return await readOsvDump(files, { name, digest, base: "" });
  const listed = listedIn(documents);
  if (typeof listed === "string") return refuse(listed);
  if (listed.length > mostDocuments) return refuse(`it holds more than ${mostDocuments} documents`);
  const evidence: Evidence[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of listed) {
    const read = await admit(file.read(), `${name}#${file.name}`, digest);
    evidence.push(...read.value);
    // Beside the documents of a repository stand others; what an index lists is one of them.
    const isOther = listed === documents && read.diagnostics.every(({ code, level }) => level !== "error" || code === "WB0911");
    diagnostics.push(...(isOther ? read.diagnostics.map((one) => ({ ...one, level: "warning" as const })) : read.diagnostics));
  }
  return diagnostics.some((one) => one.level === "error") ? { value: [], diagnostics } : { value: evidence, diagnostics };
}

/** The documents that count, or why it cannot be told which. */
function listedIn(files: readonly Packed[]): readonly Packed[] | string {
  const index = files.find((file) => /^(?:[^/]+\/)?index\.json$/.test(file.name));
  if (index === undefined) return files;
  const locations = locationsIn(Buffer.from(index.read()).toString("utf8"));
  if (locations === undefined) return "its `index.json` is not the index of a VEX repository";
  const folder = index.name.slice(0, -"index.json".length);
  const byName = new Map(files.map((file) => [file.name, file]));
  const absent = locations.find((location) => !byName.has(folder + location));
  if (absent !== undefined) return `its index lists \`${absent}\`, which is not in it`;
  return [...new Set(locations)].flatMap((location) => byName.get(folder + location) ?? []);
}
