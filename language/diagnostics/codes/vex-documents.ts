/** WB1220 to WB1239: VEX documents as evidence. */

export const vexDocumentCodes = {};
