/** WB1120 to WB1139: identities, and what they are compiled to. */
import { row } from "../row.ts";

export const identityCodes = {
  WB1120: row<{ target: string }>("error", "unknown target", (p) => `there is no target \`${p.target}\``),
  WB1121: row<{ quorum: string; first: string; second: string }>(
    "warning",
    "one signer is two members of a quorum",
    (p) => `one signature counts twice in \`${p.quorum}\`: who is \`${p.first}\` is also \`${p.second}\``,
  ),
};
