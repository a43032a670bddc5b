/** A snapshot of a pull request in the words of GitHub's REST API, good in every respect. Not part of the product. */

const sha = (letter: string): string => letter.repeat(40);

export const head = sha("d");
export const headTree = sha("e");
export const mergeCommit = sha("c");
export const earlier = sha("b");

export const user = (login: string, id: number, type = "User") => ({ login, id, type });
export const ada = user("ada", 1);
export const bo = user("bo", 2);

export function commit(id: string, tree: string, author: unknown = ada, email = "ada@acme.example", committer: unknown = author) {
  const person = { name: "A", email, date: "2026-03-01T10:00:00Z" };
  return { sha: id, commit: { tree: { sha: tree }, author: person, committer: person }, author, committer };
}

export function review(by: unknown, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    id: 100,
    user: by,
    state: "APPROVED",
    commit_id: head,
    submitted_at: "2026-03-01T11:00:00Z",
    author_association: "MEMBER",
    ...changes,
  };
}

export function checkRun(name: string, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    id: 1,
    name,
    head_sha: head,
    status: "completed",
    conclusion: "success",
    app: { id: 15368, slug: "github-actions" },
    ...changes,
  };
}

export interface SnapshotJson {
  pull: Record<string, unknown>;
  reviews: unknown;
  commits: unknown;
  check_runs: unknown;
  merge_commit?: unknown;
  required_status_checks?: unknown;
}

export function snapshot(changes: Partial<SnapshotJson> = {}): SnapshotJson {
  const whole = {
    pull: {
      number: 42,
      user: ada,
      commits: 2,
      base: { ref: "main", sha: sha("a"), repo: { id: 48213077, full_name: "acme/shop", html_url: "https://github.com/acme/shop" } },
      head: { sha: head },
      merged: true,
      merged_at: "2026-03-01T12:00:00Z",
      merge_commit_sha: mergeCommit,
      merged_by: bo,
    },
    reviews: [review(bo)],
    commits: [commit(earlier, sha("f")), commit(head, headTree)],
    check_runs: { total_count: 1, check_runs: [checkRun("build")] },
    merge_commit: { sha: mergeCommit, commit: { tree: { sha: headTree } } },
    required_status_checks: { strict: true, contexts: ["build"], checks: [{ context: "build", app_id: 15368 }] },
    ...changes,
  };
  for (const [key, value] of Object.entries(whole)) if (value === undefined) delete (whole as Record<string, unknown>)[key];
  return whole;
}
