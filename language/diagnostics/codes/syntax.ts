/** WB01xx: syntax. */
import { row } from "../row.ts";

export const syntaxCodes = {};
