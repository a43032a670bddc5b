/** What is attached to an image, from a registry or a layout: found by every form there is, and never taken for verified. */

import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import type { AttachedForm, Envelope, Noise } from "../../trust/verification.ts";
import { type RegistryFault, shownUrl } from "./fault.ts";
import type { Platform } from "./manifest.ts";

/** Places that are looked at. */
export type LookupKind =
  | "manifest"
  | "referrers"
  | "referrers-tag"
  | "legacy-signature"
  | "legacy-attestation"
  | "attached-manifest"
  | "attached-blob";

/**
 * One place that was looked at, and what was there. Absent and failed lookups are part of the state of the evidence
 * (semantics, section 2): a decision about missing evidence cannot be replayed without them.
 */
export interface Lookup {
  readonly what: LookupKind;
  /** Digest of the manifest whose attachments are looked for; the reference while that is not known. */
  readonly of: string;
  readonly url: string;
  readonly outcome: "found" | "absent" | "failed";
  /** Where it failed. */
  readonly cause?: "transient" | "malformed" | "missing";
  readonly detail?: string;
}

/** Why there may be more attached to the manifest `of` than what is handed on: a want of every attestation about it. */
export interface Gap {
  readonly of: string;
  readonly cause: "transient" | "malformed";
  /** The message of the diagnostic. */
  readonly detail: string;
  readonly diagnostic: Diagnostic;
}

/** A manifest and what is attached to it. */
export interface ManifestEvidence {
  /** `sha256:<hex>` of the manifest or index. */
  readonly digest: string;
  /** The image ID; absent for an index, and where the manifest could not be had. */
  readonly configDigest?: string;
  readonly envelopes: readonly Envelope[];
}

/** A child of an index that can be pulled as an image. */
export interface PlatformImage extends ManifestEvidence {
  readonly platform?: Platform;
}

/** What was found, and what was not. `envelopes` are those of the reference itself; evidence about an index counts for its children. */
export interface Attached extends ManifestEvidence {
  readonly kind: "attached";
  /** In normal form, by digest: `ghcr.io/acme/shop@sha256:…`. */
  readonly reference: string;
  /** Whether the reference is an index; then it is allowed iff every one of `children` is. */
  readonly isIndex: boolean;
  readonly children: readonly PlatformImage[];
  /** In a fixed order, whatever order the answers came in. */
  readonly lookups: readonly Lookup[];
  /** Attached things that are no evidence, and why. */
  readonly noise: readonly Noise[];
  readonly gaps: readonly Gap[];
  readonly forms: { readonly looked: readonly AttachedForm[]; readonly found: readonly AttachedForm[] };
  readonly requests: number;
  /** Requests that could have left at most. */
  readonly most: number;
}

/** The image itself could not be looked at. */
export interface Unreached {
  readonly kind: "unreached";
  readonly reference: string;
  readonly fault: RegistryFault;
  readonly lookups: readonly Lookup[];
  readonly requests: number;
  readonly most: number;
}

/** A lookup of `looked`. */
export function lookupOf(
  what: LookupKind,
  of: string,
  looked:
    | { readonly outcome: "found"; readonly url: string }
    | { readonly outcome: "absent"; readonly url: string; readonly detail?: string }
    | { readonly outcome: "failed"; readonly url: string; readonly fault: RegistryFault },
  detail?: string,
): Lookup {
  const url = shownUrl(looked.url) === "" ? looked.url : shownUrl(looked.url);
  if (looked.outcome === "failed") {
    const { cause, diagnostic } = looked.fault;
    return { what, of, url, outcome: "failed", cause, detail: diagnostic.message };
  }
  // What a registry says beside "not here" differs from one day to the next, and a lookup is part of the evidence.
  return { what, of, url, outcome: looked.outcome, ...(detail === undefined ? {} : { detail }) };
}

/** The gap that a failed look leaves. What the registry denies to have is transient here: a list named it. */
export function gapOf(of: string, fault: RegistryFault): Gap {
  return gapFor(of, fault.cause === "malformed" ? "malformed" : "transient", fault.diagnostic);
}

export function gapFor(of: string, cause: Gap["cause"], diagnostic: Diagnostic): Gap {
  return { of, cause, detail: diagnostic.message, diagnostic };
}
