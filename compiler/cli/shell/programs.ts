/** Programs of the machine that a verb needs: git and gpg. They are started by name, without a shell between. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Run =
  | {
      readonly kind: "done";
      readonly code: number;
      readonly out: Buffer;
      readonly err: string /** What was written to descriptor 3. */;
      readonly status: string;
    }
  | { readonly kind: "absent"; readonly program: string };

/** More than this from one program is cut off, and the program ended. */
const outputLimit = 64_000_000;
const patience = 60_000;

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. Its environment is `PATH` and what is given: none of the caller's settings change an answer. */
export function run(program: string, words: readonly string[], { env = {} }: RunOptions = {}): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(program, [...words], {
      env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", ...env },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      timeout: patience,
      windowsHide: true,
    });
    const parts: readonly Buffer[][] = [[], [], []];
    let size = 0;
    for (const [index, stream] of [child.stdout, child.stderr, child.stdio[3]].entries()) {
      stream?.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > outputLimit) child.kill();
        else parts[index]?.push(chunk);
      });
    }
    child.on("error", () => resolve({ kind: "absent", program }));
    child.on("close", (code) => {
      const [out, err, status] = parts.map((one) => Buffer.concat(one));
      resolve({
        kind: "done",
        code: code ?? -1,
        out: out ?? Buffer.of(),
        err: err?.toString() ?? "",
        status: status?.toString("latin1") ?? "",
      });
    });
  });
}

/** git in a repository: refs that replace objects are left aside, and nothing is fetched. */
export function git(folder: string, words: readonly string[]): Promise<Run> {
  const env = {
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    HOME: process.env["HOME"] ?? "/",
  };
  return run("git", ["-C", folder, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", ...words], { env });
}

/**
 * Verifies a detached OpenPGP signature with these keys and no others: the keyring is a folder of its own, made and taken
 * away again, so that neither the keys nor the settings of whoever calls have a say.
 */
export async function verifyWithGpg(
  keys: readonly Uint8Array[],
  signature: string,
  payload: Uint8Array,
): Promise<{ readonly status: string } | { readonly problem: string }> {
  const home = await mkdtemp(join(tmpdir(), "waybill-gpg-"));
  const gpg = (words: readonly string[]): Promise<Run> =>
    run("gpg", ["--homedir", home, "--no-options", "--batch", "--no-tty", "--no-autostart", "--no-auto-key-retrieve", ...words]);
  try {
    for (const [index, key] of keys.entries()) {
      const file = join(home, `key-${index}`);
      await writeFile(file, key, { mode: 0o600 });
      const imported = await gpg(["--status-fd", "3", "--import-options", "import-clean", "--import", file]);
      if (imported.kind === "absent") return { problem: "gpg is not installed, and it is what verifies OpenPGP signatures" };
      if (!/^\[GNUPG:\] IMPORT_OK /m.test(imported.status)) return { problem: `key ${index + 1} holds no OpenPGP key that gpg can read` };
    }
    const [signatureFile, payloadFile] = [join(home, "signature.asc"), join(home, "payload")];
    await writeFile(signatureFile, signature, "latin1");
    await writeFile(payloadFile, payload);
    const verified = await gpg(["--status-fd", "3", "--trust-model", "always", "--verify", signatureFile, payloadFile]);
    if (verified.kind === "absent") return { problem: "gpg is not installed, and it is what verifies OpenPGP signatures" };
    return { status: verified.status };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
