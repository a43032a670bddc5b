/** Files with a JSON document a line, which `gh attestation download` and `gh attestation trusted-root` write. */

export interface Document {
  /** `NAME:2` is the second line of a file with several. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The documents of a file: as many as it has lines, where each line is an object of its own, else one. */
export function documentsOf(name: string, bytes: Uint8Array): readonly Document[] {
  const whole = [{ name, bytes }];
  if (bytes[0] !== 0x7b || !bytes.includes(0x0a)) return whole;
  const lines = Buffer.from(bytes)
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length < 2 || !lines.every((line) => line.startsWith("{") && line.trimEnd().endsWith("}"))) return whole;
  return lines.map((line, i) => ({ name: `${name}:${i + 1}`, bytes: Buffer.from(line) }));
}
