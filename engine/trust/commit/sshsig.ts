/**
 * SSH signatures (OpenSSH `PROTOCOL.sshsig`): the blob, and its verification by node:crypto. Signatures by certificates
 * and by RSA with SHA-1 or short keys are refused, and said to be.
 */
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { refused } from "./verdict.ts";

export interface SshKey {
  /** `ssh-ed25519` … */
  readonly type: string;
  /** Base64 of the blob, as in `allowed_signers` and `*.pub` files. */
  readonly base64: string;
}

export interface SshSignature {
  readonly key: SshKey;
  readonly namespace: string;
  readonly hash: "sha256" | "sha512";
  readonly algorithm: string;
  readonly signature: Buffer;
  /** Rest of the signature of a security key: flags and counter. */
  readonly rest: Buffer;
}

type Refusal = ReturnType<typeof refused>;

/** Reads fields of the SSH wire format (RFC 4251, section 5); undefined past the end. */
class Wire {
  private readonly bytes: Buffer;
  private at = 0;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  take(count: number): Buffer | undefined {
    if (count > this.bytes.length - this.at) return undefined;
    const found = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return found;
  }

  string(): Buffer | undefined {
    const length = this.take(4)?.readUInt32BE(0);
    return length === undefined ? undefined : this.take(length);
  }

  rest(): Buffer {
    return this.bytes.subarray(this.at);
  }
}

const armour = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----\s*$/;

/** Reads the armour and the blob. */
export function readSshSignature(text: string): { readonly kind: "signature"; readonly signature: SshSignature } | Refusal {
  const match = armour.exec(text.replaceAll("\r\n", "\n"));
  if (match === null) return refused("malformed-signature", "it is not an SSH signature in its armour");
  const wire = new Wire(Buffer.from(match[1] ?? "", "base64"));
  if (wire.take(6)?.toString("latin1") !== "SSHSIG")
    return refused("malformed-signature", "the SSH signature does not begin with `SSHSIG`");
  if (wire.take(4)?.readUInt32BE(0) !== 1) return refused("unsupported-signature", "the SSH signature is of a version that is not known");
  const key = wire.string();
  const namespace = wire.string()?.toString("utf8");
  const reserved = wire.string();
  const hash = wire.string()?.toString("latin1");
  const signature = wire.string();
  if (key === undefined || namespace === undefined || reserved === undefined || hash === undefined || signature === undefined)
    return refused("malformed-signature", "the SSH signature ends in the middle");
  if (hash !== "sha256" && hash !== "sha512") return refused("weak-digest", `the SSH signature is over a digest by \`${hash}\``);
  const inner = new Wire(signature);
  const algorithm = inner.string()?.toString("latin1");
  const made = inner.string();
  const type = new Wire(key).string()?.toString("latin1");
  if (algorithm === undefined || made === undefined || type === undefined)
    return refused("malformed-signature", "the SSH signature ends in the middle");
  return {
    kind: "signature",
    signature: { key: { type, base64: key.toString("base64") }, namespace, hash, algorithm, signature: made, rest: inner.rest() },
  };
}

const curves: Readonly<Record<string, { readonly crv: string; readonly name: string; readonly hash: string; readonly size: number }>> = {
  "ecdsa-sha2-nistp256": { crv: "P-256", name: "nistp256", hash: "sha256", size: 32 },
  "ecdsa-sha2-nistp384": { crv: "P-384", name: "nistp384", hash: "sha384", size: 48 },
  "ecdsa-sha2-nistp521": { crv: "P-521", name: "nistp521", hash: "sha512", size: 66 },
  "sk-ecdsa-sha2-nistp256@openssh.com": { crv: "P-256", name: "nistp256", hash: "sha256", size: 32 },
};

/** The algorithms that a key of a type signs with. */
const algorithms: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "sk-ssh-ed25519@openssh.com": ["sk-ssh-ed25519@openssh.com"],
  "ssh-rsa": ["rsa-sha2-256", "rsa-sha2-512"],
  ...Object.fromEntries(Object.keys(curves).map((type) => [type, [type]])),
};

interface Opened {
  readonly kind: "key";
  readonly key: KeyObject;
  /** Of a security key: what it was made for, `ssh:`. */
  readonly application?: Buffer;
}

