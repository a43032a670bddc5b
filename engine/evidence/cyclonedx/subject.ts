/** What a CycloneDX document says that it is about: the digests of `metadata.component`. */
import type { Binding } from "../evidence.ts";
import { type Json, object, objects, text } from "../raw.ts";

const sha = /^SHA-(256|384|512)$/;
const digest = /^sha(?:256|384|512):[0-9a-f]+$/;

/**
 * A container's purl and version name its manifest (Syft, Trivy); Trivy also gives the image id, which is the digest of
 * the configuration. Hashes of anything else are those of the file.
 */
export function subject(bom: Json): readonly Binding[] {
  const component = object(object(bom["metadata"])?.["component"]);
  if (!component) return [];
  const container = component["type"] === "container";
  const found = new Map<string, Binding>();
  const add = (kind: Binding["kind"], value: string | undefined): void => {
    const lower = value?.toLowerCase();
    if (lower !== undefined && digest.test(lower)) found.set(`${kind} ${lower}`, { kind, digest: lower });
  };
  const purl = text(component["purl"]);
  if (purl && /^pkg:(?:oci|docker)\//.test(purl)) add("manifest", decoded(/@([^?#]+)/.exec(purl)?.[1]));
  if (container) add("manifest", text(component["version"]));
  for (const hash of objects(component["hashes"])) {
    const bits = sha.exec(String(hash["alg"]))?.[1];
    if (bits) add(container ? "manifest" : "file", `sha${bits}:${String(hash["content"])}`);
  }
  for (const property of objects(component["properties"])) {
    const value = text(property["value"]);
    if (property["name"] === "aquasecurity:trivy:ImageID") add("config", value);
    if (property["name"] === "aquasecurity:trivy:RepoDigest") add("manifest", value?.slice(value.lastIndexOf("@") + 1));
  }
  return [...found.values()];
}

function decoded(version: string | undefined): string | undefined {
  return version?.replace(/%3A/gi, ":");
}
