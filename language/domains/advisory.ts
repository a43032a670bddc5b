import { type Parsed, problem } from "./parsed.ts";
export function parseAdvisory(text: string): Parsed<string> {
  return problem(text);
}
export function showAdvisory(value: string): string {
  return value;
}
export function aliasKey(ids: readonly string[]): string | undefined {
  return ids[0];
}
