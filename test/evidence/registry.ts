/**
 * A registry for tests, as faithful as the distribution specification asks, whose contents are put in directly and whose
 * answers a test may replace: by what attackers and accidents make of them.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openTransport } from "../../compiler/cli/shell/transport.ts";
import type { Attached, Unreached } from "../../engine/evidence/oci/attached.ts";
import { type FetchOptions, fetchAttached } from "../../engine/evidence/oci/fetch.ts";
import type { Hash } from "../../engine/evidence/oci/transport.ts";

export const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  empty: "application/vnd.oci.empty.v1+json",
  bundle: "application/vnd.dev.sigstore.bundle.v0.3+json",
  simpleSigning: "application/vnd.dev.cosign.simplesigning.v1+json",
  dsse: "application/vnd.dsse.envelope.v1+json",
} as const;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

export interface Stored {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** Answers in the place of the registry; false lets the request through. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface RegistryOptions {
  /** Whether there is `GET /v2/<name>/referrers/<digest>`. */
  readonly referrersApi?: boolean;
  /** Referrers on a page. */
  readonly pageSize?: number;
  /** Reports the type of the config in place of the artifact's, and no annotations, as go-containerregistry does. */
  readonly configTypes?: boolean;
}

export interface TestRegistry {
  readonly host: string;
  readonly url: string;
  readonly repository: string;
  readonly manifests: Map<string, Stored>;
  readonly tags: Map<string, string>;
  readonly blobs: Map<string, Buffer>;
  /** Everything that was asked, in order. */
  readonly requests: { readonly path: string; readonly authorization?: string; readonly cookie?: string; readonly method: string }[];
  fault: Fault | undefined;
  readonly close: () => void;
}

export function digestOf(bytes: Uint8Array | string, algorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

export const hash: Hash = (algorithm, bytes) => createHash(algorithm).update(bytes).digest("hex");

/** Serves `acme/shop` on a free port of loopback. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const server = createServer(async (request, response) => {
    const { authorization, cookie } = request.headers;
    registry.requests.push({
      path: request.url ?? "",
      method: request.method ?? "",
      ...(authorization === undefined ? {} : { authorization }),
      ...(cookie === undefined ? {} : { cookie }),
    });
    if (await registry.fault?.(request, response)) return;
    answer(registry, options, request, response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry: TestRegistry = {
    host,
    url: `http://${host}`,
    repository: `${host}/acme/shop`,
    manifests: new Map(),
    tags: new Map(),
    blobs: new Map(),
    requests: [],
    fault: undefined,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return registry;
}

function send(response: ServerResponse, status: number, body: Uint8Array | string, headers: Record<string, string> = {}): void {
  const bytes = Buffer.from(body as string);
  response.writeHead(status, { "content-length": bytes.length, ...headers });
  response.end(bytes);
}

export function sendProblem(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  send(response, status, JSON.stringify({ errors: [{ code, message }] }), { "content-type": "application/json", ...headers });
}

function answer(registry: TestRegistry, options: RegistryOptions, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", registry.url);
  const [, kind, reference = ""] = /^\/v2\/acme\/shop\/(manifests|blobs|referrers)\/([^/]+)$/.exec(url.pathname) ?? [];
  if (kind === "manifests") {
    const digest = registry.tags.get(reference) ?? reference;
    const stored = registry.manifests.get(digest);
    if (stored) send(response, 200, stored.bytes, { "content-type": stored.mediaType, "docker-content-digest": digest });
    else sendProblem(response, 404, "MANIFEST_UNKNOWN", "manifest unknown");
  } else if (kind === "blobs") {
    const stored = registry.blobs.get(reference);
    if (stored) send(response, 200, stored, { "content-type": "application/octet-stream" });
    else sendProblem(response, 404, "BLOB_UNKNOWN", "blob unknown");
  } else if (kind === "referrers" && options.referrersApi !== false) {
    const all = referrersOf(registry, reference, options.configTypes === true);
    const size = options.pageSize ?? Math.max(1, all.length);
    const from = Number(url.searchParams.get("from") ?? 0);
    const link = `</v2/acme/shop/referrers/${reference}?from=${from + size}>; rel="next"`;
    const page = { schemaVersion: 2, mediaType: types.index, manifests: all.slice(from, from + size) };
    send(response, 200, JSON.stringify(page), { "content-type": types.index, ...(from + size < all.length ? { link } : {}) });
  } else send(response, 404, "404 page not found\n", { "content-type": "text/plain; charset=utf-8" });
}

interface Manifest {
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly config?: Descriptor;
}

function referrersOf(registry: TestRegistry, digest: string, configTypes: boolean): readonly Descriptor[] {
  return [...registry.manifests].flatMap(([own, { bytes, mediaType }]) => {
    const manifest = JSON.parse(bytes.toString()) as Manifest;
    if (manifest.subject?.digest !== digest) return [];
    const known = { mediaType, digest: own, size: bytes.length };
    const config = manifest.config?.mediaType ?? "";
    if (configTypes) return [{ ...known, artifactType: config }];
    return [
      {
        ...known,
        artifactType: manifest.artifactType ?? config,
        ...(manifest.annotations ? { annotations: manifest.annotations } : {}),
      },
    ];
  });
}

/** Stores a blob. */
export function putBlob(registry: TestRegistry, content: string | Uint8Array, mediaType = "application/octet-stream"): Descriptor {
  const bytes = Buffer.from(content as string);
  const digest = digestOf(bytes);
  registry.blobs.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}

/** Stores a manifest or an index, under a tag too where one is given. */
export function putManifest(registry: TestRegistry, manifest: { readonly mediaType: string }, tag?: string): Descriptor {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, ...manifest }));
  const digest = digestOf(bytes);
  registry.manifests.set(digest, { bytes, mediaType: manifest.mediaType });
  if (tag !== undefined) registry.tags.set(tag, digest);
  return { mediaType: manifest.mediaType, digest, size: bytes.length };
}

