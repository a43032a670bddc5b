import fc from "fast-check";
import { expect, it } from "vitest";
import { formatSource } from "../../language/syntax/format.ts";
import { compareAnswers, engineAnswer } from "./agreement.ts";
import { seed } from "./choices.ts";
import { decide } from "./decide.ts";
import { lawRuns as numRuns, patience } from "./runs.ts";
import { compiled, noInputs, writtenFrom } from "./written.ts";

/** What the checker may rightly refuse in a random program: constants that overflow, and programs that may run for ever. */
const refusals = ["WB0312", "WB0801"];

it(
  "decides source text as the naive evaluator decides the tree it was written from",
  () => {
    let refused = 0;
    fc.assert(
      fc.property(seed, seed, (forProgram, forFacts) => {
        const { drawn, text, request } = writtenFrom(forProgram, forFacts);
        const { program, errors } = compiled(text);
        const strange = errors.filter((e) => !refusals.includes(e.code));
        if (!errors.some((e) => refusals.includes(e.code))) {
          expect(strange.map((e) => `${e.code} ${e.message}`)).toEqual([]);
        }
        if (errors.length > 0) {
          refused += 1;
          return;
        }
        const differences = compareAnswers(engineAnswer(program, request), decide(drawn, noInputs, request), false);
        if (differences.length > 0) throw new Error([...differences, text].join("\n"));
      }),
      { numRuns },
    );
    expect(refused).toBeLessThan(numRuns / 20);
  },
  patience,
);

it(
  "law 22: formatting keeps what a program decides, and formatting again changes nothing",
  () =>
    fc.assert(
      fc.property(seed, seed, (forProgram, forFacts) => {
        const { text, request } = writtenFrom(forProgram, forFacts);
        const formatted = formatSource({ path: "oracle.scp", text }).value;
        if (formatted === undefined) throw new Error(`the formatter refuses\n${text}`);
        expect(formatSource({ path: "oracle.scp", text: formatted }).value).toBe(formatted);
        const [before, after] = [compiled(text), compiled(formatted)];
        expect(after.errors.map((e) => e.code)).toEqual(before.errors.map((e) => e.code));
        if (before.errors.length > 0) return;
        const said = (program: typeof before.program) => {
          const answer = engineAnswer(program, request);
          return answer.kind === "decision"
            ? answer.decision.clauses.map(({ at: _, assumptions, ...rest }) => ({ ...rest, assumptions: assumptions.length }))
            : answer.refusal.code;
        };
        expect(said(after.program)).toEqual(said(before.program));
      }),
      { numRuns },
    ),
  patience,
);
