/** Calls cosign as a release pipeline does, without a network: no TUF, an empty home, and a signing config that names what there is. */
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scope } from "./scope.ts";
import type { Sigstore } from "./stack.ts";
import { tool } from "./tools.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Cosign {
  /** Its temporary home, where keys are made. */
  readonly folder: string;
  run(words: readonly string[]): Promise<Ran>;
  /** The same; throws with its output where it does not exit 0. */
  must(words: readonly string[]): Promise<Ran>;
}

export interface KeyPair {
  /** Files in PEM: the private one is encrypted with an empty password, as cosign writes it. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Who signs. `legacy` writes the `.sig` and `.att` tags of cosign before v3. */
export type Signing =
  | { readonly kind: "key"; readonly key: KeyPair; readonly legacy?: boolean }
  | { readonly kind: "keyless"; readonly sigstore: Sigstore; readonly token: string; readonly legacy?: boolean };

export async function cosignIn(scope: Scope): Promise<Cosign> {
  const folder = await scope.folder();
  const path = tool("cosign");
  const env = { HOME: folder, COSIGN_PASSWORD: "", PATH: "" };
  const run = (words: readonly string[]): Promise<Ran> =>
    new Promise((resolve, reject) => {
      const child = spawn(path, words, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }));
    });
  const must = async (words: readonly string[]): Promise<Ran> => {
    const ran = await run(words);
    if (ran.code !== 0) throw new Error(`cosign ${words.join(" ")}: exit ${ran.code}: ${ran.err}`);
    return ran;
  };
  await must(["signing-config", "create", "--out", join(folder, "nothing.json")]);
  return { folder, run, must };
}

export async function generateKey(cosign: Cosign, name: string): Promise<KeyPair> {
  await cosign.must(["generate-key-pair", "--output-key-prefix", name]);
  return { privateKey: join(cosign.folder, `${name}.key`), publicKey: join(cosign.folder, `${name}.pub`) };
}

/** Signs an image by its digest. */
export async function sign(cosign: Cosign, signing: Signing, reference: string): Promise<void> {
  await cosign.must(["sign", "--yes", ...(await signingFlags(cosign, signing)), reference]);
}

/**
 * Attaches a predicate to an image. `type` is a URI, or one of cosign's words: `cyclonedx`, `slsaprovenance1` …
 */
export async function attest(cosign: Cosign, signing: Signing, reference: string, type: string, predicate: unknown): Promise<void> {
  const file = await predicateFile(cosign, predicate);
  await cosign.must(["attest", "--yes", ...(await signingFlags(cosign, signing)), "--type", type, "--predicate", file, reference]);
}

/** Signs a file; answers the bundle. */
export async function signBlob(cosign: Cosign, signing: Signing, file: string): Promise<Buffer> {
  const bundle = join(cosign.folder, `blob-${counter++}.sigstore.json`);
  await cosign.must(["sign-blob", "--yes", ...(await signingFlags(cosign, signing)), "--bundle", bundle, file]);
  return readFile(bundle);
}

/** Signs a statement about a file; answers the bundle. */
export async function attestBlob(cosign: Cosign, signing: Signing, file: string, type: string, predicate: unknown): Promise<Buffer> {
  const bundle = join(cosign.folder, `blob-${counter++}.sigstore.json`);
  const predicateAt = await predicateFile(cosign, predicate);
  const words = [
    "attest-blob",
    "--yes",
    ...(await signingFlags(cosign, signing)),
    "--type",
    type,
    "--predicate",
    predicateAt,
    "--bundle",
    bundle,
  ];
  await cosign.must([...words, file]);
  return readFile(bundle);
}

/** Signs a statement as it is given, whatever it is about; answers the bundle. */
export async function attestStatement(cosign: Cosign, signing: Signing, statement: unknown): Promise<Buffer> {
  const bundle = join(cosign.folder, `blob-${counter++}.sigstore.json`);
  const file = await predicateFile(cosign, statement);
  await cosign.must(["attest-blob", "--yes", ...(await signingFlags(cosign, signing)), "--statement", file, "--bundle", bundle]);
  return readFile(bundle);
}

/** What a verifying cosign is told about a signer: a key, or an exact identity of its issuer. */
export function verifyingFlags(signing: Signing, identity?: { readonly san: string; readonly issuer: string }): readonly string[] {
  if (signing.kind === "key") return ["--key", signing.key.publicKey, "--insecure-ignore-tlog=true"];
  if (!identity) throw new Error("a keyless signature is verified against an identity");
  const { sigstore } = signing;
  const who = ["--certificate-identity", identity.san, "--certificate-oidc-issuer", identity.issuer];
  return ["--trusted-root", sigstore.trustedRoot, "--use-signed-timestamps", ...who];
}

let counter = 0;

async function predicateFile(cosign: Cosign, predicate: unknown): Promise<string> {
  const file = join(cosign.folder, `predicate-${counter++}.json`);
  await writeFile(file, JSON.stringify(predicate));
  return file;
}

async function signingFlags(cosign: Cosign, signing: Signing): Promise<readonly string[]> {
  if (signing.kind === "key") {
    const key = ["--key", signing.key.privateKey];
    if (signing.legacy) return [...key, "--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"];
    return [...key, "--signing-config", join(cosign.folder, "nothing.json")];
  }
  const { sigstore, token } = signing;
  // It takes a token for the name of a file first, and such names are too long.
  const file = join(cosign.folder, `token-${counter++}.jwt`);
  await writeFile(file, token);
  const who = ["--identity-token", file];
  if (!signing.legacy) return [...who, "--signing-config", sigstore.signingConfig, "--trusted-root", sigstore.trustedRoot];
  // The old format knows Rekor v1 only, which is not here: the time of signing is the timestamp authority's.
  const { fulcio, timestamps } = sigstore.services;
  const services = [`--fulcio-url=${fulcio.url}`, ...timestamps.map(({ url }) => `--timestamp-server-url=${url}`)];
  return [...who, ...services, "--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"];
}
