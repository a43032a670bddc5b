/**
 * Law 10, in full: with and without a waiver, decisions differ only inside its scope. The clause that it is about says of
 * the members outside what it said before, every other clause says the same in all, at every point.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cause } from "../../language/core/data.ts";
import type { Clause, Policy, Waiver } from "../../language/core/ir.ts";
import { engineAnswer, type Pair, pairFrom } from "./agreement.ts";
import { seed } from "./choices.ts";
import { letsOf, memberQuantifier, decide as oracleDecide } from "./decide.ts";
import { bind, type Env, evaluate, type Faults, faultless, truth, type World } from "./evaluate.ts";
import { all, and, any, causesOf, not, open, or, sure, type Truth } from "./logic.ts";
import { lawRuns as numRuns, patience } from "./runs.ts";
import { day, today } from "./universe.ts";

/** What is compared of a clause, whoever decides. */
interface Said {
  readonly policy: string;
  readonly label: string | null;
  readonly outcome: string;
  readonly effect: string;
  readonly causes: readonly Cause[];
  /** All that there is to say, for equality of what must not change. */
  readonly whole: unknown;
  readonly witnessCount?: number;
  /** How much each waiver lifted, by the place where it stands among those of the clause. */
  readonly lifted?: readonly { readonly because: string; readonly lifted: number }[];
}

interface Decided {
  readonly covered: boolean;
  readonly clauses: readonly Said[];
}

type Decides = (pair: Pair) => Decided | undefined;

const byEngine: Decides = ({ program, request, inputs }) => {
  const answer = engineAnswer(program, request, true, inputs);
  if (answer.kind === "refusal") return undefined;
  const { covered, clauses } = answer.decision;
  return {
    covered,
    clauses: clauses.map((clause) => ({
      policy: clause.policy,
      label: clause.label,
      outcome: clause.outcome,
      effect: clause.effect,
      causes: clause.causes,
      whole: clause,
      witnessCount: clause.witnessCount,
      lifted: clause.waivers,
    })),
  };
};

const byOracle =
  (faults: Faults): Decides =>
  ({ program, request, inputs }) => {
    const answer = oracleDecide(program, inputs, request, faults);
    if (answer.kind === "no-policy") return undefined;
    const { covered, clauses } = answer.decision;
    return {
      covered,
      clauses: clauses.map((clause) => ({ ...clause, causes: [...clause.causes], whole: clause })),
    };
  };

interface Expected {
  readonly outcome: string;
  readonly causes: ReadonlySet<Cause>;
  /** Members that violate the clause for certain; undefined where it is about no members. */
  readonly witnesses: number | undefined;
  /** Whether anything is certainly inside the scope. */
  readonly touches: boolean;
  /** What the waiver lifts. */
  readonly lifted: number;
}

/** What the clause comes to over what is outside the waiver's scope alone. */
function outside(policy: Policy, clause: Clause, waiver: Waiver, others: readonly Waiver[], world: World): Expected {
  const env = letsOf(policy);
  const scope = policy.scope === undefined ? true : truth(policy.scope, env, world);
  const applies = and(scope, all(clause.guards.map((guard) => truth(guard, env, world))));
  const holdsFor = (one: Waiver, inner: Env): boolean => sure(truth(one.scope.condition, inner, world));
  const quantifier = memberQuantifier(clause);
  const ofMembers = others.filter((one) => one.scope.kind === "member");
  let hold: Truth;
  let witnesses: number | undefined;
  let touched = 0;
  let touches = false;
  if (quantifier === undefined) {
    const as = truth(clause.condition, env, world);
    hold = clause.polarity === "require" ? as : not(as);
  } else {
    const collection = evaluate(quantifier.collection, env, world);
    if (collection.kind !== "collection") throw new Error("a quantifier over what is no collection");
    const members = collection.members.map((meaning) => {
      const inner = bind(env, quantifier.slot, { kind: "member", meaning });
      const where = quantifier.where === undefined ? true : truth(quantifier.where, inner, world);
      const violates = quantifier.body === undefined ? true : not(truth(quantifier.body, inner, world));
      const bad = and(where, violates);
      const isInside = waiver.scope.kind === "member" && holdsFor(waiver, inner);
      return { bad, isInside, isLifted: ofMembers.some((one) => holdsFor(one, inner)) };
    });
    const kept = members.filter((one) => !one.isInside).map((one) => (one.isLifted ? false : one.bad));
    touches = members.some((one) => one.isInside);
    touched = members.filter((one) => one.isInside && one.bad !== false).length;
    witnesses = kept.filter((bad) => bad === true).length;
    hold = not(or(open(collection.wants), any(kept)));
  }
  const isSubject = waiver.scope.kind === "subject" && holdsFor(waiver, env);
  if (isSubject) {
    touches = true;
    touched = hold === true ? 0 : 1;
  }
  const isWaived = isSubject || others.some((one) => one.scope.kind === "subject" && holdsFor(one, env));
  const pass = or(not(applies), isWaived ? true : hold);
  return {
    outcome: pass === true ? "passed" : pass === false ? "violated" : "undecided",
    causes: typeof pass === "boolean" ? new Set() : causesOf(pass.wants),
    witnesses: pass === false ? witnesses : undefined,
    touches: touches && applies !== false,
    lifted: applies === false ? 0 : touched,
  };
}

