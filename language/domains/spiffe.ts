/** SPIFFE ids and patterns over them (SPIFFE-ID standard, section 2; the character rules of go-spiffe `spiffeid`). */
import { type Parsed, parsed, problem } from "./parsed.ts";
import { parseGlob } from "./pattern.ts";

/** A pattern over the ids of one trust domain; `*` does not cross `/`, `**` does. */
export interface SpiffePattern {
  readonly text: string;
  readonly trustDomain: string;
  /** Whether the whole id matches. */
  readonly test: (id: string) => boolean;
}

const scheme = "spiffe://";
const longestId = 2048;
const longestDomain = 255;

/**
 * Reads a SPIFFE id: trust domain of `[a-z0-9._-]`, path segments of `[A-Za-z0-9._-]`, none of them empty, `.` or `..`;
 * no port, user, query, fragment, percent-escape or trailing slash; at most 2,048 bytes, the trust domain 255.
 */
export function parseSpiffeId(text: string): Parsed<string> {
  const wrong = problemOf(text, /^[A-Za-z0-9._-]+$/);
  return wrong === undefined ? parsed(text) : problem(wrong, suggestion(text, parseSpiffeId));
}

/** Reads a pattern: an id whose path segments may hold `*` and `**`. The trust domain is always literal. */
export function parseSpiffePattern(text: string): Parsed<SpiffePattern> {
  const wrong = problemOf(text, /^[A-Za-z0-9._*-]+$/);
  if (wrong !== undefined) return problem(wrong, suggestion(text, parseSpiffePattern));
  const glob = parseGlob(text);
  if (!glob.ok) return glob;
  return parsed({ text, trustDomain: trustDomainOf(text), test: glob.value.test });
}

/** The trust domain of a valid id or pattern. */
export function trustDomainOf(id: string): string {
  return id.slice(scheme.length).split("/", 1)[0] ?? "";
}

/** As `parseSpiffeId` reads it. */
export function showSpiffeId(id: string): string {
  return id;
}

export function showSpiffePattern(pattern: SpiffePattern): string {
  return pattern.text;
}

function problemOf(text: string, segment: RegExp): string | undefined {
  if (!text.startsWith(scheme)) return `\`${text}\` does not begin with \`spiffe://\``;
  if (text.length > longestId) return `a SPIFFE id has at most ${longestId} bytes`;
  const [domain = "", ...path] = text.slice(scheme.length).split("/");
  if (domain === "") return `\`${text}\` has no trust domain`;
  if (domain.length > longestDomain) return `a trust domain has at most ${longestDomain} bytes`;
  const stray = /[^a-z0-9._-]/.exec(domain)?.[0];
  if (stray !== undefined) return `a trust domain has lower-case letters, digits, \`.\`, \`-\` and \`_\` only, not \`${stray}\``;
  if (path.length > 0 && path.at(-1) === "") return `\`${text}\` ends with a slash`;
  for (const part of path) {
    if (part === "") return `\`${text}\` has an empty path segment`;
    if (part === "." || part === "..") return `\`${text}\` has the path segment \`${part}\``;
    if (!segment.test(part)) return `a path segment of a SPIFFE id has letters, digits, \`.\`, \`-\` and \`_\` only, not \`${part}\``;
  }
  return undefined;
}

function suggestion(text: string, read: (text: string) => Parsed<unknown>): string | undefined {
  const tidy = text.replace(/^spiffe:\/\/([^/]*)/i, (_, domain: string) => scheme + domain.toLowerCase()).replace(/\/+$/, "");
  return tidy !== text && read(tidy).ok ? tidy : undefined;
}
