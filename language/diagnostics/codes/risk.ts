/** WB1260 to WB1269: tables of risk and deadlines. */

export const riskCodes = {};
