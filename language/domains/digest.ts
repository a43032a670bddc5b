/** Digests: `algorithm:hex` in lower case, as OCI and in-toto write them. */
import { nearest } from "./near.ts";
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

/** Hexadecimal digits by algorithm: OCI image spec (digests), in-toto digest set, CycloneDX and SPDX hash algorithms. */
const lengths: ReadonlyMap<string, number> = new Map([
  ["md2", 32],
  ["md4", 32],
  ["md5", 32],
  ["md6", 128],
  ["sha1", 40],
  ["gitcommit", 40],
  ["sha224", 56],
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
  ["sha3-224", 56],
  ["sha3-256", 64],
  ["sha3-384", 96],
  ["sha3-512", 128],
  ["blake2b-256", 64],
  ["blake2b-384", 96],
  ["blake2b-512", 128],
  ["blake2s-256", 64],
  ["blake3", 64],
  ["adler32", 8],
  ["streebog-256", 64],
  ["streebog-512", 128],
]);

/** The name here for one of CycloneDX (`SHA-256`), SPDX (`SHA3_256`) or in-toto (`sha3_256`). */
function algorithmOf(name: string): string {
  const lower = name.toLowerCase().replaceAll("_", "-");
  return lower.replace(/^sha-(?=\d)/, "sha").replace(/^(blake2[bs])(?=\d)/, "$1-");
}

/**
 * The digest of a known algorithm, its length checked and its digits lower-cased. Algorithm names are read as
 * CycloneDX, SPDX, OCI and in-toto spell them.
 */
export function digestOf(algorithm: string, hex: string): Parsed<string> {
  const name = algorithmOf(algorithm);
  const length = lengths.get(name);
  if (length === undefined) {
    const near = nearest(name, lengths.keys());
    return problem(`\`${algorithm}\` is not a digest algorithm known here`, near && `${near}:${hex}`);
  }
  if (!/^[0-9a-fA-F]+$/.test(hex)) return problem(`a ${name} digest has hexadecimal digits only, not \`${hex}\``);
  if (hex.length !== length) return problem(`a ${name} digest has ${length} hexadecimal digits, not ${hex.length}`);
  return parsed(`${name}:${hex.toLowerCase()}`);
}

/** Reads `sha256:<hex>`. */
export function parseDigest(text: string): Parsed<string> {
  return checked(read(text), read);
}

function read(text: string): Parsed<string> {
  const colon = text.indexOf(":");
  if (colon > 0) return digestOf(text.slice(0, colon), text.slice(colon + 1));
  const likely = /^[0-9a-fA-F]+$/.test(text) ? bareLengths.get(text.length) : undefined;
  return problem(`\`${text}\` names no digest algorithm`, likely && `${likely}:${text.toLowerCase()}`);
}

/** What digits without an algorithm most likely are. */
const bareLengths: ReadonlyMap<number, string> = new Map([
  [40, "sha1"],
  [64, "sha256"],
  [96, "sha384"],
  [128, "sha512"],
]);

/** As `parseDigest` reads it. */
export function showDigest(digest: string): string {
  return digest;
}
