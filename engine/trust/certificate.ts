/**
 * What a signing certificate says about who signed: subject alternative names, and Fulcio's claims as typed fields
 * (sigstore/fulcio, `docs/oid-info.md`). The library leaves .8 to .24 as DER that plain text never equals.
 */
import { createHash } from "node:crypto";
import { type ASN1Obj, X509Certificate } from "@sigstore/core";
import { kept } from "./encoding.ts";
import { type Refused, refuse } from "./refusal.ts";
import type { BuildClaims, Signer } from "./verification.ts";

/** A certificate that was decoded; nothing of it is verified. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly der: Buffer;
  readonly signer: Extract<Signer, { kind: "certificate" }>;
}

type Claim = Exclude<keyof BuildClaims, "github">;
type Github = keyof NonNullable<BuildClaims["github"]>;

const arc = "1.3.6.1.4.1.57264.1.";
const subjectAltName = "2.5.29.17";
const extendedKeyUsage = "2.5.29.37";
const codeSigning = "1.3.6.1.5.5.7.3.3";

/** `.9` to `.24`: DER UTF8String. `.8` is the issuer. */
const claims: Readonly<Record<string, Claim>> = {
  "9": "buildSignerUri",
  "10": "buildSignerDigest",
  "11": "runnerEnvironment",
  "12": "sourceRepositoryUri",
  "13": "sourceRepositoryDigest",
  "14": "sourceRepositoryRef",
  "15": "sourceRepositoryId",
  "16": "sourceRepositoryOwnerUri",
  "17": "sourceRepositoryOwnerId",
  "18": "buildConfigUri",
  "19": "buildConfigDigest",
  "20": "buildTrigger",
  "21": "runInvocationUri",
  "22": "sourceRepositoryVisibility",
  "23": "deploymentEnvironment",
  "24": "tokenSubject",
};

/** `.2` to `.6`: bare text, deprecated. `.1` is the issuer. */
const github: Readonly<Record<string, Github>> = { "2": "trigger", "3": "sha", "4": "workflowName", "5": "repository", "6": "ref" };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Malformed extends Error {}

/** Decodes a certificate; a claim in another form than Fulcio's is refused and never guessed at. */
export function readCertificate(der: Buffer): Certificate | Refused {
  try {
    const x509 = kept(X509Certificate.parse(Buffer.from(der)));
    if (!x509.root.toDER().equals(der)) throw new Malformed("it is followed by other bytes");
    const extensions = extensionsOf(x509);
    const usage = extensions.get(extendedKeyUsage);
    if (usage && !usage.subs[0]?.subs.some((purpose) => purpose.toOID() === codeSigning))
      return refuse("certificate-chain", "the certificate is not one for signing code");
    return { x509, der, signer: signerOf(extensions, der) };
  } catch (problem) {
    const why = problem instanceof Malformed ? problem.message : "it is not an X.509 certificate in DER";
    return refuse("certificate-malformed", `the signing certificate cannot be read: ${why}`);
  }
}

/** Values of the extensions by OID; one that is given twice has two readings. */
function extensionsOf(x509: X509Certificate): ReadonlyMap<string, ASN1Obj> {
  const found = new Map<string, ASN1Obj>();
  for (const extension of x509.extensions) {
    const oid = extension.subs[0]?.toOID();
    const value = extension.subs.at(-1);
    if (oid === undefined || value === undefined || !value.tag.isOctetString()) throw new Malformed("an extension has no value");
    if (found.has(oid)) throw new Malformed(`extension ${oid} is given twice`);
    found.set(oid, value);
  }
  return found;
}

function signerOf(extensions: ReadonlyMap<string, ASN1Obj>, der: Buffer): Certificate["signer"] {
  const typed: Partial<Record<Claim, string>> = {};
  const plain: Partial<Record<Github, string>> = {};
  let issuer: string | undefined;
  let oldIssuer: string | undefined;
  for (const [oid, value] of extensions) {
    if (!oid.startsWith(arc)) continue;
    const number = oid.slice(arc.length);
    const claim = Object.hasOwn(claims, number) ? claims[number] : undefined;
    const old = Object.hasOwn(github, number) ? github[number] : undefined;
    if (number === "1") oldIssuer = decode(value.value, number);
    else if (number === "8") issuer = utf8String(value, number);
    else if (claim) typed[claim] = utf8String(value, number);
    else if (old) plain[old] = decode(value.value, number);
  }
  const vouched = issuer ?? oldIssuer;
  return {
    kind: "certificate",
    ...(vouched === undefined ? {} : { issuer: vouched }),
    identities: namesOf(extensions.get(subjectAltName)),
    claims: { ...typed, ...(Object.keys(plain).length > 0 ? { github: plain } : {}) },
    fingerprint: `sha256:${createHash("sha256").update(der).digest("hex")}`,
  };
}

/** An extension value that is one DER UTF8String and nothing else. */
function utf8String(value: ASN1Obj, number: string): string {
  const [inner, more] = value.subs;
  if (!inner || more || inner.tag.number !== 0x0c || !inner.tag.isUniversal() || inner.tag.constructed)
    throw new Malformed(`claim ${arc}${number} is not a UTF8String`);
  return decode(inner.value, number);
}

function decode(bytes: Uint8Array, number: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Malformed(`claim ${arc}${number} is not UTF-8`);
  }
}

/** RFC 5280, section 4.2.1.6: e-mail addresses, DNS names, URIs, and other names of Fulcio's `.7`. */
function namesOf(extension: ASN1Obj | undefined): readonly string[] {
  if (!extension) return [];
  const [names, more] = extension.subs;
  if (!names || more) throw new Malformed("its subject alternative names are not a list");
  return names.subs.flatMap((name): readonly string[] => {
    for (const plain of [0x01, 0x02, 0x06]) if (name.tag.isContextSpecific(plain)) return [ia5(name.value)];
    if (!name.tag.isContextSpecific(0x00)) return [];
    const [type, wrapped] = name.subs;
    if (type?.toOID() !== `${arc}7`) return [];
    const [inner] = wrapped?.subs ?? [];
    if (inner?.tag.number !== 0x0c) throw new Malformed(`claim ${arc}7 is not a UTF8String`);
    return [decode(inner.value, "7")];
  });
}

/** Names are IA5String, which is ASCII; a control character in one could make two names look alike. */
function ia5(bytes: Uint8Array): string {
  if (!bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) throw new Malformed("a subject alternative name is not plain text");
  return Buffer.from(bytes).toString("latin1");
}
