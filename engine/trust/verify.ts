/**
 * The verification of one bundle: signature, certificate and its chain, SCTs, log entries, time, and what it is about.
 * Cryptography is that of @sigstore/verify and Node; whose identity is accepted is decided elsewhere, from the `Signer`.
 */
import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { type SignedEntity, type TrustMaterial, Verifier, type VerifierOptions } from "@sigstore/verify";
import { olderThan } from "./age.ts";
import { bundleLimit, type ReadBundle, readBundle } from "./bundle.ts";
import { readCertificate } from "./certificate.ts";
import { chainProblem, chainRefusal, issued } from "./chain.ts";
import { type Artifact, bound, type Known, known } from "./digest.ts";
import type { PublicKey } from "./key.ts";
import { entryKeyProblem, logValidityProblem } from "./log.ts";
import { type Evidence, gather, joined, type Material, materialFor, timesOf, timestampsOf } from "./material.ts";
import { type Refused, reasonOf, refuse, untold } from "./refusal.ts";
import type { Transparency, TrustRoot, TrustRoots } from "./root.ts";
import { type Prehash, type Signed, signedContent } from "./signature.ts";
import { isSvid, type SpiffeBundle, verifySvid } from "./spiffe.ts";
import { readBindings, statementType } from "./statement.ts";
import type { SignedContent, Signer, Verification } from "./verification.ts";

export interface VerifyOptions {
  readonly roots: TrustRoots;
  /** Keys that are trusted as they are. A bundle that names a key is verified with these and no others. */
  readonly keys?: readonly PublicKey[];
  /**
   * Whether a signature by a key must be in a log that the roots name. Not by default: who names a key trusts it, and cosign
   * makes such bundles offline. Entries of logs that the roots name must hold all the same.
   */
  readonly keyTransparency?: Transparency;
  /**
   * What the bundle must be about: a message signature is over it, a statement has it as a subject. Left out only where
   * `content` is compared by the caller: a signature alone says nothing about any artifact.
   */
  readonly artifact?: Artifact;
  /** Verification over digests (`prehash.ts`): for message signatures without the artifact's bytes, and Ed25519 keys. */
  readonly prehash?: Prehash;
  /** Microseconds since the epoch; with `maxRootAge`. */
  readonly now?: number;
  /** Refuse roots whose newest key is older than this many days. */
  readonly maxRootAge?: number;
}

/** Verifies one bundle. Never throws. */
export function verifyBundle(bytes: Uint8Array, options: VerifyOptions): Verification {
  const stale = staleness(options);
  if (stale) return stale;
  const read = readBundle(bytes);
  if (read.kind !== "read") return read;
  try {
    return read.certificate ? byCertificate(read, read.certificate, options) : byKey(read, options);
  } catch (problem) {
    return reasonOf(problem);
  }
}

/** Refuses roots that are older than was asked for; the one thing of a verification that depends on the time. */
export function staleness({ roots, now, maxRootAge }: VerifyOptions): Refused | undefined {
  if (now === undefined || maxRootAge === undefined) return undefined;
  const [old] = olderThan(roots.parts, now, maxRootAge);
  return old && refuse("root-stale", `nothing in \`${old.name}\` is newer than ${maxRootAge} days`);
}

function byCertificate(read: ReadBundle, der: Buffer, options: VerifyOptions): Verification {
  const svids = options.roots.parts.filter((part) => part.svids !== undefined);
  if (svids.length > 0 && isSvid(der)) return bySvid(read, der, svids, options);
  const certificate = readCertificate(der);
  if (!("x509" in certificate)) return certificate;
  const { x509 } = certificate;
  const chain = chainProblem(read);
  if (chain) return chain;
  const material = materialFor(x509, options.roots);
  if (material.authorities.certificateAuthorities.length === 0)
    return untold("the bundle was signed with a certificate, and no trusted root that names an authority was given");
  const artifact = options.artifact === undefined ? undefined : known(options.artifact);
  const key = createPublicKey({ key: x509.publicKey, format: "der", type: "spki" });
  const signed = signedContent(read.bundle, key, artifact, options.prehash);
  if (!("content" in signed)) return signed;
  const evidence = gather(read, material);
  if (!("tokens" in evidence)) return evidence;
  const least = material.transparency === "required" ? 1 : 0;
  const failed = checked({
    evidence,
    material,
    signed,
    key,
    der,
    trust: { ...material.authorities, publicKey: noKey },
    signer: { $case: "certificate", certificate: x509 },
    thresholds: { tlogThreshold: least, ctlogThreshold: least, timestampThreshold: 1 },
  });
  if (!failed) return verified(read, certificate.signer, signed, artifact, evidence, material);
  // A certificate of another instance comes with that instance's log and time: what is strange is the certificate.
  const strange = failed.reason === "no-trusted-time" && !issued(x509, material);
  return strange || failed.reason === "certificate-chain" ? chainRefusal(x509, material, timesOf(evidence, material)) : failed;
}

