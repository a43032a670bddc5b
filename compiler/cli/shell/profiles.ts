/** The digests of runtime profiles, computed here and passed into the pure core. */
import type { Program } from "../../../language/core/ir.ts";
import { seccompText } from "../../targets/seccomp/profile.ts";
import { sha256 } from "./digest.ts";

/** The program whose runtime declarations know the digests of their profiles. */
export function withProfiles(program: Program): Program {
  if (program.runtimes.length === 0) return program;
  const runtimes = program.runtimes.map((runtime) => {
    const text = seccompText(runtime);
    return text === undefined ? runtime : { ...runtime, digest: sha256(text) };
  });
  return { ...program, runtimes };
}
