/** Risk that is half known: what the BOD 26-04 pack decides of a finding holds whatever the unknown facts turn out to be. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compileProgram, decide } from "../../engine/evaluate/evaluate.ts";
import { compile } from "../../language/compile.ts";
import type { DataRecord } from "../../language/core/data.ts";
import { read } from "../architecture/sources.ts";
import { standardLibrary } from "../golden/compile.ts";

const path = "policies/packs/bod-26-04/bod-26-04.scp";
const { value: program } = compile({ deciding: [{ path, text: read(path) }], load: (name) => standardLibrary.get(name) });
const day = 86_400_000_000;
const seen = 1_750_000_000_000_000;

interface Facts {
  readonly kev?: boolean;
  readonly automatable?: boolean;
  readonly technical_impact?: "partial" | "total";
  readonly kev_added?: string;
}

/** Outcomes of the clauses that speak of a deadline, by label, `exposed` or not, so many days after the finding was first seen. */
function outcomes(exposed: boolean, facts: Facts, days: number): ReadonlyMap<string, string> {
  const finding: DataRecord = {
    id: "CVE-2026-10001",
    component: { name: "openssl" },
    detected: new Date(seen / 1000).toISOString(),
    ...facts,
  };
  const document = { digest: `sha256:${"0".repeat(64)}`, name: "scan.json", format: "test", predicateType: "waybill.vuln.Scan" };
  const answer = decide(compileProgram(program, new Map([["waybill.bod_26_04.exposed", exposed]])), {
    subject: { kind: "artifact", name: "shop", data: { name: "shop" } },
    point: "ci",
    now: seen + days * day,
    evidence: [{ type: "waybill.vuln.Scan", document, data: { findings: [finding] }, about: [], counts: {} }],
    attested: [],
    failed: [],
  });
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return new Map(answer.decision.clauses.map((clause) => [clause.label ?? "", clause.outcome]));
}

function completions(facts: Facts): readonly Facts[] {
  const kevs = facts.kev === undefined ? [false, true] : [facts.kev];
  const automatables = facts.automatable === undefined ? [false, true] : [facts.automatable];
  const impacts = facts.technical_impact === undefined ? (["partial", "total"] as const) : [facts.technical_impact];
  return kevs.flatMap((kev) =>
    automatables.flatMap((automatable) => impacts.map((technical_impact) => ({ kev, automatable, technical_impact }))),
  );
}

const facts = fc.record(
  { kev: fc.boolean(), automatable: fc.boolean(), technical_impact: fc.constantFrom("partial" as const, "total" as const) },
  { requiredKeys: [] },
);
const days = fc.oneof(fc.constantFrom(0, 2, 3, 13, 14, 59, 60), fc.nat({ max: 90 }));

it("the pack decides by the deadline of the table", () => {
  const whole = { kev: true, automatable: false, technical_impact: "partial" } as const;
  expect([13, 14].map((after) => outcomes(false, whole, after).get("overdue"))).toEqual(["passed", "violated"]);
  expect(outcomes(false, {}, 14).get("overdue")).toBe("undecided");
});

it("what is decided of a finding that is half known is decided of each that it may be", () => {
  fc.assert(
    fc.property(fc.boolean(), facts, days, (exposed, known, after) => {
      const decided = outcomes(exposed, known, after);
      for (const whole of completions(known)) {
        const full = outcomes(exposed, whole, after);
        for (const [label, outcome] of decided) if (outcome !== "undecided") expect([label, full.get(label)]).toEqual([label, outcome]);
      }
    }),
    { numRuns: 60 },
  );
});

it("nothing stays undecided that is the same for each that it may be", () => {
  fc.assert(
    fc.property(fc.boolean(), facts, days, (exposed, known, after) => {
      const all = completions(known).map((whole) => outcomes(exposed, whole, after).get("overdue"));
      if (new Set(all).size === 1) expect(outcomes(exposed, known, after).get("overdue")).toBe(all[0]);
    }),
    { numRuns: 60 },
  );
});

it("what is overdue stays so, and becomes it no later where more is at risk", () => {
  fc.assert(
    fc.property(fc.boolean(), facts, days, fc.nat({ max: 40 }), (exposed, known, after, more) => {
      for (const whole of completions(known)) {
        if (outcomes(exposed, whole, after).get("overdue") !== "violated") continue;
        expect(outcomes(exposed, whole, after + more).get("overdue")).toBe("violated");
        for (const worse of [{ kev: true }, { automatable: true }, { technical_impact: "total" as const }])
          expect(outcomes(exposed, { ...whole, ...worse }, after).get("overdue")).toBe("violated");
        expect(outcomes(true, whole, after).get("overdue")).toBe("violated");
      }
    }),
    { numRuns: 40 },
  );
});

it("what was overdue before it was listed stays so, whenever that is", () => {
  fc.assert(
    fc.property(fc.boolean(), facts, days, fc.nat({ max: 90 }), (exposed, known, after, before) => {
      const kev_added = new Date((seen + Math.max(0, after - before) * day) / 1000).toISOString();
      for (const whole of completions(known)) {
        if (outcomes(exposed, { ...whole, kev: false }, after).get("overdue") !== "violated") continue;
        expect(outcomes(exposed, { ...whole, kev: true, kev_added }, after).get("overdue")).toBe("violated");
      }
    }),
    { numRuns: 60 },
  );
});
