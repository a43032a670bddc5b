/** Registries and layouts for verbs: the pure reader of `engine/evidence/oci` with the network, the files and the hash of this machine. */
import { readFile } from "node:fs/promises";
import type { Attached, Unreached } from "../../../engine/evidence/oci/attached.ts";
import type { Wanted } from "../../../engine/evidence/oci/collect.ts";
import { isLoopback } from "../../../engine/evidence/oci/endpoint.ts";
import { attachedInLayout, fetchAttached } from "../../../engine/evidence/oci/fetch.ts";
import type { Hash, OciLimits } from "../../../engine/evidence/oci/transport.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { openCredentials } from "./credentials.ts";
import { exit, Stop } from "./exit.ts";
import { layoutReader } from "./layout.ts";
import { offlineTransport, openTransport } from "./transport.ts";

export interface RegistryOptions {
  /** Predicate types that the policy asks for; absent: all. */
  readonly wanted?: Wanted;
  readonly maxRequests?: number;
  readonly limits?: Partial<OciLimits>;
  readonly concurrency?: number;
  /** Refuses the network. */
  readonly offline?: boolean;
  /** Hosts that are asked without TLS: `--insecure-registry`. */
  readonly insecure?: readonly string[];
  /** A file with certificates of authorities: `--registry-ca`. */
  readonly authorities?: string;
  /** Milliseconds for one request. */
  readonly timeout?: number;
  /** Milliseconds for one image; what was not looked at by then is left as a gap. */
  readonly deadline?: number;
  /** Told of credentials that could not be read. */
  readonly report?: (problem: Diagnostic) => void;
  readonly signal?: AbortSignal;
}

/** Two minutes: far above what a registry that works needs, and an end where one answers a drop at a time. */
const imageDeadline = 120_000;

/** Lower-case hex; the module is loaded when it is used. */
export const hashBytes: Hash = (algorithm, bytes) => process.getBuiltinModule("node:crypto").hash(algorithm, bytes, "hex");

export type ImageOptions = Pick<RegistryOptions, "wanted" | "maxRequests">;

/** Reads images; one for a whole call, so that connections, credentials and logins are shared. */
export interface Registries {
  /** What is attached to an image of a registry; `own` holds for this image only. */
  readonly attached: (reference: string, own?: ImageOptions) => Promise<Attached | Unreached>;
  readonly close: () => void;
}

async function authoritiesOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const wrong = (problem: string): Stop => new Stop(exit.usage, [diagnostic("WB1156", { path, problem }, undefined)]);
  const text = await readFile(path, "utf8").catch((problem: unknown) => {
    throw wrong(problem instanceof Error && "code" in problem ? String(problem.code) : "the system refused");
  });
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw wrong("there is no certificate in it");
  return text;
}

/** Opens the network for registries; throws `Stop` (exit 2) where `--registry-ca` names no certificates. */
export async function openRegistries(options: RegistryOptions = {}): Promise<Registries> {
  const authorities = await authoritiesOf(options.authorities);
  const { setTimeout: sleep } = await import("node:timers/promises");
  const transport =
    options.offline === true
      ? { send: offlineTransport, close: () => undefined }
      : await openTransport({
          connections: options.concurrency ?? 8,
          ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
          ...(authorities === undefined ? {} : { authorities }),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        });
  const credentials = openCredentials(options.report === undefined ? {} : { report: options.report });
  const insecure = new Set(options.insecure);
  const logins = new Map<string, string>();
  /** Whoever brings certificates means TLS on this machine too. */
  function endpoint(registry: string): string | undefined {
    const near = isLoopback(registry.replace(/:\d+$/, ""));
    return authorities !== undefined && near && !insecure.has(registry) ? `https://${registry}` : undefined;
  }

  async function attached(reference: string, own: ImageOptions = {}): Promise<Attached | Unreached> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
    }, options.deadline ?? imageDeadline);
    const signal = options.signal ? { signal: options.signal } : {};
    try {
      return await fetchAttached(reference, {
        transport: async (exchange) => (late ? { kind: "broken", reason: "timeout", detail: "" } : transport.send(exchange)),
        hash: hashBytes,
        // Whoever ends everything ends the pause too; the next request then says so.
        sleep: (milliseconds) => (late ? Promise.resolve() : sleep(milliseconds, undefined, signal).catch(() => undefined)),
        credentials,
        logins,
        plain: (registry) => insecure.has(registry),
        endpoint,
        ...pick({ ...options, ...own }),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return { attached, close: transport.close };
}

function pick({ wanted, maxRequests, limits, concurrency }: RegistryOptions): Pick<RegistryOptions, "wanted" | "limits" | "maxRequests"> {
  return {
    ...(wanted === undefined ? {} : { wanted }),
    ...(maxRequests === undefined ? {} : { maxRequests }),
    ...(limits === undefined ? {} : { limits }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

/** What is attached to an image in a layout on disk; `reference` is a tag or digest in it, or absent for its only image. */
export function layoutAttached(
  folder: string,
  reference: string | undefined,
  options: RegistryOptions = {},
): Promise<Attached | Unreached> {
  const { wanted, limits } = options;
  return attachedInLayout(folder, layoutReader(folder), reference, {
    hash: hashBytes,
    ...(wanted === undefined ? {} : { wanted }),
    ...(limits === undefined ? {} : { limits }),
  });
}
