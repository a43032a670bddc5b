/** What `analysis` and `affects` of a CycloneDX vulnerability say, as statements of `waybill.vex`. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import { digestOf } from "../../../language/domains/digest.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import { ecosystemOfPurlType } from "../../../language/domains/version.ts";
import { type Json, joined, object, objects, text, texts } from "../raw.ts";
import { note, type Shortcomings } from "../vex/shortcomings.ts";
import { atVersion, readVersions } from "../vex/versions.ts";
import { keptOfStatement, linkOf } from "./kept.ts";
import { canonicalLink, isLink, localRef } from "./links.ts";

/** One thing that a vulnerability affects, resolved. */
export interface Affected {
  readonly ref: string;
  readonly component: DataRecord;
  /** The part of it that is spoken of (`wholeOf`). */
  readonly part?: DataRecord;
  /** Whether the document itself has the component. */
  readonly here: boolean;
  readonly json: Json;
  readonly pointer: string;
}

/** What is the same for all statements of a document. */
export interface Context {
  readonly document: DocumentRef;
  /** `ownLink` of the document. */
  readonly own: string | undefined;
  /** The document's own time: that of statements that have none. */
  readonly time: string | undefined;
  readonly missed: Shortcomings;
}

const statuses = new Map([
  ["exploitable", "affected"],
  ["in_triage", "under_investigation"],
  ["resolved", "fixed"],
  ["resolved_with_pedigree", "fixed"],
  ["not_affected", "not_affected"],
  ["false_positive", "not_affected"],
]);

/**
 * OpenVEX's labels for CycloneDX's justifications. `requires_…` holds as long as the environment is as it is, and what
 * protects at run time, at the perimeter or beside the product is not in it (semantics, section 10): for these six there
 * is no label.
 */
const justifications = new Map([
  ["code_not_present", "vulnerable_code_not_present"],
  ["code_not_reachable", "vulnerable_code_not_in_execute_path"],
  ["protected_by_compiler", "inline_mitigations_already_exist"],
]);

/**
 * What is said of a version: what the analysis says; that it is not affected although the analysis of the vulnerability
 * says otherwise; that it is affected although it says otherwise; nothing.
 */
type Saying = "analysis" | "unaffected" | "affected" | "nothing";

/**
 * `affected` and `unaffected` tell apart which versions a vulnerability is in; where nothing is told apart, `affected`
 * versions are those that the analysis is about (as in CycloneDX's own example, which are `not_affected`). A version that
 * is called affected beside others that are not, or under an analysis that it was resolved, is not suppressed: it is older.
 */
function saying(versionStatus: unknown, status: string | undefined, apart: boolean): Saying {
  if (versionStatus === "unknown") return "nothing";
  const suppresses = status === "not_affected" || status === "fixed";
  if (versionStatus === "unaffected") return suppresses ? "analysis" : "unaffected";
  return versionStatus === "affected" && suppresses && (apart || status === "fixed") ? "affected" : "analysis";
}

/** The statements of one analysed vulnerability: one, and one for each kind of versions of which something else is said. */
export function statementsOf(json: Json, affected: readonly Affected[], context: Context, pointer: string): readonly DataRecord[] {
  const analysis = object(json["analysis"]) ?? {};
  const state = text(analysis["state"]);
  const status = state === undefined ? undefined : statuses.get(state);
  const products: Record<Saying, DataRecord[]> = { analysis: [], unaffected: [], affected: [], nothing: [] };
  const named = affected.filter((one) => one.ref !== "");
  for (const one of named) {
    const versions = objects(one.json["versions"]);
    const apart = versions.some((version) => version["status"] === "unaffected");
    if (versions.length === 0) products.analysis.push(product(one, undefined, context, one.pointer));
    for (const [index, version] of versions.entries()) {
      const place = `${one.pointer}/versions/${index}`;
      const said = saying(version["status"], status, apart);
      if (said === "nothing") note(context.missed.unknown, place, text(version["version"]) ?? text(version["range"]) ?? "");
      else products[said].push(product(one, version, context, place));
    }
  }
  const id = text(json["id"]);
  if (named.length === 0) note(context.missed.silent, pointer, id ?? "");
  const detail = text(analysis["detail"]);
  const shared: DataRecord = {
    vulnerability: id ?? new Lack("missing", "the document gives the vulnerability no id"),
    aliases: objects(json["references"]).flatMap((reference) => text(reference["id"]) ?? []),
    description: text(json["description"]),
    action: joined([text(json["recommendation"]), text(json["workaround"])], "\n\n"),
    responses: texts(analysis["response"]),
    timestamp: text(analysis["lastUpdated"]) ?? text(analysis["firstIssued"]) ?? context.time,
    first_issued: text(analysis["firstIssued"]),
    [origin]: { document: context.document, pointer, fields: fieldsOf(json, analysis) },
  };
  const own = text(analysis["justification"]);
  const statements: DataRecord[] = [];
  if (products.analysis.length > 0 || named.length === 0) {
    statements.push({
      ...shared,
      status: state === undefined ? new Lack("missing", "the analysis has no state") : status,
      justification: own === undefined ? undefined : justifications.get(own),
      state,
      own_justification: own,
      impact: status === "not_affected" ? detail : undefined,
      notes: status === "not_affected" ? undefined : detail,
      ...keptOfStatement(json),
      products: products.analysis,
    });
  }
  if (products.unaffected.length > 0) statements.push({ ...shared, status: "not_affected", notes: detail, products: products.unaffected });
  if (products.affected.length > 0) statements.push({ ...shared, status: "affected", notes: detail, products: products.affected });
  return statements;
}

