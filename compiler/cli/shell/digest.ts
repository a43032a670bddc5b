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
