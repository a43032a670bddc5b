import { type Parsed, problem } from "./parsed.ts";
export function parseUrl(text: string): Parsed<string> {
  return problem(text);
}
export function showUrl(value: string): string {
  return value;
}
