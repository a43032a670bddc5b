/** Lines of a source with marks under them. Used for policies, and by `engine/decide` for evidence. */
import { type Lines, lineText, positionOf } from "./lines.ts";
import type { Style } from "./palette.ts";
import { visible, visibleSource } from "./untrusted.ts";
import { columns } from "./wrap.ts";

/** A span of the source with what is said about it. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly text?: string;
  /** Drawn with `^` in the main style, or with `-`. */
  readonly primary: boolean;
  /** Show every line of the span, up to a dozen, and say the text below them. */
  readonly whole?: boolean;
}

export interface ExcerptStyle {
  readonly primary: Style;
  readonly secondary: Style;
  readonly gutter: Style;
  /** Columns of the terminal. */
  readonly width: number;
}

const tab = "    ";
const mostLines = 12;

/** A line as it is shown, and a place of the source line in columns of what is shown. */
interface ShownLine {
  readonly text: string;
  readonly column: (unit: number) => number;
}

function display(raw: string): string {
  return visibleSource(raw).replaceAll("\t", tab);
}

/** Source lines may be megabytes long (minified JSON): only a window around the first mark is laid out. */
function showLine(raw: string, from: number, room: number): ShownLine {
  const fits = raw.length <= room && columns(display(raw)) <= room;
  if (fits) return { text: display(raw), column: (unit) => columns(display(raw.slice(0, unit))) };
  const begin = Math.max(0, Math.min(from - Math.floor(room / 3), raw.length - room + 2));
  const window = raw.slice(begin, begin + Math.max(8, room - 2));
  const head = begin > 0 ? "…" : "";
  const tail = begin + window.length < raw.length ? "…" : "";
  return {
    text: `${head}${display(window)}${tail}`,
    column: (unit) => columns(head) + columns(display(window.slice(0, Math.max(0, Math.min(unit - begin, window.length))))),
  };
}

/** Number of digits that the gutter needs. */
export function gutterWidth(lines: Lines, marks: readonly Mark[]): number {
  const last = Math.max(1, ...marks.map((mark) => positionOf(lines, mark.whole ? mark.end : mark.start).line));
  return String(last).length;
}

/**
 * The marked lines, each once, in order, with an underline a mark. A mark over several lines is drawn under its first.
 * Every returned line begins with the gutter.
 */
export function excerpt(lines: Lines, marks: readonly Mark[], gutter: number, style: ExcerptStyle): readonly string[] {
  const byLine = new Map<number, Mark[]>();
  for (const mark of marks) {
    const { line } = positionOf(lines, mark.start);
    byLine.set(line, [...(byLine.get(line) ?? []), mark]);
  }
  const bar = style.gutter(`${" ".repeat(gutter)} |`);
  const out: string[] = [bar];
  let previous: number | undefined;
  for (const [line, marked] of [...byLine].sort(([a], [b]) => a - b)) {
    if (previous !== undefined && line > previous + 1) out.push(style.gutter(`${" ".repeat(Math.max(0, gutter - 2))}...`));
    previous = line;
    const raw = lineText(lines, line);
    const start = lines.starts[line - 1] ?? 0;
    const ordered = marked.sort((a, b) => Number(b.primary) - Number(a.primary) || a.start - b.start);
    const shown = showLine(raw, (ordered[0]?.start ?? start) - start, Math.max(20, style.width - gutter - 3));
    out.push(`${style.gutter(`${String(line).padStart(gutter)} |`)} ${shown.text}`.trimEnd());
    const whole = ordered.find((mark) => mark.whole);
    const last = whole ? Math.min(positionOf(lines, Math.max(whole.start, whole.end - 1)).line, line + mostLines - 1) : line;
    if (whole && last > line) {
      for (let next = line + 1; next <= last; next++) {
        out.push(
          `${style.gutter(`${String(next).padStart(gutter)} |`)} ${showLine(lineText(lines, next), 0, Math.max(20, style.width - gutter - 3)).text}`.trimEnd(),
        );
      }
      out.push(
        `${bar} ${" ".repeat(shown.column(whole.start - start))}${(whole.primary ? style.primary : style.secondary)(`${whole.primary ? "^" : "-"} ${visible(whole.text ?? "")}`.trimEnd())}`,
      );
      previous = last;
      continue;
    }
    for (const mark of ordered) {
      const begin = shown.column(mark.start - start);
      const end = shown.column(Math.min(mark.end - start, raw.length));
      const draw = mark.primary ? style.primary : style.secondary;
      const underline = (mark.primary ? "^" : "-").repeat(Math.max(1, end - begin));
      const said = mark.text ? ` ${visible(mark.text)}` : "";
      out.push(`${bar} ${" ".repeat(begin)}${draw(`${underline}${said}`)}`);
    }
  }
  return out;
}
