/** Diagnostics as versioned JSON: `docs/schemas/diagnostics.schema.json`. */
import type { Diagnostic, Location } from "../diagnostic.ts";
import { positionOf, type Sources } from "./lines.ts";

interface JsonLocation {
  readonly path: string;
  /** One-based; columns count UTF-16 code units; the end is exclusive. Absent where the text is not at hand. */
  readonly start?: { readonly line: number; readonly column: number; readonly offset: number };
  readonly end?: { readonly line: number; readonly column: number; readonly offset: number };
}

interface JsonDiagnostic {
  readonly code: string;
  readonly level: string;
  readonly message: string;
  readonly location?: JsonLocation;
  readonly label?: string;
  readonly pointer?: string;
  readonly related?: readonly { readonly location: JsonLocation; readonly text: string }[];
  readonly expected?: string;
  readonly found?: string;
  readonly notes?: readonly string[];
  readonly help?: string;
  readonly fix?: {
    readonly title: string;
    readonly safe: boolean;
    readonly edits: readonly { readonly location: JsonLocation; readonly text: string }[];
  };
}

export function jsonLocation(location: Location, sources: Sources): JsonLocation {
  const lines = sources(location.path);
  if (!lines) return { path: location.path };
  return {
    path: location.path,
    start: { ...positionOf(lines, location.start), offset: location.start },
    end: { ...positionOf(lines, location.end), offset: location.end },
  };
}

export function jsonDiagnostic(diagnostic: Diagnostic, sources: Sources): JsonDiagnostic {
  const { location, related, fix, ...rest } = diagnostic;
  return {
    ...rest,
    ...(location ? { location: jsonLocation(location, sources) } : {}),
    ...(related ? { related: related.map((label) => ({ location: jsonLocation(label.location, sources), text: label.text })) } : {}),
    ...(fix
      ? { fix: { ...fix, edits: fix.edits.map((edit) => ({ location: jsonLocation(edit.location, sources), text: edit.text })) } }
      : {}),
  };
}

/** A kind of subject that policies speak about; `null`: at every point at which it exists. */
export interface Judged {
  readonly kind: string;
  readonly points: readonly string[] | null;
}

/** What was checked, beside its diagnostics. */
export interface CheckedScope {
  readonly judges: readonly Judged[];
  /** The greatest number of steps that each clause may need. */
  readonly costs: readonly { readonly policy: string; readonly clause: string | null; readonly steps: number }[];
  /** What must be signed by somebody, where that was asked for; made by who knows what it costs. */
  readonly plan?: readonly object[];
}

/** The document that `check --format json` prints. */
export function renderJson(diagnostics: readonly Diagnostic[], sources: Sources, scope: CheckedScope = { judges: [], costs: [] }): string {
  const count = (level: string): number => diagnostics.filter((d) => d.level === level).length;
  const document = {
    schema: "waybill/diagnostics/1",
    diagnostics: diagnostics.map((one) => jsonDiagnostic(one, sources)),
    summary: { errors: count("error"), warnings: count("warning"), notes: count("note") },
    ...scope,
  };
  return JSON.stringify(document, undefined, 2);
}
