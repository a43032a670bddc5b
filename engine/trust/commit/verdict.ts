/** What a commit's signature says, and how one fails: the same three outcomes as for bundles (`../verification.ts`). */
import type { RefusalReason, Signer, VerifiedTime } from "../verification.ts";

/** A closed set: what a commit's signature is refused for, beside the reasons of bundles (gitsign makes one). */
export const commitRefusals = [
  "malformed-commit",
  "commit-mismatch",
  "malformed-signature",
  "unsupported-signature",
  "namespace",
  "principal",
  "key-window",
  "key-revoked",
  "weak-digest",
] as const;

export type CommitRefusal = (typeof commitRefusals)[number] | RefusalReason;

export type SignatureKind = "ssh" | "openpgp" | "gitsign";

export type CommitVerdict =
  | {
      readonly kind: "verified";
      readonly by: SignatureKind;
      readonly signer: Signer;
      /** For people: the principal of `allowed_signers`, the name in the certificate, or the fingerprint. */
      readonly name: string;
      /** Verified times; those that a committer wrote are claims, and are not among them. */
      readonly times: readonly VerifiedTime[];
      readonly notes: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: CommitRefusal; readonly detail: string }
  /** A look-up that may succeed later, or a key or time that nobody has. */
  | { readonly kind: "unsettled"; readonly cause: "transient" | "missing"; readonly detail: string };

export function refused(reason: CommitRefusal, detail: string): Extract<CommitVerdict, { kind: "refused" }> {
  return { kind: "refused", reason, detail };
}

export function unsettled(detail: string): Extract<CommitVerdict, { kind: "unsettled" }> {
  return { kind: "unsettled", cause: "missing", detail };
}
