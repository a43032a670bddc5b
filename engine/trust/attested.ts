/**
 * From envelopes that anybody may have attached to what an evaluator believes: the one place where signature, identity
 * and subject digest come together (docs/architecture.md, invariant 4; semantics, sections 7 and 8).
 */
import type { Program } from "../../language/core/ir.ts";
import type { Attested, FailedLookup } from "../evaluate/decision.ts";
import { admitStatement } from "../evidence/attestation.ts";
import { admit } from "../evidence/door.ts";
import { readJson } from "../evidence/json/read.ts";
import { predicateFormat } from "../evidence/predicates.ts";
import { isStatement } from "../evidence/statement.ts";
import type { VerificationCache } from "./cache.ts";
import type { Artifact } from "./digest.ts";
import type { PublicKey } from "./key.ts";
import { withLevels } from "./levels.ts";
import { type KeyFingerprints, trustsOf } from "./quorum.ts";
import type { TrustRoots } from "./root.ts";
import type { Prehash } from "./signature.ts";
import type { Envelope, Noise, SignedContent, Signer, Verification, VerifiedTime } from "./verification.ts";

/** Who may be believed, and by which roots and keys that is told. */
export interface Believed {
  readonly program: Program;
  readonly roots: TrustRoots;
  /** The public keys at hand, those of `key` declarations among them. */
  readonly keys: readonly PublicKey[];
  /** Which keys a declaration means, by its qualified name. */
  readonly fingerprints: KeyFingerprints;
  /** One for a call, or a server: an envelope of an index is looked at once for each of its platforms. */
  readonly verifications: VerificationCache;
  /** The program reads attestations `about` something else than the subject: the commit it was built from, for one. */
  readonly elsewhere?: boolean;
}

/** An envelope whose signature, identity and subject held. */
export interface VerifiedEnvelope {
  readonly envelope: Envelope;
  /** A predicate type, or `signature`. */
  readonly what: string;
  /** For people: who signed. */
  readonly signer: string;
  /** Qualified names of the trust declarations that it counts for. */
  readonly trusts: readonly string[];
  /** Earliest verified time, microseconds. */
  readonly time?: number;
  /** What was passed over when it was verified. */
  readonly notes: readonly string[];
}

/** What the envelopes say about one artifact. */
export interface Attestations {
  readonly verified: readonly VerifiedEnvelope[];
  readonly attested: readonly Attested[];
  /** Trust declarations of which an identity signed the artifact itself, and not only a statement about it. */
  readonly signed: readonly string[];
  /** Everything else: listed in explanations, never evidence and never malformed, because anybody may attach anything. */
  readonly noise: readonly Noise[];
  /** Statements that were verified and whose predicate is not of its type (semantics, section 8, step 2). */
  readonly failed: readonly FailedLookup[];
}

interface Signature {
  readonly envelope: Envelope;
  readonly signer: Signer;
  readonly times: readonly VerifiedTime[];
  readonly notes: readonly string[];
}

interface Signed {
  readonly content: SignedContent;
  readonly signatures: Signature[];
}

/** The predicate of cosign's signatures since v3: it says no more than that its subject was signed. */
const cosignSignature = "https://sigstore.dev/cosign/sign/v1";

/**
 * Verifies each envelope against the artifact, and reads those that somebody whom the program names has signed. What was
 * verified is about `subject` (`sha256:<hex>`) too: the digest by which the evaluator knows the artifact, or the platform
 * of an index that the artifact is.
 */
