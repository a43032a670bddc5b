/** What VEX says of a finding, with everything that it rests on: the shape that reports print and laws are about. */
import type { DataRecord } from "../../../language/core/data.ts";
import type { VexStatus } from "./document.ts";

/** A statement as it bears on one finding. The ranks decide in this order: tier, specificity, time, version. */
export interface Claim {
  /** The statement's data, with its place in its document (`origin`). */
  readonly record: DataRecord;
  readonly author: string | undefined;
  readonly status: VexStatus;
  readonly justification: string | undefined;
  /** Whose word it is: 0 is the most trusted; documents that nobody signed come last. */
  readonly tier: number;
  /** The name of the tier: a trust declaration, or `claimed`. */
  readonly by: string;
  /** The greater, the more exactly it names product and subcomponent. */
  readonly specificity: number;
  /** Microseconds; undefined: it has no time that can be read. */
  readonly time: number | undefined;
  /** How it met the finding: by what is judged, by the finding's own component, or by a product that has the component in it. */
  readonly about: "subject" | "component" | "part";
  /** The product that matched, as the statement names it. */
  readonly product: string;
}

/** Why a statement that speaks of the finding may not suppress it. */
export type Rejection =
  | { readonly kind: "unsigned" }
  | { readonly kind: "not-yet"; readonly from: number }
  | { readonly kind: "expired"; readonly since: number }
  /** It names no version and no digest: it would hold for ever. */
  | { readonly kind: "unanchored" }
  /** Its issuer calls the document a draft. */
  | { readonly kind: "draft" }
  | { readonly kind: "no-justification" }
  | { readonly kind: "justification"; readonly found: string }
  /** Whether its versions hold the product's cannot be told. */
  | { readonly kind: "version-unknown"; readonly detail: string }
  /** It speaks of a product between component and root, and another path leads around it. */
  | { readonly kind: "another-path"; readonly path: readonly string[] }
  /** It speaks of a product between component and root, and the SBOM does not tell all the paths. */
  | { readonly kind: "paths-unknown"; readonly detail: string }
  /** It speaks of the component as a part of another product: one of a bill of materials that is not at hand, or of a document about another artifact. */
  | { readonly kind: "another-bom"; readonly link: string }
  /** It has no time, and only so old a statement may count. */
  | { readonly kind: "undated" }
  /** A later version of its document is at hand, which it is not in or is in anew. */
  | { readonly kind: "superseded"; readonly version: string }
  /** Another version of its document is at hand, and which of them is the later one cannot be told. */
  | { readonly kind: "version-unclear"; readonly version: string }
  /** Something that may say otherwise could not be looked at. */
  | { readonly kind: "unlooked"; readonly detail: string };

export interface RejectedClaim {
  readonly claim: Claim;
  readonly why: Rejection;
}

/**
 * The verdict where something that may say otherwise could not be looked at, which `detail` says: then nothing is suppressed.
 */
export function withoutLook(verdict: VexVerdict, detail: string): VexVerdict {
  if (verdict.kind !== "suppressed") return verdict;
  const rejected = verdict.used.map((claim): RejectedClaim => ({ claim, why: { kind: "unlooked", detail } }));
  return { ...verdict, kind: "kept", status: undefined, used: [], rejected: [...rejected, ...verdict.rejected] };
}

export interface VexVerdict {
  /**
   * `suppressed`: not affected or fixed. `kept`: a statement says that it matters, or none that says otherwise may count.
   * `unmentioned`: no statement speaks of it. `conflict`: statements of equal rank disagree, which never suppresses.
   */
  readonly kind: "suppressed" | "kept" | "unmentioned" | "conflict";
  /** What was decided; undefined where nothing was. */
  readonly status: VexStatus | undefined;
  readonly used: readonly Claim[];
  /** They speak of it, and a higher rank decided. */
  readonly shadowed: readonly Claim[];
  readonly rejected: readonly RejectedClaim[];
  /** The next instant (microseconds) at which it may change; undefined: none. */
  readonly flipsAt: number | undefined;
  /** Present where hundreds of statements speak of it: how many that decide nothing are not listed, once for each way in which they do. */
  readonly omitted?: number;
}
