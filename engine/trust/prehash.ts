/**
 * Signatures over a digest alone, by @noble/curves: Node verifies only over the message. A file of its own, because the
 * curves take as long to load as everything else of a verification.
 */
import { ed25519ph } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import type { Prehash } from "./signature.ts";

const curves = { "P-256": { curve: p256, half: 32 }, "P-384": { curve: p384, half: 48 }, "P-521": { curve: p521, half: 66 } } as const;

export const prehash: Prehash = {
  ecdsa(digest, key, signature) {
    try {
      const { crv, x, y } = key.export({ format: "jwk" });
      const found = Object.entries(curves).find(([name]) => name === crv)?.[1];
      if (!found || typeof x !== "string" || typeof y !== "string") return false;
      const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
      const options = { prehash: false, lowS: false } as const;
      const { curve, half } = found;
      if (attempt(() => curve.verify(signature, digest, point, { ...options, format: "der" }))) return true;
      return signature.length === 2 * half && attempt(() => curve.verify(signature, digest, point, { ...options, format: "compact" }));
    } catch {
      return false;
    }
  },
  ed25519ph(message, key, signature) {
    try {
      const { x } = key.export({ format: "jwk" });
      return typeof x === "string" && ed25519ph.verify(signature, message, Buffer.from(x, "base64url"));
    } catch {
      return false;
    }
  },
};

function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
