/** Certificates, their log and timestamps of a small Sigstore of our own: what Fulcio, its CT log and a TSA would issue. */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { bits, explicit, implicit, integer, octets, oid, printable, sequence, set, time, truth, utf8 } from "./der.ts";

/** A key pair with its public half in DER. */
export interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly spki: Buffer;
}

export function keys(curve = "P-256"): Keys {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve });
  return { privateKey: createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })), publicKey, spki: spkiOf(publicKey) };
}

export function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();

const ecdsaSha256 = sequence(oid("1.2.840.10045.4.3.2"));
const sha256Algorithm = sequence(oid("2.16.840.1.101.3.4.2.1"));
const fulcio = "1.3.6.1.4.1.57264.1.";

export function name(commonName: string): Buffer {
  return sequence(set(sequence(oid("2.5.4.3"), printable(commonName))));
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [truth()] : []), octets(value));
}

interface Template {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly spki: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
  readonly serial: Buffer;
}

function body(template: Template): Buffer {
  return sequence(
    explicit(0, integer(2)),
    integer(template.serial),
    ecdsaSha256,
    template.issuer,
    sequence(time(template.notBefore), time(template.notAfter)),
    template.subject,
    template.spki,
    explicit(3, sequence(...template.extensions)),
  );
}

function signed(tbs: Buffer, by: Keys): Buffer {
  return sequence(tbs, ecdsaSha256, bits(sign("sha256", tbs, by.privateKey)));
}

/** A certificate authority, or the certificate of one service that it issued. */
export interface Authority {
  readonly keys: Keys;
  readonly subject: Buffer;
  readonly certificate: Buffer;
  readonly serial: Buffer;
}

const serialNumber = (): Buffer => Buffer.concat([Buffer.from([0x41]), randomBytes(15)]);
const identifiers = (own: Buffer, issuer: Buffer): readonly Buffer[] => [
  extension("2.5.29.14", octets(sha256(own).subarray(0, 20))),
  extension("2.5.29.35", sequence(implicit(0, sha256(issuer).subarray(0, 20)))),
];

/** A self-signed root. */
export function rootAuthority(commonName: string, from: Date, to: Date): Authority {
  const own = keys();
  const subject = name(commonName);
  const serial = serialNumber();
  const extensions = [
    extension("2.5.29.15", bits(Buffer.from([0x06]), 1), true),
    extension("2.5.29.19", sequence(truth()), true),
    extension("2.5.29.14", octets(sha256(own.spki).subarray(0, 20))),
  ];
  const tbs = body({ subject, issuer: subject, spki: own.spki, notBefore: from, notAfter: to, extensions, serial });
  return { keys: own, subject, certificate: signed(tbs, own), serial };
}

/** The certificate of a timestamp authority. */
export function timestampAuthority(issuer: Authority, commonName: string, from: Date, to: Date): Authority {
  const own = keys();
  const subject = name(commonName);
  const serial = serialNumber();
  const extensions = [
    extension("2.5.29.15", bits(Buffer.from([0x80]), 7), true),
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.8")), true),
    ...identifiers(own.spki, issuer.keys.spki),
  ];
  const tbs = body({ subject, issuer: issuer.subject, spki: own.spki, notBefore: from, notAfter: to, extensions, serial });
  return { keys: own, subject, certificate: signed(tbs, issuer.keys), serial };
}

export interface LeafOptions {
  readonly identity?: string;
  /** `.8`. */
  readonly oidcIssuer?: string;
  /** Claims by number, DER UTF8String. */
  readonly claims?: Readonly<Record<number, string>>;
  /** Extensions by number whose bytes are taken as they are. */
  readonly rawClaims?: Readonly<Record<number, Uint8Array>>;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Purposes; code signing where left out. */
  readonly purposes?: readonly string[];
  /** Keys of the log that vouches for the certificate; none, and it carries no SCT. */
  readonly ctLog?: Keys | undefined;
  readonly keys?: Keys;
}

