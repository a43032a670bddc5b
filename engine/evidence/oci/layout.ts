/** An OCI image layout (image specification 1.1, `image-layout.md`), as a repository: the same bytes, from a folder. */
import { layoutFault, malformed, type RegistryFault, tooLarge } from "./fault.ts";
import { algorithmOf, type Descriptor, type ImageIndex, isIndexType, readManifest, readObject, referrersTag } from "./manifest.ts";
import { contentFault, type FetchedManifest, type Looked, type ReferrerList, type Repository } from "./repository.ts";
import type { Hash, OciLimits } from "./transport.ts";

export type FileRead =
  | { readonly kind: "found"; readonly bytes: Uint8Array }
  | { readonly kind: "absent" }
  | { readonly kind: "too-large" }
  | { readonly kind: "failed"; readonly problem: string };

/** The files of a layout. Paths are relative to it, with `/`; nothing outside it is ever asked for. */
export interface LayoutReader {
  readonly read: (path: string, limit: number) => Promise<FileRead>;
  /** The first byte; undefined where there is none to be had. */
  readonly begin: (path: string) => Promise<number | undefined>;
  /** Names and sizes of the files in a folder, sorted by name; empty where there is none. */
  readonly list: (folder: string) => Promise<readonly { readonly name: string; readonly size: number }[]>;
}

export interface Layout extends Repository {
  readonly kind: "layout";
  /** Digests of the images and indexes that the layout is for, without what is attached to others. */
  readonly images: readonly string[];
}

const refName = "org.opencontainers.image.ref.name";
/** What `cosign save` calls the parts of a layout. */
const cosignKinds = { sig: "dev.cosignproject.cosign/sigs", att: "dev.cosignproject.cosign/atts" } as const;
/** Files of this size are read to see whether they are manifests; larger ones only where they begin as JSON does. */
const smallFile = 256 * 1024;
const mostFiles = 10_000;
const brace = 0x7b;

/** Opens a layout. `name` is how people call it. */
export async function openLayout(
  name: string,
  reader: LayoutReader,
  limits: OciLimits,
  hash: Hash,
): Promise<Layout | { readonly kind: "fault"; readonly fault: RegistryFault }> {
  const no = (problem: string): { readonly kind: "fault"; readonly fault: RegistryFault } => ({
    kind: "fault",
    fault: layoutFault(name, problem),
  });
  const marker = await reader.read("oci-layout", 65_536);
  if (marker.kind !== "found") return no(marker.kind === "failed" ? marker.problem : "there is no file `oci-layout` in it");
  const said = readObject(marker.bytes, 65_536);
  const version = said.ok ? said.value["imageLayoutVersion"] : undefined;
  if (version !== "1.0.0") return no("its `oci-layout` does not say version 1.0.0");
  const top = await reader.read("index.json", limits.manifest);
  if (top.kind !== "found") return no(top.kind === "failed" ? top.problem : "there is no `index.json` of a readable size in it");
  const index = readManifest(top.bytes, limits.manifest);
  if (!index.ok || index.value.kind !== "index") return no(index.ok ? "its `index.json` is not an index" : index.problem);
  return layoutOf(name, index.value, reader, limits, hash);
}

