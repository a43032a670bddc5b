/** What package registries attest when a package is published. */
import { parsePurl } from "../../../language/domains/purl.ts";
import type { Adapter } from "../evidence.ts";
import { predicateAdapter } from "../intoto/predicate.ts";
import { text } from "../raw.ts";

/** `https://github.com/npm/attestation/tree/main/specs/publish/v0.1`: signed by npm's registry. */
export const npmPublish: Adapter = predicateAdapter({
  format: "npm-publish",
  title: "npm publish attestation v0.1",
  schema: "npm-publish-0.1",
  type: "waybill.npm.Publish",
  fields: { purl: "/name" },
  read: ({ predicate, source }) => ({
    name: text(predicate["name"]),
    version: text(predicate["version"]),
    registry: text(predicate["registry"]),
    purl: source.subjects?.map((subject) => subject.name).find((name) => name !== undefined && parsePurl(name).ok),
  }),
});

/** `https://docs.pypi.org/attestations/publish/v1`: signed by the workflow that publishes; the predicate is null. */
export const pypiPublish: Adapter = predicateAdapter({
  format: "pypi-publish",
  title: "PyPI publish attestation v1",
  schema: "pypi-publish-1",
  type: "waybill.pypi.Publish",
  fields: { file: "" },
  read: ({ source }) => ({ file: source.subjects?.[0]?.name }),
});
