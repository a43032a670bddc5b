/**
 * Trusted roots (sigstore/protobuf-specs, `sigstore_trustroot.proto`): the authorities, logs and keys that a verification
 * may rely on. Read strictly: the library takes a key without a beginning of validity as valid since 1970.
 */
import { createHash } from "node:crypto";
import { X509Certificate } from "@sigstore/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { type TrustMaterial, toTrustMaterial } from "@sigstore/verify";
import type { Result } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { parseTime } from "../../language/domains/time.ts";
import { readJson } from "../evidence/json/read.ts";
import { type Json, object, text } from "../evidence/raw.ts";
import { kept } from "./encoding.ts";
import { documentsOf } from "./lines.ts";
import { readBundleMap, type SpiffeBundle } from "./spiffe.ts";

/**
 * Whether certificates of a root's authorities must be logged (one log entry and one SCT at least). A root that names no log
 * of either kind cannot ask for one: GitHub's own instance, for private repositories, vouches by timestamps alone.
 */
export type Transparency = "required" | "not-required";

/** Authorities and logs, without keys. */
export type Authorities = Omit<TrustMaterial, "publicKey">;

/** One trusted root. */
export interface TrustRoot {
  /** For people: the file, or the name of a pinned root. */
  readonly name: string;
  /** `sha256:<hex>` of the bytes, and of what was asked of them. */
  readonly digest: string;
  readonly transparency: Transparency;
  readonly authorities: Authorities;
  /** Names of the timestamp authorities, in the order of `authorities.timestampAuthorities`. */
  readonly timestampNames: readonly string[];
  /** The latest beginning of validity in it, microseconds since the epoch: how old it is at least. */
  readonly newest: number;
  /** SPIFFE bundles by trust domain; a file of these has no authorities of Sigstore. */
  readonly svids?: ReadonlyMap<string, SpiffeBundle>;
}

/** Roots that count together: a certificate of one may have its time from an authority of another. */
export interface TrustRoots {
  readonly parts: readonly TrustRoot[];
  /** `sha256:<hex>` over the digests of the parts, in any order. */
  readonly digest: string;
}

/** Bytes of one root; Sigstore's have ten thousand. */
export const rootLimit = 4_000_000;

const mediaTypes: ReadonlySet<string> = new Set([
  "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
  "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
  "application/vnd.dev.sigstore.trustedroot.v0.2+json",
]);

const lists = ["tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities"] as const;
const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** Reads a file of roots, one or one a line. All of them, or none where anything is wrong with one. */
export function readTrustRoots(bytes: Uint8Array, name: string): Result<readonly TrustRoot[]> {
  const read = documentsOf(name, bytes).map((document) => readTrustRoot(document.bytes, document.name));
  const roots = read.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return { value: roots.length === read.length ? roots : [], diagnostics: read.flatMap(({ diagnostics }) => diagnostics) };
}

/**
 * Reads a root (`trusted_root.json`). `value` is undefined where anything of it is wrong: half a root is none. What it asks for
 * is told by what it names, unless `asked` says it.
 */
export function readTrustRoot(bytes: Uint8Array, name: string, asked?: Transparency): Result<TrustRoot | undefined> {
  const read = readJson(bytes, name, { size: rootLimit, depth: 32 });
  if (!read.value) return { value: undefined, diagnostics: read.diagnostics };
  const document = object(read.value.json);
  if (document !== undefined && "trust_domains" in document) return bundlesOf(document, bytes, name);
  const found = problemOf(document);
  if (typeof found === "object") {
    const help = found.problem.endsWith("validFor.start`")
      ? "a key without a beginning of validity would count for all of the past; fetch the root anew, or add the time"
      : "fetch the root anew; `cosign trusted-root create` writes one";
    return { value: undefined, diagnostics: [malformed(name, found.problem, found.pointer, help)] };
  }
  try {
    const root = TrustedRoot.fromJSON(read.value.json);
    const { publicKey: _, ...authorities } = toTrustMaterial(root);
    for (const { certChain } of [...authorities.certificateAuthorities, ...authorities.timestampAuthorities])
      for (const one of certChain) kept(one);
    const logs = authorities.tlogs.length + authorities.ctlogs.length;
    const transparency = asked ?? (logs === 0 ? "not-required" : "required");
    const digest = createHash("sha256").update(bytes).update(`\n${transparency}`).digest("hex");
    const timestampNames = root.timestampAuthorities.map(({ uri, subject }) => uri || subject?.commonName || subject?.organization || name);
    return { value: { name, digest: `sha256:${digest}`, transparency, authorities, timestampNames, newest: found }, diagnostics: [] };
  } catch {
    return { value: undefined, diagnostics: [malformed(name, "a key or certificate in it cannot be decoded", "", "fetch the root anew")] };
  }
}

