import { type Parsed, problem } from "./parsed.ts";
import type { Range } from "./range.ts";
export interface Purl {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  /** Sorted by key; keys in lower case. */
  readonly qualifiers: ReadonlyMap<string, string>;
  readonly subpath?: string;
  /** Canonical, so equal purls have equal texts. */
  readonly text: string;
}
export interface PurlSet {
  readonly purl: Purl;
  readonly range?: Range;
  readonly text: string;
}
export function parsePurl(text: string): Parsed<Purl> {
  return problem(text);
}
/** `versions` is the text of the range, if one was written. */
export function parsePurlSet(text: string, versions?: string): Parsed<PurlSet> {
  return problem(text + versions);
}
export function purlInSet(purl: Purl, set: PurlSet): true | false | "missing" | "malformed" {
  return purl.text === set.text;
}
export function equalPurl(a: Purl, b: Purl): boolean {
  return a.text === b.text;
}
export function equalPurlSet(a: PurlSet, b: PurlSet): boolean {
  return a.text === b.text;
}
/** Type, namespace and name in canonical form: an index key; every member of a set has the key of its purl. */
export function purlKey(purl: Purl): string {
  return purl.text;
}
export function showPurl(purl: Purl): string {
  return purl.text;
}
export function showPurlSet(set: PurlSet): string {
  return set.text;
}
