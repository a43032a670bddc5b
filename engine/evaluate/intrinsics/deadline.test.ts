import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime, showTime } from "../../../language/domains/time.ts";
import { type Deadline, dayOf, dueOf, mostDays } from "./deadline.ts";

function at(text: string): number {
  const time = parseTime(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (!time.ok) throw new Error(time.problem);
  return time.value;
}

function due(start: string, days: number, more: Partial<Deadline> = {}): string {
  const found = dueOf({ start: at(start), days, business: false, holidays: new Set(), pauses: [], ...more });
  return found.kind === "due" ? showTime(found.at) : found.kind;
}

const hour = 3_600_000_000;
const day = 24 * hour;

describe("there is no due time", () => {
  it.each([
    ["of fewer days than none", -1, []],
    ["of more days than a century has", mostDays + 1, []],
    ["where a pause ends before it begins", 1, [{ begins: at("2026-11-20"), ends: at("2026-11-19") }]],
  ])("%s", (_name, days, pauses) => {
    expect(due("2026-11-18", days, { pauses })).toBe("malformed");
  });

  it("beyond the year 9999", () => {
    expect(due("9999-12-31", 1)).toBe("malformed");
  });

  it("while a pause lasts that nobody has ended, if it began before the days were over", () => {
    const open = (begins: string) => ({ pauses: [{ begins: at(begins), ends: undefined }] });
    expect(due("2026-11-18", 3, open("2026-11-20"))).toBe("standing");
    expect(due("2026-11-18", 3, open("2026-11-01"))).toBe("standing");
    expect(due("2026-11-18", 3, open("2026-11-21"))).toBe("2026-11-21T00:00Z");
  });
});

// 2026-11-20 is a Friday.
it.each([
  ["2026-11-20T15:00:00Z", 1, "2026-11-23T15:00Z"],
  ["2026-11-20", 1, "2026-11-23T00:00Z"],
  ["2026-11-18T15:00:00Z", 3, "2026-11-23T15:00Z"],
  ["2026-11-21T10:00:00Z", 1, "2026-11-24T00:00Z"],
  ["2026-11-21T10:00:00Z", 0, "2026-11-23T00:00Z"],
  ["2026-11-18T09:30:00Z", 5, "2026-11-25T09:30Z"],
  ["1969-12-26T06:00:00Z", 1, "1969-12-29T06:00Z"],
])("%s and %d business days come to %s", (start, days, then) => {
  expect(due(start, days, { business: true })).toBe(then);
});

it("counts no holiday among business days", () => {
  const holidays = new Set([dayOf(at("2026-12-25")), dayOf(at("2026-12-28"))]);
  expect(due("2026-12-24T12:00:00Z", 1, { business: true, holidays })).toBe("2026-12-29T12:00Z");
  expect(due("2026-12-24T12:00:00Z", 1, { holidays })).toBe("2026-12-25T12:00Z");
});

it("stands during pauses, also where they overlap, and not for those outside", () => {
  const pauses = [
    { begins: at("2026-11-22"), ends: at("2026-11-24") },
    { begins: at("2026-11-23"), ends: at("2026-11-25T12:00:00Z") },
    { begins: at("2026-11-01"), ends: at("2026-11-02") },
    { begins: at("2027-11-01"), ends: at("2027-11-02") },
  ];
  expect(due("2026-11-20", 3, { pauses })).toBe("2026-11-26T12:00Z");
  expect(due("2026-11-20", 3, { pauses: pauses.toReversed() })).toBe("2026-11-26T12:00Z");
  expect(due("2026-11-20", 1, { business: true, pauses: [{ begins: at("2026-11-21"), ends: at("2026-11-22") }] })).toBe(
    "2026-11-23T00:00Z",
  );
});

describe("for any start, days, holidays and pauses", () => {
  const instant = fc.integer({ min: at("2025-01-01") / hour, max: at("2027-01-01") / hour }).map((hours) => hours * hour);
  const days = fc.nat({ max: 90 });
  const holidays = fc.array(instant.map(dayOf), { maxLength: 10 }).map((list) => new Set(list));
  const pauses = fc.array(
    fc.tuple(instant, fc.nat({ max: 500 })).map(([begins, hours]) => ({ begins, ends: begins + hours * hour })),
    { maxLength: 4 },
  );
  const term = fc.record({ start: instant, days, business: fc.boolean(), holidays, pauses });
  const when = (one: Deadline): number => {
    const found = dueOf(one);
    if (found.kind !== "due") throw new Error(found.kind);
    return found.at;
  };

  it("calendar days are the start and so many days, and the pauses in between", () => {
    fc.assert(
      fc.property(instant, days, (start, count) => {
        expect(when({ start, days: count, business: false, holidays: new Set(), pauses: [] })).toBe(start + count * day);
      }),
    );
  });

  it("a later start, and more days, are never due earlier", () => {
    fc.assert(
      fc.property(term, fc.nat({ max: 400 }), fc.nat({ max: 9 }), (one, hours, more) => {
        expect(when({ ...one, start: one.start + hours * hour })).toBeGreaterThanOrEqual(when(one));
        expect(when({ ...one, days: one.days + more })).toBeGreaterThanOrEqual(when(one));
      }),
    );
  });

  it("business days end on no weekend and no holiday, and never before as many calendar days", () => {
    fc.assert(
      fc.property(term, (one) => {
        const then = when({ ...one, business: true });
        const weekday = new Date(then / 1000).getUTCDay();
        expect(weekday).not.toBe(0);
        expect(weekday).not.toBe(6);
        expect(one.holidays.has(dayOf(then))).toBe(false);
        expect(then).toBeGreaterThanOrEqual(when({ ...one, business: false }));
      }),
    );
  });

  it("a pause in the time that is left moves what is due by as long as it lasts", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 90 }), fc.nat(), fc.integer({ min: 1, max: 900 }), (start, count, offset, hours) => {
        const one = { start, days: count, business: false, holidays: new Set<number>(), pauses: [] };
        const begins = start + (offset % (count * 24)) * hour;
        expect(when({ ...one, pauses: [{ begins, ends: begins + hours * hour }] })).toBe(when(one) + hours * hour);
      }),
    );
  });

  it("the order of pauses changes nothing, one more never makes it earlier, and one of no length nothing at all", () => {
    fc.assert(
      fc.property(term, instant, fc.nat({ max: 500 }), (one, begins, hours) => {
        expect(when({ ...one, pauses: one.pauses.toReversed() })).toBe(when(one));
        expect(when({ ...one, pauses: [...one.pauses, { begins, ends: begins + hours * hour }] })).toBeGreaterThanOrEqual(when(one));
        expect(when({ ...one, pauses: [...one.pauses, { begins, ends: begins }] })).toBe(when(one));
      }),
    );
  });

  it("the hours that ran are as many as the days have, counted one by one", () => {
    fc.assert(
      fc.property(term, (one) => {
        let ran = 0;
        let time = one.start;
        const runs = (): boolean => {
          const weekday = new Date(time / 1000).getUTCDay();
          if (one.business && (weekday === 0 || weekday === 6 || one.holidays.has(dayOf(time)))) return false;
          return !one.pauses.some((pause) => pause.begins <= time && time < pause.ends);
        };
        while (ran < one.days * 24) {
          if (runs()) ran += 1;
          time += hour;
        }
        const isOff = (): boolean => {
          const weekday = new Date(time / 1000).getUTCDay();
          return one.business && (weekday === 0 || weekday === 6 || one.holidays.has(dayOf(time)));
        };
        while (isOff()) time = (dayOf(time) + 1) * day;
        expect(when(one)).toBe(time);
      }),
    );
  });
});
