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
  WB1276: row<{ name: string; problem: string }>(
    "error",
    "archive cannot be unpacked",
    (p) => `\`${p.name}\` cannot be unpacked: ${p.problem}`,
  ),
  WB1277: row<{ feed: string; at: string; reason: string }>(
    "warning",
    "feed could not be looked at",
    (p) => `feed \`${p.feed}\` could not be looked at: \`${p.at}\` ${p.reason}`,
  ),
  WB1278: row<{ at: string; reason: string }>("error", "feed could not be fetched", (p) => `\`${p.at}\` could not be fetched: ${p.reason}`),
  WB1279: row<{ at: string; problem: string }>(
    "error",
    "what was fetched is not the feed",
    (p) => `what \`${p.at}\` sent is refused: ${p.problem}`,
  ),
  WB1280: row<{ feed: string; at: string; found: string }>(
    "error",
    "feed is of another kind",
    (p) => `\`${p.at}\` is given as feed \`${p.feed}\`, and is ${p.found}`,
  ),
};
