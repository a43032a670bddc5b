import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OpenList } from "../../language/core/data.ts";
import type { Expr, Quantifier } from "../../language/core/ir.ts";
import { type License, obliges, parseLicense, permits } from "../../language/domains/license.ts";
import { seed } from "./choices.ts";
import { condition, field, inside, literal, operand, type Scope } from "./expressions.ts";
import { both, claimed, either, type Ground, groundFrom, not, oracleValuesOf, someCondition, type Verdict, valuesOf } from "./ground.ts";
import { refreshed } from "./rewrite.ts";
import { lawRuns as numRuns, patience } from "./runs.ts";
import { bool, int, level, place } from "./universe.ts";

const at = place();

function law(name: string, holds: (ground: Ground) => void): void {
  it(
    name,
    () =>
      fc.assert(
        fc.property(seed, seed, (forProgram, forFacts) => holds(groundFrom(forProgram, forFacts))),
        { numRuns },
      ),
    patience,
  );
}

/** On the engine and on the oracle, wants included. */
function same(ground: Ground, left: Expr, right: Expr): void {
  for (const values of [valuesOf, oracleValuesOf]) {
    const [a, b] = values(ground, [left, right]);
    expect(b).toEqual(a);
  }
}

function sameTruth(ground: Ground, left: Expr, right: Expr): void {
  for (const values of [valuesOf, oracleValuesOf]) {
    const [a, b] = values(ground, [left, right]);
    expect(b?.truth).toBe(a?.truth);
  }
}

describe("law 1: three-valued logic", () => {
  law("De Morgan's laws hold with wants", (ground) => {
    const [a, b] = [someCondition(ground), someCondition(ground)];
    same(ground, not(both(a, b)), either(not(a), not(b)));
    same(ground, not(either(a, b)), both(not(a), not(b)));
  });
  law("and, or are associative, commutative and idempotent with wants", (ground) => {
    const [a, b, c] = [someCondition(ground), someCondition(ground), someCondition(ground)];
    for (const op of [both, either]) {
      same(ground, op(op(a, b), c), op(a, op(b, c)));
      same(ground, op(a, b), op(b, a));
      same(ground, op(a, a), a);
    }
    same(ground, not(not(a)), a);
  });
  law("absorption and distribution hold on truth", (ground) => {
    const [a, b, c] = [someCondition(ground), someCondition(ground), someCondition(ground)];
    sameTruth(ground, both(a, either(a, b)), a);
    sameTruth(ground, either(a, both(a, b)), a);
    sameTruth(ground, both(a, either(b, c)), either(both(a, b), both(a, c)));
    sameTruth(ground, either(a, both(b, c)), both(either(a, b), either(a, c)));
  });
});

/** A list of records of the subject or of evidence, with a name for its members. */
interface Over {
  readonly list: Expr;
  readonly slot: number;
  /** Conditions may speak of the member only, or of everything. */
  readonly member: Scope;
  readonly everything: Scope;
}

function over(ground: Ground, list: Expr): Over {
  const slot = ground.fresh();
  const everything = inside(list, slot, ground.scope);
  return { list, slot, everything, member: { ...everything, records: everything.records.slice(-1) } };
}

function someList(ground: Ground): Expr {
  const from = ground.choices.pick(ground.scope.records);
  return field(from, ground.choices.pick(["items", "others", "leaves"]));
}

function some({ list, slot }: Over, where: Expr): Expr {
  return { kind: "some", slot, name: `x${slot}`, collection: list, where, type: bool, at };
}

function every({ list, slot }: Over, where: Expr, body: Expr): Expr {
  return { kind: "every", slot, name: `x${slot}`, collection: list, where, body, type: bool, at };
}

function count({ list, slot }: Over, where: Expr): Expr {
  return { kind: "count", slot, name: `x${slot}`, collection: list, where, type: int, at };
}

function compare(op: "==" | ">=", left: Expr, right: Expr): Expr {
  return { kind: "compare", op, operands: left.type, left, right, type: bool, at };
}

