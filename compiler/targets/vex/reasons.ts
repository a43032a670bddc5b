/** Why a format cannot say something: the sentences of the loss report. */
import type { VexFormat } from "../../../engine/decide/vex/document.ts";
import type { LossField } from "./loss.ts";
import type { Lost } from "./readback.ts";
import { asRemediation, asResponse, isProtectedBeside, outlives, suppresses } from "./words.ts";

const titles: Readonly<Record<VexFormat, string>> = { openvex: "OpenVEX", csaf: "CSAF", cyclonedx: "CycloneDX" };

const sentences: Readonly<Record<VexFormat, Readonly<Partial<Record<LossField, string>>>>> = {
  openvex: {
    id: "an OpenVEX document is named by an IRI",
    title: "OpenVEX documents have no title",
    first_issued: "OpenVEX has one time for a statement",
    version: "versions of OpenVEX documents are whole numbers from 1",
    state: "OpenVEX has four statuses; what CycloneDX adds to them has no field",
    own_justification: "OpenVEX has no label that means this",
    action: "an action stands only in statements of what is affected",
    impact: "an impact stands only in statements of what is not affected",
    responses: "OpenVEX has no responses",
    expires: "statements of OpenVEX do not expire",
    supplier: "an OpenVEX statement has one supplier for all its products",
    name: "OpenVEX names products by IRI, purl, CPE and hash: name and version stand in a purl of the type `generic`, which matches no component by its name",
    product_version: "OpenVEX has no versions but those in purls",
    versions: "OpenVEX has no version ranges: the statement is written for every version, because it does not suppress",
    product: "OpenVEX names products by IRI",
    subcomponents:
      "OpenVEX names parts by IRI, purl and CPE: what suppresses names a purl that nothing has, the rest is said of the whole product",
    cpe: "OpenVEX has no place for it beside the product's other names",
    digests: "OpenVEX knows fewer hash algorithms",
    purl: "OpenVEX asks for an identifier, and the product has only a name",
  },
  csaf: {
    id: "a CSAF document is named by its publisher's namespace and a tracking id",
    role: "CSAF publishers are of one of six categories",
    version: "versions of CSAF documents are whole numbers or semantic versions",
    description: "CSAF describes a vulnerability once, for all statements about it",
    notes: "notes are the vulnerability's in CSAF: statements about it share them",
    vulnerability: "CSAF has a vulnerability once, with the names of all statements about it",
    state: "CSAF has no more than the status",
    own_justification: "CSAF has no label that means this",
    justification: "a justification stands only with products that are not affected",
    impact: "CSAF reads an impact only of products that are not affected",
    responses: "CSAF needs a category with every action",
    action: "CSAF has no action without a remediation",
    expires: "statements of CSAF do not expire",
    first_issued: "CSAF has no time for a statement but its assessment",
    timestamp: "CSAF has a time only for what is not affected: everything else holds from the release of the document",
    product: "CSAF product ids stand for one product at one version",
    purl: "CSAF has purls as plain URIs only",
    cpe: "it is no CPE 2.2 or 2.3 name",
    digests: "CSAF has no hashes shorter than 32 digits",
    product_version: "CSAF does not have versions with words of ranges in them (mandatory test 6.1.31)",
  },
  cyclonedx: {
    id: "a CycloneDX document is named by a UUID: one was made from the name",
    version: "versions of CycloneDX documents are whole numbers from 1",
    responses: "CycloneDX has no response that means this",
    justification: "a justification stands only with what is not affected",
    product: "components are named by BOM-Links",
    digests: "CycloneDX knows fewer hash algorithms",
    versions: "CycloneDX lists versions of a component for a whole statement",
    product_version: "CycloneDX lists versions of a component for a whole statement",
  },
};

/** One sentence, without a full stop. */
export function reasonOf(field: LossField, format: VexFormat, lost: Lost | undefined): string {
  const special = lost === undefined ? undefined : specialReason(field, format, lost);
  return special ?? sentences[format][field] ?? `${titles[format]} has no place for it`;
}

function specialReason(field: LossField, format: VexFormat, { claim, statement, document }: Lost): string | undefined {
  const { fields } = claim;
  if (field === "statement") {
    if (claim.product === undefined) return `${titles[format]} has no statement without a product`;
    if (format !== "cyclonedx" && isProtectedBeside(statement))
      return `what protects it (${statement.ownJustification}) is not in the product, and ${titles[format]} says \`affected\` of it, with the protection as what to do`;
    if (format !== "cyclonedx" && outlives(statement))
      return `statements of ${titles[format]} do not expire, and without its end the statement would suppress for ever: it is left out`;
    if (format === "openvex" && fields.versions !== undefined && suppresses(statement.status))
      return "OpenVEX has no version ranges, and for every version the statement would suppress too much: it is left out";
    if (format === "openvex" && fields.product_version !== undefined && suppresses(statement.status))
      return "OpenVEX has no versions but those in purls, and for every version the statement would suppress too much: it is left out";
    if (format === "csaf")
      return "CSAF has one status for a product: of several statements about it the newest stands, and of the equally new the one that suppresses least";
    return undefined;
  }
  if (field === "impact" && statement.impact === undefined)
    return `${titles[format]} requires a justification or an impact, and the source has neither: CycloneDX's own word, or a text that says so, stands in`;
  if (field === "timestamp" && statement.timestamp === undefined && document.timestamp === undefined)
    return "the source has no time: the document's new one stands in";
  if (field === "responses" && format === "csaf") {
    const foreign = statement.responses.filter((response) => asRemediation(response) === undefined);
    if (foreign.length > 0) return `CSAF has no remediation category that means \`${foreign.join("`, `")}\``;
    if (statement.responses.length === 0)
      return "CSAF needs a category with every action: `mitigation`, or `none_available` where there is no action";
  }
  if (field === "responses" && format === "cyclonedx") {
    const foreign = statement.responses.filter((response) => asResponse(response) === undefined);
    return foreign.length === 0 ? undefined : `CycloneDX has no response that means \`${foreign.join("`, `")}\``;
  }
  return undefined;
}
