/** WB1160 to WB1179: commits, reviews, and what is attested of them. */
import { row } from "../row.ts";

export const sourceCodes = {
  WB1160: row<{ revision: string; folder: string; problem: string }>(
    "error",
    "commit cannot be read",
    (p) => `\`${p.revision}\` of \`${p.folder}\` cannot be read: ${p.problem}`,
  ),
  WB1161: row<{ path: string; line: number; problem: string }>(
    "error",
    "file of allowed signers cannot be read",
    (p) => `line ${p.line} of \`${p.path}\` names no allowed signer: ${p.problem}`,
  ),
  WB1162: row<{ problem: string }>("error", "who must have signed a commit is not clear", (p) => p.problem),
  WB1163: row<{ path: string; problem: string }>("error", "not a key that signs", (p) => `\`${p.path}\` cannot sign: ${p.problem}`),
  WB1164: row<{ path: string; problem: string }>(
    "error",
    "snapshot of a pull request cannot be read",
    (p) => `\`${p.path}\` is no snapshot of a pull request: ${p.problem}`,
  ),
};
