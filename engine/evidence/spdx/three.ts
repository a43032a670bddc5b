/** SPDX 3.0.1, JSON-LD: packages and files as components, relationships as dependencies and licences. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import type { LicenseEntry } from "../../../language/domains/license.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { algorithmName, type Draft } from "../sbom/component.ts";
import { edges } from "../sbom/edges.ts";
import { isUnstatedEntry, licenseReader } from "../sbom/licenses.ts";
import type { Completeness } from "../sbom/openness.ts";
import type { References } from "../sbom/references.ts";
import type { Sbom } from "./adapter.ts";
import { type LicenseText, licenseTexts, Named, Unreadable } from "./licensing.ts";
import { all, idOf, type Node, type Nodes, nodes as nodesOf } from "./nodes.ts";
import { isUnstated } from "./two.ts";

/** Elements that are components; the profiles for AI and data sets add two kinds of package. */
const componentTypes = new Map([
  ["software_Package", undefined],
  ["software_File", "file"],
  ["ai_AIPackage", "machine_learning_model"],
  ["dataset_DatasetPackage", "data"],
]);

/** Relationships whose left side depends on the right. */
const dependencyTypes = new Set([
  "dependsOn",
  "hasDynamicLink",
  "hasStaticLink",
  "hasOptionalDependency",
  "hasPrerequisite",
  "hasProvidedDependency",
]);

/** Reads a document that its schema holds. */
export function readThree(json: Json, document: DocumentRef, base: string, refs: References): Sbom {
  const nodes = nodesOf(json, base, refs);
  const byId = new Map<string, Draft>();
  const components: Draft[] = [];
  for (const node of nodes.listed) {
    if (!componentTypes.has(String(node.json["type"]))) continue;
    const draft = component(node, nodes, document);
    components.push(draft);
    const id = text(node.json["spdxId"]);
    if (id !== undefined && !byId.has(id)) byId.set(id, draft);
  }
  const { described, completeness } = relate(nodes, byId, components, refs);
  const roots = rootsOf(nodes, byId, described);
  const root = roots.size === 1 ? [...roots][0] : undefined;
  const rest = root ? components.filter((one) => one !== root) : components;
  completeness.tie(rest, root);
  return { bom: bill(nodes, document, base, root, roots.size), root, components: rest, completeness: { kind: "undeclared" } };
}

/** Fields under other names; those that relationships give stand at the element itself. */
const fields = {
  license: "",
  dependencies: "",
  direct: "",
  optional: "",
  present: "",
  id: "/spdxId",
  version: "/software_packageVersion",
  purl: "/software_packageUrl",
  cpe: "/externalIdentifier",
  kind: "/software_primaryPurpose",
  supplier: "/suppliedBy",
  author: "/originatedBy",
  copyright: "/software_copyrightText",
  hashes: "/verifiedUsing",
};

const identifiedFields = { ...fields, purl: "/externalIdentifier" };
const fixedFields = { ...identifiedFields, kind: "" };

function fieldsFor(json: Json): Readonly<Record<string, string>> {
  if (componentTypes.get(String(json["type"])) !== undefined) return "software_packageUrl" in json ? { ...fields, kind: "" } : fixedFields;
  return "software_packageUrl" in json ? fields : identifiedFields;
}

/** What is not among these is `other`. */
const purposes = new Map([
  ["application", "application"],
  ["executable", "application"],
  ["framework", "framework"],
  ["library", "library"],
  ["module", "library"],
  ["container", "container"],
  ["platform", "platform"],
  ["operatingSystem", "operating_system"],
  ["device", "device"],
  ["deviceDriver", "device_driver"],
  ["firmware", "firmware"],
  ["file", "file"],
  ["model", "machine_learning_model"],
  ["data", "data"],
]);

function component({ json, pointer }: Node, nodes: Nodes, document: DocumentRef): Draft {
  const purpose = text(json["software_primaryPurpose"]);
  const fixed = componentTypes.get(String(json["type"]));
  return {
    id: text(json["spdxId"]),
    name: text(json["name"]) ?? new Lack("missing", "the document gives the element no name"),
    group: undefined,
    version: text(json["software_packageVersion"]),
    purl: text(json["software_packageUrl"]) ?? identifier(json, "packageUrl"),
    cpe: identifier(json, "cpe23") ?? identifier(json, "cpe22"),
    kind: fixed ?? (purpose === undefined ? undefined : (purposes.get(purpose) ?? "other")),
    supplier: agentName(json["suppliedBy"], nodes),
    author: joinedNames(all(json["originatedBy"]), nodes),
    copyright: stated(json["software_copyrightText"]),
    description: text(json["description"]) ?? text(json["summary"]),
    license: undefined,
    hashes: hashes(json["verifiedUsing"], nodes),
    dependencies: undefined,
    direct: undefined,
    present: true,
    optional: false,
    properties: undefined,
    [origin]: { document, pointer, fields: fieldsFor(json) },
  };
}

