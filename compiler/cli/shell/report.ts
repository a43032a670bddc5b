/** What people are told on stderr: diagnostics, and bugs. */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { type Sources, sourcesOf } from "../../../language/diagnostics/render/lines.ts";
import { renderText } from "../../../language/diagnostics/render/text.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { exit, type Stop } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

const nothing: Sources = sourcesOf(() => undefined);

/** Prints diagnostics to stderr; with `--quiet` errors only. */
export async function tell(terminal: Terminal, diagnostics: readonly Diagnostic[], sources: Sources = nothing): Promise<void> {
  const shown = terminal.quiet ? diagnostics.filter((one) => one.level === "error") : diagnostics;
  if (shown.length === 0) return;
  const text = renderText(shown, { sources, colour: terminal.colourErr, width: terminal.width });
  await terminal.err(`${text}\n`);
}

/** A line for people that is no diagnostic. */
export async function note(terminal: Terminal, text: string): Promise<void> {
  if (!terminal.quiet) await terminal.err(`${text}\n`);
}

export async function reportStop(stop: Stop, terminal: Terminal): Promise<number> {
  await tell(terminal, stop.diagnostics, stop.sources ?? nothing);
  return stop.code;
}

/** A bug: how to report it, in a few lines that can be pasted. */
export async function reportBug(problem: unknown, version: string, words: readonly string[]): Promise<number> {
  const error = problem instanceof Error ? problem : new Error(String(problem));
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) =>
      line
        .trim()
        .replace(/^at /, "")
        .replace(/\(?(?:file:\/\/)?[^()\s]*\/((?:dist|compiler|engine|language)\/[^()\s]*)\)?/, "$1"),
    );
  const lines = [
    `waybill: internal error: ${visible(`${error.name}: ${error.message}`)}`,
    "",
    "This is a bug in Waybill, not in your policy or evidence. Nothing was allowed.",
    "Please report it (see SECURITY.md if it could let something through) with these lines and, if you can, the input:",
    "",
    `  version  ${version}, node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `  command  waybill ${words.map((word) => visible(word)).join(" ")}`,
    ...frames.map((frame, i) => `  ${i === 0 ? "where  " : "       "}  ${frame}`),
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
  return exit.bug;
}
