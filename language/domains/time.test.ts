import fc from "fast-check";
import { expect, it } from "vitest";
import { durationOf, parseDuration, showDuration } from "./duration.ts";
import { endOfDate, parseDate, parseTime, shiftTime, showTime, timeBetween } from "./time.ts";

const day = 86_400_000_000;

it("refuses days that the calendar does not have, and says which it has", () => {
  expect(parseDate("2027-02-29")).toEqual({ ok: false, problem: "`2027-02-29` is no day of the calendar", suggestion: "2027-02-28" });
  expect(parseDate("2100-02-29").ok).toBe(false);
  expect(parseDate("2000-02-29").ok).toBe(true);
  expect(parseDate("2027-13-01").ok).toBe(false);
  expect(parseDate("2027-00-10").ok).toBe(false);
  expect(parseDate("2027-04-31T12:00Z")).toMatchObject({ suggestion: "2027-04-30T12:00Z" });
  expect(parseDate("2027-1-5")).toMatchObject({ suggestion: "2027-01-05" });
});

it("refuses times that are not RFC 3339 or that no clock shows", () => {
  for (const text of [
    "2027-01-31T12:00",
    "2027-01-31 12:00:00",
    "2027-01-31T24:00:00Z",
    "2027-01-31T12:60:00Z",
    "2027-01-31T12:00:60Z",
    "2027-01-31T12:00:61Z",
    "2027-01-31T12:00:00+24:00",
    "2027-01-31T12:00:00+0100",
    "2027-01-31T12:00:00.Z",
    "0000-01-01T00:00:00+01:00",
    "1738324800",
    "",
  ]) {
    expect(parseTime(text).ok, text).toBe(false);
  }
  expect(parseTime("2027-01-31T12:00:00")).toMatchObject({ suggestion: "2027-01-31T12:00:00Z" });
});

it("reads times with offsets, fractions and leap seconds", () => {
  const at = (text: string) => {
    const time = parseTime(text);
    return time.ok ? time.value : time.problem;
  };
  expect(at("1970-01-01T00:00:00Z")).toBe(0);
  expect(at("1969-12-31T23:59:59.999999Z")).toBe(-1);
  expect(at("2027-01-31T13:30:00+01:30")).toBe(at("2027-01-31T12:00:00Z"));
  expect(at("2027-01-31T12:00:00-00:00")).toBe(at("2027-01-31T12:00:00z"));
  expect(at("2024-05-01T10:00:00.123456789Z")).toBe(at("2024-05-01T10:00:00.123456Z"));
  expect(at("2016-12-31T23:59:60Z")).toBe(at("2017-01-01T00:00:00Z"));
  expect(at("2017-01-01T00:59:60+01:00")).toBe(at("2017-01-01T00:00:00Z"));
  expect(at("9999-12-31T23:59:59.999Z")).toBe(at("9999-12-31T23:59:59Z"));
});

it("ends `until DATE` with the day, and `until` an instant at the instant", () => {
  const [day31, next] = [parseDate("2027-01-31"), parseDate("2027-02-01")];
  expect(endOfDate("2027-01-31")).toEqual(next);
  expect(day31.ok && next.ok && next.value - day31.value).toBe(day);
  expect(endOfDate("2027-01-31T12:00Z")).toEqual(parseDate("2027-01-31T12:00Z"));
  expect(endOfDate("2027-02-30").ok).toBe(false);
});

it("agrees with the platform's calendar on every day it has", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }), (seconds) => {
      const text = new Date(seconds * 1000).toISOString();
      expect(parseTime(text)).toEqual({ ok: true, value: seconds * 1_000_000 });
      expect(parseTime(showTime(seconds * 1_000_000).replace(/T(\d\d:\d\d)Z/, "T$1:00Z"))).toEqual({
        ok: true,
        value: seconds * 1_000_000,
      });
    }),
    { numRuns: 1000 },
  );
});

it("prints times as short as they are exact", () => {
  const shown = (text: string) => {
    const time = parseTime(text);
    return time.ok ? showTime(time.value) : time.problem;
  };
  expect(shown("2027-01-31T12:00:00Z")).toBe("2027-01-31T12:00Z");
  expect(shown("2027-01-31T12:00:05.250+00:00")).toBe("2027-01-31T12:00:05.25Z");
  expect(shown("1969-12-31T23:59:59.5Z")).toBe("1969-12-31T23:59:59.5Z");
});

it("leaves the calendar, or what a duration can hold, as nothing", () => {
  const end = parseTime("9999-12-31T23:59:59Z");
  expect(end.ok && shiftTime(end.value, 1_000_000)).toBeUndefined();
  expect(shiftTime(0, 7 * day)).toBe(7 * day);
  expect(end.ok && timeBetween(end.value, 0)).toBeUndefined();
});

it("refuses durations without a fixed length, a unit, or an end", () => {
  for (const text of [
    "1 month",
    "2 years",
    "P1M",
    "P1Y",
    "P",
    "PT",
    "P1DT",
    "7",
    "days",
    "7days7",
    "",
    "1 fortnight",
    "1.5 days",
    "1 hour 2 days",
    "999999999999 weeks",
  ]) {
    expect(parseDuration(text).ok, text).toBe(false);
  }
  expect(parseDuration("7d")).toMatchObject({ suggestion: "7 days" });
  expect(parseDuration("1 constructor").ok).toBe(false);
  expect(durationOf(10n ** 20n, "week").ok).toBe(false);
});

it("reads durations in words and in ISO 8601", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["7 days", 7 * day],
    ["1 week", 7 * day],
    ["1 hour 30 minutes", 5_400_000_000],
    ["P7D", 7 * day],
    ["P1W", 7 * day],
    ["PT1H30M", 5_400_000_000],
    ["P1DT12H", 1.5 * day],
    ["PT0.5S", 500_000],
    ["-PT1S", -1_000_000],
    ["PT0S", 0],
  ];
  for (const [text, value] of cases) expect(parseDuration(text), text).toEqual({ ok: true, value });
  expect(durationOf(7n, "day")).toEqual({ ok: true, value: 7 * day });
});

it("prints durations so that they are read again", () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (value) => {
      expect(parseDuration(showDuration(value))).toEqual({ ok: true, value: value + 0 });
    }),
    { numRuns: 1000 },
  );
  expect(showDuration(7 * day)).toBe("7 days");
  expect(showDuration(day + 3_600_000_000 + 250_000)).toBe("1 day 1 hour 0.25 seconds");
});
