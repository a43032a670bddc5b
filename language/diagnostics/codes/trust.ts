/** WB1100 to WB1119: trusted roots, keys and bundles. */
import { row } from "../row.ts";

export const trustCodes = {
  WB1100: row<{ name: string; problem: string }>(
    "error",
    "trusted root is malformed",
    (p) => `\`${p.name}\` is not a trusted root: ${p.problem}`,
  ),
  WB1105: row<{ name: string; problem: string }>(
    "error",
    "not a public key",
    (p) => `\`${p.name}\` is not a usable public key: ${p.problem}`,
  ),
};