export async function attest(
  envelopes: readonly Envelope[],
  artifact: Artifact,
  subject: string,
  believed: Believed,
): Promise<Attestations> {
  const { prehash } = await import("./prehash.ts");
  const noise: Noise[] = [];
  const claims: Attested[] = [];
  const others: Envelope[] = [];
  const byContent = new Map<string, Signed>();
  for (const envelope of envelopes) {
    const verification = verifyEnvelope(envelope, artifact, believed, prehash);
    if (verification.kind !== "verified") {
      // What cannot be told is noise too: a stranger's envelope must not keep the others from being believed.
      noise.push(
        unused(envelope, verification.kind === "refused" ? `${verification.reason}: ${verification.detail}` : verification.detail),
      );
      claims.push(...(await claimedIn(envelope)));
      if (believed.elsewhere === true && isAboutElse(verification)) others.push(envelope);
      continue;
    }
    const { content, signer, times, notes } = verification;
    const key = `${content.kind} ${content.digest}`;
    const signed = byContent.get(key) ?? { content, signatures: [] };
    signed.signatures.push({ envelope, signer, times, notes });
    byContent.set(key, signed);
  }

  const attested: Attested[] = [...claims];
  const verified: VerifiedEnvelope[] = [];
  const signed = new Set<string>();
  const failed: FailedLookup[] = [];
  for (const { content, signatures } of byContent.values()) {
    const trusts = trustsOf(believed.program, signatures, believed.fingerprints);
    const isSignature = content.kind === "artifact" || (content.kind === "statement" && content.predicateType === cosignSignature);
    for (const { envelope, signer, times, notes } of signatures) {
      const what = isSignature ? "signature" : content.kind === "statement" ? content.predicateType : "payload";
      const [earliest] = times;
      if (trusts.length === 0) noise.push(unused(envelope, `no trust declaration names ${showSigner(signer)}`));
      else
        verified.push({
          envelope,
          what,
          signer: showSigner(signer),
          trusts,
          notes,
          ...(earliest === undefined ? {} : { time: earliest.time }),
        });
    }
    if (isSignature) for (const trust of trusts) signed.add(trust);
    if (content.kind !== "statement" || isSignature) continue;
    const read = await readStatement(content, signatures, trusts, believed);
    attested.push(...read.attested.map((one) => boundTo(one, subject)));
    failed.push(...read.failed);
    noise.push(...read.noise);
  }
  for (const envelope of others) attested.push(...(await aboutElse(envelope, believed)));
  return { verified, attested, signed: [...signed], noise, failed };
}

function boundTo(attested: Attested, digest: string): Attested {
  const { evidence } = attested;
  if (evidence.about.some((binding) => binding.kind === "manifest" && binding.digest === digest)) return attested;
  return { ...attested, evidence: { ...evidence, about: [...evidence.about, { kind: "manifest", digest }] } };
}

function isAboutElse(verification: Verification): boolean {
  return verification.kind === "refused" && verification.reason === "subject-mismatch";
}

/**
 * A statement about another artifact, which only `attestation T by P about d` may read: it says what it is about, and that is
 * not the subject.
 */
async function aboutElse(envelope: Envelope, believed: Believed): Promise<readonly Attested[]> {
  if (envelope.simpleSigning !== undefined) return [];
  const verification = believed.verifications.verify(envelope.bytes, { roots: believed.roots, keys: believed.keys });
  if (verification.kind !== "verified" || verification.content.kind !== "statement") return [];
  const { content, signer, times, notes } = verification;
  if (content.predicateType === cosignSignature) return [];
  const signatures = [{ envelope, signer, times, notes }];
  const trusts = trustsOf(believed.program, signatures, believed.fingerprints);
  return trusts.length === 0 ? [] : (await readStatement(content, signatures, trusts, believed)).attested;
}

/**
 * What an attached envelope says that was not verified: a claim, which `attestation T claimed` may read (semantics, section
 * 8) where it names the artifact. A file that was given is a claim already.
 */
async function claimedIn({ name, digest, bytes, form }: Envelope): Promise<readonly Attested[]> {
  if (form === "file") return [];
  const { value } = await admit(bytes, name, digest);
  return value.filter((evidence) => evidence.about.length > 0).map((evidence) => ({ trusts: [], evidence }));
}

