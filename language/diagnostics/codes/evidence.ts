/** WB09xx: evidence documents. */
import { row } from "../row.ts";

export const evidenceCodes = {};
