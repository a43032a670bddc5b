/**
 * The functions of the standard library that the engine implements because the language cannot say them. They are
 * called like declared functions (`license.obliges(e, ids)`), or, the scalar ones, like fields (`c.image.registry`).
 */
import type { Type } from "./types.ts";
import { scalar } from "./types.ts";

/** A parameter; `record` names a type of the standard library, looked up when the module is loaded. */
export type IntrinsicType = Type | { readonly kind: "named"; readonly name: string } | { readonly kind: "list-of"; readonly name: string };

export interface Intrinsic {
  /** As core calls have it, and as tests make it fail: `waybill.vuln.findings`. */
  readonly name: string;
  readonly module: string;
  readonly parameters: readonly { readonly name: string; readonly type: IntrinsicType }[];
  readonly result: IntrinsicType;
  /** It looks something up: it can fail with every cause. Others are unknown only with their operands, or malformed. */
  readonly looksUp: boolean;
  /** It can be missing where its operands are known. */
  readonly canLack?: true;
  /** Which parameters are lists of SPDX ids, checked where they are written out. */
  readonly spdxIds?: number;
  readonly doc: string;
}

const strings: Type = { kind: "list", element: scalar("String") };

const deadline = [{ name: "deadline", type: { kind: "named", name: "waybill.deadline.Deadline" } }] as const;

export const intrinsics: readonly Intrinsic[] = [
  {
    name: "waybill.license.obliges",
    module: "waybill.license",
    parameters: [
      { name: "expression", type: scalar("License") },
      { name: "ids", type: strings },
    ],
    result: scalar("Bool"),
    looksUp: false,
    spdxIds: 1,
    doc: "Whether using the licence obliges you to one of `ids`: every choice that `OR` leaves contains one. For deny lists.",
  },
  {
    name: "waybill.license.permits",
    module: "waybill.license",
    parameters: [
      { name: "expression", type: scalar("License") },
      { name: "ids", type: strings },
    ],
    result: scalar("Bool"),
    looksUp: false,
    spdxIds: 1,
    doc: "Whether the licence can be satisfied with `ids` alone: some choice that `OR` leaves needs no other. For allow lists.",
  },
  {
    name: "waybill.vuln.findings",
    module: "waybill.vuln",
    parameters: [
      { name: "bom", type: { kind: "named", name: "waybill.sbom.Bom" } },
      { name: "scan", type: { kind: "named", name: "waybill.vuln.Scan" } },
    ],
    result: { kind: "list-of", name: "waybill.vuln.Finding" },
    looksUp: true,
    doc: "The findings of the scan, each joined with its component of the SBOM.",
  },
  {
    name: "waybill.kubernetes.minor",
    module: "waybill.kubernetes",
    parameters: [{ name: "version", type: scalar("String") }],
    result: scalar("Int"),
    looksUp: false,
    doc: "The minor number of a Kubernetes version: 29 for `v1.29`; `latest` is the greatest.",
  },
  {
    name: "waybill.deadline.due",
    module: "waybill.deadline",
    parameters: deadline,
    result: scalar("Time"),
    looksUp: false,
    canLack: true,
    doc: "When the days of the deadline are over; missing while a pause lasts that nobody has ended.",
  },
  {
    name: "waybill.deadline.passed",
    module: "waybill.deadline",
    parameters: deadline,
    result: scalar("Bool"),
    looksUp: false,
    doc: "Whether the days of the deadline are over at the time of the decision; false while its clock stands.",
  },
  {
    name: "waybill.deadline.left",
    module: "waybill.deadline",
    parameters: deadline,
    result: scalar("Duration"),
    looksUp: false,
    canLack: true,
    doc: "From the time of the decision to when the deadline is due; negative afterwards.",
  },
];

/** A fact that is part of a scalar, read like a field. */
export interface ScalarField {
  /** As core calls have it: `imageref.registry`. */
  readonly intrinsic: string;
  readonly type: Type;
  /** Not every value has it: absent is missing. */
  readonly optional: boolean;
}

const field = (intrinsic: string, type: Type, optional = false): ScalarField => ({ intrinsic, type, optional });

const fields: Readonly<Record<string, Readonly<Record<string, ScalarField>>>> = {
  ImageRef: {
    registry: field("imageref.registry", scalar("String")),
    path: field("imageref.path", scalar("String")),
    repository: field("imageref.repository", scalar("String")),
    tag: field("imageref.tag", scalar("String"), true),
    digest: field("imageref.digest", scalar("Digest"), true),
  },
  Purl: {
    type: field("purl.type", scalar("String")),
    namespace: field("purl.namespace", scalar("String"), true),
    name: field("purl.name", scalar("String")),
    version: field("purl.version", scalar("Version"), true),
    subpath: field("purl.subpath", scalar("String"), true),
  },
};

/** The parts of a scalar type, by name. */
export function scalarFields(type: string): ReadonlyMap<string, ScalarField> {
  return parts.get(type) ?? none;
}

const parts = new Map(Object.entries(fields).map(([type, named]) => [type, new Map(Object.entries(named))]));
const none: ReadonlyMap<string, ScalarField> = new Map();