describe("law 2: quantifiers", () => {
  law("every is not some not, with wants", (ground) => {
    const it = over(ground, someList(ground));
    const [p, q] = [condition(1, it.everything), condition(1, it.everything)];
    same(ground, every(it, p, q), not(some(it, both(p, not(q)))));
  });
  law("filters commute with and", (ground) => {
    const it = over(ground, someList(ground));
    const [p, q] = [condition(1, it.everything), condition(1, it.everything)];
    same(ground, some(it, both(p, q)), some(it, both(q, p)));
  });
  law("some over a list is the or over the parts of it", (ground) => {
    const [xs, ys] = ["items", "others"].map((name) => ground.request.subject.data[name]);
    const parts = [xs, ys].map((list) => (list instanceof OpenList ? list : new OpenList(Array.isArray(list) ? list : [], false)));
    const [left, right] = parts as [OpenList, OpenList];
    const whole = new OpenList([...left.items, ...right.items], left.undeclared || right.undeclared, [...left.lacks, ...right.lacks]);
    const document = { digest: `sha256:${"0".repeat(64)}`, name: "whole", format: "oracle", predicateType: "oracle.Bom" };
    const request = {
      ...ground.request,
      // Where every field exists.
      point: "admission",
      subject: { ...ground.request.subject, data: { ...ground.request.subject.data, items: left, others: right } },
      evidence: [{ type: "oracle.Bom", document, data: { items: whole }, about: [], counts: {} }],
      attested: [],
      failed: [],
    };
    const subject = ground.scope.records.at(-1) as Expr;
    const it = over(ground, field(subject, "items"));
    const p = condition(1, it.member);
    const inPart = (list: Expr): Expr => refreshed({ ...some(it, p), collection: list } as Quantifier, ground.fresh);
    const united = inPart(field(claimed(ground.universe.bom), "items"));
    const [a, b] = valuesOf(ground, [united, either(inPart(field(subject, "items")), inPart(field(subject, "others")))], request);
    expect(b?.truth).toBe(a?.truth);
  });
});

describe("law 3: counts", () => {
  law("a count of at least one is some, a count of none is not some, on truth", (ground) => {
    const it = over(ground, someList(ground));
    const p = condition(2, it.everything);
    sameTruth(ground, compare(">=", count(it, p), literal(int, 1)), some(it, p));
    sameTruth(ground, compare("==", count(it, p), literal(int, 0)), not(some(it, p)));
  });
});

describe("law 6: open collections", () => {
  law("a member more moves some only from unknown to true; closing only removes unknown", (ground) => {
    const { subject } = ground.request;
    const listed = subject.data["items"];
    const items = listed instanceof OpenList ? listed.items : Array.isArray(listed) ? listed : [];
    const more = [...items, ground.request.evidence[0]?.data["sub"] ?? {}];
    const withItems = (list: typeof listed) => ({ ...ground.request, subject: { ...subject, data: { ...subject.data, items: list } } });
    const it = over(ground, field(ground.scope.records.at(-1) as Expr, "items"));
    const p = condition(2, it.member);
    const forms = [some(it, p), every(it, p, condition(1, it.member))];
    const values = (list: typeof listed) => valuesOf(ground, forms, withItems(list)).map((v) => v.truth);
    const [open, grown, closed] = [values(new OpenList(items, true)), values(new OpenList(more, true)), values(items)];
    expect(open[0]).not.toBe("false");
    expect(open[1]).not.toBe("true");
    if (open[0] === "true") expect([grown[0], closed[0]]).toEqual(["true", "true"]);
    if (open[1] === "false") expect([grown[1], closed[1]]).toEqual(["false", "false"]);
    expect(grown[0]).not.toBe("false");
    expect(grown[1]).not.toBe("true");
  });
});

