/**
 * Patterns over whole values (semantics, section 4): globs, where `*` stops at `/` and `**` does not and every other
 * character is itself, and RE2 regular expressions. Both match in linear time.
 */
import { RE2JS } from "re2js";
import { checked, type Parsed, parsed, problem } from "./parsed.ts";
import { automatonTest, type WholeTest } from "./regex-automaton.ts";

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

const longest = 4096;

/** Reads a glob. `?` and `[…]` are literal, as in SPIFFE ids and image references; there is no escape. */
export function parseGlob(text: string): Parsed<Glob> {
  return checked(readGlob(text), readGlob);
}

function readGlob(text: string): Parsed<Glob> {
  if (text === "") return problem("an empty glob matches nothing but the empty string; compare with `==` instead");
  if (text.length > longest) return problem(`a glob has at most ${longest} characters`);
  if (text.includes("***")) return problem(`\`${text}\` has more than two stars in a row`, text.replace(/\*{3,}/g, "**"));
  return parsed({ text, test: globTest(text) });
}

/** Reads an RE2 regular expression; it is matched against the whole value, and never line by line. */
export function parseRegex(text: string): Parsed<Regex> {
  if (text === "") return problem("an empty regular expression matches nothing but the empty string; compare with `==` instead");
  if (text.length > longest) return problem(`a regular expression has at most ${longest} characters`);
  const unsupported = problemOf(text);
  if (unsupported !== undefined) return problem(unsupported);
  try {
    RE2JS.compile(text);
    const compiled = RE2JS.compile(anchored(text));
    return parsed({ text, test: regexTest(text, compiled) });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "it cannot be parsed";
    return problem(`\`${text}\` is not an RE2 regular expression: ${reason}`);
  }
}

/** The automaton is made for the first value: most patterns that are read are never asked. */
function regexTest(text: string, compiled: RE2JS): Regex["test"] {
  let automaton: WholeTest | undefined;
  let isMade = false;
  return (value) => {
    if (!isMade) automaton = automatonTest(text);
    isMade = true;
    return automaton?.(value) ?? compiled.test(value);
  };
}

/** The pattern as every target emits it: `\A(?:…)\z`. */
export function anchored(regex: string): string {
  return `\\A(?:${regex})\\z`;
}

/** The glob as an RE2 pattern, not yet anchored, for targets. */
export function globAsRegex(glob: string): string {
  return segmentsOf(glob)
    .map((segment) => (segment === "**" ? "(?s:.*)" : segment === "*" ? "[^/]*" : RE2JS.quote(segment)))
    .join("");
}

export function equalGlob(a: Glob, b: Glob): boolean {
  return a.text === b.text;
}

export function equalRegex(a: Regex, b: Regex): boolean {
  return a.text === b.text;
}

export function showGlob(glob: Glob): string {
  return glob.text;
}

export function showRegex(regex: Regex): string {
  return regex.text;
}

/** `a*b**` is `a`, `*`, `b`, `**`. */
function segmentsOf(glob: string): readonly string[] {
  return glob.split(/(\*{1,2})/).filter((segment) => segment !== "");
}

/** The common shapes need no matcher: no star, one star at an end, `**` at an end. */
function globTest(glob: string): (value: string) => boolean {
  const segments = segmentsOf(glob);
  const [first = "", second = "", third] = segments;
  if (segments.length === 1) {
    if (first === "**") return () => true;
    if (first === "*") return (value) => !value.includes("/");
    return (value) => value === first;
  }
  if (segments.length === 2 && second === "**") return (value) => value.startsWith(first);
  if (segments.length === 2 && first === "**") return (value) => value.endsWith(second);
  if (segments.length === 2 && second === "*") return (value) => value.startsWith(first) && !value.includes("/", first.length);
  if (segments.length === 2 && first === "*") {
    return (value) => value.endsWith(second) && !value.slice(0, value.length - second.length).includes("/");
  }
  if (segments.length === 3 && third !== undefined && second === "*") {
    return (value) => {
      const end = value.length - third.length;
      return end >= first.length && value.startsWith(first) && value.endsWith(third) && !value.slice(first.length, end).includes("/");
    };
  }
  const compiled = RE2JS.compile(anchored(globAsRegex(glob)));
  return (value) => compiled.test(value);
}

/** What Perl and JavaScript have and RE2 has not, named for people; undefined when the text has none of it. */
function problemOf(text: string): string | undefined {
  let inClass = false;
  for (let i = 0; i < text.length; i++) {
    const rest = text.slice(i, i + 4);
    if (rest.startsWith("\\Q")) {
      const end = text.indexOf("\\E", i + 2);
      if (end < 0) return undefined;
      i = end + 1;
    } else if (rest.startsWith("\\")) {
      if (!inClass && /^\\[1-9]/.test(rest)) return `\`${rest.slice(0, 2)}\` is a back-reference, which cannot be matched in linear time`;
      if (!inClass && rest.startsWith("\\k<")) return "`\\k<…>` is a back-reference, which cannot be matched in linear time";
      i++;
    } else if (inClass) {
      if (rest.startsWith("]")) inClass = false;
    } else if (rest.startsWith("[")) {
      inClass = true;
      if (text[i + 1] === "^") i++;
      if (text[i + 1] === "]") i++;
    } else if (/^\(\?(?:=|!|<=|<!)/.test(rest)) {
      const mark = /^\(\?<?[=!]/.exec(rest)?.[0];
      return `\`${mark}…)\` is a look-around, which cannot be matched in linear time: say it as a second condition`;
    } else if (rest.startsWith("(?>")) {
      return "`(?>…)` is an atomic group, which RE2 does not need: write `(?:…)`";
    } else if (/^\(\?[a-z]*m/i.test(rest)) {
      return "a pattern is matched against the whole value: there is no multi-line mode";
    }
  }
  return undefined;
}
