/** Diagnostics as GitHub workflow commands, which become annotations. */
import type { Diagnostic, Level, Location } from "../diagnostic.ts";
import { positionOf, type Sources } from "./lines.ts";
import { githubData, githubProperty } from "./untrusted.ts";

const commands: Readonly<Record<Level, "error" | "warning" | "notice">> = { error: "error", warning: "warning", note: "notice" };

/** One command; all text is escaped. Columns are given for a span on one line only, as GitHub wants them. */
export function githubCommand(
  command: "error" | "warning" | "notice",
  title: string,
  message: string,
  location: Location | undefined,
  sources: Sources,
): string {
  const properties: string[] = [];
  if (location) {
    properties.push(`file=${githubProperty(location.path)}`);
    const lines = sources(location.path);
    if (lines) {
      const start = positionOf(lines, location.start);
      const end = positionOf(lines, Math.max(location.start, location.end));
      properties.push(`line=${start.line}`, `endLine=${end.line}`);
      if (start.line === end.line) properties.push(`col=${start.column}`, `endColumn=${Math.max(start.column, end.column)}`);
    }
  }
  properties.push(`title=${githubProperty(title)}`);
  return `::${command} ${properties.join(",")}::${githubData(message)}`;
}

/** One line a diagnostic; empty for none. */
export function renderGithub(diagnostics: readonly Diagnostic[], sources: Sources): string {
  return diagnostics
    .map((one) => {
      const message = [one.message, ...(one.label ? [one.label] : []), ...(one.help ? [`help: ${one.help}`] : [])].join("\n");
      return githubCommand(commands[one.level], one.code, message, one.location, sources);
    })
    .join("\n");
}
