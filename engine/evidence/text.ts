/** Bytes to text, strictly; and places in text as people count them. */
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";

export interface Limits {
  /** Bytes of one document. */
  readonly size: number;
  /** Levels of nesting. */
  readonly depth: number;
}

/** 512 MB: V8 cannot hold much longer texts. */
export const defaultLimits: Limits = { size: 512_000_000, depth: 200 };

/** Bytes of a byte-order mark at the start: 0 or 3. */
export function markLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** Text of a file without its byte-order mark, or why it is none. */
export function decode(bytes: Uint8Array, name: string, limits: Limits): string | Diagnostic {
  if (bytes.length > limits.size) {
    return diagnostic("WB0903", { name, size: bytes.length, limit: limits.size }, whole(name), {
      help: "raise the limit, or split the document",
    });
  }
  const looks = signature(bytes);
  if (looks) return diagnostic("WB0901", { name, looks: looks.what }, whole(name), { help: looks.help });
  try {
    const text = strict.decode(bytes);
    if (/^\s*$/.test(text.slice(0, 1)) && text.trim() === "") {
      return diagnostic("WB0900", { name }, whole(name), { help: "check that the tool that writes it did not fail" });
    }
    return text;
  } catch {
    const offset = firstInvalid(bytes);
    const start = textOffset(bytes, offset);
    return diagnostic("WB0902", { name, offset }, { path: name, start, end: start + 1 }, { help: "save the file as UTF-8" });
  }
}

/** 1-based line and column (in UTF-16 units) of an offset. */
export function lineColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let i = text.indexOf("\n"); i >= 0 && i < offset; i = text.indexOf("\n", i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, column: offset - start + 1 };
}

/** A location for diagnostics about a whole file. */
export function whole(name: string): { readonly path: string; readonly start: number; readonly end: number } {
  return { path: name, start: 0, end: 0 };
}

/** UTF-16 offset of a byte offset; both count from the file's start, the mark not counted in the result. */
export function textOffset(bytes: Uint8Array, offset: number): number {
  return new TextDecoder("utf-8").decode(bytes.subarray(0, offset)).length;
}

const signatures: readonly { readonly start: readonly number[]; readonly what: string; readonly help: string }[] = [
  { start: [0x1f, 0x8b], what: "a gzip archive", help: "unpack it first" },
  { start: [0x28, 0xb5, 0x2f, 0xfd], what: "a Zstandard archive", help: "unpack it first" },
  { start: [0x50, 0x4b, 0x03, 0x04], what: "a ZIP archive", help: "unpack it first" },
  { start: [0x42, 0x5a, 0x68], what: "a bzip2 archive", help: "unpack it first" },
  { start: [0x7f, 0x45, 0x4c, 0x46], what: "a program", help: "give an SBOM or a report about it" },
  { start: [0xff, 0xfe], what: "UTF-16 text", help: "save the file as UTF-8; PowerShell 5 writes UTF-16 with `>`" },
  { start: [0xfe, 0xff], what: "UTF-16 text", help: "save the file as UTF-8; PowerShell 5 writes UTF-16 with `>`" },
];

function signature(bytes: Uint8Array): { readonly what: string; readonly help: string } | undefined {
  // What begins as JSON does begins like none of these.
  const known = bytes[0] === 0x7b ? undefined : signatures.find(({ start }) => start.every((byte, index) => bytes[index] === byte));
  if (known) return known;
  const zero = bytes.subarray(0, 4096).indexOf(0);
  return zero < 0 ? undefined : { what: "binary data", help: "give the JSON or YAML form of the document" };
}

/** The offset of the first byte that is not UTF-8, by halving: a cut inside a character is not an error while streaming. */
function firstInvalid(bytes: Uint8Array): number {
  const valid = (end: number): boolean => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (valid(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
