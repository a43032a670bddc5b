/**
 * A VEX document as every format can be read and written: what `vex convert`, `merge`, `diff` and `emit` work on. Its
 * fields are those of `waybill.vex` (policies/std/vex.scp), typed; `documentOf` reads it from evidence.
 */

import type { Origin, origin } from "../../../language/core/data.ts";

/** OpenVEX 0.2.0, "Status Labels". */
export type VexStatus = "not_affected" | "affected" | "fixed" | "under_investigation";
/** In the order of `waybill.vex.Status`: in run-time form a status is its place here. */
export const vexStatuses: readonly VexStatus[] = ["not_affected", "affected", "fixed", "under_investigation"];

/** OpenVEX 0.2.0, "Status Justifications"; CSAF 2.0, section 3.2.3.5 (flags), has the same labels. */
export type VexJustification =
  | "component_not_present"
  | "vulnerable_code_not_present"
  | "vulnerable_code_not_in_execute_path"
  | "vulnerable_code_cannot_be_controlled_by_adversary"
  | "inline_mitigations_already_exist";
export const vexJustifications: readonly VexJustification[] = [
  "component_not_present",
  "vulnerable_code_not_present",
  "vulnerable_code_not_in_execute_path",
  "vulnerable_code_cannot_be_controlled_by_adversary",
  "inline_mitigations_already_exist",
];

export type VexFormat = "openvex" | "csaf" | "cyclonedx";

export interface VexDocument {
  readonly format: VexFormat;
  readonly id?: string;
  readonly author?: string;
  readonly role?: string;
  readonly title?: string;
  /** Microseconds: when this version was issued, and when the first was. */
  readonly timestamp?: number;
  readonly firstIssued?: number;
  /** As written: `2`, `1.0.3`. */
  readonly version?: string;
  readonly statements: readonly VexAssertion[];
}

/** One statement: one vulnerability, one status, some products. */
export interface VexAssertion {
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  readonly description?: string;
  readonly status: VexStatus;
  readonly justification?: VexJustification;
  /** CycloneDX's own words, where the document has them: what a round trip must not lose. */
  readonly state?: string;
  readonly ownJustification?: string;
  readonly impact?: string;
  readonly action?: string;
  readonly responses: readonly string[];
  readonly notes?: string;
  /** Microseconds. */
  readonly timestamp?: number;
  readonly firstIssued?: number;
  readonly expires?: number;
  readonly products: readonly VexNamedProduct[];
  /** Where it was read; nothing that is written or compared. */
  readonly [origin]?: Origin;
}

/** One product at one version, one range, or at all versions. */
export interface VexNamedProduct {
  readonly id: string;
  readonly name?: string;
  readonly supplier?: string;
  readonly version?: string;
  /** A VERS string. */
  readonly versions?: string;
  readonly purl?: string;
  readonly cpe?: string;
  /** `<algorithm>:<hex>` */
  readonly digests: readonly string[];
  readonly subcomponents: readonly string[];
}
