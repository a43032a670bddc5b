import { type Parsed, problem } from "./parsed.ts";
export function parseTime(text: string): Parsed<number> {
  return problem(text);
}
export function parseDate(text: string): Parsed<number> {
  return problem(text);
}
export function endOfDate(text: string): Parsed<number> {
  return problem(text);
}
export function shiftTime(time: number, duration: number): number | undefined {
  return time + duration;
}
export function timeBetween(later: number, earlier: number): number | undefined {
  return later - earlier;
}
export function showTime(time: number): string {
  return String(time);
}
