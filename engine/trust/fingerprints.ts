/** The public keys that a program's `key` declarations mean. Files are read by the caller. */
import { createHash, createPublicKey } from "node:crypto";
import type { Program, Trust } from "../../language/core/ir.ts";
import { declared } from "./declared.ts";
import type { KeyFingerprints } from "./identity.ts";

/** A key that a declaration names. */
export interface DeclaredKey {
  /** Qualified name of the declaration. */
  readonly trust: string;
  /** PEM of the SubjectPublicKeyInfo; absent where only the fingerprint is written. */
  readonly pem?: string;
  /** `sha256:<hex>` of the SubjectPublicKeyInfo in DER. */
  readonly fingerprint: string;
}

export interface DeclaredKeys {
  readonly keys: readonly DeclaredKey[];
  readonly fingerprints: KeyFingerprints;
  /** Declarations whose key was not to be had, and why: what rests on them is unknown, never refused. */
  readonly unread: readonly { readonly trust: Trust; readonly file?: string; readonly problem: string }[];
}

/**
 * Keys by declaration. `read` gives the text of a key file, whose path is as the policy in `from` writes it; undefined
 * where there is none. Never throws.
 */
export function declaredKeys(program: Program, read: (file: string, from: string) => string | undefined): DeclaredKeys {
  const keys: DeclaredKey[] = [];
  const unread: { trust: Trust; file?: string; problem: string }[] = [];
  for (const trust of program.trusts) {
    const key = declared(trust);
    if (key.kind !== "key") continue;
    const { file, fingerprint } = key;
    if (fingerprint !== undefined) {
      keys.push({ trust: trust.key, fingerprint });
      continue;
    }
    const pem = key.pem ?? (file === undefined ? undefined : read(file, trust.at.path));
    const at = { trust, ...(file === undefined ? {} : { file }) };
    if (pem === undefined) {
      unread.push({ ...at, problem: "there is no such file" });
      continue;
    }
    const print = fingerprintOf(pem);
    if (print === undefined) unread.push({ ...at, problem: "it holds no public key in PEM" });
    else keys.push({ trust: trust.key, pem, fingerprint: print });
  }
  return { keys, fingerprints: new Map(keys.map(({ trust, fingerprint }) => [trust, fingerprint])), unread };
}

/** `sha256:<hex>` of a public key's SubjectPublicKeyInfo in DER; undefined where the text is no public key. */
export function fingerprintOf(pem: string): string | undefined {
  // Of a private key or a certificate, Node would take the public key out: neither is what a policy should name.
  if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) return undefined;
  try {
    const spki = createPublicKey(pem).export({ type: "spki", format: "der" });
    return `sha256:${createHash("sha256").update(spki).digest("hex")}`;
  } catch {
    return undefined;
  }
}
