/** Grype's JSON report, in every shape it has had: from the first releases to those with EPSS and KEV. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { fault } from "../fault.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { newestScore, type Score, versionNumber } from "../scan/cvss.ts";
import { bindings, foundComponent, scanDocument, scanEvidence, titleOf, upgrade } from "../scan/scan.ts";
import { severityNamed } from "../scan/severity.ts";

export const grype: Adapter = {
  format: "grype",
  title: "Grype JSON report",
  detect(json) {
    const report = object(json);
    if (report === undefined || !("matches" in report)) return false;
    return object(report["descriptor"])?.["name"] === "grype" || "source" in report || "distro" in report;
  },
  schema: () => ({ kind: "schema", schema: "grype-report" }),
  read(json, source, reads) {
    const report = object(json) ?? {};
    const document = scanDocument(source, "grype");
    const descriptor = object(report["descriptor"]) ?? {};
    const db = object(descriptor["db"]) ?? {};
    const target = object(report["source"])?.["target"];
    const image = object(target) ?? {};
    const feeds = object(db["providers"]) ?? {};
    const ignored = objects(report["ignoredMatches"]).length;
    const isNameEnough = reads !== undefined && assessing.every((field) => !reads.names.has(field));
    const evidence = scanEvidence(
      {
        tool: "grype",
        toolVersion: text(descriptor["version"]),
        timestamp: text(descriptor["timestamp"]),
        target: text(target) ?? text(image["userInput"]),
        findings: objects(report["matches"]).map((match, index) =>
          finding(match, feeds, document, `${source.base}/matches/${index}`, isNameEnough),
        ),
        lacks:
          report["matches"] === null ? [new Lack("missing", "the report lists no matches, not even none"), ...lacksOf(db)] : lacksOf(db),
        about: [
          ...bindings("manifest", [text(image["manifestDigest"]), ...texts(image["repoDigests"])]),
          ...bindings("config", [text(image["imageID"])]),
        ],
        counts: ignored === 0 ? {} : { ignored },
      },
      document,
      source.base,
      {
        tool: "/descriptor/name",
        tool_version: "/descriptor/version",
        timestamp: "/descriptor/timestamp",
        target: "/source/target",
        findings: "/matches",
      },
    );
    const pointer = `${source.base}/ignoredMatches`;
    return { value: [evidence], diagnostics: ignored === 0 ? [] : [fault("WB0950", { tool: "Grype", count: ignored }, pointer)] };
  },
};

/** Matches made with a database that failed to load are not all the matches there are. */
function lacksOf(db: Json): readonly Lack[] {
  const status = object(db["status"]) ?? db;
  const error = text(status["error"]) ?? text(db["error"]);
  if (error !== undefined) return [new Lack("transient", `Grype's database failed: ${error}`)];
  return status["valid"] === false ? [new Lack("transient", "Grype's database is not valid")] : [];
}

/** Where the fields of a finding stand in a match. */
const fields: Readonly<Record<string, string>> = {
  id: "/vulnerability/id",
  aliases: "/relatedVulnerabilities",
  severity: "/vulnerability/severity",
  component: "/artifact",
  installed: "/artifact/version",
  first_fixed: "/vulnerability/fix",
  fix: "/vulnerability/fix",
  cvss: "/vulnerability/cvss",
  epss: "/vulnerability/epss",
  kev: "/vulnerability/knownExploited",
  title: "/vulnerability/description",
  url: "/vulnerability/dataSource",
  path: "/artifact/locations/0/path",
};

const nothing: Json = {};

/** What a finding is beyond its name: most of the work, and of no use to who only asks which findings there are. */
const assessing = ["severity", "first_fixed", "fix", "cvss", "epss", "kev", "title", "url", "path"] as const;

function finding(match: Json, feeds: Json, document: DocumentRef, pointer: string, isNameEnough: boolean): DataRecord {
  const vulnerability = object(match["vulnerability"]) ?? nothing;
  const related = objects(match["relatedVulnerabilities"]);
  const artifact = object(match["artifact"]) ?? nothing;
  const id = text(vulnerability["id"]);
  const purl = text(artifact["purl"]);
  const installed = text(artifact["version"]);
  const component = foundComponent(
    { name: text(artifact["name"]), version: installed, purl, cpe: texts(artifact["cpes"])[0] },
    document,
    `${pointer}/artifact`,
  );
  const others = related.length === 0 ? none : aliases(id, related);
  if (isNameEnough) return { id, aliases: others, component, installed, sources, [origin]: { document, pointer, fields } };
  const fix = object(vulnerability["fix"]) ?? nothing;
  const fixed = fixedVersions(match, vulnerability, fix);
  return {
    id,
    aliases: others,
    severity: severityNamed(text(vulnerability["severity"])),
    component,
    installed,
    first_fixed: upgrade(purl, installed, distinct(fixed)),
    fix: fixState(text(fix["state"]), fixed.length > 0),
    cvss: (newestScore(scores(vulnerability)) ?? (related.length === 0 ? undefined : newestScore(related.flatMap(scores))))?.score,
    epss: highest(vulnerability, related),
    kev: exploited(vulnerability, related, feeds),
    title: titleOf(text(vulnerability["description"]) ?? text(related[0]?.["description"])),
    url: text(vulnerability["dataSource"]) ?? texts(vulnerability["links"])[0],
    path: text(objects(artifact["locations"])[0]?.["path"]),
    sources,
    [origin]: { document, pointer, fields },
  };
}

