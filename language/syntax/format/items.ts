/** Lists of items, one on a line: their comments, empty lines, and the columns of neighbours that belong together. */
import { blank, type Doc, flatWidth, hard, indent, pageWidth } from "./doc.ts";
import type { Leads, TokenSource } from "./source.ts";

/**
 * One item. Its columns are aligned with those of its neighbours of the same `kind`, as long as no empty line parts them
 * and each stands on one line; otherwise one blank is between them and `whole` may break as it likes.
 */
export interface Item {
  readonly leads: Leads;
  /** Items of other kinds are not aligned with each other. Absent: never aligned. */
  readonly kind?: string;
  readonly columns: readonly Doc[];
  /** The item where it is not aligned; by default the columns with blanks between. */
  readonly whole?: Doc;
  /** An empty line above it is always printed. */
  readonly apart?: boolean;
}

function spaced(columns: readonly Doc[]): Doc {
  return columns.flatMap((column, i) => (i === 0 ? [column] : [" ", column]));
}

function fitsOnLine(item: Item, indentation: number): boolean {
  return indentation + flatWidth(spaced(item.columns)) <= pageWidth;
}

/** The items below each other. `indentation` is where they begin, as far as that is known. */
export function itemLines(items: readonly Item[], indentation: number): Doc {
  const docs: Doc[] = [];
  for (let i = 0; i < items.length; ) {
    const run = runFrom(items, i, indentation);
    const padded = run.length > 1 ? aligned(run) : run.map((item) => item.whole ?? spaced(item.columns));
    run.forEach((item, j) => {
      docs.push(...above(item, i + j === 0), padded[j] ?? "");
    });
    i += run.length;
  }
  return docs;
}

/** The items from `start` that are aligned with each other; at least one. */
function runFrom(items: readonly Item[], start: number, indentation: number): readonly Item[] {
  const first = items[start] as Item;
  const run = [first];
  if (first.kind === undefined || !fitsOnLine(first, indentation)) return run;
  for (let i = start + 1; i < items.length; i++) {
    const item = items[i] as Item;
    const parted = item.leads.blank || item.leads.comments.some((c) => c.blank) || item.apart === true;
    if (item.kind !== first.kind || parted || !fitsOnLine(item, indentation)) break;
    run.push(item);
  }
  return run;
}

/** Each item with its columns padded to the widest of the run. The last column of an item is not padded. */
function aligned(run: readonly Item[]): Doc[] {
  const widths: number[] = [];
  for (const { columns } of run) {
    columns.slice(0, -1).forEach((column, i) => {
      widths[i] = Math.max(widths[i] ?? 0, flatWidth(column));
    });
  }
  return run.map(({ columns }) =>
    columns.map((column, i): Doc => (i === columns.length - 1 ? column : [column, " ".repeat((widths[i] ?? 0) - flatWidth(column) + 1)])),
  );
}

/** Line breaks, empty lines and comments above an item. */
function above(item: Item, first: boolean): Doc[] {
  const docs: Doc[] = [];
  let begun = first;
  const begin = (empty: boolean): void => {
    docs.push(begun ? "" : empty ? blank : hard);
    begun = false;
  };
  const { comments, blank: directly } = item.leads;
  comments.forEach((comment, i) => {
    begin(comment.blank || (i === 0 && item.apart === true));
    docs.push({ kind: "own", text: comment.text });
  });
  begin(directly || (comments.length === 0 && item.apart === true));
  return docs;
}

/** The comments in front of a closing brace or of the end of the file, as the last lines of a block. */
export function dangling(source: TokenSource, first: boolean): Doc[] {
  const docs: Doc[] = [];
  source.leads().comments.forEach((comment, i) => {
    docs.push(first && i === 0 ? "" : comment.blank ? blank : hard, { kind: "own", text: comment.text });
  });
  return docs;
}

/** A block in braces, the items of which `collect` takes one after the other up to the closing brace. */
export function block(source: TokenSource, depth: number, collect: (depth: number) => readonly Item[]): Doc {
  const open = source.take();
  const items = collect(depth + 2);
  const tail = dangling(source, items.length === 0);
  const close = source.take();
  if (items.length === 0 && tail.length === 0) return [open, close];
  return [open, indent(2, [hard, itemLines(items, depth + 2), tail]), hard, close];
}
