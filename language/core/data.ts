/**
 * Evidence as the evaluator reads it: plain records whose field names are those of a type of the standard library.
 * Adapters write it, `given` in tests writes it, the evaluator reads it by the type's field modes (semantics, section 2).
 *
 * A field may hold: a JSON scalar in the raw form of its type (a purl or time as text, an enum as its variant's name),
 * a nested `DataRecord`, an array, an `OpenList`, a `Known` value, or a `Lack`. An absent or null field is absence.
 */
import type { Value } from "./value.ts";

export type Cause = "missing" | "transient" | "conflict" | "malformed";

/** The key under which a record says where it stands in its document. */
export const origin: unique symbol = Symbol("origin");

/** A document that evidence was read from. `digest` is `sha256:<hex>` of its bytes, computed in the shell. */
export interface DocumentRef {
  readonly digest: string;
  /** As the user named it: a path, or `inline`. */
  readonly name: string;
  /** `cyclonedx`, `spdx`, `trivy`, … */
  readonly format: string;
  /** The standard library's type it was read as: `waybill.sbom.Bom`. */
  readonly predicateType: string;
}

export interface Origin {
  readonly document: DocumentRef;
  /** RFC 6901, relative to the document (for YAML with several documents, to `document.name`'s part). */
  readonly pointer: string;
  /**
   * Where fields stand that do not stand under their own name: relative to `pointer` (`/externalReferences/0`), or after
   * a `#` from the root of the document (`#/metadata/name`).
   */
  readonly fields?: Readonly<Record<string, string>>;
  /** Where fields stand that another document says: a score of a feed on a finding of a scan. */
  readonly elsewhere?: Readonly<Record<string, Place>>;
}

/** A place in a document. */
export interface Place {
  readonly document: DocumentRef;
  /** RFC 6901; in a table of lines, `#L` and the line's number from 1. */
  readonly pointer: string;
}

/** Where a field of the record that stands at `place` is said. */
export function placeOf(place: Origin, field: string): Place {
  const own = place.elsewhere;
  // A document may name a field like what every object has.
  if (own !== undefined && Object.hasOwn(own, field)) return own[field] ?? place;
  return { document: place.document, pointer: pointerOf(place, field) };
}

/** The pointer of a field of the record that stands at `place`. */
export function pointerOf(place: Origin, field: string): string {
  const own = place.fields?.[field];
  if (own === undefined) return `${place.pointer}/${field}`;
  return own.startsWith("#") ? own.slice(1) : `${place.pointer}${own}`;
}

/** A fact that is not known, and why. `detail` is read by people: `no SPDX id is named "Foo Licence"`. */
export class Lack {
  readonly cause: Cause;
  readonly detail: string;
  constructor(cause: Cause, detail: string) {
    this.cause = cause;
    this.detail = detail;
  }
}

/** A value that is in run-time form already: what tests give. */
export class Known {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/**
 * A list that may not be the whole list. `lacks` are the reasons; `undeclared` says that one of them is that the
 * document does not declare completeness, which `closed(…)` answers.
 */
export class OpenList {
  readonly items: readonly DataValue[];
  readonly undeclared: boolean;
  readonly lacks: readonly Lack[];
  constructor(items: readonly DataValue[], undeclared: boolean, lacks: readonly Lack[] = []) {
    this.items = items;
    this.undeclared = undeclared;
    this.lacks = lacks;
  }
}

export type DataValue = string | number | boolean | null | undefined | Known | Lack | OpenList | DataRecord | readonly DataValue[];

export interface DataRecord {
  readonly [field: string]: DataValue;
  readonly [origin]?: Origin;
}
