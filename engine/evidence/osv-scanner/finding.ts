/** An OSV record that affects a package, as a finding. */
import { type DataRecord, type DataValue, type DocumentRef, origin } from "../../../language/core/data.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { newestScore, noVector, scoreOfVector } from "../scan/cvss.ts";
import { parseVector } from "../scan/cvss-vector.ts";
import { packageUrl } from "../scan/package-url.ts";
import { foundComponent, upgrade } from "../scan/scan.ts";
import { severityNamed, severityOfScore } from "../scan/severity.ts";
import { fixedRange, fixedVersions, stretches } from "./ranges.ts";

/** Where the fields of a finding stand in its record. */
const fields: Readonly<Record<string, string>> = {
  cvss: "/severity",
  first_fixed: "/affected",
  fixed_range: "/affected",
  fix: "/affected",
  title: "/summary",
};

/** `place` is the package's pointer, `pointer` the record's. */
export function finding(
  entry: Json,
  vulnerability: Json,
  path: string | undefined,
  document: DocumentRef,
  pointer: string,
  place: string,
): DataRecord {
  const found = object(entry["package"]) ?? {};
  const name = text(found["name"]);
  const installed = text(found["version"]);
  const ecosystem = text(found["ecosystem"]);
  const purl = name === undefined ? undefined : purlOf(ecosystem, name, installed);
  const type = typeOf(ecosystem)?.[0] ?? "";
  const affected = stretches(vulnerability, ecosystem, name, type);
  const fixed = fixedVersions(affected);
  const id = text(vulnerability["id"]);
  const group = objects(entry["groups"]).find((candidate) => id !== undefined && texts(candidate["ids"]).includes(id)) ?? {};
  const cvss = newestScore(scores(vulnerability));
  return {
    id,
    aliases: [...new Set([...texts(vulnerability["aliases"]), ...texts(group["aliases"])])].filter((alias) => alias !== id),
    severity: severity(vulnerability, cvss, group),
    component: foundComponent({ name, version: installed, purl }, document, place),
    installed,
    first_fixed: upgrade(purl, installed, fixed),
    fixed_range: fixedRange(affected, type),
    fix: fixed.length > 0 ? "fixed" : undefined,
    cvss: cvss?.score ?? unreadVectors(vulnerability).map(noVector)[0],
    reachable: id === undefined ? undefined : called(group, id),
    title: text(vulnerability["summary"]),
    url: id === undefined ? undefined : `https://osv.dev/vulnerability/${encodeURIComponent(id)}`,
    path,
    sources: ["osv-scanner"],
    [origin]: { document, pointer, fields },
  };
}

function scores(vulnerability: Json): readonly { readonly version: number; readonly score: number; readonly rank: number }[] {
  return vectors(vulnerability).flatMap((vector) => {
    const score = scoreOfVector(vector);
    return score === undefined ? [] : [{ ...score, rank: 0 }];
  });
}

/** Other kinds of ratings (`Ubuntu`) are words of a database. */
function vectors(vulnerability: Json): readonly string[] {
  return objects(vulnerability["severity"]).flatMap((rating) =>
    /^CVSS/.test(text(rating["type"]) ?? "CVSS") ? (text(rating["score"]) ?? []) : [],
  );
}

/** CVSS vectors of a record that cannot be read. */
export function unreadVectors(vulnerability: Json): readonly string[] {
  return vectors(vulnerability).filter((vector) => parseVector(vector) === undefined);
}

/** The database's own word, else the rating of the score, else that of the highest score of the group. */
function severity(vulnerability: Json, cvss: { readonly version: number; readonly score: number } | undefined, group: Json): DataValue {
  const named = text(object(vulnerability["database_specific"])?.["severity"]);
  if (named !== undefined) {
    const known = severityNamed(named);
    if (typeof known === "string") return known;
  }
  if (cvss !== undefined) return severityOfScore(cvss.score, cvss.version);
  const highest = Number(text(group["max_severity"]) ?? Number.NaN);
  return highest > 0 && highest <= 10 ? severityOfScore(highest, 3) : severityNamed(named);
}

/** What call analysis found out, in the reports of versions that name it either way. */
function called(group: Json, id: string): boolean | undefined {
  const analysis = object(group["experimentalAnalysis"]) ?? object(group["experimental_analysis"]) ?? {};
  const answer = object(analysis[id])?.["called"];
  return typeof answer === "boolean" ? answer : undefined;
}

/** Purl types of OSV ecosystems (OSV schema, "Defined ecosystems"). */
const types: ReadonlyMap<string, readonly [type: string, distribution?: string]> = new Map([
  ["npm", ["npm"]],
  ["PyPI", ["pypi"]],
  ["Go", ["golang"]],
  ["Maven", ["maven"]],
  ["NuGet", ["nuget"]],
  ["RubyGems", ["gem"]],
  ["crates.io", ["cargo"]],
  ["Packagist", ["composer"]],
  ["Hex", ["hex"]],
  ["Pub", ["pub"]],
  ["CRAN", ["cran"]],
  ["Hackage", ["hackage"]],
  ["ConanCenter", ["conan"]],
  ["SwiftURL", ["swift"]],
  ["Bitnami", ["bitnami"]],
  ["GitHub Actions", ["githubactions"]],
  ["Debian", ["deb", "debian"]],
  ["Ubuntu", ["deb", "ubuntu"]],
  ["Alpine", ["apk", "alpine"]],
  ["Wolfi", ["apk", "wolfi"]],
  ["Chainguard", ["apk", "chainguard"]],
  ["Red Hat", ["rpm", "redhat"]],
  ["Rocky Linux", ["rpm", "rocky"]],
  ["AlmaLinux", ["rpm", "alma"]],
  ["openSUSE", ["rpm", "opensuse"]],
  ["SUSE", ["rpm", "suse"]],
]);

function typeOf(ecosystem: string | undefined): readonly [type: string, distribution?: string] | undefined {
  return types.get(ecosystem?.split(":", 1)[0] ?? "");
}

/** The purl of a package as OSV names it; undefined: of an ecosystem without a purl type. */
export function purlOf(ecosystem: string | undefined, name: string, version: string | undefined): string | undefined {
  const known = typeOf(ecosystem);
  return known === undefined ? undefined : packageUrl(known[0], name, version, {}, known[1]);
}
