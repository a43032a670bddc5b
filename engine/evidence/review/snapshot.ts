/**
 * A snapshot of a pull request: answers of GitHub's REST API, kept as they came, in one JSON file.
 *
 * | key | answer of |
 * |---|---|
 * | `pull` | `GET /repos/{owner}/{repo}/pulls/{number}` |
 * | `reviews` | `GET …/pulls/{number}/reviews`, every page |
 * | `commits` | `GET …/pulls/{number}/commits`, every page |
 * | `check_runs` | `GET …/commits/{head}/check-runs`, pages put together |
 * | `merge_commit` | `GET …/commits/{merge_commit_sha}`; only after the merge |
 * | `required_status_checks` | `GET …/branches/{base}/protection/required_status_checks`; may be left out |
 */
import { parseTime } from "../../../language/domains/time.ts";
import { type Json, object, objects, text } from "../raw.ts";

/** An account, told by its number: logins are given to others when they are free. */
export interface Account {
  readonly login: string;
  readonly id: string;
}

export interface SnapshotCommit {
  readonly commit: string;
  readonly tree: string;
  readonly accounts: readonly Account[];
  /** Addresses of author and committer that no account is known for. */
  readonly unknown: readonly string[];
}

export interface Review {
  readonly id: number;
  readonly by: Account | undefined;
  readonly isPerson: boolean;
  /** `OWNER`, `MEMBER`, `COLLABORATOR`: who may write to the repository. */
  readonly association: string;
  readonly state: string;
  readonly commit: string;
  /** As GitHub writes it; empty where it is not. */
  readonly submitted: string;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly app: string;
  readonly appId: string;
  readonly commit: string;
  readonly conclusion: string | undefined;
}

export interface RequiredCheck {
  readonly name: string;
  /** Number of the app that has to report it; absent where any may. */
  readonly appId?: string;
}

export interface Snapshot {
  readonly repository: { readonly uri: string; readonly name: string; readonly id: string };
  readonly number: number;
  readonly base: { readonly ref: string; readonly commit: string };
  readonly head: { readonly commit: string; readonly tree: string };
  readonly merged: { readonly commit: string; readonly tree: string; readonly on: string; readonly by?: Account } | undefined;
  readonly author: Account;
  readonly commits: readonly SnapshotCommit[];
  readonly reviews: readonly Review[];
  readonly checks: readonly CheckRun[];
  readonly required: readonly RequiredCheck[] | undefined;
  /** What is not all there. */
  readonly incomplete: readonly string[];
}

export type ReadSnapshot =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "refused"; readonly problem: string };

/** GitHub itself, as the committer of what was written or merged on its pages. */
const webFlow = "19864447";

/** Reads a snapshot; answers that do not belong together are refused. */
export function readSnapshot(json: unknown): ReadSnapshot {
  const no = (problem: string): ReadSnapshot => ({ kind: "refused", problem });
  const document = object(json);
  const pull = object(document?.["pull"]);
  if (document === undefined || pull === undefined) return no("it has no `pull`");
  const base = object(pull["base"]);
  const repo = object(base?.["repo"]);
  const uri = text(repo?.["html_url"]);
  const name = text(repo?.["full_name"]);
  const repositoryId = number(repo?.["id"]);
  const author = account(pull["user"]);
  const head = text(object(pull["head"])?.["sha"]);
  const headNumber = number(pull["number"]);
  if (uri === undefined || name === undefined || repositoryId === undefined)
    return no("`pull.base.repo` does not name a repository with its number");
  if (author === undefined) return no("`pull.user` is nobody");
  if (headNumber === undefined || head === undefined || !isCommit(head)) return no("`pull.number` or `pull.head.sha` is missing");
  for (const key of ["reviews", "commits"]) if (!Array.isArray(document[key])) return no(`\`${key}\` is no list`);
  const runs = object(document["check_runs"]);
  if (runs === undefined || !Array.isArray(runs["check_runs"])) return no("`check_runs` is not the answer about a commit");
  const commits = objects(document["commits"]).map(commitOf);
  const last = commits.at(-1);
  if (last === undefined || commits.some((one) => one.commit === "" || one.tree === ""))
    return no("`commits` has not the commits of the pull request");
  if (last.commit !== head) return no(`\`commits\` ends with ${last.commit}, and the head is ${head}`);
  const merged = mergedOf(pull, document["merge_commit"]);
  if (merged !== undefined && "problem" in merged) return no(merged.problem);
  const checks = objects(runs["check_runs"]).map(checkOf);
  const incomplete = [
    ...(number(pull["commits"]) === commits.length ? [] : [`\`commits\` has ${commits.length} of ${number(pull["commits"]) ?? "?"}`]),
    ...(number(runs["total_count"]) === checks.length
      ? []
      : [`\`check_runs\` has ${checks.length} of ${number(runs["total_count"]) ?? "?"}`]),
  ];
  return {
    kind: "snapshot",
    snapshot: {
      repository: { uri, name, id: String(repositoryId) },
      number: headNumber,
      base: { ref: text(base?.["ref"]) ?? "", commit: text(base?.["sha"]) ?? "" },
      head: { commit: head, tree: last.tree },
      merged,
      author,
      commits,
      reviews: objects(document["reviews"]).map(reviewOf),
      checks,
      required: requiredOf(document["required_status_checks"]),
      incomplete,
    },
  };
}

