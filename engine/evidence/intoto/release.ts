/**
 * `https://in-toto.io/attestation/release/v0.2` (in-toto attestation framework, "Release") as `waybill.intoto.Release`;
 * GitHub's attestations of immutable releases add the repository and the tag.
 */
import type { Adapter } from "../evidence.ts";
import { text } from "../raw.ts";
import { predicateAdapter } from "./predicate.ts";

export const release: Adapter = predicateAdapter({
  format: "in-toto-release",
  title: "in-toto release v0.2",
  schema: "in-toto-release-0.2",
  type: "waybill.intoto.Release",
  fields: { package_id: "/packageId", repository_id: "/repositoryId" },
  read: ({ predicate }) => ({
    purl: text(predicate["purl"]),
    package_id: text(predicate["packageId"]) ?? text(predicate["releaseId"]),
    repository: text(predicate["repository"]),
    repository_id: text(predicate["repositoryId"]),
    tag: text(predicate["tag"]),
  }),
});