async function layoutOf(name: string, index: ImageIndex, reader: LayoutReader, limits: OciLimits, hash: Hash): Promise<Layout> {
  function pathOf(digest: string): string {
    return `blobs/${digest.replace(":", "/")}`;
  }

  async function content(digest: string, limit: number, what: string): Promise<Looked<Uint8Array>> {
    const url = `${name}/${pathOf(digest)}`;
    if (algorithmOf(digest) === undefined)
      return { outcome: "failed", url, fault: malformed(url, what, "its digest is of no algorithm that is checked") };
    const file = await reader.read(pathOf(digest), limit);
    if (file.kind === "absent") return { outcome: "absent", url };
    if (file.kind === "too-large") return { outcome: "failed", url, fault: tooLarge(url, what, limit) };
    if (file.kind === "failed") return { outcome: "failed", url, fault: layoutFault(name, file.problem) };
    const fault = contentFault(file.bytes, digest, undefined, { url, what, registry: name }, hash);
    return fault ? { outcome: "failed", url, fault } : { outcome: "found", url, value: file.bytes };
  }

  function tagged(tag: string): Looked<Descriptor> {
    const url = `${name}/index.json`;
    const suffix = tag.endsWith(".sig") ? "sig" : tag.endsWith(".att") ? "att" : undefined;
    const own = index.manifests.filter((one) => one.annotations[refName] === tag || one.annotations[refName]?.endsWith(`:${tag}`) === true);
    const saved = suffix === undefined ? [] : index.manifests.filter((one) => one.annotations["kind"] === cosignKinds[suffix]);
    const found = new Map((own.length > 0 ? own : saved).map((one) => [one.digest, one]));
    const [only] = found.values();
    if (only === undefined) return { outcome: "absent", url };
    if (found.size > 1) return { outcome: "failed", url, fault: layoutFault(name, `\`${tag}\` names ${found.size} manifests in it`) };
    return { outcome: "found", url, value: only };
  }

  async function manifest(reference: string): Promise<Looked<FetchedManifest>> {
    const known = algorithmOf(reference) === undefined ? tagged(reference) : undefined;
    if (known && known.outcome !== "found") return known;
    const digest = known?.value.digest ?? reference;
    const what = `manifest \`${digest}\``;
    const bytes = await content(digest, limits.manifest, what);
    if (bytes.outcome !== "found") return bytes;
    const read = readManifest(bytes.value, limits.manifest);
    if (!read.ok) return { outcome: "failed", url: bytes.url, fault: malformed(bytes.url, what, read.problem) };
    return { outcome: "found", url: bytes.url, value: { digest, size: bytes.value.length, manifest: read.value } };
  }

  async function blob(descriptor: Descriptor, what: string): Promise<Looked<Uint8Array>> {
    if (descriptor.size > limits.blob) {
      const url = `${name}/${pathOf(descriptor.digest)}`;
      return { outcome: "failed", url, fault: tooLarge(url, what, limits.blob) };
    }
    return content(descriptor.digest, limits.blob, what);
  }

  /** Manifests that say what they are attached to, by that; tools disagree on whether `index.json` lists them, so files are looked at. */
  async function attachments(): Promise<{
    readonly bySubject: ReadonlyMap<string, readonly Descriptor[]>;
    readonly partial: ReferrerList["partial"];
  }> {
    const bySubject = new Map<string, Descriptor[]>();
    const listed = new Set(index.manifests.map((one) => one.digest));
    const files = (await reader.list("blobs/sha256")).filter((file) => /^[0-9a-f]{64}$/.test(file.name));
    const readable = files.filter((file) => file.size <= limits.manifest);
    const large = files.find((file) => file.size > limits.manifest && listed.has(`sha256:${file.name}`));
    const small = readable.filter((file) => file.size <= smallFile);
    const others = readable.filter((file) => file.size > smallFile);
    let room = limits.bytes;
    let left = Math.max(0, readable.length - mostFiles);
    for (const file of [...small, ...others].slice(0, mostFiles)) {
      const path = `blobs/sha256/${file.name}`;
      if (file.size > smallFile) {
        if ((await reader.begin(path)) !== brace) continue;
        if (file.size > room) {
          left += 1;
          continue;
        }
        room -= file.size;
      }
      const read = await reader.read(path, limits.manifest);
      if (read.kind !== "found" || read.bytes[0] !== brace) continue;
      const found = readManifest(read.bytes, limits.manifest);
      if (!found.ok || found.value.subject === undefined) continue;
      const { value } = found;
      const descriptor: Descriptor = {
        mediaType: value.mediaType,
        digest: `sha256:${file.name}`,
        size: file.size,
        annotations: value.annotations,
        ...(value.kind === "image" ? { artifactType: value.artifactType ?? value.config.mediaType } : {}),
      };
      const subject = value.subject?.digest ?? "";
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), descriptor]);
    }
    if (left > 0) return { bySubject, partial: { cause: "transient", diagnostic: layoutFault(name, unread(left)).diagnostic } };
    if (large === undefined) return { bySubject, partial: undefined };
    const fault = tooLarge(`${name}/blobs`, `manifest \`sha256:${large.name}\``, limits.manifest);
    return { bySubject, partial: { cause: "malformed", diagnostic: fault.diagnostic } };
  }

  let scanned: ReturnType<typeof attachments> | undefined;

  async function referrers(digest: string): Promise<Looked<ReferrerList>> {
    scanned ??= attachments();
    const { bySubject, partial } = await scanned;
    const listed = await manifest(referrersTag(digest));
    if (listed.outcome === "failed") return listed;
    const more = listed.outcome === "found" && listed.value.manifest.kind === "index" ? listed.value.manifest.manifests : [];
    const descriptors = [...(bySubject.get(digest) ?? []), ...more];
    return { outcome: "found", url: `${name}/blobs`, value: { descriptors, ...(partial === undefined ? {} : { partial }) } };
  }

  /** An image of the layout itself: not a list of referrers, nor signatures, nor attached to another. */
  async function isImage(descriptor: Descriptor): Promise<boolean> {
    const { kind, [refName]: ref = "" } = descriptor.annotations;
    if (kind === cosignKinds.sig || kind === cosignKinds.att) return false;
    if (/(?:^|:)sha(?:256|512)-[0-9a-f]{64,128}(?:\.(?:sig|att|sbom))?$/.test(ref)) return false;
    if (isIndexType(descriptor.mediaType)) return true;
    const found = await manifest(descriptor.digest);
    return !(found.outcome === "found" && found.value.manifest.subject !== undefined);
  }

  const images = new Set<string>();
  for (const descriptor of index.manifests.slice(0, mostFiles)) if (await isImage(descriptor)) images.add(descriptor.digest);
  return { kind: "layout", name, manifest, blob, referrers, images: [...images] };
}

function unread(files: number): string {
  return `${files} of its files, which may be attached, ${files === 1 ? "is" : "are"} more than is looked at`;
}
