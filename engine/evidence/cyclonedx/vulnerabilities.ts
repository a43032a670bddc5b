/** `vulnerabilities` of a CycloneDX document (from version 1.4): findings, and what their analysis says as VEX. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, OpenList, type Origin, origin } from "../../../language/core/data.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import type { References } from "../sbom/references.ts";
import { newestScore, noVector, type Score, scoreOfVector } from "../scan/cvss.ts";
import { titleOf } from "../scan/scan.ts";
import { type SeverityName, severityNamed, severityOfScore, unrated } from "../scan/severity.ts";
import { type Shortcomings, shortcomings } from "../vex/shortcomings.ts";
import { type Affected, type Context, statementsOf } from "./analysis.ts";
import type { Inventory } from "./components.ts";
import { wholeOf } from "./kept.ts";
import { elementOf, isLink, localRef, ownLink } from "./links.ts";

export interface Vulnerabilities {
  readonly findings: readonly DataRecord[];
  readonly statements: readonly DataRecord[];
  /** How many products the statements name, and what of them was not understood. */
  readonly products: number;
  readonly missed: Shortcomings;
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
  const missed = shortcomings();
  const context: Context = { document: vex, own, time: text(object(bom["metadata"])?.["timestamp"]), missed };
  let products = 0;
  for (const [index, json] of objects(bom["vulnerabilities"]).entries()) {
    const pointer = `${base}/vulnerabilities/${index}`;
    const affected = affects(json, scan, pointer, found, own, refs);
    for (const [position, one] of affected.entries())
      findings.push(finding(json, one, { document: scan, pointer, fields: fieldsOf(json, position) }));
    if (!object(json["analysis"])) continue;
    for (const statement of statementsOf(json, affected, context, pointer)) {
      statements.push(statement);
      products += (statement["products"] as readonly DataRecord[]).length;
    }
  }
  return { findings, statements, products, missed };
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
    return [{ ref: "", component: { name, [origin]: { document, pointer } }, here: false, json: {}, pointer }];
  }
  return entries.map((entry, index) => {
    const ref = text(entry["ref"]) ?? "";
    const place = `${pointer}/affects/${index}`;
    const local = localRef(ref, own);
    const component = found.byRef.get(local);
    const whole = component && found.byRef.get(wholeOf(component) ?? "");
    if (component && whole)
      return { ref: wholeOf(component) ?? ref, component: whole, part: component, here: true, json: entry, pointer: place };
    if (!component && !isLink(ref) && !found.others.has(ref))
      refs.dangling(ref, `vulnerability \`${text(json["id"]) ?? index}\``, `${place}/ref`);
    const here = component !== undefined || found.others.has(local);
    return { ref, component: component ?? foreign(ref, document, place), here, json: entry, pointer: place };
  });
}

/** What is known of a component of another document: its reference, which is often its purl. */
function foreign(ref: string, document: DocumentRef, pointer: string): DataRecord {
  const fragment = elementOf(ref.slice(ref.indexOf("#") + 1));
  const purl = fragment.startsWith("pkg:") ? fragment : undefined;
  return { id: ref, name: fragment, purl, [origin]: { document, pointer, fields: { id: "/ref", name: "/ref", purl: "/ref" } } };
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
  const read = scoreIn(rating);
  return read === undefined || read instanceof Lack ? undefined : severityOfScore(read.score, read.version);
}

/** The score that a rating gives, or that its vector comes to; undefined where it is none of CVSS. */
function scoreIn(rating: Json): Score | Lack | undefined {
  const { score } = rating;
  const vector = text(rating["vector"]);
  const version = methods.get(String(rating["method"]));
  if (typeof score === "number" && version !== undefined)
    return score >= 0 && score <= 10 ? { version, score, rank: 0 } : new Lack("malformed", `${score} is no score of CVSS`);
  if (vector === undefined || (version === undefined && "method" in rating)) return undefined;
  const read = scoreOfVector(vector);
  return read === undefined ? noVector(vector) : { ...read, rank: 0 };
}

function cvss(ratings: readonly Json[]): DataValue {
  const read = ratings.flatMap((rating) => scoreIn(rating) ?? []);
  const best = newestScore(read.filter((one): one is Score => !(one instanceof Lack)));
  return best?.score ?? read.find((one) => one instanceof Lack);
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

/** Findings as a list: a tool that ran lists all it found; a list that people keep does not say that it is whole. */
export function findingList(findings: readonly DataRecord[], byTool: boolean): DataValue {
  return byTool ? findings : new OpenList(findings, true);
}