const fields: Readonly<Record<string, string>> = {
  vulnerability: "/id",
  status: "/analysis/state",
  state: "/analysis/state",
  justification: "/analysis/justification",
  own_justification: "/analysis/justification",
  impact: "/analysis/detail",
  notes: "/analysis/detail",
  action: "",
  responses: "/analysis/response",
  first_issued: "/analysis/firstIssued",
  products: "/affects",
};

function fieldsOf(json: Json, analysis: Json): Readonly<Record<string, string>> {
  const time = ["lastUpdated", "firstIssued"].find((name) => name in analysis);
  return {
    ...fields,
    aliases: "references" in json ? "/references" : "",
    timestamp: time === undefined ? "#/metadata/timestamp" : `/analysis/${time}`,
  };
}

const productFields: Readonly<Record<string, string>> = {
  id: "/ref",
  name: "/ref",
  supplier: "/ref",
  version: "",
  versions: "",
  purl: "/ref",
  cpe: "/ref",
  digests: "/ref",
  subcomponents: "",
};

/**
 * A component at its own version, or at one that the statement names. Its purl is put at that version; its digests and
 * its CPE are of its own version only.
 */
function product({ ref, component, part, here, pointer }: Affected, entry: Json | undefined, context: Context, place: string): DataRecord {
  const own = component["version"];
  const purl = text(component["purl"]);
  const version = entry === undefined ? own : text(entry["version"]);
  const range = text(entry?.["range"]);
  const same = range === undefined && version !== undefined && version === own;
  const itself = entry === undefined || same;
  const found = itself ? digests(component["hashes"]) : [];
  const versions = range === undefined ? undefined : versionsIn(range, purl, context, place);
  const link = linkOf(component);
  const id =
    link !== undefined && isLink(link)
      ? canonicalLink(link)
      : here
        ? context.own === undefined
          ? ref
          : canonicalLink(context.own) + localRef(ref, context.own)
        : canonical(ref);
  const name = here ? fullName(component) : undefined;
  const nameless = name === undefined || (version === undefined && range === undefined);
  if (purl === undefined && found.length === 0 && !isLink(id) && nameless) note(context.missed.products, pointer, ref);
  return {
    id,
    name,
    supplier: component["supplier"],
    version,
    versions,
    purl: purl === undefined || itself ? purl : moved(purl, text(version), context, pointer),
    cpe: itself ? component["cpe"] : undefined,
    digests: found,
    subcomponents: part === undefined ? [] : [text(part["purl"]) ?? text(part["name"]) ?? ""],
    [origin]: { document: context.document, pointer, fields: productFields },
  };
}

/** Within its group: components of other groups have the same name. */
function fullName({ group, name }: DataRecord): DataValue {
  return typeof group === "string" && group !== "" && typeof name === "string" ? `${group}/${name}` : name;
}

function moved(purl: string, version: string | undefined, context: Context, pointer: string): DataValue {
  const at = atVersion(purl, version);
  if (at !== undefined) return at;
  note(context.missed.purls, pointer, purl);
  return new Lack("malformed", `\`${purl}\` is not a purl`);
}

function canonical(ref: string): string {
  return isLink(ref) ? canonicalLink(ref) : ref;
}

function versionsIn(range: string, purl: string | undefined, context: Context, place: string): DataValue {
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  const read = readVersions(range, parsed?.ok ? ecosystemOfPurlType(parsed.value.type) : undefined);
  if (!read.ok) note(context.missed.ranges, `${place}/range`, read.problem);
  return read.value;
}

function digests(hashes: DataValue): readonly string[] {
  if (!Array.isArray(hashes)) return [];
  return (hashes as readonly DataRecord[]).flatMap(({ algorithm, value }) => {
    const digest = digestOf(String(algorithm), String(value));
    return digest.ok ? [digest.value] : [];
  });
}
