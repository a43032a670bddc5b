/** What VEX says of the findings of one subject, as reports print it: verdicts, and statements that matched nothing. */
import { type DataRecord, origin } from "../../language/core/data.ts";
import type { Subject } from "../evaluate/decision.ts";
import { recordOf, textOf, textsOf } from "../evaluate/intrinsics/raw.ts";
import type { VexVerdict } from "./vex/verdict.ts";

export interface VexFinding {
  readonly finding: DataRecord;
  readonly verdict: VexVerdict;
}

/** A statement that matched no finding. */
export interface VexUnmatched {
  /** Its data, with its place in its document. */
  readonly record: DataRecord;
  /** What kept it from matching; found out when it is asked. */
  readonly miss: () => VexMiss;
}

export interface VexMiss {
  /** Of the finding that came nearest: `vulnerability` (no finding has it), `product`, `qualifier` … */
  readonly nearest: string;
  /** The same for people: `qualifier distro: it asks for debian-12, pkg:deb/debian/openssl@3 has debian-11`. */
  readonly detail: string;
}

export interface VexReport {
  readonly subject: Pick<Subject, "kind" | "name" | "digest">;
  /** Who is believed, most trusted first: trust declarations, and `claimed` for what nobody signed. */
  readonly by: readonly string[];
  /** In the order of the scans. */
  readonly findings: readonly VexFinding[];
  /** How many statements were read of those who are believed. */
  readonly statements: number;
  /** Statements that say nothing which can be read: without a vulnerability, or of an unknown status. */
  readonly unread: readonly DataRecord[];
  readonly unmatched: readonly VexUnmatched[];
  /** How many statements are about vulnerabilities that there are and that no clause asked about. */
  readonly unasked: number;
}

export type VexKind = VexVerdict["kind"];
/** What needs eyes first. */
export const vexKinds: readonly VexKind[] = ["conflict", "kept", "unmentioned", "suppressed"];

export type VexCounts = Readonly<Record<VexKind, number>>;

export function vexCounts(findings: readonly VexFinding[]): VexCounts {
  const counts: Record<VexKind, number> = { conflict: 0, kept: 0, unmentioned: 0, suppressed: 0 };
  for (const { verdict } of findings) counts[verdict.kind] += 1;
  return counts;
}

/** Some finding is not suppressed. */
export function leavesOpen(report: VexReport): boolean {
  return report.findings.some(({ verdict }) => verdict.kind !== "suppressed");
}

/** Where a record stands; records that tests give stand nowhere. */
export interface Standing {
  readonly document: string;
  /** RFC 6901 */
  readonly pointer: string;
}

export function standing(record: DataRecord): Standing {
  const place = record[origin];
  return { document: place?.document.name ?? "inline", pointer: place?.pointer ?? "" };
}

/** The names of a finding, for people and readers. */
export interface NamedFinding {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly component: { readonly name?: string; readonly version?: string; readonly purl?: string };
}

export function namedFinding(finding: DataRecord): NamedFinding {
  const component = recordOf(finding["component"]) ?? {};
  const [name, purl] = [textOf(component["name"]), textOf(component["purl"])];
  const version = textOf(finding["installed"]) ?? textOf(component["version"]);
  return {
    id: textOf(finding["id"]) ?? "",
    aliases: textsOf(finding["aliases"]),
    component: {
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
      ...(purl === undefined ? {} : { purl }),
    },
  };
}

/** `CVE-2024-1 in pkg:npm/left@1.0.0` */
export function findingTitle(finding: DataRecord): string {
  const { id, component } = namedFinding(finding);
  const { name, purl, version } = component;
  const what = purl ?? (name === undefined ? undefined : `${name}${version === undefined ? "" : ` ${version}`}`);
  return what === undefined ? id : `${id} in ${what}`;
}
