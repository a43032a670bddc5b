/** SPDX 2.2 and 2.3, JSON: packages and files as components, relationships as dependencies. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, type Origin, origin } from "../../../language/core/data.ts";
import type { LicenseEntry } from "../../../language/domains/license.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { algorithmName, type Draft } from "../sbom/component.ts";
import { type Edges, edges } from "../sbom/edges.ts";
import { licenseReader } from "../sbom/licenses.ts";
import type { References } from "../sbom/references.ts";
import type { Sbom } from "./adapter.ts";

type ReadLicense = (entries: readonly LicenseEntry[]) => DataValue;

interface Elements {
  readonly components: Draft[];
  readonly byId: Map<string, Draft>;
  /** Pointers of all elements by id: packages, files, snippets and the document itself. */
  readonly places: Map<string, string>;
}

/** Reads a document that its schema holds. */
export function readTwo(json: Json, document: DocumentRef, base: string, refs: References): Sbom {
  const elements = collect(json, document, base, refs);
  const graph = edges();
  const described = new Set<Draft>();
  for (const id of texts(json["documentDescribes"])) {
    const element = elements.byId.get(id);
    if (element) described.add(element);
    else if (!elements.places.has(id)) refs.dangling(id, "`documentDescribes`", `${base}/documentDescribes`);
  }
  const optional = relate(json, base, elements, graph, described, refs);
  for (const [component, only] of optional) if (only) component["optional"] = true;
  const [root] = described.size === 1 ? described : [];
  const components = root ? elements.components.filter((component) => component !== root) : elements.components;
  graph.tie(components, root);
  return { bom: bill(json, document, base, root, described.size), root, components, completeness: { kind: "undeclared" } };
}

function collect(json: Json, document: DocumentRef, base: string, refs: References): Elements {
  const license = licenseReader();
  const elements: Elements = { components: [], byId: new Map(), places: new Map() };
  const claim = (id: unknown, pointer: string): boolean => {
    if (typeof id !== "string") return false;
    const first = elements.places.get(id);
    if (first === undefined) elements.places.set(id, pointer);
    else refs.repeated(id, first, `${pointer}/SPDXID`);
    return first === undefined;
  };
  const add = (element: Json, draft: Draft, pointer: string): void => {
    elements.components.push(draft);
    if (claim(element["SPDXID"], pointer)) elements.byId.set(String(element["SPDXID"]), draft);
  };
  claim(json["SPDXID"], base);
  for (const [index, element] of objects(json["packages"]).entries()) {
    const pointer = `${base}/packages/${index}`;
    const declared = text(element["licenseDeclared"]) ?? "NOASSERTION";
    const fields = isUnstated(declared) && "licenseConcluded" in element ? concludedFields : packageFields;
    add(element, packageRecord(element, { document, pointer, fields }, license), pointer);
  }
  for (const [index, element] of objects(json["files"]).entries()) {
    const pointer = `${base}/files/${index}`;
    add(element, fileRecord(element, { document, pointer, fields: fileFields }, license), pointer);
  }
  for (const [index, element] of objects(json["snippets"]).entries()) claim(element["SPDXID"], `${base}/snippets/${index}`);
  return elements;
}

/** Fields under other names; those that relationships give stand at the package itself. */
const packageFields = {
  dependencies: "",
  direct: "",
  optional: "",
  present: "",
  id: "/SPDXID",
  version: "/versionInfo",
  purl: "/externalRefs",
  cpe: "/externalRefs",
  kind: "/primaryPackagePurpose",
  author: "/originator",
  copyright: "/copyrightText",
  license: "/licenseDeclared",
  hashes: "/checksums",
};
/** Where nothing is declared, what is concluded counts. */
const concludedFields = { ...packageFields, license: "/licenseConcluded" };
const fileFields = {
  dependencies: "",
  direct: "",
  optional: "",
  present: "",
  kind: "",
  id: "/SPDXID",
  name: "/fileName",
  author: "/fileContributors",
  copyright: "/copyrightText",
  license: "/licenseConcluded",
  hashes: "/checksums",
};

/** What is not among these is `other`: archives, installers, sources. */
const kinds = new Map([
  ["APPLICATION", "application"],
  ["FRAMEWORK", "framework"],
  ["LIBRARY", "library"],
  ["CONTAINER", "container"],
  ["OPERATING_SYSTEM", "operating_system"],
  ["OPERATING-SYSTEM", "operating_system"],
  ["DEVICE", "device"],
  ["FIRMWARE", "firmware"],
  ["FILE", "file"],
]);

