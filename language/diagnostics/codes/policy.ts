/** WB06xx: policies, waivers, tests. */
import { row } from "../row.ts";

export const policyCodes = {};
