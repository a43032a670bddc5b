/**
 * The face of this folder: from a reference to everything that is attached to the image, by digest from the first answer
 * on. Bounded in requests, bytes and waiting; the network is the caller's `transport`.
 */

import { parseImageRef } from "../../../language/domains/image-ref.ts";
import type { AttachedForm } from "../../trust/verification.ts";
import { type Attached, type Lookup, lookupOf, type PlatformImage, type Unreached } from "./attached.ts";
import { collect, inOrder, type Wanted } from "./collect.ts";
import { endpointOf } from "./endpoint.ts";
import { layoutFault, malformed, notFound, notReference, type RegistryFault } from "./fault.ts";
import { type LayoutReader, openLayout } from "./layout.ts";
import { type Descriptor, isIndexType, isRealPlatform, type Platform } from "./manifest.ts";
import { mostRequests } from "./plan.ts";
import { type FetchedManifest, type Looked, type Repository, registryRepository } from "./repository.ts";
import { type Logins, openSession } from "./session.ts";
import { type Credentials, type Hash, type OciLimits, ociLimits, type Transport } from "./transport.ts";

export interface ReadOptions {
  readonly hash: Hash;
  readonly limits?: Partial<OciLimits>;
  /** What is of use; absent: everything. Where nothing is, nothing attached is looked for. */
  readonly wanted?: Wanted;
  /** Requests at a time; 8 where it is not given. */
  readonly concurrency?: number;
}

export interface FetchOptions extends ReadOptions {
  readonly transport: Transport;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly credentials?: Credentials;
  /** Shared between images, so that each repository costs one login. */
  readonly logins?: Logins;
  /** Whether a registry is asked without TLS although it is not this machine (`--insecure-registry`). */
  readonly plain?: (registry: string) => boolean;
  /** The origin of a registry's API where it is not the usual one: a mirror. */
  readonly endpoint?: (registry: string) => string | undefined;
  /** No more requests than this leave; `mostRequests` of the limits where it is not given. */
  readonly maxRequests?: number;
}

const formOrder: readonly AttachedForm[] = ["referrer", "referrers-tag", "legacy-signature", "legacy-attestation", "layout"];

/** What an image costs at most under these limits. */
export function mostOf(limits: OciLimits): number {
  const { platforms, referrers, layers, pages, retries } = limits;
  return mostRequests({ platforms, referrers, layers, pages, retries, redirects: 1, login: true });
}

/** Everything attached to the image, read from its registry. Never rejects. */
export async function fetchAttached(reference: string, options: FetchOptions): Promise<Attached | Unreached> {
  const limits = { ...ociLimits, ...options.limits };
  const most = options.maxRequests ?? mostOf(limits);
  const ref = parseImageRef(reference);
  if (!ref.ok) return { kind: "unreached", reference, fault: notReference(reference, ref.problem), lookups: [], requests: 0, most };
  const { registry, path, tag, digest } = ref.value;
  const plain = options.plain ?? (() => false);
  const session = openSession({
    registry,
    endpoint: options.endpoint?.(registry) ?? endpointOf(registry, plain),
    repository: path,
    transport: options.transport,
    sleep: options.sleep,
    credentials: options.credentials ?? (async () => undefined),
    limits,
    maxRequests: most,
    concurrency: options.concurrency ?? 8,
    logins: options.logins ?? new Map(),
    plain,
  });
  const repository = registryRepository({ session, registry, path, limits, hash: options.hash });
  const read = await readAttached(repository, digest ?? tag ?? "latest", limits, options);
  return { ...read, requests: session.requests(), most };
}

/**
 * Everything attached to an image of an OCI layout. `reference` is a tag or a digest in it; absent: its only image.
 * Never rejects, and costs no requests.
 */
export async function attachedInLayout(
  name: string,
  reader: LayoutReader,
  reference: string | undefined,
  options: ReadOptions,
): Promise<Attached | Unreached> {
  const limits = { ...ociLimits, ...options.limits };
  const layout = await openLayout(name, reader, limits, options.hash);
  const stop = (fault: RegistryFault): Unreached => ({
    kind: "unreached",
    reference: name,
    fault,
    lookups: [],
    requests: 0,
    most: 0,
  });
  if (layout.kind === "fault") return stop(layout.fault);
  const [only, second] = layout.images;
  if (reference !== undefined) return readAttached(layout, reference, limits, options);
  if (only === undefined) return stop(layoutFault(name, "it holds no image"));
  if (second !== undefined) return stop(layoutFault(name, `it holds ${layout.images.length} images, and none was named`));
  return readAttached(layout, only, limits, options);
}