describe("law 14: tables", () => {
  const fieldsOf = ["e", "b", "c"] as const;
  /** The subject with these fields, and with the ones that are not known filled in. */
  function requests(ground: Ground): readonly [Ground["request"], Ground["request"]] {
    const { choices } = ground;
    const full = { e: choices.pick(level.variants), b: choices.chance(50), c: choices.pick(["red", "green", "blue"]) };
    const kept = Object.fromEntries(fieldsOf.filter(() => choices.chance(50)).map((name) => [name, full[name]]));
    const unknown = new Set(fieldsOf.filter((name) => !(name in kept)));
    const lacking = Object.fromEntries([...unknown].map((name) => [name, "%"]));
    const on = (data: object) => ({ ...ground.request, subject: { ...ground.request.subject, data: { ...data } } });
    return [on({ ...kept, ...lacking }), on(full)];
  }
  function urgent(ground: Ground): readonly [Expr, Expr] {
    const subject = ground.scope.records.at(-1) as Expr;
    const rank: Expr = { kind: "table", key: "oracle.rank", args: [field(subject, "e"), field(subject, "b")], type: level, at };
    const mixed: Expr = { kind: "table", key: "oracle.urgent", args: [rank, field(subject, "c"), field(subject, "b")], type: bool, at };
    return [rank, mixed];
  }
  law("what is settled on partial knowledge holds on full knowledge", (ground) => {
    const [partial, full] = requests(ground);
    const [rank, mixed] = urgent(ground);
    const asked = [...level.variants.map((_, k) => compare("==", rank, literal(level, k))), compare(">=", rank, literal(level, 1)), mixed];
    const [before, after] = [partial, full].map((request) => valuesOf(ground, asked, request)) as [readonly Verdict[], readonly Verdict[]];
    for (const [i, value] of before.entries()) if (value.truth !== "unknown") expect(after[i]?.truth).toBe(value.truth);
    expect(after.every((value) => value.truth !== "unknown")).toBe(true);
  });
  law("a monotone table stays monotone on sets", (ground) => {
    const raw = ground.universe.tables.find((t) => t.key === "oracle.rank");
    if (raw === undefined) throw new Error("the universe has a table");
    // Row-major over (level, Bool): the greatest outcome of every combination that is not above.
    const outcomes = raw.outcomes.map((_, i) =>
      Math.max(...raw.outcomes.filter((__, j) => Math.floor(j / 2) <= Math.floor(i / 2) && j % 2 <= i % 2)),
    );
    const monotone = { ...ground, universe: { ...ground.universe, tables: [{ ...raw, outcomes }] } };
    const [rank] = urgent(ground);
    const asked = level.variants.map((_, k) => compare(">=", rank, literal(level, k)));
    const lower = ground.choices.below(2);
    const at = (e: number, b: unknown) => ({
      ...ground.request,
      subject: { ...ground.request.subject, data: { e: level.variants[e] as string, b: b as boolean } },
    });
    const b = ground.choices.pick(["%", false, true]);
    const low = valuesOf(monotone, asked, at(lower, b)).map((v) => v.truth);
    const high = valuesOf(monotone, asked, at(lower + 1 + ground.choices.below(2 - lower), b)).map((v) => v.truth);
    for (const [k, truth] of low.entries()) {
      if (truth === "true") expect(high[k]).toBe("true");
      if (truth === "unknown") expect(high[k]).not.toBe("false");
    }
  });
});

describe("law 17: licences", () => {
  const ids = ["MIT", "Apache-2.0", "GPL-2.0-only", "AGPL-3.0-only", "ISC"];
  const leaf = fc.constantFrom(...ids);
  const { expression } = fc.letrec<{ expression: string; joined: string }>((tie) => ({
    expression: fc.oneof({ depthSize: "small" }, leaf, tie("joined")),
    joined: fc
      .tuple(tie("expression"), fc.constantFrom("AND", "OR"), tie("expression"))
      .map(([left, op, right]) => `(${left} ${op} ${right})`),
  }));
  function read(text: string): License {
    const parsed = parseLicense(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.value;
  }
  it(
    "permits(e, S) is not obliges(e, the rest)",
    () =>
      fc.assert(
        fc.property(expression, fc.subarray(ids), (text, listed) => {
          const license = read(text);
          const rest = ids.filter((id) => !listed.includes(id));
          expect(permits(license, listed)).toBe(obliges(license, rest) === false);
        }),
        { numRuns },
      ),
    patience,
  );
  law("in a policy too", (ground) => {
    const license = operand({ kind: "scalar", name: "License" }, 0, ground.scope);
    const listed = ids.filter(() => ground.choices.chance(50));
    const reads = (name: string, among: readonly string[]): Expr => ({
      kind: "intrinsic",
      name: `waybill.license.${name}`,
      args: [license, literal({ kind: "list", element: { kind: "scalar", name: "String" } }, among)],
      type: bool,
      at,
    });
    const rest = ids.filter((id) => !listed.includes(id));
    sameTruth(ground, reads("permits", listed), not(reads("obliges", rest)));
  });
});
