/** WB1270 to WB1289: feeds. */

export const feedCodes = {};
