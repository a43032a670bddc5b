/** WB1240 to WB1259: VEX documents that are written. */

import { row } from "../row.ts";

export const vexOutCodes = {
  WB1240: row<{ name: string; problem: string }>("error", "not one VEX document", (p) => `\`${p.name}\` ${p.problem}`),
  WB1241: row<{ what: string; format: string; why: string }>(
    "warning",
    "format cannot say something",
    (p) => `${p.format} does not say ${p.what}: ${p.why}`,
  ),
  WB1242: row<{ losses: number; format: string }>(
    "error",
    "nothing may be lost",
    (p) => `${p.losses} ${p.losses === 1 ? "thing is" : "things are"} lost in ${p.format}, and \`--strict\` allows none`,
  ),
  WB1243: row<{ format: string }>("error", "no statement is left", (p) => `there is no statement that ${p.format} can say`),
  WB1244: row<{ option: string; format: string; problem: string }>(
    "error",
    "something is missing for the format",
    (p) => `${p.format} ${p.problem}`,
  ),
  WB1245: row<{ count: number; name: string }>(
    "warning",
    "statements that were not understood",
    (p) => `${p.count} ${p.count === 1 ? "statement" : "statements"} of \`${p.name}\` ${p.count === 1 ? "was" : "were"} not understood`,
  ),
  WB1246: row<{ vulnerability: string; product: string; statuses: readonly string[] }>(
    "warning",
    "statements contradict each other",
    (p) => `statements of one time contradict each other about \`${p.vulnerability}\` in \`${p.product}\`: ${p.statuses.join(", ")}`,
  ),
  WB1247: row<{ name: string; version: string; newer: string }>(
    "note",
    "an older version of a document",
    (p) => `\`${p.name}\` is version ${p.version} of a document whose version ${p.newer} is given too: it is left out`,
  ),
  WB1248: row<{ author: string; statements: number; format: string }>(
    "warning",
    "author of merged statements",
    (p) =>
      `${p.format} has one author: that ${p.statements} ${p.statements === 1 ? "statement is" : "statements are"} of \`${p.author}\` is lost`,
  ),
  WB1249: row<{ contradictions: number }>(
    "error",
    "nothing may contradict",
    (p) =>
      `${p.contradictions} ${p.contradictions === 1 ? "contradiction is" : "contradictions are"} among the statements, and nothing was written`,
  ),
  WB1250: row<object>("error", "findings in a finding", () => "a finding has no findings"),
  WB1251: row<object>("error", "path in an expected text", () => "a test expects a text as it comes out"),
  WB1252: row<{ kind: string; loaded: readonly string[] }>(
    "error",
    "no `vex` declaration about the subject",
    (p) =>
      `no \`vex\` declaration says anything of findings in an \`${p.kind}\`; loaded: ${p.loaded.length === 0 ? "none" : p.loaded.join(", ")}`,
  ),
  WB1253: row<{ id: string; component: string; suppressing: string; other: string }>(
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
  WB1256: row<{ count: number }>("warning", "findings that cannot be named", (p) =>
    p.count === 1
      ? "a finding does not say which vulnerability is in which component, and nothing is said of it"
      : `${p.count} findings do not say which vulnerability is in which component, and nothing is said of them`,
  ),
  WB1257: row<{ format: string; faults: number }>(
    "error",
    "merged document not valid",
    (p) => `what was merged is not valid ${p.format}: ${p.faults} ${p.faults === 1 ? "error" : "errors"}, and nothing was written`,
  ),
  WB1258: row<{ count: number; name: string }>(
    "warning",
    "products of an attested document",
    (p) =>
      `${p.count} ${p.count === 1 ? "product" : "products"} of \`${p.name}\` ${p.count === 1 ? "is" : "are"} left out: what is said of ${p.count === 1 ? "it" : "them"} holds in what the attestation is about, which could not be said`,
  ),
  WB1259: row<{ name: string; version: string; other: string }>(
    "warning",
    "version without an order",
    (p) =>
      `\`${p.name}\` is version ${p.version} of a document, and whether the other version ${p.other} is a later one cannot be told: what suppresses in it is left out`,
  ),
};
