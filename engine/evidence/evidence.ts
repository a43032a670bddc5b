/** What an adapter hands on: one document, read as one type of the standard library. */
import type { DataRecord, DocumentRef } from "../../language/core/data.ts";
import type { FieldsRead } from "../../language/core/reads.ts";
import type { Result } from "../../language/diagnostics/diagnostic.ts";
import type { Feed } from "./feeds/feed.ts";
import type { SchemaName } from "./schema/validate.ts";
import type { Subject } from "./statement.ts";

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
  /** It is a feed: what it says about vulnerabilities goes on the findings of scans (`feeds/enrich.ts`). */
  readonly feed?: Feed;
}

/** `digest` is `<algorithm>:<hex>`. */
export type Binding =
  | { readonly kind: "manifest"; readonly digest: string }
  | { readonly kind: "config"; readonly digest: string }
  | { readonly kind: "file"; readonly digest: string };

/** The document, or the part of one, that an adapter reads. */
export interface Source {
  /** As the user named it; `pods.yaml#2` for the second of several YAML documents. */
  readonly name: string;
  /** `sha256:<hex>` of the bytes of the file. */
  readonly digest: string;
  /** Of the statement that a predicate stands in; absent for documents of their own. */
  readonly subjects?: readonly Subject[];
  /** Names of fields that nobody will ask for: an adapter may leave them out. Absent: any may be asked for. */
  readonly unread?: ReadonlySet<string>;
  /** JSON pointer of what is read: `""`, or `/predicate` for an attestation. Every pointer handed on starts with it. */
  readonly base: string;
}

/** Which schema a document of a format must hold against. */
export type SchemaChoice =
  | { readonly kind: "schema"; readonly schema: SchemaName }
  | { readonly kind: "unsupported"; readonly pointer: string; readonly found: string; readonly supported: readonly string[] };

/**
 * A format that the door knows. `detect` looks at a few keys only. The door validates against `schema` and calls `read`
 * only where it held; `read` never throws, and reports with `fault` (`fault.ts`), by pointers that start with
 * `source.base`.
 */
export interface Adapter {
  readonly format: string;
  /** For people: `CycloneDX JSON 1.2 to 1.7`. */
  readonly title: string;
  detect(json: unknown): boolean;
  schema(json: unknown): SchemaChoice;
  /**
   * With `reads`, fields that are not among them may be left out, places in the document too, and parts of `json` may
   * become parts of the evidence.
   */
  read(json: unknown, source: Source, reads?: FieldsRead): Result<readonly Evidence[]>;
}
