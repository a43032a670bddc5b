/**
 * Package URLs (ECMA-427, purl-spec) and sets of them (semantics, section 4).
 *
 * `packageurl-js` 2.0.1 was weighed: of the 586 published cases it fails 78 (it percent-encodes `:` and `+` by the old
 * rules, keeps the case of brew and git names, and lets wrong cpan and chrome-extension names pass), and it accepts
 * `pkg:npm/@a/b`. The tests compare with it where both accept.
 */
import { cacheOf } from "./cache.ts";
import { checked, type Parsed, parsed, problem } from "./parsed.ts";
import { canonicalParts, type PurlParts } from "./purl/types.ts";
import { inRange, parseRange, type Range, showRange } from "./range.ts";
import { ecosystemOfPurlType, equalVersion, isOrdered, type Version, versionOf } from "./version.ts";

/** Canonical in every part. */
export interface Purl {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  /** Sorted by key; keys in lower case, no empty values. */
  readonly qualifiers: ReadonlyMap<string, string>;
  readonly subpath?: string;
  /** The canonical text, so equal purls have equal texts. */
  readonly text: string;
}

/** The purls of one package: of every version, or of those in a range. */
export interface PurlSet {
  readonly purl: Purl;
  readonly range?: Range;
  readonly text: string;
}

const longest = 4096;
const purls = cacheOf(16_384, (text) => checked(readPurl(text), readPurl));

/** Reads a purl and brings it into the canonical form of its type. */
export function parsePurl(text: string): Parsed<Purl> {
  return readPlain(text) ?? purls.of(text);
}

