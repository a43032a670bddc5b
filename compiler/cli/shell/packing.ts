/** How a file is packed: told by its name and its first bytes, without loading what unpacks. */

export type Packing = "gzip" | "zip";

/**
 * How a file is packed, by its name and its first bytes; anything else is read as it is. What was fetched is told by its bytes
 * alone: a URL need not end as the file does that it leads to.
 */
export function packingOf(name: string, bytes: Uint8Array): Packing | undefined {
  const isFetched = /^https?:/i.test(name);
  if ((isFetched || /\.t?gz$/i.test(name)) && bytes[0] === 0x1f && bytes[1] === 0x8b) return "gzip";
  if ((isFetched || /\.zip$/i.test(name)) && bytes[0] === 0x50 && bytes[1] === 0x4b) return "zip";
  return undefined;
}

/** Whether what a `.gz` held is a tar archive: the format of POSIX and that of GNU begin so. */
export function isTar(content: Buffer): boolean {
  if (content.length < 512) return false;
  // Whoever unpacks tar takes these for packed once more.
  const isPacked = (content[0] === 0x1f && content[1] === 0x8b) || content.readUInt32LE(0) === 0xfd2fb528;
  return !isPacked && content.toString("latin1", 257, 262) === "ustar";
}
