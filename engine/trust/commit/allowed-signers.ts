/** `allowed_signers` files (ssh-keygen(1), "ALLOWED SIGNERS"): who may sign as whom, in which namespaces, and when. */
import { parseTime } from "../../../language/domains/time.ts";

export interface AllowedSigner {
  /** Patterns of principals: `*` and `?`, `!` before one that is left out. */
  readonly principals: readonly string[];
  readonly type: string;
  readonly base64: string;
  readonly certAuthority: boolean;
  readonly namespaces?: readonly string[];
  /** Microseconds; both bounds are within. */
  readonly validAfter?: number;
  readonly validBefore?: number;
  /** From 1. */
  readonly line: number;
}

export type ReadAllowedSigners =
  | { readonly kind: "signers"; readonly signers: readonly AllowedSigner[] }
  | { readonly kind: "refused"; readonly line: number; readonly problem: string };

const longest = 4_000_000;

/** Reads a file; one line that cannot be read refuses it, because it may be the one that takes a key back. */
export function readAllowedSigners(text: string): ReadAllowedSigners {
  if (text.length > longest) return { kind: "refused", line: 1, problem: `it has more than ${longest} characters` };
  const signers: AllowedSigner[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const read = readLine(line, index + 1);
    if (typeof read === "string") return { kind: "refused", line: index + 1, problem: read };
    signers.push(read);
  }
  return { kind: "signers", signers };
}

const keyType = /^(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+$/;

function readLine(line: string, number: number): AllowedSigner | string {
  const words = wordsOf(line.trim());
  const [principals = "", second = "", ...rest] = words;
  const options = keyType.test(second) ? "" : second;
  const [type = "", base64 = ""] = options === "" ? [second, rest[0] ?? ""] : rest;
  if (!keyType.test(type) || !/^[A-Za-z0-9+/]+=*$/.test(base64)) return "it has no key behind its principals";
  const found: { certAuthority: boolean; namespaces?: readonly string[]; validAfter?: number; validBefore?: number } = {
    certAuthority: false,
  };
  for (const option of options === "" ? [] : splitOutsideQuotes(options)) {
    const [name = "", value = ""] = option.split(/=(.*)/s);
    const bare = value.replace(/^"(.*)"$/s, "$1");
    switch (name.toLowerCase()) {
      case "cert-authority":
        found.certAuthority = true;
        break;
      case "namespaces":
        found.namespaces = bare.split(",");
        break;
      case "valid-after":
      case "valid-before": {
        const time = timeOf(bare);
        if (time === undefined) return `\`${name}=${bare}\` is no time`;
        if (name.toLowerCase() === "valid-after") found.validAfter = time;
        else found.validBefore = time;
        break;
      }
      default:
        return `there is no option \`${name}\``;
    }
  }
  return { principals: principals.replace(/^"(.*)"$/s, "$1").split(","), type, base64, line: number, ...found };
}

/** Words parted by spaces, those within quotes aside. */
function wordsOf(line: string): readonly string[] {
  return line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
}

function splitOutsideQuotes(options: string): readonly string[] {
  return options.match(/(?:[^,"]|"[^"]*")+/g) ?? [];
}

/** `YYYYMMDD`, `YYYYMMDDHHMM[SS]`, with `Z` or without: in UTC, for a file must mean the same on every machine. */
function timeOf(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00"] = match;
  const time = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return time.ok ? time.value : undefined;
}

/** Whether a list of patterns names the text (OpenSSH `match_pattern_list`): one that is left out wins. */
export function namesText(patterns: readonly string[], text: string): boolean {
  let named = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) {
      if (matches(pattern.slice(1), text)) return false;
    } else if (matches(pattern, text)) named = true;
  }
  return named;
}

/** `*` is any number of characters, `?` is one; in time that is the product of the lengths at most. */
function matches(pattern: string, text: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  let index = 0;
  while (index < text.length) {
    if (at < pattern.length && (pattern[at] === "?" || (pattern[at] !== "*" && pattern[at] === text[index]))) {
      at += 1;
      index += 1;
    } else if (pattern[at] === "*") {
      star = at;
      mark = index;
      at += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      index = mark;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
