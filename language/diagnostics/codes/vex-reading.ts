/** WB1200 to WB1219: how VEX is read in decisions. */

export const vexReadingCodes = {};
