/** Why a purl is not in a set, and which of many came nearest, so that who wrote the set sees what to change. */
import { distance } from "../near.ts";
import { type Purl, type PurlSet, versionOfPurl } from "../purl.ts";
import { inRange, showRange } from "../range.ts";
import { equalVersion } from "../version.ts";

/** One part in which a purl differs from what a set asks for. */
export interface PurlMiss {
  readonly part: "type" | "namespace" | "name" | "version" | "qualifier" | "subpath";
  /** Of a qualifier. */
  readonly key?: string;
  /** Of a version its text, or its range. */
  readonly wanted: string | undefined;
  readonly found: string | undefined;
}

/** All parts that keep the purl out of the set, in the order of a purl; none exactly where `purlInSet` is true. */
export function missesOf(purl: Purl, set: PurlSet): readonly PurlMiss[] {
  const wanted = set.purl;
  const found: PurlMiss[] = [];
  for (const part of ["type", "namespace", "name"] as const) {
    if (purl[part] !== wanted[part]) found.push({ part, wanted: wanted[part], found: purl[part] });
  }
  const version = versionMiss(purl, set);
  if (version !== undefined) found.push(version);
  for (const [key, value] of wanted.qualifiers) {
    const other = purl.qualifiers.get(key);
    if (other !== value) found.push({ part: "qualifier", key, wanted: value, found: other });
  }
  if (wanted.subpath !== undefined && purl.subpath !== wanted.subpath) {
    found.push({ part: "subpath", wanted: wanted.subpath, found: purl.subpath });
  }
  return found;
}

function versionMiss(purl: Purl, set: PurlSet): PurlMiss | undefined {
  const version = versionOfPurl(purl);
  if (set.range !== undefined) {
    const inside = version !== undefined && inRange(version, set.range) === true;
    return inside ? undefined : { part: "version", wanted: showRange(set.range), found: version?.text };
  }
  const wanted = versionOfPurl(set.purl);
  if (wanted === undefined) return undefined;
  const same = version !== undefined && (version.text === wanted.text || equalVersion(version, wanted) === true);
  return same ? undefined : { part: "version", wanted: wanted.text, found: version?.text };
}

export interface NearMiss {
  readonly purl: Purl;
  /** At least one. */
  readonly misses: readonly PurlMiss[];
}

/** What a differing part weighs: a wrong version is nearer than a wrong name, and that nearer than a wrong type. */
const weights: Readonly<Record<PurlMiss["part"], number>> = { version: 1, qualifier: 1, subpath: 1, namespace: 4, name: 8, type: 16 };

/**
 * The purl that is not in the set by the least, of those that name the same package or one of nearly its name; undefined
 * where none does. Of equally near ones the first by text, so that their order does not matter.
 */
export function nearestMiss(set: PurlSet, purls: Iterable<Purl>): NearMiss | undefined {
  let best: NearMiss | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const purl of purls) {
    if (!isNear(purl, set.purl)) continue;
    const misses = missesOf(purl, set);
    const weight = misses.reduce((sum, { part }) => sum + weights[part], 0);
    if (weight === 0 || weight > least || (weight === least && best !== undefined && purl.text >= best.purl.text)) continue;
    least = weight;
    best = { purl, misses };
  }
  return best;
}

/** The same name, without regard to case, of whatever type and namespace; or nearly the name in the same ones. */
function isNear(purl: Purl, wanted: Purl): boolean {
  const [name, other] = [purl.name.toLowerCase(), wanted.name.toLowerCase()];
  if (name === other) return true;
  if (purl.type !== wanted.type || purl.namespace !== wanted.namespace) return false;
  const limit = Math.floor(other.length / 3) + 1;
  return distance(name, other, limit) < limit;
}
