/** `vulnerabilities` of a CycloneDX document (from version 1.4): findings, and what their analysis says as VEX. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, OpenList, type Origin, origin } from "../../../language/core/data.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import type { References } from "../sbom/references.ts";
import { titleOf } from "../scan/scan.ts";
import { type SeverityName, severityNamed, severityOfScore, unrated } from "../scan/severity.ts";
import type { Inventory } from "./components.ts";
import { isLink } from "./graph.ts";

/** One thing that a vulnerability affects, resolved. */
interface Affected {
  readonly ref: string;
  readonly component: DataRecord;
  readonly json: Json;
  readonly pointer: string;
}

export interface Vulnerabilities {
  readonly findings: readonly DataRecord[];
  readonly statements: readonly DataRecord[];
}

/** Reads every vulnerability in one pass: a finding, and with an analysis a statement, for each thing it affects. */
export function vulnerabilities(
  bom: Json,
  scan: DocumentRef,
  vex: DocumentRef,
  base: string,
  found: Inventory,
  refs: References,
): Vulnerabilities {
  const findings: DataRecord[] = [];
  const statements: DataRecord[] = [];
  const own = ownLink(bom);
  for (const [index, json] of objects(bom["vulnerabilities"]).entries()) {
    const pointer = `${base}/vulnerabilities/${index}`;
    const affected = affects(json, scan, pointer, found, own, refs);
    for (const [position, one] of affected.entries())
      findings.push(finding(json, one, { document: scan, pointer, fields: fieldsOf(json, position) }));
    if (object(json["analysis"])) statements.push(statement(json, affected, vex, pointer));
  }
  return { findings, statements };
}

/** `urn:cdx:<serial>/<version>#`, with which a document may refer to itself. */
function ownLink(bom: Json): string | undefined {
  const serial = text(bom["serialNumber"])?.replace("urn:uuid:", "");
  return serial === undefined ? undefined : `urn:cdx:${serial}/${typeof bom["version"] === "number" ? bom["version"] : 1}#`;
}

function affects(
  json: Json,
  document: DocumentRef,
  pointer: string,
  found: Inventory,
  own: string | undefined,
  refs: References,
): readonly Affected[] {
  const entries = objects(json["affects"]);
  if (entries.length === 0) {
    const name = new Lack("missing", "the document does not say which component is affected");
    return [{ ref: "", component: { name, [origin]: { document, pointer } }, json: {}, pointer }];
  }
  return entries.map((entry, index) => {
    const ref = text(entry["ref"]) ?? "";
    const place = `${pointer}/affects/${index}`;
    const local = own !== undefined && ref.startsWith(own) ? decoded(ref.slice(own.length)) : ref;
    const component = found.byRef.get(local);
    if (!component && !isLink(ref) && !found.others.has(ref))
      refs.dangling(ref, `vulnerability \`${text(json["id"]) ?? index}\``, `${place}/ref`);
    return { ref, component: component ?? foreign(ref, document, place), json: entry, pointer: place };
  });
}

/** What is known of a component of another document: its reference, which is often its purl. */
function foreign(ref: string, document: DocumentRef, pointer: string): DataRecord {
  const fragment = decoded(ref.slice(ref.indexOf("#") + 1));
  const purl = fragment.startsWith("pkg:") ? fragment : undefined;
  return { id: ref, name: fragment, purl, [origin]: { document, pointer, fields: { id: "/ref", name: "/ref", purl: "/ref" } } };
}

