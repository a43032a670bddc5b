/** Lines and columns are computed from offsets when somebody asks, so that lexing does not pay for them. */

export interface LineTable {
  readonly text: string;
  /** The offset at which each line begins, ascending; the first is 0. */
  readonly starts: readonly number[];
}

/** Both 1-based; a column counts code points, so that an emoji in a string is one column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A line ends at LF, CRLF or a lone CR, as editors and the comment token see it. */
export function lineTable(text: string): LineTable {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return { text, starts };
}

/** The position of a UTF-16 offset; offsets outside the text are clamped into it. */
export function position(table: LineTable, offset: number): Position {
  const at = Math.max(0, Math.min(offset, table.text.length));
  let low = 0;
  let high = table.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((table.starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  let column = 1;
  for (let i = table.starts[low] ?? 0; i < at; ) {
    const pair = (table.text.codePointAt(i) ?? 0) > 0xffff;
    i += pair ? 2 : 1;
    if (i <= at) column++;
  }
  return { line: low + 1, column };
}
