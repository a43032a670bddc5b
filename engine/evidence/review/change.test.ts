import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lack } from "../../../language/core/data.ts";
import { mutations } from "../../../test/evidence/mutations.ts";
import {
  ada,
  bo,
  checkRun,
  commit,
  earlier,
  head,
  headTree,
  mergeCommit,
  review,
  type SnapshotJson,
  snapshot,
  user,
} from "../../../test/evidence/pull-request.ts";
import { admitPredicate } from "../attestation.ts";
import { type ChangePredicate, changeStatement } from "./change.ts";
import { readSnapshot } from "./snapshot.ts";

function changeOf(json: unknown): ChangePredicate {
  const read = readSnapshot(json);
  if (read.kind === "refused") throw new Error(read.problem);
  return changeStatement(read.snapshot).predicate;
}

function problem(json: unknown): string {
  const read = readSnapshot(json);
  return read.kind === "refused" ? read.problem : "read";
}

/** The reasons of approvals that do not count, and the logins of those that do. */
function approvals(changes: Partial<SnapshotJson>): readonly string[] {
  return changeOf(snapshot(changes)).approvals.map((one) => one.because ?? one.by?.login ?? "nobody");
}

/** Evidence as policies read it. */
async function evidenceOf(changes: Partial<SnapshotJson>): Promise<Readonly<Record<string, unknown>>> {
  const read = readSnapshot(snapshot(changes));
  if (read.kind === "refused") throw new Error(read.problem);
  const { predicateType, predicate, subject } = changeStatement(read.snapshot);
  const source = { name: "change.json", digest: `sha256:${"0".repeat(64)}`, base: "" };
  const { value, diagnostics } = await admitPredicate({ predicateType, predicate, subjects: subject }, source);
  expect(diagnostics).toEqual([]);
  return (value[0]?.data ?? {}) as Readonly<Record<string, unknown>>;
}