/** An image of one layer; other contents have other digests. */
export function putImage(registry: TestRegistry, content: string, tag?: string): Descriptor & { readonly config: Descriptor } {
  const config = putBlob(registry, JSON.stringify({ os: "linux", content }), types.config);
  const layers = [putBlob(registry, content, "application/vnd.oci.image.layer.v1.tar")];
  return { ...putManifest(registry, { mediaType: types.manifest, config, layers } as never, tag), config };
}

export function putIndex(registry: TestRegistry, manifests: readonly Descriptor[], tag?: string): Descriptor {
  return putManifest(registry, { mediaType: types.index, manifests } as never, tag);
}

/** Attaches a bundle as cosign 3 does. */
export function attach(registry: TestRegistry, subject: Descriptor, bundle: string, predicateType?: string): Descriptor {
  return putManifest(registry, {
    mediaType: types.manifest,
    artifactType: types.bundle,
    config: putBlob(registry, "{}", types.empty),
    layers: [putBlob(registry, bundle, types.bundle)],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    ...(predicateType === undefined ? {} : { annotations: { "dev.sigstore.bundle.predicateType": predicateType } }),
  } as never);
}

/** Lists attachments under the tag that stands for the referrers API. */
export function putFallback(registry: TestRegistry, subject: Descriptor, manifests: readonly Descriptor[]): Descriptor {
  return putIndex(
    registry,
    manifests.map((one) => ({ ...one, artifactType: one.artifactType ?? types.bundle })),
    subject.digest.replace(":", "-"),
  );
}

/** The payload that cosign before version 3 signed. */
export function simpleSigning(digest: string): string {
  return JSON.stringify({
    critical: {
      identity: { "docker-reference": "acme/shop" },
      image: { "docker-manifest-digest": digest },
      type: "cosign container image signature",
    },
    optional: null,
  });
}

const transport = await openTransport({ timeout: 3_000 });
/** How long readers wanted to wait, in milliseconds; nobody does. */
export const pauses: number[] = [];

/** Reads an image from a test registry, by the real transport and without waiting. */
export function fetchFrom(reference: string, options: Partial<FetchOptions> = {}): Promise<Attached | Unreached> {
  return fetchAttached(reference, {
    transport: transport.send,
    hash,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      await sleep(0);
    },
    ...options,
  });
}

/** What was attached, or an error that says why nothing could be read. */
export function attachedOf(read: Attached | Unreached): Attached {
  if (read.kind === "attached") return read;
  throw new Error(`${read.fault.kind}: ${read.fault.diagnostic.message}`);
}

/** The fault, or an error where there is none. */
export function faultOf(read: Attached | Unreached): Unreached["fault"] {
  if (read.kind === "unreached") return read.fault;
  throw new Error(`nothing was wrong: ${read.lookups.map((one) => `${one.what} ${one.outcome}`).join(", ")}`);
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
