/** The package's entry: what an embedder needs to check policies, read evidence and decide. Pure, as its parts are. */

export * from "../engine/evaluate/evaluate.ts";
export { type AdmitOptions, admit } from "../engine/evidence/door.ts";
export type { Evidence } from "../engine/evidence/evidence.ts";
export { type ValidateOptions, type VexFault, type VexValidity, validateVex } from "../engine/evidence/vex/validate.ts";
export { type Compiled, type CompileInput, compile } from "../language/compile.ts";
export type { Diagnostic, Result } from "../language/diagnostics/diagnostic.ts";
export type { SourceFile } from "../language/syntax/tree.ts";
