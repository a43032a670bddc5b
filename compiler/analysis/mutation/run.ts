/** Mutation testing: which small faults would the tests of a program notice? */
import { runTest, TestPrograms } from "../../../engine/decide/testing.ts";
import type { Inputs } from "../../../engine/evaluate/evaluate.ts";
import type { Program, Test } from "../../../language/core/ir.ts";
import type { Location } from "../../../language/diagnostics/diagnostic.ts";
import { mutants } from "./program.ts";

export interface Survivor {
  readonly at: Location;
  readonly change: string;
}

export interface MutationReport {
  readonly killed: number;
  readonly survivors: readonly Survivor[];
  /** Tests that fail without any mutation are left out, and named. */
  readonly failing: readonly string[];
  /** Killed of all, 0 to 1; 1 where there is nothing to mutate. */
  readonly score: number;
}

/**
 * A mutant is killed when a test that passes on the program fails on the mutant. `counts` names the sources that are
 * mutated; `progress` is called after each mutant.
 */
export function runMutation(
  program: Program,
  inputs: Inputs,
  tests: readonly Test[],
  counts: (path: string) => boolean,
  progress: (done: number) => void = () => undefined,
): MutationReport {
  const whole = new TestPrograms(program, inputs);
  const passing = tests.filter((test) => runTest(whole, test, false).passed);
  const failing = tests.filter((test) => !passing.includes(test)).map((test) => test.title);
  const survivors: Survivor[] = [];
  let killed = 0;
  // The test that killed the last mutant is tried first: neighbours tend to fall to the same test.
  const order = [...passing];
  for (const mutant of mutants(program, counts)) {
    const programs = new TestPrograms(mutant.program, inputs);
    const killer = order.findIndex((test) => !runTest(programs, test, false).passed);
    if (killer < 0) survivors.push({ at: mutant.at, change: mutant.change });
    else {
      killed += 1;
      order.unshift(...order.splice(killer, 1));
    }
    progress(killed + survivors.length);
  }
  const all = killed + survivors.length;
  return { killed, survivors, failing, score: all === 0 ? 1 : killed / all };
}
