/** Collects what is attached to the manifests of an image: lists first, then what they name, in a fixed order. */
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { AttachedForm, Envelope, Noise } from "../../trust/verification.ts";
import { type Gap, gapFor, gapOf, type Lookup, lookupOf } from "./attached.ts";
import { quoted } from "./fault.ts";
import { attestationBundle, signatureBundle } from "./legacy.ts";
import { type Descriptor, type ImageManifest, isBundleType, isIndexType, legacyTag, mediaTypes, referrersTag } from "./manifest.ts";
import { type FetchedManifest, type Looked, named, type Repository } from "./repository.ts";
import type { Hash, OciLimits } from "./transport.ts";

/** The statement that cosign 3 writes for `cosign sign`; it also stands for the signatures of cosign before. */
export const cosignSign = "https://sigstore.dev/cosign/sign/v1";

/** What is of use; the rest is not read. */
export interface Wanted {
  readonly signatures: boolean;
  /** Whether any attestation is. */
  readonly attestations: boolean;
  readonly has: (predicateType: string) => boolean;
}

/** Predicate types by name. */
export function wantedTypes(types: readonly string[]): Wanted {
  const names = new Set(types);
  return { signatures: names.has(cosignSign), attestations: types.some((type) => type !== cosignSign), has: (type) => names.has(type) };
}

const predicateAnnotation = "dev.sigstore.bundle.predicateType";

export interface CollectOptions {
  readonly hash: Hash;
  readonly limits: OciLimits;
  /** Predicate types that are of use; absent: all. */
  readonly wanted: Wanted | undefined;
  /** Requests at a time. */
  readonly concurrency: number;
}

export interface Collected {
  /** By digest of the manifest that they are attached to. */
  readonly envelopes: ReadonlyMap<string, readonly Envelope[]>;
  readonly lookups: readonly Lookup[];
  readonly noise: readonly Noise[];
  readonly gaps: readonly Gap[];
  readonly looked: ReadonlySet<AttachedForm>;
}

/** Runs `work` on every item, so many at a time; results are in the order of the items. */
export async function inOrder<T, R>(items: readonly T[], concurrency: number, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, concurrency), items.length) }, worker));
  return results;
}

/** A list of one manifest's attachments, and where it was. */
interface Listed {
  readonly of: string;
  readonly form: AttachedForm;
  readonly descriptors: readonly Descriptor[];
}

/** A layer that is to be read. */
interface WantedLayer {
  readonly of: string;
  readonly form: AttachedForm;
  readonly layer: Descriptor;
  readonly name: string;
  readonly read: "bundle" | "signature" | "attestation";
}

/** Types that a registry may report for a bundle although they are the config's, or that say nothing. */
const vague = new Set<string>([
  "",
  mediaTypes.empty,
  mediaTypes.imageConfig,
  "application/vnd.docker.container.image.v1+json",
  "application/vnd.unknown.config.v1+json",
  "application/octet-stream",
]);

function mayHoldSignatures(artifactType: string | undefined): boolean {
  if (artifactType === undefined || vague.has(artifactType) || isBundleType(artifactType)) return true;
  return /^application\/vnd\.(?:dev\.cosign\.artifact\.(?:sig|att)\.v1|in-toto|dsse\.envelope\.v1)\+json$/.test(artifactType);
}

/** A list names it and it is not there: taken away meanwhile, or not copied with the image. */
function notThere(of: string, what: string): Gap {
  return gapFor(of, "transient", diagnostic("WB1149", { what, problem: "it is listed and not there" }, undefined));
}

function readAs(mediaType: string): WantedLayer["read"] | undefined {
  if (isBundleType(mediaType)) return "bundle";
  if (mediaType === mediaTypes.simpleSigning) return "signature";
  return mediaType === mediaTypes.dsse ? "attestation" : undefined;
}

