/**
 * CycloneDX 1.2 to 1.7, JSON (ECMA-424): `waybill.sbom.Bom`, and where the document has vulnerabilities
 * `waybill.vuln.Scan` and `waybill.vex.Document`; the document as it stands is `waybill.cyclonedx.Bom`.
 */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import type { Result } from "../../../language/diagnostics/diagnostic.ts";
import { entryText } from "../../../language/domains/license.ts";
import type { Adapter, Evidence, SchemaChoice, Source } from "../evidence.ts";
import { shown } from "../fault.ts";
import { type Json, joined, object, objects, text } from "../raw.ts";
import { packagesOf } from "../sbom/component.ts";
import { type Completeness, listOf } from "../sbom/openness.ts";
import { type References, references } from "../sbom/references.ts";
import { subject } from "../sbom/subject.ts";
import { listed, shortcomings } from "../vex/shortcomings.ts";
import { isAlone } from "./alone.ts";
import { type Inventory, inventory, licenseEntries } from "./components.ts";
import { compositions, connect, wholeness } from "./graph.ts";
import { keptOfDocument } from "./kept.ts";
import { findingList, type Vulnerabilities, vulnerabilities } from "./vulnerabilities.ts";

const schemas = {
  "1.2": "cyclonedx-1.2",
  "1.3": "cyclonedx-1.3",
  "1.4": "cyclonedx-1.4",
  "1.5": "cyclonedx-1.5",
  "1.6": "cyclonedx-1.6",
  "1.7": "cyclonedx-1.7",
} as const;

export const cyclonedx: Adapter = {
  format: "cyclonedx",
  title: "CycloneDX JSON 1.2 to 1.7",
  detect(json) {
    const bom = object(json);
    return bom !== undefined && ("bomFormat" in bom || text(bom["$schema"])?.includes("cyclonedx.org/schema/bom") === true);
  },
  schema(json): SchemaChoice {
    const version = object(json)?.["specVersion"];
    if (typeof version === "string" && Object.hasOwn(schemas, version))
      return { kind: "schema", schema: schemas[version as keyof typeof schemas] };
    const found = typeof version === "string" ? version : shown(version);
    return { kind: "unsupported", pointer: "/specVersion", found, supported: Object.keys(schemas) };
  },
  read(json, source) {
    return read(ofItsVersion(object(json) ?? {}), source);
  },
};

/** Properties by the version that brought them: in an older document they are somebody's own, and no schema held them. */
const since = { compositions: "1.3", vulnerabilities: "1.4" } as const;

function ofItsVersion(json: Json): Json {
  const early = Object.entries(since).filter(([key, version]) => key in json && String(json["specVersion"]) < version);
  return early.length === 0 ? json : { ...json, ...Object.fromEntries(early.map(([key]) => [key, undefined])) };
}

const nothing: Vulnerabilities = { findings: [], statements: [], products: 0, missed: shortcomings() };

function read(bom: Json, source: Source): Result<readonly Evidence[]> {
  const refs = references(source.base);
  const documentAs = (predicateType: string): DocumentRef => ({
    digest: source.digest,
    name: source.name,
    format: "cyclonedx",
    predicateType,
  });
  const document = documentAs("waybill.sbom.Bom");
  const found = inventory(bom, document, source, refs);
  const stated = compositions(bom);
  connect(bom, source.base, found, stated, refs);

  const about = subject(found.root, objects(object(object(bom["metadata"])?.["component"])?.["properties"]));
  const evidence: Evidence[] = [];
  const emit = (ref: DocumentRef, data: DataRecord, counts: Evidence["counts"]): void => {
    evidence.push({ type: ref.predicateType, document: ref, data, about, counts });
  };
  const given = Array.isArray(bom["vulnerabilities"]) ? objects(bom["vulnerabilities"]) : undefined;
  const lists = Array.isArray(bom["components"]) && !isAlone(bom, given ?? [], found);
  const scan = documentAs("waybill.vuln.Scan");
  const vex = documentAs("waybill.vex.Document");
  const read = given ? vulnerabilities(bom, scan, vex, source.base, found, refs) : nothing;

  // A document that only says something about vulnerabilities of other documents' components is no bill of materials.
  if (lists || !given?.length) {
    const components = found.components.length;
    const packages = packagesOf(found.components);
    const data = bill(bom, document, source.base, found, listsOf(found, packages, wholeness(stated, found.root), refs, lists));
    emit(document, data, { components, packages: packages.length, dependencies: objects(bom["dependencies"]).length });
  }
  if (given && (lists || given.some((vulnerability) => !object(vulnerability["analysis"])))) {
    emit(scan, scanOf(bom, scan, source.base, read.findings, found), { vulnerabilities: given.length, findings: read.findings.length });
  }
  if (read.statements.length > 0)
    emit(vex, vexOf(bom, vex, source.base, read.statements), { statements: read.statements.length, products: read.products });
  const raw = documentAs("waybill.cyclonedx.Bom");
  emit(raw, asItStands(bom, raw, source.base, wholeness(stated, found.root)), {});
  return { value: evidence, diagnostics: [...refs.diagnostics(), ...listed(read.missed, read.products)] };
}

