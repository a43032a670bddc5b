/** Random programs as source text, compiled by the whole front end. */
import { readFileSync } from "node:fs";
import type { Inputs, Request } from "../../engine/evaluate/decision.ts";
import { compile } from "../../language/compile.ts";
import type { Program } from "../../language/core/ir.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { choicesFrom } from "./choices.ts";
import { requestOf } from "./facts.ts";
import { programOf } from "./programs.ts";
import { trusting } from "./rewrite.ts";
import { sourceOf } from "./source.ts";
import { type Universe, universe } from "./universe.ts";

const library = new Map<string, string | undefined>();

/** The standard library as the repository has it. */
function textOf(module: string): string | undefined {
  if (!library.has(module)) {
    const file = new URL(`../../policies/std/${module.replace(/^waybill\./, "")}.scp`, import.meta.url);
    library.set(module, readIfThere(file));
  }
  return library.get(module);
}

function readIfThere(file: URL): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

export interface Written {
  /** The tree that the text was printed from. */
  readonly drawn: Program;
  readonly text: string;
  readonly request: Request;
}

export function writtenFrom(forProgram: number, forFacts: number): Written {
  const choices = choicesFrom(forProgram);
  const shared = universe(choices, true);
  const drawn = programOf(shared, choices);
  return { drawn, text: sourceOf(drawn), request: requestOf(shared, choicesFrom(forFacts)) };
}

/** A program that reads no evidence which nobody vouches for, over types some of whose fields are claims. */
export function writtenOnClaims(forProgram: number, forFacts: number): Written & { readonly universe: Universe } {
  const choices = choicesFrom(forProgram);
  const shared = universe(choices, true, true);
  const drawn = trusting(programOf(shared, choices));
  return { drawn, text: sourceOf(drawn), request: requestOf(shared, choicesFrom(forFacts)), universe: shared };
}

export const noInputs: Inputs = new Map();

/** The program that the text compiles to, and what is wrong with it. */
export function compiled(text: string): { readonly program: Program; readonly errors: readonly Diagnostic[] } {
  const load = (module: string) => {
    const source = textOf(module);
    return source === undefined ? undefined : { path: `std:${module}`, text: source };
  };
  const result = compile({ deciding: [{ path: "oracle.scp", text }], load });
  return { program: result.value, errors: result.diagnostics.filter((d) => d.level === "error") };
}
