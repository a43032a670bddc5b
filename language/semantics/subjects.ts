/** The kinds of subject: their types, the points at which they exist, and the modules their names come from. */

export interface SubjectKind {
  readonly kind: string;
  /** Module of the standard library; its names are in scope, at the lowest priority, where a declaration is about the kind. */
  readonly module: string;
  /** The record type in that module. */
  readonly type: string;
  /** The enforcement points at which subjects of the kind exist. */
  readonly points: readonly string[];
}

export const subjectKinds: readonly SubjectKind[] = [
  { kind: "image", module: "waybill.image", type: "Image", points: ["admission", "ci", "registry", "fleet"] },
  { kind: "artifact", module: "waybill.artifact", type: "Artifact", points: ["admission", "ci", "registry", "fleet"] },
  { kind: "workload", module: "waybill.kubernetes", type: "Workload", points: ["admission", "ci", "kernel", "fleet"] },
  { kind: "package", module: "waybill.package", type: "Package", points: ["firewall", "ci", "fleet"] },
  { kind: "finding", module: "waybill.vuln", type: "Finding", points: ["ci", "registry", "fleet"] },
  { kind: "workflow", module: "waybill.workflow", type: "Workflow", points: ["ci", "fleet"] },
  { kind: "report", module: "waybill.report", type: "Report", points: ["disclosure", "ci", "fleet"] },
];

export const enforcementPoints: readonly string[] = ["admission", "ci", "registry", "kernel", "firewall", "disclosure", "fleet"];

export function subjectKind(name: string): SubjectKind | undefined {
  return subjectKinds.find((kind) => kind.kind === name);
}

/** An image is an artifact: policies for artifacts judge images too (semantics, section 2). */
export function isSubtype(found: string, wanted: string): boolean {
  return found === wanted || (found === "waybill.image.Image" && wanted === "waybill.artifact.Artifact");
}