/**
 * A bundle that was signed with an X.509-SVID. Logs and timestamps of the roots hold here as they do for keys; one of them has
 * to say when it was signed, because an SVID is valid for hours.
 */
function bySvid(read: ReadBundle, der: Buffer, parts: readonly TrustRoot[], options: VerifyOptions): Verification {
  const bundles = new Map<string, SpiffeBundle>();
  for (const { svids, name } of parts)
    for (const [domain, bundle] of svids ?? []) {
      if (bundles.has(domain)) return refuse("root-malformed", `\`${name}\` has a second bundle of the trust domain \`${domain}\``);
      bundles.set(domain, bundle);
    }
  const key = createPublicKey({
    key: new X509Certificate(der).publicKey.export({ type: "spki", format: "der" }),
    format: "der",
    type: "spki",
  });
  const artifact = options.artifact === undefined ? undefined : known(options.artifact);
  const signed = signedContent(read.bundle, key, artifact, options.prehash);
  if (!("content" in signed)) return signed;
  const material = joined(options.roots, "not-required");
  const evidence = gather(read, material);
  if (!("tokens" in evidence)) return evidence;
  const failed = checked({
    evidence,
    material,
    signed,
    key,
    der,
    trust: { ...material.authorities, publicKey: () => ({ publicKey: key, validFor: () => true }) },
    signer: { $case: "public-key", hint: "" },
    thresholds: { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
  });
  if (failed) return failed;
  const [earliest] = timesOf(evidence, material);
  if (earliest === undefined) return untold("nothing that the roots name says when it was signed, and an SVID is valid for a short time");
  const verdict = verifySvid(chainOf(read, der), bundles, earliest.time);
  if (verdict.kind === "refused") return refuse("certificate-chain", verdict.problem);
  return verified(read, { kind: "spiffe", id: verdict.id, fingerprint: verdict.fingerprint }, signed, artifact, evidence, material);
}

/** The leaf, and the intermediates that bundles up to v0.2 may carry. */
function chainOf(read: ReadBundle, leaf: Buffer): readonly Buffer[] {
  const { content } = read.bundle.verificationMaterial;
  if (content.$case !== "x509CertificateChain") return [leaf];
  return [leaf, ...content.x509CertificateChain.certificates.slice(1).map(({ rawBytes }) => rawBytes)];
}

function byKey(read: ReadBundle, options: VerifyOptions): Verification {
  const { roots, keys = [], keyTransparency = "not-required" } = options;
  if (keys.length === 0) return refuse("no-certificate", "the bundle was signed with a key, and no key was given to verify it with");
  const artifact = options.artifact === undefined ? undefined : known(options.artifact);
  const found = signingKey(read, keys, artifact, options.prehash);
  if (!("signed" in found)) return found;
  const { signed, by } = found;
  const material = joined(roots, keyTransparency);
  const evidence = gather(read, material);
  if (!("tokens" in evidence)) return evidence;
  const failed = checked({
    evidence,
    material,
    signed,
    key: by.key,
    der: undefined,
    trust: { ...material.authorities, publicKey: () => ({ publicKey: by.key, validFor: () => true }) },
    signer: { $case: "public-key", hint: by.fingerprint },
    thresholds: { tlogThreshold: keyTransparency === "required" ? 1 : 0, ctlogThreshold: 0, timestampThreshold: 0 },
  });
  return failed ?? verified(read, { kind: "key", fingerprint: by.fingerprint }, signed, artifact, evidence, material);
}

/** The one of the keys that made the signature. */
function signingKey(
  read: ReadBundle,
  keys: readonly PublicKey[],
  artifact: Known | undefined,
  prehash: Prehash | undefined,
): { readonly signed: Signed; readonly by: PublicKey } | Verification {
  let unsettled: Verification | undefined;
  for (const by of keys) {
    const signed = signedContent(read.bundle, by.key, artifact, prehash);
    if ("content" in signed) {
      if (signed.content.verifySignature(by.key)) return { signed, by };
    } else if (signed.kind === "refused") return signed;
    else unsettled = signed;
  }
  if (unsettled) return unsettled;
  // Cosign names a key by the base64 of its fingerprint: what names a given key is of that key, and broken.
  const { content } = read.bundle.verificationMaterial;
  const hint = content.$case === "publicKey" ? content.publicKey.hint : "";
  const named = keys.find(({ fingerprint }) => Buffer.from(fingerprint.slice("sha256:".length), "hex").toString("base64") === hint);
  if (named) return refuse("signature", `the signature does not verify with \`${named.name}\`, the key that the bundle names`);
  return refuse("key", `the signature was not made by ${keys.length === 1 ? "the key" : `any of the ${keys.length} keys`} that was given`);
}

/** One verification, ready for the library. */
interface Task {
  readonly evidence: Evidence;
  readonly material: Material;
  readonly signed: Signed;
  readonly key: KeyObject;
  /** DER of the certificate of `key`. */
  readonly der: Buffer | undefined;
  readonly trust: TrustMaterial;
  readonly signer: SignedEntity["key"];
  readonly thresholds: VerifierOptions;
}

/** The checks of the library, and those that it leaves out. */
function checked(task: Task): Refused | undefined {
  const { evidence, material, signed, key } = task;
  const failed = failure(task);
  // The log holds another signature than a broken one; what is broken is the signature.
  if (failed?.reason === "log-mismatch" && !signed.content.verifySignature(key))
    return refuse("signature", "the signature does not verify");
  if (failed) return failed;
  const times = timesOf(evidence, material).map(({ time }) => new Date(time / 1000));
  return logValidityProblem(evidence.entries, material.authorities.tlogs, times);
}

function failure({ evidence, signed, key, der, trust, signer, thresholds }: Task): Refused | undefined {
  try {
    const entity = { signature: signed.content, key: signer, tlogEntries: evidence.entries, timestamps: timestampsOf(evidence) };
    for (const entry of evidence.entries) {
      const problem = entryKeyProblem(entry, key, der);
      if (problem) return problem;
    }
    new Verifier(trust, thresholds).verify(entity);
    return undefined;
  } catch (problem) {
    return reasonOf(problem);
  }
}

function noKey(): never {
  throw new Error("a certificate was given, and no key is to be looked up");
}

/** Everything holds but what it is about: that is compared last, and the content is handed out. */
function verified(
  read: ReadBundle,
  signer: Signer,
  signed: Signed,
  artifact: Known | undefined,
  evidence: Evidence,
  material: Material,
): Verification {
  const content = contentOf(read, signed, artifact);
  if (content.kind === "refused" || content.kind === "unsettled") return content;
  const unlogged = signer.kind === "certificate" && material.transparency === "not-required";
  const notes = unlogged ? [...evidence.notes, "the root of the certificate names no log, so that none was asked for"] : evidence.notes;
  return { kind: "verified", signer, content, times: timesOf(evidence, material), notes };
}

function contentOf(
  read: ReadBundle,
  signed: Signed,
  artifact: Known | undefined,
): SignedContent | Exclude<Verification, { kind: "verified" }> {
  if (read.bundle.content.$case === "messageSignature")
    return { kind: "artifact", digest: `${signed.artifact?.algorithm ?? ""}:${signed.artifact?.hex ?? ""}` };
  const { payloadType, payload } = read.bundle.content.dsseEnvelope;
  const digest = `sha256:${createHash("sha256").update(payload).digest("hex")}`;
  if (payloadType !== statementType) {
    if (!artifact) return { kind: "payload", payloadType, payload, digest };
    return refuse("payload-type", `the envelope holds \`${payloadType.slice(0, 100)}\`, which names no subject, not an in-toto statement`);
  }
  const statement = readBindings(payload, bundleLimit);
  if (statement.kind === "refused") return statement;
  const { subjects, predicateType } = statement;
  if (artifact) {
    const about = bound(subjects, artifact);
    if (about.kind === "other") return refuse("subject-mismatch", about.detail);
    if (about.kind === "incomparable") return untold(about.detail);
  }
  return { kind: "statement", payload, digest, subjects, predicateType };
}
