import { type Parsed, problem } from "./parsed.ts";
export function parsePath(text: string): Parsed<string> {
  return problem(text);
}
export function showPath(value: string): string {
  return value;
}
