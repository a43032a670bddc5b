/** Records of `waybill.sbom.Component` while they are built, whatever format they come from. */
import type { DataValue, Origin, origin } from "../../../language/core/data.ts";

/** A record that the graph of dependencies is still being tied to. */
export type Draft = { [field: string]: DataValue; [origin]?: Origin };

/** The components that are neither files nor operating systems (design: library, "SBOM"). */
export function packagesOf(components: readonly Draft[]): readonly Draft[] {
  return components.filter((component) => component["kind"] !== "file" && component["kind"] !== "operating_system");
}

const shaNames = new Map([
  ["SHA1", "SHA-1"],
  ["SHA224", "SHA-224"],
  ["SHA256", "SHA-256"],
  ["SHA384", "SHA-384"],
  ["SHA512", "SHA-512"],
]);

/** Hash algorithms have CycloneDX's names: `SHA-256`, `SHA3-256`, `BLAKE2b-256`, `MD5`. */
export function algorithmName(name: string): string {
  const upper = name.toUpperCase().replaceAll("_", "-");
  return shaNames.get(upper.replace("-", "")) ?? upper.replace(/^BLAKE2B-?/, "BLAKE2b-");
}
