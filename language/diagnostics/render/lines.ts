/** Lines and columns of offsets in a text. */

/** One-based; `column` counts UTF-16 code units, as editors and SARIF (`utf16CodeUnits`) do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text of a source with the offsets at which its lines begin. */
export interface Lines {
  readonly text: string;
  readonly starts: readonly number[];
}

/** Lines end at LF, CRLF or a lone CR. */
export function linesOf(text: string): Lines {
  const starts = [0];
  // Both ends are looked for by the engine's own search: a JSON document of megabytes is often one line.
  let feed = text.indexOf("\n");
  let back = text.indexOf("\r");
  while (feed >= 0 || back >= 0) {
    if (back < 0 || (feed >= 0 && feed < back)) {
      starts.push(feed + 1);
      feed = text.indexOf("\n", feed + 1);
    } else {
      if (feed !== back + 1) starts.push(back + 1);
      back = text.indexOf("\r", back + 1);
    }
  }
  return { text, starts };
}

/** An offset past the end is at the end. */
export function positionOf(lines: Lines, offset: number): Position {
  const at = Math.max(0, Math.min(offset, lines.text.length));
  let low = 0;
  let high = lines.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines.starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: at - (lines.starts[low] ?? 0) + 1 };
}

/** The text of a one-based line, without its end. */
export function lineText(lines: Lines, line: number): string {
  const start = lines.starts[line - 1];
  if (start === undefined) return "";
  return lines.text.slice(start, lines.starts[line] ?? lines.text.length).replace(/\r?\n$|\r$/, "");
}

/** Looks a text up by its path and remembers its lines; undefined where nobody has the text. */
export type Sources = (path: string) => Lines | undefined;

/** `Sources` over texts by path. */
export function sourcesOf(read: (path: string) => string | undefined): Sources {
  const known = new Map<string, Lines | undefined>();
  return (path) => {
    if (!known.has(path)) {
      const text = read(path);
      known.set(path, text === undefined ? undefined : linesOf(text));
    }
    return known.get(path);
  };
}
