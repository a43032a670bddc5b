/**
 * The record of a change: what a snapshot of a pull request comes to, as the predicate `https://waybill.dev/attestation/change/v1`
 * of an in-toto statement. No predicate of the in-toto framework is about reviews (in-toto/attestation#77). What counts and
 * what does not is said beside each approval and check, with the reason, so that whoever reads it can decide otherwise.
 */
import type { Account, CheckRun, Review, Snapshot } from "./snapshot.ts";

export const changeType = "https://waybill.dev/attestation/change/v1";

/** Why an approval does not count. */
export type Discount = "dismissed" | "superseded" | "after-merge" | "unknown-account" | "bot" | "contributor" | "outsider" | "stale";

export interface Approval {
  readonly by?: Account;
  readonly commit: string;
  readonly on: string;
  readonly counts: boolean;
  readonly because?: Discount;
}

/** One check, by the newest of its runs. */
export interface Check {
  readonly name: string;
  readonly app: string;
  readonly appId: string;
  readonly commit: string;
  /** GitHub's words; absent while it runs. */
  readonly conclusion?: string;
  /** It is about the head and came to `success`. */
  readonly counts: boolean;
}

export interface ChangePredicate {
  readonly repository: { readonly uri: string; readonly id: string };
  readonly number: number;
  readonly base: Snapshot["base"];
  readonly head: Snapshot["head"];
  readonly merged?: NonNullable<Snapshot["merged"]>;
  readonly author: Account;
  /** Who wrote or committed a part of it, the author included. */
  readonly contributors: readonly Account[];
  /** Addresses of commits that no account is known for: each may be anybody's, an approver's too. */
  readonly unknownContributors: readonly string[];
  readonly approvals: readonly Approval[];
  /** Whose last word is that something has to change. */
  readonly changesRequested: readonly Account[];
  readonly checks: readonly Check[];
  /** Absent where the snapshot does not say which checks the branch requires. */
  readonly requiredChecks?: readonly { readonly name: string; readonly appId?: string }[];
  readonly incomplete: readonly string[];
}

export interface ChangeStatement {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly { readonly name: string; readonly digest: { readonly gitCommit: string } }[];
  readonly predicateType: typeof changeType;
  readonly predicate: ChangePredicate;
}

/** The statement about the commit as which the change was merged, or its head while it is open. */
export function changeStatement(snapshot: Snapshot): ChangeStatement {
  const { repository, merged, head } = snapshot;
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: `git+${repository.uri}`, digest: { gitCommit: merged?.commit ?? head.commit } }],
    predicateType: changeType,
    predicate: changeOf(snapshot),
  };
}

export function changeOf(snapshot: Snapshot): ChangePredicate {
  const contributors = distinct([snapshot.author, ...snapshot.commits.flatMap((one) => one.accounts)]);
  const reviews = [...snapshot.reviews].sort((a, b) => (a.submitted === b.submitted ? a.id - b.id : a.submitted < b.submitted ? -1 : 1));
  const last = lastWords(reviews);
  return {
    repository: { uri: snapshot.repository.uri, id: snapshot.repository.id },
    number: snapshot.number,
    base: snapshot.base,
    head: snapshot.head,
    ...(snapshot.merged === undefined ? {} : { merged: snapshot.merged }),
    author: snapshot.author,
    contributors,
    unknownContributors: [...new Set(snapshot.commits.flatMap((one) => one.unknown))],
    approvals: reviews
      .filter((review) => review.state === "APPROVED" || review.state === "DISMISSED")
      .map((review) => approvalOf(review, snapshot, contributors, last)),
    changesRequested: distinct(
      [...last.values()].flatMap((one) => (one.state === "CHANGES_REQUESTED" && one.by !== undefined ? [one.by] : [])),
    ),
    checks: newest(snapshot.checks).map((run) => checkOf(run, snapshot.head.commit)),
    ...(snapshot.required === undefined ? {} : { requiredChecks: snapshot.required }),
    incomplete: snapshot.incomplete,
  };
}

function distinct(accounts: readonly Account[]): readonly Account[] {
  return accounts.filter((one, index) => accounts.findIndex((other) => other.id === one.id) === index);
}

/** The last review of each account that decides something; a comment does not take an approval back. */
function lastWords(reviews: readonly Review[]): ReadonlyMap<string, Review> {
  const last = new Map<string, Review>();
  for (const review of reviews)
    if (review.by !== undefined && ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(review.state)) last.set(review.by.id, review);
  return last;
}

function approvalOf(review: Review, snapshot: Snapshot, contributors: readonly Account[], last: ReadonlyMap<string, Review>): Approval {
  const because = discount(review, snapshot, contributors, last);
  return {
    ...(review.by === undefined ? {} : { by: review.by }),
    commit: review.commit,
    on: review.submitted,
    counts: because === undefined,
    ...(because === undefined ? {} : { because }),
  };
}

/** Who may write to a repository (GitHub, `author_association`); anybody may approve what is public. */
const writers = new Set(["OWNER", "MEMBER", "COLLABORATOR"]);

function discount(
  review: Review,
  snapshot: Snapshot,
  contributors: readonly Account[],
  last: ReadonlyMap<string, Review>,
): Discount | undefined {
  const { by } = review;
  if (review.state === "DISMISSED") return "dismissed";
  if (by === undefined) return "unknown-account";
  if (last.get(by.id) !== review) return "superseded";
  if (snapshot.merged !== undefined && (review.submitted === "" || review.submitted > snapshot.merged.on)) return "after-merge";
  if (!review.isPerson) return "bot";
  if (contributors.some((one) => one.id === by.id)) return "contributor";
  if (!writers.has(review.association)) return "outsider";
  const reviewed = review.commit === snapshot.head.commit ? snapshot.head.tree : treeOf(review.commit, snapshot);
  return reviewed === snapshot.head.tree ? undefined : "stale";
}

/** A commit that was rebased away is in no snapshot, and what was reviewed there is not known. */
function treeOf(commit: string, snapshot: Snapshot): string | undefined {
  return snapshot.commits.find((one) => one.commit === commit)?.tree;
}

/** The newest run of each check of each app, about each commit. */
function newest(runs: readonly CheckRun[]): readonly CheckRun[] {
  const found = new Map<string, CheckRun>();
  for (const run of runs) {
    const key = JSON.stringify([run.name, run.appId, run.commit]);
    const before = found.get(key);
    if (before === undefined || run.id > before.id) found.set(key, run);
  }
  return [...found.values()];
}

function checkOf({ name, app, appId, commit, conclusion }: CheckRun, head: string): Check {
  return {
    name,
    app,
    appId,
    commit,
    ...(conclusion === undefined ? {} : { conclusion }),
    counts: commit === head && conclusion === "success",
  };
}