function decoded(fragment: string): string {
  // Refs that are purls are put into BOM-Links both with and without percent-encoding of their separators.
  if (fragment.startsWith("pkg:")) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** A finding is a vulnerability with one of what it affects. */
function fieldsOf(json: Json, position: number): Readonly<Record<string, string>> {
  const component = Array.isArray(json["affects"]) ? `/affects/${position}` : "";
  return {
    aliases: given(json, "references"),
    severity: given(json, "ratings"),
    cvss: "/ratings",
    component,
    installed: component,
    fix: "/analysis",
    title: "/description",
    url: given(json, "advisories"),
    sources: given(json, "source"),
  };
}

/** Where a property stands; what is read from its absence stands at the whole. */
function given(json: Json, key: string): string {
  return key in json ? `/${key}` : "";
}

function finding(json: Json, affected: Affected, place: Origin): DataRecord {
  const ratings = objects(json["ratings"]);
  const source = object(json["source"]);
  const versions = objects(affected.json["versions"]).filter((version) => (version["status"] ?? "affected") === "affected");
  return {
    id: text(json["id"]) ?? new Lack("missing", "the document gives the vulnerability no id"),
    aliases: objects(json["references"]).flatMap((reference) => text(reference["id"]) ?? []),
    severity: severity(ratings),
    component: affected.component,
    installed: text(versions.find((version) => text(version["version"]))?.["version"]) ?? affected.component["version"],
    fix: fix(object(json["analysis"])),
    cvss: cvss(ratings),
    title: titleOf(text(json["description"])),
    url: text(objects(json["advisories"])[0]?.["url"]) ?? text(source?.["url"]),
    sources: sources(source, ratings),
    [origin]: place,
  };
}

function sources(source: Json | undefined, ratings: readonly Json[]): readonly string[] {
  const own = text(source?.["name"]);
  if (own !== undefined) return [own];
  return [...new Set(ratings.flatMap((rating) => text(object(rating["source"])?.["name"]) ?? []))];
}

const severities: readonly SeverityName[] = ["negligible", "low", "medium", "high", "critical"];

/** The highest that any rating gives: raters disagree, and a policy about severity must not depend on their order. */
function severity(ratings: readonly Json[]): DataValue {
  let highest = -1;
  for (const rating of ratings) {
    const named = text(rating["severity"]);
    const name = named === "info" ? "negligible" : named === undefined || named === "unknown" ? byScore(rating) : severityNamed(named);
    highest = Math.max(highest, typeof name === "string" ? severities.indexOf(name) : -1);
  }
  return highest < 0 ? unrated : severities[highest];
}

/** Newest first. */
const methods = new Map([
  ["CVSSv4", 4],
  ["CVSSv31", 3.1],
  ["CVSSv3", 3],
  ["CVSSv2", 2],
]);

function byScore(rating: Json): SeverityName | undefined {
  const score = rating["score"];
  const version = methods.get(String(rating["method"]));
  return typeof score === "number" && version !== undefined ? severityOfScore(score, version) : undefined;
}

function cvss(ratings: readonly Json[]): DataValue {
  for (const method of methods.keys()) {
    const scores = ratings.flatMap((rating) =>
      rating["method"] === method && typeof rating["score"] === "number" ? [rating["score"]] : [],
    );
    if (scores.length > 0) return scores.reduce((a, b) => Math.max(a, b));
  }
  return undefined;
}

function fix(analysis: Json | undefined): DataValue {
  const state = analysis?.["state"];
  if (state === "resolved" || state === "resolved_with_pedigree") return "fixed";
  const response = texts(analysis?.["response"]);
  if (response.includes("update")) return "fixed";
  if (response.includes("will_not_fix")) return "wont_fix";
  if (response.includes("can_not_fix")) return "not_fixed";
  return undefined;
}

const statuses = new Map([
  ["exploitable", "affected"],
  ["in_triage", "under_investigation"],
  ["resolved", "fixed"],
  ["resolved_with_pedigree", "fixed"],
  ["not_affected", "not_affected"],
  ["false_positive", "not_affected"],
]);

/** The two labels that mean the same as OpenVEX's; the other seven keep their names. */
const justifications = new Map([
  ["code_not_present", "vulnerable_code_not_present"],
  ["code_not_reachable", "vulnerable_code_not_in_execute_path"],
]);

const statementFields = {
  vulnerability: "/id",
  status: "/analysis/state",
  justification: "/analysis/justification",
  impact: "/analysis/detail",
  action: "/analysis/response",
  timestamp: "/analysis/lastUpdated",
  products: "/affects",
};

function statement(json: Json, affected: readonly Affected[], document: DocumentRef, pointer: string): DataRecord {
  const analysis = object(json["analysis"]) ?? {};
  const state = text(analysis["state"]);
  const justification = text(analysis["justification"]);
  return {
    vulnerability: text(json["id"]) ?? new Lack("missing", "the document gives the vulnerability no id"),
    aliases: objects(json["references"]).flatMap((reference) => text(reference["id"]) ?? []),
    status: state === undefined ? new Lack("missing", "the analysis has no state") : statuses.get(state),
    justification: justification === undefined ? undefined : (justifications.get(justification) ?? justification),
    impact: state === "not_affected" || state === "false_positive" ? text(analysis["detail"]) : undefined,
    action: joinResponse(analysis, json),
    timestamp: text(analysis["lastUpdated"]) ?? text(analysis["firstIssued"]) ?? text(json["updated"]),
    products: affected.filter((one) => one.ref !== "").map((one) => product(one, document)),
    [origin]: { document, pointer, fields: { ...statementFields, aliases: given(json, "references") } },
  };
}

function joinResponse(analysis: Json, json: Json): string | undefined {
  const parts = [...texts(analysis["response"]), text(json["recommendation"]) ?? ""].filter((part) => part !== "");
  return parts.length > 0 ? parts.join("; ") : undefined;
}

function product(affected: Affected, document: DocumentRef): DataRecord {
  const { component } = affected;
  const unclear = ofOtherVersions(affected) ? new Lack("missing", "the statement is about certain versions only") : undefined;
  return {
    id: unclear ?? affected.ref,
    purl: unclear ?? component["purl"],
    digests: digests(component["hashes"]),
    subcomponents: [],
    [origin]: { document, pointer: affected.pointer, fields: { id: "/ref", purl: "/ref", digests: "/ref", subcomponents: "" } },
  };
}

/** A statement that names versions, and not the one that the component has, says nothing of the component. */
function ofOtherVersions({ json, component }: Affected): boolean {
  const versions = objects(json["versions"]);
  if (versions.length === 0) return false;
  return !versions.some((version) => version["version"] !== undefined && version["version"] === component["version"]);
}

function digests(hashes: DataValue): readonly string[] {
  if (!Array.isArray(hashes)) return [];
  return (hashes as readonly DataRecord[]).flatMap(({ algorithm, value }) => {
    const name = /^SHA-(256|384|512)$/.exec(String(algorithm))?.[1];
    return name === undefined || typeof value !== "string" ? [] : [`sha${name}:${value}`];
  });
}

/** Findings as a list: a tool that ran lists all it found; a list that people keep does not say that it is whole. */
export function findingList(findings: readonly DataRecord[], byTool: boolean): DataValue {
  return byTool ? findings : new OpenList(findings, true);
}
