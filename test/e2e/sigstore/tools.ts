/** The programs that suites with real servers start: on `PATH` or in `$WAYBILL_TOOLS`, where `test/e2e/tools.sh` puts them. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { describe } from "vitest";

/** `posix` is Rekor v2 (`rekor-tiles/v2/cmd/rekor-server/posix`), `registry` distribution v3, `docker-registry` Debian's 2.8. */
export type Tool =
  | "cosign"
  | "registry"
  | "docker-registry"
  | "refreg"
  | "fulcio"
  | "timestamps"
  | "posix"
  /** Of `test/e2e/consumers`. */
  | "accept-kyverno"
  | "accept-policy-controller"
  | "accept-vault";

/** All that a local Sigstore needs. */
export const sigstoreTools: readonly Tool[] = ["cosign", "fulcio", "timestamps", "posix"];

/** Where a tool is; undefined where it is not. */
function find(tool: Tool): string | undefined {
  const folders = [process.env["WAYBILL_TOOLS"] ?? "", ...(process.env["PATH"] ?? "").split(delimiter)].filter((folder) => folder !== "");
  return folders.map((folder) => join(resolve(folder), tool)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The path of a tool that the suite has asked `missing` for. */
export function tool(name: Tool): string {
  const path = find(name);
  if (path === undefined) throw new Error(reason([name]));
  return path;
}

/** Why a suite that needs these tools cannot run; undefined where it can. */
export function missing(...tools: readonly Tool[]): string | undefined {
  const absent = tools.filter((name) => find(name) === undefined);
  return absent.length === 0 ? undefined : reason(absent);
}

function reason(absent: readonly Tool[]): string {
  return `${absent.join(", ")}: neither on PATH nor in $WAYBILL_TOOLS (test/e2e/tools.sh installs what Go can build)`;
}

/** A suite that needs tools: it is skipped where one is missing, and says which on stderr. */
export function describeWith(tools: readonly Tool[], title: string, body: () => void): void {
  const why = missing(...tools);
  if (why !== undefined) process.stderr.write(`skipped: ${title}: ${why}\n`);
  describe.skipIf(why !== undefined)(title, body);
}
