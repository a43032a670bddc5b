/** Why a certificate is not trusted: the library says that it is not, and not whether of the wrong house or too old. */
import { X509Certificate } from "@sigstore/core";
import type { ReadBundle } from "./bundle.ts";
import type { Material } from "./material.ts";
import { type Refused, refuse } from "./refusal.ts";
import type { VerifiedTime } from "./verification.ts";

/** Versions 0.1 and 0.2 carry a chain, which must not bring its own root: whom to trust is for the verifier to name. */
export function chainProblem(read: ReadBundle): Refused | undefined {
  const { content } = read.bundle.verificationMaterial;
  if (content.$case !== "x509CertificateChain") return undefined;
  for (const { rawBytes } of content.x509CertificateChain.certificates.slice(1)) {
    try {
      const { subject, issuer } = X509Certificate.parse(Buffer.from(rawBytes));
      if (subject.equals(issuer)) return refuse("certificate-chain", "the chain in the bundle brings a root certificate of its own");
    } catch {
      return refuse("certificate-chain", "a certificate of the chain in the bundle cannot be decoded");
    }
  }
  return undefined;
}

/** Which of the two: another house's certificate, or one of ours at another time. `times` are as claimed by their sources. */
export function chainRefusal(certificate: X509Certificate, material: Material, times: readonly VerifiedTime[]): Refused {
  if (!issued(certificate, material)) return refuse("certificate-chain", "no authority of the root issued the certificate");
  const { notBefore, notAfter } = certificate;
  const outside = times.find(({ time }) => time < notBefore.getTime() * 1000 || time > notAfter.getTime() * 1000);
  if (outside) {
    const shown = new Date(outside.time / 1000).toISOString();
    const valid = `${notBefore.toISOString()} to ${notAfter.toISOString()}`;
    return refuse("certificate-expired", `the certificate was valid from ${valid}, and the signature was made at ${shown}`);
  }
  return refuse("certificate-expired", "the authority that issued the certificate was not valid when the signature was made");
}

/** Whether a certificate of the material has signed this one, at whatever time. */
export function issued(certificate: X509Certificate, { authorities }: Material): boolean {
  return authorities.certificateAuthorities.some(({ certChain }) =>
    certChain.some((authority) => {
      try {
        return authority.subject.equals(certificate.issuer) && certificate.verify(authority);
      } catch {
        return false;
      }
    }),
  );
}
