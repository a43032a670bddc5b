/**
 * Findings of several reports as one list (semantics, section 8): the same alias class and component is one finding
 * that lists its sources; what reports say of it must agree or conflict.
 */
import { type DataRecord, type DataValue, Lack, OpenList } from "../../../language/core/data.ts";
import { aliasKey } from "../../../language/domains/advisory.ts";
import type { Purl } from "../../../language/domains/purl.ts";
import { AliasClasses, idsOf } from "./aliases.ts";
import { sameValue } from "./components.ts";
import { packageOf, versionKey } from "./package-key.ts";
import { type PurlReader, purlReader, recordOf, textOf, textsOf } from "./raw.ts";

/**
 * Unites the findings of several reports, in the order in which they first appear. A report alone is kept as it is;
 * beside another one, its own repetitions are united too. Alias classes are closed over all reports: if one says that
 * a CVE and a GHSA are one, the findings of the others meet under either. Of a field, a report that says nothing does
 * not contradict one that does; two that say different things are a conflict. Linear in the findings.
 */
export function uniteFindings(lists: readonly (readonly DataRecord[])[]): readonly DataRecord[] {
  const [only] = lists;
  if (only === undefined || lists.length === 1) return only ?? [];
  const readPurl = purlReader();
  const rows = lists.flat().map((finding) => rowOf(finding, readPurl));
  const classes = new AliasClasses();
  for (const row of rows) classes.link(row.ids);
  const archs = new Map<string, Set<string>>();
  const keys = rows.map((row, index) => {
    const [id] = row.ids;
    if (id === undefined || row.component === undefined) return `alone ${index}`;
    const key = JSON.stringify([classes.of(id), row.component]);
    if (row.arch === "") return key;
    const known = archs.get(key);
    if (known === undefined) archs.set(key, new Set([row.arch]));
    else known.add(row.arch);
    return key;
  });
  const groups = new Map<string, Row[]>();
  rows.forEach((row, index) => {
    const key = keys[index] ?? "";
    // A finding that names no architecture joins the only one there is; among several it stays its own.
    const exact = (archs.get(key)?.size ?? 0) > 1 ? `${key} ${row.arch}` : key;
    const group = groups.get(exact);
    if (group === undefined) groups.set(exact, [row]);
    else group.push(row);
  });
  return [...groups.values()].map((group) => unite(group, readPurl));
}

interface Row {
  readonly finding: DataRecord;
  readonly component: string | undefined;
  readonly arch: string;
  readonly ids: readonly string[];
}

function rowOf(finding: DataRecord, readPurl: PurlReader): Row {
  const component = recordOf(finding["component"]) ?? {};
  const version = textOf(finding["installed"]) ?? textOf(component["version"]);
  const named = packageOf(component["purl"], version, readPurl);
  const name = textOf(component["name"]);
  const key = named?.key ?? (name === undefined ? undefined : JSON.stringify([name, version]));
  return { finding, component: key, arch: named?.arch ?? "", ids: idsOf(finding, "id") };
}

function unite(group: readonly Row[], readPurl: PurlReader): DataRecord {
  const [first, ...rest] = group;
  if (first === undefined) return {};
  if (rest.length === 0) return first.finding;
  const ids = [...new Set(group.flatMap((row) => row.ids))];
  const id = aliasKey(ids);
  const findings = group.map((row) => row.finding);
  const united: Record<string, DataValue> & DataRecord = { ...agreed(findings, findings) };
  united["id"] = id ?? first.finding["id"];
  united["aliases"] = ids.filter((other) => other !== id);
  united["sources"] = [...new Set(findings.flatMap((finding) => textsOf(finding["sources"])))];
  const purls = findings.map((finding) => readPurl(recordOf(finding["component"])?.["purl"]));
  const oneVersion = sameVersions(findings, purls);
  if (oneVersion) united["installed"] = first.finding["installed"];
  const components = findings.map((finding) => recordOf(finding["component"])).filter((component) => component !== undefined);
  const [one] = components;
  if (one !== undefined) {
    const component: Record<string, DataValue> & DataRecord = { ...agreed(components, findings) };
    const known = purls.filter((purl) => purl !== undefined);
    if (known.length > 0) component["purl"] = commonPurl(known);
    if (oneVersion) component["version"] = one["version"];
    united["component"] = component;
  }
  return united;
}

