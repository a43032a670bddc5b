/** Bytes of a JSON document to a value that means the same to every reader, or the reason why not. */
import type { Diagnostic, Result, Span } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { decode, defaultLimits, type Limits, lineColumn, markLength, textOffset, whole } from "../text.ts";
import { guard, type Problem } from "./guard.ts";
import { isHarmless } from "./harmless.ts";
import { pointerAt, syntaxFault } from "./walk.ts";

/** A document and its text (without byte-order mark), which `locate` finds pointers in. */
export interface JsonDocument {
  readonly json: unknown;
  readonly text: string;
}

/** Reads strictly: limits, UTF-8, no key twice, no number that would be rounded, no half surrogates. Never throws. */
export function readJson(bytes: Uint8Array, name: string, limits: Limits = defaultLimits): Result<JsonDocument | undefined> {
  const text = decode(bytes, name, limits);
  if (typeof text !== "string") return { value: undefined, diagnostics: [text] };
  const start = markLength(bytes);
  const problem = isHarmless(bytes, start, limits.depth) ? undefined : guard(bytes, start, limits.depth);
  if (problem?.kind === "depth")
    return refuse(diagnostic("WB0904", { name, limit: limits.depth }, place(bytes, name, problem.offset, problem.offset + 1)));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse(broken(text, name));
  }
  return problem ? refuse(told(bytes, text, name, problem)) : { value: { json, text }, diagnostics: [] };
}

function refuse(fault: Diagnostic): Result<undefined> {
  return { value: undefined, diagnostics: [fault] };
}

function broken(text: string, name: string): Diagnostic {
  const fault = syntaxFault(text) ?? { offset: 0, problem: "the document is too large to be read" };
  const { line, column } = lineColumn(text, fault.offset);
  return diagnostic("WB0905", { problem: fault.problem, line, column }, { path: name, ...one(text, fault.offset) });
}

function told(bytes: Uint8Array, text: string, name: string, problem: Exclude<Problem, { kind: "depth" }>): Diagnostic {
  const location = place(bytes, name, problem.offset, "end" in problem ? problem.end : problem.offset + 6);
  const pointer = pointerAt(text, location.start);
  const { line, column } = lineColumn(text, location.start);
  const written = text.slice(location.start, location.end);
  switch (problem.kind) {
    case "duplicate": {
      const key = String(JSON.parse(written));
      const first = place(bytes, name, problem.first, problem.first + (problem.end - problem.offset));
      return diagnostic("WB0906", { key, line }, location, {
        pointer,
        label: "given again here",
        related: [{ location: first, text: "first given here" }],
        notes: ["readers disagree on which of the two counts"],
      });
    }
    case "number":
      return diagnostic("WB0907", { number: written, line }, location, { pointer, help: "write it with at most 17 digits" });
    case "surrogate":
      return diagnostic("WB0908", { line, column }, location, { pointer, help: "write the character itself, or both halves" });
  }
}

function place(bytes: Uint8Array, name: string, from: number, to: number): { path: string } & Span {
  const start = textOffset(bytes, from);
  const end = start + new TextDecoder().decode(bytes.subarray(from, to)).length;
  return { ...whole(name), start, end };
}

/** The span of one character, or of nothing at the end. */
function one(text: string, offset: number): Span {
  const point = text.codePointAt(offset);
  return { start: offset, end: point === undefined ? offset : offset + (point > 0xffff ? 2 : 1) };
}
