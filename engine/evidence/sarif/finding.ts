/** A SARIF result as a finding. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { foundComponent } from "../scan/scan.ts";
import { severityOfScore } from "../scan/severity.ts";
import { type Rules, ruleId } from "./rules.ts";

/** Where the fields of a finding stand in a result; those of the rule stand elsewhere. */
const fields: Readonly<Record<string, string>> = {
  id: "/ruleId",
  component: "",
  path: "/locations/0",
  detected: "/provenance/firstDetectionTimeUtc",
};

export function finding(
  result: Json,
  rules: Rules,
  tool: string | undefined,
  run: Json,
  document: DocumentRef,
  pointer: string,
): DataRecord {
  const rule = rules.find(result) ?? {};
  const properties = object(rule["properties"]) ?? {};
  const own = object(result["properties"]) ?? {};
  const named = ruleId(result) ?? text(rule["id"]);
  const score = securitySeverity(own) ?? securitySeverity(properties);
  const purls = [...new Set([...texts(own["purls"]), ...texts(properties["purls"])])];
  return {
    id: named === undefined ? new Lack("missing", "the result names no rule") : (advisory(named) ?? named),
    severity: score === undefined ? unrated(result, rule) : severityOfScore(score, 3),
    // A rule of Grype lists every package it is about; only with one is it this result's.
    component: foundComponent({ name: undefined, version: undefined, purl: purls.length === 1 ? purls[0] : undefined }, document, pointer),
    detected: text(object(result["provenance"])?.["firstDetectionTimeUtc"]),
    title: text(object(rule["shortDescription"])?.["text"]) ?? text(rule["name"]),
    url: text(rule["helpUri"]),
    path: path(result, run),
    sources: tool === undefined ? [] : [tool],
    [origin]: { document, pointer, fields },
  };
}

/** The advisory that a rule is named after: `CVE-2021-44228`, and Grype's `CVE-2021-44228-log4j-core`. */
function advisory(rule: string): string | undefined {
  return /^(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3})(?![0-9A-Za-z])/i.exec(rule)?.[0];
}

/** GitHub's property: a score from 0 to 10, as text. It is rated as CVSS is; whose score it is, it does not say. */
function securitySeverity(properties: Json): number | undefined {
  const value = properties["security-severity"];
  const score =
    typeof value === "number" ? value : typeof value === "string" && /^\d{1,2}(?:\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
  return score !== undefined && score <= 10 ? score : undefined;
}

/** A level says how sure and how bad in the tool's own measure, which is no severity. */
function unrated(result: Json, rule: Json): DataValue {
  const level = text(result["level"]) ?? text(object(rule["defaultConfiguration"])?.["level"]) ?? "warning";
  return new Lack("missing", `the rule has no \`security-severity\`, only the level \`${level}\``);
}

function path(result: Json, run: Json): string | undefined {
  const physical = object(objects(result["locations"])[0]?.["physicalLocation"]);
  const location = object(physical?.["artifactLocation"]) ?? {};
  const index = location["index"];
  const artifact = typeof index === "number" && index >= 0 ? objects(run["artifacts"])[index] : undefined;
  return text(location["uri"]) ?? text(object(artifact?.["location"])?.["uri"]);
}
