/** Puts small images into a registry by plain HTTP, and takes things away again. */
import { createHash } from "node:crypto";
import type { Registry } from "./registry.ts";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

export interface Pushed {
  /** `127.0.0.1:5000/acme/shop@sha256:…` */
  readonly reference: string;
  readonly repository: string;
  readonly digest: string;
  readonly descriptor: Descriptor;
  /** The digest of its config (the image ID); an index has none. */
  readonly config?: string;
}

export const manifestType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";
/** What cosign v3 attaches; also the `artifactType` of the manifest around it. */
export const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar";

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An image of one layer. Images of other `content` have other digests. */
export async function pushImage(registry: Registry, repository: string, content: string, architecture = "amd64"): Promise<Pushed> {
  const layer = Buffer.alloc(1024, content);
  const layerDigest = digestOf(layer);
  const config = Buffer.from(
    JSON.stringify({ architecture, os: "linux", config: {}, rootfs: { type: "layers", diff_ids: [layerDigest] }, history: [] }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: await pushBlob(registry, repository, config, configType),
    layers: [await pushBlob(registry, repository, layer, layerType)],
  };
  const pushed = await putManifest(registry, repository, manifest, manifestType);
  return { ...pushed, config: manifest.config.digest };
}

/** The same image, of the same digest, in another repository. */
export async function copyImage(registry: Registry, image: Pushed, repository: string): Promise<Pushed> {
  const manifest = (await getManifest(registry, image.repository, image.digest)) as Manifest;
  for (const { digest, mediaType } of [manifest.config, ...manifest.layers])
    await pushBlob(registry, repository, await getBlob(registry, image.repository, digest), mediaType);
  return putManifest(registry, repository, manifest, image.descriptor.mediaType);
}

/** An index of an image for each of two platforms; answers the index and the images. */
export async function pushIndex(
  registry: Registry,
  repository: string,
  content: string,
): Promise<{ readonly index: Pushed; readonly images: readonly [Pushed, Pushed] }> {
  const amd64 = await pushImage(registry, repository, `${content} amd64`, "amd64");
  const arm64 = await pushImage(registry, repository, `${content} arm64`, "arm64");
  const manifests = [
    { ...amd64.descriptor, platform: { os: "linux", architecture: "amd64" } },
    { ...arm64.descriptor, platform: { os: "linux", architecture: "arm64" } },
  ];
  const index = await putManifest(registry, repository, { schemaVersion: 2, mediaType: indexType, manifests }, indexType);
  return { index, images: [amd64, arm64] };
}

export async function pushBlob(registry: Registry, repository: string, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const started = await must(await fetch(`${registry.url}/v2/${repository}/blobs/uploads/`, { method: "POST" }), 202);
  const location = new URL(started.headers.get("location") ?? "", registry.url);
  const digest = digestOf(bytes);
  location.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  await must(await fetch(location, { method: "PUT", headers, body: Buffer.from(bytes) }), 201);
  return { mediaType, digest, size: bytes.length };
}

/** Stores a manifest under its digest, or under a tag. */
export async function putManifest(
  registry: Registry,
  repository: string,
  manifest: unknown,
  mediaType: string,
  tag?: string,
): Promise<Pushed> {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  const headers = { "content-type": mediaType };
  await must(await fetch(`${registry.url}/v2/${repository}/manifests/${tag ?? digest}`, { method: "PUT", headers, body: bytes }), 201);
  const descriptor = { mediaType, digest, size: bytes.length };
  return { reference: `${registry.host}/${repository}@${digest}`, repository, digest, descriptor };
}

export async function getManifest(registry: Registry, repository: string, reference: string): Promise<unknown> {
  const headers = { accept: `${manifestType}, ${indexType}` };
  return (await must(await fetch(`${registry.url}/v2/${repository}/manifests/${reference}`, { headers }), 200)).json();
}

export async function getBlob(registry: Registry, repository: string, digest: string): Promise<Buffer> {
  const response = await must(await fetch(`${registry.url}/v2/${repository}/blobs/${digest}`), 200);
  return Buffer.from(await response.arrayBuffer());
}

export async function deleteManifest(registry: Registry, repository: string, digest: string): Promise<void> {
  await must(await fetch(`${registry.url}/v2/${repository}/manifests/${digest}`, { method: "DELETE" }), 202);
}

/** The tags of a repository. */
export async function tagsOf(registry: Registry, repository: string): Promise<readonly string[]> {
  const listed = (await (await must(await fetch(`${registry.url}/v2/${repository}/tags/list`), 200)).json()) as {
    readonly tags?: readonly string[];
  };
  return listed.tags ?? [];
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

async function must(response: Response, status: number): Promise<Response> {
  if (response.status !== status) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response;
}
