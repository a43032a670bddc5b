/** Addresses of source repositories in one form, so that a policy compares them as text. */

/** A repository, and what of it was named. */
export interface RepositoryRef {
  /** `https://github.com/acme/shop`: no `git+`, no `.git`, no slash at the end, the host in lower case. */
  readonly repository: string;
  /** `refs/tags/v1.4.0`, `main`: as it is written; absent where none is, or where a commit stands in its place. */
  readonly ref?: string;
  /** 40 or 64 hexadecimal digits in lower case. */
  readonly commit?: string;
}

const hash = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

/**
 * Reads `git+https://host/path@ref` (SPDX download locations, section 7.7.1, which SLSA's documents use), the same
 * without `git+`, `https://host/path.git#ref` (BuildKit), `https://host/path/commit/…` (Cloud Build) and
 * `git@host:path`. Undefined for addresses of anything else: archives, buckets, images.
 */
export function parseRepository(text: string): RepositoryRef | undefined {
  const scp = /^(?:git\+)?git@([^:/\s]+):([^\s]+)$/.exec(text);
  const uri = scp ? `ssh://git@${scp[1]}/${scp[2]}` : text.replace(/^git\+/, "");
  const match = /^(https?|ssh|git):\/\/(?:[^/@\s]*@)?([^/?#\s]+)\/([^?#\s]+)(?:\?[^#\s]*)?(?:#(\S*))?$/i.exec(uri);
  if (match === null) return undefined;
  const [, schemeText = "", hostText = "", rest = "", fragment] = match;
  const at = rest.indexOf("@");
  const path = at < 0 ? rest : rest.slice(0, at);
  const named = at < 0 ? fragment : rest.slice(at + 1);
  const viaCommit = /^(.+?)(?:\/-)?\/commit\/([0-9a-f]{40,64})$/i.exec(path);
  const repositoryPath = (viaCommit?.[1] ?? path).replace(/\/+$/, "").replace(/\.git$/, "");
  if (repositoryPath === "") return undefined;
  // Who clones by ssh and who by https clones the same repository.
  const scheme = schemeText.toLowerCase() === "http" ? "http" : "https";
  const repository = `${scheme}://${hostText.toLowerCase()}/${repositoryPath}`;
  const ref = named?.split(":")[0];
  const commit = viaCommit?.[2] ?? (ref !== undefined && hash.test(ref) ? ref : undefined);
  return {
    repository,
    ...(ref === undefined || ref === "" || hash.test(ref) ? {} : { ref }),
    ...(commit === undefined ? {} : { commit: commit.toLowerCase() }),
  };
}

/** Whether an address says that it is one of a git repository, and not of anything else that is fetched. */
export function isGit(uri: string): boolean {
  return /^git[+@:]/i.test(uri) || /^(?:https?|ssh):\/\/[^?#\s]+\.git(?:[@#]\S*)?$/i.test(uri);
}

/**
 * The commit in a digest set. GitLab's runner writes commits under `sha256`; the length tells what they are.
 */
export function commitOf(digests: unknown): string | undefined {
  if (digests === null || typeof digests !== "object") return undefined;
  const set = digests as Readonly<Record<string, unknown>>;
  for (const key of ["gitCommit", "sha1", "sha256"]) {
    const value = set[key];
    if (typeof value === "string" && /^[0-9a-f]{40}$/i.test(value)) return value.toLowerCase();
    if (key === "gitCommit" && typeof value === "string" && hash.test(value)) return value.toLowerCase();
  }
  return undefined;
}
