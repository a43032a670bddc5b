/** Scalars in both forms, and what compares them. The domains themselves have their own tests. */
import type { DataRecord, DataValue } from "../../language/core/data.ts";
import type { CompareOp } from "../../language/core/ir.ts";
import type { Value } from "../../language/core/value.ts";
import { parseAdvisory } from "../../language/domains/advisory.ts";
import { decimalFromNumber, parseDecimal } from "../../language/domains/decimal.ts";
import { parseDigest } from "../../language/domains/digest.ts";
import { equalImageRef, type ImageRef, parseImageRef } from "../../language/domains/image-ref.ts";
import { equalLicense, type License, parseLicense } from "../../language/domains/license.ts";
import type { Parsed } from "../../language/domains/parsed.ts";
import { equalPurl, equalPurlSet, type Purl, type PurlSet, parsePurl, purlInSet } from "../../language/domains/purl.ts";
import { inRange, type Range } from "../../language/domains/range.ts";
import { parseTime } from "../../language/domains/time.ts";
import { parseUrl } from "../../language/domains/url.ts";
import { compareVersions, ecosystemOfPurlType, equalVersion, type Version, versionOf } from "../../language/domains/version.ts";
import type { EnumType, Type } from "../../language/semantics/types.ts";

type ScalarType = Extract<Type, { kind: "scalar" }>;

function read<T>(parsed: Parsed<T>): T | undefined {
  return parsed.ok ? parsed.value : undefined;
}

/** The value that raw evidence has as this type; undefined when it cannot be read so. `siblings`: the record it is a field of. */
export function readScalar(type: Type, raw: DataValue, siblings: DataRecord | undefined): Value | undefined {
  if (type.kind === "enum") return readVariant(type, raw);
  if (type.kind !== "scalar") return undefined;
  if (typeof raw === "boolean") return type.name === "Bool" ? raw : undefined;
  if (typeof raw === "number") return readNumber(type, raw);
  if (typeof raw === "string") return readText(type, raw, siblings);
  return undefined;
}

function readVariant(type: EnumType, raw: DataValue): number | undefined {
  const index = typeof raw === "string" ? type.variants.indexOf(raw) : -1;
  return index < 0 ? undefined : index;
}

function readNumber(type: ScalarType, raw: number): Value | undefined {
  if (type.name === "Decimal") return decimalFromNumber(raw);
  if (!Number.isSafeInteger(raw)) return undefined;
  if (type.name === "Int") return raw;
  return type.name === "Port" && raw >= 0 && raw <= 65535 ? raw : undefined;
}

function readText(type: ScalarType, raw: string, siblings: DataRecord | undefined): Value | undefined {
  switch (type.name) {
    case "String":
      return raw;
    case "Decimal":
      return read(parseDecimal(raw));
    case "Time":
      return read(parseTime(raw));
    case "Purl":
      return read(parsePurl(raw));
    case "License":
      return read(parseLicense(raw));
    case "Digest":
      return read(parseDigest(raw));
    case "Advisory":
      return read(parseAdvisory(raw));
    case "Url":
      return read(parseUrl(raw));
    case "ImageRef":
      return read(parseImageRef(raw));
    case "Version":
      return raw === "" ? undefined : versionOf(ecosystemBeside(siblings), raw);
    default:
      return undefined;
  }
}

function ecosystemBeside(siblings: DataRecord | undefined): string {
  const purl = siblings?.purl;
  const parsed = typeof purl === "string" ? read(parsePurl(purl)) : undefined;
  return ecosystemOfPurlType(parsed?.type ?? "generic");
}

/** Whether the comparison holds; undefined when the two cannot be compared (`?malformed`). */
export function compareValues(op: CompareOp, type: Type, a: Value, b: Value): boolean | undefined {
  if (op === "==" || op === "!=") {
    const equal = equalValues(type, a, b);
    return equal === undefined ? undefined : equal === (op === "==");
  }
  const order = orderOf(type, a, b);
  if (order === undefined) return undefined;
  switch (op) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function orderOf(type: Type, a: Value, b: Value): number | undefined {
  if (type.kind === "scalar" && type.name === "Version") return compareVersions(a as Version, b as Version);
  const x = a as number | bigint;
  const y = b as number | bigint;
  return x < y ? -1 : x > y ? 1 : 0;
}

export function equalValues(type: Type, a: Value, b: Value): boolean | undefined {
  if (type.kind !== "scalar") return a === b;
  switch (type.name) {
    case "Version":
      return equalVersion(a as Version, b as Version);
    case "Purl":
      return equalPurl(a as Purl, b as Purl);
    case "PurlSet":
      return equalPurlSet(a as PurlSet, b as PurlSet);
    case "License":
      return equalLicense(a as License, b as License);
    case "ImageRef":
      return equalImageRef(a as ImageRef, b as ImageRef);
    default:
      return a === b;
  }
}

/** `purl in set`, `version in range`; or the cause for which it cannot be said. */
export function within(item: Value, set: Value, type: Type): boolean | "missing" | "malformed" {
  if (type.kind === "scalar" && type.name === "PurlSet") return purlInSet(item as Purl, set as PurlSet);
  if (type.kind === "scalar" && type.name === "Range") return inRange(item as Version, set as Range) ?? "malformed";
  throw new Error("the oracle does not generate this kind of set");
}
