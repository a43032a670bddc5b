/** What an adapter hands on: one document, read as one type of the standard library. */
import type { DataRecord, DocumentRef } from "../../language/core/data.ts";
import type { Result } from "../../language/diagnostics/diagnostic.ts";

/**
 * One piece of evidence. A document that says several things gives several (a CycloneDX file with vulnerabilities is
 * both `waybill.sbom.Bom` and `waybill.vuln.Scan`; a manifest with three documents is three workloads).
 */
export interface Evidence {
  /** Qualified name of the type `data` has. */
  readonly type: string;
  readonly document: DocumentRef;
  readonly data: DataRecord;
  /**
   * What the document says it is about. `manifest` and `config` digests differ in kind: a config digest (image ID)
   * never equals a manifest digest. Empty: the caller binds it.
   */
  readonly about: readonly Binding[];
  /** What was read: `components: 201`, `findings: 12` … for reports. */
  readonly counts: Readonly<Record<string, number>>;
}

export type Binding =
  | { readonly kind: "manifest"; readonly digest: string }
  | { readonly kind: "config"; readonly digest: string }
  | { readonly kind: "file"; readonly digest: string };

/** A format that the door knows. `detect` looks at a few keys only; `read` runs after the schema held. */
export interface Adapter {
  readonly format: string;
  /** For people: `CycloneDX JSON 1.2 to 1.7`. */
  readonly title: string;
  detect(json: unknown): boolean;
  /** Schema first, then adapter. Errors carry a JSON pointer into the document. Never throws on bad input. */
  read(json: unknown, name: string, digest: string): Result<readonly Evidence[]>;
}
