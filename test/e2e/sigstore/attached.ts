/** What cosign attached to an image, and what an attacker or an accident makes of it: taken away, changed, copied over. */
import {
  bundleType,
  copyImage,
  deleteManifest,
  getBlob,
  getManifest,
  indexType,
  manifestType,
  type Pushed,
  pushBlob,
  putManifest,
} from "./image.ts";
import type { Registry } from "./registry.ts";

/** One bundle of an image. */
export interface Attached {
  /** Of the manifest that carries it. */
  readonly digest: string;
  /** `https://slsa.dev/provenance/v1` … */
  readonly predicateType: string;
  readonly bundle: Uint8Array;
}

export const signatureType = "https://sigstore.dev/cosign/sign/v1";

interface Manifest {
  readonly artifactType?: string;
  readonly layers?: readonly { readonly digest: string }[];
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Index {
  readonly manifests: readonly { readonly digest: string; readonly [field: string]: unknown }[];
}

/** The bundles of an image, from the referrers API or its fallback tag. */
export async function attachedTo(registry: Registry, image: Pushed): Promise<readonly Attached[]> {
  const found: Attached[] = [];
  for (const { digest } of (await referrers(registry, image)).manifests) {
    const manifest = (await getManifest(registry, image.repository, digest)) as Manifest;
    const layer = manifest.layers?.[0]?.digest;
    if (layer === undefined) continue;
    const predicateType = manifest.annotations?.["dev.sigstore.bundle.predicateType"] ?? "";
    found.push({ digest, predicateType, bundle: await getBlob(registry, image.repository, layer) });
  }
  return found;
}

/** The one bundle of a predicate type. */
export async function attachedOf(registry: Registry, image: Pushed, predicateType: string): Promise<Attached> {
  const found = (await attachedTo(registry, image)).filter((attached) => attached.predicateType === predicateType);
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`${found.length} bundles of ${predicateType}`);
  return one;
}

/** Takes a bundle away. */
export async function detach(registry: Registry, image: Pushed, attached: Attached): Promise<void> {
  const index = await referrers(registry, image);
  await deleteManifest(registry, image.repository, attached.digest);
  if (registry.hasReferrers) return;
  const manifests = index.manifests.filter(({ digest }) => digest !== attached.digest);
  await putManifest(registry, image.repository, { schemaVersion: 2, mediaType: indexType, manifests }, indexType, fallbackTag(image));
}

/** Attaches a bundle, as anybody may who can push: nothing is checked. */
export async function attach(registry: Registry, image: Pushed, bundle: Uint8Array, predicateType: string): Promise<void> {
  const empty = await pushBlob(registry, image.repository, Buffer.from("{}"), "application/vnd.oci.empty.v1+json");
  const layer = await pushBlob(registry, image.repository, bundle, bundleType);
  const annotations = { "dev.sigstore.bundle.content": "dsse-envelope", "dev.sigstore.bundle.predicateType": predicateType };
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: bundleType,
    config: empty,
    layers: [layer],
    annotations,
    subject: image.descriptor,
  };
  const index = await referrers(registry, image);
  const pushed = await putManifest(registry, image.repository, manifest, manifestType);
  if (registry.hasReferrers) return;
  const manifests = [...index.manifests, { ...pushed.descriptor, artifactType: bundleType }];
  await putManifest(registry, image.repository, { schemaVersion: 2, mediaType: indexType, manifests }, indexType, fallbackTag(image));
}

/** Puts a released image into another repository, with all that is attached to it. */
export async function copyTo(registry: Registry, image: Pushed, repository: string): Promise<Pushed> {
  const copy = await copyImage(registry, image, repository);
  for (const { bundle, predicateType } of await attachedTo(registry, image)) await attach(registry, copy, bundle, predicateType);
  return copy;
}

/** Puts other bytes in the place of a bundle. */
export async function replace(registry: Registry, image: Pushed, attached: Attached, bundle: Uint8Array): Promise<void> {
  await detach(registry, image, attached);
  await attach(registry, image, bundle, attached.predicateType);
}

interface DsseBundle {
  readonly dsseEnvelope: { readonly payload: string; readonly signatures: readonly { readonly sig: string }[] };
}

/** The statement of a bundle. */
export function statementOf(bundle: Uint8Array): Record<string, unknown> {
  const { dsseEnvelope } = JSON.parse(Buffer.from(bundle).toString()) as DsseBundle;
  return JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString()) as Record<string, unknown>;
}

/** The bundle with a changed statement under the old signature. */
export function withStatement(bundle: Uint8Array, change: (text: string) => string): Uint8Array {
  const parsed = JSON.parse(Buffer.from(bundle).toString()) as DsseBundle;
  const text = Buffer.from(parsed.dsseEnvelope.payload, "base64").toString();
  const changed = change(text);
  if (changed === text) throw new Error("the statement was not changed");
  return Buffer.from(
    JSON.stringify({ ...parsed, dsseEnvelope: { ...parsed.dsseEnvelope, payload: Buffer.from(changed).toString("base64") } }),
  );
}

/** The bundle with another signature: one bit of its last byte differs. */
export function withOtherSignature(bundle: Uint8Array): Uint8Array {
  const parsed = JSON.parse(Buffer.from(bundle).toString()) as DsseBundle;
  const signatures = parsed.dsseEnvelope.signatures.map((signature) => {
    const bytes = Buffer.from(signature.sig, "base64");
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    return { ...signature, sig: bytes.toString("base64") };
  });
  return Buffer.from(JSON.stringify({ ...parsed, dsseEnvelope: { ...parsed.dsseEnvelope, signatures } }));
}

async function referrers(registry: Registry, image: Pushed): Promise<Index> {
  const path = registry.hasReferrers ? `referrers/${image.digest}` : `manifests/${fallbackTag(image)}`;
  const response = await fetch(`${registry.url}/v2/${image.repository}/${path}`, { headers: { accept: indexType } });
  const text = await response.text();
  return response.status === 404 ? { manifests: [] } : (JSON.parse(text) as Index);
}

/** OCI distribution 1.1, "Referrers Tag Schema". */
function fallbackTag(image: Pushed): string {
  return image.digest.replace(":", "-");
}
