/** Components of a CycloneDX document as `waybill.sbom.Component`. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, type Origin, origin } from "../../../language/core/data.ts";
import { type Json, joined, object, objects, text } from "../raw.ts";
import { licenseReader } from "../sbom/licenses.ts";
import type { References } from "../sbom/references.ts";

/** A record while the graph is being built. */
export type Draft = { [field: string]: DataValue; [origin]?: Origin };

export interface Inventory {
  readonly root: Draft | undefined;
  /** Every component in document order, parents before their parts; not the root. */
  readonly components: readonly Draft[];
  /** The record of a bom-ref: components and the root. */
  readonly byRef: ReadonlyMap<string, Draft>;
  /** Bom-refs of what is no component: services. */
  readonly others: ReadonlySet<string>;
}

/** Fields that stand under another name in the document. */
const fields = { id: "/bom-ref", kind: "/type", license: "/licenses", present: "/scope", optional: "/scope", supplier: "/supplier/name" };

/** Reads all components in one pass. */
export function inventory(bom: Json, document: DocumentRef, base: string, refs: References): Inventory {
  const license = licenseReader();
  const byRef = new Map<string, Draft>();
  const places = new Map<string, string>();
  const components: Draft[] = [];

  const claim = (ref: string | undefined, pointer: string): boolean => {
    if (ref === undefined) return false;
    const first = places.get(ref);
    if (first !== undefined) {
      refs.repeated(ref, first, `${pointer}/bom-ref`);
      return false;
    }
    places.set(ref, pointer);
    return true;
  };
  const add = (json: Json, pointer: string): Draft => {
    const draft = component(json, { document, pointer, fields }, license);
    const ref = text(json["bom-ref"]);
    if (ref !== undefined && claim(ref, pointer)) byRef.set(ref, draft);
    return draft;
  };
  const nested = (parent: Json, pointer: string): void => {
    const parts = parent["components"];
    if (!Array.isArray(parts)) return;
    for (const [index, json] of objects(parts).entries()) {
      const place = `${pointer}/components/${index}`;
      components.push(add(json, place));
      nested(json, place);
    }
  };
  const others = new Set<string>();
  const services = (parent: Json, pointer: string): void => {
    for (const [index, json] of objects(parent["services"]).entries()) {
      const place = `${pointer}/services/${index}`;
      const ref = text(json["bom-ref"]);
      if (ref !== undefined && claim(ref, place)) others.add(ref);
      services(json, place);
    }
  };

  const about = object(object(bom["metadata"])?.["component"]);
  const root = about ? add(about, `${base}/metadata/component`) : undefined;
  if (about) nested(about, `${base}/metadata/component`);
  nested(bom, base);
  services(bom, base);
  return { root, components, byRef, others };
}

function component(json: Json, place: Origin, license: (entries: readonly string[]) => DataValue): Draft {
  const scope = json["scope"];
  return {
    id: text(json["bom-ref"]),
    name: typeof json["name"] === "string" ? json["name"] : undefined,
    group: text(json["group"]),
    version: text(json["version"]),
    purl: text(json["purl"]),
    cpe: text(json["cpe"]),
    kind: typeof json["type"] === "string" ? json["type"].replaceAll("-", "_") : undefined,
    supplier: text(object(json["supplier"])?.["name"]),
    author:
      text(json["author"]) ??
      joined(
        objects(json["authors"]).map((author) => text(author["name"]) ?? text(author["email"])),
        ", ",
      ),
    copyright: text(json["copyright"]),
    description: text(json["description"]),
    license: license(licenseEntries(json["licenses"])),
    hashes: hashes(json["hashes"]),
    dependencies: undefined,
    direct: undefined,
    present: scope !== "excluded",
    optional: scope === "optional",
    properties: properties(json["properties"]),
    [origin]: place,
  };
}

/** What stands in `licenses`: SPDX ids, names, expressions. */
export function licenseEntries(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return objects(value).flatMap((entry) => {
    const named = object(entry["license"]);
    const found = text(entry["expression"]) ?? text(named?.["id"]) ?? text(named?.["name"]);
    return found === undefined ? [] : [found];
  });
}

function hashes(value: unknown): DataValue {
  if (!Array.isArray(value)) return undefined;
  return objects(value).map((hash): DataRecord => ({ algorithm: text(hash["alg"]), value: text(hash["content"])?.toLowerCase() }));
}

/** Names may be repeated in CycloneDX; a map has one value a name, so that different ones are a conflict. */
function properties(value: unknown): DataValue {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const map = Object.create(null) as Record<string, DataValue>;
  for (const property of objects(value)) {
    const name = text(property["name"]);
    if (name === undefined) continue;
    const given = typeof property["value"] === "string" ? property["value"] : "";
    const before = map[name];
    map[name] =
      before === undefined || before === given ? given : new Lack("conflict", `property \`${name}\` is given with different values`);
  }
  return map;
}
