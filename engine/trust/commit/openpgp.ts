/**
 * What `gpg --verify --status-fd` says of a commit (GnuPG `doc/DETAILS`). gpg is run by the shell, with a keyring that has
 * the caller's keys and no others.
 */
import type { Commit } from "./object.ts";
import { type CommitVerdict, refused, unsettled } from "./verdict.ts";

/** Digests by their numbers in OpenPGP (RFC 9580, section 9.5). */
const weak: Readonly<Record<string, string>> = { "1": "MD5", "2": "SHA-1", "3": "RIPEMD-160" };

/** Reads the lines of the status descriptor; what says nothing certain is never a verdict. */
export function readGpgStatus(status: string, commit: Commit): CommitVerdict {
  const lines = status.split("\n").flatMap((line) => (line.startsWith("[GNUPG:] ") ? [line.slice(9).split(" ")] : []));
  const words = (name: string): readonly string[] | undefined => lines.find(([first]) => first === name);
  const signatures = lines.filter(([first = ""]) => /^(?:GOODSIG|BADSIG|ERRSIG|EXPSIG|EXPKEYSIG|REVKEYSIG)$/.test(first));
  if (signatures.length > 1) return refused("several-signatures", "it is signed more than once, and which one counts nobody says");
  if (words("BADSIG") !== undefined) return refused("signature", "the OpenPGP signature does not verify");
  if (words("NO_PUBKEY") !== undefined)
    return refused("key", `it was signed with the key ${words("NO_PUBKEY")?.[1] ?? ""}, which was not given`);
  if (words("ERRSIG") !== undefined) return refused("unsupported-signature", "gpg cannot verify the signature");
  if (words("REVKEYSIG") !== undefined) return refused("key-revoked", "it was signed with a key that was revoked");
  const valid = words("VALIDSIG");
  if (valid === undefined) return refused("malformed-signature", "it holds no signature that gpg knows");
  const digest = weak[valid[8] ?? ""];
  if (digest !== undefined) return refused("weak-digest", `the signature is over a digest by ${digest}`);
  if (words("EXPSIG") !== undefined) return refused("key-window", "the signature says itself that it has expired");
  if (words("EXPKEYSIG") !== undefined) return unsettled("the key has expired, and that the commit is older is but what it says itself");
  if (words("GOODSIG") === undefined) return refused("signature", "gpg does not call the signature good");
  const primary = valid[10] ?? valid[1] ?? "";
  if (!/^[0-9A-F]{40,64}$/.test(primary)) return refused("malformed-signature", "gpg names no fingerprint");
  const user = words("GOODSIG")?.slice(2).join(" ") ?? "";
  return {
    kind: "verified",
    by: "openpgp",
    signer: { kind: "key", fingerprint: `openpgp:${primary.toLowerCase()}` },
    name: `${decoded(user)} (${primary})`,
    times: [],
    notes: user.includes(`<${commit.committer.email}>`) ? [] : [`the key does not name the committer \`${commit.committer.email}\``],
  };
}

/** Status lines quote what is no plain character, as in a URL. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
