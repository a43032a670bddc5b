/** What an SBOM says that it is about: the digests of its root. */
import type { DataValue } from "../../../language/core/data.ts";
import type { Binding } from "../evidence.ts";
import { type Json, object, text } from "../raw.ts";
import type { Draft } from "./component.ts";

const sha = /^SHA-(256|384|512)$/;
const digest = /^sha(?:256|384|512):[0-9a-f]+$/;

/**
 * A container's purl and version name its manifest (Syft, Trivy), and its hashes do; hashes of anything else are those
 * of the file. Trivy's properties (`properties` of the root, as they stand) also give the image id, which is the digest
 * of the configuration.
 */
export function subject(root: Draft | undefined, properties: readonly Json[] = []): readonly Binding[] {
  if (!root) return [];
  const found = new Map<string, Binding>();
  const add = (kind: Binding["kind"], value: string | undefined): void => {
    const lower = value?.toLowerCase();
    if (lower !== undefined && digest.test(lower)) found.set(`${kind} ${lower}`, { kind, digest: lower });
  };
  const purl = text(root["purl"]);
  const image = purl !== undefined && /^pkg:(?:oci|docker)\//.test(purl);
  const container = root["kind"] === "container" || image;
  if (image) add("manifest", /@([^?#]+)/.exec(purl)?.[1]?.replace(/%3A/gi, ":"));
  if (container) add("manifest", text(root["version"]));
  for (const { algorithm, value } of hashesOf(root["hashes"])) {
    const bits = sha.exec(algorithm)?.[1];
    if (bits) add(container ? "manifest" : "file", `sha${bits}:${value}`);
  }
  for (const property of properties) {
    const value = text(property["value"]);
    if (property["name"] === "aquasecurity:trivy:ImageID") add("config", value);
    if (property["name"] === "aquasecurity:trivy:RepoDigest") add("manifest", value?.slice(value.lastIndexOf("@") + 1));
  }
  return [...found.values()];
}

function hashesOf(list: DataValue): readonly { readonly algorithm: string; readonly value: string }[] {
  if (!Array.isArray(list)) return [];
  return list.map((hash) => ({ algorithm: String(object(hash)?.["algorithm"]), value: String(object(hash)?.["value"]) }));
}
