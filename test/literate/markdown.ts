/** Fenced blocks of a Markdown file, with where they stand. */

export interface Fence {
  /** Path of the Markdown file, relative to the root. */
  readonly path: string;
  /** Line of the opening fence, from 1; line n of the text stands on `line + n`. */
  readonly line: number;
  /** What the block is: `scp`, `json`, `console` … */
  readonly language: string;
  /** The words behind it: `error`, `in policy for workload`. */
  readonly words: string;
  readonly text: string;
  /** The file that the line before the block names: `` `bom.cdx.json`: ``. */
  readonly file?: string;
  /** The nearest heading above. */
  readonly heading: string;
}

/** The blocks of a Markdown text, in order. Fences inside longer fences are text. */
export function fences(path: string, markdown: string): readonly Fence[] {
  const found: Fence[] = [];
  const lines = markdown.split("\n");
  let heading = "";
  let named: string | undefined;
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? "";
    const open = /^(`{3,})([A-Za-z]*) *(.*)$/.exec(line);
    if (open === null) {
      heading = /^#{1,6} +(.*)$/.exec(line)?.[1] ?? heading;
      if (line.trim() !== "") named = /`([\w./-]+)`:$/.exec(line.trim())?.[1];
      continue;
    }
    const start = i;
    const body: string[] = [];
    for (i += 1; i < lines.length && lines[i] !== open[1]; i += 1) body.push(lines[i] ?? "");
    found.push({
      path,
      line: start + 1,
      language: open[2] ?? "",
      words: (open[3] ?? "").trim(),
      text: `${body.join("\n")}\n`,
      heading,
      ...(named === undefined ? {} : { file: named }),
    });
    named = undefined;
  }
  return found;
}