function packageRecord(json: Json, place: Origin, license: ReadLicense): Draft {
  const purpose = text(json["primaryPackagePurpose"]);
  const refs = objects(json["externalRefs"]);
  return {
    id: text(json["SPDXID"]),
    name: text(json["name"]),
    group: undefined,
    version: text(json["versionInfo"]),
    purl: purlOf(refs),
    cpe: locators(refs, /(?:^|\/)cpe2[23]type$/i)[0],
    kind: purpose === undefined ? undefined : (kinds.get(purpose) ?? "other"),
    supplier: agent(json["supplier"]),
    author: agent(json["originator"]),
    copyright: stated(json["copyrightText"]),
    description: text(json["description"]) ?? text(json["summary"]),
    license: licenseOf(json["licenseDeclared"], json["licenseConcluded"], license),
    hashes: checksums(json["checksums"]),
    dependencies: undefined,
    direct: undefined,
    present: true,
    optional: false,
    properties: undefined,
    [origin]: place,
  };
}

function fileRecord(json: Json, place: Origin, license: ReadLicense): Draft {
  return {
    id: text(json["SPDXID"]),
    name: text(json["fileName"]),
    group: undefined,
    version: undefined,
    purl: undefined,
    cpe: undefined,
    kind: "file",
    supplier: undefined,
    author: texts(json["fileContributors"]).join(", ") || undefined,
    copyright: stated(json["copyrightText"]),
    description: undefined,
    license: licenseOf(json["licenseConcluded"], undefined, license),
    hashes: checksums(json["checksums"]),
    dependencies: undefined,
    direct: undefined,
    present: true,
    optional: false,
    properties: undefined,
    [origin]: place,
  };
}

/** NOASSERTION and NONE say that nothing is known or given (SPDX 2.3, clause 7). */
export function isUnstated(value: string): boolean {
  return value === "NOASSERTION" || value === "NONE";
}

function stated(value: unknown): DataValue {
  const given = text(value);
  return given !== undefined && isUnstated(given) ? new Lack("missing", `the document says ${given}`) : given;
}

/** What the author declares; where that is not asserted, what the document's maker concluded. */
function licenseOf(declared: unknown, concluded: unknown, license: ReadLicense): DataValue {
  const given = [text(declared), text(concluded)].filter((entry) => entry !== undefined);
  const entry = given.find((candidate) => !isUnstated(candidate)) ?? given[0];
  return entry === undefined ? undefined : license([{ kind: "expression", text: entry }]);
}

/** Locators of one type of external reference; the type may be written as a whole URI. */
function locators(refs: readonly Json[], type: RegExp): readonly string[] {
  return refs.flatMap((ref) => (type.test(String(ref["referenceType"])) ? (text(ref["referenceLocator"]) ?? []) : []));
}

