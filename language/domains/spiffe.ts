import { type Parsed, problem } from "./parsed.ts";
export function parseSpiffeId(text: string): Parsed<string> {
  return problem(text);
}
export function showSpiffeId(value: string): string {
  return value;
}
export interface SpiffePattern {
  readonly text: string;
  readonly trustDomain: string;
  readonly test: (id: string) => boolean;
}
export function parseSpiffePattern(text: string): Parsed<SpiffePattern> {
  return problem(text);
}
