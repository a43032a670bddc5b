/** The record of a change (`change.ts`) as `waybill.review.Change`. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { predicateAdapter } from "../intoto/predicate.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";

export const change: Adapter = predicateAdapter({
  format: "waybill-change",
  title: "a change record v1",
  schema: "waybill-change-1",
  type: "waybill.review.Change",
  fields: {
    repository: "/repository/uri",
    repository_id: "/repository/id",
    base: "/base/ref",
    commit: "/merged/commit",
    reviewed_tree: "/head/tree",
    merged_tree: "/merged/tree",
    merged_on: "/merged/on",
    same_tree: "/merged/tree",
    author: "/author/login",
    approvers: "/approvals",
    two_party: "/approvals",
    changes_requested: "/changesRequested",
    required_passed: "/requiredChecks",
  },
  read: ({ predicate, document, base }) => {
    const head = object(predicate["head"]);
    const merged = object(predicate["merged"]);
    const approvers = objects(predicate["approvals"]).flatMap((one) =>
      one["counts"] === true ? [text(object(one["by"])?.["login"]) ?? ""] : [],
    );
    return {
      repository: text(object(predicate["repository"])?.["uri"]),
      repository_id: text(object(predicate["repository"])?.["id"]),
      number: typeof predicate["number"] === "number" ? predicate["number"] : undefined,
      base: text(object(predicate["base"])?.["ref"]),
      commit: text(merged?.["commit"]) ?? text(head?.["commit"]),
      reviewed_tree: text(head?.["tree"]),
      merged_tree: text(merged?.["tree"]),
      merged_on: text(merged?.["on"]),
      same_tree: merged === undefined ? undefined : merged["tree"] === head?.["tree"],
      author: text(object(predicate["author"])?.["login"]),
      contributors: objects(predicate["contributors"]).map((one) => text(one["login"]) ?? ""),
      approvers: [...new Set(approvers)],
      two_party: twoParty(approvers, predicate),
      changes_requested: objects(predicate["changesRequested"]).length > 0,
      checks: objects(predicate["checks"]).map((check, index) => checkOf(check, document, `${base}/checks/${index}`)),
      required_passed: requiredPassed(predicate),
    };
  },
  counts: (data) => ({ approvers: Array.isArray(data["approvers"]) ? data["approvers"].length : 0 }),
});

/** An approver who contributed does not count; one who may have, by an address that is nobody's, cannot be told. */
function twoParty(approvers: readonly string[], predicate: Json): DataValue {
  if (approvers.length === 0) return false;
  const unknown = texts(predicate["unknownContributors"]);
  if (unknown.length > 0) return new Lack("missing", `whose address \`${unknown[0]}\` is, nobody says: it may be an approver's`);
  const [gap] = texts(predicate["incomplete"]).filter((one) => one.startsWith("`commits`"));
  return gap === undefined ? true : new Lack("missing", `not every commit is known: ${gap}`);
}

function checkOf(check: Json, document: DocumentRef, pointer: string): DataRecord {
  return {
    name: text(check["name"]),
    app: text(check["app"]),
    commit: text(check["commit"]),
    conclusion: text(check["conclusion"]),
    passed: check["counts"] === true,
    [origin]: { document, pointer, fields: { passed: "/counts" } },
  };
}

/** Every required check passed for the head; which are required is known only where the snapshot said so. */
function requiredPassed(predicate: Json): DataValue {
  if (!Array.isArray(predicate["requiredChecks"])) return new Lack("missing", "the snapshot does not say which checks the branch requires");
  const checks = objects(predicate["checks"]).filter((check) => check["counts"] === true);
  const failed = objects(predicate["requiredChecks"]).filter(
    (required) =>
      !checks.some(
        (check) => check["name"] === required["name"] && (required["appId"] === undefined || check["appId"] === required["appId"]),
      ),
  );
  if (failed.length === 0) return true;
  const [gap] = texts(predicate["incomplete"]).filter((one) => one.startsWith("`check_runs`"));
  return gap === undefined ? false : new Lack("missing", `not every check is known: ${gap}`);
}
