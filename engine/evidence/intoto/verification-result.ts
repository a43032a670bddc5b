/** `https://in-toto.io/attestation/svr/v0.2` (in-toto attestation framework, "Simple Verification Result") as `waybill.intoto.VerificationResult`. */
import type { Adapter } from "../evidence.ts";
import { object, text, texts } from "../raw.ts";
import { predicateAdapter, resources } from "./predicate.ts";

export const verificationResult: Adapter = predicateAdapter({
  format: "in-toto-svr",
  title: "in-toto simple verification result v0.2",
  schema: "in-toto-svr-0.2",
  type: "waybill.intoto.VerificationResult",
  fields: { verifier: "/verifier/id", policies: "/verifier/policies", created_on: "/timeCreated" },
  read: ({ predicate, document, base }) => {
    const verifier = object(predicate["verifier"]);
    return {
      verifier: text(verifier?.["id"]),
      policies: resources(verifier?.["policies"], document, `${base}/verifier/policies`),
      created_on: text(predicate["timeCreated"]),
      properties: texts(predicate["properties"]),
    };
  },
});
