/** WB10xx: the command line. */
import { row } from "../row.ts";

export const cliCodes = {};
