/**
 * The encoding of a certificate, kept. The library encodes a certificate anew, node by node, each time it compares or
 * verifies one, dozens of times in one verification; most of its time went there. What was decoded is handed out instead,
 * and is what a signature is over.
 */
import type { ASN1Obj, X509Certificate } from "@sigstore/core";

/** The DER of a node as it was read: its tag, its length in the shortest form, its content. */
function encodingOf({ tag, value }: ASN1Obj): Buffer {
  const length: number[] = [];
  if (value.length < 0x80) length.push(value.length);
  else {
    for (let left = value.length; left > 0; left >>= 8) length.unshift(left & 0xff);
    length.unshift(0x80 | length.length);
  }
  return Buffer.concat([Buffer.from([tag.toDER(), ...length]), value]);
}

function keep(node: ASN1Obj | undefined): void {
  if (!node) return;
  const encoding = encodingOf(node);
  Object.assign(node, { toDER: () => encoding });
}

/** Makes a certificate answer with what it was read from; gives it back. */
export function kept(certificate: X509Certificate): X509Certificate {
  const { root } = certificate;
  const [body] = root.subs;
  // RFC 5280, section 4.1: the body is the first part, and its seventh is the key.
  for (const node of [root, body, body?.subs[6]]) keep(node);
  return certificate;
}
