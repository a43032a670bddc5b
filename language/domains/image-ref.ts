/** Container image references, normalised as Docker does (distribution/reference, `ParseDockerRef` and its grammar). */
import { cacheOf } from "./cache.ts";
import { digestOf } from "./digest.ts";
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

/** References are compared by component, never as strings (semantics, section 4). */
export interface ImageRef {
  /** `docker.io`, `ghcr.io`, `localhost:5000` */
  readonly registry: string;
  /** `library/nginx`, `acme/api` */
  readonly path: string;
  /** Registry and path. */
  readonly repository: string;
  /** `latest` where neither tag nor digest was written: that is what will be pulled. */
  readonly tag?: string;
  /** `sha256:<hex>` */
  readonly digest?: string;
  /** As it was written. */
  readonly text: string;
}

const domainShape =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const pathShape = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const tagShape = /^\w[\w.-]{0,127}$/;
const longest = 4096;
const longestName = 255;

const references = cacheOf(4096, (text) => checked(read(text), read));

/** Reads `nginx`, `ghcr.io/acme/api:1.2`, `localhost:5000/x@sha256:…`, `x:tag@sha256:…`. */
export function parseImageRef(text: string): Parsed<ImageRef> {
  return references.of(text);
}

function read(text: string): Parsed<ImageRef> {
  if (text === "") return problem("an image reference cannot be empty");
  if (text.length > longest) return problem(`an image reference has at most ${longest} characters`);
  if (/^[a-z]+:\/\//i.test(text)) return problem(`\`${text}\` is a URL, not an image reference`, text.replace(/^[a-z]+:\/\//i, ""));
  const at = text.indexOf("@");
  const digestText = at < 0 ? undefined : text.slice(at + 1);
  const tagged = at < 0 ? text : text.slice(0, at);
  const colon = tagged.lastIndexOf(":");
  const isTag = colon > tagged.lastIndexOf("/");
  const name = isTag ? tagged.slice(0, colon) : tagged;
  const tag = isTag ? tagged.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagShape.test(tag)) return problem(`\`${tag}\` is not an image tag`);
  const digest = digestText === undefined ? undefined : readDigest(digestText);
  if (digest !== undefined && !digest.ok) return digest;
  return withName(text, name, tag, digest?.value);
}

function withName(text: string, name: string, tag: string | undefined, digest: string | undefined): Parsed<ImageRef> {
  if (/^[0-9a-f]{64}$/.test(name)) return problem(`\`${name}\` is an image id, not a repository`, `sha256:${name}`);
  const { registry, path } = splitName(name);
  if (!domainShape.test(registry)) return problem(`\`${registry}\` is not a registry host`);
  if (!pathShape.test(path)) {
    const lower = path.toLowerCase();
    const hint = pathShape.test(lower) ? text.replace(path, lower) : undefined;
    return problem(`\`${path}\` is not a repository path: lower-case letters, digits and single \`.\`, \`_\`, \`-\` between them`, hint);
  }
  const repository = `${registry}/${path}`;
  if (repository.length > longestName) return problem(`the repository of an image has at most ${longestName} characters`);
  const shownTag = tag ?? (digest === undefined ? "latest" : undefined);
  return parsed({
    registry,
    path,
    repository,
    ...(shownTag === undefined ? {} : { tag: shownTag }),
    ...(digest === undefined ? {} : { digest }),
    text,
  });
}

/** The first component is a registry iff it could not be a path component of Docker Hub. */
function splitName(name: string): { readonly registry: string; readonly path: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isRegistry = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  if (slash < 0 || !isRegistry) return { registry: "docker.io", path: slash < 0 ? `library/${name}` : name };
  const registry = first.toLowerCase();
  const path = name.slice(slash + 1);
  if (registry !== "docker.io" && registry !== "index.docker.io") return { registry, path };
  return { registry: "docker.io", path: path.includes("/") ? path : `library/${path}` };
}

/** The registered algorithms of the OCI image specification, in lower case as it demands. */
function readDigest(text: string): Parsed<string> {
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, colon);
  if (colon < 1 || !/^sha(256|384|512)$/.test(algorithm)) return problem(`\`${text}\` is not an image digest: \`sha256:\` and 64 digits`);
  return digestOf(algorithm, text.slice(colon + 1));
}

/** Equal iff registry, path, tag and digest are. */
export function equalImageRef(a: ImageRef, b: ImageRef): boolean {
  return a.repository === b.repository && a.tag === b.tag && a.digest === b.digest;
}

/** In normal form: `docker.io/library/nginx:latest`. */
export function showImageRef(ref: ImageRef): string {
  return `${ref.repository}${ref.tag === undefined ? "" : `:${ref.tag}`}${ref.digest === undefined ? "" : `@${ref.digest}`}`;
}
