/** cosign's own predicates: its signature, which says no more than that its subject was signed, and its generic one. */
import type { Adapter } from "../evidence.ts";
import { predicateAdapter, texted } from "../intoto/predicate.ts";
import { text } from "../raw.ts";

/** `https://sigstore.dev/cosign/sign/v1`: what `cosign sign` writes since v3. Annotations are those of the subject. */
export const cosignSignature: Adapter = predicateAdapter({
  format: "cosign-sign",
  title: "cosign signature v1",
  schema: "cosign-sign-1",
  type: "waybill.cosign.Signature",
  fields: { annotations: "" },
  read: ({ source }) => ({
    annotations: texted(Object.assign({}, ...(source.subjects ?? []).map((subject) => subject.annotations))) ?? {},
  }),
});

/** `https://cosign.sigstore.dev/attestation/v1` (cosign, "Generic Predicate Specification"). */
export const cosignCustom: Adapter = predicateAdapter({
  format: "cosign-custom",
  title: "cosign generic predicate v1",
  schema: "cosign-custom-1",
  type: "waybill.cosign.Custom",
  fields: { data: "/Data", timestamp: "/Timestamp" },
  read: ({ predicate }) => ({
    data: text(predicate["Data"]) ?? text(predicate["data"]),
    timestamp: text(predicate["Timestamp"]) ?? text(predicate["timestamp"]),
  }),
});
