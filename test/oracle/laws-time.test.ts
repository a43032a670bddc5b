import fc from "fast-check";
import { expect, it } from "vitest";
import type { Decision, Request } from "../../engine/evaluate/decision.ts";
import type { CompareOp, Exempt, Expr, Program } from "../../language/core/ir.ts";
import { type Field, type RecordType, scalar, type Type } from "../../language/semantics/types.ts";
import { type Choices, choicesFrom, seed } from "./choices.ts";
import { field, literal } from "./expressions.ts";
import { both, constant, decisionOf, either, not } from "./ground.ts";
import { lawRuns as numRuns, patience } from "./runs.ts";
import { bool, day, int, place, time, today } from "./universe.ts";

const at = place();
const duration = scalar("Duration");

function optional(name: string, type: Type): readonly [string, Field] {
  return [name, { name, type, mode: { kind: "optional" }, claimed: false }];
}

/** The one record of the standard library that has a field which moves with the clock: `age` is the time since `published`. */
const packageType: RecordType = {
  kind: "record",
  name: "waybill.package.Package",
  fields: new Map<string, Field>([
    optional("age", duration),
    optional("published", time),
    optional("other", { kind: "list", element: duration }),
    optional("limit", duration),
  ]),
  predicates: new Map(),
};

const subject: Expr = { kind: "subject", name: "package", type: packageType, at };
const operators: readonly CompareOp[] = ["==", "!=", "<", "<=", ">", ">="];

/** A duration: `age`, something that stands still, or sums and differences of them. */
function span(choices: Choices, depth: number): Expr {
  const make = choices.weighted<() => Expr>([
    [4, () => field(subject, "age")],
    [2, () => literal(duration, choices.below(4) * day)],
    [1, () => field(subject, "limit")],
    [
      depth > 0 ? 3 : 0,
      () => ({ kind: choices.pick(["+", "-"]), left: span(choices, depth - 1), right: span(choices, depth - 1), type: duration, at }),
    ],
    [depth > 0 ? 1 : 0, () => ({ kind: "negate", operand: span(choices, depth - 1), type: duration, at })],
    [
      depth > 0 ? 1 : 0,
      () => ({ kind: "otherwise", operand: span(choices, depth - 1), fallback: span(choices, depth - 1), type: duration, at }),
    ],
  ]);
  return make();
}

function condition(choices: Choices, depth: number, fresh: () => number): Expr {
  const slot = fresh();
  const member: Expr = { kind: "local", slot, name: `x${slot}`, type: duration, at };
  const bound = { slot, name: member.name, collection: field(subject, "other"), at };
  const compare = (left: Expr, right: Expr): Expr => ({
    kind: "compare",
    op: choices.pick(operators),
    operands: left.type,
    left,
    right,
    type: bool,
    at,
  });
  const make = choices.weighted<() => Expr>([
    [5, () => compare(span(choices, 2), span(choices, 1))],
    [depth > 0 ? 2 : 0, () => both(condition(choices, depth - 1, fresh), condition(choices, depth - 1, fresh))],
    [depth > 0 ? 2 : 0, () => either(condition(choices, depth - 1, fresh), condition(choices, depth - 1, fresh))],
    [depth > 0 ? 1 : 0, () => not(condition(choices, depth - 1, fresh))],
    [1, () => ({ kind: "some", ...bound, where: compare(member, span(choices, 1)), type: bool })],
    [1, () => ({ kind: "member", item: span(choices, 1), collection: field(subject, "other"), type: bool, at })],
    [1, () => compare({ kind: "count", ...bound, where: compare(span(choices, 1), member), type: int }, literal(int, choices.below(3)))],
    [1, () => ({ kind: "known", operand: span(choices, 1), type: bool, at })],
  ]);
  return make();
}

function programOf(choices: Choices): Program {
  let slots = 0;
  const fresh = () => slots++;
  const letSlot = fresh();
  const moving = span(choices, 2);
  const named: Expr = { kind: "let", slot: letSlot, name: "l", type: duration, at };
  const clauses = choices.times(1, 3, (i) => ({
    policy: "oracle.p",
    label: `c${i}`,
    polarity: choices.pick(["require", "forbid"] as const),
    condition: choices.chance(70)
      ? condition(choices, 2, fresh)
      : ({
          kind: "compare",
          op: choices.pick(operators),
          operands: duration,
          left: named,
          right: span(choices, 1),
          type: bool,
          at,
        } as const),
    guards: choices.chance(25) ? [condition(choices, 1, fresh)] : [],
    otherwise: { effect: "deny" as const },
    onUnknown: {},
    assumptions: [],
    at,
  }));
  const scope = choices.chance(30) ? { scope: condition(choices, 1, fresh) } : {};
  const exempt: Exempt = {
    subject: "package",
    subjectType: packageType,
    scope: constant(true),
    ends: today + choices.below(4) * day,
    because: "law",
    at,
  };
  return {
    modules: [{ name: "oracle", path: at.path, deciding: true }],
    inputs: [],
    constants: [],
    functions: [],
    tables: [],
    trusts: [],
    policies: [
      {
        name: "oracle.p",
        subject: "package",
        subjectType: packageType,
        lets: [{ slot: letSlot, name: "l", value: moving }],
        clauses,
        satisfies: [],
        at,
        ...scope,
      },
    ],
    exempts: choices.chance(20) ? [exempt] : [],
    waivers: [],
    vexes: [],
    runtimes: [],
    tests: [],
    types: new Map([[packageType.name, packageType]]),
    slots: fresh(),
  };
}

function requestOf(choices: Choices): Request {
  const published = choices.chance(90) ? { published: `2026-11-${18 + choices.below(6)}T00:00:00Z` } : {};
  const limit = choices.chance(80) ? { limit: `${choices.below(4)} days` } : {};
  const other = choices.times(0, 3, () => `${choices.below(5)} days`);
  return {
    subject: { kind: "package", name: "subject", data: { ...published, ...limit, other } },
    point: "ci",
    now: today + choices.pick([0, 1, -1, day / 2]),
    evidence: [],
    attested: [],
    failed: [],
  };
}

function said({ time: _, validUntil: __, ...rest }: Decision): unknown {
  return rest;
}

it(
  "law 20: a decision holds until a comparison with the clock that it read flips, and no longer than it says",
  () => {
    let ending = 0;
    let changing = 0;
    fc.assert(
      fc.property(seed, seed, (forProgram, forFacts) => {
        const program = programOf(choicesFrom(forProgram));
        const request = requestOf(choicesFrom(forFacts));
        const now = request.now ?? 0;
        const before = decisionOf(program, request);
        const end = before.validUntil ?? Number.POSITIVE_INFINITY;
        expect(end).toBeGreaterThan(now);
        // Everything here is a whole number of half days, so comparisons flip at such an instant or just after it.
        const corners = Array.from({ length: 50 }, (_, i) => today + (i - 20) * (day / 2)).flatMap((t) => [t - 1, t, t + 1]);
        const later = [...corners, ...(end === Number.POSITIVE_INFINITY ? [] : [end - 1])].filter((t) => t > now && t < end);
        for (const t of later) expect(said(decisionOf(program, { ...request, now: t }))).toEqual(said(before));
        if (end === Number.POSITIVE_INFINITY) return;
        ending += 1;
        const after = decisionOf(program, { ...request, now: end });
        if (JSON.stringify(said(after)) !== JSON.stringify(said(before))) changing += 1;
      }),
      { numRuns },
    );
    expect(ending).toBeGreaterThan(numRuns / 4);
    expect(changing).toBeGreaterThan(numRuns / 10);
  },
  patience,
);
