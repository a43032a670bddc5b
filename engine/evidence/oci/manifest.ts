/** Manifests and indexes: bytes of the OCI image specification 1.1 or of Docker's schema 2, to the little that is read of them. */
import { readJson } from "../json/read.ts";
import { defaultLimits } from "../text.ts";
import type { Hash, HashAlgorithm } from "./transport.ts";

export const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  empty: "application/vnd.oci.empty.v1+json",
  imageConfig: "application/vnd.oci.image.config.v1+json",
  simpleSigning: "application/vnd.dev.cosign.simplesigning.v1+json",
  dsse: "application/vnd.dsse.envelope.v1+json",
} as const;

/** Sigstore bundles of every version: `application/vnd.dev.sigstore.bundle.v0.3+json`, `…bundle+json;version=0.2`. */
export function isBundleType(mediaType: string): boolean {
  return /^application\/vnd\.dev\.sigstore\.bundle[.+]/.test(mediaType);
}

export const acceptedManifests = [mediaTypes.ociIndex, mediaTypes.ociManifest, mediaTypes.dockerIndex, mediaTypes.dockerManifest].join(
  ", ",
);

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

/** What points at content (OCI image specification, `descriptor.md`). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:<hex>` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform?: Platform;
}

export interface ImageManifest {
  readonly kind: "image";
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ImageIndex {
  readonly kind: "index";
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Manifest = ImageManifest | ImageIndex;

/** What was wrong, as the end of a sentence: `it has no \`config\``. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const shape: Readonly<Record<HashAlgorithm, RegExp>> = {
  sha256: /^sha256:[0-9a-f]{64}$/,
  sha384: /^sha384:[0-9a-f]{96}$/,
  sha512: /^sha512:[0-9a-f]{128}$/,
};

/** The algorithm of a digest in canonical form; undefined where it is none that is checked. */
export function algorithmOf(digest: string): HashAlgorithm | undefined {
  const algorithm = digest.slice(0, Math.max(0, digest.indexOf(":")));
  if (algorithm !== "sha256" && algorithm !== "sha384" && algorithm !== "sha512") return undefined;
  return shape[algorithm].test(digest) ? algorithm : undefined;
}

/** Whether the bytes have the digest. */
export function hasDigest(bytes: Uint8Array, digest: string, hash: Hash): boolean {
  const algorithm = algorithmOf(digest);
  return algorithm !== undefined && `${algorithm}:${hash(algorithm, bytes)}` === digest;
}

