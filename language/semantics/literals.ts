/** Domain values written as text: each is read by its parser where it stands, so that a bad one is an error of the policy. */
import type { Value } from "../core/value.ts";
import type { Location } from "../diagnostics/diagnostic.ts";
import { parseAdvisory } from "../domains/advisory.ts";
import { parseDigest } from "../domains/digest.ts";
import { parseDuration } from "../domains/duration.ts";
import { parseImageRef } from "../domains/image-ref.ts";
import { canonicalLicenseId, isSpdxId, nearestLicenseId, parseLicense } from "../domains/license.ts";
import { parseCidr, parseIp, parsePort } from "../domains/network.ts";
import { type Parsed, parsed, problem } from "../domains/parsed.ts";
import { parsePath } from "../domains/path.ts";
import { parseGlob, parseRegex } from "../domains/pattern.ts";
import { parsePurl, parsePurlSet } from "../domains/purl.ts";
import { parseRange } from "../domains/range.ts";
import { parseSpiffeId } from "../domains/spiffe.ts";
import { parseDate, parseTime } from "../domains/time.ts";
import { parseUrl } from "../domains/url.ts";
import { versionOf } from "../domains/version.ts";
import { replacement, type Sink } from "./sink.ts";
import type { ScalarName } from "./types.ts";

type Reader = (text: string) => Parsed<Value>;

const nonEmpty =
  (what: string, read: Reader): Reader =>
  (text) =>
    text.trim() === "" ? problem(`${what} cannot be empty`) : read(text);

const bytes: Reader = (text) =>
  /^(?:[0-9a-fA-F]{2})*$/.test(text)
    ? parsed(text.toLowerCase())
    : problem(`\`${text}\` is not bytes: an even number of hexadecimal digits`);

/** How each type reads a string; a type without a row is never written as one. */
const readers: Partial<Readonly<Record<ScalarName, Reader>>> = {
  String: parsed,
  Time: (text) => (text.includes(":") ? parseTime(text) : parseDate(text)),
  Duration: parseDuration,
  Bytes: bytes,
  // A literal has no ecosystem of its own: it takes that of what it is compared with (language reference, versions).
  Version: nonEmpty("a version", (text) => parsed(versionOf("", text))),
  Range: nonEmpty("a version range", (text) => parseRange(text)),
  Purl: parsePurl,
  PurlSet: (text) => parsePurlSet(text),
  Digest: parseDigest,
  ImageRef: parseImageRef,
  Url: parseUrl,
  Glob: nonEmpty("a glob", parseGlob),
  Regex: nonEmpty("a regular expression", parseRegex),
  Ip: parseIp,
  Cidr: parseCidr,
  Port: parsePort,
  Path: parsePath,
  SpiffeId: parseSpiffeId,
  License: (text) => (text === "" ? problem("a licence cannot be empty") : readLicense(text)),
  Advisory: parseAdvisory,
};

function readLicense(text: string): Parsed<Value> {
  const read = parseLicense(text);
  if (read.ok) return read;
  const near = nearestLicenseId(text);
  return near === undefined || read.suggestion !== undefined ? read : problem(read.problem, near);
}

/** Whether values of the type are written as strings. */
export function isText(name: ScalarName): boolean {
  return readers[name] !== undefined;
}

/** Reads the text of a literal of a scalar type. */
export function readLiteral(name: ScalarName, text: string): Parsed<Value> {
  const read = readers[name];
  return read === undefined ? problem(`a string is not a ${name}`) : read(text);
}

/**
 * Reports why a literal cannot be read, with the text that would be. `quote` puts a suggestion into the form in which
 * the literal was written.
 */
export function reportLiteral(
  sink: Sink,
  type: string,
  why: { readonly problem: string; readonly suggestion?: string },
  location: Location,
  quote: (text: string) => string = quoted,
): void {
  const fix = why.suggestion === undefined ? {} : replacement(`write ${quote(why.suggestion)}`, false, location, quote(why.suggestion));
  sink.report("WB0310", { type, problem: why.problem }, location, {
    label: `not a valid ${type}`,
    ...(why.suggestion === undefined ? {} : { help: `did you mean \`${why.suggestion}\`?` }),
    ...fix,
  });
}

/** As a string literal of the language. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Reports an id in a list of licences that SPDX does not have; names of deprecated ids are taken as SPDX renamed them. */
export function checkSpdxId(sink: Sink, text: string, location: Location): void {
  if (isSpdxId(text)) return;
  const canonical = canonicalLicenseId(text);
  const near = canonical ?? nearestLicenseId(text) ?? canonicalLicenseId(`${text}.0`);
  const details =
    near === undefined
      ? { help: "the ids are listed at https://spdx.org/licenses" }
      : { help: `did you mean \`${near}\`?`, ...replacement(`write ${quoted(near)}`, canonical !== undefined, location, quoted(near)) };
  sink.report("WB0311", { id: text }, location, { label: "no SPDX licence has this id", ...details });
}
