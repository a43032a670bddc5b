/** Reads files and folders that the caller named. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { SourceFile } from "../../../language/syntax/tree.ts";
import { exit, Stop } from "./exit.ts";

/** Bytes of one policy; far above any that people write, far below what hurts. */
export const policyLimit = 16_000_000;

const reasons: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "its symbolic links go round in circles",
  ENAMETOOLONG: "the name is too long",
  ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GB",
};

/** Why the system refused a path, as a diagnostic. */
export function fileProblem(path: string, problem: unknown): Diagnostic {
  const code = problem instanceof Error && "code" in problem ? String(problem.code) : "";
  if (code === "ENOENT") return diagnostic("WB1001", { path }, undefined);
  return diagnostic("WB1002", { path, reason: reasons[code] ?? (code === "" ? "the system refused" : code) }, undefined);
}

export async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The bytes of a file, called `shown` in what is said of it, or of stdin for `-`; throws `Stop` (exit 2) where there are none. */
export async function readBytes(path: string, shown: string = path): Promise<Buffer> {
  if (path === "-") return readStdin();
  try {
    // Some devices never end, and a disk is no document; a pipe is how a shell hands over the output of a command.
    const found = statSync(path);
    // A file is there at once; only what comes by and by is worth the ways of waiting.
    if (found.isFile()) return readFileSync(path);
    if (found.isBlockDevice() || (found.isCharacterDevice() && path !== "/dev/null" && path !== "/dev/stdin"))
      throw new Stop(exit.usage, [diagnostic("WB1002", { path: shown, reason: "it is a device" }, undefined)]);
    // Node takes a millisecond to load it, and few calls need it.
    const { readFile } = await import("node:fs/promises");
    return await readFile(path);
  } catch (problem) {
    if (problem instanceof Stop) throw problem;
    throw new Stop(exit.usage, [fileProblem(shown, problem)]);
  }
}

/** In bytes; 0 for what is no file, or cannot be looked at: whoever reads it says so. */
export function sizeOf(path: string): number {
  try {
    const found = path === "-" ? undefined : statSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true ? found.size : 0;
  } catch {
    return 0;
  }
}

/** Strictly UTF-8; a byte-order mark stays for the parser to report. */
export function decodePolicy(bytes: Uint8Array, path: string): string | Diagnostic {
  if (bytes.length > policyLimit) return diagnostic("WB1029", { path, size: bytes.length, limit: policyLimit }, undefined);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return diagnostic("WB1003", { path, offset: firstInvalid(bytes) }, undefined, { help: "save the file as UTF-8" });
  }
}

function firstInvalid(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return low;
}

const left = new Set(["node_modules", ".git", "dist"]);

/** Editors leave links to nowhere beside a file that is open, and reading a pipe or a device might never end. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Regular files below a folder that `wanted` accepts, sorted; hidden folders and dependencies are left out. */
export async function filesBelow(folder: string, wanted: (name: string) => boolean): Promise<readonly string[]> {
  const found: string[] = [];
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === "." ? entry.name : join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!left.has(entry.name) && !entry.name.startsWith(".")) found.push(...(await filesBelow(path, wanted)));
    } else if (wanted(entry.name) && (entry.isFile() || isFile(path))) found.push(path);
  }
  return found;
}

/** A path that was named is a file, a folder or `-`. */
export async function expand(paths: readonly string[], wanted: (name: string) => boolean): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (path === "-") found.push(path);
    else {
      try {
        if (statSync(path).isDirectory()) {
          const below = await filesBelow(path, wanted);
          if (below.length === 0 && wanted("x.scp")) throw new Stop(exit.usage, [diagnostic("WB1004", { path }, undefined)]);
          found.push(...below);
        } else found.push(path);
      } catch (problem) {
        if (problem instanceof Stop) throw problem;
        throw new Stop(exit.usage, [fileProblem(path, problem)]);
      }
    }
  }
  return [...new Set(found)];
}

/** Policy sources under the paths; a source that is not text is a diagnostic, and the others are read all the same. */
export async function readPolicies(
  paths: readonly string[],
): Promise<{ readonly sources: readonly SourceFile[]; readonly diagnostics: readonly Diagnostic[] }> {
  const sources: SourceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of await expand(paths, (name) => name.endsWith(".scp"))) {
    const shown = path === "-" ? "stdin" : path;
    const text = decodePolicy(await readBytes(path), shown);
    if (typeof text === "string") sources.push({ path: shown, text });
    else diagnostics.push(text);
  }
  return { sources, diagnostics };
}
