/** `https://slsa.dev/verification_summary/v1` (SLSA 1.2, "Verification Summary Attestation") as `waybill.slsa.VerificationSummary`. */
import { type DataRecord, origin } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { digestsOf, predicateAdapter, resources, texted } from "../intoto/predicate.ts";
import { object, text, texts } from "../raw.ts";
import { underived } from "./provenance.ts";

export const verificationSummary: Adapter = predicateAdapter({
  format: "slsa-verification-summary",
  title: "SLSA verification summary v1",
  schema: "slsa-verification-summary-1",
  type: "waybill.slsa.VerificationSummary",
  fields: {
    verifier: "/verifier/id",
    verifier_version: "/verifier/version",
    verified_on: "/timeVerified",
    resource: "/resourceUri",
    inputs: "/inputAttestations",
    result: "/verificationResult",
    levels: "/verifiedLevels",
    build: "/verifiedLevels",
    source: "/verifiedLevels",
    dependency_levels: "/dependencyLevels",
    slsa_version: "/slsaVersion",
    source_refs: "/resourceUri",
  },
  read: ({ predicate, document, base, source }) => {
    const verifier = object(predicate["verifier"]);
    const policy = object(predicate["policy"]);
    const inputs = predicate["inputAttestations"];
    const asked: DataRecord = {
      uri: text(policy?.["uri"]),
      digest: digestsOf(policy?.["digest"])[0],
      [origin]: { document, pointer: `${base}/policy` },
    };
    return {
      verifier: text(verifier?.["id"]),
      verifier_version: texted(verifier?.["version"]),
      verified_on: text(predicate["timeVerified"]),
      resource: text(predicate["resourceUri"]),
      policy: asked,
      // Absent, the verifier does not say what it looked at; given, it is everything (SLSA, `inputAttestations`).
      inputs: Array.isArray(inputs) && inputs.length > 0 ? resources(inputs, document, `${base}/inputAttestations`) : undefined,
      result: text(predicate["verificationResult"])?.toLowerCase(),
      levels: texts(predicate["verifiedLevels"]),
      build: underived,
      source: underived,
      dependency_levels: object(predicate["dependencyLevels"]) as DataRecord | undefined,
      slsa_version: text(predicate["slsaVersion"]),
      source_refs: refs(source.subjects?.map(({ annotations }) => annotations) ?? []),
    };
  },
});

/** The refs that a source summary is about: an annotation of its subject (SLSA 1.2, "Source Verification Summary Attestation"). */
function refs(annotations: readonly unknown[]): readonly string[] | undefined {
  const found = annotations.flatMap((one) => {
    const map = object(one);
    return [...texts(map?.["sourceRefs"]), ...texts(map?.["source_refs"])];
  });
  return found.length > 0 ? [...new Set(found)] : undefined;
}