function isCommit(value: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A time as GitHub writes it, and in no other form: such texts are ordered like the times. */
function moment(value: unknown): string | undefined {
  const found = text(value);
  return found !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(found) && parseTime(found).ok ? found : undefined;
}

function account(value: unknown): Account | undefined {
  const user = object(value);
  const login = text(user?.["login"]);
  const id = number(user?.["id"]);
  return login === undefined || id === undefined ? undefined : { login, id: String(id) };
}

function commitOf(value: Json): SnapshotCommit {
  const inner = object(value["commit"]);
  const sha = text(value["sha"]) ?? "";
  const tree = text(object(inner?.["tree"])?.["sha"]) ?? "";
  const accounts: Account[] = [];
  const unknown: string[] = [];
  for (const role of ["author", "committer"]) {
    const found = account(value[role]);
    if (found === undefined) unknown.push(text(object(inner?.[role])?.["email"]) ?? "an address that is not written");
    else if (found.id !== webFlow || role === "author") accounts.push(found);
  }
  return { commit: isCommit(sha) ? sha : "", tree: isCommit(tree) ? tree : "", accounts, unknown };
}

type Merged = NonNullable<Snapshot["merged"]>;

function mergedOf(pull: Json, mergeCommit: unknown): Merged | { readonly problem: string } | undefined {
  if (pull["merged"] !== true) return undefined;
  const sha = text(pull["merge_commit_sha"]) ?? "";
  const value = object(mergeCommit);
  const found = text(value?.["sha"]) ?? "";
  const tree = text(object(object(value?.["commit"])?.["tree"])?.["sha"]) ?? "";
  const on = moment(pull["merged_at"]);
  if (!isCommit(sha) || on === undefined)
    return { problem: "the pull request is merged, and `pull` does not say when and as which commit" };
  if (found !== sha || !isCommit(tree)) return { problem: `\`merge_commit\` is not ${sha}, as which the pull request was merged` };
  const by = account(pull["merged_by"]);
  return { commit: sha, tree, on, ...(by === undefined ? {} : { by }) };
}

function reviewOf(value: Json): Review {
  const user = object(value["user"]);
  const login = text(user?.["login"]) ?? "";
  return {
    id: number(value["id"]) ?? 0,
    by: account(user),
    isPerson: user?.["type"] === "User" && !login.endsWith("[bot]"),
    association: text(value["author_association"]) ?? "",
    state: text(value["state"]) ?? "",
    commit: text(value["commit_id"]) ?? "",
    submitted: moment(value["submitted_at"]) ?? "",
  };
}

function checkOf(value: Json): CheckRun {
  const app = object(value["app"]);
  return {
    id: number(value["id"]) ?? 0,
    name: text(value["name"]) ?? "",
    app: text(app?.["slug"]) ?? "",
    appId: String(number(app?.["id"]) ?? ""),
    commit: text(value["head_sha"]) ?? "",
    conclusion: value["status"] === "completed" ? text(value["conclusion"]) : undefined,
  };
}

/** `checks` names the app as well; `contexts` is the older form. */
function requiredOf(value: unknown): readonly RequiredCheck[] | undefined {
  const rules = object(value);
  if (rules === undefined) return undefined;
  const named = objects(rules["checks"]).flatMap((check): readonly RequiredCheck[] => {
    const name = text(check["context"]);
    const app = number(check["app_id"]);
    return name === undefined ? [] : [{ name, ...(app === undefined ? {} : { appId: String(app) }) }];
  });
  const contexts = Array.isArray(rules["contexts"]) ? rules["contexts"].filter((one) => typeof one === "string") : [];
  return [...named, ...contexts.filter((name) => !named.some((one) => one.name === name)).map((name) => ({ name }))];
}