/** The document itself; its lists are no more closed than those that are made of them. */
function asItStands(bom: Json, document: DocumentRef, base: string, whole: Completeness): DataRecord {
  const open = (key: string, completeness: Completeness): Record<string, DataValue> =>
    Array.isArray(bom[key]) ? { [key]: listOf(bom[key] as readonly DataValue[], completeness) } : {};
  return {
    ...(bom as DataRecord),
    ...open("components", whole),
    ...open("dependencies", { kind: "undeclared" }),
    ...open("vulnerabilities", { kind: "undeclared" }),
    [origin]: { document, pointer: base },
  };
}

type Lists = { readonly components: DataValue; readonly packages: DataValue };

/**
 * A reference that leads nowhere names something that the list misses. A list that is absent is missing, which no
 * assumption about its completeness mends, unless the document says that it names everything (semantics, section 5).
 */
function listsOf(found: Inventory, packages: readonly DataRecord[], whole: Completeness, refs: References, given: boolean): Lists {
  const missing = refs.danglingCount();
  const lacks: Lack[] = [];
  if (missing > 0)
    lacks.push(new Lack("malformed", `${missing} ${missing === 1 ? "reference leads" : "references lead"} to nothing in the document`));
  if (!given && whole.kind !== "complete") lacks.push(new Lack("missing", "the document has no list of components"));
  return { components: listOf(found.components, whole, lacks), packages: listOf(packages, whole, lacks) };
}

function bill(bom: Json, document: DocumentRef, base: string, found: Inventory, lists: Lists): DataRecord {
  const metadata = object(bom["metadata"]);
  return {
    format: "cyclonedx",
    spec_version: text(bom["specVersion"]),
    serial: text(bom["serialNumber"]),
    timestamp: text(metadata?.["timestamp"]),
    authors: authors(bom),
    tools: tools(metadata),
    supplier: text(object(metadata?.["supplier"])?.["name"]),
    lifecycles: lifecycles(metadata),
    data_license: joined(licenseEntries(metadata?.["licenses"]).map(entryText), " AND "),
    root: found.root,
    components: lists.components,
    packages: lists.packages,
    [origin]: {
      document,
      pointer: base,
      fields: {
        format: "/bomFormat",
        root: "/metadata/component",
        spec_version: "/specVersion",
        serial: "/serialNumber",
        timestamp: "/metadata/timestamp",
        authors: "/metadata/authors",
        tools: "/metadata/tools",
        supplier: "/metadata/supplier",
        lifecycles: "/metadata/lifecycles",
        data_license: "/metadata/licenses",
        packages: "/components",
      },
    },
  };
}

/** People, and from version 1.6 the organisation that made the document. */
function authors(bom: Json): DataValue {
  const metadata = object(bom["metadata"]);
  const people = objects(metadata?.["authors"]).flatMap((author) => text(author["name"]) ?? text(author["email"]) ?? []);
  const maker = text(object(metadata?.["manufacturer"])?.["name"]);
  const all = maker === undefined ? people : [...people, maker];
  return all.length > 0 ? all : undefined;
}

/** Tools are a list of their own kind until 1.4, components and services since. */
function toolList(metadata: Json | undefined): readonly Json[] {
  const given = metadata?.["tools"];
  return Array.isArray(given) ? objects(given) : [...objects(object(given)?.["components"]), ...objects(object(given)?.["services"])];
}

function tools(metadata: Json | undefined): DataValue {
  const names = toolList(metadata).flatMap(
    (tool) => joined([text(tool["vendor"]) ?? text(tool["group"]), text(tool["name"]), text(tool["version"])], " ") ?? [],
  );
  return names.length > 0 ? names : undefined;
}

function lifecycles(metadata: Json | undefined): DataValue {
  const phases = objects(metadata?.["lifecycles"]).flatMap((lifecycle) => text(lifecycle["phase"]) ?? text(lifecycle["name"]) ?? []);
  return phases.length > 0 ? phases : undefined;
}

function scanOf(bom: Json, document: DocumentRef, base: string, findings: readonly DataRecord[], found: Inventory): DataRecord {
  const metadata = object(bom["metadata"]);
  const [tool] = toolList(metadata);
  return {
    tool: text(tool?.["name"]),
    tool_version: text(tool?.["version"]),
    timestamp: text(metadata?.["timestamp"]),
    target: found.root?.["name"],
    findings: findingList(findings, tool !== undefined),
    [origin]: {
      document,
      pointer: base,
      fields: {
        tool: "/metadata/tools",
        tool_version: "/metadata/tools",
        timestamp: "/metadata/timestamp",
        target: "/metadata/component/name",
        findings: "/vulnerabilities",
      },
    },
  };
}

function vexOf(bom: Json, document: DocumentRef, base: string, statements: readonly DataRecord[]): DataRecord {
  const metadata = object(bom["metadata"]);
  const makers = authors(bom);
  const serial = text(bom["serialNumber"]);
  return {
    id: serial,
    author: (Array.isArray(makers) ? joined(makers.map(String), ", ") : undefined) ?? text(object(metadata?.["supplier"])?.["name"]),
    timestamp: text(metadata?.["timestamp"]),
    // A document with a name is its first version where it says nothing else (ECMA-424, "version").
    version: typeof bom["version"] === "number" ? bom["version"] : serial === undefined ? undefined : 1,
    ...keptOfDocument(metadata),
    statements,
    [origin]: {
      document,
      pointer: base,
      fields: { id: "/serialNumber", author: "/metadata", timestamp: "/metadata/timestamp", statements: "/vulnerabilities" },
    },
  };
}