/**
 * Everything attached to what `reference` (a tag or a digest) names in a repository. The tag is asked for once; whatever
 * follows is by digest, so that a tag that moves meanwhile changes nothing.
 */
export async function readAttached(
  repository: Repository,
  reference: string,
  limits: OciLimits,
  options: ReadOptions,
): Promise<Attached | Unreached> {
  const shown = reference.includes(":") ? `${repository.name}@${reference}` : `${repository.name}:${reference}`;
  const lookups: Lookup[] = [];
  const counts = { requests: 0, most: 0 };
  const stop = (fault: RegistryFault): Unreached => ({ kind: "unreached", reference: shown, fault, lookups, ...counts });

  const root = await repository.manifest(reference);
  lookups.push(lookupOf("manifest", shown, root));
  if (root.outcome === "failed") return stop(root.fault);
  if (root.outcome === "absent") return stop(notFound(shown, root.url, root.detail));
  const { digest, manifest } = root.value;
  const concurrency = options.concurrency ?? 8;

  const images = manifest.kind === "index" ? manifest.manifests.filter((child) => isRealPlatform(child.platform)) : [];
  if (images.length > limits.platforms)
    return stop(malformed(root.url, `index \`${shown}\``, `it has ${images.length} platforms, more than ${limits.platforms}`));
  const nested = images.find((child) => isIndexType(child.mediaType));
  if (nested) return stop(malformed(root.url, `index \`${shown}\``, `\`${nested.digest}\` in it is an index again`));
  const children = [...new Map(images.map((child) => [child.digest, child])).values()];

  const { wanted } = options;
  const nothing = wanted !== undefined && !wanted.signatures && !wanted.attestations;
  const [manifests, found] = await Promise.all([
    inOrder(children, concurrency, (child) => repository.manifest(child.digest)),
    collect(repository, nothing ? [] : [digest, ...children.map((child) => child.digest)], {
      hash: options.hash,
      limits,
      wanted,
      concurrency,
    }),
  ]);
  const wrong = manifests.findIndex((one) => one.outcome === "found" && one.value.manifest.kind === "index");
  if (wrong >= 0) return stop(malformed(root.url, `index \`${shown}\``, `\`${children[wrong]?.digest}\` in it is an index again`));
  for (const [position, one] of manifests.entries()) lookups.push(lookupOf("manifest", children[position]?.digest ?? shown, one));
  const config = manifest.kind === "image" ? manifest.config.digest : undefined;
  const envelopesOf = (of: string) => found.envelopes.get(of) ?? [];
  const forms = new Set<AttachedForm>([...found.envelopes.values()].flat().map((envelope) => envelope.form));
  return {
    kind: "attached",
    reference: `${repository.name}@${digest}`,
    digest,
    ...(config === undefined ? {} : { configDigest: config }),
    isIndex: manifest.kind === "index",
    envelopes: envelopesOf(digest),
    children: children.map((child, position) => platformImage(child, manifests[position], envelopesOf(child.digest))),
    lookups: [...lookups, ...found.lookups],
    noise: found.noise,
    gaps: found.gaps,
    forms: { looked: formOrder.filter((form) => found.looked.has(form)), found: formOrder.filter((form) => forms.has(form)) },
    ...counts,
  };
}

function platformImage(
  child: Descriptor,
  found: Looked<FetchedManifest> | undefined,
  envelopes: PlatformImage["envelopes"],
): PlatformImage {
  const platform: Platform | undefined = child.platform;
  const manifest = found?.outcome === "found" ? found.value.manifest : undefined;
  return {
    digest: child.digest,
    ...(platform === undefined ? {} : { platform }),
    ...(manifest?.kind === "image" ? { configDigest: manifest.config.digest } : {}),
    envelopes,
  };
}