function identifier(json: Json, kind: string): string | undefined {
  return text(objects(json["externalIdentifier"]).find((one) => one["externalIdentifierType"] === kind)?.["identifier"]);
}

function stated(value: unknown): DataValue {
  const given = text(value);
  return given !== undefined && isUnstated(given) ? new Lack("missing", `the document says ${given}`) : given;
}

function agentName(value: unknown, nodes: Nodes): DataValue {
  if (value === undefined) return undefined;
  const id = idOf(value) ?? "";
  if (/NoAssertionElement$|NoneElement$/.test(id)) return new Lack("missing", "the document says NOASSERTION");
  return text(nodes.resolve(value)?.["name"]) ?? new Lack("missing", `the document gives \`${id}\` no name`);
}

function names(values: readonly unknown[], nodes: Nodes): readonly string[] {
  return values.flatMap((value) => {
    const name = agentName(value, nodes);
    return typeof name === "string" ? [name] : [];
  });
}

function joinedNames(values: readonly unknown[], nodes: Nodes): string | undefined {
  const found = names(values, nodes);
  return found.length > 0 ? found.join(", ") : undefined;
}

function hashes(value: unknown, nodes: Nodes): DataValue {
  if (value === undefined) return undefined;
  return all(value).flatMap((one): readonly DataRecord[] => {
    const hash = nodes.resolve(one);
    if (hash?.["type"] !== "Hash") return [];
    return [{ algorithm: algorithmName(String(hash["algorithm"])), value: text(hash["hashValue"])?.toLowerCase() }];
  });
}

/** Follows every relationship once. */
function relate(nodes: Nodes, byId: ReadonlyMap<string, Draft>, components: readonly Draft[], refs: References) {
  const graph = edges();
  const described = new Set<Draft>();
  const declared = new Map<Draft, LicenseEntry[]>();
  const concluded = new Map<Draft, LicenseEntry[]>();
  const optional = new Map<Draft, boolean>();
  const licenseText = licenseTexts(nodes);
  for (const { json, pointer } of nodes.listed) {
    if (json["type"] !== "Relationship" && json["type"] !== "LifecycleScopedRelationship") continue;
    const type = String(json["relationshipType"]);
    const targets = all(json["to"]);
    for (const [value, place] of [[json["from"], "from"] as const, ...targets.map((to, index) => [to, `to/${index}`] as const)]) {
      const id = idOf(value) ?? "";
      if (!nodes.resolve(value) && !nodes.foreign(id)) refs.dangling(id, `relationship \`${type}\``, `${pointer}/${place}`);
    }
    if (type === "describes") for (const to of targets) addTo(described, byId.get(idOf(to) ?? ""));
    const from = byId.get(idOf(json["from"]) ?? "");
    if (!from) continue;
    if (type === "hasDeclaredLicense" || type === "hasConcludedLicense") {
      const into = type === "hasDeclaredLicense" ? declared : concluded;
      const entries = targets.map((to) => entryOf(licenseText(to), idOf(to) ?? ""));
      into.set(from, [...(into.get(from) ?? []), ...entries]);
    }
    if (!dependencyTypes.has(type)) continue;
    graph.state(from, completeness(json["completeness"]));
    for (const to of targets) {
      const id = idOf(to) ?? "";
      const target = byId.get(id);
      if (target) {
        graph.add(from, target);
        optional.set(target, type === "hasOptionalDependency" && (optional.get(target) ?? true));
      } else if (/NoneElement$/.test(id)) graph.state(from, { kind: "complete" });
      else if (/NoAssertionElement$/.test(id)) graph.state(from, { kind: "undeclared" });
      else if (nodes.foreign(id)) graph.lack(from, new Lack("missing", `\`${id}\` is in another document`));
      else if (!nodes.resolve(to)) graph.lack(from, new Lack("malformed", `\`${id}\` is not in the document`));
    }
  }
  const license = licenseReader();
  for (const one of components) one["license"] = license(entriesOf(declared.get(one), concluded.get(one)));
  for (const [one, only] of optional) if (only) one["optional"] = true;
  return { described, completeness: graph };
}

