/**
 * Instants: microseconds since 1970-01-01T00:00Z in the proleptic Gregorian calendar, years 0000 to 9999
 * (semantics, section 4). Calendar arithmetic is by whole days on integers; nothing here reads a clock.
 *
 * Whole seconds are exact in every year. Microseconds are exact from 1685 to 2254, where they are safe integers;
 * outside, the fraction of a second is dropped, so `9999-12-31T23:59:59.999Z` (a usual "never") is a valid time and
 * order is kept.
 */
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

const second = 1_000_000;
const day = 86_400;
const instant = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,64}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const dateShape = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?Z)?$/;

/**
 * Reads an RFC 3339 time with `Z` or a numeric offset. Digits beyond microseconds are cut off. A leap second (`:60` at
 * 23:59 UTC) is the first instant after it, as in POSIX time.
 */
export function parseTime(text: string): Parsed<number> {
  return checked(readTime(text), readTime);
}

function readTime(text: string): Parsed<number> {
  const match = instant.exec(text);
  if (match === null) return problem(`\`${text}\` is not an RFC 3339 time`, timeSuggestion(text));
  const [
    ,
    year = "",
    month = "",
    date = "",
    hour = "",
    minute = "",
    secondText = "",
    fraction = "",
    sign,
    offsetHour = "0",
    offsetMinute = "0",
  ] = match;
  const days = daysOf(Number(year), Number(month), Number(date));
  if (days === undefined) return noSuchDay(text);
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return problem(`\`${text}\` has an offset beyond 23:59`);
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === "-" ? -60 : 60);
  const within = secondsOfDay(Number(hour), Number(minute), Number(secondText), offset);
  if (within === undefined) return noSuchTime(text);
  const seconds = days * day + within - offset;
  if (seconds < firstSecond || seconds > lastSecond) return problem(`\`${text}\` is outside the years 0000 to 9999`);
  const micros = fraction === "" ? 0 : Number(fraction.slice(0, 6).padEnd(6, "0"));
  const time = seconds * second + micros;
  return parsed(Number.isSafeInteger(time) ? time : seconds * second);
}

/** Reads a date literal, `2027-01-31` or `2027-01-31T12:00Z` (grammar, section 2): the instant at which it begins. */
export function parseDate(text: string): Parsed<number> {
  return checked(readDate(text), readDate);
}

function readDate(text: string): Parsed<number> {
  const match = dateShape.exec(text);
  if (match === null) return problem(`\`${text}\` is not a date`, dateSuggestion(text));
  const [, year = "", month = "", date = "", hour = "0", minute = "0", secondText = "0"] = match;
  const days = daysOf(Number(year), Number(month), Number(date));
  if (days === undefined) return noSuchDay(text);
  const within = secondsOfDay(Number(hour), Number(minute), Number(secondText), 0);
  if (within === undefined) return noSuchTime(text);
  return parsed((days * day + within) * second);
}

/**
 * The first instant at which `until DATE` has ended: the midnight after a plain date (`until 2027-01-31` ends at
 * 2027-02-01T00:00Z, semantics section 4), and exactly the instant of a date with a time.
 */
export function endOfDate(text: string): Parsed<number> {
  const start = parseDate(text);
  return start.ok && !text.includes("T") ? parsed(start.value + day * second) : start;
}

/** Time plus Duration; undefined outside the years 0000 to 9999. */
export function shiftTime(time: number, duration: number): number | undefined {
  const shifted = time + duration;
  if (shifted < firstSecond * second || shifted >= (lastSecond + 1) * second) return undefined;
  return Number.isSafeInteger(shifted) ? shifted : Math.floor(shifted / second) * second;
}

/** Time minus Time, a Duration; undefined when it is longer than a Duration can be. */
export function timeBetween(later: number, earlier: number): number | undefined {
  const between = later - earlier;
  return Number.isSafeInteger(between) ? between : undefined;
}

/** In UTC, as short as it is exact: `2027-01-31T12:00Z`, `2027-01-31T12:00:05.25Z`. The first form is a literal of the language. */
export function showTime(time: number): string {
  const seconds = Math.floor(time / second);
  const micros = time - seconds * second;
  const days = Math.floor(seconds / day);
  const within = seconds - days * day;
  const { year, month, date } = civil(days);
  const clock = `${two(Math.floor(within / 3600))}:${two(Math.floor(within / 60) % 60)}`;
  const fraction = micros === 0 ? "" : `.${micros.toString().padStart(6, "0").replace(/0+$/, "")}`;
  const tail = within % 60 === 0 && fraction === "" ? "" : `:${two(within % 60)}${fraction}`;
  return `${year.toString().padStart(4, "0")}-${two(month)}-${two(date)}T${clock}${tail}Z`;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : n.toString();
}

/** Days since 1970-01-01; undefined when the calendar has no such day. */
function daysOf(year: number, month: number, date: number): number | undefined {
  if (month < 1 || month > 12 || date < 1 || date > daysIn(year, month)) return undefined;
  // Years begin in March, so that the leap day is the last (H. Hinnant, chrono-compatible low-level date algorithms).
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The inverse of `daysOf`. */
function civil(days: number): { readonly year: number; readonly month: number; readonly date: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    date: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Undefined when a clock never shows it. `offset` is in seconds: a leap second is one in UTC. */
function secondsOfDay(hour: number, minute: number, seconds: number, offset: number): number | undefined {
  if (hour > 23 || minute > 59 || seconds > 60) return undefined;
  const within = hour * 3600 + minute * 60 + seconds;
  if (seconds === 60 && (((within - offset) % day) + day) % day !== 0) return undefined;
  return within;
}

const firstSecond = (daysOf(0, 1, 1) ?? 0) * day;
const lastSecond = ((daysOf(9999, 12, 31) ?? 0) + 1) * day - 1;

function noSuchDay(text: string): Parsed<never> {
  const [year, month] = [Number(text.slice(0, 4)), Number(text.slice(5, 7))];
  if (month < 1 || month > 12) return problem(`\`${text}\` has no such month`);
  return problem(`\`${text}\` is no day of the calendar`, `${text.slice(0, 8)}${daysIn(year, month)}${text.slice(10)}`);
}

function noSuchTime(text: string): Parsed<never> {
  return problem(`\`${text}\` is no time of day`);
}

/** What was probably meant: a time without its zone, a plain date. */
function timeSuggestion(text: string): string | undefined {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return `${text}Z`;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00Z`;
  return undefined;
}

function dateSuggestion(text: string): string | undefined {
  const match = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", date = ""] = match;
  return `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
}