/** What is not as the law says, a line each. */
function broken(pair: Pair, decides: Decides): readonly string[] {
  const { program, request } = pair;
  const { now } = request;
  const imported = new Set(program.modules.filter((module) => !module.deciding).map((module) => module.path));
  const live = program.waivers.filter((waiver) => !imported.has(waiver.at.path) && now !== undefined && now < waiver.ends);
  const found: string[] = [];
  for (const waiver of live) {
    const rest = program.waivers.filter((one) => one !== waiver);
    const after = decides(pair);
    const before = decides({ ...pair, program: { ...program, waivers: rest } });
    if (after === undefined || before === undefined) continue;
    if (after.covered !== before.covered) found.push("coverage");
    const policies = program.policies.filter((policy) => !imported.has(policy.at.path));
    for (const [index, said] of after.clauses.entries()) {
      const earlier = before.clauses[index];
      const key = `${said.policy}.${said.label}`;
      if (key !== waiver.clause) {
        if (JSON.stringify(plain(said.whole)) !== JSON.stringify(plain(earlier?.whole))) found.push(`another clause: ${key}`);
        continue;
      }
      const policy = policies.find((one) => one.name === said.policy);
      const clause = policy?.clauses.find((one) => one.label === said.label);
      if (policy === undefined || clause === undefined) continue;
      const world: World = { program, inputs: pair.inputs, request, faults: faultless };
      const others = live.filter((one) => one !== waiver && one.clause === waiver.clause);
      found.push(...differences(said, earlier, outside(policy, clause, waiver, others, world), waiver));
    }
  }
  return found;
}

function differences(said: Said, earlier: Said | undefined, expected: Expected, waiver: Waiver): readonly string[] {
  const found: string[] = [];
  if (said.outcome !== expected.outcome) found.push(`${said.outcome}, and outside its scope ${expected.outcome}`);
  const causes = [...expected.causes].sort().join(" ");
  if ([...said.causes].sort().join(" ") !== causes) found.push(`causes ${said.causes.join(" ")}, and outside its scope ${causes}`);
  if (!expected.touches && JSON.stringify(plain(said.whole)) !== JSON.stringify(plain(earlier?.whole)))
    found.push("touches nothing, and changes");
  if (said.witnessCount !== undefined && expected.witnesses !== undefined && said.witnessCount !== Math.max(1, expected.witnesses))
    found.push(`${said.witnessCount} witnesses, and outside its scope ${expected.witnesses}`);
  if (said.lifted !== undefined) {
    const lifted = said.lifted.find((one) => (one as unknown as Waiver).scope === waiver.scope)?.lifted ?? 0;
    if (lifted !== expected.lifted) found.push(`lifted ${lifted}, not ${expected.lifted}`);
  }
  return found;
}

/** Sets, maps and great numbers as text. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, part: unknown) =>
      typeof part === "bigint" ? String(part) : part instanceof Map || part instanceof Set ? [...part] : part,
    ),
  );
}

function everyPoint(pair: Pair): readonly Pair[] {
  return ["ci", "admission"].map((point) => ({
    ...pair,
    request: { ...pair.request, point, subject: { ...pair.request.subject, kind: "image" } },
  }));
}

describe("law 10: with and without a waiver", () => {
  it(
    "decisions differ only inside its scope, at every point",
    () =>
      fc.assert(
        fc.property(seed, seed, (forProgram, forFacts) => {
          for (const pair of everyPoint(pairFrom(forProgram, forFacts))) expect(broken(pair, byEngine)).toEqual([]);
        }),
        { numRuns },
      ),
    patience,
  );

  it(
    "one that has ended is as if it were not there, at every point",
    () =>
      fc.assert(
        fc.property(seed, seed, (forProgram, forFacts) => {
          for (const pair of everyPoint(pairFrom(forProgram, forFacts))) {
            const later = { ...pair, request: { ...pair.request, now: today + 10 * day } };
            const without = { ...later, program: { ...later.program, waivers: [] } };
            expect(plain(byEngine(later))).toEqual(plain(byEngine(without)));
          }
        }),
        { numRuns },
      ),
    patience,
  );

  it(
    "and would be found out if one lifted what it may match",
    () => {
      const holds = (faults: Faults) =>
        fc.check(
          fc.property(seed, seed, (forProgram, forFacts) =>
            everyPoint(pairFrom(forProgram, forFacts)).every((pair) => broken(pair, byOracle(faults)).length === 0),
          ),
          { numRuns: 10_000 },
        );
      expect(holds({ ...faultless, waiveHalfKnown: true }).failed).toBe(true);
    },
    patience,
  );
});
