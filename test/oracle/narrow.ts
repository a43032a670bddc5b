/** Finds the smallest condition in a program on which engine and oracle differ, and says it as text. */
import type { Expr, Policy, Program } from "../../language/core/ir.ts";
import { compareAnswers, engineAnswer, type Pair } from "./agreement.ts";
import { decide } from "./decide.ts";
import { show } from "./print.ts";
import { mapParts, visit } from "./rewrite.ts";
import { place } from "./universe.ts";

export function narrowed(pair: Pair): string {
  const found = pair.program.policies.flatMap((policy) =>
    conditionsOf(policy, pair.program).flatMap((condition) => {
      const differences = differencesOn(condition, policy, pair);
      return differences.length === 0 ? [] : [{ policy, text: show(condition), differences }];
    }),
  );
  const [smallest] = found.sort((a, b) => a.text.length - b.text.length);
  if (smallest === undefined) return "no condition differs on its own";
  const lets = smallest.policy.lets.map((l) => `let ${l.name} = ${show(l.value)}`);
  const functions = pair.program.functions.map((f) => `function ${f.key}(${f.parameters.map((p) => p.name).join(", ")}) = ${show(f.body)}`);
  return [`smallest: ${smallest.text}`, ...smallest.differences, ...lets, ...functions].join("\n  ");
}

/** Every condition that stands on its own: no name in it is bound outside. */
function conditionsOf(policy: Policy, program: Program): readonly Expr[] {
  const roots = [
    ...(policy.scope === undefined ? [] : [policy.scope]),
    ...policy.clauses.flatMap((c) => [c.condition, ...c.guards]),
    ...program.exempts.map((e) => e.scope),
    ...program.waivers.flatMap((w) => (w.scope.kind === "subject" ? [w.scope.condition] : [])),
  ];
  const found: Expr[] = [];
  for (const root of roots) {
    visit(root, (node) => {
      if (node.type.kind === "scalar" && node.type.name === "Bool" && isClosed(node, new Set())) found.push(node);
    });
  }
  return found;
}

function isClosed(expr: Expr, bound: ReadonlySet<number>): boolean {
  if (expr.kind === "local") return bound.has(expr.slot);
  const inner = expr.kind === "some" || expr.kind === "every" || expr.kind === "count" ? new Set([...bound, expr.slot]) : bound;
  let closed = true;
  mapParts(expr, (part) => {
    closed &&= isClosed(part, inner);
    return part;
  });
  return closed;
}

/** The condition as the only clause of the only policy, about whatever the request judges. */
export function programAbout(condition: Expr, policy: Policy, program: Program): Program {
  const clause = {
    policy: policy.name,
    label: "only",
    polarity: "require",
    condition,
    guards: [],
    onUnknown: {},
    assumptions: [],
  } as const;
  const { scope: _, points: __, ...rest } = policy;
  const only: Policy = { ...rest, at: place(), subject: "image", clauses: [{ ...clause, otherwise: { effect: "deny" }, at: place() }] };
  return { ...program, policies: [only], exempts: [], waivers: [] };
}

function differencesOn(condition: Expr, policy: Policy, pair: Pair): readonly string[] {
  const program = programAbout(condition, policy, pair.program);
  const request = { ...pair.request, subject: { ...pair.request.subject, kind: "image" } };
  return compareAnswers(engineAnswer(program, request, false, pair.inputs), decide(program, pair.inputs, request), false);
}
