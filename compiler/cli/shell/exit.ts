import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import type { Sources } from "../../../language/diagnostics/render/lines.ts";

/** Exit codes that callers may rely on. */
export const exit = {
  /** Done; for decisions: allow, warnings included. */
  done: 0,
  /** The answer is no. */
  no: 1,
  /** Used wrongly. */
  usage: 2,
  /** No verdict. */
  noVerdict: 3,
  /** A bug in Waybill. */
  bug: 70,
} as const;

/** Stops a verb with diagnostics for people; the only exception of the shell. */
export class Stop extends Error {
  readonly code: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Texts that the diagnostics point into. */
  readonly sources: Sources | undefined;
  constructor(code: number, diagnostics: readonly Diagnostic[], sources?: Sources) {
    super(diagnostics.map((one) => one.message).join("; "));
    this.code = code;
    this.diagnostics = diagnostics;
    this.sources = sources;
  }
}
