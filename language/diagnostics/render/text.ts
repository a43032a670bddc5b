/** Diagnostics for people at a terminal (docs/style.md, "Diagnostics and verdicts"). */
import type { Diagnostic, Fix, Level, Location } from "../diagnostic.ts";
import { excerpt, gutterWidth, type Mark } from "./excerpt.ts";
import { lineText, positionOf, type Sources } from "./lines.ts";
import { ansi, type Palette, plain, type Style } from "./palette.ts";
import { visible, visibleSource } from "./untrusted.ts";
import { plural, wrap } from "./wrap.ts";

export interface TextOptions {
  readonly sources: Sources;
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
}

function levelStyle(palette: Palette, level: Level): Style {
  return palette[level];
}

/** `path:line:col`, or the path where the text is not at hand. */
export function place(location: Location, sources: Sources): string {
  const lines = sources(location.path);
  if (!lines) return visible(location.path);
  const { line, column } = positionOf(lines, location.start);
  return `${visible(location.path)}:${line}:${column}`;
}

function markOf(location: Location, text: string | undefined, primary: boolean): Mark {
  return { start: location.start, end: location.end, primary, ...(text === undefined ? {} : { text }) };
}

/** The lines that a fix replaces, as `-` and `+`. */
function fixDiff(fix: Fix, options: TextOptions, palette: Palette, gutter: number): readonly string[] {
  const out: string[] = [];
  const byPath = Map.groupBy(fix.edits, (edit) => edit.location.path);
  for (const [path, edits] of byPath) {
    const lines = options.sources(path);
    if (!lines) continue;
    const ordered = [...edits].sort((a, b) => a.location.start - b.location.start);
    const first = positionOf(lines, ordered[0]?.location.start ?? 0).line;
    const last = positionOf(lines, ordered.at(-1)?.location.end ?? 0).line;
    const from = lines.starts[first - 1] ?? 0;
    const to = lines.starts[last] ?? lines.text.length;
    let after = "";
    let at = from;
    for (const edit of ordered) {
      after += lines.text.slice(at, edit.location.start) + edit.text;
      at = edit.location.end;
    }
    after += lines.text.slice(at, to);
    for (let line = first; line <= last; line++) {
      out.push(palette.error(`${String(line).padStart(gutter)} - ${visibleSource(lineText(lines, line))}`));
    }
    for (const [i, text] of after
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .entries()) {
      out.push(palette.good(`${String(first + i).padStart(gutter)} + ${visibleSource(text)}`));
    }
  }
  return out;
}

function renderOne(diagnostic: Diagnostic, options: TextOptions, palette: Palette): string {
  const style = levelStyle(palette, diagnostic.level);
  const out: string[] = [];
  const head = `${style(`${diagnostic.level}[${diagnostic.code}]`)}: ${palette.strong(visible(diagnostic.message))}`;
  out.push(wrap(head, Math.max(options.width, 40), "  "));

  const { location } = diagnostic;
  const lines = location && options.sources(location.path);
  const related = diagnostic.related ?? [];
  const here = related.filter((label) => label.location.path === location?.path);
  const elsewhere = related.filter((label) => label.location.path !== location?.path);
  const marks = location
    ? [markOf(location, diagnostic.label, true), ...here.map((label) => markOf(label.location, label.text, false))]
    : [];
  const gutter = lines ? gutterWidth(lines, marks) : 1;
  const pad = " ".repeat(gutter);
  const excerptStyle = { primary: style, secondary: palette.note, gutter: palette.faint, width: options.width };
  if (location) {
    const pointer =
      diagnostic.pointer === undefined ? "" : ` ${visible(diagnostic.pointer === "" ? "(whole document)" : diagnostic.pointer)}`;
    out.push(`${pad}${palette.faint("-->")} ${place(location, options.sources)}${pointer}`);
    if (lines && lines.text.length > 0) out.push(...excerpt(lines, marks, gutter, excerptStyle));
    else if (diagnostic.label) out.push(`${pad} ${palette.faint("=")} ${visible(diagnostic.label)}`);
  } else if (diagnostic.pointer !== undefined) out.push(`${pad}${palette.faint("-->")} ${visible(diagnostic.pointer)}`);
  for (const label of elsewhere) {
    const other = options.sources(label.location.path);
    out.push(`${pad}${palette.faint("-->")} ${place(label.location, options.sources)}`);
    if (other)
      out.push(
        ...excerpt(
          other,
          [markOf(label.location, label.text, false)],
          gutterWidth(other, [markOf(label.location, undefined, false)]),
          excerptStyle,
        ),
      );
    else out.push(`${pad} ${palette.faint("=")} ${visible(label.text)}`);
  }

  const below: [string, Style, string][] = [];
  if (diagnostic.expected !== undefined) below.push(["expected", palette.strong, diagnostic.expected]);
  if (diagnostic.found !== undefined) below.push(["   found", palette.strong, diagnostic.found]);
  for (const note of diagnostic.notes ?? []) below.push(["note", palette.note, note]);
  if (diagnostic.help !== undefined) below.push(["help", palette.help, diagnostic.help]);
  if (diagnostic.fix)
    below.push(["help", palette.help, `${diagnostic.fix.title}${diagnostic.fix.safe ? "" : " (look before you take it)"}`]);
  if (below.length > 0 && lines) out.push(palette.faint(`${pad} |`));
  for (const [name, draw, text] of below) {
    const indent = " ".repeat(gutter + name.length + 5);
    out.push(
      `${pad} ${palette.faint("=")} ${draw(`${name}:`)} ${wrap(visibleParagraphs(text), Math.max(30, options.width - indent.length), indent)}`,
    );
  }
  if (diagnostic.fix) out.push(...fixDiff(diagnostic.fix, options, palette, gutter));
  return out.join("\n");
}

/** Help may hold several lines of code to paste. */
function visibleParagraphs(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/** `2 errors and 1 warning`; empty when there is nothing. */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const count = (level: Level): number => diagnostics.filter((d) => d.level === level).length;
  const parts = (["error", "warning", "note"] as const).filter((level) => count(level) > 0).map((level) => plural(count(level), level));
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : (parts[0] ?? "");
}

/** Every diagnostic, separated by blank lines; empty for none. No line feed at the end. */
export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions): string {
  const palette = options.colour ? ansi : plain;
  return diagnostics.map((one) => renderOne(one, options, palette)).join("\n\n");
}
