/** Real commits by real git, in a folder of their own, with keys that are made for one test. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Person {
  readonly name: string;
  readonly email: string;
}

export const ada: Person = { name: "Ada", email: "ada@acme.example" };
export const bo: Person = { name: "Bo", email: "bo@acme.example" };

export interface Repository {
  readonly folder: string;
  readonly git: (words: readonly string[], options?: RunOptions) => string;
}

export interface RunOptions {
  readonly by?: Person;
  /** Seconds since the epoch, of author and committer. */
  readonly at?: number;
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/** 2026-03-01T12:00:00Z */
export const writtenAt = 1_772_366_400;

export function isInstalled(tool: string, words: readonly string[] = ["--version"]): boolean {
  try {
    execFileSync(tool, [...words], { stdio: "ignore" });
    return true;
  } catch (problem) {
    return !(problem instanceof Error && "code" in problem && problem.code === "ENOENT");
  }
}

export function repository(format: "sha1" | "sha256" = "sha1"): Repository {
  const folder = mkdtempSync(join(tmpdir(), "commits-"));
  const git: Repository["git"] = (words, { by = ada, at = writtenAt, stdin, env = {} } = {}) =>
    execFileSync("git", ["-C", folder, ...words], {
      input: stdin ?? "",
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: by.name,
        GIT_AUTHOR_EMAIL: by.email,
        GIT_COMMITTER_NAME: by.name,
        GIT_COMMITTER_EMAIL: by.email,
        GIT_AUTHOR_DATE: `${at} +0000`,
        GIT_COMMITTER_DATE: `${at} +0000`,
        ...env,
      },
    }).toString("latin1");
  git(["init", "-q", "-b", "main", `--object-format=${format}`]);
  return { folder, git };
}

/** An SSH key pair: the path of the private one, and the line of the public one. */
export function sshKey(
  folder: string,
  name: string,
  type: readonly string[] = ["-t", "ed25519"],
): { readonly path: string; readonly line: string } {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", ...type, "-N", "", "-C", "", "-f", path]);
  return { path, line: readFileSync(`${path}.pub`, "utf8").trim() };
}

/** A commit that is signed with an SSH key; its id. */
export function signedCommit(of: Repository, key: string, options: RunOptions & { readonly message?: string } = {}): string {
  writeFileSync(join(of.folder, "file"), options.message ?? "one");
  of.git(["add", "file"], options);
  of.git(["-c", "gpg.format=ssh", "-c", `user.signingkey=${key}`, "commit", "-q", "-S", "-m", options.message ?? "one"], options);
  return of.git(["rev-parse", "HEAD"]).trim();
}

export function objectOf(of: Repository, id: string): Buffer {
  return Buffer.from(of.git(["cat-file", "commit", id]), "latin1");
}

/** Writes bytes as a commit object, whatever they say; its id. */
export function writeObject(of: Repository, bytes: Buffer | string): string {
  return of.git(["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], { stdin: bytes }).trim();
}
