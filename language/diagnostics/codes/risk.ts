import { row } from "../row.ts";

/** WB1260 to WB1269: tables of risk and deadlines. */

export const riskCodes = {
  WB1260: row<{ path: string; errors: number }>(
    "error",
    "what is compared does not compile",
    (p) => `nothing was compared: \`${p.path}\` has ${p.errors} ${p.errors === 1 ? "error" : "errors"}`,
  ),
  WB1261: row<{ count: number; vector: string }>("warning", "CVSS vectors that cannot be read", (p) =>
    p.count === 1
      ? `\`${p.vector}\` is no CVSS vector, and gives no score`
      : `${p.count} CVSS vectors cannot be read, and give no score: the first is \`${p.vector}\``,
  ),
};
