import fc from "fast-check";
import { expect, it } from "vitest";
import type { Answer } from "../../engine/evaluate/decision.ts";
import type { Expr, Program } from "../../language/core/ir.ts";
import type { Type } from "../../language/semantics/types.ts";
import { engineAnswer } from "./agreement.ts";
import { otherClaims } from "./changes.ts";
import { choicesFrom, seed } from "./choices.ts";
import { presentData } from "./facts.ts";
import { visit } from "./rewrite.ts";
import { lawRuns as numRuns, patience } from "./runs.ts";
import { compiled, writtenOnClaims } from "./written.ts";

/** As in `written.test.ts`: what the checker may rightly refuse in any random program. */
const refusals = ["WB0312", "WB0801"];

/**
 * Whether a claimed field is read anywhere under the expression, through lets, functions and what they are given: the label
 * of semantics, section 12, where no `claimed(…)` acknowledges any.
 */
function readsClaims(root: Expr, lets: ReadonlyMap<number, Expr>, program: Program): boolean {
  let found = false;
  visit(root, (node) => {
    if (node.kind === "field") found ||= node.field.claimed;
    const inner =
      node.kind === "let"
        ? lets.get(node.slot)
        : node.kind === "call"
          ? program.functions.find((f) => f.key === node.key)?.body
          : undefined;
    if (inner !== undefined) found ||= readsClaims(inner, lets, program);
  });
  return found;
}

/** Section 12's deciding positions. */
function decidesByClaims(program: Program): boolean {
  const nothing = new Map<number, Expr>();
  const ofPolicies = program.policies.flatMap((policy) => {
    const lets = new Map(policy.lets.map((l) => [l.slot, l.value]));
    const positions = [...(policy.scope === undefined ? [] : [policy.scope]), ...policy.clauses.flatMap((c) => [c.condition, ...c.guards])];
    return positions.map((position) => [position, lets] as const);
  });
  const others = [...program.exempts.map((e) => e.scope), ...program.waivers.map((w) => w.scope.condition)];
  return [...ofPolicies, ...others.map((position) => [position, nothing] as const)].some(([position, lets]) =>
    readsClaims(position, lets, program),
  );
}

/** The program with claims in each message: templates decide nothing. */
function tellingClaims(text: string): string {
  return text
    .replaceAll(/^policy .*\{$/gm, (header) => `${header}\n  let claim = workload.labels["a"]`)
    .replaceAll(/ else (deny|warn)$/gm, (end) => `${end} "{claim}"`);
}

/** Wording, which may speak of evidence that did not count. */
const wording: ReadonlySet<string> = new Set(["message", "detail", "advice"]);

/** All but what it was made of; with its wording where that is asked for. */
function said(answer: Answer, worded = false): string {
  if (answer.kind === "refusal") return answer.refusal.code;
  const { subject: _, ...rest } = answer.decision;
  return JSON.stringify(rest, (key, value) => {
    if (wording.has(key) && !worded) return undefined;
    return typeof value === "bigint" ? String(value) : value;
  });
}

it(
  "law 18: a program that reads a claimed field to decide is refused, and no other decides anything by one",
  () => {
    const tally = { accepted: 0, moved: 0, told: 0 };
    fc.assert(
      fc.property(seed, seed, seed, (forProgram, forFacts, forClaims) => {
        const { drawn, text, request, universe } = writtenOnClaims(forProgram, forFacts);
        const { program, errors } = compiled(tellingClaims(text));
        if (errors.some((e) => refusals.includes(e.code))) return;
        const codes = [...new Set(errors.map((e) => e.code))];
        const choices = choicesFrom(forClaims);
        const others = [() => undefined, (type: Type) => presentData(type, choices, 2)].map((claim) =>
          otherClaims(request, universe, claim),
        );
        if (decidesByClaims(drawn)) {
          if (!codes.includes("WB0401")) throw new Error(`claims decide\n${text}`);
          const before = said(engineAnswer(drawn, request));
          if (others.some((other) => said(engineAnswer(drawn, other)) !== before)) tally.moved++;
          return;
        }
        if (codes.length > 0) throw new Error(`refused with ${codes.join(", ")}\n${text}`);
        tally.accepted++;
        const before = engineAnswer(program, request, true);
        for (const other of others) {
          const after = engineAnswer(program, other, true);
          expect(said(after)).toBe(said(before));
          if (said(after, true) !== said(before, true)) tally.told++;
        }
      }),
      { numRuns },
    );
    // What is held here can fail: claims reach the decisions of programs that are refused, and the messages of those that are not.
    expect(tally.accepted).toBeGreaterThan(numRuns / 3);
    expect(tally.moved).toBeGreaterThan(numRuns / 20);
    expect(tally.told).toBeGreaterThan(numRuns / 20);
  },
  patience,
);