const plainPurl =
  /^pkg:(npm|golang|composer|cargo|gem|maven|pypi|nuget|deb|rpm|apk)\/(?:((?:%40)?[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*)\/)?([a-z0-9][a-z0-9._-]*)@([0-9A-Za-z._-]+)$/;
const withoutNamespace: ReadonlySet<string> = new Set(["cargo", "gem", "pypi"]);

/**
 * What most purls of an SBOM are: canonical as they stand, with a version and nothing after it. Undefined: to be read by
 * all the rules. An SBOM has more of them than a cache holds, so they are read anew each time.
 */
function readPlain(text: string): Parsed<Purl> | undefined {
  const match = text.length > longest ? null : plainPurl.exec(text);
  if (match === null) return undefined;
  const type = match[1] as string;
  const path = match[2];
  const name = match[3] as string;
  const version = match[4] as string;
  if (path === undefined) {
    if (type === "maven" || (type === "pypi" && name.includes("_"))) return undefined;
    return parsed({ type, name, qualifiers: noQualifiers, text, version });
  }
  if (withoutNamespace.has(type)) return undefined;
  const namespace = path.startsWith("%40") ? `@${path.slice(3)}` : path;
  return parsed({ type, name, qualifiers: noQualifiers, text, namespace, version });
}

const scheme = /^pkg:\/*/i;
const percent = /%(?![0-9A-Fa-f]{2})/g;
const typeShape = /^[A-Za-z][A-Za-z0-9.+-]*$/;
const keyShape = /^[a-z][a-z0-9._-]*$/;

/** By all the rules. */
export function readPurl(text: string): Parsed<Purl> {
  if (text.length > longest) return problem(`a purl has at most ${longest} characters`);
  const start = scheme.exec(text)?.[0].length;
  if (start === undefined) return problem(`\`${text}\` does not begin with \`pkg:\``);
  const split = splitPurl(text.slice(start));
  if (split.name === "") return problem(`\`${text}\` names no package`, unencodedScope(text));
  if (!typeShape.test(split.type)) return problem(`\`${split.type}\` is not a purl type`);
  try {
    const qualifiers = readQualifiers(split.qualifiers);
    if (typeof qualifiers === "string") return problem(qualifiers);
    const name = decode(split.name);
    if (name.trim() === "") return problem(`\`${text}\` names no package`);
    const parts: PurlParts = {
      type: split.type.toLowerCase(),
      namespace: joinSegments(split.namespace, () => true),
      name,
      version: decode(split.version).trim() || undefined,
      qualifiers,
      subpath: joinSegments(split.subpath, (segment) => segment !== "." && segment !== ".."),
    };
    const canonical = canonicalParts(parts);
    return typeof canonical === "string" ? problem(canonical) : parsed(purlOf(canonical));
  } catch {
    return problem(`\`${text}\` has a \`%\` that is not followed by the digits of a character`, text.replace(percent, "%25"));
  }
}

interface SplitPurl {
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly qualifiers: string;
  readonly subpath: string;
}

/** Splits from the right, as the specification says: `#`, then `?`, then `@`, then `/`. Nothing is decoded yet. */
function splitPurl(text: string): SplitPurl {
  const [beforeHash, subpath] = splitLast(text, "#");
  const [beforeQuery, qualifiers] = splitLast(beforeHash, "?");
  const slash = beforeQuery.indexOf("/");
  const type = slash < 0 ? beforeQuery : beforeQuery.slice(0, slash);
  const [path, version] = splitLast(slash < 0 ? "" : beforeQuery.slice(slash + 1), "@");
  const trimmed = path.replace(/^\/+/, "");
  const last = trimmed.lastIndexOf("/");
  return { type, namespace: trimmed.slice(0, Math.max(0, last)), name: trimmed.slice(last + 1), version, qualifiers, subpath };
}

function splitLast(text: string, mark: string): readonly [string, string] {
  const at = text.lastIndexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text;
}

/**
 * Decoded segments without empty ones; undefined when none is left. No segment may have a slash in it (purl-spec), so one that
 * is encoded is read as what it stands for, as the canonical text has it. Throws on a broken percent-escape.
 */
function joinSegments(text: string, keep: (segment: string) => boolean): string | undefined {
  if (text === "") return undefined;
  const decoded = decode(text);
  if (!decoded.includes("/")) return decoded !== "" && keep(decoded) ? decoded : undefined;
  const segments = decoded.split("/");
  return segments.filter((segment) => segment !== "" && keep(segment)).join("/") || undefined;
}

const noQualifiers: ReadonlyMap<string, string> = new Map();

/** Or what is wrong, for people. */
function readQualifiers(text: string): ReadonlyMap<string, string> | string {
  if (text === "") return noQualifiers;
  const found: [string, string][] = [];
  for (const pair of text.split("&")) {
    const equals = pair.indexOf("=");
    const key = (equals < 0 ? pair : pair.slice(0, equals)).toLowerCase();
    if (!keyShape.test(key)) return `\`${key}\` is not the key of a qualifier`;
    const value = equals < 0 ? "" : decode(pair.slice(equals + 1));
    if (value === "") continue;
    if (found.some(([other]) => other === key)) return `the qualifier \`${key}\` stands twice`;
    found.push([key, value]);
  }
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `pkg:npm/@a/b` means `pkg:npm/%40a/b`. */
function unencodedScope(text: string): string | undefined {
  const encoded = text.replace(/\/@/, "/%40");
  return encoded === text ? undefined : encoded;
}

function purlOf(parts: PurlParts): Purl {
  const { type, namespace, name, version, qualifiers, subpath } = parts;
  const purl: { -readonly [K in keyof Purl]: Purl[K] } = { type, name, qualifiers, text: textOf(parts) };
  if (namespace !== undefined) purl.namespace = namespace;
  if (version !== undefined) purl.version = version;
  if (subpath !== undefined) purl.subpath = subpath;
  return purl;
}

function textOf({ type, namespace, name, version, qualifiers, subpath }: PurlParts): string {
  let text = `pkg:${type}/`;
  if (namespace !== undefined) text += `${encodePath(namespace)}/`;
  text += encode(name);
  if (version !== undefined) text += `@${encode(version)}`;
  if (qualifiers.size > 0) text += `?${[...qualifiers].map(([key, value]) => `${key}=${encode(value)}`).join("&")}`;
  return subpath === undefined ? text : `${text}#${encodePath(subpath)}`;
}

const plain = /^[A-Za-z0-9._~:-]*$/;

/** Everything but letters, digits, `.`, `-`, `_`, `~` and `:` is encoded (purl-spec, "Character encoding"). */
function encode(text: string): string {
  if (plain.test(text)) return text;
  return encodeURIComponent(text)
    .replaceAll("%3A", ":")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function encodePath(text: string): string {
  return text.includes("/") ? text.split("/").map(encode).join("/") : encode(text);
}

/** What a purl is built from; parts are not encoded. */
export interface PurlSource {
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers?: Readonly<Record<string, string>> | undefined;
  readonly subpath?: string | undefined;
}

/** Builds the canonical purl of the parts, as an adapter knows them. */
export function buildPurl(source: PurlSource): Parsed<Purl> {
  const pairs = Object.entries(source.qualifiers ?? {}).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const path = (text: string | undefined) => (text === undefined ? "" : encodePath(text));
  const version = source.version ? `@${encodeURIComponent(source.version)}` : "";
  const query = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  const subpath = source.subpath ? `#${path(source.subpath)}` : "";
  const namespace = source.namespace ? `${path(source.namespace)}/` : "";
  return parsePurl(`pkg:${source.type}/${namespace}${encodeURIComponent(source.name)}${version}${query}${subpath}`);
}

/** Reads a purl literal, with the text of its range where `versions "…"` follows. A version in the purl is a set of one. */
export function parsePurlSet(text: string, versions?: string): Parsed<PurlSet> {
  const purl = parsePurl(text);
  if (!purl.ok) return purl;
  if (versions === undefined) return parsed({ purl: purl.value, text: purl.value.text });
  if (purl.value.version !== undefined) {
    return problem(`\`${text}\` has a version already, so it takes no range`, text.replace(/@[^?#]*/, ""));
  }
  const range = parseRange(versions, ecosystemOfPurlType(purl.value.type));
  if (!range.ok) return range;
  return parsed({ purl: purl.value, range: range.value, text: `${purl.value.text} versions "${versions}"` });
}

/** The version of a purl in its ecosystem; of an rpm or deb with the epoch that its qualifier says. */
export function versionOfPurl(purl: Purl): Version | undefined {
  if (purl.version === undefined) return undefined;
  const epoch = purl.type === "rpm" || purl.type === "deb" ? purl.qualifiers.get("epoch") : undefined;
  const text = epoch === undefined || purl.version.includes(":") ? purl.version : `${epoch}:${purl.version}`;
  return versionOf(ecosystemOfPurlType(purl.type), text);
}

/**
 * Whether the purl is in the set: type, namespace and name equal, every qualifier of the set equal, its subpath too
 * where it has one, and the version in range. "missing": the purl has no version and the set asks for one; "malformed":
 * the version is not one of its ecosystem.
 */
export function purlInSet(purl: Purl, set: PurlSet): true | false | "missing" | "malformed" {
  const wanted = set.purl;
  if (purl.type !== wanted.type || purl.name !== wanted.name || purl.namespace !== wanted.namespace) return false;
  if (wanted.subpath !== undefined && purl.subpath !== wanted.subpath) return false;
  for (const [key, value] of wanted.qualifiers) if (purl.qualifiers.get(key) !== value) return false;
  if (wanted.version === undefined && set.range === undefined) return true;
  const version = versionOfPurl(purl);
  if (version === undefined) return "missing";
  if (set.range !== undefined) return inRange(version, set.range) ?? "malformed";
  return sameVersion(version, versionOfPurl(wanted) ?? version);
}

/** The same text, or equal in the order of the ecosystem: `1.0` and `1.0.0` of PyPI are one version. */
function sameVersion(a: Version, b: Version): boolean | "malformed" {
  if (a.text === b.text) return true;
  return isOrdered(a.ecosystem) ? (equalVersion(a, b) ?? "malformed") : false;
}

/** Equal in canonical form. */
export function equalPurl(a: Purl, b: Purl): boolean {
  return a.text === b.text;
}

export function equalPurlSet(a: PurlSet, b: PurlSet): boolean {
  return a.text === b.text;
}

/**
 * Type, namespace and name in canonical form: an index key. Every member of a set has the key of its purl, and no other
 * package has it: what would make two one is encoded in the name (`/`, `@`) or in both (`%`, white space).
 */
export function purlKey({ type, namespace, name }: Purl): string {
  return `${type}/${namespace === undefined ? "" : inKey(namespace, strangeInNamespace)}/${inKey(name, strangeInName)}`;
}

const strangeInNamespace = /[%\s]/;
const strangeInName = /[%\s/@]/;

function inKey(text: string, strange: RegExp): string {
  return strange.test(text) ? text.replace(new RegExp(strange, "g"), encodeURIComponent) : text;
}

/** In canonical form. */
export function showPurl(purl: Purl): string {
  return purl.text;
}

/** As a literal of the language. */
export function showPurlSet(set: PurlSet): string {
  return set.range === undefined ? set.purl.text : `${set.purl.text} versions "${showRange(set.range)}"`;
}
