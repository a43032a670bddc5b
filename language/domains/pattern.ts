import { type Parsed, problem } from "./parsed.ts";
export interface Glob {
  readonly text: string;
  /** Whether the whole value matches. */
  readonly test: (value: string) => boolean;
}
export interface Regex {
  readonly text: string;
  /** Whether the whole value matches. */
  readonly test: (value: string) => boolean;
}
export function parseGlob(text: string): Parsed<Glob> {
  return problem(text);
}
export function parseRegex(text: string): Parsed<Regex> {
  return problem(text);
}
/** The glob as an anchored RE2 pattern, for targets. */
export function globAsRegex(text: string): string {
  return text;
}
/** The pattern as it is emitted: `\A(?:…)\z`. */
export function anchored(text: string): string {
  return text;
}
export function showGlob(glob: Glob): string {
  return glob.text;
}
export function showRegex(regex: Regex): string {
  return regex.text;
}
