/** What tests of the syntax share: sources in, short descriptions out. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { lineTable, position } from "./lines.ts";
import { parse } from "./parse.ts";
import type { Declaration, Expr, Module } from "./tree.ts";

export function diagnosticsOf(text: string): readonly Diagnostic[] {
  return parse({ path: "a.scp", text }).diagnostics;
}

/** `2:3 WB0101 message`, one for each diagnostic. */
export function said(text: string): string[] {
  const table = lineTable(text);
  return diagnosticsOf(text).map((d) => {
    const { line, column } = position(table, d.location?.start ?? 0);
    return `${line}:${column} ${d.code} ${d.message}`;
  });
}

/** `text` with the fixes of all its diagnostics. */
export function fixed(text: string): string {
  const edits = diagnosticsOf(text).flatMap((d) => d.fix?.edits ?? []);
  return edits
    .toSorted((a, b) => b.location.start - a.location.start)
    .reduce((now, edit) => now.slice(0, edit.location.start) + edit.text + now.slice(edit.location.end), text);
}

/** The module of a source without mistakes. */
export function moduleOf(text: string): Module {
  const { value, diagnostics } = parse({ path: "a.scp", text });
  if (diagnostics.length > 0) throw new Error(said(text).join("\n"));
  return value;
}

export function declarationOf(text: string): Declaration {
  const [declaration] = moduleOf(text).declarations;
  if (declaration === undefined) throw new Error("no declaration");
  return declaration;
}

export function exprOf(text: string): Expr {
  const declaration = declarationOf(`let x = ${text}`);
  if (declaration.kind !== "let") throw new Error("no let");
  return declaration.value;
}

/** A node without its spans and without what says nothing, for comparison. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "span" && key !== "source")
      .map(([key, inner]) => [key, plain(inner)]),
  );
}
