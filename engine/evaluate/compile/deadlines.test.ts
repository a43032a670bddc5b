import fc from "fast-check";
import { expect, it } from "vitest";
import { type DataRecord, Lack } from "../../../language/core/data.ts";
import { parseTime, showTime } from "../../../language/domains/time.ts";
import { compileText } from "../../../test/bench/project.ts";
import { type Answer, compileProgram, type Decision, decide } from "../evaluate.ts";

function at(text: string): number {
  const time = parseTime(text);
  if (!time.ok) throw new Error(time.problem);
  return time.value;
}

function ask(clause: string, published: DataRecord[string], now: string | undefined): Answer {
  const source = `
module acme.late
import waybill.deadline
let freeze: List<deadline.Pause> = [{ begins: 2026-11-03 }]
let short: List<deadline.Pause> = [{ begins: 2026-11-03, ends: 2026-11-04 }]
policy late for package at firewall { ${clause} }`;
  return decide(compileProgram(compileText("policy.scp", source)), {
    subject: { kind: "package", name: "it", data: { name: "it", published } },
    point: "firewall",
    ...(now === undefined ? {} : { now: at(now) }),
    evidence: [],
    attested: [],
    failed: [],
  });
}

function decided(clause: string, published: DataRecord[string], now: string): Decision {
  const answer = ask(clause, published, now);
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return answer.decision;
}

const november = "2026-11-01T00:00:00Z";
const passed = (fields: string): string => `forbid c: deadline.passed({ start: package.published, ${fields} })`;

it("needs a clock to say whether a deadline has passed, and none to say when it is due", () => {
  expect(ask(passed("days: 3"), november, undefined)).toMatchObject({ kind: "refusal", refusal: { code: "no-clock" } });
  expect(ask("forbid c: deadline.due({ start: package.published, days: 3 }) == 2026-11-05", november, undefined)).toMatchObject({
    decision: { effect: "allow" },
  });
});

it("is undecided, by the cause of the start, where the start is not known", () => {
  expect(decided(passed("days: 3"), undefined, "2026-11-21T00:00:00Z")).toMatchObject({ effect: "deny", reason: "undecided" });
  expect(decided(passed("days: 3"), new Lack("transient", "503"), "2026-11-21T00:00:00Z")).toMatchObject({ reason: "fault" });
});

it("is malformed with days that no deadline has", () => {
  const decision = decided(passed("days: -1"), november, "2026-11-21T00:00:00Z");
  expect(decision.clauses[0]).toMatchObject({ outcome: "undecided", causes: ["malformed"] });
});

it("passes at the instant at which it is due, and a decision before holds until then", () => {
  const before = decided(passed("days: 3"), november, "2026-11-03T12:00:00Z");
  expect(before).toMatchObject({ effect: "allow", validUntil: at("2026-11-04T00:00:00Z") });
  expect(decided(passed("days: 3"), november, "2026-11-03T23:59:59.999999Z").effect).toBe("allow");
  const then = decided(passed("days: 3"), november, "2026-11-04T00:00:00Z");
  expect(then.effect).toBe("deny");
  expect(then.validUntil).toBeUndefined();
});

it("never passes while its clock stands, and has no due time", () => {
  const decision = decided(passed("days: 3, pauses: freeze"), november, "2030-01-01T00:00:00Z");
  expect(decision.effect).toBe("allow");
  expect(decision.validUntil).toBeUndefined();
  const due = decided(
    "forbid c: deadline.due({ start: package.published, days: 3, pauses: freeze }) > 2026-01-01",
    november,
    "2030-01-01T00:00:00Z",
  );
  expect(due.clauses[0]).toMatchObject({ outcome: "undecided", causes: ["missing"] });
  expect(decided(passed("days: 3, pauses: short"), november, "2026-11-04T12:00:00Z").effect).toBe("allow");
  expect(decided(passed("days: 3, pauses: short"), november, "2026-11-05T00:00:00Z").effect).toBe("deny");
});

it("tells how long is left, and until when that stays above a bound", () => {
  const soon = "forbid c: deadline.left({ start: package.published, days: 3 }) <= 1 day";
  expect(decided(soon, november, "2026-11-02T00:00:00Z")).toMatchObject({ effect: "allow", validUntil: at("2026-11-03T00:00:00Z") });
  expect(decided(soon, november, "2026-11-03T00:00:00Z").effect).toBe("deny");
  expect(decided(soon, november, "2026-12-03T00:00:00Z").effect).toBe("deny");
});

it("holds for the instant only where its start is made from the clock", () => {
  const odd = "forbid c: deadline.passed({ start: package.published + package.age, days: 1, counted: business })";
  expect(decided(odd, november, "2026-11-20T00:00:00Z").validUntil).toBe(at("2026-11-20T00:00:00.000001Z"));
});

it("decides the same until the time that a decision says, and the other way from then on", () => {
  const program = compileText(
    "policy.scp",
    `
module acme.late
import waybill.deadline
input days: Int = 3
input business: Bool = false
input notice: Duration = 0 days
let pauses: List<deadline.Pause> = [{ begins: 2026-11-10, ends: 2026-11-12T12:00Z }]
let christmas: List<Time> = [2026-12-25]
function term(start: Time) -> deadline.Deadline = { start: start, days: days, holidays: christmas, pauses: pauses }
function worked(start: Time) -> deadline.Deadline =
  { start: start, days: days, counted: deadline.Days.business, holidays: christmas, pauses: pauses }
policy late for package at firewall {
  forbid c: (not business and term(package.published).left() <= notice) or (business and worked(package.published).passed())
}`,
  );
  const hour = 3_600_000_000;
  const decideAt = (inputs: ReadonlyMap<string, number | boolean>, start: number, now: number): Decision => {
    const answer = decide(compileProgram(program, inputs), {
      subject: { kind: "package", name: "it", data: { name: "it", published: showTime(start).replace(/T(\d\d:\d\d)Z$/, "T$1:00Z") } },
      point: "firewall",
      now,
      evidence: [],
      attested: [],
      failed: [],
    });
    if (answer.kind === "refusal") throw new Error(answer.refusal.code);
    return answer.decision;
  };
  fc.assert(
    fc.property(
      fc.nat({ max: 60 * 24 }),
      fc.nat({ max: 30 }),
      fc.boolean(),
      fc.nat({ max: 90 * 24 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (offset, days, business, later, part) => {
        const start = at(november) + offset * hour;
        const now = start + later * hour;
        const inputs = new Map<string, number | boolean>([
          ["acme.late.days", days],
          ["acme.late.business", business],
        ]);
        const first = decideAt(inputs, start, now);
        const { validUntil } = first;
        if (validUntil === undefined) {
          expect(decideAt(inputs, start, now + 1000 * 24 * hour).effect).toBe(first.effect);
          return;
        }
        expect(decideAt(inputs, start, now + Math.floor((validUntil - now) * part)).effect).toBe(first.effect);
        expect(decideAt(inputs, start, validUntil - 1).effect).toBe(first.effect);
        expect(decideAt(inputs, start, validUntil).effect).not.toBe(first.effect);
      },
    ),
    { numRuns: 100 },
  );
});