/** A signing certificate with the claims of Fulcio and, where there is a log, its SCT (RFC 6962, section 3.2). */
export function leaf(issuer: Authority, options: LeafOptions): { readonly keys: Keys; readonly certificate: Buffer } {
  const own = options.keys ?? keys();
  const serial = serialNumber();
  const claims = Object.entries(options.claims ?? {}).map(([number, text]) => extension(`${fulcio}${number}`, utf8(text)));
  const raw = Object.entries(options.rawClaims ?? {}).map(([number, bytes]) => extension(`${fulcio}${number}`, bytes));
  const extensions = [
    extension("2.5.29.15", bits(Buffer.from([0x80]), 7), true),
    extension("2.5.29.37", sequence(...(options.purposes ?? ["1.3.6.1.5.5.7.3.3"]).map(oid))),
    ...identifiers(own.spki, issuer.keys.spki),
    ...(options.identity === undefined ? [] : [extension("2.5.29.17", sequence(implicit(6, Buffer.from(options.identity))), true)]),
    ...(options.oidcIssuer === undefined
      ? []
      : [extension(`${fulcio}1`, Buffer.from(options.oidcIssuer)), extension(`${fulcio}8`, utf8(options.oidcIssuer))]),
    ...claims,
    ...raw,
  ];
  const { notBefore, notAfter } = options;
  const template = { subject: sequence(), issuer: issuer.subject, spki: own.spki, notBefore, notAfter, serial };
  const before = body({ ...template, extensions });
  if (!options.ctLog) return { keys: own, certificate: signed(before, issuer.keys) };
  const sct = extension("1.3.6.1.4.1.11129.2.4.2", octets(sctList(before, issuer, options.ctLog, notBefore)));
  return { keys: own, certificate: signed(body({ ...template, extensions: [...extensions, sct] }), issuer.keys) };
}

function uint(value: number | bigint, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes.subarray(8 - size);
}

function sctList(tbs: Buffer, issuer: Authority, log: Keys, at: Date): Buffer {
  const stamp = uint(at.getTime(), 8);
  const input = Buffer.concat([Buffer.from([0, 0]), stamp, uint(1, 2), sha256(issuer.keys.spki), uint(tbs.length, 3), tbs, uint(0, 2)]);
  const signature = sign("sha256", input, log.privateKey);
  const sct = Buffer.concat([
    Buffer.from([0]),
    sha256(log.spki),
    stamp,
    uint(0, 2),
    Buffer.from([4, 3]),
    uint(signature.length, 2),
    signature,
  ]);
  return Buffer.concat([uint(sct.length + 2, 2), uint(sct.length, 2), sct]);
}

/** An RFC 3161 response over `message`. */
export function timestamp(authority: Authority, issuer: Authority, message: Uint8Array, at: Date): Buffer {
  const tstInfoType = oid("1.2.840.113549.1.9.16.1.4");
  const info = sequence(integer(1), oid("1.3.6.1.4.1.57264.2"), sequence(sha256Algorithm, octets(sha256(message))), integer(7), time(at));
  const attributes = [
    sequence(oid("1.2.840.113549.1.9.3"), set(tstInfoType)),
    sequence(oid("1.2.840.113549.1.9.4"), set(octets(sha256(info)))),
  ];
  const signer = sequence(
    integer(1),
    sequence(issuer.subject, integer(authority.serial)),
    sha256Algorithm,
    explicit(0, ...attributes),
    ecdsaSha256,
    octets(sign("sha256", set(...attributes), authority.keys.privateKey)),
  );
  const signedData = sequence(integer(3), set(sha256Algorithm), sequence(tstInfoType, explicit(0, octets(info))), set(signer));
  return sequence(sequence(integer(0)), sequence(oid("1.2.840.113549.1.7.2"), explicit(0, signedData)));
}

/** A certificate in PEM. */
export function pemOf(certificate: Buffer): string {
  return new X509Certificate(certificate).toString();
}

/** Key and certificate of a server at an IPv4 address, in PEM. */
export function serverCertificate(
  issuer: Authority,
  address: string,
  from: Date,
  to: Date,
): { readonly key: string; readonly cert: string } {
  const own = keys();
  const extensions = [
    extension("2.5.29.15", bits(Buffer.from([0x80]), 7), true),
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", sequence(implicit(7, Buffer.from(address.split(".").map(Number))))),
    ...identifiers(own.spki, issuer.keys.spki),
  ];
  const subject = name("waybill test");
  const tbs = body({ subject, issuer: issuer.subject, spki: own.spki, notBefore: from, notAfter: to, extensions, serial: serialNumber() });
  return { key: String(own.privateKey.export({ type: "pkcs8", format: "pem" })), cert: pemOf(signed(tbs, issuer.keys)) };
}
