/** One repository, whether behind a registry or in a folder: manifests, blobs and lists of referrers, checked by their digests. */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { incomplete, lied, malformed, overRoom, quoted, type RegistryFault, tooLarge } from "./fault.ts";
import {
  acceptedManifests,
  algorithmOf,
  type Descriptor,
  hasDigest,
  type ImageIndex,
  type Manifest,
  mediaTypes,
  readManifest,
} from "./manifest.ts";
import type { Ask, Session } from "./session.ts";
import type { Hash, OciLimits } from "./transport.ts";

/** What looking at one place gave. `url` is for people. */
export type Looked<T> =
  | { readonly outcome: "found"; readonly url: string; readonly value: T }
  | { readonly outcome: "absent"; readonly url: string; readonly detail?: string }
  | { readonly outcome: "failed"; readonly url: string; readonly fault: RegistryFault };

export interface FetchedManifest {
  /** Of the bytes, as they were received. */
  readonly digest: string;
  readonly size: number;
  readonly manifest: Manifest;
}

export interface ReferrerList {
  readonly descriptors: readonly Descriptor[];
  /** Why it is not the whole list; absent: it is. */
  readonly partial?: { readonly cause: "transient" | "malformed"; readonly diagnostic: Diagnostic };
}

export interface Repository {
  readonly kind: "registry" | "layout";
  /** `ghcr.io/acme/shop`, or the path of a layout. */
  readonly name: string;
  /** By digest (checked), or by tag (whatever the registry says now). */
  readonly manifest: (reference: string) => Promise<Looked<FetchedManifest>>;
  readonly blob: (descriptor: Descriptor, what: string) => Promise<Looked<Uint8Array>>;
  /** Absent: there is no such list here, and the tag for it is to be asked. */
  readonly referrers: (digest: string) => Promise<Looked<ReferrerList>>;
}

/** `manifest`, `blob`: what is asked for, as in a message. */
export function named(kind: string, reference: string): string {
  return `${kind} \`${reference}\``;
}

/** The fault where bytes are not what their descriptor says; undefined where they are. */
export function contentFault(
  bytes: Uint8Array,
  digest: string,
  size: number | undefined,
  where: { readonly url: string; readonly what: string; readonly registry: string },
  hash: Hash,
): RegistryFault | undefined {
  if (size !== undefined && bytes.length < size)
    return incomplete(where.registry, where.url, where.what, `sent ${bytes.length} of ${size} bytes`);
  const algorithm = algorithmOf(digest);
  if (algorithm === undefined) return malformed(where.url, where.what, "its digest is of no algorithm that is checked");
  if (hasDigest(bytes, digest, hash)) return undefined;
  return lied(where.url, where.what, `the bytes have the digest \`${algorithm}:${hash(algorithm, bytes)}\``);
}

/** The address of the next page (RFC 8288, `rel="next"`), or undefined where this is the last. */
export function nextPage(header: string | undefined): string | undefined {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters ?? "")) return target;
  }
  return undefined;
}

export interface RegistrySource {
  readonly session: Session;
  readonly registry: string;
  /** `acme/shop` */
  readonly path: string;
  readonly limits: OciLimits;
  readonly hash: Hash;
}

