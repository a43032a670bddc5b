/**
 * Links as `waybill.intoto.Link`: `https://in-toto.io/attestation/link/v0.3` (in-toto attestation framework, "Link"), and the
 * link of the in-toto specification itself, which cosign attests as `https://in-toto.io/Link/v1`.
 */
import { type DataRecord, origin } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { token } from "../fault.ts";
import { object, text, texts } from "../raw.ts";
import { digestsOf, predicateAdapter, resources, texted } from "./predicate.ts";

export const link: Adapter = predicateAdapter({
  format: "in-toto-link",
  title: "in-toto link v0.3",
  schema: "in-toto-link-0.3",
  type: "waybill.intoto.Link",
  fields: {},
  read: ({ predicate, document, base }) => ({
    name: text(predicate["name"]),
    command: texts(predicate["command"]),
    materials: resources(predicate["materials"], document, `${base}/materials`),
    byproducts: texted(predicate["byproducts"]),
    environment: texted(predicate["environment"]),
  }),
});

/** Its materials are a map by name; its products are the subjects of the statement, as in the newer form. */
export const link1: Adapter = predicateAdapter({
  format: "in-toto-link",
  title: "in-toto link",
  schema: "in-toto-link-1",
  type: "waybill.intoto.Link",
  fields: {},
  read: ({ predicate, document, base }) => ({
    name: text(predicate["name"]),
    command: texts(predicate["command"]),
    materials: Object.entries(object(predicate["materials"]) ?? {}).map(([name, set]): DataRecord => {
      const digests = digestsOf(set);
      const pointer = `${base}/materials/${token(name)}`;
      return { name, digest: digests[0], digests, [origin]: { document, pointer, fields: { name: "", digest: "", digests: "" } } };
    }),
    byproducts: texted(predicate["byproducts"]),
    environment: texted(predicate["environment"]),
  }),
});
