/** Versions and the orders of their ecosystems (semantics, section 4): one file a rule under `version/`. */
import { alpm } from "./version/alpm.ts";
import { apk } from "./version/apk.ts";
import { composer } from "./version/composer.ts";
import { conan } from "./version/conan.ts";
import { deb } from "./version/deb.ts";
import { cran, hackage } from "./version/dotted.ts";
import { gem } from "./version/gem.ts";
import { maven } from "./version/maven.ts";
import { nuget } from "./version/nuget.ts";
import { pypi } from "./version/pypi.ts";
import { rpm } from "./version/rpm.ts";
import type { Order, Scheme } from "./version/scheme.ts";
import { cargo, golang, pub, semver } from "./version/semver.ts";

/**
 * A version of an ecosystem. `ecosystem` is a purl type in lower case (`npm`, `pypi`, `deb`); "" says that none is
 * known, as for a literal, which takes the ecosystem of what it is compared with.
 */
export interface Version {
  readonly ecosystem: string;
  readonly text: string;
}

/** By purl type; `semver` is the VERS type of that name. What is not listed has no order here. */
const schemes: ReadonlyMap<string, Scheme> = new Map([
  ["alpm", alpm],
  ["apk", apk],
  ["cargo", cargo],
  ["cocoapods", gem],
  ["composer", composer],
  ["conan", conan],
  ["cran", cran],
  ["deb", deb],
  ["gem", gem],
  ["golang", golang],
  ["hackage", hackage],
  ["hex", semver],
  ["maven", maven],
  ["npm", semver],
  ["nuget", nuget],
  ["pub", pub],
  ["pypi", pypi],
  ["rpm", rpm],
  ["semver", semver],
  ["swift", semver],
]);

/** Makes a version; whether it parses is for `compareVersions` and `isVersion` to say. */
export function versionOf(ecosystem: string, text: string): Version {
  return { ecosystem, text };
}

/** The ecosystem in which two versions meet: theirs, where it is one; undefined where it is two, or none is known. */
export function sharedEcosystem(a: string, b: string): string | undefined {
  if (a === b) return a === "" ? undefined : a;
  if (a === "") return b;
  return b === "" ? a : undefined;
}

/** Undefined: of two ecosystems, of an ecosystem without a known order, or not parseable in theirs. */
export function compareVersions(a: Version, b: Version): Order | undefined {
  const ecosystem = sharedEcosystem(a.ecosystem, b.ecosystem);
  return ecosystem === undefined ? undefined : schemes.get(ecosystem)?.compare(a.text, b.text);
}

/** Equal in the order of their ecosystem (`1.0` and `1.0.0` of PyPI are); undefined where `compareVersions` is. */
export function equalVersion(a: Version, b: Version): boolean | undefined {
  const found = compareVersions(a, b);
  return found === undefined ? undefined : found === 0;
}

/** Whether versions of the ecosystem have an order here. */
export function isOrdered(ecosystem: string): boolean {
  return schemes.has(ecosystem);
}

/** Whether the text is a version of the ecosystem; false where it has no order here. */
export function isVersion(ecosystem: string, text: string): boolean {
  return schemes.get(ecosystem)?.parses(text) ?? false;
}

/**
 * Whether the ecosystem's own tools take the text for a version. `isVersion` is wider where advisories write versions
 * short: `1.2` is none of npm's, but bounds a range of them.
 */
export function isOwnVersion(ecosystem: string, text: string): boolean {
  return schemes.get(ecosystem)?.owns(text) ?? false;
}

/** Every ecosystem whose versions have an order here, by its purl type, in alphabetical order. */
export function orderedEcosystems(): readonly string[] {
  return [...schemes.keys()];
}

/** The ecosystem whose versions purls of the type have: the type itself. */
export function ecosystemOfPurlType(type: string): string {
  return type.toLowerCase();
}

export function showVersion(version: Version): string {
  return version.text;
}
