/** Version ranges of VEX documents: VERS strings, read strictly. */
import { Lack } from "../../../language/core/data.ts";
import { buildPurl, parsePurl } from "../../../language/domains/purl.ts";
import { splitVers } from "../../../language/domains/range/vers.ts";
import { parseVers } from "../../../language/domains/range.ts";
import { isOrdered } from "../../../language/domains/version.ts";

/** The range as the language has it, or why it is none; `problem` is read by people. */
export type ReadVersions =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly value: Lack; readonly problem: string };

/**
 * Reads a VERS string. Of those whose constraints are not in order, as generators wrote them when VERS did not ask for it,
 * only an interval with both ends is put in order: `<2.0.0|>=1.0.0` can mean one thing, and of `>=3.0.0|<2.0.0` nobody
 * knows whether nothing was meant or everything else. With `ecosystem`, that of the product's purl, a range of another
 * ecosystem says nothing about it.
 */
export function readVersions(text: string, ecosystem?: string): ReadVersions {
  const read = parseVers(text);
  const sorted = read.ok || read.suggestion === undefined ? undefined : interval(text, read.suggestion);
  if (!read.ok && sorted === undefined) return refuse(read.problem);
  const other = splitVers(text)?.ecosystem ?? "";
  if (ecosystem !== undefined && other !== ecosystem && isOrdered(ecosystem) && isOrdered(other) && !general.has(other))
    return refuse(`\`${text}\` is a range of ${other}, and the product is one of ${ecosystem}`);
  return { ok: true, value: sorted ?? text };
}

/** The suggested text, where it has the same constraints and is one interval with both ends. */
function interval(text: string, suggestion: string): string | undefined {
  const of = (vers: string): string => [...(splitVers(vers)?.constraints.split("|") ?? [])].sort().join("|");
  const read = parseVers(suggestion);
  if (of(text) !== of(suggestion) || !read.ok || !read.value.ordered) return undefined;
  const [only, ...others] = read.value.range.intervals;
  return others.length === 0 && only?.low !== undefined && only.high !== undefined ? suggestion : undefined;
}

/** Schemes that versions of several ecosystems are written in. */
const general: ReadonlySet<string> = new Set(["semver", "generic", "intdot", "all", "none"]);

function refuse(problem: string): ReadVersions {
  return { ok: false, value: new Lack("malformed", problem), problem };
}

/** The purl at another version, or at none. Undefined: it cannot be read. */
export function atVersion(purl: string, version: string | undefined): string | undefined {
  const read = parsePurl(purl);
  if (!read.ok) return undefined;
  const { type, namespace, name, qualifiers, subpath } = read.value;
  const built = buildPurl({ type, namespace, name, version, qualifiers: Object.fromEntries(qualifiers), subpath });
  return built.ok ? built.value.text : undefined;
}
