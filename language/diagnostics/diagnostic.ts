/** What a pass has to say about a source or a document: data only; renderers are beside this file. */

/** A half-open range of UTF-16 offsets in one source. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a named text. `path` is as the user gave it, or a `std:` path for the standard library. */
export interface Location extends Span {
  readonly path: string;
}

export type Level = "error" | "warning" | "note";

/** A second place that explains the first. */
export interface Label {
  readonly location: Location;
  readonly text: string;
}

/** A replacement of text. `safe` fixes keep the meaning or are the only reading; others need a look. */
export interface Fix {
  readonly title: string;
  readonly safe: boolean;
  readonly edits: readonly { readonly location: Location; readonly text: string }[];
}

/**
 * One diagnostic. `message` stands alone: lower case, no full stop, user text in backticks (docs/style.md).
 * `location` is absent only where there is no text to point at (a missing file, a whole document);
 * `pointer` is a JSON pointer into the document `location.path` names.
 */
export interface Diagnostic {
  readonly code: string;
  readonly level: Level;
  readonly message: string;
  readonly location?: Location;
  /** What is wrong at `location`, said under the squiggle. */
  readonly label?: string;
  readonly pointer?: string;
  readonly related?: readonly Label[];
  readonly expected?: string;
  readonly found?: string;
  readonly notes?: readonly string[];
  readonly help?: string;
  readonly fix?: Fix;
}

/** What every pass returns. A pass never throws on bad input; `value` may be partial where there are errors. */
export interface Result<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.level === "error");
}
