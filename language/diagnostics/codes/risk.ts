import { row } from "../row.ts";

/** WB1260 to WB1269: tables of risk and deadlines. */

export const riskCodes = {
  WB1260: row<{ path: string; errors: number }>(
    "error",
    "what is compared does not compile",
    (p) => `nothing was compared: \`${p.path}\` has ${p.errors} ${p.errors === 1 ? "error" : "errors"}`,
  ),
};
