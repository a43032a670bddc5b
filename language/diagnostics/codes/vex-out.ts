/** WB1240 to WB1259: VEX documents that are written. */

export const vexOutCodes = {};
