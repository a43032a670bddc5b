/** Components of a CycloneDX document as `waybill.sbom.Component`. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, type Origin, origin } from "../../../language/core/data.ts";
import type { LicenseEntry } from "../../../language/domains/license.ts";
import type { Source } from "../evidence.ts";
import { dictionary, type Json, joined, object, objects, text } from "../raw.ts";
import type { Draft } from "../sbom/component.ts";
import { licenseReader } from "../sbom/licenses.ts";
import type { References } from "../sbom/references.ts";

export interface Inventory {
  readonly root: Draft | undefined;
  /** Every component in document order, parents before their parts; not the root. */
  readonly components: readonly Draft[];
  /** The record of a bom-ref: components and the root. */
  readonly byRef: ReadonlyMap<string, Draft>;
  /** Pointers of what has a bom-ref and is no component: services. */
  readonly others: ReadonlyMap<string, string>;
}

/** Fields that stand under another name; those of the graph and those with defaults, at the component itself. */
const fields = {
  id: "/bom-ref",
  kind: "/type",
  license: "/licenses",
  supplier: "/supplier/name",
  dependencies: "",
  direct: "",
  present: "",
  optional: "",
};
const fieldsWithAuthors = { ...fields, author: "/authors" };

/** Reads all components in one pass. */
export function inventory(bom: Json, document: DocumentRef, { base, unread }: Source, refs: References): Inventory {
  const withProperties = unread?.has("properties") !== true;
  const license = licenseReader();
  const byRef = new Map<string, Draft>();
  const others = new Map<string, string>();
  const components: Draft[] = [];

  const add = (json: Json, pointer: string): Draft => {
    const draft = component(json, { document, pointer, fields: "authors" in json ? fieldsWithAuthors : fields }, license, withProperties);
    const ref = json["bom-ref"];
    if (typeof ref === "string" && ref !== "") {
      // Services come after all components, so that only components can be there already.
      const before = byRef.get(ref);
      if (before === undefined) byRef.set(ref, draft);
      else refs.repeated(ref, before[origin]?.pointer ?? "", `${pointer}/bom-ref`);
    }
    return draft;
  };
  const nested = (parent: Json, pointer: string): void => {
    const parts = parent["components"];
    if (!Array.isArray(parts)) return;
    let index = 0;
    for (const json of objects(parts)) {
      const place = `${pointer}/components/${index++}`;
      components.push(add(json, place));
      nested(json, place);
    }
  };
  const services = (parent: Json, pointer: string): void => {
    for (const [index, json] of objects(parent["services"]).entries()) {
      const place = `${pointer}/services/${index}`;
      const ref = text(json["bom-ref"]);
      const first = ref === undefined ? undefined : (byRef.get(ref)?.[origin]?.pointer ?? others.get(ref));
      if (first !== undefined && ref !== undefined) refs.repeated(ref, first, `${place}/bom-ref`);
      else if (ref !== undefined) others.set(ref, place);
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

function component(json: Json, place: Origin, license: (entries: readonly LicenseEntry[]) => DataValue, withProperties: boolean): Draft {
  const scope = json["scope"];
  return {
    id: text(json["bom-ref"]),
    name: typeof json["name"] === "string" ? json["name"] : undefined,
    group: text(json["group"]),
    version: text(json["version"]),
    purl: text(json["purl"]),
    cpe: text(json["cpe"]),
    kind: kindOf(json["type"]),
    supplier: text(object(json["supplier"])?.["name"]),
    author: text(json["author"]) ?? authors(json["authors"]) ?? text(object(json["manufacturer"])?.["name"]),
    publisher: text(json["publisher"]),
    copyright: text(json["copyright"]),
    description: text(json["description"]),
    license: license(licenseEntries(json["licenses"])),
    hashes: hashes(json["hashes"]),
    dependencies: undefined,
    direct: undefined,
    // From version 1.7: what the environment is to provide.
    present: scope !== "excluded" && json["isExternal"] !== true,
    optional: scope === "optional",
    properties: withProperties ? properties(json["properties"]) : undefined,
    [origin]: place,
  };
}

const kinds = new Map<unknown, string>();

/** `operating-system` is `operating_system` in the standard library. */
function kindOf(type: unknown): string | undefined {
  if (typeof type !== "string") return undefined;
  let kind = kinds.get(type);
  if (kind === undefined) {
    kind = type.replaceAll("-", "_");
    if (kinds.size < 64) kinds.set(type, kind);
  }
  return kind;
}

function authors(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return joined(
    objects(value).map((author) => text(author["name"]) ?? text(author["email"])),
    ", ",
  );
}

const none: readonly LicenseEntry[] = [];

/** What stands in `licenses`: SPDX ids, names, expressions. */
export function licenseEntries(value: unknown): readonly LicenseEntry[] {
  if (!Array.isArray(value) || value.length === 0) return none;
  const entries: LicenseEntry[] = [];
  for (const entry of objects(value)) {
    const expression = text(entry["expression"]);
    if (expression !== undefined) {
      entries.push({ kind: "expression", text: expression });
      continue;
    }
    const named = object(entry["license"]);
    const found = text(named?.["id"]) ?? text(named?.["name"]);
    if (found !== undefined) entries.push(found);
  }
  return entries;
}

function hashes(value: unknown): DataValue {
  if (!Array.isArray(value)) return undefined;
  return objects(value).map((hash): DataRecord => ({ algorithm: text(hash["alg"]), value: text(hash["content"])?.toLowerCase() }));
}

/** Names may be repeated in CycloneDX; a map has one value a name, so that different ones are a conflict. */
function properties(value: unknown): DataValue {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const map = dictionary<DataValue>();
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
