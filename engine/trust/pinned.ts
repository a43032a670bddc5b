/**
 * Roots that come with Waybill. A file of its own, loaded where no other root was named: the public-good root of Sigstore,
 * as the pinned version of @sigstore/tuf carries it (`waybill trust update` fetches a newer one).
 */
import seeds from "@sigstore/tuf/seeds.json" with { type: "json" };
import { readTrustRoot, type TrustRoot } from "./root.ts";

/** The TUF repository of Sigstore's public-good instance. */
export const publicGoodMirror = "https://tuf-repo-cdn.sigstore.dev";

export const publicGoodName = "Sigstore's public-good root";

/** Its `trusted_root.json`. */
export function publicGoodBytes(): Buffer {
  return Buffer.from(seeds[publicGoodMirror].targets["trusted_root.json"], "base64");
}

/** The public-good root of Sigstore: rekor.sigstore.dev, fulcio.sigstore.dev, timestamp.sigstore.dev. */
export function publicGoodRoot(): TrustRoot {
  const { value } = readTrustRoot(publicGoodBytes(), publicGoodName);
  if (!value) throw new Error("the pinned root of @sigstore/tuf cannot be read");
  return value;
}