const none: readonly string[] = [];
const sources: readonly string[] = ["grype"];

function distinct(versions: readonly string[]): readonly string[] {
  return versions.length === 0 || (versions.length === 1 && versions[0] !== "")
    ? versions
    : [...new Set(versions.filter((version) => version !== ""))];
}

/** The version that Grype advises for this package, in reports that have it, and those that the vulnerability is fixed in. */
function fixedVersions(match: Json, vulnerability: Json, fix: Json): readonly string[] {
  const found: string[] = [];
  for (const detail of objects(match["matchDetails"])) {
    const suggested = text(object(detail["fix"])?.["suggestedVersion"]);
    if (suggested !== undefined) found.push(suggested);
  }
  found.push(...texts(fix["versions"]));
  const former = text(vulnerability["fixedInVersion"]);
  if (former !== undefined) found.push(...former.split(/\s*,\s*/));
  return found;
}

/**
 * A related vulnerability is the same one under another name where it is a single CVE. An advisory of a distribution is
 * related to every CVE it covers: those are not one vulnerability, and a VEX statement about one says nothing of another.
 */
function aliases(id: string | undefined, related: readonly Json[]): readonly string[] {
  const others = [...new Set(related.flatMap((entry) => text(entry["id"]) ?? []))].filter((other) => other !== id);
  const cves = others.filter((other) => other.toUpperCase().startsWith("CVE-"));
  return id?.toUpperCase().startsWith("CVE-") ? others.filter((other) => !cves.includes(other)) : cves.length > 1 ? [] : others;
}

const fixStates: ReadonlyMap<string, string> = new Map([
  ["fixed", "fixed"],
  ["not-fixed", "not_fixed"],
  ["wont-fix", "wont_fix"],
]);

function fixState(state: string | undefined, fixed: boolean): DataValue {
  const known = fixStates.get(state ?? "");
  if (known !== undefined) return known;
  return fixed ? "fixed" : state === undefined ? undefined : new Lack("missing", `Grype says the fix state is \`${state}\``);
}

/** A rating that Grype marks as primary counts before others of its version. */
function scores(metadata: Json): readonly Score[] {
  const found: Score[] = [];
  for (const rating of objects(metadata["cvss"])) {
    const version = versionNumber(text(rating["version"]) ?? "");
    const score = object(rating["metrics"])?.["baseScore"];
    if (version !== undefined && typeof score === "number")
      found.push({ version, score, rank: text(rating["type"]) === "Secondary" ? 1 : 0 });
  }
  for (const [field, version] of formerScores) {
    const score = object(metadata[field])?.["baseScore"];
    if (typeof score === "number") found.push({ version, score, rank: 0 });
  }
  return found;
}

const formerScores = [
  ["cvssV3", 3],
  ["cvssV2", 2],
] as const;

/** EPSS of the ids that mean this vulnerability; a CVE without one is unknown, not 0. */
function highest(vulnerability: Json, related: readonly Json[]): number | undefined {
  let greatest = highestOf(vulnerability);
  for (const entry of related) {
    const epss = highestOf(entry);
    if (epss !== undefined && (greatest === undefined || epss > greatest)) greatest = epss;
  }
  return greatest;
}

function highestOf(entry: Json): number | undefined {
  let greatest: number | undefined;
  for (const { epss } of objects(entry["epss"])) {
    if (typeof epss === "number" && (greatest === undefined || epss > greatest)) greatest = epss;
  }
  return greatest;
}

/** Only a database that holds the KEV catalogue says, by leaving a vulnerability out, that it is not in it. */
function exploited(vulnerability: Json, related: readonly Json[], feeds: Json): boolean | undefined {
  const known = (entry: Json): boolean => objects(entry["knownExploited"]).length > 0;
  if (known(vulnerability) || related.some(known)) return true;
  return "kev" in feeds ? false : undefined;
}
