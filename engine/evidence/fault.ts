/** Diagnostics about a place in a document; the door adds the place in the text. */
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { type Code, diagnostic, type Parameters } from "../../language/diagnostics/table.ts";

type Details = Omit<Diagnostic, "code" | "level" | "message" | "location" | "pointer">;

/** A diagnostic at a pointer into the file. */
export function fault<C extends Code>(code: C, parameters: Parameters<C>, pointer: string, details: Details = {}): Diagnostic {
  return diagnostic(code, parameters, undefined, { ...details, pointer });
}

/** One reference token of a JSON pointer (RFC 6901, section 3). */
export function token(key: string): string {
  return key.includes("~") || key.includes("/") ? key.replaceAll("~", "~0").replaceAll("/", "~1") : key;
}

/** The value at a pointer; undefined where there is none. */
export function at(json: unknown, pointer: string): unknown {
  let value = json;
  if (pointer === "") return value;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** A value as people read it in a message: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === "object") return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…${text.endsWith('"') ? '"' : ""}` : text;
}
