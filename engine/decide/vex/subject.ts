/** What a decision about VEX is about, and under which rules statements count. */
import type { DataRecord } from "../../../language/core/data.ts";
import type { Purl } from "../../../language/domains/purl.ts";

/** A bill of materials at hand that describes the subject: what BOM-Links are resolved against. */
export interface VexBom {
  /** `sha256:<hex>` of the document that it was read from. */
  readonly document: string;
  /** `urn:uuid:…`, and the version of the document; a BOM-Link names both. */
  readonly serial?: string;
  readonly version?: number;
  /** The component (`waybill.sbom.Component`) that it is about: another name of the subject. */
  readonly root?: DataRecord;
}

/** What a decision is about, as VEX may name it. */
export interface VexSubject {
  /** `<algorithm>:<hex>` of the artifact: of an image its manifest digest, and its config digest where known. */
  readonly digests: readonly string[];
  readonly purl?: Purl;
  /** Of an image: `ghcr.io/acme/shop`, normalised as Docker does (`docker.io/library/alpine`). */
  readonly repository?: string;
  readonly tag?: string;
  readonly boms?: readonly VexBom[];
  /** Digests of documents that are about other artifacts: what they say of components holds there only. */
  readonly elsewhere?: ReadonlySet<string>;
}

/** Under which rules a statement suppresses. */
export interface VexRules {
  /** Microseconds; undefined (tests without a clock): nothing is too early or too late. */
  readonly now?: number | undefined;
  /** Microseconds: an older statement does not suppress, nor does one without a time. */
  readonly maxAge?: number | undefined;
  /** Justifications and CycloneDX states that may suppress; default `allowedJustifications`. */
  readonly allowed?: ReadonlySet<string> | undefined;
}

/**
 * OpenVEX's five labels, and the words of CycloneDX by which a supplier says that the product itself is not open to it.
 * Protection at the perimeter or by another control is the word of whoever runs the product, not of whoever made it.
 */
export const allowedJustifications: ReadonlySet<string> = new Set([
  "component_not_present",
  "vulnerable_code_not_present",
  "vulnerable_code_not_in_execute_path",
  "vulnerable_code_cannot_be_controlled_by_adversary",
  "inline_mitigations_already_exist",
  "false_positive",
  "requires_configuration",
  "requires_dependency",
  "requires_environment",
]);
