/**
 * A version of an ecosystem. `ecosystem` is a purl type in lower case (`npm`, `pypi`, `deb`); "" says that none is
 * known, as for a literal, which takes the ecosystem of what it is compared with.
 */
export interface Version {
  readonly ecosystem: string;
  readonly text: string;
}
export function versionOf(ecosystem: string, text: string): Version {
  return { ecosystem, text };
}
/** Undefined: of two ecosystems, of an ecosystem without a known order, or not parseable in theirs. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 | undefined {
  return a === b ? 0 : undefined;
}
/** Undefined where `compareVersions` is. */
export function equalVersion(a: Version, b: Version): boolean | undefined {
  const order = compareVersions(a, b);
  return order === undefined ? undefined : order === 0;
}
/** The ecosystem whose versions purls of the type have. */
export function ecosystemOfPurlType(type: string): string {
  return type;
}
/** The ecosystem of an OSV ecosystem name (`PyPI`, `Debian:12`, `crates.io`); undefined: none that is known here. */
export function ecosystemOfOsv(name: string): string | undefined {
  return name;
}
export function showVersion(version: Version): string {
  return version.text;
}
