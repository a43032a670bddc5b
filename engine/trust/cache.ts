/**
 * Verifications that were made before. A verification is a function of the bundle, what it must be about, the roots and the
 * keys; their digests are the key, so that a change of any of them finds nothing. In memory, and bounded.
 */
import { createHash } from "node:crypto";
import type { Artifact } from "./digest.ts";
import type { Verification } from "./verification.ts";
import { staleness, type VerifyOptions, verifyBundle } from "./verify.ts";

export interface CacheLimits {
  /** Verifications that are kept. */
  readonly entries: number;
  /** Bytes of payloads that are kept with them. */
  readonly bytes: number;
}

export interface VerificationCache {
  /** As `verifyBundle`, which it calls for what it has not seen. `policy`: a digest that the answer must not outlive. */
  readonly verify: (bundle: Uint8Array, options: VerifyOptions, policy?: string) => Verification;
  /** Verifications that are kept now. */
  readonly size: () => number;
}

const usual: CacheLimits = { entries: 2000, bytes: 64_000_000 };
/** What an answer weighs beside its payload, roughly. */
const overhead = 2000;

/** A cache of its own; the least recently used goes first. */
export function verificationCache(limits: CacheLimits = usual): VerificationCache {
  const kept = new Map<string, { readonly answer: Verification; readonly weight: number }>();
  let weight = 0;
  const drop = (key: string): void => {
    weight -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };
  const verify = (bundle: Uint8Array, options: VerifyOptions, policy = ""): Verification => {
    // The age of a root depends on the time, and nothing else of a verification does.
    const stale = staleness(options);
    if (stale) return stale;
    const key = keyOf(bundle, options, policy);
    const found = kept.get(key);
    if (found) {
      kept.delete(key);
      kept.set(key, found);
      return found.answer;
    }
    const answer = verifyBundle(bundle, options);
    // What could not be told may be told when more is at hand.
    if (answer.kind === "unsettled") return answer;
    const own = overhead + (answer.kind === "verified" && "payload" in answer.content ? answer.content.payload.length : 0);
    if (own > limits.bytes / 8) return answer;
    kept.set(key, { answer, weight: own });
    weight += own;
    for (const oldest of kept.keys()) {
      if (kept.size <= limits.entries && weight <= limits.bytes) break;
      drop(oldest);
    }
    return answer;
  };
  return { verify, size: () => kept.size };
}

function keyOf(bundle: Uint8Array, options: VerifyOptions, policy: string): string {
  const keys = (options.keys ?? []).map(({ fingerprint }) => fingerprint).sort();
  const parts = [sha256(bundle), artifactKey(options.artifact), options.roots.digest, options.keyTransparency ?? "", policy, ...keys];
  return `${options.prehash === undefined ? "" : "prehash "}${JSON.stringify(parts)}`;
}

/** Bytes can settle what a digest of them cannot, so that the two are never each other's answer. */
function artifactKey(artifact: Artifact | undefined): string {
  if (artifact === undefined) return "";
  if (artifact instanceof Uint8Array) return `bytes ${sha256(artifact)}`;
  const digests = "algorithm" in artifact ? [artifact] : artifact;
  return digests
    .map(({ algorithm, hex }) => `${algorithm}:${hex.toLowerCase()}`)
    .sort()
    .join(" ");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}
