/** WB1100 to WB1119: trusted roots, keys and bundles. */
import { row } from "../row.ts";

export const trustCodes = {
  WB1100: row<{ name: string; problem: string }>(
    "error",
    "trusted root is malformed",
    (p) => `\`${p.name}\` is not a trusted root: ${p.problem}`,
  ),
  WB1101: row<{ name: string; days: number }>(
    "warning",
    "trusted root is old",
    (p) => `nothing in \`${p.name}\` is newer than ${p.days} days`,
  ),
  WB1102: row<{ problem: string }>("error", "what a bundle must be about is not clear", (p) => p.problem),
  WB1103: row<{ problem: string }>("error", "who must have signed is not clear", (p) => p.problem),
  WB1104: row<{ digest: string; problem: string }>("error", "not a digest", (p) => `\`${p.digest}\` is not a digest: ${p.problem}`),
  WB1105: row<{ name: string; problem: string }>(
    "error",
    "not a public key",
    (p) => `\`${p.name}\` is not a usable public key: ${p.problem}`,
  ),
  WB1106: row<{ mirror: string; problem: string }>(
    "error",
    "TUF repository is not vouched for",
    (p) => `the TUF root does not vouch for \`${p.mirror}\`: ${p.problem}`,
  ),
  WB1107: row<{ mirror: string; problem: string }>(
    "error",
    "TUF repository does not answer",
    (p) => `\`${p.mirror}\` does not answer: ${p.problem}`,
  ),
};
