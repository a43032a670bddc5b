/** A row of Trivy's `Vulnerabilities` as a finding. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import { type Json, object, text } from "../raw.ts";
import { newestScore, noVector, type Score, scoreOfVector } from "../scan/cvss.ts";
import { packageUrl } from "../scan/package-url.ts";
import { foundComponent, upgrade } from "../scan/scan.ts";
import { severityNamed } from "../scan/severity.ts";

/** Where the fields of a finding, and of its component, stand in a row. */
const fields: Readonly<Record<string, string>> = {
  id: "/VulnerabilityID",
  severity: "/Severity",
  component: "",
  installed: "/InstalledVersion",
  first_fixed: "/FixedVersion",
  fix: "/Status",
  cvss: "/CVSS",
  title: "/Title",
  url: "/PrimaryURL",
  path: "/PkgPath",
};
const componentFields: Readonly<Record<string, string>> = { name: "/PkgName", version: "/InstalledVersion", purl: "/PkgIdentifier/PURL" };
const builtFields: Readonly<Record<string, string>> = { ...componentFields, purl: "/PkgName" };

/**
 * `VendorIDs` are advisories of distributions. They are no aliases: one of them covers several CVEs, which would then
 * count as one vulnerability.
 */
export function finding(row: Json, result: Json, metadata: Json | undefined, document: DocumentRef, pointer: string): DataRecord {
  const name = text(row["PkgName"]);
  const installed = text(row["InstalledVersion"]);
  const given = text(object(row["PkgIdentifier"])?.["PURL"]);
  const purl = given ?? purlOf(result, metadata, name, installed);
  const fixed = (text(row["FixedVersion"]) ?? "")
    .split(",")
    .map((version) => version.trim())
    .filter((version) => version !== "");
  return {
    id: text(row["VulnerabilityID"]),
    severity: severityNamed(text(row["Severity"])),
    component: foundComponent({ name, version: installed, purl }, document, pointer, given === undefined ? builtFields : componentFields),
    installed,
    first_fixed: upgrade(purl, installed, fixed),
    fix: fixState(text(row["Status"]), fixed.length > 0),
    cvss: newestScore(scores(object(row["CVSS"]) ?? {}, text(row["SeveritySource"])))?.score ?? unreadVectors(row).map(noVector)[0],
    title: text(row["Title"]),
    url: text(row["PrimaryURL"]),
    path: text(row["PkgPath"]) ?? (text(result["Class"]) === "lang-pkgs" ? text(result["Target"]) : undefined),
    sources: ["trivy"],
    [origin]: { document, pointer, fields },
  };
}

/** Trivy's statuses (its `pkg/types` and trivy-db); the three that say nothing about a fix are missing, with the word. */
const fixStates: ReadonlyMap<string, string> = new Map([
  ["fixed", "fixed"],
  ["affected", "not_fixed"],
  ["fix_deferred", "deferred"],
  ["will_not_fix", "wont_fix"],
  ["end_of_life", "end_of_life"],
]);

function fixState(status: string | undefined, fixed: boolean): DataValue {
  if (status === undefined) return fixed ? "fixed" : undefined;
  return fixStates.get(status) ?? (fixed ? "fixed" : new Lack("missing", `Trivy says the status is \`${status}\``));
}

/** The ratings of a source: CVSS version, score and vector. */
const ratings = [
  [4, "V40Score", "V40Vector"],
  [3, "V3Score", "V3Vector"],
  [2, "V2Score", "V2Vector"],
] as const;

/**
 * The rating that Trivy's own severity came from counts first, then the NVD's. A source that gives a vector and no score
 * is scored by its vector.
 */
function scores(cvss: Json, severitySource: string | undefined): readonly Score[] {
  return Object.entries(cvss).flatMap(([source, entry]) => {
    const rank = source === severitySource ? 0 : source === "nvd" ? 1 : 2;
    const rating = object(entry) ?? {};
    return ratings.flatMap(([version, field, vector]) => {
      const score = rating[field] ?? scored(rating[vector], version);
      return typeof score === "number" ? [{ version, score, rank }] : [];
    });
  });
}

/** The score of a vector of this version; 3.1 stands where 3.0 does. */
function scored(vector: unknown, version: number): number | undefined {
  const read = typeof vector === "string" ? scoreOfVector(vector) : undefined;
  return read !== undefined && Math.trunc(read.version) === version ? read.score : undefined;
}

/** Vectors of a row that would be its score, without one beside them, and cannot be read. */
export function unreadVectors(row: Json): readonly string[] {
  return Object.values(object(row["CVSS"]) ?? {}).flatMap((entry) => {
    const rating = object(entry) ?? {};
    return ratings.flatMap(([version, field, name]) => {
      const vector = rating[field] === undefined ? text(rating[name]) : undefined;
      return vector === undefined || vector === "" || scored(vector, version) !== undefined ? [] : [vector];
    });
  });
}

/** Purl types by Trivy's result types: languages and their lock files (Trivy's `pkg/purl` and `pkg/fanal/types`). */
const languages: ReadonlyMap<string, string> = new Map(
  (
    [
      ["maven", "jar", "pom", "gradle", "gradle-lockfile", "sbt", "sbt-lockfile"],
      ["npm", "npm", "node-pkg", "yarn", "pnpm", "bun", "javascript"],
      ["pypi", "pip", "pipenv", "poetry", "uv", "pylock", "python-pkg"],
      ["golang", "gomod", "gobinary"],
      ["gem", "bundler", "gemspec"],
      ["composer", "composer", "composer-vendor"],
      ["cargo", "cargo", "rustbinary"],
      ["nuget", "nuget", "dotnet-core", "packages-props"],
      ["hex", "hex"],
      ["pub", "pub"],
      ["conan", "conan"],
      ["conda", "conda-pkg", "conda-environment"],
      ["swift", "swift"],
      ["cocoapods", "cocoapods"],
      ["julia", "julia"],
      ["bitnami", "bitnami"],
    ] as const
  ).flatMap(([type, ...names]) => names.map((name) => [name, type] as const)),
);

const apk: ReadonlySet<string> = new Set(["alpine", "wolfi", "chainguard", "minimos"]);
const deb: ReadonlySet<string> = new Set(["debian", "ubuntu", "echo"]);
const rpm = /^(?:redhat|centos|rocky|alma|fedora|oracle|amazon|photon|cbl-mariner|azurelinux|sles|suse|opensuse)/;

/** The purl that Trivy since 0.49 writes itself: from the result's type, and for packages of a system from the OS. */
function purlOf(result: Json, metadata: Json | undefined, name: string | undefined, version: string | undefined): string | undefined {
  const type = text(result["Type"]);
  if (type === undefined || name === undefined) return undefined;
  const language = languages.get(type);
  if (language !== undefined) return packageUrl(language, name, version);
  if (text(result["Class"]) === "lang-pkgs") return undefined;
  const os = object(metadata?.["OS"]);
  const family = (text(os?.["Family"]) ?? type).toLowerCase();
  const release = text(os?.["Name"]);
  const distribution = family.startsWith("suse") || family.startsWith("opensuse") ? family.split(".", 1)[0] : family.replaceAll(" ", "");
  const system = apk.has(family) ? "apk" : deb.has(family) ? "deb" : rpm.test(family) ? "rpm" : undefined;
  return system === undefined
    ? undefined
    : packageUrl(system, name, version, release === undefined ? {} : { distro: `${family}-${release}` }, distribution);
}
