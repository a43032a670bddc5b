/**
 * Deadlines: so many days of running time from a start (`waybill.deadline`). The clock runs always, or on business days
 * only, which are days in UTC from Monday to Friday without the holidays; and it stands during pauses. The deadline is due
 * once the clock has run for `days` times 24 hours, and never on a day that is no business day: what is full as a Friday
 * ends is due as Monday begins, so the time of day stays that of a start on a business day.
 */
import { shiftTime } from "../../../language/domains/time.ts";

export interface Pause {
  /** Microseconds since 1970. */
  readonly begins: number;
  /** Undefined: it has no end yet. */
  readonly ends: number | undefined;
}

export interface Deadline {
  /** Microseconds since 1970. */
  readonly start: number;
  readonly days: number;
  readonly business: boolean;
  /** Numbers of days since 1970 that are not business days. */
  readonly holidays: ReadonlySet<number>;
  readonly pauses: readonly Pause[];
}

/** `standing`: a pause that has no end began before the days were over. */
export type Due =
  | { readonly kind: "due"; readonly at: number }
  | { readonly kind: "standing"; readonly since: number }
  | { readonly kind: "malformed"; readonly problem: string };

const day = 86_400_000_000;
/** A century: what is longer is a slip of the pen, and nobody waits for it. */
export const mostDays = 36_525;

/** The number of the day in UTC that an instant is in. */
export function dayOf(time: number): number {
  return Math.floor(time / day);
}

/** 1970-01-01 was a Thursday. */
function isWeekend(number: number): boolean {
  const weekday = (((number + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

export function dueOf({ start, days, business, holidays, pauses }: Deadline): Due {
  if (days < 0) return { kind: "malformed", problem: `${days} days are less than none` };
  if (days > mostDays) return { kind: "malformed", problem: `${days} days are more than a century` };
  const reversed = pauses.some(({ begins, ends }) => ends !== undefined && ends < begins);
  if (reversed) return { kind: "malformed", problem: "a pause ends before it begins" };
  const isOff = (time: number): boolean => business && (isWeekend(dayOf(time)) || holidays.has(dayOf(time)));
  const nextDay = (time: number): number => (dayOf(time) + 1) * day;
  const stops = [...pauses].sort((a, b) => a.begins - b.begins);
  let left = days * day;
  let time = start;
  let next = 0;
  while (left > 0) {
    const stop = stops[next];
    if (stop !== undefined && stop.begins <= time) {
      if (stop.ends === undefined) return { kind: "standing", since: Math.max(stop.begins, start) };
      time = Math.max(time, stop.ends);
      next += 1;
      continue;
    }
    if (isOff(time)) {
      time = nextDay(time);
      continue;
    }
    const until = Math.min(stop?.begins ?? Number.POSITIVE_INFINITY, business ? nextDay(time) : Number.POSITIVE_INFINITY);
    const run = Math.min(left, until - time);
    left -= run;
    time += run;
  }
  while (isOff(time)) time = nextDay(time);
  const at = shiftTime(time, 0);
  return at === undefined ? { kind: "malformed", problem: "it is due outside the years 0000 to 9999" } : { kind: "due", at };
}
