/** What a format cannot say of a document: the loss report of `vex convert`, `merge` and `emit`. */

import type { VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import { isUri } from "./product.ts";

/** Fields of `waybill.vex` (policies/std/vex.scp); `statement` is all of one. */
export type LossField =
  | "id"
  | "author"
  | "role"
  | "title"
  | "first_issued"
  | "version"
  | "timestamp"
  | "statement"
  | "vulnerability"
  | "description"
  | "status"
  | "justification"
  | "state"
  | "own_justification"
  | "impact"
  | "action"
  | "responses"
  | "notes"
  | "expires"
  | "product"
  | "name"
  | "supplier"
  | "product_version"
  | "versions"
  | "purl"
  | "cpe"
  | "digests"
  | "subcomponents";

/** One thing that is not said, or is said otherwise, in what was written. */
export interface Loss {
  readonly field: LossField;
  /** Into the model: `/statements/3/products/0/versions`, or `/title`. */
  readonly pointer: string;
  /** Index of the statement; undefined: the loss is the document's own. */
  readonly statement: number | undefined;
  /** What was to be said, as text; empty where the target makes something be said that the source does not say. */
  readonly value: string;
  /** For people: why it cannot be said, and what stands in its place. */
  readonly why: string;
  /** Whether a decision reads the field: without such a loss, what was written decides like what was read. */
  readonly decides: boolean;
}

/** What of a document a decision never reads. */
const told: ReadonlySet<LossField> = new Set([
  // It tells versions of a document apart from other documents; what the document says does not depend on it.
  "id",
  "role",
  "title",
  "first_issued",
  "description",
  "impact",
  "action",
  "responses",
  "notes",
  "supplier",
]);

export function decides(field: LossField): boolean {
  return !told.has(field);
}

/** What a document does not say and a writer must be told. */
export interface VexOptions {
  /** Who says it, where the document does not say. */
  readonly author?: string;
  readonly role?: string;
  readonly title?: string;
  /** CSAF: the publisher's namespace, a URI. */
  readonly namespace?: string;
  /** Name of the document, instead of its own. */
  readonly id?: string;
  /** Microseconds; the time of a document that has none. */
  readonly now: number;
  /** Version of Waybill, for what the format calls generator or tool. */
  readonly tool: string;
  /** `urn:uuid:…` of a text: computed in the shell. CycloneDX has no other names. */
  readonly uuid: (text: string) => string;
  /** CSAF: the revisions before this one (`revisionsOf`). */
  readonly history?: readonly Revision[];
  /** CSAF: how settled the document is; `final` where nobody says otherwise. */
  readonly status?: "draft" | "interim" | "final" | undefined;
}

/** One entry of a CSAF revision history. */
export interface Revision {
  readonly date: string;
  readonly number: string;
  readonly summary: string;
}

/** What is written, and what it does not say. */
export interface Written {
  readonly value: unknown;
  readonly losses: readonly Loss[];
}

/** What a target needs, the source lacks and no option gives; the names are those of the command line's options. */
export type Needed = "author" | "publisher-namespace";

export function lacking(document: VexDocument, format: VexFormat, options: VexOptions): readonly Needed[] {
  const needed: Needed[] = [];
  if (format !== "cyclonedx" && (document.author ?? options.author) === undefined) needed.push("author");
  if (format === "csaf" && namespaceOf(document, options) === undefined) needed.push("publisher-namespace");
  return needed;
}

/** The namespace of a CSAF document is a part of its name, before the tracking id (`engine/evidence/csaf`). */
export function namespaceOf(document: VexDocument, options: VexOptions): string | undefined {
  if (options.namespace !== undefined) return options.namespace;
  if (document.format !== "csaf") return undefined;
  const namespace = document.id?.split("#", 1)[0] ?? "";
  return isUri(namespace) ? namespace : undefined;
}
