/** The files of an OCI layout, for the reader of layouts: bounded, and nothing outside the folder. */
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { FileRead, LayoutReader } from "../../../engine/evidence/oci/layout.ts";

/** Whether a path is a folder that holds a layout. */
export async function isLayout(path: string): Promise<boolean> {
  return stat(join(path, "oci-layout")).then(
    (found) => found.isFile(),
    () => false,
  );
}

function codeOf(problem: unknown): string {
  return problem instanceof Error && "code" in problem ? String(problem.code) : "the system refused";
}

/** Reads the layout in `folder`; links that lead out of it are not followed. */
export function layoutReader(folder: string): LayoutReader {
  /** Does `work` on a file of the folder and its size. */
  async function within<T>(
    path: string,
    work: (file: FileHandle, size: number) => Promise<T>,
  ): Promise<T | Exclude<FileRead, { kind: "found" | "too-large" }>> {
    let file: FileHandle | undefined;
    try {
      const [root, real] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
      if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) return { kind: "failed", problem: `\`${path}\` leads out of it` };
      file = await open(real, "r");
      const found = await file.stat();
      if (!found.isFile()) return { kind: "failed", problem: `\`${path}\` is not a file` };
      return await work(file, found.size);
    } catch (problem) {
      const code = codeOf(problem);
      return code === "ENOENT" || code === "ENOTDIR" ? { kind: "absent" } : { kind: "failed", problem: `\`${path}\`: ${code}` };
    } finally {
      await file?.close();
    }
  }

  /** A file that grows while it is read is read to the size it had. */
  async function bytesOf(file: FileHandle, size: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await file.read(bytes, at, size - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  }

  function read(path: string, limit: number): Promise<FileRead> {
    return within<FileRead>(path, async (file, size) =>
      size > limit ? { kind: "too-large" } : { kind: "found", bytes: await bytesOf(file, size) },
    );
  }

  async function begin(path: string): Promise<number | undefined> {
    const first = await within(path, (file, size) => bytesOf(file, Math.min(1, size)));
    return first instanceof Uint8Array ? first[0] : undefined;
  }

  async function list(path: string): Promise<readonly { readonly name: string; readonly size: number }[]> {
    const entries = await readdir(join(folder, path), { withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    const found: { name: string; size: number }[] = [];
    for (const name of files.sort()) {
      const size = await stat(join(folder, path, name)).then(
        (one) => one.size,
        () => undefined,
      );
      if (size !== undefined) found.push({ name, size });
    }
    return found;
  }

  return { read, begin, list };
}
