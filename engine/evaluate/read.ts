/**
 * Reading evidence by type (semantics, section 2). A reader turns the raw form of a scalar into its run-time form;
 * `undefined` means that it is there and cannot be read, a `Lack` that it says itself why it is not known.
 */
import { type DataRecord, type DataValue, Known, Lack } from "../../language/core/data.ts";
import { parseAdvisory } from "../../language/domains/advisory.ts";
import { decimalFromNumber, parseDecimal } from "../../language/domains/decimal.ts";
import { parseDigest } from "../../language/domains/digest.ts";
import { parseDuration } from "../../language/domains/duration.ts";
import { parseImageRef } from "../../language/domains/image-ref.ts";
import { parseLicense } from "../../language/domains/license.ts";
import { parseCidr, parseIp } from "../../language/domains/network.ts";
import type { Parsed } from "../../language/domains/parsed.ts";
import { parseGlob, parseRegex } from "../../language/domains/pattern.ts";
import { parsePurl } from "../../language/domains/purl.ts";
import { parseRange } from "../../language/domains/range.ts";
import { parseSpiffeId } from "../../language/domains/spiffe.ts";
import { parseTime } from "../../language/domains/time.ts";
import { parseUrl } from "../../language/domains/url.ts";
import { ecosystemOfPurlType, versionOf } from "../../language/domains/version.ts";
import type { EnumType, ScalarName, Type } from "../../language/semantics/types.ts";

export type Reader = (raw: DataValue, record: DataRecord) => unknown;

function text<T>(parse: (source: string) => Parsed<T>): Reader {
  return (raw) => {
    if (typeof raw !== "string") return undefined;
    const parsed = parse(raw);
    return parsed.ok ? parsed.value : undefined;
  };
}

function integer(raw: DataValue): number | undefined {
  return typeof raw === "number" && Number.isSafeInteger(raw) ? raw + 0 : undefined;
}

/** The ecosystem of a record is that of its purl, or of its component's (language.md: a version belongs to its purl). */
function ecosystemOf(record: DataRecord): string | undefined {
  const purl = typeOfPurl(record["purl"]);
  if (purl !== undefined) return purl;
  const component = record["component"];
  return component !== null && typeof component === "object" && !Array.isArray(component)
    ? typeOfPurl((component as DataRecord)["purl"])
    : undefined;
}

function typeOfPurl(raw: DataValue): string | undefined {
  if (typeof raw === "string") {
    const slash = raw.indexOf("/", 4);
    return raw.startsWith("pkg:") && slash > 4 ? raw.slice(4, slash).toLowerCase() : undefined;
  }
  if (raw instanceof Known && raw.value !== null && typeof raw.value === "object" && "type" in raw.value) return String(raw.value["type"]);
  return undefined;
}

const version: Reader = (raw, record) => {
  if (typeof raw === "string") return raw === "" ? undefined : versionOf(ecosystemOfPurlType(ecosystemOf(record) ?? "generic"), raw);
  if (raw === null || typeof raw !== "object") return undefined;
  const parts = raw as DataRecord;
  return typeof parts["ecosystem"] === "string" && typeof parts["text"] === "string"
    ? versionOf(parts["ecosystem"], parts["text"])
    : undefined;
};

const range: Reader = (raw, record) => {
  if (typeof raw === "string") {
    const parsed = parseRange(raw, ecosystemOfPurlType(ecosystemOf(record) ?? "generic"));
    return parsed.ok ? parsed.value : undefined;
  }
  return undefined;
};

const license: Reader = (raw) => {
  if (typeof raw !== "string") return undefined;
  if (raw === "" || raw === "NOASSERTION" || raw === "NONE")
    return new Lack("missing", `the document says ${raw === "" ? "nothing" : raw}`);
  const parsed = parseLicense(raw);
  return parsed.ok ? parsed.value : undefined;
};

const scalarReaders: Readonly<Record<ScalarName, Reader>> = {
  Bool: (raw) => (typeof raw === "boolean" ? raw : undefined),
  Int: integer,
  Port: (raw) => {
    const port = integer(raw);
    return port !== undefined && port >= 0 && port <= 65535 ? port : undefined;
  },
  Decimal: (raw) => {
    if (typeof raw === "number") return decimalFromNumber(raw);
    return text(parseDecimal)(raw, emptyRecord);
  },
  String: (raw) => (typeof raw === "string" ? raw : undefined),
  Bytes: (raw) => (typeof raw === "string" ? raw : undefined),
  Path: (raw) => (typeof raw === "string" ? raw : undefined),
  Time: text(parseTime),
  Duration: text(parseDuration),
  Version: version,
  Range: range,
  Purl: text(parsePurl),
  PurlSet: () => undefined,
  Digest: text(parseDigest),
  ImageRef: text(parseImageRef),
  Url: text(parseUrl),
  Glob: text(parseGlob),
  Regex: text(parseRegex),
  Ip: text(parseIp),
  Cidr: text(parseCidr),
  SpiffeId: text(parseSpiffeId),
  License: license,
  Advisory: text(parseAdvisory),
};

const emptyRecord: DataRecord = {};

function enumReader(type: EnumType): Reader {
  const index = new Map(type.variants.map((variant, position) => [variant, position]));
  return (raw) => (typeof raw === "string" ? index.get(raw) : undefined);
}

/** The reader of a scalar or enum type; other types have none. */
export function readerOf(type: Type): Reader | undefined {
  if (type.kind === "scalar") return scalarReaders[type.name];
  if (type.kind === "enum") return enumReader(type);
  return undefined;
}

/** What was found, for the detail of a malformed want: short, on one line. */
export function showRaw(raw: DataValue): string {
  if (typeof raw === "string") return `\`${raw.length > 60 ? `${raw.slice(0, 57)}…` : raw}\``;
  if (raw === null || raw === undefined) return "nothing";
  if (Array.isArray(raw)) return "a list";
  return typeof raw === "object" ? "an object" : `\`${String(raw)}\``;
}