/** A repository of a registry (OCI distribution specification 1.1). */
export function registryRepository({ session, registry, path, limits, hash }: RegistrySource): Repository {
  const base = `/v2/${path}`;
  const full = `${registry}/${path}`;

  async function ask(one: Ask): Promise<Awaited<ReturnType<Session["get"]>>> {
    if (session.room() <= 0)
      return { kind: "fault", url: "", fault: overRoom(`everything attached to an image of \`${full}\``, limits.bytes) };
    return session.get(one);
  }

  async function manifest(reference: string): Promise<Looked<FetchedManifest>> {
    const algorithm = algorithmOf(reference);
    const what = named("manifest", algorithm === undefined ? `${full}:${reference}` : `${full}@${reference}`);
    const got = await ask({
      path: `${base}/manifests/${reference}`,
      accept: acceptedManifests,
      limit: limits.manifest,
      what,
      addressed: algorithm !== undefined,
    });
    const { url } = got;
    if (got.kind === "fault") return { outcome: "failed", url, fault: got.fault };
    if (got.kind === "absent") return { outcome: "absent", url, ...(got.said === undefined ? {} : { detail: got.said }) };
    const said = got.headers["docker-content-digest"];
    const saidAlgorithm = said === undefined ? undefined : algorithmOf(said);
    const digest = algorithm === undefined ? `sha256:${hash("sha256", got.body)}` : reference;
    const fault =
      contentFault(got.body, digest, undefined, { url, what, registry }, hash) ??
      // By tag there is no other digest to hold the bytes against.
      (said !== undefined && said !== digest && saidAlgorithm !== undefined
        ? contentFault(got.body, said, undefined, { url, what, registry }, hash)
        : undefined);
    if (fault) return { outcome: "failed", url, fault };
    const read = readManifest(got.body, limits.manifest, got.headers["content-type"]);
    if (!read.ok) return { outcome: "failed", url, fault: malformed(url, what, read.problem) };
    return { outcome: "found", url, value: { digest, size: got.body.length, manifest: read.value } };
  }

  async function blob(descriptor: Descriptor, what: string): Promise<Looked<Uint8Array>> {
    const at = `${base}/blobs/${descriptor.digest}`;
    if (descriptor.size > limits.blob) return { outcome: "failed", url: at, fault: tooLarge(at, what, limits.blob) };
    if (descriptor.size === 0) {
      // Its digest says it all; an answer without a body is a fault, and anybody may attach nothing.
      const none = new Uint8Array();
      const fault = contentFault(none, descriptor.digest, 0, { url: at, what, registry }, hash);
      return fault ? { outcome: "failed", url: at, fault } : { outcome: "found", url: at, value: none };
    }
    const got = await ask({ path: at, accept: "*/*", limit: descriptor.size, what, addressed: true });
    const { url } = got;
    if (got.kind === "fault") {
      const longer = got.fault.kind === "too-large";
      return { outcome: "failed", url, fault: longer ? lied(url, what, `it is longer than its ${descriptor.size} bytes`) : got.fault };
    }
    if (got.kind === "absent") return { outcome: "absent", url, ...(got.said === undefined ? {} : { detail: got.said }) };
    const fault = contentFault(got.body, descriptor.digest, descriptor.size, { url, what, registry }, hash);
    return fault ? { outcome: "failed", url, fault } : { outcome: "found", url, value: got.body };
  }

  const listOf = (digest: string): string => `the list of referrers of \`${full}@${digest}\``;

  async function page(digest: string, at: string): Promise<Looked<{ index: ImageIndex; next: string | undefined; filtered: boolean }>> {
    const what = listOf(digest);
    const got = await ask({ path: at, accept: mediaTypes.ociIndex, limit: limits.manifest, what, addressed: false, optional: true });
    const { url } = got;
    // No digest says what the list has to be: what cannot be read came from whoever is between, a portal's page for one.
    const unlooked = (fault: RegistryFault): Looked<never> => ({
      outcome: "failed",
      url,
      fault: fault.kind === "malformed" ? { ...fault, cause: "transient" } : fault,
    });
    const unread = (problem: string): Looked<never> => unlooked(malformed(url, what, problem));
    if (got.kind === "fault") return unlooked(got.fault);
    if (got.kind === "absent") return { outcome: "absent", url };
    const type = got.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
    if (type !== undefined && !/json$/.test(type)) return unread(`it is sent as \`${quoted(type)}\``);
    const read = readManifest(got.body, limits.manifest, type);
    if (!read.ok) return unread(read.problem);
    if (read.value.kind !== "index") return unread("it is not an index");
    const next = nextPage(got.headers["link"]);
    // Nothing was asked to be filtered, so a list that was filtered lacks something.
    const filtered = (got.headers["oci-filters-applied"] ?? "") !== "";
    return { outcome: "found", url, value: { index: read.value, next, filtered } };
  }

  async function referrers(digest: string): Promise<Looked<ReferrerList>> {
    const first = `${base}/referrers/${digest}`;
    const what = listOf(digest);
    const found: Descriptor[] = [];
    const seen = new Set<string>();
    let at = first;
    for (let pages = 0; ; pages += 1) {
      const one = await page(digest, at);
      if (one.outcome !== "found") {
        if (pages === 0) return one;
        const fault = one.outcome === "failed" ? one.fault : malformed(one.url, what, "a page of it is not there");
        const cause = one.outcome === "failed" && fault.cause === "malformed" ? "malformed" : "transient";
        return { outcome: "found", url: one.url, value: { descriptors: found, partial: { cause, diagnostic: fault.diagnostic } } };
      }
      found.push(...one.value.index.manifests);
      const partial = (cause: "transient" | "malformed", problem: string): Looked<ReferrerList> => ({
        outcome: "found",
        url: one.url,
        value: { descriptors: found, partial: { cause, diagnostic: malformed(one.url, what, problem).diagnostic } },
      });
      if (one.value.filtered) return partial("malformed", "the registry filtered it unasked");
      if (one.value.next === undefined) return { outcome: "found", url: one.url, value: { descriptors: found } };
      const next = URL.parse(one.value.next, one.url);
      if (next === null || next.origin !== new URL(one.url).origin || next.pathname !== new URL(first, one.url).pathname)
        return partial("malformed", "its next page is said to be elsewhere");
      at = next.pathname + next.search;
      if (seen.has(at)) return partial("malformed", "its pages go round in circles");
      if (pages + 1 >= limits.pages) return partial("transient", `it has more than ${limits.pages} pages`);
      seen.add(at);
    }
  }

  return { kind: "registry", name: full, manifest, blob, referrers };
}