/** An old container signature is over a payload that names the image: the payload is what is verified, and then compared. */
function verifyEnvelope(
  { bytes, simpleSigning }: Envelope,
  artifact: Artifact,
  { roots, keys, verifications }: Believed,
  prehash: Prehash,
): Verification {
  if (simpleSigning === undefined) return verifications.verify(bytes, { roots, keys, artifact, prehash });
  const verification = verifications.verify(bytes, { roots, keys, artifact: simpleSigning.payload, prehash });
  if (verification.kind !== "verified") return verification;
  const digests = artifact instanceof Uint8Array ? [] : "hex" in artifact ? [artifact] : artifact;
  if (digests.some(({ algorithm, hex }) => `${algorithm}:${hex}` === simpleSigning.manifestDigest)) return verification;
  return { kind: "refused", reason: "subject-mismatch", detail: `it signs the image \`${simpleSigning.manifestDigest}\`` };
}

interface ReadStatement {
  readonly attested: readonly Attested[];
  readonly failed: readonly FailedLookup[];
  readonly noise: readonly Noise[];
}

/** A statement as evidence: one piece for each of its types and signers. Without a trust it is a claim that was attached. */
async function readStatement(
  content: SignedContent & { readonly kind: "statement" },
  signatures: readonly Signature[],
  trusts: readonly string[],
  believed: Believed,
): Promise<ReadStatement> {
  const [first] = signatures;
  if (first === undefined) return { attested: [], failed: [], noise: [] };
  const types = predicateFormat(content.predicateType)?.format.gives ?? [];
  if (types.length === 0)
    return { attested: [], failed: [], noise: [unused(first.envelope, `predicates of type \`${content.predicateType}\` are not read`)] };
  const source = { name: first.envelope.name, digest: content.digest, base: "" };
  const statement = readJson(content.payload, source.name).value?.json;
  const { value, diagnostics } = isStatement(statement) ? await admitStatement(statement, source) : { value: [], diagnostics: [] };
  const problem = diagnostics.find((one) => one.level === "error");
  if (problem !== undefined) {
    const where = problem.pointer === undefined ? "" : ` at \`${problem.pointer}\``;
    const detail = `${first.envelope.name}: ${problem.message}${where}`;
    if (trusts.length === 0) return { attested: [], failed: [], noise: [unused(first.envelope, detail)] };
    return { attested: [], failed: types.map((name) => ({ name, cause: "malformed", detail, trusts })), noise: [] };
  }
  const attested: Attested[] = [];
  const alone = new Set<string>();
  for (const signature of signatures) {
    const own = trustsOf(believed.program, [signature], believed.fingerprints);
    for (const trust of own) alone.add(trust);
    // A derived level is what this signer can vouch for; another's signature under the same words adds nothing to it.
    if (own.length > 0) attested.push(...value.map((piece) => attestedBy(own, withLevels(piece, signature.signer), signature)));
  }
  const joint = trusts.filter((trust) => !alone.has(trust));
  if (joint.length > 0) attested.push(...value.map((piece) => attestedBy(joint, withLevels(piece, first.signer), first)));
  if (trusts.length === 0) attested.push(...value.map((evidence) => ({ trusts: [], evidence })));
  return { attested, failed: [], noise: [] };
}

function attestedBy(trusts: readonly string[], evidence: Attested["evidence"], { times }: Signature): Attested {
  const [earliest] = times;
  return { trusts, evidence, ...(earliest === undefined ? {} : { time: earliest.time }) };
}

function unused(envelope: Envelope, reason: string): Noise {
  return { name: envelope.name, form: envelope.form, reason };
}

/** A signer for people. */
export function showSigner(signer: Signer): string {
  switch (signer.kind) {
    case "certificate":
      return `\`${signer.identities.join("`, `")}\`${signer.issuer === undefined ? "" : ` of \`${signer.issuer}\``}`;
    case "key":
      return `the key \`${signer.fingerprint}\``;
    case "spiffe":
      return `\`${signer.id}\``;
  }
}
