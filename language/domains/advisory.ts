/** Advisory ids, in the case in which their databases print them. */
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

const cve = /^CVE-\d{4}-\d{4,19}$/i;
const ghsa = /^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/i;
const other = /^[A-Za-z0-9](?:[A-Za-z0-9._:+/-]{0,254}[A-Za-z0-9])?$/;

/**
 * Reads an advisory id. `CVE-…` is upper-cased; of `GHSA-…` the prefix is upper-cased and the rest lower-cased; ids of
 * other databases (`RHSA-2024:1234`, `PYSEC-2021-1`, `DLA-1-1`, `TEMP-0000000-AABBCC`) are kept as they are.
 */
export function parseAdvisory(text: string): Parsed<string> {
  return checked(read(text), read);
}

function read(text: string): Parsed<string> {
  if (cve.test(text)) return parsed(text.toUpperCase());
  if (ghsa.test(text)) return parsed(`GHSA${text.slice(4).toLowerCase()}`);
  if (/^CVE\b/i.test(text))
    return problem(`\`${text}\` is not a CVE id: \`CVE-\`, four digits, \`-\`, four or more digits`, cveSuggestion(text));
  if (/^GHSA\b/i.test(text)) return problem(`\`${text}\` is not a GHSA id: \`GHSA-\` and three groups of four of \`23456789cfghjmpqrvwx\``);
  if (!other.test(text)) return problem(`\`${text}\` is not an advisory id`);
  return parsed(text);
}

function cveSuggestion(text: string): string | undefined {
  const match = /^CVE[-_ ]?(\d{4})[-_ ](\d{1,19})$/i.exec(text);
  return match === null ? undefined : `CVE-${match[1]}-${(match[2] ?? "").padStart(4, "0")}`;
}

/**
 * The name of an alias class: of ids that mean the same vulnerability, the first by database (CVE, then GHSA, then the
 * others) and then by code units. Two findings are the same vulnerability if their classes, made from all ids known to
 * be aliases of each other, have one key. Undefined for no ids.
 */
export function aliasKey(ids: readonly string[]): string | undefined {
  let best: string | undefined;
  for (const id of ids) if (best === undefined || precedes(id, best)) best = id;
  return best;
}

function precedes(a: string, b: string): boolean {
  const difference = rank(a) - rank(b);
  return difference === 0 ? a < b : difference < 0;
}

function rank(id: string): number {
  return id.startsWith("CVE-") ? 0 : id.startsWith("GHSA-") ? 1 : 2;
}

/** As `parseAdvisory` reads it. */
export function showAdvisory(advisory: string): string {
  return advisory;
}