/** A file of SPIFFE bundles as a root: it vouches for ids of its trust domains, and for nothing else. */
function bundlesOf(document: object, bytes: Uint8Array, name: string): Result<TrustRoot | undefined> {
  const read = readBundleMap(document);
  if (read.kind === "refused")
    return {
      value: undefined,
      diagnostics: [malformed(name, read.problem, "/trust_domains", "`spire-server bundle show -format spiffe` prints one bundle")],
    };
  const begins = [...read.bundles.values()].flatMap(({ authorities }) =>
    authorities.map(({ parsed }) => parsed.notBefore.getTime() * 1000),
  );
  const authorities: Authorities = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const newest = Math.max(0, ...begins);
  return {
    value: { name, digest, transparency: "not-required", authorities, timestampNames: [], newest, svids: read.bundles },
    diagnostics: [],
  };
}

/** Roots to verify with together; the order does not matter. */
export function joinRoots(parts: readonly TrustRoot[]): TrustRoots {
  const once = [...new Map(parts.map((part) => [part.digest, part])).values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const digest = createHash("sha256").update(once.map((part) => part.digest).join("\n"));
  return { parts: once, digest: `sha256:${digest.digest("hex")}` };
}

function malformed(name: string, problem: string, pointer: string, help: string) {
  return diagnostic("WB1100", { name, problem }, { path: name, start: 0, end: 0 }, { pointer, help });
}

/** The first thing wrong; or, where nothing is, the latest beginning of validity. */
function problemOf(root: Json | undefined): { readonly problem: string; readonly pointer: string } | number {
  if (!root) return { problem: "it is not a JSON object", pointer: "" };
  const mediaType = text(root["mediaType"]);
  if (mediaType === undefined || !mediaTypes.has(mediaType))
    return { problem: "its `mediaType` is not that of a Sigstore trusted root of version 0.1 or 0.2", pointer: "/mediaType" };
  let newest = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    const given = root[list] ?? [];
    if (!Array.isArray(given)) return { problem: `\`${list}\` is not a list`, pointer: `/${list}` };
    for (const [index, one] of given.entries()) {
      const pointer = `/${list}/${index}`;
      const instance = object(one);
      const found = list === "tlogs" || list === "ctlogs" ? logStart(instance) : authorityStart(instance);
      if (typeof found === "string") return { problem: `\`${list}[${index}]\` ${found}`, pointer };
      newest = Math.max(newest, found);
    }
  }
  if (newest === Number.NEGATIVE_INFINITY) return { problem: "it names no authority and no log", pointer: "" };
  return newest;
}

/** What is wrong with a log, or when its key begins to be valid. */
function logStart(log: Json | undefined): string | number {
  const key = object(log?.["publicKey"]);
  if (!isBase64(key?.["rawBytes"])) return "has no key";
  if (!isBase64(object(log?.["logId"])?.["keyId"])) return "has no `logId.keyId`";
  return startOf(key?.["validFor"], "`publicKey.validFor.start`");
}

/** What is wrong with an authority, or when it begins to be valid. */
function authorityStart(authority: Json | undefined): string | number {
  const certificates: unknown = object(authority?.["certChain"])?.["certificates"];
  if (!Array.isArray(certificates) || certificates.length === 0) return "has no certificate chain";
  for (const one of certificates) {
    const bytes = object(one)?.["rawBytes"];
    if (!isBase64(bytes)) return "has a certificate that is not base64";
    try {
      X509Certificate.parse(Buffer.from(bytes, "base64")).publicKey;
    } catch {
      return "has a certificate that cannot be decoded";
    }
  }
  return startOf(authority?.["validFor"], "`validFor.start`");
}

function isBase64(value: unknown): value is string {
  return typeof value === "string" && base64.test(value);
}

function startOf(validFor: unknown, called: string): string | number {
  const range = object(validFor);
  const start = text(range?.["start"]);
  if (start === undefined) return `lacks ${called}`;
  const from = parseTime(start);
  if (!from.ok) return `has a ${called} that is not an RFC 3339 time`;
  const end = range?.["end"];
  if (end === undefined || end === null) return from.value;
  const to = parseTime(String(end));
  if (!to.ok) return "has an end of validity that is not an RFC 3339 time";
  return to.value < from.value ? "ends its validity before it begins" : from.value;
}
