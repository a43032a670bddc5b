/**
 * What a verified signature says, and how a signature fails. Signature, identity and subject digest are checked
 * together in this folder; only what comes out of here is ever `by P` (docs/architecture.md, invariant 4).
 */

/** Who signed, as the certificate or the key alone says it (semantics, section 7). */
export type Signer =
  | {
      readonly kind: "certificate";
      /** Fulcio's `.8` (or `.1`): who vouched for the identity; absent in certificates of other authorities. */
      readonly issuer?: string;
      /** Subject alternative names: URIs, e-mail addresses, other names (Fulcio's `.7`). */
      readonly identities: readonly string[];
      readonly claims: BuildClaims;
      /** `sha256:<hex>` of the DER form. */
      readonly fingerprint: string;
    }
  | {
      readonly kind: "key";
      /** `sha256:<hex>` of the key's SubjectPublicKeyInfo in DER. */
      readonly fingerprint: string;
    }
  | {
      readonly kind: "spiffe";
      /** `spiffe://trust.domain/path`, from a certificate that chains to the bundle of its trust domain. */
      readonly id: string;
      readonly fingerprint: string;
    };

/**
 * The claims of a Fulcio certificate (sigstore/fulcio `docs/oid-info.md`, 1.3.6.1.4.1.57264.1.8 to .24, DER UTF8String; the
 * deprecated .1 to .6 are plain text and fill the same fields where the newer ones are absent).
 */
export interface BuildClaims {
  /** `.9` `https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1` */
  readonly buildSignerUri?: string;
  /** `.10` */
  readonly buildSignerDigest?: string;
  /** `.11` `github-hosted`, `self-hosted`, `gitlab-hosted` */
  readonly runnerEnvironment?: string;
  /** `.12` `https://github.com/acme/shop` */
  readonly sourceRepositoryUri?: string;
  /** `.13` a commit */
  readonly sourceRepositoryDigest?: string;
  /** `.14` `refs/tags/v1.4.0` */
  readonly sourceRepositoryRef?: string;
  /** `.15` the host's number of the repository */
  readonly sourceRepositoryId?: string;
  /** `.16` `https://github.com/acme` */
  readonly sourceRepositoryOwnerUri?: string;
  /** `.17` */
  readonly sourceRepositoryOwnerId?: string;
  /** `.18` the top-level workflow */
  readonly buildConfigUri?: string;
  /** `.19` */
  readonly buildConfigDigest?: string;
  /** `.20` `push`, `workflow_dispatch` … */
  readonly buildTrigger?: string;
  /** `.21` the run */
  readonly runInvocationUri?: string;
  /** `.22` `public`, `private`, `internal` */
  readonly sourceRepositoryVisibility?: string;
  /** `.23` */
  readonly deploymentEnvironment?: string;
  /** `.24` the `sub` of the token */
  readonly tokenSubject?: string;
  /** `.2` to `.6`, deprecated: trigger, commit, workflow name, repository and ref of GitHub. */
  readonly github?: {
    readonly trigger?: string;
    readonly sha?: string;
    readonly workflowName?: string;
    readonly repository?: string;
    readonly ref?: string;
  };
}

/** A source of time that held. Times are microseconds since the epoch. */
export interface VerifiedTime {
  readonly source: "timestamp-authority" | "transparency-log";
  readonly time: number;
  /** Who said it: the log's or the authority's URI or name. */
  readonly by: string;
}

/** What was signed. */
export type SignedContent =
  /** An in-toto statement in a DSSE envelope. `payload` are its bytes as signed, `digest` is `sha256:<hex>` of them. */
  | {
      readonly kind: "statement";
      readonly payload: Uint8Array;
      readonly digest: string;
      readonly subjects: readonly StatementSubject[];
      readonly predicateType: string;
    }
  /** The artifact itself: `digest` is that of the artifact. */
  | { readonly kind: "artifact"; readonly digest: string }
  /** A DSSE envelope whose payload is no statement. */
  | { readonly kind: "payload"; readonly payloadType: string; readonly payload: Uint8Array; readonly digest: string };

/** One subject of a statement: its digests by algorithm, lower-case hex. */
export interface StatementSubject {
  readonly name?: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** A closed set: every refusal of a signature has one of these (docs and `waybill verify --format json` list them). */
export const refusals = [
  "malformed-bundle",
  "unsupported-bundle",
  "too-large",
  "no-signature",
  "several-signatures",
  "signature",
  "artifact-mismatch",
  "subject-mismatch",
  "no-certificate",
  "certificate-chain",
  "certificate-expired",
  "certificate-malformed",
  "sct",
  "key",
  "log-entry",
  "log-inclusion",
  "log-checkpoint",
  "log-mismatch",
  "log-threshold",
  "timestamp",
  "no-trusted-time",
  "root-malformed",
  "root-stale",
  "identity",
  "issuer",
  "payload-type",
  "statement",
] as const;
export type RefusalReason = (typeof refusals)[number];

/** The outcome of verifying one signature. */
export type Verification =
  | {
      readonly kind: "verified";
      readonly signer: Signer;
      readonly content: SignedContent;
      /** Sources of time that held, earliest first; empty for keys without any. */
      readonly times: readonly VerifiedTime[];
      /** What was passed over and why: a timestamp of an authority that nobody named, for one. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail: string }
  /** It could not be told: a key or root that was not to be had, a digest where the bytes are needed. */
  | { readonly kind: "unsettled"; readonly cause: "transient" | "missing"; readonly detail: string };

/** Whether an identity of a trust declaration made a signature. */
export type Acceptance =
  | { readonly kind: "accepted" }
  /** `field`: which part of the identity differs. */
  | { readonly kind: "rejected"; readonly field: string; readonly expected: string; readonly found: string }
  /** A validity window without a verified time (semantics, section 7). */
  | { readonly kind: "unknown"; readonly detail: string };

/** Where an envelope was found, for explanations and reports. */
export type AttachedForm = "referrer" | "referrers-tag" | "legacy-signature" | "legacy-attestation" | "layout" | "file";

/** Something that somebody attached to an artifact, or gave as a file; nobody has verified it yet. */
export interface Envelope {
  /** For people: `bundle.json`, `ghcr.io/acme/shop@sha256:…`. */
  readonly name: string;
  /** `sha256:<hex>` of `bytes`. */
  readonly digest: string;
  /** A Sigstore bundle in JSON (v0.1 to v0.3); what registries keep in older forms was turned into one. */
  readonly bytes: Uint8Array;
  readonly form: AttachedForm;
  /**
   * Where the bundle signs a simple-signing payload (cosign before version 3): the artifact of the signature is `payload`,
   * and it is about an image only if `manifestDigest` (`critical.image.docker-manifest-digest`) is that image's.
   */
  readonly simpleSigning?: { readonly payload: Uint8Array; readonly manifestDigest: string };
}

/** An envelope that counts for nothing here, and why: listed in explanations, never evidence (semantics, section 8). */
export interface Noise {
  readonly name: string;
  readonly form: AttachedForm;
  readonly reason: string;
}
