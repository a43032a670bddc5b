/** The face of the evaluator: one function decides for every shell (architecture.md, invariant 3). */

export type { Observer } from "./compile/context.ts";
export { decide } from "./decide.ts";
export type {
  Answer,
  Attested,
  Citation,
  ClauseResult,
  Decision,
  Derivation,
  FailedLookup,
  Inputs,
  Options,
  Outcome,
  Reason,
  Refusal,
  Request,
  Subject,
  WantGroup,
  Witness,
} from "./decision.ts";
export { aboutLookup, failureText } from "./decision.ts";
export { type CompiledProgram, compileProgram } from "./program.ts";
