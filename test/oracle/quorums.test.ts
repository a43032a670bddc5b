/**
 * Quorums from signatures to decision: `any of`, `all of` and `k of` count distinct members over one statement, and a window
 * of validity is compared with the verified time of signing (semantics, section 7), read naively for each declaration.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Attested, Request } from "../../engine/evaluate/decision.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import { creditsOf } from "../../engine/trust/credit.ts";
import type { StatementSignature } from "../../engine/trust/quorum.ts";
import { compareAnswers, engineAnswer } from "./agreement.ts";
import { type Choices, choicesFrom, seed } from "./choices.ts";
import { decide } from "./decide.ts";
import { digest } from "./facts.ts";
import { lawRuns as numRuns, patience } from "./runs.ts";
import { day, today } from "./universe.ts";
import { compiled, noInputs } from "./written.ts";

/** A declaration: one key, in a window where it has one, or a quorum of others. */
type Declared =
  | { readonly name: string; readonly kind: "key"; readonly key: string; readonly from?: number; readonly until?: number }
  | { readonly name: string; readonly kind: "quorum"; readonly of: string; readonly needed: number; readonly members: readonly string[] };

const keys = ["a", "b", "c", "d"].map((letter) => `sha256:${letter.repeat(64)}`);

function declarations(choices: Choices): readonly Declared[] {
  const own = choices.times(
    2,
    5,
    (i): Declared => ({
      name: `k${i}`,
      kind: "key",
      key: choices.pick(keys),
      ...(choices.chance(20) ? { until: today + day } : {}),
      ...(choices.chance(20) ? { from: today } : {}),
    }),
  );
  const all = [...own];
  choices.times(1, 4, (i) => {
    const members = all.map(({ name }) => name).filter(() => choices.chance(60));
    if (members.length === 0) return;
    const of = choices.pick(["any", "all", ...(members.length > 1 ? ["2"] : []), ...(members.length > 2 ? ["3"] : [])]);
    all.push({ name: `q${i}`, kind: "quorum", of, needed: of === "any" ? 1 : of === "all" ? members.length : Number(of), members });
  });
  return all;
}

function dateOf(time: number): string {
  return new Date(time / 1000).toISOString().slice(0, 10);
}

/** Each declaration is asked for one statement, for the newest, and for some. */
function sourceOf(all: readonly Declared[]): string {
  const trusts = all.map((one) => {
    if (one.kind === "quorum") return `trust ${one.name} = ${one.of} of [${one.members.join(", ")}]`;
    const from = one.from === undefined ? "" : `, not_before: ${dateOf(one.from)}`;
    const until = one.until === undefined ? "" : `, not_after: ${dateOf(one.until - day)}`;
    return `trust ${one.name} = key { fingerprint: "${one.key}"${from}${until} }`;
  });
  const clauses = all.flatMap(({ name }) => [
    `  require one_${name}: (attestation Doc by ${name}).n > 1`,
    `  require new_${name}: (newest attestation Doc by ${name}).n > 1`,
    `  require some_${name}: some d in attestations Doc by ${name} where d.n > 2`,
  ]);
  return ["module oracle", "type Doc { n: Int }", ...trusts, "policy p for artifact {", ...clauses, "}", ""].join("\n");
}

interface Signature extends StatementSignature {
  readonly key: string;
}

function signatures(choices: Choices): readonly Signature[] {
  return choices.times(0, 4, () => {
    const key = choices.pick(keys);
    const times = choices.times(0, 2, () => today + choices.pick([-day, 0, day, 2 * day])).toSorted((a, b) => a - b);
    return {
      key,
      signer: { kind: "key", fingerprint: key },
      times: times.map((time) => ({ source: "transparency-log", time, by: "log" })),
    };
  });
}

/** Whether a declaration believes the statement. */
function believes(one: Declared, all: readonly Declared[], signed: readonly Signature[]): boolean {
  if (one.kind === "key") return signed.some((signature) => accepts(one, signature));
  return membersOf(one, all).filter((member) => believes(member, all, signed)).length >= one.needed;
}

