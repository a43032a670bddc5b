/** How the three formats name the same things (reference: OpenVEX 0.2.0, CSAF 2.0 section 3.2.3, CycloneDX 1.6 `analysis`). */
import type { VexAssertion, VexJustification, VexStatus } from "../../../engine/decide/vex/document.ts";

/** CycloneDX's state for a status; `false_positive` and `resolved_with_pedigree` say more, and are kept as they were. */
export const plainState: Readonly<Record<VexStatus, string>> = {
  not_affected: "not_affected",
  affected: "exploitable",
  fixed: "resolved",
  under_investigation: "in_triage",
};

export const statusOfState: Readonly<Record<string, VexStatus>> = {
  not_affected: "not_affected",
  false_positive: "not_affected",
  exploitable: "affected",
  resolved: "fixed",
  resolved_with_pedigree: "fixed",
  in_triage: "under_investigation",
};

/** The two justifications of CycloneDX that mean the same as one of OpenVEX's and CSAF's. */
export const exactJustification: Readonly<Partial<Record<VexJustification, string>>> = {
  vulnerable_code_not_present: "code_not_present",
  vulnerable_code_not_in_execute_path: "code_not_reachable",
};

/** OpenVEX's label for a justification of CycloneDX, as it is read (`engine/evidence/cyclonedx`). */
export function labelOf(own: string | undefined): VexJustification | undefined {
  if (own === "protected_by_compiler") return "inline_mitigations_already_exist";
  return (Object.keys(exactJustification) as VexJustification[]).find((label) => exactJustification[label] === own);
}

export const cyclonedxJustifications: ReadonlySet<string> = new Set([
  "code_not_present",
  "code_not_reachable",
  "requires_configuration",
  "requires_dependency",
  "requires_environment",
  "protected_by_compiler",
  "protected_at_runtime",
  "protected_at_perimeter",
  "protected_by_mitigating_control",
]);

/** CycloneDX's words for what something else than the product keeps away. */
const besideProduct: ReadonlySet<string> = new Set(["protected_at_runtime", "protected_at_perimeter", "protected_by_mitigating_control"]);

/**
 * Whether the product is called not affected only because something else protects it. With a label beside the word it is
 * itself what is protected: a deployment (`vex emit`).
 */
export function isProtectedBeside({ status, justification, ownJustification = "" }: VexAssertion): boolean {
  return status === "not_affected" && justification === undefined && besideProduct.has(ownJustification);
}

/**
 * The statement as formats have it that know no such protection: the product is affected, and what to do is to keep what
 * protects it, as `vex emit` says of an artifact (semantics, section 10).
 */
export function ofProductAlone(statement: VexAssertion): VexAssertion {
  if (!isProtectedBeside(statement)) return statement;
  const { ownJustification, state: _state, impact, action, ...rest } = statement;
  const keep = `keep what protects it (${ownJustification})${impact === undefined ? "" : `: ${impact}`}`;
  return { ...rest, status: "affected", action: action === undefined ? keep : `${action}\n\n${keep}` };
}

/** What keeps a finding out of sight, where it may. */
export function suppresses(status: VexStatus): boolean {
  return status === "not_affected" || status === "fixed";
}

/** A suppression that ends would have no end in OpenVEX and CSAF: it is left out there. */
export function outlives({ status, expires }: Pick<VexAssertion, "status" | "expires">): boolean {
  return suppresses(status) && expires !== undefined;
}

/** CycloneDX responses and the CSAF remediation categories that say the same. */
const remediationOf: ReadonlyMap<string, string> = new Map([
  ["update", "vendor_fix"],
  ["workaround_available", "workaround"],
  ["will_not_fix", "no_fix_planned"],
  ["can_not_fix", "none_available"],
]);
const responseOf: ReadonlyMap<string, string> = new Map([...remediationOf].map(([response, category]) => [category, response]));

export const remediationCategories: ReadonlySet<string> = new Set([
  "mitigation",
  "no_fix_planned",
  "none_available",
  "vendor_fix",
  "workaround",
]);
export const cyclonedxResponses: ReadonlySet<string> = new Set([
  "can_not_fix",
  "will_not_fix",
  "update",
  "rollback",
  "workaround_available",
]);

/** The response in CSAF's words, whatever format it came from; undefined: CSAF has none. */
export function asRemediation(response: string): string | undefined {
  const category = remediationOf.get(response) ?? response;
  return remediationCategories.has(category) ? category : undefined;
}

export function asResponse(response: string): string | undefined {
  const own = responseOf.get(response) ?? response;
  return cyclonedxResponses.has(own) ? own : undefined;
}

/** State and justification in CycloneDX's words where they say more than status and justification do. */
export function ownWords(statement: Pick<VexAssertion, "status" | "justification" | "state" | "ownJustification">): {
  readonly state: string | undefined;
  readonly ownJustification: string | undefined;
} {
  const { status, justification, state, ownJustification } = statement;
  return {
    state: state === plainState[status] ? undefined : state,
    ownJustification: justification !== undefined && exactJustification[justification] === ownJustification ? undefined : ownJustification,
  };
}

/** What stands where a format requires a text and the source has none; read back, it is no text. */
export const unstated = {
  action: "The source of this statement names no action.",
  impact: "The source of this statement gives no reason.",
} as const;
