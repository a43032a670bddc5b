/**
 * Known values at run time. Unknown ones (`Unknown`) belong to the evaluator.
 *
 * | type | value |
 * |---|---|
 * | Bool | boolean |
 * | Int, Port | number while it is a safe integer, bigint beyond (canonical, so `===` and `<` work) |
 * | Decimal | the value times 10^9, as Int |
 * | Time | microseconds since 1970-01-01T00:00Z; Duration: microseconds |
 * | String, Url, Path, SpiffeId, Digest, Advisory, Bytes | string (canonical case where the type has one) |
 * | enums | index of the variant |
 * | Version, Range, Purl, PurlSet, License, ImageRef, Ip, Cidr, Glob, Regex | the objects of `language/domains` |
 * | records | `DataRecord` |
 * | collections | `Collection` of the evaluator; in constants, arrays |
 */

import type { ImageRef } from "../domains/image-ref.ts";
import type { Integer } from "../domains/integer.ts";
import type { License } from "../domains/license.ts";
import type { Cidr, Ip } from "../domains/network.ts";
import type { Glob, Regex } from "../domains/pattern.ts";
import type { Purl, PurlSet } from "../domains/purl.ts";
import type { Range } from "../domains/range.ts";
import type { Version } from "../domains/version.ts";
import type { DataRecord } from "./data.ts";

export type { Integer } from "../domains/integer.ts";

export type ScalarValue = boolean | Integer | string | Version | Range | Purl | PurlSet | License | ImageRef | Ip | Cidr | Glob | Regex;

export type Value = ScalarValue | DataRecord | readonly Value[];
