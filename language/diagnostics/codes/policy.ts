/** WB06xx: policies, waivers, tests. */
import { row } from "../row.ts";

export const policyCodes = {
  WB0601: row<{ label: string }>("error", "label used twice", (p) => `two clauses are labelled \`${p.label}\``),
  WB0602: row<{ kind: string }>(
    "error",
    "quarantine of what cannot be held back",
    (p) => `\`quarantine\` is for packages, not for \`${p.kind}\``,
  ),
  WB0603: row<object>("error", "violation that allows", () => "`else allow` would make the clause say nothing"),
  WB0604: row<{ effect: string }>("error", "softening without a reason", (p) => `\`${p.effect}\` for what is not known needs a reason`),
  WB0605: row<{ field: string; points: readonly string[] }>(
    "error",
    "header reads what a point does not have",
    (p) => `\`${p.field}\` does not exist at ${p.points.map((point) => `\`${point}\``).join(", ")}`,
  ),
  WB0606: row<{ cause: string }>("error", "cause named twice", (p) => `the clause says twice what happens on \`${p.cause}\``),
  WB0607: row<{ kind: string; point: string }>(
    "error",
    "subject does not exist at the point",
    (p) => `there is no \`${p.kind}\` at \`${p.point}\``,
  ),
  WB0608: row<{ name: string }>("error", "clause without its policy", (p) => `\`${p.name}\` does not say which policy's clause it means`),
  WB0609: row<{ policy: string; label: string }>("error", "unknown clause", (p) => `policy \`${p.policy}\` has no clause \`${p.label}\``),
  WB0610: row<{ what: string; name: string }>(
    "error",
    "waiver of what the clause does not know",
    (p) => `the clause is about \`${p.name}\`, which has no ${p.what}`,
  ),
  WB0611: row<{ name: string }>("error", "message names a member that is not to blame", (p) => `the message cannot name \`${p.name}\``),
  WB0612: row<object>("error", "review interval is empty", () => "a review interval must be longer than nothing"),
  WB0613: row<{ what: string }>("error", "empty text", (p) => `the ${p.what} is empty`),
  WB0614: row<{ name: string }>("error", "VEX about what is not a finding", (p) => `\`vex\` decides findings, not \`${p.name}\``),
  WB0615: row<object>("error", "row after one that is always true", () => "a row above is always true"),
  WB0616: row<{ name: string }>("error", "unknown justification", (p) => `\`${p.name}\` is not a VEX justification`),
  WB0617: row<{ kind: string }>(
    "error",
    "runtime rules for what does not run",
    (p) => `\`runtime\` is for workloads, not for \`${p.kind}\``,
  ),
  WB0618: row<object>("error", "runtime rule without an action", () => "the rule says no action, and there is no default"),
  WB0619: row<{ dimension: string }>("error", "ports where there are none", (p) => `\`${p.dimension}\` knows no ports`),
  WB0620: row<{ from: string; to: string }>("error", "ports out of range", (p) => `\`${p.from}..${p.to}\` is not a range of ports`),
  WB0621: row<object>("error", "not a trust declaration", () => "a trust declaration is expected here"),
  WB0622: row<{ first: string; second: string }>(
    "error",
    "test about two subjects",
    (p) => `the test is about \`${p.first}\` and about \`${p.second}\``,
  ),
  WB0623: row<object>("error", "not an enforcement point", () => "an enforcement point is expected here"),
  WB0624: row<{ name: string }>("error", "`with` sets nothing", (p) => `there is no \`${p.name}\` to set`),
  WB0625: row<{ title: string }>("error", "test without an expectation", (p) => `test \`${p.title}\` expects nothing`),
  WB0626: row<{ name: string }>("error", "`given` of what is not evidence", (p) => `\`${p.name}\` is neither a subject nor evidence`),
  WB0627: row<{ name: string }>("error", "value for a whole subject", (p) => `\`${p.name}\` is a record`),
  WB0628: row<{ dimension: string }>("error", "text where a name is expected", (p) => `\`${p.dimension}\` takes names`),
  WB0690: row<{ what: string; when: string }>("note", "checked, not yet compiled", (p) => `${p.what} is checked; ${p.when}`),
  WB0691: row<{ name: string }>("error", "runtime profile asked outside `vex`", (p) => `\`${p.name}.denies(…)\` decides only in \`vex\``),
};
