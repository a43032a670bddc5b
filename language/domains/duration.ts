/**
 * Durations: whole microseconds, at most 2^53 - 1 of them (285 years) in either direction. Months and years have no fixed length, so no
 * unit is longer than a week (grammar, section 2).
 */
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

export type DurationUnit = "second" | "minute" | "hour" | "day" | "week";

const micros: Readonly<Record<DurationUnit, number>> = {
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
  day: 86_400_000_000,
  week: 604_800_000_000,
};
const units = Object.keys(micros) as DurationUnit[];

/** The duration of a literal: an amount and a unit. */
export function durationOf(amount: number | bigint, unit: DurationUnit): Parsed<number> {
  const value = Number(amount) * micros[unit];
  return Number.isSafeInteger(value) ? parsed(value + 0) : tooLong(`${amount} ${unit}s`);
}

const words = /^(-?)(\d{1,16}(?:\.\d{1,6})?) *([a-z]+)/;
const iso = /^(-?)P(?:(\d{1,16})W)?(?:(\d{1,16})D)?(?:T(?:(\d{1,16})H)?(?:(\d{1,16})M)?(?:(\d{1,16})(?:[.,](\d{1,64}))?S)?)?$/;

/**
 * Reads `7 days`, `1 hour 30 minutes`, and ISO 8601 durations in weeks, days, hours, minutes and seconds (`P7D`,
 * `PT1.5S`). Digits beyond microseconds are cut off.
 */
export function parseDuration(text: string): Parsed<number> {
  return checked(read(text), read);
}

function read(text: string): Parsed<number> {
  return text.startsWith("P") || text.startsWith("-P") ? readIso(text) : readWords(text);
}

function readIso(text: string): Parsed<number> {
  if (/^-?P[^T]*[YM]/.test(text)) {
    return problem(`\`${text}\` counts months or years, which have no fixed length; say it in days`);
  }
  const match = iso.exec(text);
  if (match === null || !/\d/.test(text) || text.endsWith("T")) return problem(`\`${text}\` is not an ISO 8601 duration`);
  const [, sign, week, days, hour, minute, seconds, fraction = ""] = match;
  const total =
    Number(week ?? 0) * micros.week +
    Number(days ?? 0) * micros.day +
    Number(hour ?? 0) * micros.hour +
    Number(minute ?? 0) * micros.minute +
    Number(seconds ?? 0) * micros.second +
    Number(fraction.slice(0, 6).padEnd(6, "0"));
  if (!Number.isSafeInteger(total)) return tooLong(text);
  return parsed(sign === "-" ? 0 - total : total);
}

function readWords(text: string): Parsed<number> {
  let rest = text;
  let total = 0;
  let negative = false;
  let above = Number.POSITIVE_INFINITY;
  do {
    const match = words.exec(rest);
    if (match === null) return notDuration(text);
    const [whole, sign = "", amount = "", word = ""] = match;
    const unit = units.find((u) => word === u || word === `${u}s`);
    if (unit === undefined) return unknownUnit(text, amount, word);
    const isFirst = rest === text;
    if (micros[unit] >= above || (sign === "-" && !isFirst) || (amount.includes(".") && unit !== "second")) return notDuration(text);
    if (isFirst) negative = sign === "-";
    above = micros[unit];
    const [integral = "0", fraction = ""] = amount.split(".");
    total += Number(integral) * micros[unit] + Number(fraction.padEnd(6, "0"));
    rest = rest.slice(whole.length).trimStart();
  } while (rest !== "");
  if (!Number.isSafeInteger(total)) return tooLong(text);
  return parsed(negative ? 0 - total : total);
}

function notDuration(text: string): Parsed<never> {
  return problem(`\`${text}\` is not a duration: write it like \`7 days\` or \`P7D\``);
}

function unknownUnit(text: string, amount: string, word: string): Parsed<never> {
  if (/^(month|year)s?$/.test(word)) return problem(`\`${text}\`: months and years have no fixed length; say it in days`);
  const short: Readonly<Record<string, DurationUnit>> = {
    s: "second",
    sec: "second",
    secs: "second",
    m: "minute",
    min: "minute",
    mins: "minute",
    h: "hour",
    hr: "hour",
    hrs: "hour",
    d: "day",
    w: "week",
  };
  const unit = Object.hasOwn(short, word) ? short[word] : undefined;
  if (unit === undefined) return problem(`\`${text}\`: \`${word}\` is not a unit; there are ${units.join(", ")}`);
  return problem(`\`${text}\`: \`${word}\` is not a unit`, `${amount} ${unit}${amount === "1" ? "" : "s"}`);
}

function tooLong(text: string): Parsed<never> {
  return problem(`\`${text}\` is longer than 285 years`);
}

/** As `parseDuration` reads it: `7 days`, `1 hour 30 minutes`, `0.25 seconds`. Days are the longest unit used. */
export function showDuration(duration: number): string {
  const parts: string[] = [];
  let rest = Math.abs(duration);
  for (const unit of ["day", "hour", "minute"] as const) {
    const amount = Math.floor(rest / micros[unit]);
    if (amount > 0) parts.push(counted(amount.toString(), unit));
    rest -= amount * micros[unit];
  }
  if (rest > 0 || parts.length === 0) {
    const whole = Math.floor(rest / micros.second);
    const fraction = (rest - whole * micros.second).toString().padStart(6, "0").replace(/0+$/, "");
    parts.push(counted(fraction === "" ? whole.toString() : `${whole}.${fraction}`, "second"));
  }
  return (duration < 0 ? "-" : "") + parts.join(" ");
}

function counted(amount: string, unit: DurationUnit): string {
  return `${amount} ${unit}${amount === "1" ? "" : "s"}`;
}
