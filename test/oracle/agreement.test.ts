import fc from "fast-check";
import { expect, it } from "vitest";
import { decide as engineDecide } from "../../engine/evaluate/decide.ts";
import type { Request } from "../../engine/evaluate/decision.ts";
import { compileProgram } from "../../engine/evaluate/program.ts";
import { causes, type Expr, effects, type Program } from "../../language/core/ir.ts";
import { alsoAsked, compareAnswers, pairFrom } from "./agreement.ts";
import { seed } from "./choices.ts";
import { decide, type OracleAnswer } from "./decide.ts";
import { bind, type Env, faultless, truth } from "./evaluate.ts";
import { narrowed } from "./narrow.ts";
import { visit } from "./rewrite.ts";
import { pairRuns as numRuns, patience } from "./runs.ts";

const nodeKinds: readonly Expr["kind"][] = [
  "literal",
  "input",
  "constant",
  "let",
  "local",
  "subject",
  "field",
  "entry",
  "element",
  "has-key",
  "predicate",
  "not",
  "and",
  "or",
  "compare",
  "member",
  "within",
  "pattern",
  "some",
  "every",
  "count",
  "known",
  "otherwise",
  "closed",
  "attestation",
  "table",
  "call",
  "intrinsic",
  "+",
  "-",
  "negate",
  "list",
  "record",
];

class Tally {
  private readonly counts = new Map<string, number>();
  add(what: string): void {
    this.counts.set(what, this.of(what) + 1);
  }
  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }
  share(what: string, among: readonly string[]): number {
    return this.of(what) / among.reduce((sum, other) => sum + this.of(other), 0);
  }
}

function count(tally: Tally, answer: OracleAnswer): void {
  tally.add(answer.kind);
  if (answer.kind !== "decision") return;
  const { decision } = answer;
  tally.add(`effect ${decision.effect}`);
  tally.add(`reason ${decision.reason}`);
  tally.add(`valid ${decision.validUntil === undefined ? "always" : "until"}`);
  for (const clause of decision.clauses) {
    tally.add(`outcome ${clause.outcome}`);
    for (const cause of clause.causes) tally.add(`cause ${cause}`);
  }
}

function countProgram(tally: Tally, program: Program, request: Request): void {
  for (const policy of program.policies) {
    for (const { condition } of policy.clauses) {
      const value = truth(condition, letsOf(policy.lets), { program, inputs: new Map(), request, faults: faultless });
      tally.add(`condition ${typeof value === "boolean" ? value : "unknown"}`);
      visit(condition, (node) => tally.add(`node ${node.kind}`));
    }
    for (const { value } of policy.lets) visit(value, (node) => tally.add(`node ${node.kind}`));
  }
}

function letsOf(lets: Program["policies"][number]["lets"]): Env {
  return lets.reduce<Env>((env, l) => bind(env, l.slot, { kind: "expression", expr: l.value, env }), new Map());
}

it(
  "decides as the naive evaluator does, on random programs and evidence of every kind",
  () => {
    const tally = new Tally();
    // Each program is compiled once and asked four times, so that what it keeps between decisions is under test too.
    const programs = Math.ceil(numRuns / 4);
    fc.assert(
      fc.property(seed, seed, seed, fc.boolean(), (forProgram, forFacts, forMore, explained) => {
        const pair = pairFrom(forProgram, forFacts);
        const { program, request, inputs } = pair;
        const compiled = compileProgram(program, inputs);
        for (const asked of [request, ...alsoAsked(pair, forMore)]) {
          const theirs = decide(program, inputs, asked);
          const differences = compareAnswers(engineDecide(compiled, asked, { explain: explained }), theirs, explained);
          if (differences.length > 0) throw new Error([...differences, narrowed({ ...pair, request: asked })].join("\n"));
          count(tally, theirs);
        }
        countProgram(tally, program, request);
      }),
      { numRuns: programs },
    );
    const seen = (kind: string, names: readonly string[]) => names.filter((name) => tally.of(`${kind} ${name}`) < numRuns / 500);
    expect(seen("node", nodeKinds)).toEqual([]);
    expect(seen("cause", causes)).toEqual([]);
    expect(seen("effect", effects)).toEqual([]);
    expect(seen("reason", ["passed", "violated", "undecided", "uncovered", "fault"])).toEqual([]);
    expect(seen("valid", ["always", "until"])).toEqual([]);
    expect(tally.share("decision", ["decision", "no-policy"])).toBeGreaterThan(0.7);
    const truths = ["condition true", "condition false", "condition unknown"];
    for (const value of truths) expect(tally.share(value, truths), value).toBeGreaterThan(0.2);
  },
  patience,
);
