/** `https://in-toto.io/attestation/scai/v0.3` (in-toto attestation framework, "SCAI") as `waybill.intoto.AttributeReport`. */
import { type DataRecord, origin } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { objects, text } from "../raw.ts";
import { predicateAdapter, resource, texted } from "./predicate.ts";

export const attributeReport: Adapter = predicateAdapter({
  format: "in-toto-scai",
  title: "SCAI attribute report v0.3",
  schema: "in-toto-scai-0.3",
  type: "waybill.intoto.AttributeReport",
  fields: {},
  read: ({ predicate, document, base }) => ({
    attributes: objects(predicate["attributes"]).map((attribute, index): DataRecord => {
      const pointer = `${base}/attributes/${index}`;
      return {
        name: text(attribute["attribute"]),
        conditions: texted(attribute["conditions"]),
        target: resource(attribute["target"], document, `${pointer}/target`),
        evidence: resource(attribute["evidence"], document, `${pointer}/evidence`),
        [origin]: { document, pointer, fields: { name: "/attribute" } },
      };
    }),
    producer: resource(predicate["producer"], document, `${base}/producer`),
  }),
  counts: ({ attributes }) => ({ attributes: Array.isArray(attributes) ? attributes.length : 0 }),
});
