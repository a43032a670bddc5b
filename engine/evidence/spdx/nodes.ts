/** The elements of an SPDX 3 document by id, wherever they stand: in `@graph`, or inside another element. */
import { token } from "../fault.ts";
import { type Json, object, objects, text } from "../raw.ts";
import type { References } from "../sbom/references.ts";

export interface Node {
  readonly json: Json;
  readonly pointer: string;
}

export interface Nodes {
  readonly byId: ReadonlyMap<string, Node>;
  /** Those of `@graph`, in document order. */
  readonly listed: readonly Node[];
  /** The element that a property holds: an id, or the element itself. */
  resolve(value: unknown): Json | undefined;
  /** Whether an id may stand without an element: those of the model itself, and of other documents. */
  foreign(id: string): boolean;
}

/** Individuals of the model: `NoAssertionElement`, `expandedlicensing_NoneLicense`, also by their whole IRIs. */
const individual =
  /^(?:https:\/\/spdx\.org\/(?:rdf\/3\.0\.1\/terms|licenses)\/.+|NoAssertionElement|NoneElement|SpdxOrganization|expandedlicensing_No(?:ne|Assertion)License)$/;

export function nodes(json: Json, base: string, refs: References): Nodes {
  const byId = new Map<string, Node>();
  const listed: Node[] = [];
  const external = new Set<string>();
  const visit = (value: Json, pointer: string): void => {
    const id = text(value["spdxId"]) ?? text(value["@id"]);
    if (id !== undefined) {
      const first = byId.get(id);
      if (first) refs.repeated(id, first.pointer, pointer);
      else byId.set(id, { json: value, pointer });
    }
    if (value["type"] === "ExternalMap") {
      const elsewhere = text(value["externalSpdxId"]);
      if (elsewhere !== undefined) external.add(elsewhere);
    }
    for (const key of Object.keys(value)) {
      const inner = value[key];
      if (inner === null || typeof inner !== "object") continue;
      const place = `${pointer}/${token(key)}`;
      if (!Array.isArray(inner)) visit(inner as Json, place);
      else for (let i = 0; i < inner.length; i++) if (object(inner[i])) visit(inner[i] as Json, `${place}/${i}`);
    }
  };
  for (const [index, element] of objects(json["@graph"]).entries()) {
    const pointer = `${base}/@graph/${index}`;
    listed.push({ json: element, pointer });
    visit(element, pointer);
  }
  return {
    byId,
    listed,
    resolve: (value) => (typeof value === "string" ? byId.get(value)?.json : object(value)),
    foreign: (id) => external.has(id) || individual.test(id),
  };
}

/** The id that a property refers by. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const json = object(value);
  return json ? (text(json["spdxId"]) ?? text(json["@id"])) : undefined;
}

/** A property that may be given once or as a list. */
export function all(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