/** What the reports call one version in several ways (with and without an epoch) is no conflict. */
function sameVersions(findings: readonly DataRecord[], purls: readonly (Purl | undefined)[]): boolean {
  const texts = findings.map((finding, index) => {
    const installed = textOf(finding["installed"]);
    const purl = purls[index];
    return installed === undefined || purl === undefined ? installed : versionKey({ ...purl, version: installed });
  });
  return texts.every((text) => text === texts[0]);
}

/** The record of what all say alike; the first one's place in its document. */
function agreed(records: readonly DataRecord[], findings: readonly DataRecord[]): DataRecord {
  const [first] = records;
  const result: Record<string, DataValue> & DataRecord = { ...first };
  for (const field of new Set(records.flatMap((record) => Object.keys(record)))) {
    const values = records.map((record) => record[field]);
    result[field] = values.some((value) => Array.isArray(value) || value instanceof OpenList)
      ? unitedList(values)
      : agreedValue(field, values, findings);
  }
  return result;
}

function agreedValue(field: string, values: readonly DataValue[], findings: readonly DataRecord[]): DataValue {
  const unsettled = values.find((value) => value instanceof Lack && value.cause !== "missing");
  if (unsettled !== undefined) return unsettled;
  const said = values.flatMap((value, index) => (value === undefined || value === null || value instanceof Lack ? [] : [{ value, index }]));
  const [first] = said;
  if (first === undefined) return values.find((value) => value instanceof Lack) ?? values[0];
  const other = said.find(({ value }) => !sameValue(value, first.value));
  if (other === undefined) return first.value;
  const claim = ({ value, index }: { readonly value: DataValue; readonly index: number }): string =>
    `${sourceOf(findings[index])} says ${textOf(value) ?? (typeof value === "object" ? "something else" : String(value))}`;
  return new Lack("conflict", `the reports disagree on ${field}: ${claim(first)}, ${claim(other)}`);
}

function sourceOf(finding: DataRecord | undefined): string {
  return textsOf(finding?.["sources"])[0] ?? "one report";
}

function unitedList(values: readonly DataValue[]): DataValue {
  const items = new Set<DataValue>();
  const lacks: Lack[] = [];
  let undeclared = false;
  for (const value of values) {
    if (value instanceof OpenList) {
      for (const item of value.items) items.add(item);
      lacks.push(...value.lacks);
      undeclared ||= value.undeclared;
    } else if (Array.isArray(value)) for (const item of value as readonly DataValue[]) items.add(item);
    else if (value instanceof Lack) lacks.push(value);
    else if (value !== undefined && value !== null) lacks.push(new Lack("malformed", "not a list"));
  }
  return undeclared || lacks.length > 0 ? new OpenList([...items], undeclared, lacks) : [...items];
}

/** The purl with those qualifiers on which all agree: tools name one distribution with more or fewer digits. */
function commonPurl(purls: readonly Purl[]): string {
  const [first, ...rest] = purls;
  if (first === undefined) return "";
  const differs = (key: string): boolean => rest.some((purl) => purl.qualifiers.get(key) !== first.qualifiers.get(key));
  const [beforeSubpath = "", subpath] = first.text.split("#", 2);
  const [base = "", query] = beforeSubpath.split("?", 2);
  const kept = (query ?? "").split("&").filter((pair) => pair !== "" && !differs(pair.split("=", 1)[0] ?? ""));
  return `${base}${kept.length === 0 ? "" : `?${kept.join("&")}`}${subpath === undefined ? "" : `#${subpath}`}`;
}
