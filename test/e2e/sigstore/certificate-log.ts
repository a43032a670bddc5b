/** A certificate transparency log that signs what it is given (RFC 6962, `add-pre-chain`) and keeps nothing. */
import { createHash, generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { ASN1Obj } from "@sigstore/core";
import type { Scope } from "./scope.ts";

export interface CertificateLog {
  readonly url: string;
  /** PEM */
  readonly publicKey: string;
}

/** RFC 6962, 3.1: the extension that makes a certificate a precertificate. */
const poison = "1.3.6.1.4.1.11129.2.4.3";

export async function startCertificateLog(scope: Scope): Promise<CertificateLog> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
  const base = await scope.serve(async (request, response) => {
    if (request.url !== "/log/ct/v1/add-pre-chain") return response.writeHead(404).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { chain } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly chain: readonly string[] };
    const [leaf = Buffer.alloc(0), issuer = Buffer.alloc(0)] = chain.map((entry) => Buffer.from(entry, "base64"));
    const timestamp = Date.now();
    const signature = sign("sha256", signedEntry(leaf, issuer, timestamp), privateKey);
    // RFC 5246, 4.7: SHA-256 and ECDSA, then the signature with its length.
    const signed = Buffer.concat([Buffer.from([4, 3]), sized(signature, 2)]);
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({ sct_version: 0, id: id.toString("base64"), timestamp, extensions: "", signature: signed.toString("base64") }),
    );
  });
  return { url: `${base}/log`, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
}

/** RFC 6962, 3.2: what a log signs for a precertificate that its issuer itself signed. */
function signedEntry(leaf: Buffer<ArrayBuffer>, issuer: Buffer, timestamp: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64BE(BigInt(timestamp), 2);
  head.writeUInt16BE(1, 10);
  const issuerKey = new X509Certificate(issuer).publicKey.export({ type: "spki", format: "der" });
  return Buffer.concat([head, createHash("sha256").update(issuerKey).digest(), sized(withoutPoison(leaf), 3), sized(Buffer.alloc(0), 2)]);
}

/** The `TBSCertificate` of a precertificate, as it will stand in the certificate without its SCTs. */
function withoutPoison(leaf: Buffer<ArrayBuffer>): Buffer {
  const tbs = ASN1Obj.parseBuffer(leaf).subs[0];
  const extensions = tbs?.subs.at(-1)?.subs[0];
  if (!tbs || !extensions) throw new Error("the precertificate has no extensions");
  const at = extensions.subs.findIndex((extension) => extension.subs[0]?.toOID() === poison);
  if (at < 0) throw new Error("this is no precertificate");
  extensions.subs.splice(at, 1);
  return tbs.toDER();
}

/** Bytes after their length in `width` bytes. */
function sized(bytes: Buffer, width: number): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(bytes.length, 0, width);
  return Buffer.concat([length, bytes]);
}
