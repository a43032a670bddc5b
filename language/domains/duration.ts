import { type Parsed, problem } from "./parsed.ts";
export function durationOf(amount: number, unit: string): Parsed<number> {
  return problem(`${amount} ${unit}`);
}
export function parseDuration(text: string): Parsed<number> {
  return problem(text);
}
export function showDuration(duration: number): string {
  return String(duration);
}
