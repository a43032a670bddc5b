/** RFC 3161 timestamps of a bundle: which come from an authority of the roots, and which from a stranger. */
import type { Bundle } from "@sigstore/bundle";
import { RFC3161Timestamp } from "@sigstore/core";
import { type Refused, refuse } from "./refusal.ts";
import type { Authorities } from "./root.ts";

/** A token of an authority that the roots name; whether it holds is for the library to say. */
export interface Token {
  readonly timestamp: RFC3161Timestamp;
  readonly time: Date;
  /** Position of its authority among those of the roots. */
  readonly authority: number;
}

export interface Tokens {
  readonly kind: "tokens";
  readonly tokens: readonly Token[];
  /** How many tokens were of authorities that nobody named. */
  readonly strangers: number;
}

/**
 * Tokens of known authorities. One of an authority that nobody named is left out: it proves nothing, and whoever attached
 * it must not be able to spoil a bundle with another source of time.
 */
export function knownTokens(material: Bundle["verificationMaterial"], authorities: Authorities["timestampAuthorities"]): Tokens | Refused {
  const tokens: Token[] = [];
  let strangers = 0;
  for (const { signedTimestamp } of material.timestampVerificationData?.rfc3161Timestamps ?? []) {
    try {
      const timestamp = RFC3161Timestamp.parse(Buffer.from(signedTimestamp));
      // RFC 3161, section 2.4.2: granted, or granted with modifications.
      if (timestamp.status !== 0n && timestamp.status !== 1n) return refuse("timestamp", "a timestamp is the refusal of one");
      const { signerIssuer, signerSerialNumber, signingTime } = timestamp;
      if (Number.isNaN(signingTime.getTime())) return refuse("timestamp", "a timestamp has no valid time");
      const authority = authorities.findIndex(
        ({ certChain: [leaf] }) => leaf?.serialNumber.equals(signerSerialNumber) && leaf.issuer.equals(signerIssuer),
      );
      if (authority < 0) strangers++;
      else tokens.push({ timestamp, time: signingTime, authority });
    } catch {
      return refuse("timestamp", "a timestamp cannot be decoded");
    }
  }
  return { kind: "tokens", tokens, strangers };
}
