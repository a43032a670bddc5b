/** From sources to a checked program: parse, load what is imported, check, lower to core. Pure; never throws on bad input. */
import type { Program } from "./core/ir.ts";
import type { Diagnostic, Result } from "./diagnostics/diagnostic.ts";
import { checkProgram, pathsWithErrors } from "./semantics/check.ts";
import { loadModules } from "./semantics/modules.ts";
import { newSink } from "./semantics/sink.ts";
import { parse } from "./syntax/parse.ts";
import type { Module, SourceFile } from "./syntax/tree.ts";

export { type ClauseCost, clauseCosts } from "./semantics/cost.ts";

export interface CompileInput {
  /** Files whose policies decide. */
  readonly deciding: readonly SourceFile[];
  /** The source of an imported module by its qualified name: standard library, packs, other files. */
  readonly load: (module: string) => SourceFile | undefined;
  /** Text of a file that a table is read `from`; `path` as written, `from` the path of the policy that says it. */
  readonly file?: (path: string, from: string) => string | undefined;
  /** Names that `load` knows, for a did-you-mean. */
  readonly known?: readonly string[];
  /** Parsed sources by path, kept by the caller between runs; an entry counts only for the very same text. */
  readonly parsed?: Map<string, Result<Module>>;
}

export interface Compiled extends Result<Program> {
  /** Everything that was read, in order of import: an imported module before the modules that import it. */
  readonly modules: readonly Module[];
}

/** Compiles. The program is there even with errors, as far as it makes sense; whoever decides with it looks at them first. */
export function compile(input: CompileInput): Compiled {
  const syntax: Diagnostic[] = [];
  const read = (source: SourceFile): Module => {
    const kept = input.parsed?.get(source.path);
    const result = kept?.value.source.text === source.text ? kept : parse(source);
    input.parsed?.set(source.path, result);
    for (const diagnostic of result.diagnostics) syntax.push(diagnostic);
    return result.value;
  };
  const sink = newSink();
  const scopes = loadModules(sink, input.deciding.map(read), { parse: read, load: input.load, known: input.known ?? [] });
  const checked = checkProgram(scopes, { file: input.file, unparsed: pathsWithErrors(syntax) });
  return {
    value: checked.value,
    diagnostics: [...syntax, ...sink.diagnostics, ...checked.diagnostics],
    modules: [...scopes.values()].map((scope) => scope.module),
  };
}
