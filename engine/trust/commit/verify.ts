/** The verification of a commit, by the form of its signature and the ways to tell signers that the caller gives. */

import type { GitsignOptions } from "./gitsign.ts";
import { verifyGitsignCommit } from "./gitsign.ts";
import type { Commit } from "./object.ts";
import { readCommit } from "./object.ts";
import { readGpgStatus } from "./openpgp.ts";
import type { SshOptions } from "./ssh.ts";
import { verifySshCommit } from "./ssh.ts";
import { type CommitVerdict, refused, type SignatureKind, unsettled } from "./verdict.ts";

/** Each form of signature is verified by what was given for it; what was not given is never guessed. */
export interface CommitOptions {
  readonly ssh?: SshOptions;
  readonly gitsign?: GitsignOptions;
  /** Runs gpg on the signature and the payload; the text of its status descriptor, or why there is none. */
  readonly gpg?: (signature: string, payload: Uint8Array) => Promise<{ readonly status: string } | { readonly problem: string }>;
}

export interface JudgedCommit {
  readonly verdict: CommitVerdict;
  readonly commit?: Commit;
}

/** Verifies the object `bytes`, which must have the id. Never throws. */
export async function verifyCommit(bytes: Uint8Array, id: string, options: CommitOptions): Promise<JudgedCommit> {
  const read = readCommit(bytes, id);
  if (read.kind !== "commit") return { verdict: read };
  const { commit } = read;
  return { verdict: await verdictOf(commit, options), commit };
}

async function verdictOf(commit: Commit, { ssh, gitsign, gpg }: CommitOptions): Promise<CommitVerdict> {
  const { signature } = commit;
  if (signature === undefined) return refused("no-signature", "nobody signed the commit");
  const kind = signatureKind(signature);
  switch (kind) {
    case "ssh":
      return ssh === undefined
        ? refused("key", "it was signed with an SSH key, and no allowed signers were given")
        : verifySshCommit(commit, ssh);
    case "gitsign":
      return gitsign === undefined
        ? refused("identity", "it was signed with a certificate, and no identity was given")
        : verifyGitsignCommit(commit, gitsign);
    case "openpgp": {
      if (gpg === undefined) return refused("key", "it was signed with an OpenPGP key, and no key was given");
      const answer = await gpg(signature, commit.payload);
      return "status" in answer ? readGpgStatus(answer.status, commit) : unsettled(answer.problem);
    }
    case undefined:
      return refused("unsupported-signature", "its signature is in a form that is not known");
  }
}

/** By the armour (git `gpg-interface.c`). */
export function signatureKind(signature: string): SignatureKind | undefined {
  if (signature.startsWith("-----BEGIN SSH SIGNATURE-----")) return "ssh";
  if (/^-----BEGIN PGP (?:SIGNATURE|MESSAGE)-----/.test(signature)) return "openpgp";
  return /^-----BEGIN (?:SIGNED MESSAGE|PKCS7|CMS)-----/.test(signature) ? "gitsign" : undefined;
}
