import { type Parsed, problem } from "./parsed.ts";
export function parseDigest(text: string): Parsed<string> {
  return problem(text);
}
export function showDigest(value: string): string {
  return value;
}
export function digestOf(algorithm: string, hex: string): Parsed<string> {
  return problem(algorithm + hex);
}