function no(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** Strictly: no key twice, since readers disagree on which counts; no number that would be rounded. */
export function readObject(bytes: Uint8Array, limit: number): Read<Json> {
  const { value, diagnostics } = readJson(bytes, "manifest", { ...defaultLimits, size: limit, depth: 32 });
  if (!value) return no(diagnostics[0]?.message ?? "it is not JSON");
  return isObject(value.json) ? { ok: true, value: value.json } : no("it is not an object");
}

function readDescriptor(value: unknown, place: string): Read<Descriptor> {
  if (!isObject(value)) return no(`it has no \`${place}\``);
  const { mediaType, digest, size, artifactType, platform } = value;
  if (typeof digest !== "string" || algorithmOf(digest) === undefined) return no(`\`${place}\` has no digest that can be checked`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return no(`\`${place}\` has no size`);
  return {
    ok: true,
    value: {
      mediaType: typeof mediaType === "string" ? mediaType : "",
      digest,
      size,
      ...(typeof artifactType === "string" && artifactType !== "" ? { artifactType } : {}),
      annotations: texts(value["annotations"]),
      ...(isObject(platform) ? { platform: readPlatform(platform) } : {}),
    },
  };
}

function readPlatform(value: Json): Platform {
  const text = (name: string): string => (typeof value[name] === "string" ? value[name] : "");
  const variant = text("variant");
  const osVersion = text("os.version");
  return {
    os: text("os"),
    architecture: text("architecture"),
    ...(variant === "" ? {} : { variant }),
    ...(osVersion === "" ? {} : { osVersion }),
  };
}

function readDescriptors(value: unknown, place: string): Read<readonly Descriptor[]> {
  if (!Array.isArray(value)) return no(`\`${place}\` is not a list`);
  const found: Descriptor[] = [];
  for (const [position, item] of value.entries()) {
    const read = readDescriptor(item, `${place}[${position}]`);
    if (!read.ok) return read;
    found.push(read.value);
  }
  return { ok: true, value: found };
}

const indexes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerIndex];
const images: readonly string[] = [mediaTypes.ociManifest, mediaTypes.dockerManifest];

/**
 * Reads a manifest or an index. `contentType` is the header's, where there was one: it has to agree with the document, and
 * a document has to be one of the two and not both (CVE-2021-41190: bytes that two readers take for two images).
 */
export function readManifest(bytes: Uint8Array, limit: number, contentType?: string): Read<Manifest> {
  const read = readObject(bytes, limit);
  if (!read.ok) return read;
  const json = read.value;
  const declared = typeof json["mediaType"] === "string" ? json["mediaType"] : undefined;
  const header = contentType?.split(";")[0]?.trim().toLowerCase();
  const known = header !== undefined && (indexes.includes(header) || images.includes(header)) ? header : undefined;
  if (declared !== undefined && known !== undefined && declared !== known)
    return no(`the registry calls it \`${known}\`, and it calls itself \`${declared}\``);
  if (json["schemaVersion"] === 1) return no("it is of Docker's schema 1, whose digest says nothing about its layers");
  const mediaType = declared ?? known;
  if ("manifests" in json && ("layers" in json || "config" in json)) return no("it is an index and a manifest at once");
  const isIndex = mediaType === undefined ? "manifests" in json : indexes.includes(mediaType);
  if (mediaType !== undefined && !isIndex && !images.includes(mediaType)) return no(`its type \`${mediaType.slice(0, 100)}\` is not read`);
  const subject = json["subject"] === undefined || json["subject"] === null ? undefined : readDescriptor(json["subject"], "subject");
  if (subject?.ok === false) return subject;
  const common = { ...(subject ? { subject: subject.value } : {}), annotations: texts(json["annotations"]) };
  if (isIndex) {
    const manifests = readDescriptors(json["manifests"], "manifests");
    if (!manifests.ok) return manifests;
    return { ok: true, value: { kind: "index", mediaType: mediaType ?? mediaTypes.ociIndex, manifests: manifests.value, ...common } };
  }
  const config = readDescriptor(json["config"], "config");
  if (!config.ok) return config;
  const layers = readDescriptors(json["layers"] ?? [], "layers");
  if (!layers.ok) return layers;
  const artifactType = json["artifactType"];
  return {
    ok: true,
    value: {
      kind: "image",
      mediaType: mediaType ?? mediaTypes.ociManifest,
      ...(typeof artifactType === "string" && artifactType !== "" ? { artifactType } : {}),
      config: config.value,
      layers: layers.value,
      ...common,
    },
  };
}

export function isIndexType(mediaType: string): boolean {
  return indexes.includes(mediaType);
}

/**
 * Whether a child of an index can be pulled as an image. BuildKit keeps attestations beside the images with the platform
 * `unknown/unknown`, which no client selects; a child without a platform may be any, so it counts.
 */
export function isRealPlatform(platform: Platform | undefined): boolean {
  return !(platform?.os === "unknown" && platform.architecture === "unknown");
}

/** `linux/arm64/v8` */
export function showPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined && part !== "").join("/");
}

/** The tag that lists referrers where there is no API for it (distribution specification 1.1, "Referrers Tag Schema"). */
export function referrersTag(digest: string): string {
  const [algorithm = "", hex = ""] = digest.split(":");
  return `${algorithm.slice(0, 32)}-${hex.slice(0, 64)}`.replace(/[^A-Za-z0-9._-]/g, "-");
}

/** Where cosign kept signatures and attestations before version 3 (cosign's SIGNATURE_SPEC). */
export function legacyTag(digest: string, suffix: "sig" | "att"): string {
  return `${digest.replace(":", "-")}.${suffix}`;
}