/** Each member once. */
function membersOf(one: Declared & { readonly kind: "quorum" }, all: readonly Declared[]): readonly Declared[] {
  return all.filter(({ name }) => one.members.includes(name));
}

/** No verified time of signing: where there is a window, it cannot be told. */
function accepts({ key, from, until }: Declared & { readonly kind: "key" }, { key: by, times }: Signature): boolean {
  const signedAt = timeOf(times);
  const inWindow = signedAt !== undefined && signedAt >= (from ?? signedAt) && (until === undefined || signedAt < until);
  return key === by && (inWindow || (from === undefined && until === undefined));
}

function timeOf(times: Signature["times"]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times.map(({ time }) => time));
}

/** Since when it is believed: by the first signature that will do; of a quorum by the first members that are enough. */
function since(one: Declared, all: readonly Declared[], signed: readonly Signature[]): number | undefined {
  const times =
    one.kind === "key"
      ? signed.filter((signature) => accepts(one, signature)).map((signature) => timeOf(signature.times))
      : choicesOf(
          membersOf(one, all).filter((member) => believes(member, all, signed)),
          one.needed,
        ).map((enough) => latest(enough.map((member) => since(member, all, signed))));
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length < times.length ? undefined : Math.max(...known);
}

/** Every choice of so many of a list. */
function choicesOf<T>(list: readonly T[], count: number): readonly (readonly T[])[] {
  if (count === 0) return [[]];
  return list.flatMap((first, i) => choicesOf(list.slice(i + 1), count - 1).map((rest) => [first, ...rest]));
}

it(
  "decides by statements with several signatures as reading each declaration does",
  () => {
    const tally = new Map<string, number>();
    fc.assert(
      fc.property(seed, seed, (forProgram, forFacts) => {
        const all = declarations(choicesFrom(forProgram));
        const text = sourceOf(all);
        const { program, errors } = compiled(text);
        if (errors.length > 0) throw new Error(`${errors.map((e) => `${e.code} ${e.message}`).join("\n")}\n${text}`);
        const choices = choicesFrom(forFacts);
        const statements = choices.times(0, 3, (i) => ({ evidence: documentOf(i, choices.below(4)), signed: signatures(choices) }));
        const ours = statements.flatMap(({ evidence, signed }) =>
          creditsOf(program, signed, new Map()).map(({ trust, time }): Attested => ({ trusts: [trust], evidence, ...dated(time) })),
        );
        const theirs = statements.flatMap(({ evidence, signed }) =>
          all
            .filter((one) => believes(one, all, signed))
            .map((one): Attested => ({ trusts: [`oracle.${one.name}`], evidence, ...dated(since(one, all, signed)) })),
        );
        const differences = compareAnswers(engineAnswer(program, requestOf(ours)), decide(program, noInputs, requestOf(theirs)), false);
        if (differences.length > 0) throw new Error([...differences, text, JSON.stringify([ours, theirs])].join("\n"));
        for (const { trusts } of theirs) {
          const kind = trusts[0]?.startsWith("oracle.q") ? "quorum" : "key";
          tally.set(kind, (tally.get(kind) ?? 0) + 1);
        }
      }),
      { numRuns },
    );
    for (const kind of ["quorum", "key"]) expect(tally.get(kind) ?? 0).toBeGreaterThan(numRuns / 2);
  },
  patience,
);

function dated(time: number | undefined): { readonly time?: number } {
  return time === undefined ? {} : { time };
}

function documentOf(i: number, n: number): Evidence {
  return {
    type: "oracle.Doc",
    document: { digest: digest(`doc ${i}`), name: `doc ${i}`, format: "oracle", predicateType: "oracle.Doc" },
    data: { n },
    about: [],
    counts: {},
  };
}

function requestOf(attested: readonly Attested[]): Request {
  const subject = { kind: "artifact", name: "subject", digest: digest("subject"), data: { name: "subject" } };
  return { subject, point: "ci", now: today, evidence: [], attested, failed: [] };
}
