/** Files of feeds that are not one JSON document each: told by how they begin, so that nothing is loaded for what is none. */

/** Whether a file begins as the table does: with its comment, its header, or (without either) a line of it. */
export function isEpssTable(head: string): boolean {
  return /^\uFEFF?(?:#\s*model_version:|cve,epss|CVE-\d{4}-\d+,)/.test(head);
}

const [quote, backslash, open, close, bracket, closing, commaByte] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c];

/** Whether a text begins with the first message, and more follow. */
export function isMessages(head: string): boolean {
  return /^\uFEFF?\s*\{\s*"config"\s*:\s*\{\s*"protocol_version"/.test(head);
}

/** Objects one behind another as one list: between two of them, whitespace becomes a comma. Anything else is left for the reader to refuse. */
export function listOfMessages(bytes: Uint8Array): Uint8Array {
  const list = new Uint8Array(bytes.length + 2);
  list[0] = bracket;
  list.set(bytes, 1);
  list[bytes.length + 1] = closing;
  let depth = 0;
  let inText = false;
  let ended = -1;
  for (let i = 1; i <= bytes.length; i += 1) {
    const byte = list[i];
    if (inText) {
      if (byte === backslash) i += 1;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === open || byte === bracket) {
      if (depth === 0 && ended >= 0 && ended + 1 < i) list[ended + 1] = commaByte;
      depth += 1;
    } else if (byte === close || byte === closing) {
      depth -= 1;
      if (depth === 0) ended = i;
    }
  }
  return list;
}
