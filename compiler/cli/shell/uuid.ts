/** Names of documents that are made of what they name, so that the same document has the same name on every run. */

/** `urn:uuid:…` of a text: version 8 of RFC 9562, which leaves the bits to whoever makes it; here they are of its SHA-256. */
export function uuidOf(text: string): string {
  const hex = process.getBuiltinModule("node:crypto").hash("sha256", text, "hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