/** A public key of the wire format, for node:crypto. */
export function openSshKey({ type, base64 }: SshKey): Opened | Refusal {
  const unreadable = refused("key", `the SSH key of type \`${type}\` cannot be read`);
  if (type.includes("-cert-")) return refused("unsupported-signature", "it was signed with an SSH certificate, which is not verified here");
  const wire = new Wire(Buffer.from(base64, "base64"));
  if (wire.string()?.toString("latin1") !== type) return unreadable;
  const url = (bytes: Buffer): string => bytes.toString("base64url");
  try {
    if (type === "ssh-ed25519" || type === "sk-ssh-ed25519@openssh.com") {
      const point = wire.string();
      const application = type.startsWith("sk-") ? wire.string() : undefined;
      if (point?.length !== 32 || (type.startsWith("sk-") && application === undefined)) return unreadable;
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: url(point) }, format: "jwk" });
      return { kind: "key", key, ...(application === undefined ? {} : { application }) };
    }
    if (type === "ssh-rsa") {
      const [e, n] = [wire.string(), wire.string()];
      if (e === undefined || n === undefined) return unreadable;
      const key = createPublicKey({ key: { kty: "RSA", e: url(e), n: url(n[0] === 0 ? n.subarray(1) : n) }, format: "jwk" });
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      return bits < 2048 ? refused("key", `the RSA key has ${bits} bits, and 2048 is the least`) : { kind: "key", key };
    }
    const curve = curves[type];
    if (curve === undefined) return refused("unsupported-signature", `SSH keys of type \`${type}\` are not known here`);
    const name = wire.string()?.toString("latin1");
    const point = wire.string();
    const application = type.startsWith("sk-") ? wire.string() : undefined;
    if (name !== curve.name || point?.length !== 1 + 2 * curve.size || point[0] !== 4) return unreadable;
    if (type.startsWith("sk-") && application === undefined) return unreadable;
    const [x, y] = [url(point.subarray(1, 1 + curve.size)), url(point.subarray(1 + curve.size))];
    const key = createPublicKey({ key: { kty: "EC", crv: curve.crv, x, y }, format: "jwk" });
    return { kind: "key", key, ...(application === undefined ? {} : { application }) };
  } catch {
    return unreadable;
  }
}

/** Whether the signature is over the message in the namespace; undefined where it is, else why not. */
export function sshSignatureProblem(signature: SshSignature, message: Uint8Array, namespace: string): Refusal | undefined {
  if (signature.namespace !== namespace)
    return refused("namespace", `it was signed as \`${signature.namespace}\`, not as \`${namespace}\``);
  const opened = openSshKey(signature.key);
  if (opened.kind !== "key") return opened;
  const { type } = signature.key;
  if (!(algorithms[type] ?? []).includes(signature.algorithm))
    return refused("weak-digest", `a key of type \`${type}\` signed with \`${signature.algorithm}\``);
  const signed = Buffer.concat([
    Buffer.from("SSHSIG", "latin1"),
    field(Buffer.from(namespace, "utf8")),
    field(Buffer.alloc(0)),
    field(Buffer.from(signature.hash, "latin1")),
    field(createHash(signature.hash).update(message).digest()),
  ]);
  return verifies(signature, opened, signed) ? undefined : refused("signature", "the SSH signature does not verify");
}

function verifies(signature: SshSignature, { key, application }: Opened, signed: Buffer): boolean {
  const data = application === undefined ? signed : securityKeyData(signature, application, signed);
  if (data === undefined || (application === undefined && signature.rest.length > 0)) return false;
  try {
    if (key.asymmetricKeyType === "ed25519") return verify(null, data, key, signature.signature);
    if (key.asymmetricKeyType === "rsa")
      return verify(signature.algorithm === "rsa-sha2-256" ? "sha256" : "sha512", data, key, signature.signature);
    const curve = curves[signature.key.type];
    const wire = new Wire(signature.signature);
    const [r, s] = [wire.string(), wire.string()];
    if (curve === undefined || r === undefined || s === undefined || wire.rest().length > 0) return false;
    const made = Buffer.concat([fixed(r, curve.size), fixed(s, curve.size)]);
    return verify(curve.hash, data, { key, dsaEncoding: "ieee-p1363" }, made);
  } catch {
    return false;
  }
}

/** What a security key signs (OpenSSH `PROTOCOL.u2f`): somebody has to have touched it, which is the first flag. */
function securityKeyData(signature: SshSignature, application: Buffer, signed: Buffer): Buffer | undefined {
  const { rest } = signature;
  if (rest.length !== 5 || ((rest[0] ?? 0) & 1) !== 1) return undefined;
  const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
  return Buffer.concat([sha256(application), rest, sha256(signed)]);
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive integer of the wire format, as many bytes as the curve has. */
function fixed(integer: Buffer, size: number): Buffer {
  const digits = integer[0] === 0 ? integer.subarray(1) : integer;
  return digits.length > size ? Buffer.alloc(0) : Buffer.concat([Buffer.alloc(size - digits.length), digits]);
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function sshFingerprint(key: SshKey): string {
  return `SHA256:${createHash("sha256").update(Buffer.from(key.base64, "base64")).digest("base64").replace(/=+$/, "")}`;
}
