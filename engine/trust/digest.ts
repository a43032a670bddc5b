/** Digests of artifacts, and whether a subject of a statement is the artifact (semantics, section 8). */
import { createHash } from "node:crypto";
import type { StatementSubject } from "./verification.ts";

/** One digest: the in-toto name of its algorithm (`sha256`, `sha512`, `gitCommit`), and lower-case hex. */
export interface Digest {
  readonly algorithm: string;
  readonly hex: string;
}

/** What a signature should be about: the bytes themselves, or one or more digests of them. */
export type Artifact = Uint8Array | Digest | readonly Digest[];

/**
 * Algorithms that are computed from bytes: in-toto's name (in-toto/attestation, `spec/v1/digest_set.md`), that of Node, and
 * the digits of a digest.
 */
const hashes: Readonly<Record<string, readonly [node: string, digits: number]>> = {
  sha256: ["sha256", 64],
  sha384: ["sha384", 96],
  sha512: ["sha512", 128],
  sha224: ["sha224", 56],
  sha512_224: ["sha512-224", 56],
  sha512_256: ["sha512-256", 64],
  sha3_224: ["sha3-224", 56],
  sha3_256: ["sha3-256", 64],
  sha3_384: ["sha3-384", 96],
  sha3_512: ["sha3-512", 128],
  blake2b: ["blake2b512", 128],
  blake2s: ["blake2s256", 64],
  sha1: ["sha1", 40],
  md5: ["md5", 32],
};

/** Two files with one digest of these can be made by anybody: they may tell two files apart, and never make them one. */
const weak: ReadonlySet<string> = new Set(["sha1", "md5"]);

/** Names of git objects; an equal name is as good as the caller's own trust in git. */
const names: ReadonlySet<string> = new Set(["gitCommit", "gitTree", "gitBlob", "gitTag", "sha1"]);

/** Lower-case hex of the bytes; undefined where the algorithm is none that is computed from bytes. */
export function hexOf(algorithm: string, bytes: Uint8Array): string | undefined {
  const hash = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
  return hash && createHash(hash[0]).update(bytes).digest("hex");
}

/**
 * Reads `sha256:<hex>`. Gives a reason where it is none: an algorithm that nobody can rely on, or digits that are not its.
 */
export function parseDigest(text: string): Digest | { readonly problem: string } {
  const match = /^([A-Za-z0-9_]+):([0-9A-Fa-f]+)$/.exec(text);
  const [, algorithm, hex] = match ?? [];
  if (algorithm === undefined || hex === undefined) return { problem: "it is not of the form `ALGORITHM:HEX`" };
  if (algorithm === "md5") return { problem: "md5 digests can be forged" };
  const digits = Object.hasOwn(hashes, algorithm) ? hashes[algorithm]?.[1] : undefined;
  if (digits !== undefined && hex.length !== digits)
    return { problem: `a ${algorithm} digest has ${digits} hexadecimal digits, this has ${hex.length}` };
  if (digits === undefined && !names.has(algorithm))
    return { problem: `\`${algorithm}\` is not known; known are ${[...Object.keys(hashes).filter((name) => name !== "md5")].join(", ")}` };
  if (digits === undefined && hex.length !== 40 && hex.length !== 64)
    return { problem: `a name of a git object has 40 or 64 hexadecimal digits, this has ${hex.length}` };
  return { algorithm, hex: hex.toLowerCase() };
}

/** An artifact whose digests are computed when they are asked for, and once. */
export interface Known {
  /** The bytes, where they were given. */
  readonly bytes: Uint8Array | undefined;
  /** Lower-case hex, undefined where it cannot be known. */
  hex(algorithm: string): string | undefined;
  /** Whether an equal digest of this algorithm says that the artifact is meant. */
  binds(algorithm: string): boolean;
  /** For people: `sha256:…`. */
  readonly shown: string;
}

/** Digests of an artifact on demand. */
export function known(artifact: Artifact): Known {
  if (artifact instanceof Uint8Array) {
    const computed = new Map<string, string | undefined>();
    const hex = (algorithm: string): string | undefined => {
      if (!computed.has(algorithm)) computed.set(algorithm, hexOf(algorithm, artifact));
      return computed.get(algorithm);
    };
    return {
      bytes: artifact,
      hex,
      binds: (algorithm) => !weak.has(algorithm),
      get shown() {
        return `sha256:${hex("sha256") ?? ""}`;
      },
    };
  }
  const digests: readonly Digest[] = "algorithm" in artifact ? [artifact] : artifact;
  // in-toto's `gitCommit` is `gitcommit` in the language, where names of algorithms have no case.
  const byAlgorithm = new Map(digests.map(({ algorithm, hex }) => [algorithm.toLowerCase(), hex.toLowerCase()]));
  return {
    bytes: undefined,
    hex: (algorithm) => byAlgorithm.get(algorithm.toLowerCase()),
    binds: (algorithm) => algorithm.toLowerCase() !== "md5",
    shown: digests.map(({ algorithm, hex }) => `${algorithm}:${hex}`).join(", "),
  };
}

/** Whether an artifact is one of the subjects. */
export type Bound =
  | { readonly kind: "bound"; readonly by: Digest }
  | { readonly kind: "other"; readonly detail: string }
  /** No algorithm in common: neither yes nor no. */
  | { readonly kind: "incomparable"; readonly detail: string };

/** Some shared algorithm equal and none unequal, for any one of the subjects. */
export function bound(subjects: readonly StatementSubject[], artifact: Known): Bound {
  const untold = new Set<string>();
  const forgeable = new Set<string>();
  for (const { digest } of subjects) {
    const shared = Object.entries(digest).flatMap(([algorithm, hex]) => {
      const own = artifact.hex(algorithm);
      return own === undefined ? [] : [{ algorithm, hex: own, equal: own === hex.toLowerCase() }];
    });
    if (shared.some(({ equal }) => !equal)) continue;
    const by = shared.find(({ algorithm }) => artifact.binds(algorithm));
    if (by) return { kind: "bound", by: { algorithm: by.algorithm, hex: by.hex } };
    for (const { algorithm } of shared) forgeable.add(algorithm);
    if (shared.length === 0) for (const algorithm of Object.keys(digest)) untold.add(algorithm);
  }
  // Of bytes every digest is known that a file can have; what remains names a commit or a folder, never this file.
  if (artifact.bytes === undefined && untold.size > 0) {
    const given = [...untold].map((algorithm) => `\`${algorithm}\``).join(", ");
    return {
      kind: "incomparable",
      detail: `the statement names its subject by ${given}, and the artifact is only known as ${artifact.shown}`,
    };
  }
  if (forgeable.size > 0) {
    const given = [...forgeable].join(" and ");
    return { kind: "other", detail: `the statement names ${artifact.shown} only by ${given}, which two files can share` };
  }
  const count = subjects.length === 1 ? "the subject of the statement is" : `none of the ${subjects.length} subjects of the statement is`;
  return {
    kind: "other",
    detail: subjects.length === 1 ? `${count} another artifact than ${artifact.shown}` : `${count} ${artifact.shown}`,
  };
}
