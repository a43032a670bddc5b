import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attested, Decision, Request, WantGroup, Witness } from "../../engine/evaluate/decision.ts";
import { type Expr, effects, type Program, type Waiver } from "../../language/core/ir.ts";
import { type Pair, pairFrom } from "./agreement.ts";
import { failing, permuted, settled, shuffled } from "./changes.ts";
import { type Choices, choicesFrom, seed } from "./choices.ts";
import { memberQuantifier } from "./decide.ts";
import { condition, field, quantifier } from "./expressions.ts";
import { digest } from "./facts.ts";
import { canonical, constant, decisionOf, either, groundFrom, not, programWith, someCondition, verdictOf } from "./ground.ts";
import { programAbout } from "./narrow.ts";
import { inlined, refreshed, trusting, visit } from "./rewrite.ts";
import { lawRuns as numRuns, patience } from "./runs.ts";
import { fromBytes, toBytes } from "./serialise.ts";
import { bool, day, place, today } from "./universe.ts";

const at = place();

interface Case extends Pair {
  readonly choices: Choices;
}

/** A law about whole decisions, on programs that speak about the request's subject. */
function law(name: string, holds: (given: Case) => void): void {
  const property = fc.property(seed, seed, seed, (forProgram, forFacts, forChange) => {
    const pair = pairFrom(forProgram, forFacts);
    const speaks = pair.program.policies.some((p) => p.points === undefined && p.at.path === at.path && p.subject !== "workload");
    fc.pre(speaks);
    const request = { ...pair.request, subject: { ...pair.request.subject, kind: "image" } };
    holds({ ...pair, request, choices: choicesFrom(forChange) });
  });
  it(name, () => fc.assert(property, { numRuns }), patience);
}

/** All that a decision says but for the instants at which it was made and ends, and for what it was made of. */
function saidIn({ subject: _, time: __, validUntil: ___, ...rest }: Decision): Omit<Decision, "subject" | "time" | "validUntil"> {
  return rest;
}

