/**
 * A commit that was signed with an SSH key, by an `allowed_signers` file. git checks that *some* allowed key signed; here
 * the key must be allowed for the committer, or for whom the caller names, and when it signed matters.
 */
import { showTime } from "../../../language/domains/time.ts";
import { fingerprintOf } from "../key.ts";
import { type AllowedSigner, namesText } from "./allowed-signers.ts";
import type { Commit } from "./object.ts";
import { openSshKey, readSshSignature, sshFingerprint, sshSignatureProblem } from "./sshsig.ts";
import { type CommitVerdict, refused, unsettled } from "./verdict.ts";

export interface SshOptions {
  readonly signers: readonly AllowedSigner[];
  /** Who must have signed, exactly; default: the committer's e-mail address. */
  readonly identity?: string;
  /** Microseconds. */
  readonly now: number;
}

const namespace = "git";

interface Within {
  readonly kind: "within";
  readonly notes: readonly string[];
}

export function verifySshCommit(commit: Commit, { signers, identity, now }: SshOptions): CommitVerdict {
  const read = readSshSignature(commit.signature ?? "");
  if (read.kind !== "signature") return read;
  const { signature } = read;
  const problem = sshSignatureProblem(signature, commit.payload, namespace);
  if (problem !== undefined) return problem;
  const opened = openSshKey(signature.key);
  if (opened.kind !== "key") return opened;
  const print = sshFingerprint(signature.key);
  const lines = signers.filter((line) => !line.certAuthority && line.type === signature.key.type && line.base64 === signature.key.base64);
  if (lines.length === 0) {
    const hasAuthority = signers.some((line) => line.certAuthority);
    const note = hasAuthority ? "; lines with `cert-authority` are not used, because certificates are not verified here" : "";
    return refused("key", `the key ${print} is not among the allowed signers${note}`);
  }
  const wanted = identity ?? commit.committer.email;
  const named = lines.filter((line) => namesText(line.principals, wanted));
  if (named.length === 0) {
    const whose = lines.flatMap((line) => line.principals).join(", ");
    return refused("principal", `the key ${print} is allowed for ${whose}, not for \`${wanted}\``);
  }
  const inSpace = named.filter((line) => line.namespaces === undefined || namesText(line.namespaces, namespace));
  if (inSpace.length === 0) return refused("namespace", `the key ${print} is not allowed to sign in the namespace \`${namespace}\``);
  const failed: CommitVerdict[] = [];
  let notes: readonly string[] | undefined;
  for (const line of inSpace) {
    const outcome = windowOf(line, commit, now);
    if (outcome.kind === "within") notes ??= outcome.notes;
    else failed.push(outcome);
  }
  if (notes === undefined) return failed.find((one) => one.kind === "unsettled") ?? failed[0] ?? refused("key", print);
  return {
    kind: "verified",
    by: "ssh",
    signer: { kind: "key", fingerprint: fingerprintOf(opened.key) },
    name: `${wanted} (${print})`,
    times: [],
    notes,
  };
}

/**
 * A commit has no verified time: its dates are what the signer wrote. Outside the window by its own date it is refused. A
 * key that is valid to this day was so at any time since its window began. One whose window has ended may have been stolen
 * and the date written back, so that nobody can tell.
 */
function windowOf(line: AllowedSigner, commit: Commit, now: number): Within | Exclude<CommitVerdict, { kind: "verified" }> {
  const { validAfter, validBefore } = line;
  if (validAfter === undefined && validBefore === undefined) return { kind: "within", notes: [] };
  const claimed = commit.committer.seconds * 1_000_000;
  const outside =
    validAfter !== undefined && claimed < validAfter
      ? `from ${showTime(validAfter)}`
      : validBefore !== undefined && claimed > validBefore
        ? `until ${showTime(validBefore)}`
        : undefined;
  if (outside !== undefined) return refused("key-window", `the key is valid ${outside}, and the commit says ${showTime(claimed)}`);
  if (validBefore !== undefined && now > validBefore)
    return unsettled(`the key is valid until ${showTime(validBefore)} only, and that the commit is older is but what it says itself`);
  return { kind: "within", notes: validAfter === undefined ? [] : ["that the key was valid already is by the committer's own date"] };
}
