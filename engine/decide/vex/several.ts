/**
 * Whether a statement is about the vulnerability of a finding where names lead from one CVE to another. Two CVEs are two
 * vulnerabilities, whatever shares a name with both (an advisory that covers several, an alias that is wrong): what is
 * said of one must not silence the other.
 */
import type { AliasClasses } from "../../evaluate/intrinsics/aliases.ts";

/** The names of a finding, where these and what statements take for names of the same hold more than one CVE. */
export interface Several {
  /** The finding's own, its id first. */
  readonly ids: readonly string[];
  /** The CVEs that it is: those among its names; where none is, all that statements take for names of the same. */
  readonly cves: readonly string[];
}

function isCve(id: string): boolean {
  return id.startsWith("CVE-");
}

/** The CVEs of each alias class that has one, by the class's name, from the lists of ids that made it. */
export function cvesByClass(lists: Iterable<readonly string[]>, classes: AliasClasses): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const ids of lists) {
    for (const id of ids.filter(isCve)) {
      const name = classes.of(id);
      const known = found.get(name);
      if (known === undefined) found.set(name, new Set([id]));
      else known.add(id);
    }
  }
  return found;
}

/** Undefined: all names are of one CVE, or of none. `taken` are the CVEs of the classes that the finding's ids are in. */
export function severalOf(ids: readonly string[], taken: Iterable<string>): Several | undefined {
  const own = ids.filter(isCve);
  const all = new Set([...own, ...taken]);
  if (all.size < 2) return undefined;
  return { ids, cves: own.length > 0 ? own : [...all] };
}

/** Whether a statement of these ids is about the finding for certain: it names every CVE that the finding is, or the finding itself and no other CVE. */
export function isNamed(several: Several, said: readonly string[]): boolean {
  const { ids, cves } = several;
  const [own = ""] = ids;
  if (!ids.some(isCve)) return said.includes(own) || cves.every((cve) => said.includes(cve));
  if (said.some(isCve)) return cves.every((cve) => said.includes(cve));
  return cves.length === 1 ? said.some((id) => ids.includes(id)) : said.includes(own);
}

/** Why such a statement may be about something else. */
export function doubtOf({ ids, cves }: Several, said: readonly string[]): string {
  const about = said.filter(isCve);
  const wanted = cves.filter((cve) => !about.includes(cve));
  return `it is about ${(about.length > 0 ? about : said).join(", ")}, and the finding \`${ids[0] ?? ""}\` is of ${wanted.join(", ")}`;
}
