/**
 * What @sigstore/verify leaves out about transparency logs: that an entry names the key that the bundle was signed with,
 * and that the key of a log was valid when a signature was made that the log itself gives no time for.
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import { object, objects } from "../evidence/raw.ts";
import { type Refused, refuse } from "./refusal.ts";
import type { Authorities } from "./root.ts";

export type LogEntry = Bundle["verificationMaterial"]["tlogEntries"][number];

/** Entries of logs that the root names, and how many others there are. */
export function knownEntries(
  entries: readonly LogEntry[],
  logs: Authorities["tlogs"],
): { readonly entries: LogEntry[]; readonly strangers: number } {
  const known = entries.filter(({ logId }) => logs.some((log) => log.logID.equals(logId.keyId)));
  return { entries: known, strangers: entries.length - known.length };
}

/** Refuses an entry that was made with another key or certificate than the bundle. */
export function entryKeyProblem(entry: LogEntry, key: KeyObject, certificate: Buffer | undefined): Refused | undefined {
  let body: unknown;
  try {
    body = JSON.parse(entry.canonicalizedBody.toString("utf8"));
  } catch {
    return refuse("log-entry", "the body of the log entry is not JSON");
  }
  const spec = object(object(body)?.["spec"]);
  const verifier = verifierOf(spec);
  if (!verifier) return refuse("log-entry", "the log entry names no key or certificate");
  const equal = verifier.certificate ? sameCertificate(verifier.bytes, key, certificate) : sameKey(verifier.bytes, key);
  return equal ? undefined : refuse("log-mismatch", "the log entry was made with another key than the bundle");
}

interface Verifier {
  readonly certificate: boolean;
  /** DER, or PEM for keys of the first version. */
  readonly bytes: Buffer;
}

/** hashedrekord, dsse and intoto of Rekor v1 keep PEM in base64, those of v2 DER. */
function verifierOf(spec: Readonly<Record<string, unknown>> | undefined): Verifier | undefined {
  const v2 = object(spec?.["hashedRekordV002"]) ?? object(spec?.["dsseV002"]);
  if (v2) {
    const verifier = object((object(v2["signature"]) ?? objects(v2["signatures"])[0])?.["verifier"]);
    const certificate = object(verifier?.["x509Certificate"])?.["rawBytes"];
    const bare = object(verifier?.["publicKey"])?.["rawBytes"];
    if (typeof certificate === "string") return { certificate: true, bytes: Buffer.from(certificate, "base64") };
    return typeof bare === "string" ? { certificate: false, bytes: Buffer.from(bare, "base64") } : undefined;
  }
  const envelope = object(object(spec?.["content"])?.["envelope"]);
  const written =
    object(object(spec?.["signature"])?.["publicKey"])?.["content"] ??
    objects(spec?.["signatures"])[0]?.["verifier"] ??
    objects(envelope?.["signatures"])[0]?.["publicKey"];
  if (typeof written !== "string") return undefined;
  const pem = Buffer.from(written, "base64").toString("latin1");
  const match = /-----BEGIN (CERTIFICATE|(?:RSA )?PUBLIC KEY)-----([A-Za-z0-9+/=\s]+)-----END/.exec(pem);
  if (!match) return undefined;
  const certificate = match[1] === "CERTIFICATE";
  return { certificate, bytes: certificate ? Buffer.from(match[2] ?? "", "base64") : Buffer.from(pem, "latin1") };
}

function sameCertificate(der: Buffer, key: KeyObject, certificate: Buffer | undefined): boolean {
  return certificate ? der.equals(certificate) : sameKey(der, key);
}

/** `bytes`: PEM, SubjectPublicKeyInfo, or a certificate (whose key is meant). */
function sameKey(bytes: Buffer, key: KeyObject): boolean {
  const spki = key.export({ type: "spki", format: "der" });
  if (bytes.equals(spki)) return true;
  try {
    const given = bytes.includes("-----BEGIN")
      ? createPublicKey(bytes.toString("latin1"))
      : createPublicKey({ key: bytes, format: "der", type: "spki" });
    return given.equals(key);
  } catch {
    return false;
  }
}

/**
 * Refuses an entry of a log whose key was not valid at any verified time. The library compares only the time that the log
 * itself promises, which entries of Rekor v2 have not.
 */
export function logValidityProblem(entries: readonly LogEntry[], logs: Authorities["tlogs"], times: readonly Date[]): Refused | undefined {
  for (const entry of entries) {
    if (entry.inclusionPromise || times.length === 0) continue;
    const valid = logs.some(
      (log) => log.logID.equals(entry.logId.keyId) && times.some((time) => log.validFor.start <= time && time <= log.validFor.end),
    );
    if (!valid) return refuse("log-checkpoint", "the key of the log was not valid at the time of the signature");
  }
  return undefined;
}
