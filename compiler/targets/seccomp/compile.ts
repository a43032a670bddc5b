/** Every runtime declaration of a program as a file for nodes, with what it permits and how surely it stops the rest. */
import type { Guarantee, Program } from "../../../language/core/ir.ts";
import { guaranteed, permitted } from "../../../language/core/profile.ts";
import { type Abi, abis, syscallsOf } from "../../../language/domains/syscalls.ts";
import { seccompText } from "./profile.ts";

export interface ProfileReport {
  /** `module.name` */
  readonly runtime: string;
  readonly digest: string;
  /** Below the folder of the target, and below that of a node's seccomp profiles. */
  readonly file: string;
  readonly guarantee: Guarantee;
  /** How many system calls are permitted, of how many that are known. */
  readonly permitted: Readonly<Record<Abi, { readonly calls: number; readonly of: number }>>;
}

export interface CompiledProfiles {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly report: readonly ProfileReport[];
  /** Declarations without a rule about system calls. */
  readonly without: readonly string[];
}

/** `pathOf` names a profile's file by its digest, as `r.confines(c)` asks for it. */
export function compileProfiles(
  program: Pick<Program, "runtimes">,
  pathOf: (runtime: Program["runtimes"][number]) => string | undefined,
): CompiledProfiles {
  const files: { readonly path: string; readonly text: string }[] = [];
  const report: ProfileReport[] = [];
  const without: string[] = [];
  for (const runtime of program.runtimes) {
    const text = seccompText(runtime);
    const path = pathOf(runtime);
    const guarantee = guaranteed(runtime);
    if (text === undefined || path === undefined || guarantee === undefined || runtime.digest === undefined) {
      without.push(runtime.key);
      continue;
    }
    files.push({ path, text });
    const counts = abis.map((abi) => [abi, { calls: permitted(runtime, abi).length, of: syscallsOf(abi).size }] as const);
    report.push({
      runtime: runtime.key,
      digest: runtime.digest,
      file: path,
      guarantee,
      permitted: Object.fromEntries(counts) as ProfileReport["permitted"],
    });
  }
  return { files, report, without };
}

/** Lines for people. */
export function profileText({ report, without }: CompiledProfiles): readonly string[] {
  return [
    ...report.flatMap(({ runtime, digest, file, guarantee, permitted: counts }) => [
      `${runtime}: system calls ${guarantee}`,
      ...abis.map((abi) => `  ${abi}: ${counts[abi].calls} of ${counts[abi].of} permitted`),
      `  ${file}`,
      `  ${digest}`,
    ]),
    ...without.map((runtime) => `${runtime}: no rule about system calls, so no profile`),
  ];
}