/** Looks for everything attached to the manifests with these digests. */
export async function collect(repository: Repository, digests: readonly string[], options: CollectOptions): Promise<Collected> {
  const { limits, wanted, hash, concurrency } = options;
  const lookups: Lookup[] = [];
  const noise: Noise[] = [];
  const gaps: Gap[] = [];
  const looked = new Set<AttachedForm>();
  const envelopes = new Map<string, Envelope[]>(digests.map((digest) => [digest, []]));
  const formOf = (form: AttachedForm): AttachedForm => (repository.kind === "layout" ? "layout" : form);
  const useful = (predicateType: string | undefined): boolean =>
    wanted === undefined || predicateType === undefined || predicateType === "" || wanted.has(predicateType);
  const ignore = (name: string, form: AttachedForm, reason: string): void => {
    noise.push({ name, form: formOf(form), reason });
  };
  const unread = (predicateType: string): string => `it is of type \`${quoted(predicateType)}\`, which nothing here asks for`;

  /** Index of attachments by the API, or else by the tag. */
  async function list(of: string): Promise<readonly (() => Listed | undefined)[]> {
    looked.add(formOf("referrer"));
    const listed = await repository.referrers(of);
    if (listed.outcome !== "absent") {
      return [
        () => {
          const count = listed.outcome === "found" ? `${listed.value.descriptors.length} attached` : undefined;
          lookups.push(lookupOf("referrers", of, listed, count));
          if (listed.outcome === "failed") {
            gaps.push(gapOf(of, listed.fault));
            return undefined;
          }
          const { partial } = listed.value;
          if (partial) gaps.push(gapFor(of, partial.cause, partial.diagnostic));
          return { of, form: "referrer", descriptors: listed.value.descriptors };
        },
      ];
    }
    looked.add(formOf("referrers-tag"));
    const tag = referrersTag(of);
    const tagged = await repository.manifest(tag);
    return [
      () => {
        lookups.push(lookupOf("referrers", of, listed, "there is no referrers API here"));
        const index = tagged.outcome === "found" && tagged.value.manifest.kind === "index" ? tagged.value.manifest : undefined;
        lookups.push(lookupOf("referrers-tag", of, tagged, index && `${index.manifests.length} attached`));
        if (tagged.outcome === "failed") gaps.push(gapOf(of, tagged.fault));
        if (tagged.outcome !== "found") return undefined;
        if (index) return { of, form: "referrers-tag", descriptors: index.manifests };
        ignore(`${repository.name}:${tag}`, "referrers-tag", "it is an image, not a list of referrers");
        return undefined;
      },
    ];
  }

  /** Layers of an older tag. */
  async function legacy(of: string, suffix: "sig" | "att"): Promise<() => readonly WantedLayer[]> {
    const form = suffix === "sig" ? "legacy-signature" : "legacy-attestation";
    looked.add(formOf(form));
    const tag = legacyTag(of, suffix);
    const found = await repository.manifest(tag);
    return () => {
      const manifest = found.outcome === "found" ? found.value.manifest : undefined;
      const layers = manifest?.kind === "image" ? manifest.layers : [];
      const isIndex = manifest?.kind === "index";
      if (isIndex) ignore(`${repository.name}:${tag}`, form, "it is an index");
      lookups.push(lookupOf(form, of, found, manifest && (isIndex ? "it is an index" : `${layers.length} attached`)));
      if (found.outcome === "failed") gaps.push(gapOf(of, found.fault));
      return layersOf(of, form, `${repository.name}:${tag}`, layers);
    };
  }

  function layersOf(of: string, form: AttachedForm, name: string, layers: readonly Descriptor[]): readonly WantedLayer[] {
    const some: WantedLayer[] = [];
    for (const [position, layer] of layers.entries()) {
      const read = readAs(layer.mediaType);
      const shown = layers.length > 1 ? `${name}#${position + 1}` : name;
      const predicateType = read === "signature" ? cosignSign : layer.annotations["predicateType"];
      if (read === undefined) {
        const unsigned = /in-toto/.test(layer.mediaType);
        ignore(
          shown,
          form,
          unsigned ? "it is a statement that nobody signed" : `layers of type \`${quoted(layer.mediaType)}\` are not read`,
        );
      } else if (!useful(predicateType)) ignore(shown, form, unread(predicateType ?? ""));
      else some.push({ of, form, layer, name: shown, read });
    }
    return some;
  }

  const wantsSignatures = wanted?.signatures ?? true;
  const wantsAttestations = wanted?.attestations ?? true;
  const firsts = await inOrder(digests, concurrency, async (of) => {
    const [lists, signatures, attestations] = await Promise.all([
      list(of),
      wantsSignatures ? legacy(of, "sig") : undefined,
      wantsAttestations ? legacy(of, "att") : undefined,
    ]);
    return { lists, legacies: [signatures, attestations].filter((one) => one !== undefined) };
  });
  const listed = firsts.flatMap((one) => one.lists.map((take) => take())).filter((one) => one !== undefined);
  const tagged = firsts.flatMap((one) => one.legacies.flatMap((take) => take()));

  const candidates = listed.flatMap(({ of, form, descriptors }) => {
    const distinct = new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor]));
    const sorted = [...distinct.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    return sorted.flatMap((descriptor) => {
      const name = `${repository.name}@${descriptor.digest}`;
      const predicateType = descriptor.annotations[predicateAnnotation];
      if (isIndexType(descriptor.mediaType)) ignore(name, form, "it is an index");
      else if (!mayHoldSignatures(descriptor.artifactType))
        ignore(name, form, `artifacts of type \`${quoted(descriptor.artifactType ?? "")}\` are not read`);
      else if (!useful(predicateType)) ignore(name, form, unread(predicateType ?? ""));
      else return [{ of, form, descriptor, name }];
      return [];
    });
  });
  const read = candidates.slice(0, limits.referrers);
  leaveOut(candidates.slice(limits.referrers), "attached manifests", limits.referrers);
  const manifests = await inOrder(read, concurrency, (one) => repository.manifest(one.descriptor.digest));
  const attached = read.flatMap((one, position) => {
    const found = manifests[position];
    return found ? bundlesOf(one, found) : [];
  });

  function leaveOut(rest: readonly { readonly of: string }[], what: string, limit: number): void {
    for (const of of new Set(rest.map((one) => one.of))) {
      const count = rest.filter((one) => one.of === of).length;
      gaps.push(gapFor(of, "transient", diagnostic("WB1152", { count, what, limit }, undefined)));
    }
  }

  /** What of an attached manifest is to be read: it has to say itself what it is attached to. */
  function bundlesOf(
    one: { readonly of: string; readonly form: AttachedForm; readonly name: string },
    found: Looked<FetchedManifest>,
  ): readonly WantedLayer[] {
    const { of, form, name } = one;
    lookups.push(lookupOf("attached-manifest", of, found));
    if (found.outcome === "failed") gaps.push(gapOf(of, found.fault));
    if (found.outcome === "absent") gaps.push(notThere(of, named("manifest", name)));
    if (found.outcome !== "found") return [];
    const { manifest } = found.value;
    const reason = manifest.kind === "index" ? "it is an index" : strangerTo(of, manifest);
    const predicateType = manifest.annotations[predicateAnnotation];
    if (reason !== undefined || manifest.kind === "index") ignore(name, form, reason ?? "it is an index");
    else if (manifest.layers.length === 0) ignore(name, form, "it holds nothing");
    else if (!useful(predicateType)) ignore(name, form, unread(predicateType ?? ""));
    else return layersOf(of, form, name, manifest.layers);
    return [];
  }

  function strangerTo(of: string, manifest: ImageManifest): string | undefined {
    if (manifest.subject === undefined) return "it does not say what it is attached to";
    return manifest.subject.digest === of ? undefined : `it is attached to \`${manifest.subject.digest}\``;
  }

  // One layer of each attached manifest is paid for with it; `layers` bounds the others.
  const firstLayers = new Set(
    attached.filter((layer, position) => attached[position - 1]?.name.split("#")[0] !== layer.name.split("#")[0]),
  );
  const others = [...attached.filter((layer) => !firstLayers.has(layer)), ...tagged];
  leaveOut(others.slice(limits.layers), "signatures and attestations", limits.layers);
  const kept = new Set<WantedLayer>([...firstLayers, ...others.slice(0, limits.layers)]);
  const layers = [...attached, ...tagged].filter((layer) => kept.has(layer));

  // Two manifests may hold one bundle that is about both an index and its child.
  const blobs = new Map<string, Promise<Looked<Uint8Array>>>();
  const contents = await inOrder(layers, concurrency, ({ layer, name }) => {
    const key = `${layer.digest} ${layer.size}`;
    const known = blobs.get(key);
    if (known) return known;
    const fetched = repository.blob(layer, named("attachment", name));
    blobs.set(key, fetched);
    return fetched;
  });
  for (const [position, layer] of layers.entries()) {
    const found = contents[position];
    if (!found) continue;
    lookups.push(lookupOf("attached-blob", layer.of, found));
    if (found.outcome === "failed") gaps.push(gapOf(layer.of, found.fault));
    if (found.outcome === "absent") gaps.push(notThere(layer.of, named("attachment", layer.name)));
    if (found.outcome !== "found") continue;
    const made = envelopeOf(layer, found.value);
    if (typeof made === "string") ignore(layer.name, layer.form, made);
    else envelopes.get(layer.of)?.push(made);
  }

  function envelopeOf({ of, form, layer, name, read: kind }: WantedLayer, bytes: Uint8Array): Envelope | string {
    // A bundle is the blob itself, whose digest was checked when it came.
    const known = kind === "bundle" && layer.digest.startsWith("sha256:") ? layer.digest : undefined;
    const made = (bundle: Uint8Array, more: Partial<Envelope> = {}): Envelope => ({
      name,
      digest: known ?? `sha256:${hash("sha256", bundle)}`,
      bytes: bundle,
      form: formOf(form),
      ...more,
    });
    if (kind === "bundle") return made(bytes);
    if (kind === "attestation") {
      const bundle = attestationBundle(layer, bytes, limits.blob);
      return bundle.ok ? made(bundle.value) : bundle.problem;
    }
    const signature = signatureBundle(layer, bytes, hash);
    if (!signature.ok) return signature.problem;
    const { bundle, manifestDigest } = signature.value;
    if (manifestDigest !== of) return `it is a signature of \`${quoted(manifestDigest)}\``;
    return made(bundle, { simpleSigning: { payload: bytes, manifestDigest } });
  }

  return { envelopes, lookups, noise, gaps, looked };
}
