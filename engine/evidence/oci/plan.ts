/** What reading an image and everything attached to it costs at most, in requests. */

/** How much there is to read. */
export interface ImageShape {
  /** Children of a real platform; 0 where the reference is an image of one platform. */
  readonly platforms: number;
  /** Attached manifests: Sigstore bundles and the like. */
  readonly referrers: number;
  /** Layers of the older tags `.sig` and `.att`. */
  readonly layers?: number;
  /** Pages of each list of referrers. */
  readonly pages?: number;
  /** Whether the registry has the referrers API: without it the list is a tag, and asking for the API was in vain. */
  readonly referrersApi?: "present" | "absent" | "unknown";
  /** Redirects of one blob, as where a registry keeps blobs at a storage service. */
  readonly redirects?: number;
  /** Whether the registry wants a token. */
  readonly login?: boolean;
  /** Repetitions of failed requests, of the image together. */
  readonly retries?: number;
}

/**
 * The most requests that an image of this shape costs:
 *
 *     lists      = the list of referrers: `pages` where there is the API, 2 where there is not (refused, then the tag)
 *     lookups    = (1 + platforms) × (1 the manifest + lists + 2 the tags `.sig` and `.att`)
 *     attached   = referrers × 2 (a manifest and a bundle) + layers
 *     redirected = redirects × (referrers + layers)
 *     login      = 2 (the refused request once more, and the token), and 2 again where a token runs out
 *
 *     lookups + attached + redirected + login + retries
 */
export function mostRequests(shape: ImageShape): number {
  const { platforms, referrers, layers = 0, pages = 1, referrersApi = "unknown", redirects = 0, login = false, retries = 0 } = shape;
  const present = Math.max(1, pages);
  const lists = referrersApi === "present" ? present : referrersApi === "absent" ? 2 : Math.max(2, present);
  const lookups = (1 + platforms) * (1 + lists + 2);
  return lookups + 2 * referrers + layers + redirects * (referrers + layers) + (login ? 4 : 0) + retries;
}
