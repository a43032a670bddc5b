/** An identity given as two exact texts, as on the command line. Patterns are for policies, where they have a type. */
import { type Refused, refuse } from "./refusal.ts";
import type { Signer } from "./verification.ts";

/** A certificate identity: the subject alternative name, and who vouched for it. */
export interface ExactIdentity {
  readonly identity: string;
  readonly issuer: string;
}

/**
 * Refuses a signer of another identity. Texts are equal or they are not: a prefix, a pattern or the empty text is the
 * identity of nobody.
 */
export function identityProblem(signer: Signer, expected: ExactIdentity): Refused | undefined {
  if (signer.kind !== "certificate") return refuse("no-certificate", "it was signed by a key, which has no identity");
  if (expected.identity === "" || !signer.identities.includes(expected.identity))
    return refuse("identity", `it was signed by ${shown(signer.identities)}, not by \`${expected.identity}\``);
  if (expected.issuer === "" || signer.issuer !== expected.issuer) {
    const vouched = signer.issuer === undefined ? "nobody that it names" : `\`${signer.issuer}\``;
    return refuse("issuer", `the identity was vouched for by ${vouched}, not by \`${expected.issuer}\``);
  }
  return undefined;
}

function shown(identities: readonly string[]): string {
  return identities.length === 0 ? "a certificate without a name" : identities.map((one) => `\`${one}\``).join(", ");
}
