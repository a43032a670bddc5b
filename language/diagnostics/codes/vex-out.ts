/** WB1240 to WB1259: VEX documents that are written. */

import { row } from "../row.ts";

export const vexOutCodes = {
  WB1250: row<object>("error", "findings in a finding", () => "a finding has no findings"),
  WB1251: row<object>("error", "path in an expected text", () => "a test expects a text as it comes out"),
  WB1252: row<{ kind: string; loaded: readonly string[] }>(
    "error",
    "no `vex` declaration about the subject",
    (p) =>
      `no \`vex\` declaration says anything of findings in an \`${p.kind}\`; loaded: ${p.loaded.length === 0 ? "none" : p.loaded.join(", ")}`,
  ),
  WB1253: row<{ id: string; component: string; suppressing: string; other: string; status: string }>(
    "warning",
    "`vex` declarations disagree",
    (p) => `\`${p.suppressing}\` and \`${p.other}\` disagree about \`${p.id}\` in \`${p.component}\``,
  ),
  WB1254: row<{ subject: string }>("error", "no findings to decide", (p) => `no evidence says what was found in \`${p.subject}\``),
  WB1255: row<{ subject: string }>(
    "warning",
    "product without version and digest",
    (p) => `nothing says which \`${p.subject}\` it is: no version, no digest`,
  ),
  WB1256: row<{ count: number }>(
    "warning",
    "findings that cannot be named",
    (p) =>
      `${p.count} ${p.count === 1 ? "finding says" : "findings say"} neither which vulnerability nor which component, and nothing is said of ${p.count === 1 ? "it" : "them"}`,
  ),
  WB1257: row<{ format: string; problem: string }>(
    "error",
    "written document is not valid",
    (p) => `the ${p.format} document would not be valid: ${p.problem}`,
  ),
};