/** The decision byte for byte, but for the subject's data, which is not JSON here. */
function textOf({ subject: _, ...rest }: Decision): string {
  return JSON.stringify(rest, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

function withoutWaivers(decision: Decision): unknown {
  return { ...saidIn(decision), clauses: decision.clauses.map(({ waivers: _, ...rest }) => rest) };
}

function expressionsOf(program: Program): readonly Expr[] {
  const found: Expr[] = [];
  const see = (expr: Expr) => visit(expr, (node) => found.push(node));
  for (const policy of program.policies) {
    if (policy.scope !== undefined) see(policy.scope);
    for (const l of policy.lets) see(l.value);
    for (const clause of policy.clauses) for (const expr of [clause.condition, ...clause.guards]) see(expr);
  }
  return found;
}

/** A list as it is printed has the order of the evidence, and of a long one only the first members are there. */
function unordered(printed: string): string {
  const more = /, and \d+ more\]$/.exec(printed);
  if (more !== null) return more[0];
  return printed.startsWith("[") ? printed.slice(1, -1).split(", ").sort().join(", ") : printed;
}

describe("law 4: order", () => {
  law("of members, documents, look-ups, policies and clauses changes no decision", ({ program, request, choices, universe: shared }) => {
    const policies = shuffled(program.policies, choices).map((p) => ({ ...p, clauses: shuffled(p.clauses, choices) }));
    const other = { ...program, policies, waivers: shuffled(program.waivers, choices), exempts: shuffled(program.exempts, choices) };
    const before = decisionOf(program, request, true);
    const after = decisionOf(other, permuted(request, shared, choices), true);
    // A message is about the first witness or want, and wants name the first five members: that is order of listing.
    const named = ({ members, citations, ...rest }: WantGroup) => (rest.count > 5 ? rest : { ...rest, members, citations });
    const told = ({ facts, ...rest }: Witness) => ({ ...rest, facts: facts?.map((fact) => ({ ...fact, value: unordered(fact.value) })) });
    const unlisted = (d: Decision) =>
      d.clauses.map(({ message: _, wants, witnesses, ...rest }) => ({ ...rest, wants: wants.map(named), witnesses: witnesses.map(told) }));
    const byClause = (d: Decision) => canonical({ ...saidIn(d), clauses: unlisted(d), validUntil: d.validUntil });
    expect(byClause(after)).toBe(byClause(before));
  });
});

describe("law 5: noise", () => {
  law("envelopes of others, about others, or of other types change nothing", ({ program, request, choices }) => {
    const noise = request.attested.map(({ evidence }, i): Attested => {
      const document = { ...evidence.document, digest: digest(`noise ${i}`) };
      return choices.pick([
        { trusts: ["oracle.nobody"], evidence: { ...evidence, document }, time: today + day },
        { trusts: ["oracle.release"], evidence: { ...evidence, document, about: [{ kind: "manifest", digest: digest("noise") }] } },
        { trusts: ["oracle.release"], evidence: { ...evidence, document, type: "oracle.Noise" } },
      ]);
    });
    const noisy = { ...request, attested: [...noise, ...request.attested] };
    expect(decisionOf(program, noisy)).toEqual(decisionOf(program, request));
  });
});

describe("law 7: stability", () => {
  law("what is true stays true when unsettled facts settle, and what is false too where no waiver is live", (given) => {
    const { program, request, choices, universe: shared } = given;
    const before = decisionOf(program, request).clauses;
    const united = expressionsOf(program).every((e) => e.kind !== "attestation" || e.quantity === "one");
    const after = decisionOf(program, settled(request, shared, choices, united)).clauses;
    const live = program.waivers.some((w) => request.now !== undefined && request.now < w.ends);
    for (const [i, clause] of before.entries()) {
      if (clause.outcome === "passed") expect(after[i]?.outcome).toBe("passed");
      if (clause.outcome === "violated" && !live) expect(after[i]?.outcome).toBe("violated");
    }
  });
});

describe("law 8: fail closed", () => {
  law("allow means that every clause without a softer effect holds, and that somebody covers the subject", ({ program, request }) => {
    const decision = decisionOf(program, request);
    if (decision.effect !== "allow") return;
    expect(decision.covered).toBe(true);
    for (const result of decision.clauses) {
      const clause = program.policies.flatMap((p) => p.clauses).find((c) => c.at === result.at);
      if (clause === undefined) throw new Error("a result names its clause");
      const soft = Object.values(clause.onUnknown).some((e) => e.effect === "allow" || e.effect === "warn");
      if (!soft && clause.otherwise.effect !== "warn") expect(result.outcome).toBe("passed");
    }
  });
});

describe("law 9: outages", () => {
  law("a look-up that fails never lowers an effect of clauses without `on`", ({ program, request, choices, universe: shared }) => {
    const policies = program.policies.map((p) => ({ ...p, clauses: p.clauses.map((c) => ({ ...c, onUnknown: {} })) }));
    const plain = { ...program, policies };
    const rank = (of: Request) => effects.indexOf(decisionOf(plain, of).effect);
    expect(rank(failing(request, shared, choices))).toBeGreaterThanOrEqual(rank(request));
  });
});

describe("law 10: confinement of waivers", () => {
  law("where its scope is not certainly true, a waiver changes nothing", ({ program, request }) => {
    const [before, after] = [decisionOf({ ...program, waivers: [] }, request), decisionOf(program, request)];
    for (const policy of program.policies) {
      for (const clause of policy.clauses) {
        const waivers = program.waivers.filter((w) => w.clause === `${clause.policy}.${clause.label}`);
        if (waivers.some((w) => matches(w))) continue;
        const result = (d: Decision) => d.clauses.find((c) => c.policy === clause.policy && c.label === (clause.label ?? null));
        if (clause.label !== undefined) expect(result(after)).toEqual(result(before));
        function matches({ scope }: Waiver): boolean {
          const quantified = memberQuantifier(clause);
          const { collection, slot, name } = quantified ?? { slot: 0, name: "", collection: scope.condition };
          const certainly: Expr =
            scope.kind === "subject" ? scope.condition : { kind: "some", slot, name, collection, where: scope.condition, type: bool, at };
          const alone = programAbout(certainly, policy, program);
          return decisionOf(alone, request).clauses[0]?.outcome === "passed";
        }
      }
    }
  });
  law("one that has ended is as if it were not there", ({ program, request }) => {
    const later = { ...request, now: today + 10 * day };
    expect(withoutWaivers(decisionOf(program, later))).toEqual(withoutWaivers(decisionOf({ ...program, waivers: [] }, later)));
  });
});

describe("law 11: idle exemptions and waivers", () => {
  law("with a scope that is constantly false they change nothing", ({ program, request, universe: shared }) => {
    const idle = { because: "the law says so", at };
    const exempt = { ...idle, subject: "image", subjectType: shared.subject, scope: constant(false) };
    const labelled = program.policies.flatMap((p) => p.clauses.flatMap((c) => (c.label === undefined ? [] : [`${c.policy}.${c.label}`])));
    const waivers = labelled.map(
      (clause): Waiver => ({
        ...idle,
        clause,
        scope: { kind: "subject", condition: constant(false) },
        ends: today + day,
        approvedBy: "law",
      }),
    );
    const more = { ...program, exempts: [...program.exempts, exempt], waivers: [...program.waivers, ...waivers] };
    expect(withoutWaivers(decisionOf(more, request))).toEqual(withoutWaivers(decisionOf(program, request)));
  });
  law("a second identical one changes nothing", ({ program, request }) => {
    const twice = { ...program, exempts: [...program.exempts, ...program.exempts], waivers: [...program.waivers, ...program.waivers] };
    expect(decisionOf(twice, request)).toEqual(decisionOf(program, request));
  });
});

describe("law 12: polarity and guards", () => {
  it(
    "require e is forbid not e, and a guard is an alternative, wants included",
    () =>
      fc.assert(
        fc.property(seed, seed, (forProgram, forFacts) => {
          const ground = groundFrom(forProgram, forFacts);
          const [e, g] = [someCondition(ground), someCondition(ground)];
          const program = programWith(ground, [
            { condition: e },
            { condition: not(e), polarity: "forbid" },
            { condition: e, guards: [g] },
            { condition: either(not(g), e) },
          ]);
          const [required, forbidden, guarded, alternative] = decisionOf(program, ground.request, true).clauses.map(verdictOf);
          expect(forbidden).toEqual(required);
          expect(alternative).toEqual(guarded);
        }),
        { numRuns },
      ),
    patience,
  );
});

describe("law 13: inlining", () => {
  law("of lets and functions changes no byte of the decision", ({ program, request }) => {
    expect(textOf(decisionOf(inlined(program), request))).toBe(textOf(decisionOf(program, request)));
  });
});

describe("law 18: claims", () => {
  law("erasing every claim changes no effect of a program that reads none", ({ program, request }) => {
    const verified = trusting(program);
    expect(expressionsOf(verified).some((e) => e.kind === "attestation" && e.origin.kind === "claimed")).toBe(false);
    const erased = { ...request, evidence: [], attested: request.attested.filter((a) => a.trusts.length > 0) };
    expect(decisionOf(verified, erased)).toEqual(decisionOf(verified, request));
  });
});

describe("law 20: replay", () => {
  law("gives the same bytes from stored evidence", ({ program, request }) => {
    const stored = fromBytes(toBytes(request));
    expect(stored).toStrictEqual(request);
    const said = (r: Request) => textOf(decisionOf(program, r, true));
    expect(said(stored)).toBe(said(request));
  });
  law("gives the same decision at any time until it ends", ({ program, request, choices }) => {
    fc.pre(request.now !== undefined);
    const before = decisionOf(program, request);
    const now = request.now ?? 0;
    const end = before.validUntil ?? now + 1000 * day;
    const later = now + Math.floor(((end - now - 1) * choices.below(101)) / 100);
    const after = decisionOf(program, { ...request, now: later });
    expect({ ...after, time: now }).toEqual(before);
  });
});

describe("law 23: nothing accepted", () => {
  it(
    "no clause over a closed list of evidence that is not there is decided",
    () =>
      fc.assert(
        fc.property(seed, seed, (forProgram, forFacts) => {
          const ground = groundFrom(forProgram, forFacts);
          const { choices, universe: types } = ground;
          const read: Expr = {
            kind: "closed",
            operand: {
              kind: "attestation",
              quantity: choices.pick(["one", "newest"]),
              predicate: types.bom,
              origin: choices.pick([{ kind: "claimed" }, { kind: "trust", trust: "oracle.release" }]),
              type: types.bom,
              at,
            },
            type: types.bom,
            at,
          };
          const list = field(read, choices.pick(["items", "others", "leaves"]));
          const shape = quantifier(1, ground.scope);
          if (shape.kind !== "some" && shape.kind !== "every") throw new Error("quantifiers quantify");
          const where = condition(1, { ...ground.scope, nesting: 2 });
          const over: Expr = { ...shape, collection: list, where, ...(shape.kind === "every" ? { body: where } : {}) };
          const program = programWith(ground, [{ condition: refreshed(over, ground.fresh) }, { condition: over, polarity: "forbid" }]);
          const without = { ...ground.request, evidence: [], attested: [] };
          for (const clause of decisionOf(program, without).clauses) expect(clause.outcome).toBe("undecided");
        }),
        { numRuns },
      ),
    patience,
  );
});