/** A licence as it is written; what is none is its id, which names no licence. */
function entryOf(written: LicenseText, id: string): LicenseEntry {
  if (written instanceof Unreadable) return { kind: "unreadable", text: id, why: written.why };
  if (written instanceof Named) return written.text;
  return written === undefined ? id : { kind: "expression", text: written };
}

/** What is declared; where that is not asserted, what is concluded. */
function entriesOf(declared: readonly LicenseEntry[] = [], concluded: readonly LicenseEntry[] = []): readonly LicenseEntry[] {
  if (declared.some((entry) => !isUnstatedEntry(entry))) return declared;
  return concluded.length > 0 ? concluded : declared;
}

function completeness(value: unknown): Completeness {
  if (value === "complete") return { kind: "complete" };
  return value === "incomplete" ? { kind: "incomplete", said: "incomplete" } : { kind: "undeclared" };
}

function dataLicense(written: LicenseText): DataValue {
  if (written instanceof Unreadable) return new Lack("malformed", written.why);
  return written instanceof Named ? written.text : written;
}

/** More than one root is none, so that the rest need not be known. */
const mostRoots = 1000;

/** The document's root may be an SBOM, whose root is the thing itself (SPDX 3.0.1, Core/rootElement). */
function rootsOf(nodes: Nodes, byId: ReadonlyMap<string, Draft>, described: ReadonlySet<Draft>): ReadonlySet<Draft> {
  const roots = new Set<Draft>();
  const seen = new Set<unknown>();
  const follow = (start: Json): void => {
    const open: unknown[] = [start];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      addTo(roots, byId.get(idOf(value) ?? ""));
      const collection = nodes.resolve(value);
      if (!collection || seen.has(collection)) continue;
      seen.add(collection);
      open.push(...all(collection["rootElement"]).slice(0, mostRoots));
    }
  };
  for (const { json } of nodes.listed) if (json["type"] === "SpdxDocument") follow(json);
  if (roots.size === 0) for (const { json } of nodes.listed) if (json["type"] === "software_Sbom" || json["type"] === "Bom") follow(json);
  return roots.size > 0 ? roots : described;
}

function addTo(set: Set<Draft>, element: Draft | undefined): void {
  if (element) set.add(element);
}

function bill(nodes: Nodes, document: DocumentRef, base: string, root: Draft | undefined, roots: number): Draft {
  const ofType = (type: string): Node | undefined => nodes.listed.find(({ json }) => json["type"] === type);
  const self = ofType("SpdxDocument");
  const sbom = ofType("software_Sbom");
  const inside = object(self?.json["creationInfo"]);
  const inline = inside && self ? { json: inside, pointer: `${self.pointer}/creationInfo` } : undefined;
  const creation = inline ?? nodes.byId.get(idOf(self?.json["creationInfo"]) ?? "") ?? ofType("CreationInfo");
  const made = creation?.json;
  const given = (list: readonly string[]): DataValue => (list.length > 0 ? list : undefined);
  const place = (pointer: string | undefined, field: string): string =>
    pointer === undefined ? "" : `${pointer.slice(base.length)}/${field}`;
  return {
    format: "spdx",
    spec_version: text(made?.["specVersion"]) ?? "3.0.1",
    serial: text(self?.json["spdxId"]),
    timestamp: text(made?.["created"]),
    authors: given(names(all(made?.["createdBy"]), nodes)),
    tools: given(names(all(made?.["createdUsing"]), nodes)),
    supplier: root?.["supplier"],
    lifecycles: given(texts(sbom?.json["software_sbomType"])),
    data_license: self?.json["dataLicense"] === undefined ? undefined : dataLicense(licenseTexts(nodes)(self.json["dataLicense"])),
    root: root ?? (roots > 1 ? new Lack("missing", `the document has ${roots} root elements`) : undefined),
    components: undefined,
    packages: undefined,
    [origin]: {
      document,
      pointer: base,
      fields: {
        format: "/@context",
        components: "/@graph",
        packages: "/@graph",
        spec_version: place(creation?.pointer, "specVersion"),
        timestamp: place(creation?.pointer, "created"),
        authors: place(creation?.pointer, "createdBy"),
        tools: place(creation?.pointer, "createdUsing"),
        lifecycles: place(sbom?.pointer, "software_sbomType"),
        serial: place(self?.pointer, "spdxId"),
        data_license: place(self?.pointer, "dataLicense"),
        root: root?.[origin]?.pointer.slice(base.length) ?? "",
        supplier: place(root?.[origin]?.pointer, "suppliedBy"),
      },
    },
  };
}
