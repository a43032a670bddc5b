/** WB1270 to WB1289: feeds. */
import { row } from "../row.ts";

const counted = (n: number, one: string, many: string): string => (n === 1 ? `one ${one}` : `${n} ${many}`);

export const feedCodes = {
  WB1270: row<{ problem: string; line: number }>(
    "error",
    "table of EPSS scores is not whole",
    (p) => `not a table of EPSS scores: ${p.problem}, on line ${p.line}`,
  ),
  WB1271: row<{ count: number; of: number; what: string }>(
    "warning",
    "EPSS scores that are no probabilities",
    (p) => `${p.count} of ${p.of} EPSS scores ${p.count === 1 ? "is no number" : "are no numbers"} from 0 to 1, the first in ${p.what}`,
  ),
  WB1272: row<{ problem: string }>("error", "feed is not whole", (p) => `the feed is not whole: ${p.problem}`),
  WB1273: row<{ count: number }>(
    "warning",
    "catalogue lists a vulnerability twice",
    (p) => `the catalogue lists ${counted(p.count, "vulnerability", "vulnerabilities")} more than once`,
  ),
  WB1274: row<{ count: number }>(
    "warning",
    "assessment says what Waybill does not know",
    (p) => `${counted(p.count, "answer", "answers")} of CISA's assessment ${p.count === 1 ? "is" : "are"} not understood`,
  ),
  WB1275: row<{ count: number; what: string }>(
    "warning",
    "part of an OSV record is not understood",
    (p) => `${counted(p.count, p.what, `${p.what}s`)} of OSV records ${p.count === 1 ? "was" : "were"} not understood`,
  ),
};
