/** Digests, computed here and passed into the pure core. */

/** `sha256:<hex>`. The module is loaded when it is used: most verbs compute no digest, and it takes milliseconds. */
export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${process.getBuiltinModule("node:crypto").hash("sha256", bytes, "hex")}`;
}

/** One digest over a set of named parts: sorted, each length-delimited by its JSON, so that no two sets collide. */
export function digestOf(parts: readonly (readonly string[])[]): string {
  const lines = parts.map((part) => JSON.stringify(part)).sort();
  return sha256([...new Set(lines)].join("\n"));
}

/** RFC 9562, section 6.6: the namespace of URLs. */
const urls = "6ba7b8119dad11d180b400c04fd430c8";

/** `urn:uuid:…` of a name (RFC 9562, section 5.5): the same for the same name, wherever it is computed. */
export function uuidOf(name: string): string {
  const bytes = Buffer.concat([Buffer.from(urls, "hex"), Buffer.from(name)]);
  const hash = Buffer.from(process.getBuiltinModule("node:crypto").hash("sha1", bytes, "hex"), "hex").subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return `urn:uuid:${hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")}`;
}
