/** SPDX 2.2 and 2.3 JSON, SPDX 3.0.1 JSON-LD: `waybill.sbom.Bom`, and the document as it stands as `waybill.spdx.Document`. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import type { Result } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter, Evidence, SchemaChoice, Source } from "../evidence.ts";
import { shown } from "../fault.ts";
import { type Json, object, objects, text } from "../raw.ts";
import { type Draft, packagesOf } from "../sbom/component.ts";
import { type Completeness, listOf } from "../sbom/openness.ts";
import { references } from "../sbom/references.ts";
import { subject } from "../sbom/subject.ts";
import { readThree } from "./three.ts";
import { readTwo } from "./two.ts";

/** What the two families of the format are read to; `bom` lacks its lists of components. */
export interface Sbom {
  readonly bom: Draft;
  readonly root: Draft | undefined;
  readonly components: readonly Draft[];
  /** What the document says of the list of all components. */
  readonly completeness: Completeness;
}

const supported = ["SPDX-2.2", "SPDX-2.3", "3.0.1"];
const context = /^https:\/\/spdx\.org\/rdf\/([^/]+)\//;

export const spdx: Adapter = {
  format: "spdx",
  title: "SPDX JSON 2.2, 2.3 and 3.0.1",
  detect(json) {
    const document = object(json);
    return document !== undefined && ("spdxVersion" in document || context.test(String(document["@context"])));
  },
  schema(json): SchemaChoice {
    const document = object(json) ?? {};
    const three = context.exec(String(document["@context"]))?.[1];
    if (three === "3.0.1") return { kind: "schema", schema: "spdx-3.0.1" };
    if (three !== undefined) return { kind: "unsupported", pointer: "/@context", found: three, supported };
    const version = document["spdxVersion"];
    if (version === "SPDX-2.2") return { kind: "schema", schema: "spdx-2.2" };
    if (version === "SPDX-2.3") return { kind: "schema", schema: "spdx-2.3" };
    return { kind: "unsupported", pointer: "/spdxVersion", found: text(version) ?? shown(version), supported };
  },
  read(json, source) {
    return read(object(json) ?? {}, source);
  },
};

function read(json: Json, source: Source): Result<readonly Evidence[]> {
  const refs = references(source.base);
  const documentAs = (predicateType: string): DocumentRef => ({ digest: source.digest, name: source.name, format: "spdx", predicateType });
  const document = documentAs("waybill.sbom.Bom");
  const sbom = ("@graph" in json ? readThree : readTwo)(json, document, source.base, refs);
  const missing = refs.danglingCount();
  const lacks: Lack[] = [];
  if (missing > 0)
    lacks.push(new Lack("malformed", `${missing} ${missing === 1 ? "reference leads" : "references lead"} to nothing in the document`));
  // A list that is absent is missing, which no assumption about its completeness mends (semantics, section 5).
  if (!("@graph" in json) && !Array.isArray(json["packages"])) lacks.push(new Lack("missing", "the document has no list of packages"));
  const packages = packagesOf(sbom.components);
  const data: DataRecord = {
    ...sbom.bom,
    components: listOf(sbom.components, sbom.completeness, lacks),
    packages: listOf(packages, sbom.completeness, lacks),
  };
  const about = subject(sbom.root);
  const relationships = objects(json["relationships"] ?? json["@graph"]).length;
  const counts = { components: sbom.components.length, packages: packages.length, relationships };
  const evidence: Evidence[] = [{ type: document.predicateType, document, data, about, counts }];
  if (!("@graph" in json)) {
    const raw = documentAs("waybill.spdx.Document");
    evidence.push({ type: raw.predicateType, document: raw, data: asItStands(json, raw, source.base), about, counts: {} });
  }
  return { value: evidence, diagnostics: refs.diagnostics() };
}

/** The document itself; SPDX 2 has no word for completeness, so that its lists are open. */
function asItStands(json: Json, document: DocumentRef, base: string): DataRecord {
  const lists: Record<string, DataValue> = {};
  for (const key of ["packages", "files", "relationships"]) {
    if (Array.isArray(json[key])) lists[key] = listOf(json[key] as readonly DataValue[], { kind: "undeclared" });
  }
  return { ...(json as DataRecord), ...lists, [origin]: { document, pointer: base } };
}
