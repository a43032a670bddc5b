/** How the reader of registries asks: one exchange over HTTP, done by the shell, which follows nothing and decodes nothing. */

export interface Exchange {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a form (a token for another); only with POST. */
  readonly body?: string;
  /** Bytes of the answer's body; reading ends with the first byte above it. */
  readonly limit: number;
}

/** Why there is no whole answer. */
export type BrokenReason = "refused" | "unknown-host" | "reset" | "timeout" | "half-body" | "certificate" | "offline" | "protocol";

export type Answer =
  /** `headers` have lower-case names; the body is as it was sent. */
  | { readonly kind: "answer"; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }
  | { readonly kind: "too-large"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: "broken"; readonly reason: BrokenReason; readonly detail: string };

/** Never rejects: what goes wrong is an answer. */
export type Transport = (exchange: Exchange) => Promise<Answer>;

export type HashAlgorithm = "sha256" | "sha384" | "sha512";

/** Lower-case hex of the digest of `bytes`; computed in the shell. */
export type Hash = (algorithm: HashAlgorithm, bytes: Uint8Array) => string;

/** What a person is known by at one registry. */
export type Credential =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** Exchanged for an access token at the registry's token server (OAuth 2, `grant_type=refresh_token`). */
  | { readonly kind: "identity-token"; readonly token: string }
  /** Sent as it is. */
  | { readonly kind: "registry-token"; readonly token: string };

/** The credential for a registry (`ghcr.io`, `docker.io`, `localhost:5000`); undefined: anonymous. */
export type Credentials = (registry: string) => Promise<Credential | undefined>;

/** Bounds of what one image may cost. Sizes are bytes. */
export interface OciLimits {
  /** One manifest, index or page of referrers. */
  readonly manifest: number;
  /** One bundle, envelope or payload. */
  readonly blob: number;
  /** Everything that is downloaded for one image. */
  readonly bytes: number;
  /** Attached manifests that are read, of the index and its platforms together. */
  readonly referrers: number;
  /** Pages of one list of referrers. */
  readonly pages: number;
  /** Layers of attached manifests that are read, of the index and its platforms together, beside the one of each bundle. */
  readonly layers: number;
  /** Children of a real platform. */
  readonly platforms: number;
  /** Redirects in a row. */
  readonly redirects: number;
  /** Repetitions of failed requests, of the image together; one request is repeated at most three times. */
  readonly retries: number;
  /** Milliseconds that are waited between repetitions, of the image together. */
  readonly wait: number;
}

export const ociLimits: OciLimits = {
  manifest: 4 * 1024 * 1024,
  blob: 16_000_000,
  bytes: 256_000_000,
  referrers: 256,
  pages: 16,
  layers: 128,
  platforms: 32,
  redirects: 5,
  retries: 8,
  wait: 30_000,
};