describe("an approval", () => {
  it("counts where somebody who may write and contributed nothing saw what is at the head", async () => {
    expect(approvals({})).toEqual(["bo"]);
    expect(await evidenceOf({})).toMatchObject({
      two_party: true,
      approvers: ["bo"],
      author: "ada",
      same_tree: true,
      required_passed: true,
    });
  });

  it("does not count when it was dismissed, or taken back by the same person", () => {
    expect(approvals({ reviews: [review(bo, { state: "DISMISSED" })] })).toEqual(["dismissed"]);
    const back = review(bo, { id: 101, state: "CHANGES_REQUESTED", submitted_at: "2026-03-01T11:30:00Z" });
    expect(approvals({ reviews: [review(bo), back] })).toEqual(["superseded"]);
    expect(changeOf(snapshot({ reviews: [back, review(bo)] })).changesRequested).toEqual([{ login: "bo", id: "2" }]);
  });

  it("still counts behind a comment, and is counted once where it was given twice", async () => {
    const comment = review(bo, { id: 101, state: "COMMENTED", submitted_at: "2026-03-01T11:30:00Z" });
    expect(approvals({ reviews: [review(bo), comment] })).toEqual(["bo"]);
    const again = review(bo, { id: 101, submitted_at: "2026-03-01T11:30:00Z" });
    expect(approvals({ reviews: [review(bo), again] })).toEqual(["superseded", "bo"]);
    expect((await evidenceOf({ reviews: [review(bo), again] }))["approvers"]).toEqual(["bo"]);
  });

  it("does not count for an older head, unless that had the same tree", () => {
    expect(approvals({ reviews: [review(bo, { commit_id: earlier })] })).toEqual(["stale"]);
    expect(approvals({ reviews: [review(bo, { commit_id: "9".repeat(40) })] })).toEqual(["stale"]);
    const amended = { commits: [commit(earlier, headTree), commit(head, headTree)], reviews: [review(bo, { commit_id: earlier })] };
    expect(approvals(amended)).toEqual(["bo"]);
  });

  it("does not count from the author, from who wrote a commit under another address, or from who committed it", async () => {
    expect(approvals({ reviews: [review(ada)] })).toEqual(["contributor"]);
    const other = { commits: [commit(earlier, "f".repeat(40), bo, "private@bo.example"), commit(head, headTree)] };
    expect(approvals(other)).toEqual(["contributor"]);
    expect(approvals({ commits: [commit(earlier, "f".repeat(40), ada, "ada@acme.example", bo), commit(head, headTree)] })).toEqual([
      "contributor",
    ]);
    expect((await evidenceOf(other))["two_party"]).toBe(false);
  });

  it("does not make two parties where a commit is by an address that no account is known for", async () => {
    const unknown = { commits: [commit(earlier, "f".repeat(40), null, "bo@home.example"), commit(head, headTree)] };
    const { two_party: twoParty } = await evidenceOf(unknown);
    expect(twoParty).toBeInstanceOf(Lack);
    expect((twoParty as Lack).detail).toContain("bo@home.example");
  });

  it("is told by the number of an account, which a login that was freed does not have", () => {
    expect(approvals({ reviews: [review(user("ada", 77))] })).toEqual(["ada"]);
    expect(approvals({ reviews: [review(user("renamed", 1))] })).toEqual(["contributor"]);
  });

  it("does not count from a bot, a stranger, a deleted account, or after the merge", () => {
    expect(approvals({ reviews: [review(user("renovate[bot]", 9, "Bot"))] })).toEqual(["bot"]);
    expect(approvals({ reviews: [review(user("approve[bot]", 9))] })).toEqual(["bot"]);
    for (const association of ["NONE", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", ""])
      expect(approvals({ reviews: [review(bo, { author_association: association })] })).toEqual(["outsider"]);
    expect(approvals({ reviews: [review(null)] })).toEqual(["unknown-account"]);
    expect(approvals({ reviews: [review(bo, { submitted_at: "2026-03-01T12:00:01Z" })] })).toEqual(["after-merge"]);
  });

  it("takes GitHub for nobody where it committed what was written on its pages", async () => {
    const web = commit(head, headTree, ada, "ada@acme.example", user("web-flow", 19864447));
    expect((await evidenceOf({ commits: [commit(earlier, "f".repeat(40)), web] }))["contributors"]).toEqual(["ada"]);
  });
});

describe("a check", () => {
  it("passes by its newest run, for the head and of the app that is required", async () => {
    const passed = async (...runs: readonly object[]) =>
      (await evidenceOf({ check_runs: { total_count: runs.length, check_runs: runs } }))["required_passed"];
    expect(await passed(checkRun("build"))).toBe(true);
    expect(await passed(checkRun("build", { head_sha: earlier }))).toBe(false);
    expect(await passed(checkRun("build"), checkRun("build", { id: 2, conclusion: "failure" }))).toBe(false);
    expect(await passed(checkRun("build", { id: 3 }), checkRun("build", { id: 2, conclusion: "failure" }))).toBe(true);
    expect(await passed(checkRun("build", { conclusion: "neutral" }))).toBe(false);
    expect(await passed(checkRun("build", { conclusion: "skipped" }))).toBe(false);
    expect(await passed(checkRun("build", { status: "in_progress", conclusion: null }))).toBe(false);
    expect(await passed(checkRun("build", { app: { id: 7, slug: "evil" } }))).toBe(false);
    expect(await passed()).toBe(false);
  });

  it("is not told where the snapshot is not whole, or does not say what is required", async () => {
    const cut = await evidenceOf({ check_runs: { total_count: 31, check_runs: [checkRun("lint")] } });
    expect(cut["required_passed"]).toBeInstanceOf(Lack);
    const { required_status_checks: _, ...rest } = snapshot();
    expect(changeOf(rest)).not.toHaveProperty("requiredChecks");
    const commits = await evidenceOf({ commits: [commit(head, headTree)] });
    expect(commits["two_party"]).toBeInstanceOf(Lack);
  });
});

it("tells a merge of something else than what was reviewed", async () => {
  const other = { sha: mergeCommit, commit: { tree: { sha: "7".repeat(40) } } };
  expect((await evidenceOf({ merge_commit: other }))["same_tree"]).toBe(false);
});

it("is about the commit as which the change was merged, or its head while it is open", () => {
  const subject = (json: unknown) => {
    const read = readSnapshot(json);
    return read.kind === "refused" ? read.problem : changeStatement(read.snapshot).subject;
  };
  expect(subject(snapshot())).toEqual([{ name: "git+https://github.com/acme/shop", digest: { gitCommit: mergeCommit } }]);
  const { pull, merge_commit: _, ...rest } = snapshot();
  expect(subject({ ...rest, pull: { ...pull, merged: false, merge_commit_sha: mergeCommit } })).toMatchObject([
    { digest: { gitCommit: head } },
  ]);
});

it.each<[string, unknown]>([
  ["it has no `pull`", {}],
  ["it has no `pull`", []],
  ["does not name a repository", snapshot({ pull: { ...snapshot().pull, base: {} } })],
  ["`pull.user` is nobody", snapshot({ pull: { ...snapshot().pull, user: null } })],
  ["`reviews` is no list", snapshot({ reviews: { message: "Not Found" } })],
  ["`check_runs` is not the answer", snapshot({ check_runs: [] })],
  ["`commits` ends with", snapshot({ commits: [commit(head, headTree), commit(earlier, headTree)] })],
  ["`commits` has not the commits", snapshot({ commits: [] })],
  ["`merge_commit` is not", snapshot({ merge_commit: { sha: head, commit: { tree: { sha: headTree } } } })],
  ["`merge_commit` is not", snapshot({ merge_commit: undefined })],
])("refuses a snapshot: %s", (reason, json) => {
  expect(problem(json)).toContain(reason);
});

it("never throws, and never writes a record that its own schema refuses", async () => {
  await fc.assert(
    fc.asyncProperty(mutations(snapshot()), async (mutated) => {
      const read = readSnapshot(mutated);
      if (read.kind === "refused") return;
      const { predicateType, predicate, subject } = changeStatement(read.snapshot);
      const source = { name: "x", digest: `sha256:${"0".repeat(64)}`, base: "" };
      const { diagnostics } = await admitPredicate({ predicateType, predicate, subjects: subject }, source);
      expect(diagnostics).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

it("gives two parties only where an approver is no contributor, whatever was reviewed by whom", async () => {
  const people = fc.constantFrom(ada, bo, user("eve", 3), user("x[bot]", 4, "Bot"), null);
  const reviews = fc.array(
    fc.record({
      id: fc.nat(),
      user: people,
      state: fc.constantFrom("APPROVED", "DISMISSED", "COMMENTED", "CHANGES_REQUESTED"),
      commit_id: fc.constantFrom(head, earlier),
      submitted_at: fc.constantFrom("2026-03-01T11:00:00Z", "2026-03-01T11:30:00Z", "2026-03-01T13:00:00Z"),
      author_association: fc.constantFrom("MEMBER", "OWNER", "NONE"),
    }),
    { maxLength: 5 },
  );
  const commits = fc
    .tuple(people, people)
    .map(([first, second]) => [commit(earlier, "f".repeat(40), first), commit(head, headTree, second)]);
  await fc.assert(
    fc.asyncProperty(reviews, commits, async (reviewed, written) => {
      const evidence = await evidenceOf({ reviews: reviewed, commits: written });
      if (evidence["two_party"] !== true) return;
      const writers = new Set([1, ...written.flatMap((one) => [one.author, one.committer] as { id: number }[]).map((one) => one?.id)]);
      const good = reviewed.filter(
        (one) =>
          one.user !== null &&
          one.user.type === "User" &&
          !writers.has(one.user.id) &&
          one.state === "APPROVED" &&
          one.commit_id === head &&
          one.submitted_at < "2026-03-01T12" &&
          one.author_association !== "NONE",
      );
      expect(good.length).toBeGreaterThan(0);
      expect(written.every((one) => one.author !== null)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
