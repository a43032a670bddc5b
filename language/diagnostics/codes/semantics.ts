/** WB02xx to WB05xx, WB07xx, WB08xx: names, types, trust, tables, lints, cost. */
import { row } from "../row.ts";

export const semanticCodes = {};