/** Several purls of one package may differ by qualifiers, such as the tags of an image; not by what they name. */
function purlOf(refs: readonly Json[]): DataValue {
  const found = locators(refs, /(?:^|\/)purl$/i);
  const named = new Set(found.map((purl) => purl.split(/[?#]/, 1)[0]));
  return named.size > 1 ? new Lack("conflict", `the package has ${named.size} purls: ${[...named].slice(0, 3).join(", ")}`) : found[0];
}

/** `Organization: Acme (mail@acme.example)` is `Acme`. */
function agent(value: unknown): DataValue {
  const given = stated(value);
  return typeof given === "string" ? agentName(given) : given;
}

function agentName(given: string): string {
  const name = given.replace(/^(?:Person|Organization|Tool):\s*/, "").replace(/\s*\([^()]*\)\s*$/, "");
  return name === "" ? given : name;
}

function checksums(value: unknown): DataValue {
  if (!Array.isArray(value)) return undefined;
  return objects(value).map(
    (sum): DataRecord => ({ algorithm: algorithmName(String(sum["algorithm"])), value: text(sum["checksumValue"])?.toLowerCase() }),
  );
}

/** Relationships that say that the first depends on the second, and those that say it of the second. */
const forward = new Set(["DEPENDS_ON", "STATIC_LINK", "DYNAMIC_LINK", "HAS_PREREQUISITE"]);
const backward = new Set([
  "DEPENDENCY_OF",
  "BUILD_DEPENDENCY_OF",
  "DEV_DEPENDENCY_OF",
  "OPTIONAL_DEPENDENCY_OF",
  "PROVIDED_DEPENDENCY_OF",
  "RUNTIME_DEPENDENCY_OF",
  "TEST_DEPENDENCY_OF",
  "PREREQUISITE_FOR",
]);

/** Follows every relationship; tells which components are dependencies, and whether of the optional kind only. */
function relate(
  json: Json,
  base: string,
  elements: Elements,
  graph: Edges,
  described: Set<Draft>,
  refs: References,
): ReadonlyMap<Draft, boolean> {
  const optional = new Map<Draft, boolean>();
  const self = text(json["SPDXID"]);
  for (const [index, relationship] of objects(json["relationships"]).entries()) {
    const type = String(relationship["relationshipType"]);
    const pointer = `${base}/relationships/${index}`;
    const [left, right] = [text(relationship["spdxElementId"]) ?? "", text(relationship["relatedSpdxElement"]) ?? ""];
    for (const [id, side] of [[left, "spdxElementId"] as const, [right, "relatedSpdxElement"] as const]) {
      if (!elements.places.has(id) && !isUnstated(id) && !isExternal(id))
        refs.dangling(id, `relationship \`${type}\``, `${pointer}/${side}`);
    }
    if (type === "DESCRIBES" && left === self) addTo(described, elements.byId.get(right));
    if (type === "DESCRIBED_BY" && right === self) addTo(described, elements.byId.get(left));
    const [from, to] = forward.has(type) ? [left, right] : backward.has(type) ? [right, left] : [];
    if (from === undefined || to === undefined) continue;
    const source = elements.byId.get(from);
    const target = elements.byId.get(to);
    if (target) optional.set(target, type === "OPTIONAL_DEPENDENCY_OF" && (optional.get(target) ?? true));
    if (!source) continue;
    if (target) graph.add(source, target);
    else if (to === "NONE") graph.state(source, { kind: "complete" });
    else if (to === "NOASSERTION") graph.state(source, { kind: "undeclared" });
    else if (isExternal(to)) graph.lack(source, new Lack("missing", `\`${to}\` is in another document`));
    else if (!elements.places.has(to)) graph.lack(source, new Lack("malformed", `\`${to}\` is not in the document`));
  }
  return optional;
}

function addTo(set: Set<Draft>, element: Draft | undefined): void {
  if (element) set.add(element);
}

/** An element of another document: `DocumentRef-base:SPDXRef-Package` (SPDX 2.3, clause 11.1). */
function isExternal(id: string): boolean {
  return id.startsWith("DocumentRef-");
}

function bill(json: Json, document: DocumentRef, base: string, root: Draft | undefined, described: number): Draft {
  const rootPlace = root?.[origin]?.pointer.slice(base.length);
  const creation = object(json["creationInfo"]);
  const creators = texts(creation?.["creators"]);
  const named = (kinds: RegExp): DataValue => {
    const names = creators.filter((creator) => kinds.test(creator)).map(agentName);
    return names.length > 0 ? names : undefined;
  };
  return {
    format: "spdx",
    spec_version: text(json["spdxVersion"])?.replace("SPDX-", ""),
    serial: text(json["documentNamespace"]),
    timestamp: text(creation?.["created"]),
    authors: named(/^(?:Person|Organization):/),
    tools: named(/^Tool:/),
    supplier: root?.["supplier"],
    lifecycles: undefined,
    data_license: text(json["dataLicense"]),
    root:
      root ?? (described > 1 ? new Lack("missing", `the document describes ${described} elements, none of them as its root`) : undefined),
    components: undefined,
    packages: undefined,
    [origin]: {
      document,
      pointer: base,
      fields: {
        format: "/spdxVersion",
        spec_version: "/spdxVersion",
        serial: "/documentNamespace",
        timestamp: "/creationInfo/created",
        authors: "/creationInfo/creators",
        tools: "/creationInfo/creators",
        data_license: "/dataLicense",
        components: "/packages",
        packages: "/packages",
        root: rootPlace ?? "",
        supplier: `${rootPlace ?? ""}/supplier`,
      },
    },
  };
}
