/** `https://in-toto.io/attestation/link/v0.3` (in-toto attestation framework, "Link") as `waybill.intoto.Link`. */
import type { Adapter } from "../evidence.ts";
import { text, texts } from "../raw.ts";
import { predicateAdapter, resources, texted } from "./predicate.ts";

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
