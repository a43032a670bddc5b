/** Collects the diagnostics of one source. */
import type { Diagnostic, Fix } from "../diagnostics/diagnostic.ts";
import { type Code, diagnostic, type Parameters } from "../diagnostics/table.ts";

/** More errors than this help nobody, and a hostile source could ask for millions. */
export const errorLimit = 100;

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Details = Omit<Diagnostic, "code" | "level" | "message" | "location">;

/** Diagnostics of the source at `path`, in the order in which they were found. */
export class Reporter {
  readonly #path: string;
  readonly #diagnostics: Diagnostic[] = [];
  #errors = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get errors(): number {
    return this.#errors;
  }

  report<C extends Code>(code: C, parameters: Parameters<C>, start: number, end: number, details: Details = {}): void {
    if (this.#errors > errorLimit) return;
    const made = diagnostic(code, parameters, { path: this.#path, start, end }, details);
    if (made.level === "error" && ++this.#errors > errorLimit) {
      this.#diagnostics.push(diagnostic("WB0108", { limit: errorLimit }, { path: this.#path, start, end }));
      return;
    }
    this.#diagnostics.push(made);
  }

  fix(title: string, safe: boolean, ...edits: readonly Edit[]): Fix {
    return { title, safe, edits: edits.map((e) => ({ location: { path: this.#path, start: e.start, end: e.end }, text: e.text })) };
  }

  /** By place, so that a reader goes down the file once. */
  sorted(): Diagnostic[] {
    return this.#diagnostics.toSorted((a, b) => (a.location?.start ?? 0) - (b.location?.start ?? 0));
  }
}
