/** Where a pass puts what it has to say. One root cause is reported once. */
import type { Diagnostic, Location, Span } from "../diagnostics/diagnostic.ts";
import { type Code, diagnostic, type Parameters } from "../diagnostics/table.ts";

export type Details = Omit<Diagnostic, "code" | "level" | "message" | "location">;

export interface Sink {
  readonly diagnostics: readonly Diagnostic[];
  report<C extends Code>(code: C, parameters: Parameters<C>, location: Location | undefined, details?: Details): void;
  /** As `report`, but only the first with this key. */
  once<C extends Code>(key: string, code: C, parameters: Parameters<C>, location: Location | undefined, details?: Details): void;
}

/** A sink with nothing in it. */
export function newSink(): Sink {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const add = (made: Diagnostic): void => {
    const key = `${made.code} ${made.location?.path} ${made.location?.start} ${made.location?.end} ${made.message}`;
    if (seen.has(key)) return;
    seen.add(key);
    diagnostics.push(made);
  };
  return {
    diagnostics,
    report: (code, parameters, location, details) => add(diagnostic(code, parameters, location, details)),
    once: (key, code, parameters, location, details) => {
      if (seen.has(key)) return;
      seen.add(key);
      add(diagnostic(code, parameters, location, details));
    },
  };
}

/** A sink for what was reported already: the second look at a body says nothing. */
export const silent: Sink = { diagnostics: [], report: () => undefined, once: () => undefined };

/** The place of a node in the text of `path`. */
export function place(path: string, node: { readonly span: Span }): Location {
  return { path, start: node.span.start, end: node.span.end };
}

/** A replacement of one place. */
export function replacement(title: string, safe: boolean, location: Location, text: string): Details {
  return { fix: { title, safe, edits: [{ location, text }] } };
}

/** "did you mean", with the fix that replaces `location`. Empty when there is no near name. */
export function didYouMean(near: string | undefined, location: Location): Details {
  if (near === undefined) return {};
  return { help: `did you mean \`${near}\`?`, ...replacement(`write \`${near}\``, false, location, near) };
}
