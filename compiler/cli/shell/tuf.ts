/** Fetches a trusted root by TUF (The Update Framework): what a mirror serves counts only as far as its root's keys signed it. */
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { initTUF } from "@sigstore/tuf";

export interface Repository {
  readonly mirror: string;
  /** The TUF root that is trusted to begin with; without one, the one that @sigstore/tuf carries for the mirror. */
  readonly root?: string;
  /** Folder of the metadata seen last, which keeps a mirror from serving older ones. */
  readonly cache: string;
}

/** The target, or why there is none. */
export type Fetched =
  | { readonly kind: "fetched"; readonly bytes: Buffer }
  /** The mirror did not answer: it may be asked again. */
  | { readonly kind: "unreachable"; readonly detail: string }
  /** What it served is not what it should have. */
  | { readonly kind: "refused"; readonly detail: string };

/** Where the metadata are kept between calls. */
export function usualCache(): string {
  const folder = process.env["XDG_DATA_HOME"];
  return join(folder !== undefined && folder !== "" ? folder : join(homedir(), ".local", "share"), "waybill", "tuf");
}

export async function fetchTrustedRoot({ mirror, root, cache }: Repository): Promise<Fetched> {
  await mkdir(cache, { recursive: true });
  try {
    const options = { mirrorURL: mirror, cachePath: cache, retry: { retries: 2 }, timeout: 20_000 };
    const client = await initTUF(root === undefined ? options : { ...options, rootPath: root });
    return { kind: "fetched", bytes: Buffer.from(await client.getTarget("trusted_root.json")) };
  } catch (problem) {
    return failure(problem);
  }
}

/** The innermost cause says what happened; what wraps it only says during which step. */
function failure(problem: unknown): Fetched {
  const chain: Error[] = [];
  for (let one = problem; one instanceof Error && chain.length < 10; one = one.cause) chain.push(one);
  const last = chain.at(-1);
  const detail = (last?.message ?? String(problem)).split("\n")[0] ?? "";
  const far = chain.some(
    (one) =>
      one.message === "fetch failed" ||
      ["DownloadError", "DownloadHTTPError", "FetchError", "AbortError", "ConnectTimeoutError"].includes(one.constructor.name) ||
      ("code" in one && /^(?:E[A-Z]{3,}|UND_ERR|ERR_SOCKET|FETCH_ERROR)/.test(String(one.code)) && !String(one.code).startsWith("ERR_TUF")),
  );
  return { kind: far ? "unreachable" : "refused", detail };
}
