/**
 * From envelopes that anybody may have attached to what an evaluator believes: the one place where signature, identity
 * and subject digest come together (docs/architecture.md, invariant 4; semantics, sections 7 and 8).
 */
import type { Program } from "../../language/core/ir.ts";
import type { Attested, FailedLookup } from "../evaluate/decision.ts";
import { admitStatement } from "../evidence/attestation.ts";
import { admitValue } from "../evidence/door.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { readJson } from "../evidence/json/read.ts";
import { predicateFormat } from "../evidence/predicates.ts";
import { isStatement } from "../evidence/statement.ts";
import type { VerificationCache } from "./cache.ts";
import { type Credit, creditsOf } from "./credit.ts";
import type { Artifact } from "./digest.ts";
import type { PublicKey } from "./key.ts";
import { withLevels } from "./levels.ts";
import type { KeyFingerprints } from "./quorum.ts";
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
  /** The program reads what nobody signed, so that attached envelopes are claims where they are not believed. */
  readonly claims?: boolean;
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
  /** Statements about something else, for `about` alone. */
  readonly elsewhere: readonly Attested[];
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
      if (believed.claims === true) claims.push(...(await claimedIn(envelope)));
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
    const credits = creditsOf(believed.program, signatures, believed.fingerprints);
    const isSignature = content.kind === "artifact" || (content.kind === "statement" && content.predicateType === cosignSignature);
    const what = isSignature ? "signature" : content.kind === "statement" ? content.predicateType : "payload";
    for (const signature of signatures) {
      const { envelope, signer, times, notes } = signature;
      const trusts = credits.filter((credit) => credit.signatures.includes(signature)).map(({ trust }) => trust);
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
    if (isSignature) for (const { trust } of credits) signed.add(trust);
    if (content.kind !== "statement" || isSignature) continue;
    const read = await readStatement(content, signatures, credits);
    attested.push(...read.attested.map((one) => boundTo(one, subject)));
    failed.push(...read.failed);
    noise.push(...read.noise);
  }
  const elsewhere: Attested[] = [];
  for (const envelope of others) elsewhere.push(...(await aboutElse(envelope, subject, artifact, believed)));
  return { verified, attested, elsewhere, signed: [...signed], noise, failed };
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
 * A statement about another artifact, which only `attestation T by P about d` may read. One that shares a digest with the
 * subject was refused for another that differs, and is about neither.
 */
async function aboutElse(envelope: Envelope, subject: string, artifact: Artifact, believed: Believed): Promise<readonly Attested[]> {
  if (envelope.simpleSigning !== undefined) return [];
  const verification = believed.verifications.verify(envelope.bytes, { roots: believed.roots, keys: believed.keys });
  if (verification.kind !== "verified" || verification.content.kind !== "statement") return [];
  const { content, signer, times, notes } = verification;
  if (content.predicateType === cosignSignature) return [];
  const signatures = [{ envelope, signer, times, notes }];
  const credits = creditsOf(believed.program, signatures, believed.fingerprints);
  if (credits.length === 0) return [];
  const { attested } = await readStatement(content, signatures, credits);
  const own = new Set([subject, ...digestsOf(artifact)]);
  return attested.filter(({ evidence }) => !evidence.about.some(({ digest }) => own.has(digest)));
}

/** `sha256:<hex>` … of an artifact that is known by its digests. */
function digestsOf(artifact: Artifact): readonly string[] {
  const digests = artifact instanceof Uint8Array ? [] : "hex" in artifact ? [artifact] : artifact;
  return digests.map(({ algorithm, hex }) => `${algorithm}:${hex.toLowerCase()}`);
}

/**
 * What an attached envelope says that was not verified: a claim, which `attestation T claimed` may read (semantics, section
 * 8) where it names the artifact. A file that was given is a claim already.
 */
async function claimedIn({ name, digest, bytes, form }: Envelope): Promise<readonly Attested[]> {
  if (form === "file") return [];
  // A bundle is JSON; what a stranger attached in another form is not looked at.
  const json = readJson(bytes, name).value?.json;
  if (json === undefined) return [];
  const { value } = await admitValue(json, { name, digest, base: "" });
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
  if (digestsOf(artifact).includes(simpleSigning.manifestDigest)) return verification;
  return { kind: "refused", reason: "subject-mismatch", detail: `it signs the image \`${simpleSigning.manifestDigest}\`` };
}

interface ReadStatement {
  readonly attested: readonly Attested[];
  readonly failed: readonly FailedLookup[];
  readonly noise: readonly Noise[];
}

/** A statement as evidence: one piece for each of its types and each declaration that believes it; without one, a claim. */
async function readStatement(
  content: SignedContent & { readonly kind: "statement" },
  signatures: readonly Signature[],
  credits: readonly Credit<Signature>[],
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
    if (credits.length === 0) return { attested: [], failed: [], noise: [unused(first.envelope, detail)] };
    const trusts = credits.map(({ trust }) => trust);
    return { attested: [], failed: types.map((name) => ({ name, cause: "malformed", detail, trusts })), noise: [] };
  }
  if (credits.length === 0) return { attested: value.map((evidence) => ({ trusts: [], evidence })), failed: [], noise: [] };
  const attested = credits.flatMap(({ trust, signatures: counted, time }) =>
    value.map((piece): Attested => ({ trusts: [trust], evidence: agreed(piece, counted), ...(time === undefined ? {} : { time }) })),
  );
  return { attested, failed: [], noise: [] };
}

/** A level is derived from who signed. Where several did and come to different ones, none is said. */
function agreed(piece: Evidence, signatures: readonly Signature[]): Evidence {
  const [first, ...others] = signatures.map(({ signer }) => withLevels(piece, signer));
  if (first === undefined) return piece;
  return others.every((other) => other === first || JSON.stringify(other.data) === JSON.stringify(first.data)) ? first : piece;
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
